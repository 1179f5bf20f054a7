"""Measures the preview: `python bench/serve.py` prints the table that docs/preview.md speaks of.

Everything runs on this machine alone: notes are made up, the browser is headless, the clients are
sockets of another process. Figures depend on the machine and on what else it does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import chromium as browsers

WORDS = re.findall(
    r"\w+",
    """cell cloud quota router tenant volume image scheduler driver placement broker queue
    message upgrade rolling release metric alert trace budget latency cache shard replica leader
    quorum lease token policy secret audit network bridge tunnel packet firewall port bucket object
    snapshot backup restore migrate drain region zone edge gateway proxy""",
)
NAMES = """Ada Byron|Grace Hopper|Alan Kay|Barbara Liskov|Edsger Vermeer|Frances Allen|John Cocke|
Karen Jones|Leslie Moran|Margaret Hall|Niklaus Ames|Radia Stone""".replace("\n", "").split("|")
PER_NOTE = 8
CITIES = ("Exeter", "Turin", "Bergen", "Porto", "Ghent", "Graz")


def sentence(source: random.Random, length: int) -> str:
    """Return a made-up sentence."""
    words = [source.choice(WORDS) for _ in range(length)]
    return " ".join(words).capitalize() + "."


def corpus(folder: Path, talks: int) -> Path:
    """Write notes that tell of `talks` talks; return one in the middle."""
    source = random.Random(talks)
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "site.toml").write_text('title = "Bench"\n')
    made: list[Path] = []
    for number in range(-(-talks // PER_NOTE)):
        event, year = divmod(number, 5)
        name = f"{CITIES[event % len(CITIES)]} Days {event // len(CITIES) + 1}"
        lines = [
            "+++",
            f'title = "{name}: part {year + 1}"',
            f"date = {2000 + event % 20}-05-{year + 1:02}",
            f'[event]\nname = "{name}"\nplace = "{CITIES[event % len(CITIES)]}"',
            f"year = {2000 + event % 20}",
            "+++\n",
        ]
        for talk in range(min(PER_NOTE, talks - number * PER_NOTE)):
            title = sentence(source, 5).rstrip(".")
            lines += [
                f"#### {title} {number}-{talk}\n",
                f"* {source.choice(NAMES)}",
                f"* <https://example.org/{number}/{talk}>\n",
                sentence(source, 60) + "\n",
                *(f"* {sentence(source, 12)}\n * {sentence(source, 9)}" for _ in range(3)),
                "",
            ]
        path = content / f"note-{number:05}.md"
        path.write_text("\n".join(lines))
        made.append(path)
    return made[len(made) // 2]


class Preview:
    """`kb serve` as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = time.time()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kb", "serve", "-s", str(folder), "--port", "0"],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self.wait(r"http://\S+/", 60)[0]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def wait(self, pattern: str, seconds: float, start: int = 0) -> "re.Match[str]":
        """Return the first match in a line from number `start` on."""
        end = time.time() + seconds
        while time.time() < end:
            for line in self.lines[start:]:
                if match := re.search(pattern, line):
                    return match
            time.sleep(0.005)
        raise TimeoutError(f"{pattern} in {self.lines[-5:]}")

    def get(self, path: str) -> str:
        """Return the page at `path`."""
        with urllib.request.urlopen(self.url.rstrip("/") + path, timeout=60) as answer:
            return str(answer.read().decode())

    def memory(self) -> float:
        """Return MiB of resident memory of the preview and its child."""
        total = 0
        for pid in family(self.process.pid, self.folder):
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += sum(int(kb) for kb in re.findall(r"^Pss:\s+(\d+)", status, re.MULTILINE))
        return total / 1024

    def cpu(self) -> float:
        """Return seconds of processor time of the preview and its child."""
        ticks = 0
        for pid in family(self.process.pid, self.folder):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def family(pid: int, folder: Path) -> list[int]:
    """Return the processes of a preview: it names its folder, and its copies name it, too."""
    found = [pid]
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if b"serve" in words and str(folder).encode() in words and int(entry.name) != pid:
                found.append(int(entry.name))
    return found


@contextlib.contextmanager
def preview(folder: Path) -> Iterator[Preview]:
    """Run a preview of `folder`."""
    running = Preview(folder)
    try:
        yield running
    finally:
        running.stop()


WATCH = """
window.seen = {};
const look = () => {
  const found = document.body.textContent.match(/EDIT\\d+X/);
  if (found && !(found[0] in seen)) seen[found[0]] = performance.timeOrigin + performance.now();
};
const all = {subtree: true, childList: true, characterData: true};
new MutationObserver(look).observe(document.body, all);
"""


def edits(page: Page, note: Path, count: int, pause: float) -> list[float]:
    """Save `note` `count` times; return the milliseconds until each showed in the open page."""
    text = note.read_text()
    took = []
    for number in range(count):
        time.sleep(pause)
        token = f"EDIT{number}X"
        start = time.time() * 1000
        note.write_text(f"{text}\n\n{token} {sentence(random.Random(number), 9)}\n")
        end = time.time() + 120
        while not page.evaluate(f"'{token}' in seen"):
            if time.time() > end:
                raise TimeoutError(token)
            time.sleep(0.01)
        took.append(page.evaluate(f"seen['{token}']") - start)
    note.write_text(text)
    return took


def tell(what: str, must: str, aim: str, measured: str) -> None:
    """Print a row of the table."""
    print(f"| {what} | {must} | {aim} | {measured} |", flush=True)


def quick(folder: Path, note: Path, talks: int, arguments: argparse.Namespace) -> None:
    """Measure saves, start and memory at one size."""
    subprocess.run(
        [sys.executable, "-m", "kb", "build", "-s", str(folder), "-q"], check=False, timeout=3600
    )
    with preview(folder) as running:
        running.get("/")
        first = time.time() - running.started
        must, aim = ("1.5 s", "0.6 s") if talks >= 10_000 else ("", "")
        tell(f"first page after start, warm cache, {talks:,} talks", must, aim, f"{first:.2f} s")
        running.wait("Up to date|Built", 3600)
        time.sleep(arguments.settle)
        with sync_playwright() as playwright:
            found = browsers.find()
            browser = playwright.chromium.launch(
                executable_path=found, args=list(browsers.ARGUMENTS)
            )
            page = browser.new_page()
            page.goto(f"{running.url}notes/{note.stem}/")
            page.wait_for_selector(".kb-drawer", state="attached")
            page.evaluate(WATCH)
            before = running.memory()
            took = edits(page, note, arguments.edits, arguments.pause)
            must, aim = ("350 ms", "150 ms") if talks >= 10_000 else ("200 ms", "100 ms")
            worst = max(took)
            tell(
                f"saved file to changed page, {talks:,} talks",
                must,
                aim,
                f"median {statistics.median(took):.0f} ms, worst {worst:.0f} ms of {len(took)}",
            )
            after = running.memory()
            browser.close()
        tell(
            f"memory, {talks:,} talks, after {arguments.edits} edits",
            "600 MiB",
            "300 MiB",
            f"{after:.0f} MiB (before: {before:.0f})",
        )
        note_whole(running, talks)


def note_whole(running: Preview, talks: int) -> None:
    """Tell how long whole builds took, as the terminal says."""
    times = [line for line in running.lines if re.search(r"note-\d+\.md: \d+ page", line)]
    if times:
        tell(f"whole build after an edit, {talks:,} talks", "", "", times[-1].rpartition(" in ")[2])


def idle(running: Preview, seconds: float) -> None:
    """Tell what the preview does when nothing happens."""
    time.sleep(5)
    lines, before = len(running.lines), running.cpu()
    time.sleep(seconds)
    share = (running.cpu() - before) / seconds
    rebuilds = len(running.lines) - lines
    tell("idle", "0 rebuilds, 0.5 % CPU", "", f"{rebuilds} rebuilds, {share:.2%} CPU")


def storm(running: Preview, note: Path, *, rename: bool) -> None:
    """Save 1,000 times in 10 seconds."""
    text, first = note.read_text(), len(running.lines)
    for number in range(1000):
        start = time.time()
        new = f"{text}\nSTORM{number}Y\n"
        if rename:
            beside = note.with_suffix(".tmp")
            beside.write_text(new)
            beside.replace(note)
        else:
            note.write_text(new)
        time.sleep(max(0.0, 0.01 - (time.time() - start)))
    took = until(lambda: "STORM999Y" in running.get(f"/notes/{note.stem}/"))
    time.sleep(1.5)
    built = sum("page" in line for line in running.lines[first:])
    what = "1,000 saves by rename" if rename else "1,000 saves in 10 s"
    tell(what, "right within 2 s, 3 rebuilds", "", f"right after {took:.1f} s, {built} rebuilds")
    note.write_text(text)
    time.sleep(3)


def swap(running: Preview, folder: Path, files: int) -> None:
    """Replace `files` notes at once, as a checkout of another branch does."""
    content = folder / "content"
    first = len(running.lines)
    start = time.time()
    for number in range(files):
        name = f"swap-{number:05}.md"
        (content / name).write_text(f'+++\ntitle = "Swap {number}"\n+++\n\nSWAPPED {number}.\n')
    wrote = time.time() - start
    took = until(lambda: "SWAPPED" in running.get(f"/notes/swap-{files - 1:05}/"), 600)
    time.sleep(3)
    built = sum("page" in line for line in running.lines[first:])
    tell(
        f"a checkout that brings {files:,} files (written in {wrote:.1f} s)",
        "right within 2 s, 3 rebuilds",
        "",
        f"right after {took:.1f} s, {built} rebuilds",
    )


def until(true: "object", seconds: float = 120) -> float:
    """Return how many seconds it took until `true()`."""
    assert callable(true)
    start = time.time()
    while time.time() - start < seconds:
        with contextlib.suppress(OSError):
            if true():
                return time.time() - start
        time.sleep(0.05)
    return float("inf")


async def client(port: int, path: str, number: int, seconds: float, seen: list[object]) -> None:
    """Ask for `path` once a second over one connection."""
    await asyncio.sleep(random.Random(number).random())
    end = time.time() + seconds
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.time() < end:
            start = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            took = time.perf_counter() - start
            whole = b" 200 " in head[:20] and body.rstrip().endswith(b"</html>")
            marks = set(re.findall(rb"LOAD(\d+)Z", body))
            seen.append((took, whole and len(marks) <= 1))
            await asyncio.sleep(max(0.0, 1 - took))
        writer.close()
    except (OSError, asyncio.IncompleteReadError) as fault:
        seen.append((9.9, False, repr(fault)))


async def clients(port: int, path: str, count: int, seconds: float) -> list[object]:
    """Run `count` of them."""
    seen: list[object] = []
    await asyncio.gather(*(client(port, path, one, seconds, seen) for one in range(count)))
    return seen


def load(running: Preview, note: Path, count: int, seconds: float) -> None:
    """Ask with many keep-alive clients while the site is rebuilt."""
    port = int(re.search(r":(\d+)/", running.url)[1])  # type: ignore[index]
    wanted = f"{port} /notes/{note.stem}/ {count} {seconds}"
    command = [sys.executable, __file__, "--clients", wanted]
    text = note.read_text()
    number = 0
    with tempfile.TemporaryFile("w+") as answers:
        process = subprocess.Popen(command, stdout=answers, text=True)
        while process.poll() is None:
            number += 1
            note.write_text(text + "".join(f"\n\nLOAD{number}Z words" for _ in range(20)) + "\n")
            time.sleep(1.0)
        answers.seek(0)
        seen = json.load(answers)
    took = sorted(row[0] for row in seen)
    wrong = sum(not row[1] for row in seen)
    p99 = took[int(len(took) * 0.99)] * 1000
    tell(
        f"{count:,} keep-alive clients while it rebuilds",
        "p99 150 ms, 0 errors, 0 torn",
        "",
        f"p50 {statistics.median(took) * 1000:.0f} ms, p99 {p99:.0f} ms, "
        f"{wrong} wrong of {len(seen):,} answers, {number} edits",
    )
    note.write_text(text)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talks", type=int, action="append", help="sizes [default: 1000 10000]")
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between edits")
    parser.add_argument("--settle", type=float, default=5.0, help="seconds before the first edit")
    parser.add_argument("--swap", type=int, default=5000, help="files of a checkout")
    parser.add_argument("--keep", type=Path, help="folder for the notes, used again if there")
    parser.add_argument("--only", help="`edits` or `storms`")
    parser.add_argument("--clients", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.clients:
        port, path, count, seconds = arguments.clients.split()
        print(json.dumps(asyncio.run(clients(int(port), path, int(count), float(seconds)))))
        return
    base = arguments.keep or Path(tempfile.mkdtemp(prefix="kb-bench-"))
    print("| | must | aim | measured |\n|---|---|---|---|")
    try:
        if arguments.only != "storms":
            for talks in arguments.talks or [1000, 10_000]:
                folder = base / str(talks)
                kept = folder.exists()
                note = (
                    sorted((folder / "content").glob("note-*.md"))[talks // PER_NOTE // 2]
                    if kept
                    else corpus(folder, talks)
                )
                quick(folder, note, talks, arguments)
        if arguments.only != "edits":
            folder = base / "storms"
            shutil.rmtree(folder, ignore_errors=True)
            note = corpus(folder, 80)
            with preview(folder) as running:
                running.wait("Built", 120)
                idle(running, 20)
                storm(running, note, rename=False)
                storm(running, note, rename=True)
                load(running, note, 1000, 10)
                time.sleep(3)
                swap(running, folder, arguments.swap)
    finally:
        if arguments.keep is None:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
