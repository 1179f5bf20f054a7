"""Fills the holes in a note's prose: links and pictures get the tags that suit the page.

A `Block` carries HTML with numbers where a link or picture starts. What goes there depends on the
page the prose stands in (its depth, its own ids) and on where the graph says the reference leads.
"""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from posixpath import basename

from kb.model.note import Block, BlockKind, Lines, Note, Reference, select
from kb.model.pattern import Pattern
from kb.model.site import Target
from kb.model.value import Value, replace
from kb.rendering.catalog import relative, source_set
from kb.rendering.hrefs import fit
from kb.rendering.views import Html

MEASURE = "(min-width: 42rem) 38rem, 92vw"
"""How wide a picture in prose is shown."""

_ID = Pattern(r' id="([^"]*)"')
_LOCAL = Pattern(r'href="#([^"]+)"')
_HEADING = Pattern(r"^<(/?)h[1-6]")
_SCROLLS = Pattern(r"<(pre|table)\b")
_BOXES = {"[ ]": "open", "[x]": "done"}
_NAMED = frozenset({"paragraph", "item", "quote", "code", "table"})
"""Kinds of block that get a permalink of their own."""


class Manner(Value, frozen=True):
    """How prose is to be written on one page."""

    root: str
    """Way from the page to the site's root, ending in `/`."""
    level: int = 2
    """Level of its outermost headings."""
    home: str = ""
    """Relative URL of the note's own page, for anchors that are not on this one."""
    prefix: str = ""
    """Put before every id, where two notes share a page."""
    talks: Mapping[str, str] = {}
    """Id of a heading → relative URL of the talk that it heads."""
    words: Mapping[str, str] = {}
    """`missing`, `unsafe`, `picture`: what to say of a reference that leads nowhere; `done`,
    `open`: names of a task's box; `talk`: the link to a talk's own page; `gone`, `archive`: what to
    say of a link that is dead, and of a copy of it."""


def fill(note: Note, targets: tuple[Target, ...], ranges: Iterable[Lines], manner: Manner) -> Html:
    """Return the blocks of `note` in `ranges` as HTML.

    Args:
        note: the note.
        targets: where each of its references leads, in the same order.
        ranges: lines to show, in order.
        manner: what the page asks for.
    """
    blocks = [block for lines in ranges for block in select(note.blocks, lines)]
    return fill_blocks(blocks, note, targets, manner)


def has_id(html: Html, name: str) -> bool:
    """Whether an element of `html` bears the id `name`."""
    return f' id="{name}"' in html.text


def whole(note: Note, targets: tuple[Target, ...], manner: Manner) -> Html:
    """Return the body of `note` as HTML, without a first heading that is its title anyway."""
    blocks = note.blocks[1:] if title_id(note) is not None else note.blocks
    return fill_blocks(blocks, note, targets, manner)


def title_id(note: Note) -> str | None:
    """Return the id of a first heading that is the note's title; None where there is none."""
    first = note.blocks[0] if note.blocks else None
    if first is None or first.kind != "heading" or not _same(first.text, note.title):
        return None
    return first.anchor


def fill_blocks(
    blocks: Iterable[Block], note: Note, targets: tuple[Target, ...], manner: Manner
) -> Html:
    """Return `blocks` (of `note`) as HTML, with the footnotes that they cite."""
    chosen = _homed(tuple(blocks))
    flat = flat_blocks(chosen)
    footnotes = cited_footnotes(flat, note)
    if footnotes:
        chosen += footnotes
        flat += flat_blocks(footnotes)
    return Html(_Pen(note, targets, manner, flat).write(chosen))


def flat_blocks(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks and all below them, in the order of the text."""
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if block.children:
            found += flat_blocks(block.children)
    return found


_HOMES: Mapping[str, tuple[BlockKind, str, str]] = {
    "item": ("bullets", "<ul>\n", "</ul>\n"),
    "row": ("table", "<table>\n", "</table>\n"),
    "term": ("definitions", "<dl>\n", "</dl>\n"),
    "definition": ("definitions", "<dl>\n", "</dl>\n"),
    "footnote": ("footnotes", "<ol>\n", "</ol>\n"),
}
"""Kinds of block that HTML allows inside one other only, and that one."""


def _homed(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give blocks that a range cut out of a list or table a list or table of their own."""
    result: list[Block] = []
    for home, found in groupby(blocks, key=lambda block: _HOMES.get(block.kind)):
        many = tuple(found)
        if home is None:
            result.extend(map(_paragraph, many))
            continue
        kind, start, end = home
        if kind == "table":
            many = tuple(replace(row, open="<tr>", close="</tr>\n") for row in many)
        first, last = many[0].line, many[-1].end
        result.append(Block(kind, first, last, open=start, close=end, children=many))
    return tuple(result)


def _paragraph(block: Block) -> Block:
    """Give the bare text of a tight list's item its `<p>` back, once it stands outside."""
    if block.kind == "paragraph" and not block.open.strip():
        return replace(block, open="<p>", close="</p>\n")
    return block


def _same(one: str, two: str) -> bool:
    return one.split() == two.split()


def cited_footnotes(flat: Sequence[Block], note: Note) -> tuple[Block, ...]:
    """Return the footnotes that blocks cite and do not hold, in one container."""
    cited = {
        anchor
        for block in flat
        for piece in block.html
        if isinstance(piece, str) and 'href="#' in piece
        for anchor in _LOCAL.findall(piece)
    }
    wanted = cited - {block.anchor for block in flat} if cited else cited
    if not wanted:
        return ()
    found: list[Block] = []
    for block in note.blocks:
        if block.kind == "footnotes":
            kept = tuple(child for child in block.children if child.anchor in wanted)
            if kept:
                found.append(replace(block, children=kept))
    return tuple(found)


class _Pen:
    """Writes the blocks of one note on one page."""

    def __init__(
        self, note: Note, targets: tuple[Target, ...], manner: Manner, flat: list[Block]
    ) -> None:
        """`flat` are all the blocks that will be written, outer before inner."""
        self.note = note
        self.targets = targets
        self.manner = manner
        self.levels = _levels(flat, manner.level)
        self.anchors: set[str] = set()
        for block in flat:
            if block.anchor:
                self.anchors.add(block.anchor)
            if block.open and 'id="' in block.open:
                self.anchors.update(_ID.findall(block.open))
            for piece in block.html:
                if isinstance(piece, str) and 'id="' in piece:
                    self.anchors.update(_ID.findall(piece))
        self.used: set[str] = set()

    def write(self, blocks: Iterable[Block]) -> str:
        out: list[str] = []
        for block in blocks:
            self.block(block, out)
        return "".join(out).strip()

    def block(self, block: Block, out: list[str]) -> None:
        start, end = block.open, block.close
        if block.kind == "heading":
            level = self.levels.get(id(block), self.manner.level)
            start = _HEADING.sub(rf"<\g<1>h{level}", start)
            end = _HEADING.sub(rf"<\g<1>h{level}", end)
        if block.kind in {"code", "table"}:
            # What may scroll sideways must be within reach of the keyboard.
            start = _SCROLLS.sub(r'<\1 tabindex="0"', start)
        elif block.kind == "item" and block.marker in _BOXES:
            name = escape(self.manner.words.get(_BOXES[block.marker], _BOXES[block.marker]))
            start = start.replace("<input", f'<input aria-label="{name}"', 1)
        if self.manner.prefix and ' id="' in start:
            start = self.prefixed(start)
        if "#" in end:
            end = self.prefixed(end)
        if block.kind in _NAMED and not block.anchor:
            start = self.named(block, start)
        out.append(start)
        if block.children:
            for child in block.children:
                self.block(child, out)
        elif block.html:
            self.leaf(block, out)
        out.append(end)
        if block.kind == "heading" and block.anchor in self.manner.talks:
            href = escape(self.manner.talks[block.anchor])
            words = escape(self.manner.words.get("talk", ""))
            out.append(f'<p class="to-talk"><a href="{href}">{words}</a></p>\n')

    def named(self, block: Block, start: str) -> str:
        """Give the block an id made from its words: it stays when lines above it change."""
        if start[:1] != "<" or start[1:2] == "/" or ' id="' in start:
            return start
        text = block.text or next((one.text for one in block.walk() if one.text), "")
        if not text:
            return start
        name = f"p-{zlib.crc32(text.encode()):08x}"
        if name in self.used or name in self.anchors:
            return start
        self.used.add(name)
        cut = _tag_name_end(start)
        return f'{start[:cut]} id="{self.manner.prefix}{name}"{start[cut:]}'

    def leaf(self, block: Block, out: list[str]) -> None:
        inside = False
        copy = ""
        for piece in block.html:
            if isinstance(piece, str):
                if inside and "</a>" in piece:
                    inside = False
                    piece = piece.replace("</a>", f"</a>{copy}", 1)
                    copy = ""
                if 'href="#' in piece or (self.manner.prefix and 'id="' in piece):
                    piece = self.prefixed(piece)
                out.append(piece)
                continue
            reference, target = self.note.references[piece], self.target(piece)
            if reference.kind == "picture":
                out.append(self.picture(reference, target, inside))
            else:
                inside = True
                copy = self.copy(target)
                out.append(self.link(reference, target))

    def target(self, number: int) -> Target:
        return self.targets[number] if number < len(self.targets) else Target("missing")

    def prefixed(self, piece: str) -> str:
        """Point anchors at this page where they are on it, else at the note's own page."""
        if self.manner.prefix:
            piece = _ID.sub(rf' id="{self.manner.prefix}\g<1>"', piece)
        return _LOCAL.sub(lambda found: f'href="{self.anchor(found.group(1))}"', piece)

    def anchor(self, name: str) -> str:
        if name in self.anchors or not self.manner.home:
            return f"#{self.manner.prefix}{name}"
        return f"{self.manner.home}#{name}"

    def link(self, reference: Reference, target: Target) -> str:
        title = f' title="{escape(reference.title)}"' if reference.title else ""
        if target.kind == "external" and fit(target.url):
            if target.dead:
                gone = escape(self.manner.words.get("gone", "gone"))
                return f'<a class="gone" href="{escape(fit(target.url))}" title="{gone}">'
            return f'<a href="{escape(fit(target.url))}"{title}>'
        if target.kind in {"page", "asset"}:
            return f'<a href="{escape(self.here(target.url))}"{title}>'
        if target.kind == "anchor":
            return f'<a href="{escape(self.anchor(target.url.removeprefix("#")))}"{title}>'
        kind = "unsafe" if target.kind == "external" else target.kind
        why = self.manner.words.get(kind, kind)
        return f'<a class="dead" role="link" aria-disabled="true" title="{escape(why)}">'

    def copy(self, target: Target) -> str:
        """Return a link to the copy of what is gone, `""` where there is none."""
        if not target.dead or not fit(target.archive):
            return ""
        words = escape(self.manner.words.get("archive", "archived copy"))
        return f' <a class="archived" href="{escape(fit(target.archive))}">[{words}]</a>'

    def here(self, url: str) -> str:
        return relative(url, self.manner.root)

    def picture(self, reference: Reference, target: Target, inside: bool) -> str:
        alt = reference.text or _words(reference.target)
        if target.kind == "external":
            words = escape(alt)
            if inside or not fit(target.url):
                return f'<span class="ext-pic">{words}</span>'
            url = escape(fit(target.url))
            return f'<a class="ext-pic" href="{url}">{words}</a>'
        if target.kind not in {"asset", "page"}:
            why = self.manner.words.get("picture", "picture missing")
            said = f"{escape(alt)} ({escape(why)})"
            return f'<span class="dead" title="{escape(reference.target)}">{said}</span>'
        href = self.here(target.url)
        source, sizes = escape(href), source_set(href, target.width)
        several = f' srcset="{escape(sizes)}" sizes="{MEASURE}"' if sizes else ""
        size = f' width="{target.width}" height="{target.height}"' if target.width else ""
        title = f' title="{escape(reference.title)}"' if reference.title else ""
        image = (
            f'<img src="{source}"{several} alt="{escape(alt)}"{size}{title} loading="lazy"'
            ' decoding="async">'
        )
        return image if inside else f'<a class="pic" href="{source}">{image}</a>'


def _tag_name_end(tag: str) -> int:
    end = 1
    while end < len(tag) and tag[end] not in " >/":
        end += 1
    return end


def _words(path: str) -> str:
    """Return the name of a file in words, for a picture that nobody described."""
    return re.sub(r"[-_\s]+", " ", basename(path).rsplit(".", 1)[0]).strip() or path


def _levels(flat: list[Block], top: int) -> dict[int, int]:
    """Return the level of each heading (by `id`) so that none is skipped, `top` the outermost.

    Writers choose levels by looks; outlines need them to go down one at a time.
    """
    levels: dict[int, int] = {}
    stack: list[int] = []
    for block in flat:
        if block.kind != "heading":
            continue
        while stack and stack[-1] >= block.level:
            stack.pop()
        stack.append(block.level)
        levels[id(block)] = min(6, top + len(stack) - 1)
    return levels
