"""What schedules hold as text: without markup, control characters and addresses that run."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from kb.model.normal import normalized
from kb.model.pattern import Pattern

_CONTROL = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TAG = Pattern(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w*);")
_BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = frozenset({"script", "style"})
_LONGEST = {"line": 1000, "text": 20_000, "url": 2000}
"""Characters that are kept of what a person wrote into one field."""
_GAPS = Pattern(r"\n\s*\n\s*")


def line(text: object) -> str:
    """Return `text` in one line, NFC, without control characters; `""` for what is no text."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return ""
    words = " ".join(_CONTROL.sub("", str(text)[: 2 * _LONGEST["line"]]).split())
    return normalized("NFC", words)[: _LONGEST["line"]].rstrip()


def text(markup: object) -> str:
    """Return the words of `markup` (plain text, or HTML as frab has it), paragraphs apart."""
    if not isinstance(markup, str):
        return ""
    words = _CONTROL.sub("", markup[: 2 * _LONGEST["text"]].replace("\r\n", "\n"))
    if _TAG.search(words):
        words = _without_tags(words)
    paragraphs = (" ".join(part.split()) for part in _GAPS.split(words.strip()))
    return normalized("NFC", "\n\n".join(filter(None, paragraphs)))[: _LONGEST["text"]].rstrip()


def address(url: object) -> str:
    """Return `url` where it is a web address, else `""`."""
    if not isinstance(url, str):
        return ""
    trimmed = url.strip()
    if len(trimmed) > _LONGEST["url"] or re.search(r"[\s<>\"'\x00-\x20\x7f-\x9f]", trimmed):
        return ""
    try:
        parts = urlsplit(trimmed)
        host = parts.hostname
    except ValueError:
        return ""
    return trimmed if parts.scheme.lower() in {"http", "https"} and host else ""


class _Words(HTMLParser):
    """Gathers the words of HTML; what would run or style is no word."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _without_tags(markup: str) -> str:
    words = _Words()
    words.feed(markup)
    words.close()
    return _CONTROL.sub("", "".join(words.parts))
