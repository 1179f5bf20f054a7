"""Obsidian's marks in a note → Markdown (https://help.obsidian.md/syntax), line by line.

Code stays as it is, whatever it looks like; so does a link that leads nowhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from kb.importing.markup import escaped, target
from kb.model.pattern import Pattern

_TOKEN = Pattern(
    r"""
    (?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))
    | (?P<comment>%%(?P<unsaid>.*?)%%)
    | (?P<embed>!\[\[(?P<file>[^\[\]|\n]+)(?:\|(?P<how>[^\[\]\n]*))?\]\])
    | (?P<link>\[\[(?P<to>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]*))?\]\])
    | (?P<inline>(?P<before>!?\[[^\[\]]*\]\()(?P<path><[^<>]*>|[^()\s]+)
        (?P<after>(?:\s+"[^"]*")?\)))
    | (?P<url>https?://[^\s<>]+)
    | (?P<mark>==(?=\S)(?P<marked>[^=]+?)(?<=\S)==)
    | (?P<tag>(?<!\S)\#(?P<name>[\w/-]*[^\W\d][\w/-]*))
    """,
    re.VERBOSE,
)
_FENCE = Pattern(r"[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})")
_HEADING = Pattern(r"[\s>]{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BLOCK_ID = Pattern(r"(?:^|\s+)\^([A-Za-z0-9-]+)\s*$")
_CALLOUT = Pattern(
    r"(?P<quote>\s*(?:>\s*)+)\[!(?P<kind>[\w-]+)(?:\|[^\]]*)?\][+-]?\s*(?P<title>.*)$"
)
_ABSTRACTS = frozenset({"abstract", "summary", "tldr"})
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg")
_SIZE = Pattern(r"\d+(?:x\d+)?")
_SCHEME = Pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|/")
LONGEST = 20_000
"""Characters of a line; a longer one is no prose, and stays as it is."""


class Places(Protocol):
    """Where the names in a note lead."""

    def find(self, name: str) -> str | None:
        """Return the way from the note to the file that is called `name`, if there is one."""

    def anchor(self, name: str, part: str) -> str:
        """Return the anchor of `part` (a heading, or `^` and a block's id) of the note `name`."""


@dataclass
class Turned:
    """What became of a note's text."""

    text: str = ""
    tags: list[str] = field(default_factory=list)
    """Without `#`, as often as they are there."""
    remarks: list[tuple[int, str]] = field(default_factory=list)
    """Line of the text (from 1), and what is the matter."""


def to_markdown(text: str, places: Places) -> Turned:
    """Return the text of a note as Markdown."""
    turned = Turned()
    turned.text = "\n".join(_lines(text, places, turned))
    return turned


def outside_code(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is prose rather than code between fences."""
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark is not None and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
            yield line, False
        elif mark is not None:
            fence = mark[1]
            yield line, False
        else:
            yield line, True


def headings_of_blocks(text: str) -> dict[str, str]:
    """Return id of a block → the heading that it stands under, `""` for none."""
    found: dict[str, str] = {}
    heading = ""
    for line, is_prose in outside_code(text.split("\n")):
        if is_prose and len(line) <= LONGEST:
            head, block = _HEADING.match(line), _BLOCK_ID.search(line)
            heading = head[1] if head is not None else heading
            if block is not None:
                found.setdefault(block[1], heading)
    return found


def _lines(text: str, places: Places, turned: Turned) -> Iterator[str]:
    for number, part, kind in _parts(text):
        if kind == "prose":
            yield from _prose(part, _Line(number, places, turned))
        else:
            yield part.replace("--", "- -") if kind == "hidden" else part


def _parts(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the parts of each line with its number: `prose`, `kept`, or `hidden` in a comment.

    A comment of several lines is set apart, so that it may hold empty ones.
    """
    hidden = False
    for number, (line, is_prose) in enumerate(outside_code(text.split("\n")), start=1):
        rest = line
        while True:
            if hidden:
                unsaid, end, rest = rest.partition("%%")
                if unsaid.strip():
                    yield number, unsaid, "hidden"
                if not end:
                    break
                hidden = False
                yield number, "-->", "kept"
                if not rest.strip():
                    break
            start = _opened(rest) if is_prose and len(rest) <= LONGEST else -1
            if start < 0:
                yield number, rest, "prose" if is_prose and len(rest) <= LONGEST else "kept"
                break
            if rest[:start].strip():
                yield number, rest[:start], "prose"
            hidden = True
            yield number, "<!--", "kept"
            rest = rest[start + 2 :]
    if hidden:
        yield number, "-->", "kept"


def _opened(line: str) -> int:
    """Return where a comment begins that does not end in its line; -1 for nowhere."""
    if "%%" not in line:
        return -1
    return _TOKEN.sub(lambda token: "x" * len(token[0]), line).find("%%")


def _prose(line: str, here: "_Line") -> Iterator[str]:
    line = _BLOCK_ID.sub("", line)
    callout = _CALLOUT.match(line)
    if callout is None:
        shown = here.inline(line)
        only_tags = here.tagged and not re.sub(r"(?<!\S)#\S+", "", line).strip(" \t,;")
        yield "" if only_tags else shown
        return
    title = callout["title"].strip()
    if not title and callout["kind"].lower() in _ABSTRACTS:
        return  # a quotation before the notes is an abstract
    shown = here.inline(title) if title else callout["kind"].replace("-", " ").capitalize()
    quote = callout["quote"].rstrip()
    yield f"{quote} **{shown}**"
    yield quote


class _Line:
    """A line being turned."""

    def __init__(self, number: int, places: Places, turned: Turned) -> None:
        self.tagged = False
        self._number = number
        self._places = places
        self._turned = turned

    def inline(self, text: str) -> str:
        return _TOKEN.sub(self._token, text)

    def _token(self, match: "re.Match[str]") -> str:
        turn = _TURNS.get(match.lastgroup or "")
        return turn(self, match) if turn is not None else match[0]

    def comment(self, match: "re.Match[str]") -> str:
        return f"<!--{match['unsaid'].replace('--', '- -')}-->"

    def mark(self, match: "re.Match[str]") -> str:
        return f"<mark>{self.inline(match['marked'])}</mark>"

    def tag(self, match: "re.Match[str]") -> str:
        self.tagged = True
        self._turned.tags.append(match["name"].strip("/"))
        return match[0]

    def link(self, match: "re.Match[str]") -> str:
        name, part = _apart(match["to"])
        words = (match["words"] or "").strip()
        href = self._href(name, part)
        if href is None:
            self._say(f"[[{match['to']}]] leads to no note")
            return match[0]
        return _linked(words, name, part, href)

    def embed(self, match: "re.Match[str]") -> str:
        name, part = _apart(match["file"])
        href = self._href(name, part)
        if href is None:
            self._say(f"![[{match['file']}]] is not there")
            return match[0]
        hows = [how.strip() for how in (match["how"] or "").split("|")]
        words = " ".join(how for how in hows if how and not _SIZE.fullmatch(how))
        if name.lower().endswith(_PICTURES):
            return f"![{escaped(words)}]({href})"
        return _linked(words, name, part, href)

    def path(self, match: "re.Match[str]") -> str:
        """Return a Markdown link; its target may be told from the vault's top, as wikilinks are."""
        written = match["path"].strip("<>")
        if _SCHEME.match(written):
            return match[0]
        name, _, part = written.partition("#")
        href = self._places.find(name)
        if href is None:
            return match[0]
        anchor = f"#{part}" if part else ""
        return f"{match['before']}{target(href)}{anchor}{match['after']}"

    def _href(self, name: str, part: str) -> str | None:
        way = self._places.find(name) if name else ""
        if way is None:
            return None
        anchor = self._places.anchor(name, part) if part else ""
        return target(way) + (f"#{target(anchor)}" if anchor else "") or "#"

    def _say(self, what: str) -> None:
        self._turned.remarks.append((self._number, what))


_TURNS: dict[str, Callable[[_Line, "re.Match[str]"], str]] = {
    "comment": _Line.comment,
    "embed": _Line.embed,
    "link": _Line.link,
    "inline": _Line.path,
    "mark": _Line.mark,
    "tag": _Line.tag,
}
"""Name of a part of `_TOKEN` → what becomes of it; others stay."""


def _linked(words: str, name: str, part: str, href: str) -> str:
    """Return a link with its `words`, else with what Obsidian shows in their place."""
    shown = words or " > ".join(filter(None, (name.removesuffix(".md"), part.lstrip("^"))))
    return f"[{escaped(shown)}]({href})"


def _apart(written: str) -> tuple[str, str]:
    """Return the name of a file and the last part of it that is meant."""
    name, _, part = written.rstrip("\\").strip().partition("#")
    return name.strip(), part.rpartition("#")[2].strip()
