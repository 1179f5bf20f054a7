"""The live channel: tells open pages that what they show has changed, as server-sent events.

The wire format is the one of https://html.spec.whatwg.org/multipage/server-sent-events.html. Each
reader says which page it shows and which bytes of it, so that the server can tell what it missed
while it was away.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

HEARTBEAT = 15.0
"""Seconds between signs of life on a silent channel, so that a dead connection is noticed."""
MOST_READERS = 256
"""Open pages at a time; more are turned away."""
RETRY_MS = 300
"""How soon a browser comes back after the preview was restarted."""


def event(name: str, data: Any) -> bytes:
    """Return one server-sent event, its data as JSON in one line."""
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    return f"event: {name}\ndata: {text}\n\n".encode()


class Reader:
    """One open page."""

    def __init__(self, page: str, digest: str) -> None:
        """`page` is the target it was loaded from, `digest` names the bytes that it shows."""
        self.page = page
        self.digest = digest
        self.number: int | None = None
        """The last build it was told of; None where it has just been loaded."""
        self.said = ""
        """Digest of the last state it was told."""
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=64)

    def send(self, message: bytes | None) -> None:
        """Queue `message`; a reader that does not read is cut off (None ends its stream)."""
        try:
            self.waiting.put_nowait(message)
        except asyncio.QueueFull:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(None)

    async def receive(self, patience: float) -> bytes | None:
        """Return the next message, None for the end, or a sign of life after `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                return await self.waiting.get()
        except TimeoutError:
            return b": still here\n\n"


class Channel:
    """All open pages. Used in the event loop only."""

    def __init__(self, news: Callable[[Reader], list[bytes]]) -> None:
        """`news` returns what one reader has not seen yet, and notes in it that it now has."""
        self._news = news
        self._readers: set[Reader] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._readers)

    @property
    def full(self) -> bool:
        """Whether no further reader may join."""
        return self._closed or len(self._readers) >= MOST_READERS

    def pages(self) -> tuple[str, ...]:
        """Return the URL paths of all open pages; from any thread."""
        return tuple(sorted({reader.page.partition("?")[0] for reader in self._readers.copy()}))

    def announce(self) -> None:
        """Tell every reader what is new to it."""
        for reader in tuple(self._readers):
            for message in self._news(reader):
                reader.send(message)

    def close(self) -> None:
        """End every stream, for good."""
        self._closed = True
        for reader in tuple(self._readers):
            reader.send(None)

    async def stream(self, reader: Reader) -> AsyncIterator[bytes]:
        """Yield events for `reader` until either side ends it."""
        self._readers.add(reader)
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            for message in self._news(reader):
                yield message
            while not self._closed:
                following = await reader.receive(HEARTBEAT)
                if following is None:
                    return
                yield following
        finally:
            self._readers.discard(reader)
