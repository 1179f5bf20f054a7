"""What builds cost, and beside them what they cost with other generators, in one run.

    python bench/build.py                     1,000 talks of made-up notes
    python bench/build.py --talks 1000 10000  more of them
    python bench/build.py --notes FOLDER      your own notes (they are copied, not changed)
    python bench/build.py --hugo PATH --pelican PATH --pagefind PATH
                                              other generators beside kb, on the same talks

Prints a table: processor seconds, wall seconds and the memory of all processes together, each the
median of `--rounds`, in which all take turns, and the ratio of processor seconds to Hugo's.
Processor seconds tell more than wall seconds on a machine that does other things as well.
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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Run, run
from peers import hugo_site, pelican_site

TEXT = (
    "river mill canal sluice reed bank flood gauge pump pipe valve wheel race weir lock basin "
    "storage network cluster queue cache index shard replica backup restore alert budget review"
)
WORDS = TEXT.split()
NAMES = ("Ada", "Teo", "Mira", "Jonas", "Ida", "Ana", "Per", "Lin", "Omar", "Ruth")
SURNAMES = ("Quill", "Marsh", "Stone", "Weir", "Brook", "Reed", "Ford", "Holm", "Banks", "Wells")
PER_NOTE = 8


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


@dataclass(frozen=True)
class Trial:
    """Something to measure: what is done before, and the command."""

    name: str
    folder: Path
    command: Sequence[str | Path]
    prepare: Callable[[], None]


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove what earlier builds made in `folder`."""
    for name in names:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def change(folder: Path) -> None:
    """Add a line to one note in the middle of all."""
    notes = sorted((folder / "content").rglob("*.md"))
    note = notes[len(notes) // 2]
    note.write_text(f"{note.read_text()}\n\nOne more line {time.time_ns()}.\n")


def trials_of_kb(folder: Path) -> list[Trial]:
    """Return what is measured of kb; each goes on from the one before."""
    kb = (sys.executable, "-m", "kb", "build", "-q")
    settings = folder / "site.toml"
    searched = settings.read_text()

    def forget(configuration: str) -> None:
        remove(folder, ("public", ".kb", "search_index"))
        settings.write_text(configuration)

    def unsearched() -> None:
        forget(f"{searched}\n[search]\nbrowser = false\n")

    return [
        Trial("kb, cold, without any index", folder, (*kb, "--no-index"), unsearched),
        Trial("kb, cold, with both indexes", folder, kb, lambda: forget(searched)),
        Trial("kb, nothing changed", folder, kb, lambda: None),
        Trial("kb, one note changed", folder, kb, lambda: change(folder)),
    ]


def trials_of_peers(published: Path, folder: Path, chosen: argparse.Namespace) -> list[Trial]:
    """Return what is measured of the generators that are there, on the talks of `published`."""
    found: list[Trial] = []
    if chosen.hugo:
        site = folder / "hugo"
        hugo_site(published, site)
        made = ("public", "resources", ".hugo_build.lock")
        command = (chosen.hugo, "--quiet")
        found.append(Trial("Hugo, cold", site, command, lambda: remove(site, made)))
        if chosen.pagefind:
            pages = site / "public"
            index = (chosen.pagefind, "--site", ".", "--glob", "talks/**/*.html", "--quiet")
            found.append(Trial("Pagefind", pages, index, lambda: remove(pages, ("pagefind",))))
    if chosen.pelican:
        place = folder / "pelican"
        pelican_site(published, place)
        command = (chosen.pelican, "-q", "-s", "pelicanconf.py", "-o", "output", "content")
        found.append(Trial("Pelican, cold", place, command, lambda: remove(place, ("output",))))
    return found


def measured(trials: Sequence[Trial], rounds: int) -> dict[str, Run]:
    """Return the medians of all `trials`, which take turns."""
    package = {"PYTHONPATH": str(Path(__file__).parents[1])}
    runs: dict[str, list[Run]] = {}
    for _ in range(rounds):
        for trial in trials:
            trial.prepare()
            runs.setdefault(trial.name, []).append(run(trial.command, trial.folder, package))
    return {name: median(found) for name, found in runs.items()}


def median(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(figures) for figures in zip(*runs, strict=True)))


def prepare(folder: Path, talks: int, chosen: argparse.Namespace) -> None:
    """Make a site in `folder`: of the notes that are told, or of made-up ones."""
    if chosen.notes:
        folder.mkdir()
        shutil.copytree(chosen.notes, folder / "content")
        (folder / "site.toml").write_text("")
    elif chosen.make_notes:
        folder.mkdir()
        (folder / "site.toml").write_text('title = "Bench"\n')
        command = (sys.executable, chosen.make_notes, "--talks", str(talks))
        subprocess.run((*command, "--out", folder / "content"), check=True, stdout=sys.stderr)
    else:
        write_notes(folder, talks)


def report(folder: Path, results: dict[str, Run]) -> None:
    """Print the table."""
    notes = sum(1 for _ in (folder / "content").rglob("*.md"))
    files = sum(1 for path in (folder / "public").rglob("*") if path.is_file())
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{notes} notes, {files} files published; {system}, Python {platform.python_version()}")
    print(f"load when done: {os.getloadavg()[0]:.1f}\n")
    print("| build | CPU s | wall s | MiB | CPU / Hugo |\n|---|---:|---:|---:|---:|")
    hugo = results.get("Hugo, cold")
    for name, one in results.items():
        ratio = f"{one.cpu / hugo.cpu:.2f}" if hugo else "not run"
        print(f"| {name} | {one.cpu:.2f} | {one.wall:.2f} | {one.memory:.0f} | {ratio} |")
    print()


def main() -> None:
    """Measure, and print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--talks", type=int, nargs="+", default=[1000])
    parser.add_argument("--notes", type=Path, help="a folder of notes of your own")
    parser.add_argument("--make-notes", type=Path, help="a program: --talks N --out FOLDER")
    parser.add_argument("--rounds", type=int, default=3)
    for name in ("hugo", "pelican", "pagefind"):
        parser.add_argument(f"--{name}", type=Path, default=shutil.which(name), help="its program")
    chosen = parser.parse_args()
    for talks in chosen.talks:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "site"
            prepare(folder, talks, chosen)
            trials = trials_of_kb(folder)
            first = trials[0]
            first.prepare()
            run(first.command, folder, {"PYTHONPATH": str(Path(__file__).parents[1])})
            peers = trials_of_peers(folder / "public", Path(temporary), chosen)
            report(folder, measured([*peers, *trials], chosen.rounds))


if __name__ == "__main__":
    main()
