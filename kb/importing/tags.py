"""HTML as a row of tags and text, read as browsers do, in time that grows with its length.

Python's own parser takes minutes for some broken tags of ten kilobytes; exports hold such.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import NamedTuple

from kb.model.pattern import Pattern

_NAME = Pattern(r"<(/?)([A-Za-z][^\s/>]*)")
_GAP = Pattern(r"[\s/]*")
_KEY = Pattern(r"=?[^\s/>=]*")
_IS = Pattern(r"\s*=\s*")
_BARE = Pattern(r"[^\s>]*")
_RAW = {name: Pattern(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose text holds no tags, and what ends them."""


class Tag(NamedTuple):
    """A start tag, or an end tag."""

    name: str
    """In lower case."""
    is_end: bool
    attributes: Mapping[str, str]


def tags(html: str) -> Iterator[Tag | str]:
    """Yield the tags of `html` and the text between them; comments are left out."""
    at = 0
    while (start := html.find("<", at)) >= 0:
        if start > at:
            yield unescape(html[at:start])
        head = _NAME.match(html, start)
        if head is not None:
            tag, at = _tag(html, head)
            yield tag
            if not tag.is_end and tag.name in _RAW:
                end = _RAW[tag.name].search(html, at)
                stop = end.start() if end is not None else len(html)
                yield html[at:stop]
                at = stop
        elif html.startswith("<!--", start):
            at = _after(html, "-->", start + 4)
        elif html.startswith(("<!", "<?", "</"), start):
            at = _after(html, ">", start)
        else:
            yield "<"
            at = start + 1
    if at < len(html):
        yield unescape(html[at:])


def _after(html: str, mark: str, at: int) -> int:
    end = html.find(mark, at)
    return end + len(mark) if end >= 0 else len(html)


def _tag(html: str, head: "re.Match[str]") -> tuple[Tag, int]:
    """Return the tag that begins with `head`, and where it ends: with the text, if not before."""
    attributes: dict[str, str] = {}
    at = head.end()
    while True:
        at = _end(_GAP, html, at)
        if at >= len(html) or html[at] == ">":
            return Tag(head[2].lower(), head[1] == "/", attributes), at + 1
        end = _end(_KEY, html, at)
        name, value = html[at:end].lower(), ""
        at = end
        given = _IS.match(html, at)
        if given is not None:
            value, at = _value(html, given.end())
        attributes.setdefault(name, value)


def _value(html: str, at: int) -> tuple[str, int]:
    quote = html[at : at + 1]
    if quote and quote in "\"'":
        end = html.find(quote, at + 1)
        stop = end if end >= 0 else len(html)
        return unescape(html[at + 1 : stop]), stop + 1
    end = _end(_BARE, html, at)
    return unescape(html[at:end]), end


def _end(pattern: Pattern, html: str, at: int) -> int:
    found = pattern.match(html, at)
    return found.end() if found is not None else at
