"""A note as it was written: bytes, front matter, and the body as a tree of blocks."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from kb.model.finding import Finding
from kb.model.value import Value


class Source(Value, frozen=True):
    """A file as found on disk."""

    path: str
    """Relative to the site's folder, NFC, `/` between parts; it names the note everywhere."""
    digest: str
    """SHA-256 of `data`, hexadecimal."""
    data: bytes
    size: int = 0
    """Bytes of the file, where `data` is only its beginning; 0 where it is all of it."""


class EventHint(Value, frozen=True, forbid_unknown_fields=True):
    """What the writer says of the event in `[event]` of the front matter."""

    name: str = ""
    place: str = ""
    year: int = 0
    day: str = ""
    """A weekday's English name, or a date in ISO 8601."""
    edition: str = ""
    series: str = ""


class TalkHint(Value, frozen=True, forbid_unknown_fields=True):
    """What the writer says of one talk in `[[talks]]`, matched by `title` or heading `line`."""

    title: str = ""
    """The heading as written, or the title as kb reads it."""
    line: int = 0
    """1-based line of the heading in the file."""
    name: str = ""
    """The title to show instead."""
    speakers: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    kind: str = ""
    day: str = ""
    time: str = ""
    room: str = ""
    track: str = ""
    abstract: str = ""
    recording: str = ""
    slides: str = ""


class FrontMatter(Value, frozen=True):
    """The keys that kb knows (Hugo's meaning for Hugo's keys); every other one is in `extra`."""

    format: Literal["toml", "yaml", "header", "none"] = "none"
    """`header`: lines such as `Title: Queues` without fences, as Pelican has them."""
    title: str = ""
    date: str = ""
    """ISO 8601: `2017-05-13`, or `2017-05-13T06:40:53+00:00` where a time was given."""
    publish_date: str = ""
    expiry_date: str = ""
    draft: bool = False
    slug: str = ""
    url: str = ""
    """Hugo's `url` (or Zola's `path`): the whole path of the page, instead of slug and pattern."""
    aliases: tuple[str, ...] = ()
    cover: str = ""
    description: str = ""
    weight: int = 0
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    kind: str = ""
    """`article`: no session notes whatever they look like; a session kind: the note is one."""
    speakers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    event: EventHint | None = None
    talks: tuple[TalkHint, ...] = ()
    extra: Mapping[str, Any] = {}
    """Keys that kb does not know, as plain data (dates as ISO 8601), handed to templates."""
    lines: Mapping[str, int] = {}
    """1-based line of each key (dotted: `event.name`, `talks.0.title`)."""
    last_line: int = 0
    """The line of the closing fence; 0 where there is no front matter."""


class Reference(Value, frozen=True, array_like=True):
    """A link or picture of a note: a hole in its prose, filled when a page is rendered."""

    kind: Literal["link", "picture"]
    target: str
    """The URL or path as written, entities and Markdown escapes resolved, nothing else changed."""
    text: str = ""
    """The link's text, or the picture's alternative text."""
    title: str = ""
    line: int = 0
    code: bool = False
    """It stands in a place that is code or markup only (such as an HTML attribute), not prose."""
    column: int = 0
    """1-based column of its first character in `line`; 0 where it is not known."""


class Run(Value, frozen=True, array_like=True):
    """A run of inline text with one look."""

    text: str
    """Plain text; `"\\n"` is a line break of the source (or a hard break)."""
    line: int
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    strike: bool = False
    reference: int = -1
    """Index into `Note.references` of the link or picture it belongs to; -1 for none."""


BlockKind = Literal[
    "heading",
    "paragraph",
    "bullets",
    "numbers",
    "item",
    "quote",
    "code",
    "table",
    "row",
    "cell",
    "rule",
    "definitions",
    "term",
    "definition",
    "footnotes",
    "footnote",
    "html",
]


class Block(Value, frozen=True, array_like=True):
    """A block of the body. Its HTML is `open`, then `html` or the children, then `close`."""

    kind: BlockKind
    line: int
    """1-based first line in the file."""
    end: int
    """1-based last line, inclusive, without trailing blank lines."""
    level: int = 0
    """1 to 6 for headings, nesting depth (from 1) for lists; else 0."""
    text: str = ""
    """Plain text of the block; code as written; `""` for containers."""
    runs: tuple[Run, ...] = ()
    open: str = ""
    close: str = ""
    html: tuple[str | int, ...] = ()
    """Safe HTML of a leaf; a number is the start tag (for a picture: the whole tag) of
    `Note.references[number]`, which only rendering can write. Links close with `</a>`."""
    children: tuple["Block", ...] = ()
    anchor: str = ""
    """The element's id, which `open` carries already; unique in the note."""
    marker: str = ""
    """List marker (`*`, `-`, `+`, `1.`, `1)`), fence language, or `[ ]`/`[x]` of a task item."""
    origin: Literal["markdown", "html"] = "markdown"

    def walk(self) -> Iterator["Block"]:
        """Yield this block and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


class Lines(Value, frozen=True):
    """A range of lines of a note, both ends included, 1-based."""

    first: int
    last: int

    def __contains__(self, line: object) -> bool:
        return isinstance(line, int) and self.first <= line <= self.last


class Note(Value, frozen=True):
    """A note, read: everything later stages know about the file."""

    path: str
    digest: str
    matter: FrontMatter
    title: str
    """From the front matter, else the first heading that stands for the whole note, else the
    file's name in words."""
    blocks: tuple[Block, ...] = ()
    references: tuple[Reference, ...] = ()
    comments: tuple[tuple[int, str], ...] = ()
    """HTML comments of the body, with their lines: where writers put `kb:` directives."""
    findings: tuple[Finding, ...] = ()
    lines: int = 0
    """How many lines the file has."""
    words: int = 0

    def walk(self) -> Iterator[Block]:
        """Yield every block, outer before inner, in the order of the text."""
        for block in self.blocks:
            yield from block.walk()


def select(blocks: tuple[Block, ...], lines: Lines) -> tuple[Block, ...]:
    """Return the largest blocks that lie in `lines`, in order.

    A container that sticks out on either side gives those of its children that lie inside; a leaf
    belongs to the range that its first line is in.
    """
    first, last = lines.first, lines.last
    chosen: list[Block] = []
    for block in blocks:
        if block.line > last or block.end < first:
            continue
        if first <= block.line and (block.end <= last or not block.children):
            chosen.append(block)
        elif block.children:
            chosen.extend(select(block.children, lines))
    return tuple(chosen)
