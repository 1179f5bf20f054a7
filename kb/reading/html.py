"""Raw HTML in notes: an allow-list, cleaned by nh3, and turned into the same blocks as Markdown.

Three steps. `tokens` splits what the writer wrote into tags, comments and text, and never lets an
unfinished tag swallow what follows. nh3 (HTML5's own tree building, https://html.spec.whatwg.org)
balances it and holds the allow-list a second time. `build` walks the clean result and makes
blocks. Lines survive as an attribute on every start tag, Markdown between the tags as a mark.
"""

import html as entities
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import nh3

from kb.model.finding import Finding
from kb.model.note import Block, BlockKind
from kb.model.pattern import Pattern
from kb.model.value import replace
from kb.reading.code import plain
from kb.reading.fitting import fit
from kb.reading.limits import TooMuch
from kb.reading.prose import Collector, Prose, escape
from kb.reading.shortcodes import Figure, Link, Words, end_of, is_escaped, meaning, unescaped

INLINE_TAGS = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn", "em",
        "i", "img", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "strike",
        "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
"""Kept within a paragraph."""
_CONTAINERS: Mapping[str, BlockKind] = {
    "ul": "bullets",
    "menu": "bullets",
    "ol": "numbers",
    "li": "item",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
    "dl": "definitions",
    "details": "html",
}
_LEAVES: Mapping[str, BlockKind] = {
    "p": "paragraph",
    "figcaption": "paragraph",
    "caption": "paragraph",
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "dt": "term",
    "summary": "html",
}
_MIXED: Mapping[str, BlockKind] = {"td": "cell", "th": "cell", "dd": "definition"}
_GROUPS = frozenset({"thead", "tbody", "tfoot", "colgroup", "col"})
_TRANSPARENT = frozenset(
    {
        "address", "article", "aside", "body", "center", "div", "fieldset", "figure", "font",
        "footer", "form", "header", "html", "main", "nav", "picture", "search", "section", "span",
    }
)  # fmt: skip
"""Carry no meaning without a style sheet: their content is kept, the tags are not."""
_EMBEDS = frozenset({"iframe", "video", "audio", "source", "embed"})
"""Shown as a link to what they would embed: nothing of another host is loaded."""
DROPPED = frozenset({"script", "style", "noscript", "template", "title", "head", "object"})
"""Dropped with their content."""
_BLOCK_TAGS = frozenset([*_CONTAINERS, *_LEAVES, *_MIXED, *_GROUPS, "hr", "pre"])
_KEPT = INLINE_TAGS | _BLOCK_TAGS
_NESTING = frozenset({"ul", "ol", "menu", "table", "blockquote", "dl", "details"})
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
_DEEPEST = 40
"""Lists and tables nested deeper than this are shown on this level."""
_DEEPEST_TAG = 100
"""Tags nested deeper than this are left out, what stands in them is kept."""
MOST_PARTS = 300_000
"""Tags, texts and comments of one piece of HTML: each may become two blocks."""
_JOINED = 4_096
"""Parts whose text is joined at once."""
_NO_ATTRIBUTES: Mapping[str, str] = {}
_SHALLOW = (
    _VOID | _LEAVES.keys() - {"summary", "figcaption"} | _MIXED.keys() | _GROUPS | {"li", "tr"}
)
"""Tags that HTML closes by itself before the next of their kind."""
_LINE = "data-line"
_EMBED = "data-embed"
_LINK = "data-link"
"""A number of each link: HTML5 repeats one that is never closed, kb counts it once."""
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({_LINE, "id"}),
    "a": frozenset({"href", "title"}),
    "img": frozenset({"src", "alt", "title"}),
    "abbr": frozenset({"title"}),
    "acronym": frozenset({"title"}),
    "ol": frozenset({"start", "reversed"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
    "time": frozenset({"datetime"}),
    "details": frozenset({"open"}),
    "code": frozenset({"class"}),
}
_KEPT_INLINE_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "abbr": ("title",),
    "acronym": ("title",),
    "time": ("datetime",),
}
_CLEANER = nh3.Cleaner(
    tags=set(_KEPT),
    clean_content_tags=set(),
    attributes={
        tag: {*names, _EMBED, _LINK} if tag == "a" else set(names)
        for tag, names in _ATTRIBUTES.items()
    },
    link_rel=None,
    strip_comments=True,
    url_schemes=set(nh3.ALLOWED_URL_SCHEMES) | {"data", "file", "javascript", "vbscript"},
)
# Schemes are judged by `Prose.link`, which says so in a finding; nothing else writes an href.

_TOKEN = Pattern(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9:-]*)"
    r"(?P<attributes>(?:\s+|/|[^\s\"'>/=<][^\s\"'>/=<]*|=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))*+)>"
    r"|<[?!][^>]*>",
    re.DOTALL,
)
_ATTRIBUTE = Pattern(
    r"(?P<name>[^\s\"'>/=]+)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'=<>`]+)))?"
)
_MARK = Pattern("\ue000(\\d+)\ue001")
_INTEGER = Pattern(r"\d{1,4}\Z")


class Tag(NamedTuple):
    """A start or end tag."""

    name: str
    """In lower case."""
    attributes: Mapping[str, str]
    """Names in lower case, entities resolved."""
    line: int
    closing: bool = False


class Text(NamedTuple):
    """Text between tags, entities resolved."""

    text: str
    line: int


class Comment(NamedTuple):
    """What stands between `<!--` and `-->`."""

    text: str
    line: int


class Markdown(NamedTuple):
    """Blocks of Markdown that stand between pieces of HTML."""

    make: Callable[[], tuple[Block, ...]]
    """Called when their turn comes, so that references are numbered in the order of the text."""
    after: int
    """The line after them."""


Part = Tag | Text | Comment | Markdown


def tokens(source: str, line: int) -> Iterator[Tag | Text | Comment]:
    """Yield the parts of raw HTML that starts in `line`; what is dropped is not yielded."""
    place = 0
    dropping = ""
    for match in _TOKEN.finditer(source):
        before = source[place : match.start()]
        if before and not dropping:
            yield Text(_unescaped(before), line)
        line += before.count("\n")
        place = match.end()
        name = (match["tag"] or "").lower()
        closing = bool(match["close"])
        if match["comment"] is not None:
            if not dropping:
                yield Comment(match["comment"].strip(), line)
        elif dropping:
            if closing and name == dropping:
                dropping = ""
        elif name in DROPPED:
            if not closing and f"</{name}" in source[place:].lower():
                dropping = name
        elif name:
            yield Tag(name, _attributes(match["attributes"]), line, closing)
        line += match[0].count("\n")
    if place < len(source) and not dropping:
        yield Text(_unescaped(source[place:]), line)


def inline_tag(source: str, line: int) -> Tag | Comment | None:
    """Return the one tag or comment that `source` is, None where it is neither or is dropped."""
    match = _TOKEN.match(source)
    if match is None:
        return None
    if match["comment"] is not None:
        return Comment(match["comment"].strip(), line)
    if not match["tag"]:
        return None
    return Tag(match["tag"].lower(), _attributes(match["attributes"]), line, bool(match["close"]))


def add_inline(prose: Prose, tag: Tag) -> None:
    """Add one inline `tag` of the note to `prose`; tags that are not kept leave no trace."""
    name = tag.name
    if name == "a":
        if tag.closing:
            prose.unlink(raw=True)
        elif tag.attributes.get("href", "").strip():
            prose.link(
                tag.attributes["href"].strip(),
                tag.attributes.get("title", ""),
                raw=True,
                markup_only=_EMBED in tag.attributes,
            )
    elif name == "img":
        source = tag.attributes.get("src", "").strip()
        if source and not tag.closing:
            prose.picture(source, tag.attributes.get("alt", ""), tag.attributes.get("title", ""))
    elif name == "br":
        prose.hard_break()
    elif name == "wbr":
        prose.markup("<wbr>")
    elif name in _EMBEDS:
        _embed(prose, tag)
    elif name in INLINE_TAGS:
        if tag.closing:
            prose.close(name, raw=True)
        else:
            kept = _KEPT_INLINE_ATTRIBUTES.get(name, ())
            written = [f' {a}="{escape(tag.attributes[a])}"' for a in kept if a in tag.attributes]
            prose.open(name, "".join(written), raw=True)


def nesting(parts: Iterable[Tag | Text | Comment]) -> int:
    """Return how many lists, tables and the like `parts` open more often than they close."""
    depth = 0
    for part in parts:
        if isinstance(part, Tag) and part.name in _NESTING:
            depth += -1 if part.closing else 1
    return depth


def build(parts: Iterable[Part], collector: Collector, *, top: bool) -> tuple[Block, ...]:
    """Return the blocks of `parts`; the Markdown among them stands where it stood.

    Args:
        parts: What `tokens` gave, in order, with the Markdown blocks that stood between.
        collector: The note's.
        top: Whether paragraphs get an anchor, as they do outside every container.

    Raises:
        TooMuch: there are more than `MOST_PARTS`.
    """
    marked = _Marked(collector)
    for part in _expanded(parts, collector):
        marked.add(part)
    clean = _CLEANER.clean(marked.text())
    tree = _Tree(collector, marked.markdown, marked.first, marked.last, top=top)
    for part in tokens(clean, marked.first):
        if isinstance(part, Text):
            tree.text(part.text)
        elif isinstance(part, Tag):
            tree.tag(part)
    return tree.finish()


class _Marked:
    """What goes to nh3: HTML with its lines, and marks where Markdown stands."""

    def __init__(self, collector: Collector) -> None:
        self.markdown: list[Markdown] = []
        self.first = 1
        """The line in which the HTML begins."""
        self.last = 1
        """The last line that holds any of it."""
        self._collector = collector
        self._nest = _Nest()
        self._count = 0
        self._line = 0
        self._pieces: list[str] = []
        self._joined: list[str] = []

    def add(self, part: Part) -> None:
        """Add what comes next in the text."""
        if isinstance(part, Markdown):
            self._pieces.append(f"\ue000{len(self.markdown)}\ue001")
            self.markdown.append(part)
            self._line = part.after
        else:
            self._add_html(part)
        self._count += 1
        if self._count > MOST_PARTS:
            raise TooMuch(f"{MOST_PARTS:,} pieces of HTML")
        if len(self._pieces) > _JOINED:
            self._joined.append("".join(self._pieces))
            self._pieces = []

    def text(self) -> str:
        """Return all that was added, as HTML."""
        return "".join([*self._joined, *self._pieces])

    def _add_html(self, part: Tag | Text | Comment) -> None:
        if not self._count:
            self.first = self.last = part.line
        if self._line:  # line ends between blocks, and inside tags and comments
            self._pieces.append("\n" * (part.line - self._line))
        self._line = part.line
        self.last = max(self.last, _reach(part))
        if isinstance(part, Comment):
            self._collector.comments.append((part.line, part.text))
        elif isinstance(part, Text):
            self._pieces.append(escape(part.text.replace("\ue000", "\ufffd")))
            self._line += part.text.count("\n")
        else:
            self._pieces.append(self._nest.written(part, self._count))


def _expanded(parts: Iterable[Part], collector: Collector) -> Iterator[Part]:
    """Yield `parts` with tags in the place of shortcodes in their text, but for code."""
    code = 0
    for part in parts:
        if isinstance(part, Tag) and part.name in {"pre", "code"}:
            code = max(0, code + (-1 if part.closing else 1))
        if isinstance(part, Text) and "{{" in part.text and not code:
            yield from _shortcodes(part, collector)
        else:
            yield part


def _shortcodes(part: Text, collector: Collector) -> Iterator[Tag | Text]:
    text, line, place = part.text, part.line, 0
    start = text.find("{{")
    while start >= 0:
        end = end_of(text, start)
        written = text[start:end]
        shown = _shown(written, line + text.count("\n", place, start), collector) if written else ()
        if shown:
            yield Text(text[place:start], line)
            yield from shown
            line += text.count("\n", place, end)
            place = end
        start = text.find("{{", max(end, start + 2))
    yield Text(text[place:], line)


def _shown(written: str, line: int, collector: Collector) -> tuple[Tag | Text, ...]:
    """Return what stands for a shortcode, nothing where it stays as written."""
    if is_escaped(written):
        return (Text(unescaped(written), line),)
    found = meaning(written)
    if isinstance(found, Link):
        link = Tag("a", {"href": found.target}, line)
        return (link, Text(found.text, line), Tag("a", {}, line, closing=True))
    if isinstance(found, Figure):
        picture = Tag("img", {"src": found.target, "alt": found.alt}, line)
        said = Text(f" {found.caption}", line) if found.caption else Text("", line)
        return (picture, said)
    if isinstance(found, Words):
        return (Text(found.text, line),)
    if not written[3:].lstrip().startswith("/"):
        collector.findings.append(
            Finding("KB130", collector.path, found.message, line, hint=found.hint)
        )
    return ()


def _reach(part: Tag | Text | Comment) -> int:
    """Return the last line of `part` that is not blank."""
    return part.line + part.text.rstrip().count("\n") if isinstance(part, Text) else part.line


class _Nest:
    """Keeps tags from nesting too deeply: nh3 cannot be stopped, and takes quadratic time then."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._depth = 0

    def written(self, tag: Tag, number: int) -> str:
        """Return `tag` as it goes to nh3, `""` where it would be too deep."""
        if tag.name in _SHALLOW or tag.name not in _KEPT:
            return _written(tag, number)
        count = self._open.get(tag.name, 0)
        if tag.closing:
            if not count:
                return ""
            self._open[tag.name] = count - 1
            self._depth -= 1
            return _written(tag, number)
        if self._depth >= _DEEPEST_TAG:
            return ""
        self._open[tag.name] = count + 1
        self._depth += 1
        return _written(tag, number)


def _written(tag: Tag, number: int) -> str:
    """Return `tag` as it goes to nh3: only what is kept, with its line and, of a link, `number`."""
    if tag.name in _EMBEDS and not tag.closing:
        source = tag.attributes.get("src", "").strip()
        if not source:
            return ""
        href = escape(source)
        return f'<a {_LINE}="{tag.line}" {_LINK}="{number}" {_EMBED} href="{href}">{href}</a>'
    if tag.name in _TRANSPARENT:
        return "</p>" if tag.name in {"div", "section", "figure", "article"} else ""
    if tag.name not in _KEPT:
        return ""
    if tag.closing:
        return f"</{tag.name}>"
    names = _ATTRIBUTES["*"] | _ATTRIBUTES.get(tag.name, frozenset())
    kept = {name: value for name, value in tag.attributes.items() if name in names}
    kept[_LINE] = str(tag.line)
    if tag.name == "a":
        kept[_LINK] = str(number)
    return f"<{tag.name}" + "".join(f' {k}="{escape(v)}"' for k, v in kept.items()) + ">"


def _attributes(source: str) -> Mapping[str, str]:
    if not source or source.isspace():
        return _NO_ATTRIBUTES
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = match["double"] or match["single"] or match["bare"] or ""
        found.setdefault(match["name"].lower(), " ".join(entities.unescape(value).split()))
    return found


def _unescaped(text: str) -> str:
    """Resolve entities; one that stands for a line end must not change the count of lines."""
    if "&" not in text:
        return text
    return "\n".join([entities.unescape(line).replace("\n", " ") for line in text.split("\n")])


def _embed(prose: Prose, tag: Tag) -> None:
    source = tag.attributes.get("src", "").strip()
    if source and not tag.closing:
        prose.link(source, raw=True, markup_only=True)
        prose.text(source, bare_urls=False)
        prose.unlink(raw=True)


class _Frame:
    """An element of the clean HTML that is still open."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.children: list[Block] = []


class _Tree:
    """Makes blocks of clean, balanced HTML."""

    def __init__(
        self,
        collector: Collector,
        markdown: list[Markdown],
        line: int,
        last: int,
        *,
        top: bool,
    ) -> None:
        self._collector = collector
        self._markdown = markdown
        self._line = line
        self._top = top
        self._root = _Frame(Tag("", {}, line))
        self._frames = [self._root]
        self._prose: Prose | None = None
        self._leaf: Tag | None = None
        self._leaf_line = line
        self._leaf_start = 0
        self._code: list[str] | None = None
        self._last = last
        self._links: set[str] = set()
        self._opened: Tag | None = None
        self._carried: Tag | None = None

    def text(self, text: str) -> None:
        """Add text, which may hold marks for Markdown blocks."""
        place = 0
        for match in _MARK.finditer(text):
            self._words(text[place : match.start()])
            self._insert(self._markdown[int(match[1])])
            place = match.end()
        self._words(text[place:])

    def tag(self, tag: Tag) -> None:
        """Open or close an element."""
        line = tag.attributes.get(_LINE, "")
        if line.isdigit():
            self._line = max(self._line, int(line))
            tag = tag._replace(line=self._line)
        if self._code is not None:
            self._in_code(tag)
        elif tag.name in INLINE_TAGS:
            self._inline(tag)
        else:
            self._block(tag)

    def finish(self) -> tuple[Block, ...]:
        """Close everything and return the blocks."""
        while len(self._frames) > 1:
            self._close()
        self._flush()
        return fit(self._root.children, "")[0]

    def _in_code(self, tag: Tag) -> None:
        if tag.name == "pre" and tag.closing and self._code is not None:
            code = "".join(self._code)
            self._code = None
            self._add(
                Block(
                    "code",
                    self._leaf_line,
                    max(min(self._line, self._last), self._leaf_line),
                    text=code,
                    open="<pre><code>",
                    close="</code></pre>\n",
                    html=(plain(code),),
                    origin="html",
                )
            )

    def _inline(self, tag: Tag) -> None:
        if tag.name == "a":
            self._carried = None
            number = tag.attributes.get(_LINK, "")
            if not tag.closing and number in self._links:
                return
            self._links.add(number)
            self._opened = tag
        if self._prose is None and tag.closing:
            return
        prose = self._prose or self._start(None)
        prose.line = self._line
        add_inline(prose, tag)

    def _block(self, tag: Tag) -> None:
        if self._prose is not None and self._prose.drop_empty_link():
            self._carried = self._opened  # a link around a block goes into the block
        self._flush()
        if tag.name in _GROUPS:
            return
        if tag.name == "hr":
            self._add(Block("rule", self._line, self._line, open="<hr>\n", origin="html"))
        elif tag.name == "pre":
            if not tag.closing:
                self._code = []
                self._leaf_line = self._line
        elif tag.name in _LEAVES:
            if not tag.closing:
                self._start(tag)
        elif not tag.closing:
            if len(self._frames) <= _DEEPEST:
                self._frames.append(_Frame(tag))
        elif any(frame.tag.name == tag.name for frame in self._frames[1:]):
            while self._frames[-1].tag.name != tag.name:
                self._close()
            self._close()

    def _words(self, text: str) -> None:
        if self._code is not None:
            self._code.append(text)
            self._pass(text)
            return
        if self._prose is None or self._prose.is_empty:
            stripped = text.lstrip()
            self._pass(text[: len(text) - len(stripped)])
            text = stripped
            if not text:
                return
        prose = self._prose or self._start(None)
        if prose.is_empty:
            self._leaf_line = self._line
        prose.line = self._line
        prose.lines(text)
        self._line = prose.line

    def _pass(self, text: str) -> None:
        """Go to the line in which `text` ends; never beyond the last, for text that HTML5 moved."""
        self._line = max(self._line, min(self._line + text.count("\n"), self._last))

    def _insert(self, markdown: Markdown) -> None:
        self._flush()
        self._frames[-1].children.extend(markdown.make())
        self._line = markdown.after

    def _start(self, tag: Tag | None) -> Prose:
        self._leaf = tag
        self._leaf_line = self._line
        prose = self._prose = Prose(self._collector, self._line, last=self._last)
        if self._carried is not None:
            add_inline(prose, self._carried)
            self._carried = None
        return prose

    def _flush(self) -> None:
        if self._prose is None:
            return
        html, runs, text = self._prose.finish()
        leaf, self._prose, self._leaf = self._leaf, None, None
        if html and isinstance(html[-1], str):
            html = (*html[:-1], html[-1].rstrip())
        while runs and runs[-1].text == "\n":
            runs = runs[:-1]
        text = text.strip()
        if not text and not any(isinstance(piece, int) for piece in html):
            return
        end = max([self._leaf_line, *[run.line for run in runs]])
        name = leaf.name if leaf is not None else "p"
        kind = _LEAVES[name]
        anchor = ""
        if kind == "heading" and leaf is not None:
            anchor = self._collector.anchors.heading(text, leaf.attributes.get("id", ""))
        elif kind == "paragraph" and self._top and len(self._frames) == 1:
            anchor = self._collector.anchors.paragraph(text)
        shown = "p" if kind == "paragraph" else name
        tight = leaf is None and len(self._frames) > 1
        opening = f'<{shown} id="{escape(anchor)}">' if anchor else f"<{shown}>"
        self._add(
            Block(
                kind,
                self._leaf_line,
                end,
                level=int(name[1]) if kind == "heading" else 0,
                text=text,
                runs=runs,
                open="" if tight else opening,
                close="" if tight else f"</{shown}>\n",
                html=html,
                anchor=anchor,
                origin="html",
            )
        )

    def _add(self, block: Block) -> None:
        self._frames[-1].children.append(block)

    def _close(self) -> None:
        self._flush()
        frame = self._frames.pop()
        tag = frame.tag
        kind = _CONTAINERS.get(tag.name) or _MIXED.get(tag.name)
        name = "ul" if tag.name == "menu" else tag.name
        children, before = fit(frame.children, name)
        self._frames[-1].children.extend(before)
        if kind is None:
            self._frames[-1].children.extend(children)
            return
        level = 0
        if kind in {"bullets", "numbers"}:
            level = 1 + sum(1 for f in self._frames if f.tag.name in {"ul", "ol", "menu"})
        first = min([tag.line, *[child.line for child in children]])
        end = max([first, min(self._line, self._last), *[child.end for child in children]])
        if kind == "cell":
            self._add(_cell(tag, children, first, end))
            return
        self._add(
            Block(
                kind,
                first,
                end,
                level=level,
                open=f"<{name}{_kept_attributes(tag)}>" + ("" if kind == "item" else "\n"),
                close=f"</{name}>\n",
                children=children,
                marker=self._marker(tag, kind),
                origin="html",
            )
        )

    def _marker(self, tag: Tag, kind: BlockKind) -> str:
        if kind == "bullets":
            return "*"
        if kind == "numbers":
            return "1."
        if kind == "item":
            return "1." if self._frames[-1].tag.name == "ol" else "*"
        return ""


def _cell(tag: Tag, children: tuple[Block, ...], first: int, end: int) -> Block:
    """Return a table cell; one paragraph in it makes it a leaf, as Markdown's cells are."""
    opening = f"<{tag.name}{_kept_attributes(tag)}>"
    closing = f"</{tag.name}>\n"
    if len(children) == 1 and children[0].kind == "paragraph":
        only = children[0]
        return replace(only, kind="cell", line=first, end=end, open=opening, close=closing)
    return Block("cell", first, end, open=opening, close=closing, children=children, origin="html")


def _kept_attributes(tag: Tag) -> str:
    written = [
        f' {name}="{tag.attributes[name]}"'
        for name in ("start", "colspan", "rowspan")
        if _INTEGER.match(tag.attributes.get(name, ""))
    ]
    if tag.name == "details" and "open" in tag.attributes:
        written.append(" open")
    return "".join(written)
