"""Which targets a note may link to: everything but what runs code or reaches into the machine."""

import re

from kb.model.pattern import Pattern

_INVISIBLE = Pattern(
    r"[\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]+"
)
_SCHEME = Pattern(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_REFUSED = frozenset(
    {
        "about", "blob", "data", "file", "filesystem", "jar", "javascript", "livescript", "mhtml",
        "mk", "mocha", "ms-its", "res", "vbscript", "view-source", "x-javascript",
    }
)  # fmt: skip
_PICTURE_DATA = Pattern(r"data:image/(?:png|gif|jpe?g|webp|avif)[;,]", re.IGNORECASE)
_HTTP = Pattern(r"https?://[^\s<>]+\Z", re.IGNORECASE)


def is_unsafe(target: str, *, picture: bool = False) -> bool:
    """Return whether `target` must not become a link (or, with `picture`, the source of one).

    Browsers drop white space and control characters inside a scheme, so they are dropped here
    before it is judged.
    """
    if ":" not in target:
        return False
    bare = _INVISIBLE.sub("", target)
    match = _SCHEME.match(bare)
    if match is None or match[1].lower() not in _REFUSED:
        return False
    return not (picture and _PICTURE_DATA.match(bare))


def is_complete(text: str) -> bool:
    """Return whether `text` is a whole http(s) URL and nothing else."""
    return _HTTP.match(text) is not None
