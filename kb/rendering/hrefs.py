"""URLs of others, made fit to stand in an `href`."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from kb.model.pattern import Pattern

SCHEMES = frozenset({"http", "https", "mailto", "ftp", "irc", "ircs", "xmpp"})
"""Schemes that a page can follow without harm."""
_STRAY = Pattern(r"%(?![0-9A-Fa-f]{2})|[\x00-\x20\"<>\\^`{|}\x7f]")
_HOST = Pattern(r"[^\s%\"<>\\^`{|}#/?@\x00-\x1f\x7f]+")
_BRACKET = Pattern(r"[\[\]]")
_FIT = Pattern(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
    r"(?:[/?#](?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#]++|%[0-9A-Fa-f]{2})*)?"
)
"""Most URLs: as they should be already, which is seen faster than taken apart."""


@lru_cache(maxsize=16_384)
def fit(url: str) -> str:
    """Return a URL as the URL Standard (https://url.spec.whatwg.org) wants it written.

    What must not stand in a URL is percent-encoded: it is the same to a browser, which would do it
    too. `""` where nothing can be done: a scheme that may do harm, a host that cannot be one.
    """
    if _FIT.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in SCHEMES:
        return ""
    if parts.scheme.lower() != "mailto" and not (host and _HOST.fullmatch(host)):
        return ""
    start = url.find(parts.netloc) + len(parts.netloc) if parts.netloc else 0
    rest = _BRACKET.sub(_encoded, url[start:])
    return _STRAY.sub(_encoded, url[:start]) + _STRAY.sub(_encoded, rest)


def _encoded(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
