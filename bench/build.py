"""How long builds take, and how much memory: cold, nothing changed, one note changed.

    python bench/build.py                     1,000 talks of made-up notes
    python bench/build.py --talks 10000       more of them
    python bench/build.py --notes FOLDER      your own notes (they are copied, not changed)

Prints a table of CPU seconds, wall seconds and the largest memory of one process, the median of
`--rounds`. CPU seconds tell more than wall seconds on a machine that does other things as well.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

TEXT = (
    "river mill canal sluice reed bank flood gauge pump pipe valve wheel race weir lock basin "
    "storage network cluster queue cache index shard replica backup restore alert budget review"
)
WORDS = TEXT.split()
NAMES = ("Ada", "Teo", "Mira", "Jonas", "Ida", "Ana", "Per", "Lin", "Omar", "Ruth")
SURNAMES = ("Quill", "Marsh", "Stone", "Weir", "Brook", "Reed", "Ford", "Holm", "Banks", "Wells")
PER_NOTE = 8


class Run(NamedTuple):
    """What one build cost."""

    cpu: float
    wall: float
    memory: float
    """MiB of the largest process."""


def words(seed: int, count: int) -> str:
    """Return `count` words that depend on `seed` alone."""
    return " ".join(WORDS[(seed * 31 + n * n * 7 + n) % len(WORDS)] for n in range(count))


def talk(number: int) -> str:
    """Return one talk as a hurried person writes it down."""
    speaker = f"{NAMES[number % 10]} {SURNAMES[number // 10 % 10]}"
    points = "\n".join(f"* {words(number + n, 9)}\n * {words(number * 3 + n, 7)}" for n in range(6))
    return (
        f"#### {words(number, 4).capitalize()} {number}\n\n- {speaker}\n"
        f"- https://video.example.org/{number}\n\n{points}\n\n{words(number * 5, 40)}\n"
    )


def write_notes(folder: Path, talks: int) -> None:
    """Write a site of `talks` talks into `folder`, eight to a note."""
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "site.toml").write_text('title = "Bench"\n')
    for number in range(0, talks, PER_NOTE):
        day = number // PER_NOTE
        year, month, date = 2010 + day // 336, day // 28 % 12 + 1, day % 28 + 1
        head = (
            f'+++\ntitle = "River Conf {year} - Day {day % 336 + 1}"\n'
            f"date = {year}-{month:02}-{date:02}\n"
            f'tags = ["{WORDS[day % len(WORDS)]}", "{WORDS[day * 7 % len(WORDS)]}"]\n+++\n\n'
        )
        body = "\n".join(talk(n) for n in range(number, min(number + PER_NOTE, talks)))
        (content / f"day-{day:05}.md").write_text(head + body)


def build(folder: Path, *options: str) -> Run:
    """Run `kb build` in `folder`; return what it cost."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "build", "-q", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def forget(folder: Path) -> None:
    """Remove all that builds made."""
    for name in ("public", ".kb", "search_index"):
        shutil.rmtree(folder / name, ignore_errors=True)


def change(folder: Path) -> None:
    """Add a line to one note."""
    note = min((folder / "content").rglob("*.md"))
    note.write_text(f"{note.read_text()}\n* {time.time_ns()}\n")


def measured(folder: Path, rounds: int) -> dict[str, Run]:
    """Return the medians of every kind of build."""
    kinds: list[tuple[str, Callable[[Path], None], tuple[str, ...]]] = [
        ("cold, without the local index", forget, ("--no-index",)),
        ("cold, with both indexes", forget, ()),
        ("nothing changed", lambda _: None, ()),
        ("one note changed", change, ()),
    ]
    return {
        name: median([prepared(prepare, folder, options) for _ in range(rounds)])
        for name, prepare, options in kinds
    }


def prepared(prepare: Callable[[Path], None], folder: Path, options: tuple[str, ...]) -> Run:
    """Prepare `folder`, then build it."""
    prepare(folder)
    return build(folder, *options)


def median(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(figures) for figures in zip(*runs, strict=True)))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--talks", type=int, default=1000)
    parser.add_argument("--notes", type=Path, help="a folder of notes of your own")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "site"
        if chosen.notes:
            folder.mkdir()
            shutil.copytree(chosen.notes, folder / "content")
            (folder / "site.toml").write_text("")
        else:
            write_notes(folder, chosen.talks)
        notes = sum(1 for _ in (folder / "content").rglob("*.md"))
        print(
            f"{notes} notes; Python {platform.python_version()}, {os.cpu_count()} cores, ", end=""
        )
        print(f"{platform.system()} {platform.machine()}\n")
        print("| build | CPU s | wall s | MiB |\n|---|---:|---:|---:|")
        for name, run in measured(folder, chosen.rounds).items():
            print(f"| {name} | {run.cpu:.2f} | {run.wall:.2f} | {run.memory:.0f} |")
        files = sum(1 for path in (folder / "public").rglob("*") if path.is_file())
        print(f"\n{files} files published")


if __name__ == "__main__":
    main()
