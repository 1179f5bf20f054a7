"""The door to the web: one question, one reply, never more than its head. Imports aiohttp."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from kb.asking.addresses import is_public
from kb.model.value import Value

_BUFFER = 16_384
"""Bytes that may be taken in beside the head; the body itself is never read."""
_URL_SIGNS = "!#$%&'()*+,/:;=?@[]~"
_HEAD = 16_384
"""The longest line of a head, in bytes."""


class Reply(Value, frozen=True):
    """What a server said, without its body."""

    status: int
    reason: str = ""
    location: str = ""
    retry_after: str = ""
    date: str = ""
    """The server's own clock."""


class Trouble(Exception):
    """No reply; `str()` says why, in words for people."""

    def __init__(self, said: str, *, passing: bool, reached: bool = True) -> None:
        super().__init__(said)
        self.passing = passing
        """Whether another try may go better."""
        self.reached = reached
        """Whether anything at all answers there."""


class Refused(Trouble):
    """The name stands for addresses that are not to be asked."""

    def __init__(self) -> None:
        super().__init__("it is an address of a private network", passing=False)


class _Private(OSError):
    pass


class _PublicOnly(AbstractResolver):
    """Looks names up, and keeps the addresses of the public internet."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._names = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        kept = [one for one in found if self._private or is_public(one["host"])]
        if not kept:
            raise _Private(host)
        return kept

    async def close(self) -> None:
        await self._names.close()


class Client:
    """Asks one question at a time; keeps no cookies, follows nothing, names no referrer."""

    def __init__(self, session: aiohttp.ClientSession, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    async def ask(self, method: str, url: str) -> Reply:
        """Return what the server says to `method` (`HEAD` or `GET`) for `url`.

        Raises:
            Trouble: it says nothing, or nothing that is HTTP.
        """
        try:
            async with self._session.request(method, url, allow_redirects=False) as response:
                headers = response.headers
                reply = Reply(
                    response.status,
                    _plain(response.reason or ""),
                    _location(headers.get("Location", "")),
                    headers.get("Retry-After", ""),
                    headers.get("Date", ""),
                )
                response.close()  # the body stays where it is
                return reply
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise _trouble(fault, self._seconds) from fault


def _plain(text: str) -> str:
    """Return what a server says, without what would move a terminal's cursor or be no text."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _location(text: str) -> str:
    """Return an address as RFC 3986 writes it: what must not stand in one is percent-encoded."""
    return quote(text.strip().encode("utf-8", "surrogateescape"), safe=_URL_SIGNS)


def _trouble(fault: Exception, seconds: float) -> Trouble:
    if isinstance(fault, TimeoutError):
        return Trouble(f"no answer within {seconds:g} seconds", passing=True, reached=False)
    if isinstance(fault, aiohttp.ClientConnectorCertificateError):
        return Trouble(f"its certificate is not valid ({_why(fault)})", passing=False)
    if isinstance(fault, aiohttp.ClientSSLError):
        return Trouble("no encrypted connection can be made", passing=False)
    if isinstance(fault, aiohttp.ClientConnectorError):
        if isinstance(fault.os_error, _Private):
            return Refused()
        if isinstance(fault, aiohttp.ClientConnectorDNSError):
            return Trouble("no such host is known", passing=False, reached=False)
        said = fault.os_error.strerror or "the connection fails"
        if fault.os_error.errno is not None and isinstance(fault.os_error, ConnectionRefusedError):
            said = "the connection is refused"
        return Trouble(said.lower(), passing=True, reached=False)
    if isinstance(fault, aiohttp.InvalidURL) or not isinstance(
        fault, aiohttp.ClientError | OSError
    ):
        return Trouble("the address is malformed", passing=False)
    if isinstance(fault, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return Trouble("what answers is not HTTP", passing=False)
    return Trouble("the connection breaks off", passing=True)


def _why(fault: aiohttp.ClientConnectorCertificateError) -> str:
    cause = fault.certificate_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message.lower()
    return type(cause).__name__


@asynccontextmanager
async def client(
    agent: str, seconds: float, *, private: bool, at_once: int
) -> AsyncIterator[Client]:
    """Hold a client that asks `at_once` servers at most, each for `seconds`; `agent` names it."""
    resolver = _PublicOnly(private=private)
    connector = aiohttp.TCPConnector(
        resolver=resolver, limit=at_once, limit_per_host=1, force_close=True
    )
    settings: dict[str, Any] = {
        "connector": connector,
        "cookie_jar": aiohttp.DummyCookieJar(),
        "headers": {"User-Agent": agent, "Accept": "*/*"},
        "timeout": aiohttp.ClientTimeout(total=seconds),
        "read_bufsize": _BUFFER,
        "max_line_size": _HEAD,
        "max_field_size": _HEAD,
        "auto_decompress": False,
        "trust_env": False,
    }
    async with aiohttp.ClientSession(**settings) as session:
        yield Client(session, seconds)
    await asyncio.sleep(0)  # connections that were cut off end with the loop's next turn
