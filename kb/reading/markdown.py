"""The body of a note: Markdown (CommonMark and the usual extensions) to a tree of blocks.

The tokens of `kb.reading.tokens` are turned into blocks here: links and pictures become holes,
text becomes runs, and every block knows its lines.
"""

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from html import unescape
from typing import Any

from kb.model.finding import Finding
from kb.model.note import Block, BlockKind, Run
from kb.model.pattern import Pattern
from kb.model.value import replace
from kb.reading import html
from kb.reading.code import Coloured, Highlighter, plain
from kb.reading.nesting import nest
from kb.reading.prose import Collector, Prose, escape
from kb.reading.shortcodes import (
    Figure,
    Link,
    Unknown,
    Words,
    fenced,
    is_escaped,
    meaning,
    unescaped,
)
from kb.reading.tokens import Token, read_inline, read_tokens
from kb.reading.urls import is_complete

_CONTAINERS: dict[str, tuple[BlockKind, str]] = {
    "bullet_list_open": ("bullets", "ul"),
    "ordered_list_open": ("numbers", "ol"),
    "list_item_open": ("item", "li"),
    "blockquote_open": ("quote", "blockquote"),
    "table_open": ("table", "table"),
    "tr_open": ("row", "tr"),
    "dl_open": ("definitions", "dl"),
    "dd_open": ("definition", "dd"),
}
_LEAVES: dict[str, BlockKind] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "th_open": "cell",
    "td_open": "cell",
    "dt_open": "term",
}
_HEADING_ID = Pattern(r"[ \t]*\{[ \t]*#([^\s{}]{1,100})(?:[ \t][^{}\n]*)?\}[ \t]*\Z")
_TEMPLATE_TARGET = Pattern(
    r"^( {0,3}\[[^\]\n]{1,200}\]:[ \t]*)(\{\{[<%][^\n]{0,500}?[>%]\}\})(?=[ \t]*$)", re.MULTILINE
)
_UNNUMBERED = 1_000_000
"""From here on footnotes are counted that nothing refers to."""
MOST_SHORTCODES = 200
"""Shortcodes of one note that are told of."""
_TASK = Pattern(r"\[([ xX])\][ \t]+")
_LANGUAGE = Pattern(r"[\w+#./-]{1,40}")
_READ = Token("", "", 0)
"""What stands for a token of which a block was made: both at once would take too much memory."""
_ALIGN = Pattern(r"text-align:(left|right|center)")


def read_body(
    text: str,
    first_line: int,
    collector: Collector,
    *,
    nested_lists: bool,
    coloured: Coloured,
) -> tuple[Block, ...]:
    """Return the blocks of a note's body.

    Args:
        text: The body, with `\\n` for line ends and no control characters.
        first_line: The line of the file that `text` starts in, 1-based.
        collector: Takes the references, comments, findings and ids.
        nested_lists: Whether one more space nests a list item.
        coloured: Code that is in colours already.
    """
    code = fenced(text)
    source = _joined_targets(nest(code) if nested_lists else code)
    tokens, footnotes = read_tokens(source, linkify=collector.linkify)
    body = _Body(source, first_line, collector, tokens, footnotes, coloured=coloured)
    blocks = body.blocks()
    if body.strange:
        _tell_of_shortcodes(body.strange, text, first_line, collector)
    return blocks


def _joined_targets(text: str) -> str:
    """Return `text` with no-break spaces in shortcodes that are targets of link definitions.

    `[label]: {{< relref "post.md" >}}` is a definition to Hugo; to Markdown its spaces end it, and
    with it every definition that follows.
    """
    if "]: {{" not in text:
        return text
    return _TEMPLATE_TARGET.sub(lambda m: m[1] + m[2].replace(" ", "\u00a0"), text)


def _tell_of_shortcodes(
    strange: Sequence[tuple[int, str, Unknown]], text: str, first_line: int, collector: Collector
) -> None:
    """Add a finding for each shortcode that is shown as written, with its place in `text`."""
    lines = text.split("\n")
    after: dict[tuple[int, str], int] = {}
    for line, written, found in strange[:MOST_SHORTCODES]:
        row = line - first_line
        column = lines[row].find(written, after.get((line, written), 0)) if row < len(lines) else -1
        after[line, written] = column + 1
        collector.findings.append(
            Finding("KB130", collector.path, found.message, line, column + 1, found.hint)
        )


class _Body:
    """Turns the tokens of one note into blocks."""

    def __init__(
        self,
        source: str,
        first_line: int,
        collector: Collector,
        tokens: list[Token],
        footnotes: Mapping[str, Any],
        *,
        coloured: Coloured,
    ) -> None:
        self._lines = source.split("\n")
        self._offset = first_line
        self._collector = collector
        self._tokens = tokens
        self._closing = _closings(tokens)
        self._footnotes: dict[str, Block] = {}
        self._notes = footnotes
        self._inline_notes: list[tuple[int, int]] = []
        self._referred: dict[int, int] = {}
        self._highlighter = Highlighter(coloured)
        self.strange: list[tuple[int, str, Unknown]] = []
        """Line, first line as written, and what is the matter with shortcodes."""
        self._depth = 0
        self._lists = 0

    def blocks(self) -> tuple[Block, ...]:
        """Return all blocks, the footnotes last."""
        blocks = self._range(0, len(self._tokens))
        footnotes = self._all_footnotes()
        return (*blocks, footnotes) if footnotes is not None else blocks

    def _range(self, start: int, end: int) -> tuple[Block, ...]:
        found: list[Block] = []
        reaches: dict[int, int] | None = None
        tokens = self._tokens
        place = start
        while place < end:
            token = tokens[place]
            kind = token.type
            if kind in _LEAVES:
                found.append(self._leaf(place))
                after = place + 3  # the text and the end of a leaf follow its beginning
                tokens[place:after] = (_READ, _READ, _READ)
                place = after
                continue
            after = self._closing[place] + 1
            if kind in _CONTAINERS:
                found.append(self._container(place, after - 1))
            elif kind == "html_block":
                if reaches is None:
                    reaches = self._reaches(place, end)
                after = self._html(place, reaches.get(place, place + 1), found)
                tokens[place:after] = (_READ,) * (after - place)
            elif kind == "footnote_reference_open":
                self._footnote(place, after - 1)
            elif kind in {"thead_open", "tbody_open"}:
                found.extend(self._rows(place, after - 1))
            elif kind in {"fence", "code_block"}:
                found.append(self._code(token))
            elif kind == "hr":
                found.append(Block("rule", *self._span(token), open="<hr>\n"))
            tokens[place] = tokens[after - 1] = _READ
            place = after
        return tuple(found)

    def _span(self, token: Token) -> tuple[int, int]:
        """Return the first and last line of `token` in the file, without trailing blank lines."""
        first, after = token.map or (0, 1)
        last = max(after - 1, first)
        while last > first and (last >= len(self._lines) or not self._lines[last].strip()):
            last -= 1
        return first + self._offset, last + self._offset

    def _container(self, place: int, end: int) -> Block:
        token = self._tokens[place]
        kind, tag = _CONTAINERS[token.type]
        line, last = self._span(token)
        if kind == "item":
            return self._item(place, end, line, last)
        is_list = kind in {"bullets", "numbers"}
        self._depth += 1
        self._lists += is_list
        level = self._lists if is_list else 0
        children = self._range(place + 1, end)
        self._lists -= is_list
        self._depth -= 1
        if kind == "row" and children:
            line, last = children[0].line, children[-1].end
        attributes, marker = "", ""
        if kind == "numbers" and "start" in token.attrs:
            attributes = f' start="{int(token.attrs["start"])}"'
        if is_list:
            marker = f"1{token.markup}" if kind == "numbers" else token.markup
        return Block(
            kind,
            line,
            last,
            level=level,
            open=f"<{tag}{attributes}>\n",
            close=f"</{tag}>\n",
            children=children,
            marker=marker,
        )

    def _item(self, place: int, end: int, line: int, last: int) -> Block:
        marker, task = self._item_marker(self._tokens[place], place)
        self._depth += 1
        children = self._range(place + 1, end)
        self._depth -= 1
        return Block(
            "item",
            line,
            last,
            open=f'<li class="task">{task}' if task else "<li>",
            close="</li>\n",
            children=children,
            marker=marker,
        )

    def _item_marker(self, token: Token, place: int) -> tuple[str, str]:
        """Return an item's marker, and the box of a task item."""
        match = self._task(place + 2)
        if match is not None:
            checked = " checked" if match[1] != " " else ""
            box = f'<input type="checkbox" disabled{checked}> '
            return ("[x]" if checked else "[ ]"), box
        return (f"{token.info}{token.markup}" if token.info else token.markup), ""

    def _task(self, place: int) -> re.Match[str] | None:
        """Return the match of `[ ]` where the inline token at `place` starts a task item."""
        if place < 2 or place >= len(self._tokens):
            return None
        if (
            self._tokens[place - 2].type != "list_item_open"
            or self._tokens[place - 1].type != "paragraph_open"
        ):
            return None
        content = self._tokens[place].content
        return _TASK.match(content) if content.startswith("[") else None

    def _rows(self, place: int, end: int) -> tuple[Block, ...]:
        """Return the rows of a table's head or body, the group's tags put into their own."""
        rows = self._range(place + 1, end)
        if not rows:
            return rows
        tag = self._tokens[place].tag
        opened = (replace(rows[0], open=f"<{tag}>\n{rows[0].open}"), *rows[1:])
        return (*opened[:-1], replace(opened[-1], close=f"{opened[-1].close}</{tag}>\n"))

    def _leaf(self, place: int) -> Block:
        token, inline = self._tokens[place], self._tokens[place + 1]
        kind = _LEAVES[token.type]
        line, last = self._span(token if token.map else inline)
        explicit = ""
        if inline.children or self._collector.has_urls(inline.content):
            pieces, runs, text, explicit = self._prose(place + 1, kind, line)
        else:
            text = inline.content
            pieces, runs = ((escape(text),), (Run(text, line),)) if text else ((), ())
        anchor = ""
        if kind == "heading":
            anchor = self._collector.anchors.heading(text, explicit)
        elif kind == "paragraph" and self._depth == 0:
            anchor = self._collector.anchors.paragraph(text)
        attributes = f' id="{escape(anchor)}"' if anchor else ""
        if kind == "cell":
            align = _ALIGN.search(str(token.attrs.get("style", "")))
            attributes = f' class="align-{align[1]}"' if align else ""
        return Block(
            kind,
            line,
            last,
            level=int(token.tag[1]) if kind == "heading" else 0,
            text=text,
            runs=runs,
            open="" if token.hidden else f"<{token.tag}{attributes}>",
            close="\n" if token.hidden else f"</{token.tag}>\n",
            html=pieces,
            anchor=anchor,
        )

    def _prose(
        self, place: int, kind: BlockKind, line: int
    ) -> tuple[tuple[str | int, ...], tuple[Run, ...], str, str]:
        """Return HTML, runs, text and the id that the writer gave of the inline token at `place`.

        Its text begins in `line`.
        """
        inline = self._tokens[place]
        prose = Prose(self._collector, line)
        children = inline.children or [Token("text", "", 0, content=inline.content)]
        explicit = ""
        if kind == "heading":
            children, explicit = _heading_id(children)
        elif kind == "paragraph":
            match = self._task(place)
            if match is not None and children[0].type == "text":
                children[0].content = children[0].content[match.end() :]
        self._inlines(children, prose)
        return *prose.finish(), explicit

    def _code(self, token: Token) -> Block:
        line, last = self._span(token)
        if token.type == "code_block":
            html_text, late, language = plain(unescaped(token.content)), False, ""
        else:
            match = _LANGUAGE.match(unescape(token.info.strip()).lstrip("{."))
            language = match[0] if match else ""
            html_text, late = self._highlighter.colour(unescaped(token.content), language)
            if token.map:
                last = max(token.map[1] - 1, token.map[0]) + self._offset
        if late:
            self._collector.findings.append(
                Finding(
                    code="KB112",
                    path=self._collector.path,
                    line=line,
                    message=f"colouring this {language} code took too long; it is shown plain",
                    hint="leave the language away to silence this",
                )
            )
        attributes = f' class="language-{escape(language)}"' if language else ""
        return Block(
            "code",
            line,
            last,
            text=unescaped(token.content),
            open=f'<pre class="highlight"><code{attributes}>',
            close="</code></pre>\n",
            html=(html_text,),
            marker=language,
        )

    def _html(self, place: int, reach: int, found: list[Block]) -> int:
        """Add the raw HTML at `place`, with what belongs to it up to `reach`; return `reach`."""
        parts = self._parts(place, reach)
        found.extend(html.build(parts, self._collector, top=self._depth == 0))
        return reach

    def _parts(self, place: int, reach: int) -> Iterator[html.Part]:
        """Yield the parts of the raw HTML at `place`, and the Markdown between them."""
        while place < reach:
            token = self._tokens[place]
            if self._is_html(token):
                yield from self._html_tokens(token)
                place += 1
            else:
                following = self._closing[place] + 1
                last = token.map[1] if token.map else 0
                make = partial(self._inside, place, following)
                yield html.Markdown(make, last + self._offset)
                place = following

    def _inside(self, start: int, end: int) -> tuple[Block, ...]:
        self._depth += 1
        blocks = self._range(start, end)
        self._depth -= 1
        return blocks

    def _reaches(self, start: int, end: int) -> dict[int, int]:
        """Return, for pieces of raw HTML that leave a list or table open, the place after its end.

        What stands between belongs into it. One that is never closed ends with its own piece.
        """
        reaches: dict[int, int] = {}
        waiting: list[tuple[int, int]] = []
        depth, place = 0, start
        while place < end:
            token = self._tokens[place]
            after = self._closing[place] + 1
            if self._is_html(token):
                before = depth
                depth += html.nesting(self._html_tokens(token))
                while waiting and depth <= waiting[-1][1]:
                    reaches[waiting.pop()[0]] = after
                if depth > before:
                    waiting.append((place, before))
            place = after
        return reaches

    @staticmethod
    def _is_html(token: Token) -> bool:
        """Whether it is raw HTML, or indented HTML that a blank line made look like code."""
        return token.type == "html_block" or (
            token.type == "code_block" and token.content.lstrip().startswith("<")
        )

    def _html_tokens(self, token: Token) -> Iterator[html.Tag | html.Text | html.Comment]:
        first = token.map[0] if token.map else 0
        return html.tokens(token.content, first + self._offset)

    def _inlines(self, tokens: Sequence[Token], prose: Prose) -> None:
        tokens = _without_dropped(tokens)
        for place, token in enumerate(tokens):
            kind = token.type
            if kind == "text":
                prose.text(token.content)
            elif kind == "text_special":
                prose.text(token.content, bare_urls=False)
            elif kind == "softbreak":
                prose.line_end()
            elif kind == "hardbreak":
                prose.line_end(hard=True)
            elif kind == "code_inline":
                prose.code(unescaped(token.content))
            elif kind == "link_open":
                _open_link(tokens, place, prose)
            elif kind == "link_close":
                prose.unlink()
            elif token.nesting == 1:
                prose.open(token.tag)
            elif token.nesting == -1:
                prose.close(token.tag)
            else:
                self._special(token, prose)
            if token.meta:
                prose.line += int(token.meta.get("passed", 0))

    def _special(self, token: Token, prose: Prose) -> None:
        if token.type == "image":
            self._picture(token, prose)
        elif token.type == "html_inline":
            self._html_inline(token, prose)
        elif token.type == "footnote_ref":
            self._footnote_mark(token, prose)
        elif token.type == "shortcode":
            self._shortcode(token.content, prose)

    def _shortcode(self, written: str, prose: Prose) -> None:
        """Show what a shortcode of Hugo's stands for, or itself, with a finding."""
        shown = " ".join(written.split())
        if is_escaped(written):
            prose.text(unescaped(shown), bare_urls=False)
            return
        found = meaning(written)
        if isinstance(found, Figure):
            self._figure(found, prose)
        elif isinstance(found, Link):
            if prose.in_link:
                prose.text(found.text, bare_urls=False)
            else:
                prose.link(found.target)
                prose.text(found.text, bare_urls=False)
                prose.unlink()
        elif isinstance(found, Words):
            if found.text:
                prose.open("strong")
                prose.text(found.text, bare_urls=False)
                prose.close("strong")
        else:
            prose.text(shown, bare_urls=False)
            self._unknown(found, written, prose.line)

    def _figure(self, figure: Figure, prose: Prose) -> None:
        linked = bool(figure.link) and not prose.in_link
        if linked:
            prose.link(figure.link)
        prose.picture(figure.target, "".join(_plain(read_inline(_one_line(figure.alt)))))
        if linked:
            prose.unlink()
        if figure.caption:
            prose.text(" ")  # a picture stands on a line of its own by itself
            prose.open("em")
            self._inlines(read_inline(_one_line(figure.caption)), prose)
            prose.close("em")

    def _unknown(self, found: Unknown, written: str, line: int) -> None:
        """Tell of the shortcode `written`, unless it only ends what another one opened."""
        if written[3:].lstrip().startswith("/"):
            return
        self.strange.append((line, written.split("\n", 1)[0], found))

    def _picture(self, token: Token, prose: Prose) -> None:
        target = str(token.attrs.get("src", ""))
        alt = "".join(_plain(token.children or []))
        title = str(token.attrs.get("title", ""))
        if target:
            prose.picture(target, alt, title)
        else:
            prose.text(alt)

    def _html_inline(self, token: Token, prose: Prose) -> None:
        tag = html.inline_tag(token.content, prose.line)
        if isinstance(tag, html.Tag):
            html.add_inline(prose, tag)
        elif isinstance(tag, html.Comment):
            self._collector.comments.append((prose.line, tag.text))

    def _footnote_mark(self, token: Token, prose: Prose) -> None:
        number = int(token.meta["id"])
        times = self._referred.get(number, 0)
        self._referred[number] = times + 1
        if "label" not in token.meta:
            self._inline_notes.append((number, prose.line))
        again = f"-{times + 1}" if times else ""
        mark = f'<a href="#fn-{number + 1}" role="doc-noteref">{number + 1}</a>'
        if prose.in_link:
            mark = str(number + 1)  # HTML knows no link in a link
        prose.markup(f'<sup class="footnote-ref" id="fnref-{number + 1}{again}">{mark}</sup>')

    def _footnote(self, place: int, end: int) -> None:
        label = str(self._tokens[place].meta["label"])
        line, last = self._span(self._tokens[place])
        self._depth += 1
        children = self._range(place + 1, end)
        self._depth -= 1
        if ":" + label not in self._footnotes:
            self._footnotes[":" + label] = Block("footnote", line, last, children=children)

    def _all_footnotes(self) -> Block | None:
        """Return the footnotes in the order they are referred to, the others after them."""
        numbered: list[tuple[int, Block]] = []
        for label, number in self._notes["refs"].items():
            if label in self._footnotes:
                later = _UNNUMBERED + self._footnotes[label].line
                numbered.append((number if number >= 0 else later, self._footnotes[label]))
        done = 0
        while done < len(self._inline_notes):  # a footnote may hold another one
            number, line = self._inline_notes[done]
            done += 1
            prose = Prose(self._collector, line)
            self._inlines(self._notes["list"][number]["tokens"], prose)
            pieces, runs, text = prose.finish()
            last = max([line, *[run.line for run in runs]])
            leaf = Block("paragraph", line, last, text=text, runs=runs, html=pieces)
            numbered.append((number, Block("footnote", line, last, children=(leaf,))))
        if not numbered:
            return None
        notes = tuple(
            _numbered_footnote(block, number)
            for number, block in sorted(numbered, key=lambda pair: pair[0])
        )
        return Block(
            "footnotes",
            min(note.line for note in notes),
            max(note.end for note in notes),
            open='<section class="footnotes" role="doc-endnotes">\n<ol>\n',
            close="</ol>\n</section>\n",
            children=notes,
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _numbered_footnote(block: Block, number: int) -> Block:
    if number >= _UNNUMBERED:
        return replace(block, open="<li>", close="</li>\n")
    back = f' <a href="#fnref-{number + 1}" class="footnote-back" role="doc-backlink">↩︎</a>'
    children = block.children
    if children and children[-1].kind == "paragraph":  # on its last line, rather than below
        last = children[-1]
        children = (*children[:-1], replace(last, close=back + last.close))
        back = ""
    return replace(
        block,
        open=f'<li id="fn-{number + 1}" value="{number + 1}">',
        close=f"{back}</li>\n",
        children=children,
        anchor=f"fn-{number + 1}",
    )


def _closings(tokens: Sequence[Token]) -> Sequence[int]:
    """Return, for each place, that of the closing token for an opening one, or itself."""
    closing = array("i", range(len(tokens)))
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.nesting == 1:
            opened.append(place)
        elif token.nesting == -1 and opened:
            closing[opened.pop()] = place
    return closing


def _heading_id(children: list[Token]) -> tuple[list[Token], str]:
    """Return a heading's inline tokens without a `{#id}` at their end, and that id."""
    if children[-1].type != "text":
        return children, ""
    match = _HEADING_ID.search(children[-1].content)
    if match is None:
        return children, ""
    last = children[-1].copy(content=children[-1].content[: match.start()])
    return [*children[:-1], last], match[1]


def _open_link(tokens: Sequence[Token], place: int, prose: Prose) -> None:
    """Open a link; one without a target leads to its text, where that is a URL."""
    token = tokens[place]
    if token.info == "auto" and prose.in_code:
        return
    target = str(token.attrs.get("href", "")).strip()
    if not target:
        words: list[str] = []
        for following in tokens[place + 1 :]:
            if following.type == "link_close":
                break
            words.append(following.content)
        text = "".join(words).strip()
        if not is_complete(text):
            return
        target = text
    prose.link(target, str(token.attrs.get("title", "")))


def _without_dropped(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return `tokens` without inline scripts and the like, of which only line ends stay."""
    kept: list[Token] = []
    after = 0
    for place, token in enumerate(tokens):
        if place >= after and token.type == "html_inline":
            after = max(after, _after_dropped(tokens, place))
        if place >= after or token.type == "softbreak":
            kept.append(token)
    return kept


def _after_dropped(tokens: Sequence[Token], place: int) -> int:
    """Return the place after an element that is dropped with its content, 0 where it is none."""
    tag = html.inline_tag(tokens[place].content, 0)
    if not isinstance(tag, html.Tag) or tag.closing or tag.name not in html.DROPPED:
        return 0
    for later in range(place + 1, len(tokens)):
        end = tokens[later].content.lower()
        if tokens[later].type == "html_inline" and end.startswith(f"</{tag.name}"):
            return later
    return 0


def _plain(tokens: Sequence[Token]) -> list[str]:
    """Return the words of `tokens`, which become a picture's alternative text."""
    words: list[str] = []
    for token in tokens:
        if token.type in {"text", "text_special", "code_inline"}:
            words.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif token.type == "image":
            words.extend(_plain(token.children or []))
    return words
