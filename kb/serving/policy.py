"""Who may read the preview: checks on a request's headers, so that no other site's page can.

A page of another site can send requests to this machine, and can give its own name this machine's
address (DNS rebinding): then Host and Origin agree and still are not ours. So Host is compared with
a list of names, with the port, on every request.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from kb.model.value import Value

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
ANY_ADDRESS = frozenset({"", "0.0.0.0", "::", "[::]"})  # noqa: S104  (compared with, not bound)
METHODS = frozenset({"GET", "HEAD"})


class Policy(Value, frozen=True):
    """What Host and Origin may say."""

    hosts: frozenset[str]
    """`name:port` in lower case; the bare name too where the port is the one of http."""

    @classmethod
    def of(cls, host: str, port: int, extra: Iterable[str] = ()) -> "Policy":
        """Return the policy of a server that listens on `host` and `port`.

        `extra` are further names (`--allowed-host`), with or without a port of their own.
        """
        names = {*LOOPBACK, *(name.lower() for name in extra)}
        if host not in ANY_ADDRESS:
            names.add(f"[{host}]" if ":" in host and not host.startswith("[") else host.lower())
        allowed = {name if _has_port(name) else f"{name}:{port}" for name in names}
        if port == 80:
            allowed |= {name for name in names if not _has_port(name)}
        return cls(frozenset(allowed))

    def host_allowed(self, headers: Mapping[str, str]) -> bool:
        """Return whether the request was sent to a name of this preview."""
        return headers.get("host", "").lower() in self.hosts

    def origin_allowed(self, headers: Mapping[str, str]) -> bool:
        """Return whether a page of this preview sent the request (or no page at all).

        Browsers leave Origin out of simple requests to the page's own origin, and set
        `Sec-Fetch-Site`, which pages cannot forge
        (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header).
        """
        origin = headers.get("origin")
        if origin is not None:
            try:
                parts = urlsplit(origin)
            except ValueError:
                return False
            exact = f"http://{parts.netloc}" == origin
            return exact and parts.netloc.lower() in self.hosts
        return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}

    def embeds(self, headers: Mapping[str, str]) -> bool:
        """Return whether another site's page wants the answer inside itself.

        Following a link from another site to the preview is fine; loading it as a script, a
        picture, a frame or data is not.
        """
        if headers.get("sec-fetch-site", "none") in {"same-origin", "none"}:
            return False
        return (
            headers.get("sec-fetch-mode") != "navigate"
            or headers.get("sec-fetch-dest", "document") != "document"
        )


def _has_port(name: str) -> bool:
    return name.rpartition("]")[2].rpartition(":")[2].isdigit()
