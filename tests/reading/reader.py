"""Short ways to read a note in tests, and a strict look at the HTML that comes out."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from kb.model.note import Block, Note, Source
from kb.reading.notes import ReadingOptions, read_note

VOID = frozenset({"br", "hr", "img", "input", "wbr"})
ALLOWED = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
LISTS = frozenset({"ul", "ol"})
PARENTS = {
    "li": LISTS,
    "tr": frozenset({"table", "thead", "tbody"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "summary": frozenset({"details"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
}
"""Where elements may stand, as HTML's content models have it."""
CHILDREN = {
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "table": frozenset({"thead", "tbody", "tr"}),
    "tr": frozenset({"td", "th"}),
    "dl": frozenset({"dt", "dd"}),
}
"""What elements may hold."""
BLOCKS = frozenset(
    {"p", "ul", "ol", "dl", "table", "blockquote", "pre", "hr", "details", "section", "div"}
    | {f"h{level}" for level in range(1, 7)}
)
PHRASING = frozenset({"p", "summary", "dt", "a", "em", "strong", "b", "i", "span", "sup"})
SCRIPTED = ("javascript", "vbscript", "file")


def note(text: str | bytes, path: str = "boston/monday.md", **options: Any) -> Note:
    """Read `text` as the file `path`."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_note(Source(path, "0" * 64, data), ReadingOptions(**options))


def body(text: str, **options: Any) -> Note:
    """Read `text` as the body of a note that has a title; its first line is line 4."""
    return note('+++\ntitle = "T"\n+++\n' + text, **options)


def html(read: Note) -> str:
    """Return the HTML of all blocks, holes filled as rendering fills those of foreign targets."""
    return "".join(part for block in read.blocks for part in block_html(block, read))


def block_html(block: Block, read: Note) -> Iterator[str]:
    """Yield the parts of one block's HTML."""
    yield block.open
    for piece in block.html:
        yield piece if isinstance(piece, str) else hole(read, piece)
    for child in block.children:
        yield from block_html(child, read)
    yield block.close


def hole(read: Note, number: int) -> str:
    """Return a reference's start tag as plainly as it can be written."""
    reference = read.references[number]
    target = reference.target.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<a href="{target}">' if reference.kind == "link" else f'<img src="{target}" alt="">'


def codes(read: Note) -> list[tuple[str, int]]:
    """Return code and line of every finding."""
    return [(finding.code, finding.line) for finding in read.findings]


def targets(read: Note) -> list[str]:
    """Return the targets of all references, in order."""
    return [reference.target for reference in read.references]


def texts(blocks: tuple[Block, ...]) -> list[object]:
    """Return the tree of texts: a leaf is its text, a container a list."""
    return [texts(block.children) if block.children else block.text for block in blocks]


class Strict(HTMLParser):
    """Collects everything about a piece of HTML that is not as it must be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1] if self.open else ""
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        if tag in PARENTS and parent not in PARENTS[tag]:
            self.wrong.append(f"<{tag}> in <{parent}>")
        if parent in CHILDREN and tag not in CHILDREN[parent]:
            self.wrong.append(f"<{tag}> in <{parent}>")
        if tag in BLOCKS and PHRASING.intersection(self.open):
            self.wrong.append(f"<{tag}> in a paragraph")
        if tag == "a" and "a" in self.open:
            self.wrong.append("<a> in <a>")
        for name, value in attrs:
            scheme = (value or "").split(":")[0].strip().lower()
            if name.startswith("on") or name in {"style", "srcdoc", "srcset"}:
                self.wrong.append(f"{name}=")
            elif (name in {"href", "src"} and scheme in SCRIPTED) or (
                name == "href" and scheme == "data"
            ):
                self.wrong.append(f"{name}={value}")
            elif name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] in CHILDREN:
            self.wrong.append(f"text in <{self.open[-1]}>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def complaints(read: Note) -> list[str]:
    """Return what is wrong with the HTML: tags out of balance, forbidden ones, double ids."""
    parser = Strict()
    parser.feed(html(read))
    parser.close()
    wrong = parser.wrong + [f"open: {tag}" for tag in parser.open]
    doubles = {name for name in parser.ids if parser.ids.count(name) > 1}
    return wrong + [f"id twice: {name}" for name in sorted(doubles)]


def misplaced(read: Note) -> list[str]:
    """Return the blocks, runs and references whose lines cannot be right."""
    last = max(read.lines, 1)
    wrong = [
        f"{block.kind} {block.line}-{block.end}"
        for block in read.walk()
        if not 1 <= block.line <= block.end <= last
    ]
    wrong += [
        f"run {run.text!r} {run.line}"
        for block in read.walk()
        for run in block.runs
        if not block.line <= run.line <= block.end
    ]
    return wrong + [
        f"reference {reference.target} {reference.line}"
        for reference in read.references
        if not 1 <= reference.line <= last
    ]
