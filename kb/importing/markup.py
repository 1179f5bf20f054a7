"""HTML → Markdown: what a post says, in the marks of a note. Scripts and styles are left out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from kb.importing.tags import tags
from kb.model.pattern import Pattern

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "audio", "blockquote", "body", "dd", "details", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "hr", "html", "iframe", "li", "main", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video",
    }
)  # fmt: skip
_UNSAID = frozenset({"head", "noscript", "object", "script", "style", "svg", "template", "title"})
"""What has no words of its own."""
_ENDS_ITSELF: Mapping[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    "p": frozenset({"p"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "td", "th"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
}
"""A start tag → the open elements that it ends."""
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_KEPT = frozenset({"sub", "sup", "kbd", "mark", "abbr", "u", "ins"})
"""Inline elements that Markdown has no mark for; notes may hold them as HTML."""
_DEEPEST = 100
_ADDRESS = Pattern(r"(https?://[^\s<>]+)")
_SPECIAL = Pattern(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|~~|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_AT_START = Pattern(r"(#|[-+](?=\s|$)|=+(?=\s*$)|-+(?=\s*$)|>)")
_NUMBERED = Pattern(r"(\d+)([.)])(?=\s|$)")
_YOUTUBE = Pattern(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)")


class _Node:
    """An element: what it is called, its attributes, and what is in it."""

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.inner: list[_Node | str] = []
        self.holds_block = False
        """Whether a block is anywhere in it."""

    def text(self) -> str:
        """Return the text as it stands, line ends too."""
        return "".join(one if isinstance(one, str) else one.text() for one in self.inner)


def _tree(html: str) -> _Node:
    """Return the elements of `html`; what is nested too deeply is taken for empty."""
    root = _Node("", {})
    opened = [root]
    for one in tags(html):
        if isinstance(one, str):
            opened[-1].inner.append(one)
        elif one.is_end:
            _close(opened, one.name)
        else:
            ends = _ENDS_ITSELF.get(one.name, frozenset())
            if opened[-1].tag in ends or (one.name in _BLOCKS and opened[-1].tag == "p"):
                opened.pop()
                if one.name == "tr" and opened[-1].tag == "tr":
                    opened.pop()
            node = _Node(one.name, one.attributes)
            opened[-1].inner.append(node)
            if one.name in _BLOCKS:
                _mark(opened)
            if one.name not in _VOID and len(opened) < _DEEPEST:
                opened.append(node)
    return root


def _mark(opened: list[_Node]) -> None:
    """Say of all open elements that they hold a block; those above one that does, do already."""
    for node in reversed(opened):
        if node.holds_block:
            return
        node.holds_block = True


def _close(opened: list[_Node], name: str) -> None:
    for place in range(len(opened) - 1, 0, -1):
        if opened[place].tag == name:
            del opened[place:]
            return


class Turned(NamedTuple):
    """What became of some HTML."""

    markdown: str
    lost: tuple[str, ...]
    """Names of elements that have no words, such as `script`; sorted."""


def to_markdown(html: str) -> Turned:
    """Return `html` as Markdown."""
    scribe = _Scribe()
    return Turned("\n\n".join(scribe.blocks(_tree(html).inner)), tuple(sorted(scribe.lost)))


def escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is; addresses stay."""
    parts = _ADDRESS.split(text)
    parts[::2] = [_SPECIAL.sub(_escape, part) for part in parts[::2]]
    return "".join(parts)


def _escape(match: "re.Match[str]") -> str:
    return {"&": "&amp;", "<": "&lt;"}.get(match[0], f"\\{match[0]}")


def target(url: str) -> str:
    """Return a URL as the target of a Markdown link."""
    return quote(url.strip(), safe="%!#$&'*+,;=:@~-._?/[]")


def fenced(code: str, language: str = "") -> str:
    """Return a block of code."""
    fence = "`" * max(3, _longest_ticks(code) + 1)
    word = re.sub(r"[^\w+#.-]", "", language)
    return f"{fence}{word}\n{code.strip(chr(10))}\n{fence}"


def _longest_ticks(code: str) -> int:
    return max(map(len, re.findall(r"`+", code)), default=0)


def is_safe(url: str) -> bool:
    """Return whether a link may lead to `url`: to the web, or somewhere on the site."""
    plain = re.sub(r"[\x00-\x20]", "", url).lower()
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", plain)
    return scheme is None or scheme[1] in {"http", "https", "mailto", "tel", "ftp"}


class _Scribe:
    def __init__(self) -> None:
        self.lost: set[str] = set()
        self._tables = 0
        """How many tables are open, one in the other."""

    def blocks(self, nodes: Iterable[_Node | str]) -> list[str]:
        """Return the blocks of `nodes`; text between them is a paragraph."""
        found: list[str] = []
        inline: list[_Node | str] = []
        for node in nodes:
            if isinstance(node, str) or node.tag not in _BLOCKS | _UNSAID:
                if isinstance(node, _Node) and node.holds_block:
                    found += self.paragraph(inline)
                    inline = []
                    found += self.blocks(node.inner)
                else:
                    inline.append(node)
                continue
            found += self.paragraph(inline)
            inline = []
            found += self.block(node)
        return [*found, *self.paragraph(inline)]

    def paragraph(self, nodes: Iterable[_Node | str]) -> list[str]:
        text = self.inline(nodes).strip()
        lines = (line.strip() for line in text.split("\n"))
        shown = "\n".join(_NUMBERED.sub(r"\1\\\2", _AT_START.sub(r"\\\1", one, count=1), count=1)
                          if _AT_START.match(one) or _NUMBERED.match(one) else one
                          for one in lines)  # fmt: skip
        return [shown] if shown else []

    def block(self, node: _Node) -> list[str]:
        if node.tag in _UNSAID:
            self.lost.add(node.tag)
            return []
        if re.fullmatch("h[1-6]", node.tag):
            words = " ".join(self.inline(node.inner).split())
            return [f"{'#' * int(node.tag[1])} {words}"] if words else []
        match node.tag:
            case "hr":
                return ["---"]
            case "pre":
                return [self.code(node)]
            case "ul" | "ol":
                return [shown] if (shown := self.items(node)) else []
            case "blockquote":
                return _quoted(self.blocks(node.inner))
            case "table":
                return self.table(node)
            case "figcaption":
                words = self.inline(node.inner).strip()
                return [f"*{words}*"] if words and "*" not in words else [words] if words else []
            case "iframe" | "video" | "audio":
                return self.embedded(node)
            case "dt":
                words = self.inline(node.inner).strip()
                return [f"**{words}**"] if words else []
            case _:
                return self.blocks(node.inner)

    def code(self, node: _Node) -> str:
        inner = next((one for one in node.inner if isinstance(one, _Node)), node)
        classes = f"{node.attributes.get('class', '')} {inner.attributes.get('class', '')}"
        language = re.search(r"lang(?:uage)?-([\w+#.-]+)", classes)
        return fenced(node.text(), language[1] if language else "")

    def items(self, node: _Node) -> str:
        items = [one for one in node.inner if isinstance(one, _Node) and one.tag not in _UNSAID]
        start = node.attributes.get("start", "1")
        number = int(start) if re.fullmatch(r"\d{1,8}", start) else 1
        lines = []
        for place, item in enumerate(items):
            if item.tag in {"ul", "ol"}:  # browsers show a list right in a list as one below
                if below := self.items(item):
                    lines.append("  " + below.replace("\n", "\n  "))
                continue
            mark = f"{number + place}." if node.tag == "ol" else "-"
            blocks = self.blocks(item.inner) or [""]
            tight = all(_is_list(one) for one in blocks[1:])
            body = ("\n" if tight else "\n\n").join(blocks)
            lines.append(f"{mark} " + body.replace("\n", "\n" + " " * (len(mark) + 1)))
        return "\n".join(line.rstrip(" ") for one in lines for line in one.split("\n"))

    def table(self, node: _Node) -> list[str]:
        self._tables += 1
        rows = [
            [self.cell(cell) for cell in row.inner if isinstance(cell, _Node)]
            for row in _rows(node)
        ]
        self._tables -= 1
        width = max(map(len, rows), default=0)
        if not width:
            return []
        if self._tables:  # Markdown has no tables in tables: their words are left
            return [" ".join(filter(None, row)) for row in rows]
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]

    def cell(self, node: _Node) -> str:
        words = " ".join(" ".join(self.blocks(node.inner)).split())
        return words if self._tables > 1 else words.replace("|", "\\|")

    def embedded(self, node: _Node) -> list[str]:
        sources = [node, *(one for one in _walk(node) if one.tag == "source")]
        for one in sources:
            url = one.attributes.get("src", "")
            if url and is_safe(url):
                url = f"https:{url}" if url.startswith("//") else url
                film = _YOUTUBE.match(url)
                if film:
                    url = f"https://www.youtube.com/watch?v={film[1]}"
                words = escaped(node.attributes.get("title", "").strip())
                return [self.link(words, url)]
        self.lost.add(node.tag)
        return []

    def inline(self, nodes: Iterable[_Node | str]) -> str:
        """Return text with its marks; a line break is a backslash and a line end."""
        parts = []
        for node in nodes:
            if isinstance(node, str):
                parts.append(escaped(re.sub(r"[ \t\r\n\f]+", " ", node)))
            else:
                parts.append(self.span(node))
        return re.sub(r" *\\\n *", "\\\\\n", "".join(parts))

    def span(self, node: _Node) -> str:
        if node.tag in _UNSAID:
            self.lost.add(node.tag)
            return ""
        match node.tag:
            case "br":
                return "\\\n"
            case "img":
                return self.picture(node)
            case "code" | "tt" | "samp":
                return _coded(node.text())
            case "a":
                href = node.attributes.get("href", "").strip()
                words = self.inline(node.inner)
                if not href or not is_safe(href):
                    return words
                return self.link(words, href)
        words = self.inline(node.inner)
        if node.tag in _MARKS:
            return _marked(words, _MARKS[node.tag])
        if node.tag in _KEPT and words.strip():
            return f"<{node.tag}>{words}</{node.tag}>"
        return words

    def picture(self, node: _Node) -> str:
        source = node.attributes.get("src", "").strip()
        if not source or not is_safe(source):
            return ""
        alt = escaped(" ".join(node.attributes.get("alt", "").split()))
        title = " ".join(node.attributes.get("title", "").split()).replace('"', "'")
        more = f' "{escaped(title)}"' if title else ""
        return f"![{alt}]({target(source)}{more})"

    def link(self, words: str, url: str) -> str:
        shown = " ".join(words.split())
        if url.startswith(("http://", "https://")) and shown in {"", url} and target(url) == url:
            return f"<{url}>"
        return f"[{shown or escaped(url)}]({target(url)})"


def _walk(node: _Node) -> Iterator[_Node]:
    for one in node.inner:
        if isinstance(one, _Node):
            yield one
            yield from _walk(one)


def _rows(table: _Node) -> Iterator[_Node]:
    """Yield the rows of a table, and none of the tables in it: each is turned once."""
    for one in table.inner:
        if isinstance(one, _Node) and one.tag == "tr":
            yield one
        elif isinstance(one, _Node) and one.tag != "table":
            yield from _rows(one)


def _is_list(block: str) -> bool:
    return re.match(r"(?:-|\d+\.) ", block) is not None


def _quoted(blocks: list[str]) -> list[str]:
    if not blocks:
        return []
    return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(blocks).split("\n"))]


def _marked(words: str, mark: str) -> str:
    """Return `words` between marks, which must not touch a space on their inner side."""
    core = words.strip()
    if not core or "\n" in core:
        return words
    return words.replace(core, f"{mark}{core}{mark}", 1)


def _coded(text: str) -> str:
    code = " ".join(text.split())
    if not code:
        return ""
    ticks = "`" * (_longest_ticks(code) + 1)
    space = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{space}{code}{space}{ticks}"
