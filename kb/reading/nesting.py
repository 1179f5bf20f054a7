"""Lists nested by one space, rewritten so that CommonMark sees what the writer meant.

`* a` followed by ` * b` means b under a; CommonMark shows both flat. The indentation of list lines
(and of what stands in their items) is widened before parsing; no line is added or taken away.
"""

import re
from typing import NamedTuple

from kb.model.pattern import Pattern

_NEEDED = Pattern(r"\n[ \t>]{1,40}(?:[-+*]|\d{1,9}[.)])[ \t]")
_MARKS = frozenset("-+*0123456789`~_#><")
"""With one of these begins a line that is more than text."""
_ITEM = Pattern(r"([-+*]|\d{1,9}[.)])([ \t]+|$)")
_FENCE = Pattern(r"(`{3,}(?=[^`]*$)|~{3,})")
_RULE = Pattern(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ENDS_PARAGRAPH = Pattern(r"#{1,6}[ \t]|>|</?[a-zA-Z!]")
_RAW = Pattern(r"<(pre|script|style|textarea)\b|<!--", re.IGNORECASE)
_QUOTE = Pattern(r" {0,3}> ?")
_TAB = 4
_DEEPEST = 5
"""Quotes within quotes that are looked into."""


class _Item(NamedTuple):
    column: int
    """Of the marker, as written."""
    content: int
    """Column where the item's content starts, as written."""
    shift: int
    """Columns that everything in the item moves to the right."""
    number: int = 0
    """Of a numbered item; 0 for a bullet."""


def nest(text: str) -> str:
    """Return `text` with one-space nesting widened; the same object where there is none."""
    if _NEEDED.search("\n" + text) is None:
        return text
    return "\n".join(_nest_lines(text.split("\n")))


def _nest_lines(lines: list[str], depth: int = 0) -> list[str]:
    """Rewrite `lines`; a run of quoted lines is a text of its own, with lists of its own."""
    rewriting = _Rewriting()
    shown: list[str] = []
    quoted: list[tuple[str, str]] = []
    for line in lines:
        quote = None
        if ">" in line and not rewriting.is_verbatim and depth <= _DEEPEST:
            quote = _QUOTE.match(line)
        if quote is not None:
            rewriting.line(line)
            quoted.append((quote[0], line[quote.end() :]))
            continue
        if quoted:
            shown.extend(_requoted(quoted, depth))
            quoted = []
        shown.append(rewriting.line(line))
    shown.extend(_requoted(quoted, depth))
    return shown


def _requoted(quoted: list[tuple[str, str]], depth: int) -> list[str]:
    if not quoted:
        return []
    inner = _nest_lines([line for _, line in quoted], depth + 1)
    return [mark + line for (mark, _), line in zip(quoted, inner, strict=True)]


class _Rewriting:
    """The state of one pass over the lines."""

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self.blank = True
        self.fence = ""
        self.fence_shift = 0
        self.raw = ""

    @property
    def is_verbatim(self) -> bool:
        """Whether a fence or a raw HTML element is open, in which nothing is Markdown."""
        return bool(self.fence or self.raw)

    def line(self, line: str) -> str:
        """Return `line` with the indentation that CommonMark needs."""
        stripped = line.lstrip(" \t")
        if not stripped:
            self.blank = True
            return line
        if self.raw:
            if self.raw in line.lower():
                self.raw = ""
            return line
        if not (self.items or self.fence or stripped[0] in _MARKS):
            self.blank = False
            return line
        column = _column(line, len(line) - len(stripped)) if len(stripped) < len(line) else 0
        if self.fence:
            return self._in_fence(line, stripped, column)
        shown = self._outside(line, stripped, column)
        self.blank = False
        return shown

    def _in_fence(self, line: str, stripped: str, column: int) -> str:
        if stripped.startswith(self.fence) and not stripped.strip(self.fence[0]).strip():
            self.fence = ""
            self.blank = True
        return _shifted(line, stripped, column, self.fence_shift)

    def _outside(self, line: str, stripped: str, column: int) -> str:
        mark = stripped[0]
        item = _ITEM.match(stripped) if mark in "-+*" or mark.isdecimal() else None
        if item is not None and _RULE.match(stripped):
            item = None
        if item is not None:
            place = self._place(column, item[1])
            if place is not None:
                self._enter(item, stripped, column, place)
                return _shifted(line, stripped, column, place - column)
        return self._other(line, stripped, column)

    def _place(self, column: int, marker: str) -> int | None:
        """Return the column where a list line at `column` belongs, None where it is no item."""
        left: _Item | None = None
        while self.items and self.items[-1].column > column:
            left = self.items.pop()
        if not self.items:
            return column if column < _TAB else None
        top = self.items[-1]
        if top.column == column:
            return column + top.shift
        if left is not None:
            return left.column + left.shift  # a sibling that stands a little further left
        if top.number and column < top.content and marker[:-1] == str(top.number + 1):
            return top.column + top.shift  # the next item of a list whose margin wanders
        if column < top.content:
            return top.content + top.shift
        if column - top.content < _TAB:
            return column + top.shift
        return None if self.blank else top.content + top.shift

    def _enter(self, item: re.Match[str], stripped: str, column: int, place: int) -> None:
        if self.items and self.items[-1].column == column:
            self.items.pop()
        gap = _column(item[2], len(item[2])) if item[2] and len(stripped) > item.end() else 1
        width = len(item[1]) + (gap if gap <= _TAB else 1)
        number = int(item[1][:-1]) if item[1][:-1] else 0
        self.items.append(_Item(column, column + width, place - column, number))
        fence = _FENCE.match(stripped, item.end())
        if fence is not None:
            self.fence, self.fence_shift = fence[1], place - column

    def _other(self, line: str, stripped: str, column: int) -> str:
        inside = [item for item in self.items if item.content <= column]
        shift = inside[-1].shift if inside else 0
        mark = stripped[0]
        fence = _FENCE.match(stripped) if mark in "`~" else None
        is_code = column - (inside[-1].content if inside else 0) >= _TAB
        ends = self.blank or fence is not None
        ends = ends or (mark in "#><" and _ENDS_PARAGRAPH.match(stripped) is not None)
        if ends or (mark in "*-_" and _RULE.match(stripped)):
            self.items = inside
        if is_code:
            return _shifted(line, stripped, column, shift)
        if fence is not None:
            self.fence, self.fence_shift = fence[1], shift
        raw = _RAW.match(stripped) if mark == "<" else None
        if raw is not None:
            closing = "-->" if raw[1] is None else f"</{raw[1].lower()}"
            if closing not in stripped[raw.end() :].lower():
                self.raw = closing
        return _shifted(line, stripped, column, shift)


def _column(text: str, end: int) -> int:
    """Return the column that the white space `text[:end]` reaches, tabs stopping at every 4."""
    if "\t" not in text:
        return end
    column = 0
    for character in text[:end]:
        column += _TAB - column % _TAB if character == "\t" else 1
    return column


def _shifted(line: str, stripped: str, column: int, shift: int) -> str:
    return " " * (column + shift) + stripped if shift else line
