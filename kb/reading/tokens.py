"""Markdown to tokens: CommonMark and the usual extensions.

The only file that imports markdown-it. What its rules do to each piece of text stays as they are;
which of them are asked is decided here, by the character that a line or a piece begins with. The
library asks every rule at every place, which costs more than all that the rules find.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from html import unescape
from types import MappingProxyType
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.heading import heading as spaced_heading
from markdown_it.rules_block.html_block import html_block as closed_html_block
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_block.table import table as narrow_table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from kb.model.pattern import Pattern
from kb.reading.limits import TooMuch
from kb.reading.prose import trim_url
from kb.reading.shortcodes import end_of, inline_code

__all__ = ["Token", "read_inline", "read_tokens"]

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]

_URL_TAIL = Pattern(r"://[^\s<>\"“”«»`\u3000-\u303f\uff00-\uff60]+")
_SCHEME = Pattern(r"(?<![A-Za-z0-9.+-])(?:https?|ftp)\Z", re.IGNORECASE)
_TIGHT_HABIT = Pattern(r"\n##[#]{0,4}[^#\s!]")
_PLAIN_LINK = Pattern(r"\[([^\[\]\\`<{\n]*)\]\(([^\s()<>\\&\x00-\x1f\x7f]+)\)")
"""A link whose words hold nothing but text and emphasis, and whose target is written plainly."""
_TEMPLATE_LINK = Pattern(
    r"\[([^\[\]\\`<{\n]*)\]\(\s*(\{\{[<%]\s*(?:rel)?ref\s[^{}\n]{1,500}?[>%]\}\}[^\s()<>\"]{0,200})"
    r"(?:\s+\"([^\"\n]{0,500})\")?\s*\)"
)
"""A link whose target Hugo looks up: the blanks in it would end a target of Markdown."""
_TIGHT = Pattern(r"#{1,6}(?=[^#\s!])")
_MAY_INTERRUPT = ["paragraph", "reference", "blockquote"]
_HASHTAG = Pattern(r"(?:^|\s)#\w")
_UNCLOSED: tuple[tuple[Pattern, str], ...] = (
    (Pattern(r"<!--"), "-->"),
    (Pattern(r"<\?"), "?>"),
    (Pattern(r"<!\[CDATA\["), "]]>"),
    (Pattern(r"<![A-Za-z]"), ">"),
    (Pattern(r"<(script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE), ""),
)
_WRITE, _LOOK = False, True
"""What a rule is asked for: to add its tokens, or only to tell whether it would."""
_DEEPEST = 20
"""Levels of nesting that are read, as markdown-it has it for CommonMark; what is deeper is text."""
_DIGITS = "0123456789"
_BLOCK_STARTS: Mapping[str, str] = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+" + _DIGITS,
    "footnote_def": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
    "deflist": ":~",
}
"""The characters with which a line must begin for a rule to take it, or to end a paragraph."""
_INLINE_STARTS: Mapping[str, str] = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "plain_link": "[",
    "template_link": "[",
    "link": "[",
    "image": "!",
    "footnote_inline": "^",
    "footnote_ref": "[",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "bare_url": ":",
    "shortcode": "{",
}
"""The characters at which an inline rule may find something."""
_ACTIVE = Pattern(r"[\n\\`~*_\[!^<&:{]")
_ACTIVE_IN_LABEL = Pattern(r"[\n\\`~*_\[\]!^<&:{]")
MOST_TOKENS = 500_000
"""Tokens that are made of one text: each takes some three hundred bytes while it is read."""
_NOTHING: dict[Any, Any] = MappingProxyType({})  # type: ignore[assignment]
"""What most tokens have for attributes, and to say of themselves: no token needs its own."""
_SPANNING = frozenset({"backticks", "link", "image", "html_inline", "footnote_inline", "shortcode"})
"""Rules that may pass a line end without a token for it."""


def read_tokens(source: str, *, linkify: bool) -> tuple[list[Token], dict[str, Any]]:
    """Return the tokens of `source`, and what its footnotes are.

    The children of an inline token are empty where its whole content is plain text.

    Args:
        source: Markdown with `\\n` for line ends and no control characters.
        linkify: Whether bare URLs become links.

    Raises:
        TooMuch: there are more than `MOST_TOKENS`.
    """
    parser = _parser()
    references = _References()
    environment: dict[str, Any] = {
        "references": references,
        "tight_headings": is_tightly_headed(source),
        "linkify": linkify,
        "left": MOST_TOKENS,
    }
    tokens: list[Token] = []
    parser.block.parse(source, parser, environment, tokens)
    environment["left"] -= len(tokens)
    for token in tokens:
        if token.type == "inline" and _ACTIVE.search(token.content) is not None:
            token.children = []
            parser.inline.parse(token.content, parser, environment, token.children)
    if references:
        tokens = list(_with_unused(tokens, references, parser, environment))
    return tokens, environment.get("footnotes", {"refs": {}, "list": {}})


class _References(dict[str, Any]):
    """The definitions of links, `[label]: target`, and which of them links have used."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the definition with this label, which is used now."""
        self.used.add(key)
        return super().get(key, default)


def _with_unused(
    tokens: Iterable[Token],
    references: _References,
    parser: MarkdownIt,
    environment: dict[str, Any],
) -> Iterator[Token]:
    """Yield `tokens` with a paragraph for each definition of a web address that no link uses.

    To Markdown it would be nothing; its writer meant to keep the address.
    """
    used = frozenset(references.used)
    for token in tokens:
        if token.type != "definition":
            yield token
            continue
        label, url = token.meta["id"], str(token.meta["url"])
        if (label in used and references[label]["href"] == url) or not _WEB.match(url):
            continue
        opening, inside = _light("paragraph_open", "p", 1), _light("inline", "", 0)
        closing = _light("paragraph_close", "p", -1)
        inside.content = f"\\[{token.meta['label']}\\]: <{url}> {token.meta['title']}".rstrip()
        inside.children = []
        for one in (opening, inside, closing):
            one.map, one.level, one.block = token.map, token.level, True
        parser.inline.parse(inside.content, parser, environment, inside.children)
        yield from (opening, inside, closing)


_WEB = Pattern(r"https?://[^\s<>]+\Z", re.IGNORECASE)


def _too_many() -> TooMuch:
    return TooMuch(f"{MOST_TOKENS:,} pieces of Markdown")


def read_inline(text: str) -> list[Token]:
    """Return the tokens of `text`, one line of Markdown that no block rule is asked about."""
    parser = _parser()
    tokens: list[Token] = []
    environment: dict[str, Any] = {
        "tight_headings": False,
        "linkify": False,
        "left": MOST_TOKENS,
    }
    parser.inline.parse(text, parser, environment, tokens)
    return tokens


def is_tightly_headed(source: str) -> bool:
    """Return whether the writer of `source` leaves the blank after `##` away."""
    return _TIGHT_HABIT.search("\n" + source) is not None


def _as_written(url: str) -> str:
    return url


def _text_as_written(link: str) -> str:
    return link


def _any_target(url: str) -> bool:
    return True


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = configured(MarkdownIt("commonmark"))
    parser.inline.ruler.before("link", "plain_link", _plain_link)
    parser.inline.ruler.before("link", "template_link", _template_link)
    parser.inline = _Inline(parser.inline.ruler)
    parser.block = _Blocks(parser.block.ruler)
    parser.options = _Options(parser.options)  # type: ignore[assignment]
    parser.options["inline_definitions"] = True  # `_with_unused` looks at them
    return parser


def configured(parser: MarkdownIt) -> MarkdownIt:
    """Return `parser` with the extensions and rules of kb."""
    parser.enable(["table", "strikethrough"])
    parser.disable("text_join")  # an escaped `http\\://` must stay apart, or it becomes a link
    parser.use(footnote_plugin, move_to_end=False).use(deflist_plugin)
    # Targets stay as written, and every one of them: `Prose.link` judges and reports.
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _text_as_written  # type: ignore[method-assign]
    parser.validateLink = _any_target  # type: ignore[method-assign]
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at("heading", _heading, {"alt": _MAY_INTERRUPT})
    parser.block.ruler.at("html_block", _html_block, {"alt": _MAY_INTERRUPT})
    parser.inline.ruler.push("bare_url", _bare_url)
    parser.inline.ruler.push("shortcode", _shortcode)
    for name, rule in _named(parser.inline.ruler):
        if name in _SPANNING:
            parser.inline.ruler.at(name, partial(_counting, rule))
    return parser


class _Options(dict[str, Any]):
    """The library's options, which its rules ask for at every step, without its wrapping."""

    maxNesting = _DEEPEST  # noqa: N815 - the library's name


def _named(ruler: Ruler[Any], chain: str = "") -> list[tuple[str, Any]]:
    """Return the enabled rules of a chain with their names, in their order."""
    return [
        (rule.name, rule.fn)
        for rule in ruler.__rules__
        if rule.enabled and (not chain or chain in rule.alt)
    ]


def _by_start(rules: Iterable[tuple[str, Any]], starts: Mapping[str, str]) -> dict[str, Any]:
    """Return, for each character, the `rules` that may begin with it, in their order."""
    table: dict[str, list[Any]] = {}
    for name, rule in rules:
        for character in starts.get(name, ""):
            table.setdefault(character, []).append(rule)
    return {character: tuple(found) for character, found in table.items()}


class _Chains(Ruler[BlockRule]):
    """Rules of blocks; those that may end a block stand for themselves as one."""

    def __init__(self, rules: Ruler[BlockRule]) -> None:
        super().__init__()
        self.__rules__ = rules.__rules__
        self._chains: dict[str, list[BlockRule]] = {"": [rule for _, rule in _named(rules)]}
        for chain in ("paragraph", "reference", "blockquote", "list"):
            self._chains[chain] = [_ending(_named(rules, chain))]

    def getRules(self, chainName: str = "") -> list[BlockRule]:  # noqa: N802, N803 - its name
        """Return the rules of a chain."""
        return self._chains[chainName]


def _ending(rules: Sequence[tuple[str, BlockRule]]) -> BlockRule:
    """Return one rule that tells whether any of `rules` ends the block before it."""
    by_start = _by_start(rules, _BLOCK_STARTS)
    tables = [rule for name, rule in rules if name == "table"]

    def ends(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        for rule in by_start.get(state.src[start : start + 1], ()):
            if rule(state, line, end, silent):
                return True
        if tables and state.src.find("|", start, state.eMarks[line]) >= 0:
            return tables[0](state, line, end, silent)
        return False

    return ends


def _light(kind: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
    """Return a token with nothing of its own to say, in a fifth of the time it takes the library.

    A note has hundreds of them; a fifth of the time of parsing went into making them.
    """
    token = Token.__new__(Token)
    token.type = kind
    token.tag = tag
    token.nesting = nesting
    token.attrs = token.meta = _NOTHING
    token.map = token.children = None
    token.level = 0
    token.content = token.markup = token.info = ""
    token.block = token.hidden = False
    return token


class _BlockState(StateBlock):
    """The library's state, whose tokens take less and are counted."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Add a token and return it."""
        tokens = self.tokens
        if len(tokens) >= self.env["left"]:
            raise _too_many()
        token = _light(ttype, tag, nesting)
        token.block = True
        if nesting < 0:
            self.level -= 1
        token.level = self.level
        if nesting > 0:
            self.level += 1
        tokens.append(token)
        return token


class _InlineState(StateInline):
    """The library's state, whose tokens take less and are counted."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Add a token, after one for the text before it, and return it."""
        if len(self.tokens) >= self.env["left"]:
            raise _too_many()
        if self.pending:
            self.pushPending()
        token = _light(ttype, tag, nesting)
        within = None
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._prev_delimiters.pop()
        token.level = self.level
        if nesting > 0:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            within = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(within)
        return token

    def pushPending(self) -> Token:  # noqa: N802 - the library's name
        """Add a token for the text since the last one, and return it."""
        token = _light("text", "", 0)
        token.content = self.pending
        token.level = self.pendingLevel
        self.tokens.append(token)
        self.pending = ""
        return token


class _Blocks(ParserBlock):
    """The block parser; the rules for a line are those that its first character allows."""

    def __init__(self, rules: Ruler[BlockRule]) -> None:
        self.ruler = _Chains(rules)
        self._rules = self.ruler.getRules()
        self._by_start = _by_start(
            [pair for pair in _named(rules) if pair[0] != "deflist"], _BLOCK_STARTS
        )
        (self._ends,) = self.ruler.getRules("paragraph")
        self._code = dict(_named(rules))["code"]

    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: Any,
        outTokens: list[Token],  # noqa: N803 - the library's name
    ) -> list[Token]:
        """Add the tokens of the blocks of `src` to `outTokens`."""
        state = _BlockState(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return outTokens

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Add the tokens of the lines from `startLine` up to `endLine`."""
        line, end = startLine, endLine
        after_empty = False
        starts, shifts, stops = state.bMarks, state.tShift, state.eMarks
        while line < end:
            state.line = line = state.skipEmptyLines(line)
            if line >= end or state.sCount[line] < state.blkIndent:
                break
            if state.level < _DEEPEST:
                self._block(state, line, end, starts[line] + shifts[line])
            else:  # the library drops all that follows, in the whole note
                self._text(state, line, end, starts[line] + shifts[line])
            state.tight = not after_empty
            line = state.line
            if line - 1 < end and starts[line - 1] + shifts[line - 1] >= stops[line - 1]:
                after_empty = True
            if line < end and starts[line] + shifts[line] >= stops[line]:
                after_empty = True
                line += 1
                state.line = line

    def _block(self, state: StateBlock, line: int, end: int, start: int) -> None:
        """Add the block that begins in `line`, at `start` of the source."""
        if state.src.find("|", start, state.eMarks[line]) >= 0:  # perhaps a table: ask everyone
            rules: Sequence[BlockRule] = self._rules
        elif state.sCount[line] - state.blkIndent >= 4:
            rules = (self._code,)
        else:
            rules = self._by_start.get(state.src[start], ())
        for rule in rules:
            if rule(state, line, end, _WRITE):
                return
        self._text(state, line, end, start)

    def _text(self, state: StateBlock, line: int, end: int, start: int) -> None:
        """Add the paragraph that begins in `line`, or the heading that is underlined."""
        after = line + 1
        source, starts, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
        definition = after
        if after < end and starts[after] + shifts[after] >= ends[after]:
            definition += 1
        defined = definition < end and source.startswith(
            (":", "~"), starts[definition] + shifts[definition]
        )
        if defined or end != state.lineMax:
            for rule in self._rules[-3:]:
                if rule(state, line, end, _WRITE):
                    return
        before = state.parentType
        state.parentType = "paragraph"
        marker = ""
        while after < end and (at := starts[after] + shifts[after]) < ends[after]:
            indent = state.sCount[after] - state.blkIndent
            if indent <= 3:
                first = source[at]
                if indent >= 0 and first in "-=" and _is_line(source[at : ends[after]], first):
                    marker = first
                    break
                if state.sCount[after] >= 0 and self._ends(state, after, end, _LOOK):
                    break
            after += 1
        if after == line + 1:
            content = source[start : ends[line]]
        else:
            content = state.getLines(line, after, state.blkIndent, keepLastLF=False)
        kind, tag = ("heading", "h1" if marker == "=" else "h2") if marker else ("paragraph", "p")
        lines = [line, after]
        state.line = after + bool(marker)
        if len(state.tokens) + 2 >= state.env["left"]:
            raise _too_many()
        opening, inside = _light(kind + "_open", tag, 1), _light("inline", "", 0)
        closing = _light(kind + "_close", tag, -1)
        opening.block = inside.block = closing.block = True
        opening.level = closing.level = state.level
        inside.level = state.level + 1
        opening.map, inside.map = [line, state.line], lines
        opening.markup = closing.markup = marker
        inside.content, inside.children = mdTrim(content), []
        state.tokens += (opening, inside, closing)
        if marker:
            state.parentType = before


def _is_line(text: str, marker: str) -> bool:
    """Return whether `text` is the underline of a heading: one character, then blanks."""
    return not text.lstrip(marker).lstrip(" \t")


class _Inline(ParserInline):
    """The inline parser; the rules at a place are those that its character allows."""

    def __init__(self, rules: Ruler[InlineRule]) -> None:
        super().__init__()
        self.ruler = rules
        self._by_start: dict[str, Sequence[InlineRule]] = _by_start(_named(rules), _INLINE_STARTS)

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        """Add the tokens of `src` to `tokens`."""
        state = _InlineState(src, md, env, tokens)
        self.tokenize(state)
        env["left"] -= len(tokens)
        if state.delimiters or any(meta and meta["delimiters"] for meta in state.tokens_meta):
            for rule in self.ruler2.getRules(""):
                rule(state)
        return tokens

    def tokenize(self, state: StateInline) -> None:
        """Add the tokens from the state's place up to its end."""
        source, end, by_start = state.src, state.posMax, self._by_start
        deep = state.level >= _DEEPEST
        while (place := state.pos) < end:
            found = None if deep else _ACTIVE.search(source, place, end)
            if found is None:
                state.append_pending(source[place:end])
                state.pos = end
                break
            at = found.start()
            if at > place:
                state.append_pending(source[place:at])
                state.pos = at
            for rule in by_start[source[at]]:
                if rule(state, _WRITE):
                    break
            else:
                state.append_pending(source[at])
                state.pos = at + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Pass over one token without adding it."""
        place = state.pos
        if place in state.cache:
            state.pos = state.cache[place]
            return
        if state.level >= _DEEPEST:
            state.pos = state.posMax + 1
        else:
            found = _ACTIVE_IN_LABEL.search(state.src, place)
            at = found.start() if found is not None else state.posMax
            if at > place:
                state.pos = at
            else:
                self._skip(state, place)
        state.cache[place] = state.pos

    def _skip(self, state: StateInline, place: int) -> None:
        for rule in self._by_start.get(state.src[place], ()):
            state.level += 1
            taken = rule(state, _LOOK)
            state.level -= 1
            if taken:
                return
        state.pos += 1


def _counting(rule: Callable[[StateInline, bool], bool], state: StateInline, silent: bool) -> bool:
    """Run `rule` and keep, with its last token, how many line ends it passed without a token."""
    start, before = state.pos, len(state.tokens)
    if not rule(state, silent):
        return False
    if not silent and len(state.tokens) > before:
        passed = state.src.count("\n", start, state.pos)
        if passed:
            passed -= sum(_line_ends(token) for token in state.tokens[before:])
            last = state.tokens[-1]
            last.meta = {**last.meta, "passed": passed}
    return True


def _line_ends(token: Token) -> int:
    if token.type in {"softbreak", "hardbreak"}:
        return 1
    passed = token.meta.get("passed", 0)
    return passed if isinstance(passed, int) else 0


def _bare_url(state: StateInline, silent: bool) -> bool:
    """Take a bare URL whole, before `_` and `*` in it are read as emphasis."""
    position = state.pos
    if silent or state.src[position] != ":" or state.linkLevel or not state.env["linkify"]:
        return False
    if not state.src.startswith("://", position):
        return False
    scheme = _SCHEME.search(state.pending)
    tail = _URL_TAIL.match(state.src, position, state.posMax)
    if scheme is None or tail is None:
        return False
    url = trim_url(scheme[0] + tail[0])
    taken = len(url) - len(scheme[0])
    if taken <= 3:
        return False
    state.pending = state.pending[: scheme.start()]
    token = state.push("link_open", "a", 1)
    token.info = "auto"
    token.attrs = {"href": unescape(url)}
    state.push("text", "", 0).content = unescape(url)
    state.push("link_close", "a", -1)
    state.pos += taken
    return True


def _plain_link(state: StateInline, silent: bool) -> bool:
    """Read `[words](target)` as the rule for links does, with one expression."""
    return not silent and _take_link(state, _PLAIN_LINK.match(state.src, state.pos, state.posMax))


def _template_link(state: StateInline, silent: bool) -> bool:
    """Read `[words]({{< ref "note.md" >}})`."""
    if silent:
        return False
    return _take_link(state, _TEMPLATE_LINK.match(state.src, state.pos, state.posMax))


def _take_link(state: StateInline, found: re.Match[str] | None) -> bool:
    """Add the link that was `found`: its words, its target, and perhaps its title."""
    if found is None:
        return False
    end = state.posMax
    state.pos, state.posMax = found.span(1)
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": found[2]}
    if found.re is _TEMPLATE_LINK.compiled and found[3]:
        opening.attrs["title"] = found[3]
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.pos, state.posMax = found.end(), end
    return True


def _shortcode(state: StateInline, silent: bool) -> bool:
    """Take a shortcode of Hugo's (`{{< figure … >}}`) whole, a `highlight` with its code."""
    end = end_of(state.src, state.pos)
    if end == state.pos or end > state.posMax:
        return False
    code = inline_code(state.src, state.pos, end)
    if not silent:
        if code is None:
            state.push("shortcode", "", 0).content = state.src[state.pos : end]
        else:
            state.push("code_inline", "code", 0).content = code[1]
    state.pos = end if code is None else code[0]
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table; a cell more than the head has is kept in the last one, not dropped."""
    before = len(state.tokens)
    if not narrow_table(state, start, end, silent):
        return False
    columns, last = 0, None
    for token in state.tokens[before:]:
        if token.type == "th_open":
            columns += 1
        elif token.type == "inline":
            last = token
        elif token.type == "tr_close" and last is not None and last.map and last.map[0] > start:
            line = last.map[0]
            row = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
            if row.removeprefix("|").removesuffix("|").count("|") >= columns:
                cells = escapedSplit(row)
                beyond = cells[columns if cells[0] else columns + 1 :]
                last.content = " | ".join(filter(None, (last.content, *map(mdTrim, beyond))))
    return True


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read `# Title`, and `#Title` where the writer clearly means a heading."""
    if spaced_heading(state, start, end, silent):
        return True
    position = state.bMarks[start] + state.tShift[start]
    match = _TIGHT.match(state.src, position, state.eMarks[start])
    if match is None or state.is_code_block(start) or state.parentType == "list" or state.level:
        return False
    level = len(match[0])
    habit = bool(state.env["tight_headings"])
    if silent:
        return level > 1
    text = state.src[match.end() : state.eMarks[start]].strip()
    if level == 1 and not _is_title(text, habit=habit):
        return False
    state.line = start + 1
    token = state.push("heading_open", f"h{level}", 1)
    token.markup = match[0]
    token.map = [start, state.line]
    token = state.push("inline", "", 0)
    token.content = re.sub(r"[ \t]+#+\Z", "", text)
    token.map = [start, state.line]
    token.children = []
    state.push("heading_close", f"h{level}", -1).markup = match[0]
    return True


def _is_title(text: str, *, habit: bool) -> bool:
    """Return whether the `text` after a single `#` is a title, rather than a hashtag."""
    if _HASHTAG.search(text) or text[0].isdigit():
        return False
    words = text.split()
    if habit:
        return True
    if len(words) == 1:
        return len(text) > 3 and not text.isascii() and text[-1] not in "。、．，"
    return len(words) <= 12 and text[-1] not in ".,;:!" and words[0].isalnum()


def _html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read raw HTML, unless it is a comment or the like that never ends and would eat the rest."""
    position = state.bMarks[start] + state.tShift[start]
    if state.src.startswith("<", position):
        for opening, closing in _UNCLOSED:
            match = opening.match(state.src, position, state.eMarks[start])
            if match is None:
                continue
            rest = state.src[match.end() :]
            wanted = closing or f"</{match[1].lower()}"
            if wanted not in (rest if closing else rest.lower()):
                return False
            break
    return closed_html_block(state, start, end, silent)
