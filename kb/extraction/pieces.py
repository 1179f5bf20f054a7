"""A note as a flat run of lines: what the rules of this column look at.

Blocks nest as Markdown does; what writers mean by a line does not. So each heading, line of a
paragraph, list item, quoted line, table row and block of code becomes one `Piece`, in order.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from kb.model.note import Block, Note, Run
from kb.model.pattern import Pattern
from kb.model.value import Value

PieceKind = Literal["heading", "text", "item", "row", "code", "rule", "other"]


class Span(Value, frozen=True):
    """A link in a piece's text: from `start` up to `end`, leading to `Note.references[number]`."""

    start: int
    end: int
    number: int


class Piece(Value, frozen=True):
    """One line of a note, with what it stands in."""

    kind: PieceKind
    line: int
    end: int
    """Last line of the piece itself (of a code block, say)."""
    block: int
    """Number of the leaf block it belongs to: lines of one paragraph share it."""
    position: int = 0
    """Which line of its block it is, from 0."""
    level: int = 0
    """Of a heading, 1 to 6."""
    depth: int = 0
    """Depth of the list it stands in, from 1; 0 outside."""
    quote: int = 0
    """Depth of quotes it stands in."""
    text: str = ""
    strong: bool = False
    """The whole line is bold."""
    lead: str = ""
    """The bold words that the line begins with, where it goes on without them."""
    emphasis: bool = False
    """The whole line is in italics."""
    links: tuple[Span, ...] = ()
    pictures: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()
    """Of a table row."""
    header: bool = False
    """It is the head of a table."""
    anchor: str = ""
    code: tuple[str, ...] = ()
    """Inline code in it."""
    container: int = 0
    """Last line of the whole item, quote or table that the piece begins."""


_HASH = Pattern(r"^(#{1,6})(?=[^\s#!\[{(<\d.,;:])(?P<rest>.*\S)\s*$")
_HASHTAG = Pattern(r"^#\w+(?:\s+(?:#|@)\w+|\s+[-–—(].*|[.,!]?)\s*$")


class _Walk:
    """Collects pieces; the only state is the number of the leaf."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.leaf = 0

    def add(self, block: Block, depth: int, quote: int, container: int) -> None:
        kind = block.kind
        if kind in ("heading", "paragraph", "term"):
            self.lines(block, depth, quote, container)
        elif kind == "item":
            self.item(block, depth, quote)
        elif kind == "table":
            self.table(block, depth, quote)
        elif kind in ("code", "rule"):
            self.leaf += 1
            self.pieces.append(
                Piece(
                    kind="code" if kind == "code" else "rule",
                    line=block.line,
                    end=block.end,
                    block=self.leaf,
                    depth=depth,
                    quote=quote,
                    container=block.end,
                )
            )
        elif kind != "footnotes":
            self.inside(block, depth, quote, container)

    def inside(self, block: Block, depth: int, quote: int, container: int) -> None:
        """Add what a block holds; a quote's lines all reach to the quote's end."""
        if block.runs and not block.children:
            self.lines(block, depth, quote, container)
            return
        deeper = depth + (block.kind in ("bullets", "numbers"))
        quoted = block.kind == "quote"
        for child in block.children:
            self.add(child, deeper, quote + quoted, block.end if quoted else child.end)

    def item(self, block: Block, depth: int, quote: int) -> None:
        first = True
        if block.runs and not block.children:
            self.lines(block, depth, quote, block.end, item=True)
            return
        for child in block.children:
            if first and child.kind in ("paragraph", "heading") and child.runs:
                self.lines(child, depth, quote, block.end, item=True)
                first = False
            else:
                self.add(child, depth, quote, block.end if first else child.end)
                first = False

    def table(self, block: Block, depth: int, quote: int) -> None:
        header = True
        for row in block.walk():
            if row.kind != "row":
                continue
            self.leaf += 1
            runs: list[Run] = []
            cells = []
            for cell in row.children:
                cells.append(" ".join(cell.text.split()))
                runs.extend(cell.runs)
                runs.append(Run(text=" | ", line=row.line))
            text, links, pictures = _join(runs)
            self.pieces.append(
                Piece(
                    kind="row",
                    line=row.line,
                    end=row.end,
                    block=self.leaf,
                    depth=depth,
                    quote=quote,
                    text=text.strip(" |"),
                    links=links,
                    pictures=pictures,
                    cells=tuple(cells),
                    header=header,
                    container=block.end,
                )
            )
            header = False

    def lines(
        self, block: Block, depth: int, quote: int, container: int, *, item: bool = False
    ) -> None:
        self.leaf += 1
        if len(block.runs) == 1 and "\n" not in (run := block.runs[0]).text:
            split: Iterable[tuple[int, Sequence[Run]]] = ((run.line or block.line, block.runs),)
        else:
            split = _split(block)
        for position, (line, runs) in enumerate(split):
            text, links, pictures = _join(runs)
            if not text.strip() and not pictures and not links:
                continue
            kind: PieceKind = "text"
            level = 0
            if block.kind == "heading":
                kind, level = "heading", block.level
            elif item and position == 0:
                kind = "item"
            elif text[:1] == "#" and not depth and not quote and (match := _HASH.match(text)):
                if not _HASHTAG.match(text) and not links:
                    kind, level, text = "heading", len(match[1]), match["rest"].rstrip("# ")
                elif links and links[0].start >= len(match[1]) and not _HASHTAG.match(text):
                    kind, level = "heading", len(match[1])
                    text = " " * level + text[level:]
            alone = len(runs) == 1 and not (links or pictures)
            visible = runs if alone else [run for run in runs if run.text.strip()]
            first = visible[0] if visible else None
            self.pieces.append(
                Piece(
                    kind=kind,
                    line=line,
                    end=line,
                    block=self.leaf,
                    position=position,
                    level=level,
                    depth=depth,
                    quote=quote,
                    text=text,
                    strong=block.kind == "term"
                    or (first is not None and first.strong and all(run.strong for run in visible)),
                    lead=_lead(visible) if first is not None and first.strong else "",
                    emphasis=first is not None
                    and first.emphasis
                    and all(run.emphasis for run in visible),
                    links=links,
                    pictures=pictures,
                    anchor=block.anchor if kind == "heading" else "",
                    code=()
                    if alone and not runs[0].code
                    else tuple([run.text for run in visible if run.code]),
                    container=max(container, line),
                )
            )


def _lead(runs: Sequence[Run]) -> str:
    words: list[str] = []
    for run in runs:
        if not run.strong:
            return " ".join("".join(words).split())
        words.append(run.text)
    return ""


def _split(block: Block) -> Iterator[tuple[int, Sequence[Run]]]:
    """Yield the lines of a leaf block, each with its number and its runs."""
    line = block.line
    current: list[Run] = []
    started = False
    for run in block.runs:
        if "\n" not in run.text:
            if not started:
                line, started = run.line or line, True
            current.append(run)
            continue
        parts = run.text.split("\n")
        for number, part in enumerate(parts):
            if number:
                yield line, current
                current = []
                started = False
            if part:
                if not started:
                    line = (run.line or line) + (number if len(parts) > 1 else 0)
                    started = True
                current.append(
                    Run(
                        text=part,
                        line=run.line,
                        strong=run.strong,
                        emphasis=run.emphasis,
                        code=run.code,
                        strike=run.strike,
                        reference=run.reference,
                    )
                )
    if current:
        yield line, current


def _join(runs: Sequence[Run]) -> tuple[str, tuple[Span, ...], tuple[int, ...]]:
    """Return the text of `runs`, its links and the numbers of its references that show nothing."""
    if len(runs) == 1 and runs[0].reference < 0:
        only = runs[0]
        return (_without_attributes(only) if "{:" in only.text else only.text), (), ()
    words: list[str] = []
    links: list[Span] = []
    empty: list[int] = []
    length = 0
    for run in runs:
        text = _without_attributes(run) if "{:" in run.text else run.text
        if run.reference >= 0:
            if not text:
                empty.append(run.reference)
            elif links and links[-1].number == run.reference and links[-1].end == length:
                links[-1] = Span(
                    start=links[-1].start, end=length + len(text), number=run.reference
                )
            else:
                links.append(Span(start=length, end=length + len(text), number=run.reference))
        words.append(text)
        length += len(text)
    return "".join(words), tuple(links), tuple(empty)


def _without_attributes(run: Run) -> str:
    """Return the words of a run without what only dresses the page: `{:target="_blank"}`."""
    return run.text if run.code else _ATTRIBUTES.sub("", run.text)


_ATTRIBUTES = Pattern(r"\s*\{:[^{}]*\}")


def excerpt(text: str, most: int) -> str:
    """Return the first `most` characters of `text` with one blank for each run of them."""
    begun = " ".join(text[: 2 * most].split())
    if len(begun) < most and len(text) > 2 * most:
        begun = " ".join(text.split(None, most))
    return begun[:most]


def pieces_of(note: Note) -> tuple[Piece, ...]:
    """Return the lines of `note`, in order."""
    return _pieces(note, note.blocks)


def footnotes_of(note: Note) -> tuple[Piece, ...]:
    """Return the lines of the footnotes of `note`, which are no pieces: they stand elsewhere."""
    footnotes = [block for block in note.blocks if block.kind == "footnotes"]
    return _pieces(note, [inside for block in footnotes for inside in block.children])


def _pieces(note: Note, blocks: Sequence[Block]) -> tuple[Piece, ...]:
    walk = _Walk()
    for block in blocks:
        walk.add(block, 0, 0, block.end)
    pictures = frozenset(
        number for number, reference in enumerate(note.references) if reference.kind == "picture"
    )
    return tuple(
        _sorted_references(piece, pictures)
        if piece.pictures or (pictures and piece.links)
        else piece
        for piece in walk.pieces
    )


def _sorted_references(piece: Piece, pictures: frozenset[int]) -> Piece:
    """Tell links from pictures: a run of a picture holds its alternative text or nothing."""
    links = tuple(span for span in piece.links if span.number not in pictures)
    if len(links) == len(piece.links) and not piece.pictures:
        return piece
    shown = tuple(span.number for span in piece.links if span.number in pictures)
    hidden = tuple(number for number in piece.pictures if number in pictures)
    text = piece.text
    for span in reversed(piece.links):
        if span.number in pictures:
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return Piece(
        kind=piece.kind,
        line=piece.line,
        end=piece.end,
        block=piece.block,
        position=piece.position,
        level=piece.level,
        depth=piece.depth,
        quote=piece.quote,
        text=text,
        strong=piece.strong,
        lead=piece.lead,
        emphasis=piece.emphasis,
        links=links,
        pictures=tuple(sorted({*shown, *hidden})),
        cells=piece.cells,
        header=piece.header,
        anchor=piece.anchor,
        code=piece.code,
        container=piece.container,
    )
