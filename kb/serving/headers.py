"""The headers of an answer: those that the published site has, and the preview's own.

The published ones are read from the site's `_headers` file, whose format Netlify and Cloudflare
Pages share (https://developers.cloudflare.com/pages/configuration/headers/): a URL pattern at the
start of a line, below it indented `Name: value` lines; `*` stands for anything.
"""

import mimetypes
import re
from collections.abc import Mapping

from kb.model.pattern import Pattern
from kb.model.value import Value

FALLBACK = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "strict-origin-when-cross-origin",
}
"""For a site without `_headers`."""
OWN = {
    "cache-control": "no-cache",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}
"""On every answer, whatever the site says: the preview is for its own pages alone."""
NEVER = frozenset(
    {"content-length", "transfer-encoding", "connection", "set-cookie", "location", "content-type"}
)
"""What `_headers` cannot set: framing, and headers that a static host sets itself."""
TYPES = {
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".css": "text/css",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""Fixed, because what Python guesses depends on the machine."""
_TEXT = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
_NAME = Pattern(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Rule(Value, frozen=True):
    """Headers for the URLs that a pattern fits."""

    pattern: str
    """Regular expression over the whole URL path."""
    headers: tuple[tuple[str, str], ...]


def read_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules of a `_headers` file; lines that are no rule are left out."""
    rules: list[tuple[str, list[tuple[str, str]]]] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            rules.append((_pattern(line.strip()), []))
            continue
        name, colon, value = line.strip().partition(":")
        if colon and rules and _NAME.fullmatch(name) and value.strip().isprintable():
            rules[-1][1].append((name.lower(), value.strip()))
    return tuple(Rule(pattern, tuple(headers)) for pattern, headers in rules if headers)


def _pattern(url: str) -> str:
    pieces = re.split(r"(\*|:[A-Za-z]\w*)", url)
    return "".join(
        ".*" if piece == "*" else "[^/]+" if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    )


def published_headers(url: str, rules: tuple[Rule, ...]) -> dict[str, str]:
    """Return what the published site sends with the page at `url` (its path), names lower-case."""
    if not rules:
        return dict(FALLBACK)
    found: dict[str, str] = {}
    for rule in rules:
        if re.fullmatch(rule.pattern, url):
            for name, value in rule.headers:
                if name not in NEVER and value.isascii():
                    found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def answer_headers(url: str, rules: tuple[Rule, ...]) -> Mapping[str, str]:
    """Return all headers of the preview's answer for `url`, but for its type and length."""
    return {**published_headers(url, rules), **OWN}


def content_type(path: str) -> str:
    """Return the Content-Type of a published file, by its name."""
    suffix = "." + path.rpartition(".")[2].lower()
    kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind
