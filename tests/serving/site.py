"""A stand-in for building: copies a folder of pages, so that the preview is tested alone."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.building.options import Cancelled
from kb.building.reasons import Explained, Reason
from kb.model.finding import Finding
from kb.serving.builder import (
    Asks,
    Built,
    Fault,
    Fresh,
    Sight,
    Wanted,
)
from kb.serving.moving import Moving
from kb.serving.preview import Preview, ServeOptions

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/theme/style.css"></head>
<body><main>{body}</main></body></html>
"""


def page(title: str, body: str) -> str:
    return PAGE.format(title=title, body=body)


def bytes_of(path: Path) -> bytes | None:
    """Return what `path` holds; None for a folder, and for a file that has just gone."""
    try:
        return path.read_bytes()
    except OSError:
        return None


class FolderBuilder:
    """Publishes `pages/` as it is; a file of it that says BROKEN is a broken template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "public"
        self.source = folder / "pages"
        self.source.mkdir(parents=True, exist_ok=True)
        self.builds: list[Wanted] = []
        self.closed = False
        self.soon: dict[str, bytes] = {}
        self.broken: tuple[str, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        self.shown_notes: dict[str, tuple[str, ...]] = {}
        self.go = threading.Event()
        """Cleared, it holds builds back."""
        self.go.set()
        self.asked: list[tuple[str, bool]] = []
        self.freshly: dict[str, Fresh] = {}
        self.during: Callable[[], None] = lambda: None

    def ignored(self) -> tuple[Path, ...]:
        return (self.output,)

    def write(self, path: str, text: str | bytes) -> None:
        target = self.source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode() if isinstance(text, str) else text
        beside = target.with_name(f".{target.name}.tmp")
        beside.write_bytes(data)
        beside.replace(target)

    def ahead(self, wanted: Wanted) -> dict[str, bytes]:
        return {}

    def took(self, built: Built) -> None:
        pass

    def warm(self, cancelled: Callable[[], bool]) -> None:
        pass

    def build(self, wanted: Wanted, asks: Asks) -> Built:
        start = time.perf_counter()
        self.builds.append(wanted)
        if self.soon:
            asks.ahead(self.soon)
        self.go.wait(60)
        new = {
            path.relative_to(self.source).as_posix(): data
            for path in sorted(self.source.rglob("*"))
            if not path.name.endswith(".tmp") and (data := bytes_of(path)) is not None
        }
        if asks.cancelled():
            raise Cancelled
        for path, data in new.items():
            if b"BROKEN" in data:
                fault = Fault(path, 2, "unexpected end of template", data.decode(), ("page.title",))
                return Built(sources=(path,), fault=fault, findings=self.findings)
        old = {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file()
        }
        written = frozenset(path for path, data in new.items() if old.get(path) != data)
        removed = frozenset(old.keys() - new.keys())
        if written or removed:
            with asks.switch(self.broken):
                for path in sorted(written):
                    target = self.output / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(new[path])
                    self.during()
                for path in sorted(removed):
                    (self.output / path).unlink()
        return Built(
            sources=tuple(sorted(written)),
            written=written,
            removed=removed,
            findings=self.findings,
            seconds=time.perf_counter() - start,
            shown_notes=self.shown_notes,
            broken=self.broken,
        )

    def fresh(self, page: str, *, thorough: bool) -> Fresh:
        self.asked.append((page, thorough))
        return self.freshly.get(page, Fresh("later") if thorough else Fresh())

    def look(self, page: str) -> Sight:
        why = Reason("speaker", "Ada <b>", "content/a.md", 3, "by-line", 0.9, "by Ada <b>")
        seen = (Explained("talk", "A talk", page, (why,)),) if page in self.shown_notes else ()
        return Sight(page, self.shown_notes.get(page, ()), seen, ("content/a.md is a draft",))

    def close(self) -> None:
        self.closed = True


class Running:
    """A preview in a thread."""

    def __init__(self, preview: Preview, said: list[str]) -> None:
        self.preview = preview
        self.port = preview.port
        self.said = said

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def connected(self) -> socket.socket:
        """Return a connection that stays open."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    @property
    def moving(self) -> Moving:
        """What changed and is not built yet."""
        return self.preview.moving

    @contextmanager
    def aside(self, work: Callable[[], None]) -> Iterator[None]:
        """Do `work` beside what the block does, and wait for its end."""
        thread = threading.Thread(target=work)
        thread.start()
        yield
        thread.join(60)
        assert not thread.is_alive()

    def given(self, request: bytes) -> tuple[bytes, bytes] | None:
        """Return the answer that is remembered for `request`."""
        return self.preview.given.get(request)

    def raw(self, data: bytes, *, seconds: float = 30.0) -> bytes:
        """Send bytes as they are and return all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(data)
            received = []
            try:
                while chunk := connection.recv(65536):
                    received.append(chunk)
            except (TimeoutError, ConnectionResetError):
                pass
            return b"".join(received)

    def get(self, target: str, *headers: str, method: str = "GET") -> tuple[int, bytes, bytes]:
        """Return status, head and body."""
        lines = [f"{method} {target} HTTP/1.1", *headers, "Connection: close"]
        if not any(header.lower().startswith("host:") for header in headers):
            lines.insert(1, f"Host: localhost:{self.port}")
        answer = self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        head, _, body = answer.partition(b"\r\n\r\n")
        return (int(head.split()[1]) if head else 0), head, body


def one_answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return received
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def eventually(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return true()


@contextmanager
def preview_of(builder: FolderBuilder, options: ServeOptions | None = None) -> Iterator[Running]:
    """Run a preview of `builder` on a free port, and end it."""
    said: list[str] = []
    preview = Preview(builder, options or ServeOptions(port=0), said.append)
    thread = threading.Thread(target=preview.run)
    thread.start()
    try:
        assert eventually(lambda: preview.ready), said
        yield Running(preview, said)
    finally:
        builder.go.set()
        preview.stop()
        thread.join(60)
        assert not thread.is_alive(), "the preview did not end"
    assert not [line for line in said if line.startswith("Cannot answer")], said
