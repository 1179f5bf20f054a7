"""Answers that were given: whoever asks with the very same bytes gets the very same answer again.

A thousand clients that ask for a page while it is rebuilt must not each wait for the same file to
be read, wrapped and framed. Nothing is parsed a second way here: only the bytes of a request that
the server has understood and answered once are known, and all are forgotten when the site changes.
"""

import re

MOST = 4_096
"""Requests that are remembered."""
LARGEST_REQUEST = 4_096
LARGEST_ANSWER = 1_048_576
IN_ALL = 33_554_432
"""Bytes of answers."""
_PLAIN = re.compile(rb"GET /[^\r\n]* HTTP/1\.1\r\n(?:[\w!#$%&'*+.^`|~-]+:[^\r\n]*\r\n)+\r\n")
_NOT_AGAIN = re.compile(
    rb"\r\n(?:connection:(?! ?keep-alive\r)|content-length|transfer-encoding|expect|upgrade"
    rb"|x-kb-live)",
    re.IGNORECASE,
)
"""Headers after which another answer, or another use of the connection, may be due."""


class Given:
    """Remembers whole answers by the bytes of their requests."""

    def __init__(self) -> None:
        self._answers: dict[bytes, tuple[bytes, bytes]] = {}
        self._size = 0

    def get(self, request: bytes) -> tuple[bytes, bytes] | None:
        """Return the answer to `request`, cut where the server's own headers (a date) go."""
        return self._answers.get(request)

    def put(self, request: bytes, status: bytes, rest: bytes) -> None:
        """Remember an answer: its first line, and all that follows; large and odd ones are not."""
        if request in self._answers or not is_plain(request) or len(rest) > LARGEST_ANSWER:
            return
        if len(self._answers) >= MOST or self._size + len(rest) > IN_ALL:
            self.forget()
        self._answers[request] = (status, rest)
        self._size += len(request) + len(rest)

    def forget(self) -> None:
        """Remember nothing: the site is another."""
        self._answers = {}
        self._size = 0


def is_plain(request: bytes) -> bool:
    """Return whether `request` is one whole GET whose answer depends on these bytes alone."""
    return (
        len(request) <= LARGEST_REQUEST
        and _PLAIN.fullmatch(request) is not None
        and _NOT_AGAIN.search(request) is None
    )
