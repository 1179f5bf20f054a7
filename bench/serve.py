"""Measures the preview: `python bench/serve.py` prints what it must reach beside what it does.

Everything runs on this machine alone: notes are made up (or by `--make-notes`), the browser is
headless, the clients are sockets of another process. Figures depend on the machine and on what else
it does: each row tells how many processes wanted its cores meanwhile.
"""

import argparse
import asyncio
import contextlib
import functools
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

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


def corpus(folder: Path, talks: int, maker: Path | None = None) -> Path:
    """Write notes that tell of `talks` talks; return one in the middle.

    `maker` is a program that writes them: `maker --talks N --out FOLDER`.
    """
    if maker is not None:
        folder.mkdir(parents=True)
        (folder / "site.toml").write_text('title = "Bench"\n')
        command = [sys.executable, maker, "--talks", str(talks), "--out", folder / "content"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return middle(folder)
    source = random.Random(talks)
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "site.toml").write_text('title = "Bench"\n')
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
        (content / f"note-{number:05}.md").write_text("\n".join(lines))
    return middle(folder)


def middle(folder: Path) -> Path:
    """Return the note in the middle of the site in `folder`."""
    notes = sorted((folder / "content").rglob("*.md"))
    return notes[len(notes) // 2]


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

    def quiet(self, seconds: float, longest: float = 900) -> None:
        """Wait until it has done nothing for `seconds`."""
        end = time.time() + longest
        calm = time.time()
        before = self.cpu()
        while time.time() < end and time.time() - calm < seconds:
            time.sleep(0.5)
            now = self.cpu()
            if abs(now - before) > 0.05:
                calm = time.time()
            before = now

    def memory(self) -> float:
        """Return MiB of memory of the preview and its processes, what they share counted once."""
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
            with contextlib.suppress(OSError):
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
const watch = () => {
  look();
  new MutationObserver(look).observe(document.documentElement,
                                     {subtree: true, childList: true, characterData: true});
};
if (document.body) watch(); else addEventListener("DOMContentLoaded", watch);
"""
"""In each page from its start: when an edit came to be seen, also where that took a reload."""


@contextlib.contextmanager
def opened(url: str) -> Iterator[Page]:
    """Show `url` in a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.find(), args=list(browsers.ARGUMENTS)
        )
        page = browser.new_page()
        page.add_init_script(WATCH)
        page.goto(url)
        yield page
        browser.close()


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
        shown = None
        while shown is None:
            if time.time() > end:
                raise TimeoutError(token)
            with contextlib.suppress(Error):  # it is being loaded anew
                shown = page.evaluate(f"(window.seen || {{}})['{token}'] || null")
            time.sleep(0.01)
        took.append(shown - start)
    note.write_text(text)
    return took


def tell(what: str, must: str, aim: str, measured: str) -> None:
    """Print a row of the table."""
    print(f"| {what} | {must} | {aim} | {measured} | {os.getloadavg()[0]:.1f} |", flush=True)


def milliseconds(took: list[float]) -> str:
    """Return the middle and the end of `took`, in words."""
    middle_of = statistics.median(took)
    return f"median {middle_of:.0f} ms, worst {max(took):.0f} ms of {len(took)}"


def quick(folder: Path, note: Path, talks: int, arguments: argparse.Namespace) -> None:
    """Measure start, saves and memory at one size; compare saves with Hugo's."""
    subprocess.run(
        [sys.executable, "-m", "kb", "build", "-s", str(folder), "-q"], check=False, timeout=3600
    )
    large = talks >= 10_000
    with preview(folder) as running:
        running.get("/")
        first = time.time() - running.started
        must, aim = ("1.5 s", "0.6 s") if large else ("", "")
        tell(f"first page after start, warm cache, {talks:,} talks", must, aim, f"{first:.2f} s")
        running.wait("Up to date|Built", 3600)
        running.quiet(arguments.settle)
        with opened(page_of(running, note)) as page:
            page.wait_for_selector(".kb-drawer", state="attached")
            took = edits(page, note, arguments.edits, arguments.pause)
        must, aim = ("350 ms", "150 ms") if large else ("200 ms", "100 ms")
        tell(f"saved file to changed page, {talks:,} talks", must, aim, milliseconds(took))
        note_whole(running, talks)
        if large:
            beside_hugo(took, talks, arguments)
            many(running, note, talks, arguments)


def page_of(running: Preview, note: Path) -> str:
    """Return the address of the page of `note`, which the preview knows by the note's path."""
    name = note.relative_to(running.folder).as_posix()
    listed = subprocess.run(
        [sys.executable, "-m", "kb", "list", "notes", "--json", "-s", running.folder],
        check=True,
        capture_output=True,
    )
    url = next(row["url"] for row in json.loads(listed.stdout) if row["path"] == name)
    return running.url.rstrip("/") + str(url)


def many(running: Preview, note: Path, talks: int, arguments: argparse.Namespace) -> None:
    """Tell what memory the preview has after many edits, a page open all the while."""
    text = note.read_text()
    with opened(page_of(running, note)) as page:
        running.quiet(arguments.settle)
        before = running.memory()
        for number in range(arguments.many):
            token = f"MANY{number}Y"
            note.write_text(f"{text}\n\n{token} words\n")
            page.wait_for_selector(f"text={token}", state="attached", timeout=120_000)
        running.quiet(arguments.settle)
        note.write_text(text)
        running.quiet(arguments.settle)
        after = running.memory()
    tell(
        f"memory, {talks:,} talks, after {arguments.many:,} edits",
        "600 MiB, growth 20 MiB",
        "300 MiB",
        f"{after:.0f} MiB, growth {after - before:.0f} MiB",
    )


def beside_hugo(ours: list[float], talks: int, arguments: argparse.Namespace) -> None:
    """Tell how saves compare with those of `hugo server` on the same talks."""
    what, must, aim = f"beside `hugo server`, {talks:,} talks", "0.1 x", "0.05 x"
    project = arguments.hugo_sites / f"hugo{talks}" if arguments.hugo_sites else None
    if arguments.hugo is None or project is None or not project.is_dir():
        tell(what, must, aim, "not run: --hugo and --hugo-sites name the binary and its projects")
        return
    with tempfile.TemporaryDirectory(prefix="kb-bench-hugo-") as copied:
        folder = Path(copied) / "site"
        shutil.copytree(project, folder)
        with hugo(arguments.hugo, folder) as url:
            post = middle(folder)
            address = f"{url}posts/{post.parent.name}/{post.stem}/"
            with opened(address) as page:
                took = edits(page, post, max(arguments.edits // 3, 3), 3.0)
    ratio = statistics.median(ours) / statistics.median(took)
    tell(what, must, aim, f"{ratio:.3f} x (Hugo: {milliseconds(took)})")


@contextlib.contextmanager
def hugo(binary: Path, folder: Path) -> Iterator[str]:
    """Run `hugo server` in `folder`; yields its address once the site is built."""
    port = free_port()
    command = [binary, "server", "--bind", "127.0.0.1", "--port", str(port), "--baseURL", "/"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "Web Server is available" in line:
                break
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def note_whole(running: Preview, talks: int) -> None:
    """Tell how long whole builds took, as the terminal says."""
    times = [line for line in running.lines if re.search(r"\.md: \d+ page", line)]
    if times:
        tell(f"whole build after an edit, {talks:,} talks", "", "", times[-1].rpartition(" in ")[2])


def idle(running: Preview, seconds: float) -> None:
    """Tell what the preview does when nothing happens."""
    running.quiet(3)
    lines, before = len(running.lines), running.cpu()
    time.sleep(seconds)
    share = (running.cpu() - before) / seconds
    rebuilds = len(running.lines) - lines
    tell("idle", "0 rebuilds, 0.5 % CPU", "", f"{rebuilds} rebuilds, {share:.2%} CPU")


STORM = "right within 2 s, 3 rebuilds"


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
    running.quiet(2)
    what = "1,000 saves by rename" if rename else "1,000 saves in 10 s"
    tell(what, STORM, "", f"right after {took:.1f} s, {builds(running, first)} rebuilds")
    note.write_text(text)
    running.quiet(2)


def builds(running: Preview, first: int) -> int:
    """Return how many rebuilds the terminal tells of from line `first` on."""
    return sum(bool(re.search(r"\d+ pages?\b.* in ", line)) for line in running.lines[first:])


def checkouts(folder: Path, files: int) -> None:
    """Switch a site of one note a talk between two branches that differ in `files` notes."""
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "site.toml").write_text('title = "Checkout"\n')
    (folder / ".gitignore").write_text("public\nsearch_index\n.kb\n")

    def write(words: str) -> None:
        for number in range(files):
            source = random.Random(number)
            text = f'+++\ntitle = "Swap {number}"\n+++\n\n{words}{number}. {sentence(source, 60)}\n'
            (content / f"swap-{number:05}.md").write_text(text)

    def git(*words: str) -> None:
        who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "one")
    write("ONE")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-q", "-b", "two")
    write("TWO")
    git("commit", "-qam", "two")
    git("checkout", "-q", "one")
    with preview(folder) as running:
        running.wait("Built", 1800)
        running.quiet(3)
        steps = (("another branch", "two"), ("back", "one"), ("there again", "two"))
        for what, branch in steps:
            first = len(running.lines)
            git("checkout", "-q", branch)
            start = time.time()
            wanted = [random.Random(number).randrange(files) for number in range(20)]
            for number in wanted:
                shows = functools.partial(has, running, number, f"{branch.upper()}{number}.")
                until(shows, 1800)
            pages = time.time() - start
            built = told(running, first, 1800) + pages
            running.quiet(3)
            tell(
                f"a checkout that swaps {files:,} files ({what})",
                STORM,
                "",
                f"20 pages, one after the other, all right after {pages:.1f} s; all built after "
                f"{built:.1f} s, {builds(running, first)} rebuilds",
            )


def has(running: Preview, number: int, words: str) -> bool:
    """Return whether the page of note `number` of a checkout has `words`."""
    return words in running.get(f"/notes/swap-{number:05}/")


def told(running: Preview, first: int, seconds: float) -> float:
    """Return how many seconds it took until a build was told of since line `first`."""
    return until(lambda: builds(running, first) > 0, seconds)


def swap(running: Preview, folder: Path, files: int) -> None:
    """Bring `files` notes at once that nobody has seen."""
    content = folder / "content"
    first = len(running.lines)
    start = time.time()
    for number in range(files):
        name = f"swap-{number:05}.md"
        (content / name).write_text(f'+++\ntitle = "Swap {number}"\n+++\n\nSWAPPED {number}.\n')
    wrote = time.time() - start
    took = until(lambda: "SWAPPED" in running.get(f"/notes/swap-{files - 1:05}/"), 600)
    built = told(running, first, 600) + took
    running.quiet(3)
    tell(
        f"{files:,} new files (written in {wrote:.1f} s)",
        STORM,
        "",
        f"the last one's page right after {took:.1f} s; all built after {built:.1f} s, "
        f"{builds(running, first)} rebuilds",
    )


def until(true: Callable[[], bool], seconds: float = 120) -> float:
    """Return how many seconds it took until `true()`."""
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
    port = port_of(running)
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


def port_of(running: Preview) -> int:
    """Return the port that it listens on."""
    found = re.search(r":(\d+)/", running.url)
    assert found is not None
    return int(found[1])


QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")


def overflow(folder: Path) -> None:
    """Have the system lose events: a queue of 64, put back afterwards."""
    what = "a queue of events that overflows"
    try:
        before = QUEUE.read_text()
        QUEUE.write_text("64")
    except OSError as fault:
        tell(what, STORM, "", f"not run: {fault.strerror}")
        return
    try:
        corpus(folder, 80)
        with preview(folder) as running:
            running.wait("Built", 120)
            running.quiet(2)
            swap(running, folder, 2_000)
    finally:
        QUEUE.write_text(before)


def storms(base: Path, arguments: argparse.Namespace) -> None:
    """Measure quiet, storms and load on a small site, and a checkout."""
    folder = base / "storms"
    note = corpus(folder, 80)
    with preview(folder) as running:
        running.wait("Built", 120)
        idle(running, arguments.idle)
        storm(running, note, rename=False)
        storm(running, note, rename=True)
        load(running, note, 1000, 10)
        running.quiet(3)
        swap(running, folder, arguments.swap)
    tell("the same with a queue of 64 events:", "", "", "")
    overflow(base / "overflow")
    checkouts(base / "checkouts", arguments.swap)


def options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talks", type=int, action="append", help="sizes [default: 1000 10000]")
    parser.add_argument("--make-notes", type=Path, help="program that writes the notes")
    parser.add_argument("--hugo", type=Path, help="Hugo's binary")
    parser.add_argument("--hugo-sites", type=Path, help="folder with hugo1000, hugo10000")
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--many", type=int, default=1000, help="edits before memory is measured")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between edits")
    parser.add_argument("--settle", type=float, default=5.0, help="quiet seconds before edits")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds of doing nothing")
    parser.add_argument("--swap", type=int, default=5000, help="files of a checkout")
    parser.add_argument("--keep", type=Path, help="folder for the notes, used again if there")
    parser.add_argument("--only", choices=("edits", "storms"))
    parser.add_argument("--clients", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    arguments = options()
    if arguments.clients:
        port, path, count, seconds = arguments.clients.split()
        print(json.dumps(asyncio.run(clients(int(port), path, int(count), float(seconds)))))
        return
    base = arguments.keep or Path(tempfile.mkdtemp(prefix="kb-bench-"))
    print("| | must | aim | measured | load |\n|---|---|---|---|---|")
    try:
        if arguments.only != "storms":
            for talks in arguments.talks or [1000, 10_000]:
                folder = base / str(talks)
                kept = folder.exists()
                note = middle(folder) if kept else corpus(folder, talks, arguments.make_notes)
                quick(folder, note, talks, arguments)
        if arguments.only != "edits":
            with tempfile.TemporaryDirectory(prefix="kb-bench-storms-") as scratch:
                storms(Path(scratch), arguments)
    finally:
        if arguments.keep is None:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
