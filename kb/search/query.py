"""The query language: text → a tree of frozen values, and nothing a person types is an error.

    query   := clause*
    clause  := term ("OR" term)*
    term    := ("-" | "NOT ")? ( "(" query ")" | '"' words '"' | field ":" value | word "*"? )
    value   := '"' words '"' | low? ".." high? | word "*"?

What does not parse is searched as words. `search-engine.js` holds the same grammar, and
`tests/golden/queries.json` holds both to the same trees. docs/search.md tells it to people.
"""

from collections.abc import Iterable, Iterator, Mapping

from kb.model.pattern import Pattern
from kb.model.value import Value

FIELDS: Mapping[str, str] = {
    "speaker": "speaker", "speakers": "speaker", "by": "speaker",
    "event": "event", "conference": "event",
    "topic": "topic", "topics": "topic", "tag": "tag", "tags": "tag",
    "year": "year", "day": "day", "date": "date", "kind": "kind", "type": "kind",
    "has": "has", "note": "note", "lang": "lang", "language": "lang", "title": "title",
}  # fmt: skip
"""Every field a query may name, and the field that is meant."""

RANGED = frozenset({"year", "date", "day"})
SORTS = frozenset({"score", "date", "-date", "title"})
"""`sort:date` is newest first, `sort:-date` oldest first."""

TEXT_LIMIT = 4000
"""Characters of a query that are read."""
DEPTH_LIMIT = 16
"""Parentheses deeper than this are left out."""
WORK_LIMIT = 100
"""What a query may ask for besides plain words, which cost less: what comes after is left out."""
PHRASE_WORK = 6
"""What a phrase counts; a field, a minus, a parenthesis and an `OR` count one each."""

_SPACE = Pattern(
    "[\x00-\x20\x7f\x85\xa0\u1680\u2000-\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\ud800-\udfff]+"
)
_QUOTES = Pattern("[“”„‟«»＂]")
_ENTITY = Pattern("&(?:amp|lt|gt|quot|apos|#39);")
_ENTITIES = {
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'",
}  # fmt: skip
"""What a query out of the source of a page has for characters."""
_TOKEN = Pattern(
    r"\s*(?:"
    r"(?P<open>\()"
    r"|(?P<close>\))"
    r"|(?P<minus>-(?=[^\s\-]))"
    r"|(?P<field>[A-Za-z]+):(?P<value>\"[^\"]*\"?|[^\s()\"]+)"
    r"|\"(?P<phrase>[^\"]*)\"?"
    r"|(?P<word>[^\s()\"]+)"
    r")"
)


class Word(Value, frozen=True, tag="word"):
    """A word that a hit should have; more matched words rank higher."""

    text: str
    """As typed."""
    prefix: bool = False
    """Typed with `*`: any word that starts so."""


class Phrase(Value, frozen=True, tag="phrase"):
    """Words that a hit must have side by side."""

    text: str


class Field(Value, frozen=True, tag="field"):
    """What a hit must have in one field."""

    name: str
    value: str = ""
    quoted: bool = False
    prefix: bool = False
    low: str | None = None
    """Lower end of a range, included; `""` for none; None where `value` is meant."""
    high: str | None = None


class Not(Value, frozen=True, tag="not"):
    """What a hit must not have."""

    term: "Node"


class Either(Value, frozen=True, tag="either"):
    """At least one of these."""

    terms: tuple["Node", ...]


class Group(Value, frozen=True, tag="group"):
    """A query in parentheses: all of these, words as in a whole query."""

    terms: tuple["Node", ...]


Node = Word | Phrase | Field | Not | Either | Group


class Query(Value, frozen=True):
    """A query, read."""

    terms: tuple[Node, ...] = ()
    sort: str = "score"
    """One of `SORTS`."""


class _Token(Value, frozen=True):
    """One piece of a query's text."""

    kind: str
    text: str = ""
    field: str = ""


def parse(text: str) -> Query:
    """Return the query that `text` means. Never raises, whatever `text` is."""
    text = _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text[:TEXT_LIMIT])
    text = _QUOTES.sub('"', _SPACE.sub(" ", text))
    tokens = list(_tokens(text))
    sorts = [token.text for token in tokens if token.kind == "sort"]
    tokens = list(_within_limit(token for token in tokens if token.kind != "sort"))
    terms, _ = _sequence(tokens, 0, 0)
    return Query(terms=terms, sort=sorts[-1] if sorts else "score")


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of cleaned text; together they leave out nothing but spaces."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "value":
            name, value = found["field"].lower(), found["value"]
            if name == "sort" and value.lower() in SORTS:
                yield _Token("sort", value.lower())
            elif name in FIELDS and value.strip('"').strip():
                yield _Token("field", value, FIELDS[name])
            elif value.startswith('"'):
                yield _Token("word", found["field"])
                yield _Token("phrase", value.strip('"').strip())
            else:
                yield _Token("word", f"{found['field']}:{value}")
        elif kind == "phrase":
            if found["phrase"].strip():
                yield _Token("phrase", found["phrase"].strip())
        elif kind == "word":
            yield _Token({"OR": "or", "NOT": "minus", "AND": "and"}.get(found["word"], "word"),
                         found["word"])  # fmt: skip
        elif kind:
            yield _Token(kind, found[kind])


def _within_limit(tokens: Iterable[_Token]) -> Iterator[_Token]:
    """Yield tokens as long as looking them up is little work."""
    work = 0
    for token in tokens:
        if token.kind != "word":
            work += PHRASE_WORK if token.kind == "phrase" else 1
        if work > WORK_LIMIT:
            return
        yield token


def _sequence(tokens: list[_Token], at: int, depth: int) -> tuple[tuple[Node, ...], int]:
    """Read terms from `tokens[at]` up to the closing parenthesis (of depth > 0) or the end."""
    terms: list[Node] = []
    joins = False
    while at < len(tokens):
        kind = tokens[at].kind
        if kind == "close":
            at += 1
            if depth:
                break
            continue
        if kind == "or":
            joins = bool(terms)
            at += 1
            continue
        if kind == "and":
            at += 1
            continue
        term, at = _term(tokens, at, depth)
        if term is None:
            continue
        if joins:
            last = terms.pop()
            before = last.terms if isinstance(last, Either) else (last,)
            terms.append(Either((*before, term)))
            joins = False
        else:
            terms.append(term)
    return tuple(terms), at


def _term(tokens: list[_Token], at: int, depth: int) -> tuple[Node | None, int]:
    """Read one term; None where there is nothing to search for."""
    negative = False
    while at < len(tokens) and tokens[at].kind == "minus":
        negative = True
        at += 1
    if at == len(tokens) or tokens[at].kind in {"close", "or", "and"}:
        return None, at
    token = tokens[at]
    at += 1
    term: Node | None
    if token.kind == "open":
        if depth >= DEPTH_LIMIT:
            return None, at
        inner, at = _sequence(tokens, at, depth + 1)
        term = inner[0] if len(inner) == 1 else Group(inner) if inner else None
    elif token.kind == "phrase":
        term = Phrase(token.text)
    elif token.kind == "field":
        term = _field(token.field, token.text)
    else:
        stars = token.text.rstrip("*")
        term = Word(stars, prefix=stars != token.text) if stars else None
    if negative and term is not None:
        return Not(term), at
    return term, at


def _field(name: str, text: str) -> Field:
    """Return the field term that `name:text` means."""
    if text.startswith('"'):
        return Field(name, text.strip('"').strip(), quoted=True)
    low, dots, high = text.partition("..")
    if dots and name in RANGED:
        return Field(name, low=low, high=high)
    bare = text.rstrip("*")
    return Field(name, bare or text, prefix=bool(bare) and bare != text)
