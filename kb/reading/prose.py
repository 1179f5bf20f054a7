"""Builds the inline part of a block: safe HTML with holes, runs of text, references.

Everything that comes out is written here from an allow-list of tags and escaped text, so it is
balanced and safe by construction, whatever came in.
"""

import re
import sys
from collections.abc import Mapping

from kb.model.finding import Finding
from kb.model.note import Reference, Run
from kb.model.pattern import Pattern
from kb.reading.anchors import Anchors
from kb.reading.limits import TooMuch
from kb.reading.urls import is_unsafe

BARE_URL = Pattern(
    r"(?<![A-Za-z0-9_./@:-])(?:https?://|ftp://|www\.(?=[\w-]+\.))[^\s<>\"“”«»\u3000-\u303f\uff00-\uff60]+",
    re.IGNORECASE,
)
MOST_REFERENCES = 75_000
"""Links and pictures of one note: where each leads is looked up in every build."""
_TRAILING = Pattern(r"[?!.,:;*_~'’|\\]+\Z|&(?:[a-z0-9]+);\Z", re.IGNORECASE)
_HIDDEN = Pattern("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u180e]")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
_STYLES: Mapping[str, str] = {
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
    "cite": "emphasis",
    "dfn": "emphasis",
    "var": "emphasis",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
_RENAMED: Mapping[str, str] = {"strike": "s", "tt": "code", "big": "strong", "acronym": "abbr"}


def escape(text: str) -> str:
    """Return `text` for use between tags and inside double quotes."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    return text


def visible(html: str) -> str:
    """Return code as HTML with its controls shown: those that reorder or hide what it says.

    Trojan Source, CVE-2021-42574.
    """
    if html.isascii():
        return html
    return _HIDDEN.sub(lambda m: f'<span class="control">U+{ord(m[0]):04X}</span>', html)


def trim_url(url: str) -> str:
    """Return the part of a bare `url` that is meant: without the sentence's punctuation.

    The rules are those of GitHub Flavored Markdown's extended autolinks, plus other brackets.
    """
    while True:
        shorter = url
        for opening, closing in _PAIRS:
            depth = 0
            for place, character in enumerate(shorter):
                if character == opening:
                    depth += 1
                elif character == closing:
                    depth -= 1
                    if depth < 0:
                        shorter = shorter[:place]
                        break
        shorter = _TRAILING.sub("", shorter)
        if shorter == url:
            return url
        url = shorter


class Collector:
    """What the blocks of one note share: references, comments, findings and ids."""

    def __init__(self, path: str, *, linkify: bool) -> None:
        self.path = path
        self.linkify = linkify
        self.references: list[Reference] = []
        self.comments: list[tuple[int, str]] = []
        self.findings: list[Finding] = []
        self.anchors = Anchors()

    def has_urls(self, text: str) -> bool:
        """Return whether `text` may hold bare URLs that are to become links."""
        return self.linkify and ("://" in text or "www." in text or "WWW." in text)

    def refer(self, reference: Reference) -> int:
        """Add a link or picture and return its number.

        Raises:
            TooMuch: there are `MOST_REFERENCES` already.
        """
        number = len(self.references)
        if number >= MOST_REFERENCES:
            raise TooMuch(f"{MOST_REFERENCES:,} links and pictures")
        self.references.append(reference)
        return number

    def refuse(self, target: str, line: int) -> None:
        """Note that a link in `line` was left out because of where it leads."""
        shown = "".join(c if c.isprintable() else "\ufffd" for c in target[:60])
        self.findings.append(
            Finding(
                code="KB114",
                path=self.path,
                line=line,
                message=f"link to “{shown}” is left out, its text is kept",
                hint="write an http or https address, or a path in this site",
            )
        )


class Prose:
    """Takes inline events in the order of the text and makes one leaf's HTML, runs and text."""

    def __init__(self, collector: Collector, line: int, *, last: int = sys.maxsize) -> None:
        self.line = line
        self._last = last
        self._collector = collector
        self._pieces: list[str | int] = []
        self._runs: list[Run] = []
        self._words: list[str] = []
        self._words_line = line
        self._open: list[tuple[str, bool]] = []
        self._style: dict[str, int] = {}
        self._look: dict[str, bool] = {}
        self._link = -1
        self._link_run = 0

    @property
    def in_link(self) -> bool:
        """Whether a link is open."""
        return self._link >= 0

    @property
    def in_code(self) -> bool:
        """Whether code written in HTML is open."""
        return "code" in self._look

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come in yet but the start of a link."""
        return not self._pieces or self._pieces == [self._link]

    def text(self, text: str, *, bare_urls: bool = True) -> None:
        """Add plain text; its bare URLs become links where `bare_urls` allows it."""
        if bare_urls and self._link < 0 and not self.in_code and self._collector.has_urls(text):
            self._text_with_urls(text)
        elif text:
            if self.line != self._words_line:
                self._end_run()
                self._words_line = self.line
            self._pieces.append(escape(text))
            self._words.append(text)

    def _end_run(self) -> None:
        """Make one run of the text that came since the look last changed."""
        if self._words:
            text = "".join(self._words)
            self._words = []
            self._runs.append(Run(text, self._words_line, reference=self._link, **self._look))

    def _text_with_urls(self, text: str) -> None:
        place = 0
        for match in BARE_URL.finditer(text):
            url = trim_url(match[0])
            if len(url) <= 10 or match.start() < place:
                continue
            self.text(text[place : match.start()], bare_urls=False)
            self.link("http://" + url if url[0] in "wW" else url)
            self.text(url, bare_urls=False)
            self.unlink()
            place = match.start() + len(url)
        self.text(text[place:], bare_urls=False)

    def lines(self, text: str) -> None:
        """Add plain text that may hold line ends (text of raw HTML)."""
        parts = text.split("\n")
        for number, part in enumerate(parts):
            if number:
                self.line_end()
            self.text(part)

    def line_end(self, *, hard: bool = False) -> None:
        """Add a line break of the source; `hard` shows it."""
        self._pieces.append("<br>\n" if hard else "\n")
        self._end_run()
        self._runs.append(Run("\n", self.line, reference=self._link, **self._look))
        if self.line < self._last:
            self.line += 1

    def hard_break(self) -> None:
        """Add a break that is no line end of the source (HTML's `br`)."""
        self._pieces.append("<br>")
        self._end_run()
        self._runs.append(Run("\n", self.line, reference=self._link, **self._look))

    def code(self, text: str) -> None:
        """Add a code span."""
        self._pieces.append(f"<code>{visible(escape(text))}</code>")
        look = {**self._look, "code": True}
        self._end_run()
        self._runs.append(Run(text, self.line, reference=self._link, **look))

    def markup(self, html: str) -> None:
        """Add HTML of kb's own making that holds no text of the note."""
        self._pieces.append(html)

    def open(self, tag: str, attributes: str = "", *, raw: bool = False) -> None:
        """Open an element; `attributes` are escaped already; `raw` says the note wrote the tag."""
        tag = _RENAMED.get(tag, tag)
        self._pieces.append(f"<{tag}{attributes}>")
        self._open.append((tag, raw))
        self._restyle(tag, 1)

    def close(self, tag: str, *, raw: bool = False) -> None:
        """Close the innermost open `tag`, and what is open inside it; nothing where none is open.

        A tag that the note wrote cannot close what Markdown opened.
        """
        tag = _RENAMED.get(tag, tag)
        for place in range(len(self._open) - 1, -1, -1):
            name, was_raw = self._open[place]
            if name == tag and was_raw == raw:
                self._close_down_to(place)
                return
            if raw and not was_raw:
                return

    def link(
        self, target: str, title: str = "", *, raw: bool = False, markup_only: bool = False
    ) -> None:
        """Open a link to `target`; a target that is refused leaves its text alone."""
        if self._link >= 0:
            self._close_down_to(next(i for i, (tag, _) in enumerate(self._open) if tag == "a"))
        if is_unsafe(target):
            self._collector.refuse(target, self.line)
            return
        self._end_run()
        self._link = self._collector.refer(
            Reference("link", target, title=title, line=self.line, code=markup_only)
        )
        self._link_run = len(self._runs)
        self._pieces.append(self._link)
        self._open.append(("a", raw))

    def unlink(self, *, raw: bool = False) -> None:
        """Close the open link, if there is one."""
        self.close("a", raw=raw)

    def drop_empty_link(self) -> bool:
        """Take back the open link where nothing came after its start; return whether one was."""
        if self._link < 0 or self._pieces[-1] != self._link:
            return False
        if self._link != len(self._collector.references) - 1:
            return False
        self._pieces.pop()
        self._collector.references.pop()
        self._open.pop()
        self._link = -1
        return True

    def picture(self, target: str, alt: str, title: str = "") -> None:
        """Add a picture; one whose source is refused leaves its alternative text."""
        if is_unsafe(target, picture=True):
            self._collector.refuse(target, self.line)
            self.text(alt, bare_urls=False)
            return
        number = self._collector.refer(
            Reference("picture", target, text=alt, title=title, line=self.line)
        )
        self._pieces.append(number)
        self._end_run()
        self._runs.append(Run("", self.line, reference=number))

    def finish(self) -> tuple[tuple[str | int, ...], tuple[Run, ...], str]:
        """Close what is open and return the HTML, the runs and the plain text."""
        self._close_down_to(0)
        self._end_run()
        pieces: list[str | int] = []
        strings: list[str] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                strings.append(piece)
                continue
            if strings:
                pieces.append("".join(strings))
                strings = []
            pieces.append(piece)
        if strings:
            pieces.append("".join(strings))
        return tuple(pieces), tuple(self._runs), "".join([run.text for run in self._runs])

    def _close_down_to(self, place: int) -> None:
        while len(self._open) > place:
            tag, _ = self._open.pop()
            self._pieces.append(f"</{tag}>")
            if tag == "a":
                self._settle_link()
            else:
                self._restyle(tag, -1)

    def _settle_link(self) -> None:
        self._end_run()
        references = self._collector.references
        text = "".join([run.text for run in self._runs[self._link_run :]])
        old = references[self._link]
        references[self._link] = Reference("link", old.target, text, old.title, old.line, old.code)
        self._link = -1

    def _restyle(self, tag: str, step: int) -> None:
        style = _STYLES.get(tag)
        if style is None:
            return
        self._end_run()
        count = self._style.get(style, 0) + step
        self._style[style] = count
        look = dict(self._look)
        if count:
            look[style] = True
        else:
            look.pop(style, None)
        self._look = look
