"""A request in, an answer out: everything the preview says to a browser but for the live channel.

Nothing here knows a web framework; `server` carries requests in and answers out.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from importlib import resources
from urllib.parse import parse_qs

from kb.model.value import Value
from kb.serving.board import Board, Said
from kb.serving.builder import Builder, Fresh, NotBuilt
from kb.serving.drawer import DRAWER, state_of
from kb.serving.headers import OWN, answer_headers, content_type
from kb.serving.inject import fingerprint, with_live_script
from kb.serving.live import Reader, event
from kb.serving.moving import Moving
from kb.serving.pages import error_page, sight_page
from kb.serving.paths import INDEX, decode, find, url_of
from kb.serving.policy import METHODS, Policy
from kb.serving.shelf import Shelf

OURS = "/__kb/"
"""Where the preview's own files and pages live; no site has anything there."""
CHANNEL = OURS + "live"
LIVE = "x-kb-live"
"""Header by which the live script asks for the newest of its page, ahead of the whole build."""
NOT_FOUND = "404.html"
LARGEST_HEAD = 32_768
"""Bytes of a request's line and headers."""
STATIC = {
    OURS + "served.js": "served.js",
    OURS + "live.js": "live.js",
    OURS + "live.css": "live.css",
    OURS + "idiomorph.js": "idiomorph.js",
}


class Request(Value, frozen=True):
    """What a browser asks for."""

    method: str
    target: str
    """Origin form as sent: `/a%20b/?c`."""
    headers: Mapping[str, str] = {}
    """Names in lower case."""
    version: str = "1.1"
    """Of HTTP."""
    raw: bytes = b""
    """The whole request as sent, where it came alone and in one piece."""

    @property
    def size(self) -> int:
        """Bytes of the request's line and headers, about."""
        return len(self.target) + sum(len(name) + len(self.headers[name]) for name in self.headers)


class Answer(Value, frozen=True):
    """What it gets."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def framed(answer: Answer) -> tuple[bytes, bytes]:
    """Return the bytes of `answer` on a connection that stays open: its first line, and the rest.

    A server's own headers go between them.
    """
    lines = [f"{name}: {value}\r\n" for name, value in headers_of(answer).items()]
    phrase = HTTPStatus(answer.status).phrase
    head = f"HTTP/1.1 {answer.status} {phrase}\r\n"
    return head.encode("ascii"), "".join(lines).encode("latin-1") + b"\r\n" + answer.body


def headers_of(answer: Answer) -> Mapping[str, str]:
    """Return the headers of `answer` with its length, where it has a body."""
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return answer.headers
    return {**answer.headers, "content-length": str(len(answer.body))}


def plain(status: int, words: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a short answer in plain text."""
    kind = {"content-type": "text/plain; charset=utf-8"}
    return Answer(status, {**OWN, **kind, **(headers or {})}, f"{words}\n".encode())


def static_files() -> dict[str, bytes]:
    """Return the preview's own script and style files by URL."""
    folder = resources.files("kb.serving") / "static"
    return {url: (folder / name).read_bytes() for url, name in STATIC.items()}


class Answers:
    """Answers requests from the newest whole build."""

    def __init__(
        self, shelf: Shelf, board: Board, policy: Policy, builder: Builder, moving: Moving
    ) -> None:
        """`shelf` has the files, `board` what kb has to say about them, `policy` who may ask.

        `builder` is asked what kb sees in the notes of a page, `moving` what a page is while
        changes are not built yet.
        """
        self._builder = builder
        self._moving = moving
        self._shelf = shelf
        self._board = board
        self._policy = policy
        self._static = static_files()
        self.given = shelf.given

    def refusal(self, request: Request) -> Answer | None:
        """Return why `request` gets nothing, or None where it may be answered."""
        if request.version not in {"1.0", "1.1"}:
            return plain(505, "The preview speaks HTTP/1.1.")
        if request.size > LARGEST_HEAD:
            return plain(431, "The request's headers are too large.")
        if not self._policy.host_allowed(request.headers):
            return plain(403, "This preview does not answer to that name (see --allowed-host).")
        if self._policy.embeds(request.headers):
            return plain(403, "This preview is not for other sites' pages.")
        if request.method not in METHODS:
            return plain(405, "The preview only answers GET and HEAD.", {"allow": "GET, HEAD"})
        if request.target.partition("?")[0] == CHANNEL and not self._policy.origin_allowed(
            request.headers
        ):
            return plain(403, "The live channel is for the preview's own pages.")
        return None

    async def answer(self, request: Request) -> Answer:
        """Return the answer to `request`, which was not refused."""
        path = request.target.partition("?")[0]
        if path in self._static:
            return self._file(request, path, path, self._static[path])
        if path == OURS:
            return await self._sight(request)
        if self._moving.is_moving and (url := self._page_on_the_move(request)):
            number = self._moving.number
            fresh = await self._moving.page(url)
            if fresh.kind == "later":
                await self._moving.come_to_rest()
            elif fresh.kind != "same":
                return await self._shelf.use(lambda: self._freshly(request, url, fresh, number))
        return await self._shelf.use(lambda: self._remembered(request, path))

    def remember(self, request: Request) -> None:
        """Have the answer to `request` among those `given`, if nothing needs to be waited for."""
        path = request.target.partition("?")[0]
        ours = path in self._static or path.startswith(OURS)
        if ours or self.refusal(request) is not None:
            return
        if self._moving.is_moving and self._page_on_the_move(request):
            return
        self._shelf.use_now(lambda: self._remembered(request, path))

    def _page_on_the_move(self, request: Request) -> str:
        """Return the URL of the page that `request` wants, where it may not be as it was built."""
        parts = decode(request.target)
        if parts is None or self._board.now.fault or request.headers.get(LIVE) == "1":
            return ""
        path = "/".join(parts)
        url = url_of(path)
        if not url.endswith(("/", ".html")):
            return ""
        notes = self._board.now.shown_notes.get(url)
        if notes is not None:
            return url if self._moving.concerns(notes) else ""
        is_there = self._shelf.has(path + INDEX if url.endswith("/") else path)
        return url if self._moving.is_storm and not is_there else ""

    def _freshly(self, request: Request, url: str, fresh: Fresh, number: int) -> Answer:
        status, body = (200, fresh.data) if fresh.kind == "page" else (404, self._lost())
        injected = with_live_script(body, fingerprint(body))
        answer = self._file(request, url, INDEX, injected, status)
        if request.raw and number == self._moving.number:
            self._shelf.given.put(request.raw, *framed(answer))
        return answer

    def _lost(self) -> bytes:
        return self._shelf.read(NOT_FOUND) or _NOTHING_HERE

    def _remembered(self, request: Request, path: str) -> Answer:
        answer = self._from_build(request, path)
        if request.raw:
            self._shelf.given.put(request.raw, *framed(answer))
        return answer

    async def _sight(self, request: Request) -> Answer:
        asked = parse_qs(request.target.partition("?")[2]).get("page", ["/"])[0]
        try:
            sight = await asyncio.to_thread(self._builder.look, asked)
        except NotBuilt as fault:
            return plain(503, f"What kb sees is not known yet: {fault}")
        now = self._board.now
        page = sight_page(sight, now, self._board.editor)
        return self._file(request, OURS, INDEX, with_live_script(page, _number_of(now)))

    def _from_build(self, request: Request, path: str) -> Answer:
        live = request.headers.get(LIVE) == "1"
        found = find(request.target, self._shelf.newest if live else self._shelf.read)
        if found.kind == "redirect":
            return Answer(308, {**OWN, "location": found.path})
        status, name, body = 200, found.path, found.data
        if found.kind == "missing":
            status, name, body = 404, NOT_FOUND, self._lost()
        if not name.endswith(".html"):
            return self._file(request, url_of(name), name, body)
        if self._board.now.fault is not None:
            status, body = 500, error_page(self._board.now.fault, self._board.editor)
        digest = fingerprint(body)
        injected = with_live_script(body, digest)
        return self._file(request, url_of(name), name, injected, status)

    def _file(
        self, request: Request, url: str, name: str, body: bytes, status: int = 200
    ) -> Answer:
        etag = f'"{fingerprint(body)}"'
        headers = {
            **answer_headers(url, self._shelf.rules),
            "content-type": content_type(name),
            "etag": etag,
        }
        if status == 200 and request.headers.get("if-none-match") == etag:
            return Answer(304, headers)
        return Answer(status, headers, body)

    def news(self, reader: Reader) -> list[bytes]:
        """Return the events that `reader` has not had yet; called inside `Shelf.use`."""
        messages = []
        digest = self.shown(reader.page)
        if digest != reader.digest:
            reader.digest = digest
            messages.append(event("page", {"digest": digest}))
        now = self._board.now
        if reader.number != now.number:
            seen = now.number if reader.number is None else reader.number
            files = [url for url, number in now.files.items() if number > seen]
            messages.append(event("build", {"number": now.number, "files": files}))
            reader.number = now.number
        state = state_of(self._board.now, reader.page, self._board.editor)
        said = fingerprint(repr(state).encode())
        if said != reader.said:
            reader.said = said
            messages.append(event(DRAWER, state))
        return messages

    def shown(self, target: str) -> str:
        """Return what names the bytes of the page that `target` shows now."""
        if target.partition("?")[0] == OURS:
            return _number_of(self._board.now)
        if self._board.now.fault is not None:
            return fingerprint(error_page(self._board.now.fault, self._board.editor))
        found = find(target, self._shelf.newest)
        if found.kind == "file":
            return fingerprint(found.data)
        return fingerprint(self._lost())


def _number_of(said: Said) -> str:
    """Return what stands for kb's own pages, which may change with every build."""
    return f"build {said.number}"


_NOTHING_HERE = (
    b'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Not found</title></head>'
    b"<body><h1>Not found</h1><p>The site has no page at this address (yet).</p></body></html>"
)
