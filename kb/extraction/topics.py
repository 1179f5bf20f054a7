"""What a session is about: the writer's words, the site's vocabulary, and terms of the text.

A guessed term is kept for what it shows of itself (a link's text, capitals in mid-sentence, inner
capitals, a version) and for how often it comes, and given up for what any text has. What the
collection says about it is weighed later, in `settle`.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kb.extraction.lexicon import (
    CONFERENCE_WORDS,
    MONTHS,
    PARTS,
    WEEKDAYS,
    fold,
    word_set,
)
from kb.extraction.links import address
from kb.extraction.names import COMMON, GIVEN
from kb.extraction.pieces import Piece, Span, excerpt
from kb.extraction.places import CITIES, COUNTRIES
from kb.extraction.plainwords import PLAIN
from kb.model.facts import Evidence, TopicMention
from kb.model.note import Reference
from kb.model.pattern import Pattern
from kb.model.value import Value
from kb.model.vocabulary import TopicEntry


class Words(Value, frozen=True):
    """The site's vocabulary, ready to look words up."""

    names: Mapping[str, str] = {}
    """Folded name or synonym to the name as the vocabulary spells it."""
    exact: Mapping[str, str] = {}
    """Names that are words, too (`Go`, `R`): found as they are spelled only."""
    ignored: frozenset[str] = frozenset()
    lines: Mapping[str, int] = {}
    longest: int = 1


def words_of(entries: Sequence[TopicEntry]) -> Words:
    """Return `topics.toml` ready for looking up; entries with `ignore` are never topics."""
    names: dict[str, str] = {}
    exact: dict[str, str] = {}
    ignored: set[str] = set()
    lines: dict[str, int] = {}
    for entry in entries:
        lines[entry.name] = entry.line
        for spelling in (entry.name, *entry.synonyms):
            folded = fold(spelling)
            if entry.ignore:
                ignored.add(folded)
            elif len(folded) <= 3 or folded in COMMON or folded in PLAIN:
                exact.setdefault(spelling, entry.name)
                names.setdefault(folded, entry.name)
            else:
                names.setdefault(folded, entry.name)
    longest = max((len(name.split()) for name in names), default=1)
    return Words(names=names, exact=exact, ignored=frozenset(ignored), lines=lines, longest=longest)


def labelled(
    labels: Iterable[str], line: int, rule: str, words: Words, *, sure: float
) -> list[TopicMention]:
    """Return tags or categories as topics, as the vocabulary spells them.

    Of several spellings of one topic each is a mention: somebody may look for either.
    """
    names: dict[str, str] = {}
    mentions: dict[str, TopicMention] = {}
    for label in labels:
        folded = fold(label)
        if not folded or folded in words.ignored or label in mentions:
            continue
        name = words.names.get(folded, label.strip())
        name = names.setdefault(fold(name), name)
        evidence = Evidence(line=line, rule=rule, sure=sure, text=label)
        mentions[label] = TopicMention(name=name, evidence=evidence)
    return list(mentions.values())


def known(pieces: Sequence[Piece], words: Words) -> list[TopicMention]:
    """Return the topics of the vocabulary that `pieces` speak of, in order."""
    if not words.names:
        return []
    firsts = {name.split()[0] for name in words.names}
    found: dict[str, TopicMention] = {}
    short = {fold(spelling) for spelling in words.exact}
    for piece in pieces:
        if piece.kind == "code":
            continue
        tokens = fold(piece.text).split()
        for place, token in enumerate(tokens):
            if token not in firsts:
                continue
            for size in range(min(words.longest, len(tokens) - place), 0, -1):
                phrase = " ".join(tokens[place : place + size])
                name = words.names.get(phrase)
                if name is None or phrase in short:
                    continue
                found.setdefault(name, _vocabulary(name, piece, words))
                break
        for spelling, name in words.exact.items():
            if name not in found and re.search(rf"(?<!\w){re.escape(spelling)}(?!\w)", piece.text):
                found[name] = _vocabulary(name, piece, words)
    return [found[name] for name in found if fold(name) not in words.ignored]


def _vocabulary(name: str, piece: Piece, words: Words) -> TopicMention:
    return TopicMention(
        name=name,
        evidence=Evidence(
            line=piece.line,
            rule="topic-vocabulary",
            sure=0.9,
            text=excerpt(piece.text, 120),
        ),
    )


# -- guessing --------------------------------------------------------------------------------

_TERM = Pattern(
    r"(?<![\w@#./-])(?:[A-Z][\w+#]*(?:[-.][A-Z0-9][\w+#]*)*|[a-z]{1,12}[A-Z][\w+#]*)"
    r"(?:[ ](?:[A-Z][\w+#]*(?:[-.][A-Z0-9][\w+#]*)*|v?\d+(?:\.\d+)*(?=\W|$)))*"
)
_CAPITALISED = Pattern(
    r"[A-Z](?<![\w@#./-].)[\w+#]*(?:[-.][A-Z0-9][\w+#]*)*"
    r"(?:[ ](?:[A-Z][\w+#]*(?:[-.][A-Z0-9][\w+#]*)*|v?\d+(?:\.\d+)*(?=\W|$)))*"
)
"""The same for text in which no word with capitals begins with a small letter, and faster."""
_INNER_CAPITAL = Pattern(r"[A-Z](?<=[a-z].)")
_SMALL_START = Pattern(r"(?<![\w@#./-])[a-z]{1,12}\Z")
_VERSION = Pattern(r"^v?\d+(?:\.\d+)*$", re.IGNORECASE)
_ACRONYM_NOISE = word_set(
    "ha db dc vm vms api apis cli ci cd os hw ui ux it id ids http https url "
    "urls pdf faq todo tbd tldr"
    " us uk eu am pm qa ok ceo cto cfo vp hr pr ip io cpu gpu ram ssd html css "
    "json xml yaml csv sql"
    " ide sdk roi kpi spof usa io id tv wifi html5 css3 etc ie eg aka fyi imo afaik wip poc mvp"
    " asap diy rip ram llc inc ltd phd pc mac app apps web blog gb mb kb tb ms q a"
)


class _Term:
    """What the text shows of one term; it grows while the text is read."""

    __slots__ = ("count", "forms", "line", "linked", "middle", "starts", "text", "title")

    def __init__(self, line: int, text: str) -> None:
        self.count = self.middle = self.starts = 0
        self.title = False
        self.linked = 0.0
        self.forms: dict[str, int] = {}
        self.line = line
        self.text = text


_ENOUGH = 0.85
"""Score from which a term may be a topic."""
_ROUNDED = 1e-9
"""More than sums of the same numbers in another order differ by."""


def guesses(
    title: str,
    pieces: Sequence[Piece],
    references: Sequence[Reference],
    *,
    lower: frozenset[str],
    never: frozenset[str],
    words: Words,
) -> list[TopicMention]:
    """Return the terms of a session that may be its topics, surest first.

    `lower` are the words that the note uses in lower case, `never` the folded words of people,
    event and place, which are no topics.
    """
    terms: dict[str, _Term] = {}
    for match in _runs(title):
        for phrase, key, _ in _phrases_of(match[0]):
            _note(terms, phrase, key, 0, title).title = True
    for piece in pieces:
        if piece.kind in ("code", "heading") or not piece.text:
            continue
        _in_piece(terms, piece, references)
    scored = _scored(terms, lower, never, words)
    kept: list[TopicMention] = []
    shown: dict[str, str] = {}
    seen: set[str] = set()
    for negative, _, key, term in scored:
        plural = key.removesuffix("s")
        if plural in seen or key in seen or _is_numeronym(key, terms):
            continue
        seen.update((key, plural))
        form = _commonest(term.forms)
        if term.text not in shown:
            shown[term.text] = excerpt(term.text, 120)
        kept.append(
            TopicMention(
                name=words.names.get(key, form),
                guessed=key not in words.names,
                evidence=Evidence(
                    line=term.line,
                    rule="topic-term",
                    sure=round(min(0.9, 0.25 - negative / 6), 3),
                    text=shown[term.text],
                ),
            )
        )
        if len(kept) == 16:
            break
    return kept


def _scored(
    terms: Mapping[str, _Term], lower: frozenset[str], never: frozenset[str], words: Words
) -> list[tuple[float, int, str, _Term]]:
    """Return the terms that may be topics, the best (its score negative) first, with their keys."""
    shared = _longer_words(terms)
    scored = []
    for key, term in terms.items():
        if term.count < 2 and not term.middle and not term.linked and not term.title:
            continue
        less = shared.get(key, 0.0)
        form = _commonest(term.forms)
        use = _use(term)
        if use + _most_by_letters(form, term) - less < _ENOUGH - _ROUNDED:
            continue
        score = _score(key, form, term, use, lower=lower, never=never, words=words) - less
        if score >= _ENOUGH:
            scored.append((-score, term.line, key, term))
    scored.sort(key=lambda item: item[:3])
    return scored


def _commonest(forms: Mapping[str, int]) -> str:
    if len(forms) == 1:
        return next(iter(forms))
    return max(sorted(forms), key=lambda form: (forms[form], " " in form))


_NUMERONYM = Pattern(r"([a-z])(\d{1,2})([a-z])")


def _is_numeronym(key: str, terms: Mapping[str, _Term]) -> bool:
    """Whether a term is short for another one: `k8s` for `kubernetes`."""
    match = _NUMERONYM.fullmatch(key) if len(key) < 5 else None
    return match is not None and any(
        len(other) == int(match[2]) + 2 and other[0] == match[1] and other[-1] == match[3]
        for other in terms
    )


def _runs(text: str) -> Iterator[re.Match[str]]:
    """Return the runs of words in `text` that are written with capitals."""
    for found in _INNER_CAPITAL.finditer(text):
        at = found.start()
        if _SMALL_START.search(text, max(0, at - 12), at):
            return _TERM.finditer(text)
    return _CAPITALISED.finditer(text)


_LONG = 80
"""Characters of a run of words that hardly comes twice."""


def _phrases_of(run: str) -> Sequence[tuple[str, str, bool]]:
    """Return the phrases of a run of capitalised words: the words and the runs of two and three.

    With each go its key, under which all its spellings are counted, and whether it opens the run.
    """
    tokens = run.split()
    if len(tokens) == 1:
        return [(run, _key(run), True)]
    phrases = [
        " ".join(tokens[place : place + size])
        for place, token in enumerate(tokens)
        if not (token[0] in _VERSIONED and _VERSION.match(token))
        for size in range(1, min(3, len(tokens) - place) + 1)
    ]
    return [
        (phrase, _key(phrase), not number or run.startswith(phrase))
        for number, phrase in enumerate(phrases)
    ]


_known = lru_cache(maxsize=16_384)(_phrases_of)
_VERSIONED = frozenset("vV0123456789")
"""Characters that a version begins with."""


def _key(phrase: str) -> str:
    key = fold(phrase)
    if " " in key:
        last = key.rpartition(" ")[2]
        if last[0] in _VERSIONED and _VERSION.match(last):
            return key.replace(" ", "")
    return key


def _note(terms: dict[str, _Term], phrase: str, key: str, line: int, text: str) -> _Term:
    term = terms.get(key)
    if term is None:
        term = terms[key] = _Term(line, text)
    elif not term.line and line:
        term.line, term.text = line, text
    if line or not term.forms:
        term.forms[phrase] = term.forms.get(phrase, 0) + 1
    return term


_OPENERS = frozenset(".!?:;([{—–/|>-")


def _in_piece(terms: dict[str, _Term], piece: Piece, references: Sequence[Reference]) -> None:
    text, line = piece.text, piece.line
    links = piece.links
    hidden = links and [span for span in links if "://" in text[span.start : span.end]]
    for match in _runs(text):
        place = match.start()
        if hidden and any(span.start <= place < span.end for span in hidden):
            continue
        start = True
        if place > 1 and text[place - 1] == " " and text[place - 2].isalnum():
            start = False
        elif place:
            before = text[max(0, place - 4) : place].rstrip(" \t\"'“‘*_")
            start = before[-1] in _OPENERS if before else place <= 4
        found = match[0]
        for phrase, key, opens in (_known if len(found) < _LONG else _phrases_of)(found):
            term = _note(terms, phrase, key, line, text)
            term.count += 1
            if start and opens:
                term.starts += 1
            else:
                term.middle += 1
    for span in links:
        _link_term(terms, piece, span, references[span.number].target)


def _link_term(terms: dict[str, _Term], piece: Piece, span: Span, target: str) -> None:
    """A link's text is a term where the URL tells the same; so is a URL's last part by itself."""
    words = piece.text[span.start : span.end].strip()
    host, path = address(target)
    last = [part for part in path.split("?")[0].split("/") if part]
    slug = fold(_SUFFIX.sub("", last[-1])) if last else ""
    if words and words[0] != "@" and "://" not in words and len(words.split()) <= 3:
        key = fold(words)
        label = fold(host.split(".")[0]) if host else ""
        telling = key.replace(" ", "") in (slug.replace(" ", ""), label) or key in slug
        if key and (words[:1].isupper() or telling):
            shown = words.strip("()[]*_`")
            term = _note(terms, shown, _key(shown), piece.line, piece.text)
            term.linked = max(term.linked, 1.7 if telling else 1.0)
    if len(slug) > 2:
        if slug in terms:
            terms[slug].linked = max(terms[slug].linked, 1.5)
        elif 1 <= len(last) <= 3 and slug.count(" ") < 3 and not _DIGITS.search(slug):
            _note(terms, slug, _key(slug), piece.line, piece.text).linked = 0.6


_DIGITS = Pattern(r"(?:^|\s)\d+(?:\s|$)")
_SUFFIX = Pattern(r"\.(?:git|html?|md|rst)$")


def _longer_words(terms: Mapping[str, _Term]) -> dict[str, float]:
    """What to take off a phrase because a shorter or longer one tells it better."""
    taken: dict[str, float] = {}
    for key, term in terms.items():
        if " " not in key:
            continue
        parts = key.split()
        last = parts[-1]
        for part in (*parts, key.partition(" ")[2], key.rpartition(" ")[0]):
            other = terms.get(part)
            if other is None:
                continue
            if term.count >= 2 and term.count >= 0.5 * other.count:
                versioned = _VERSION.match(last) is not None
                taken[part] = taken.get(part, 0.0) + (1.0 if versioned else 0.8)
            else:
                taken[key] = taken.get(key, 0.0) + 0.9
    return taken


_NEVER = (
    frozenset(WEEKDAYS)
    | frozenset(MONTHS)
    | frozenset(PARTS)
    | CONFERENCE_WORDS
    | word_set(
        "i im ive id ill you we they it its this that there here demo video slides "
        "photo note notes etherpad wiki github gitlab youtube vimeo speakerdeck "
        "slideshare twitter mastodon linkedin repo repository recording website "
        "blog readme one two three four five six seven eight nine ten"
    )
)


_NO_TOPICS = _NEVER | frozenset(CITIES) | frozenset(COUNTRIES) | _ACRONYM_NOISE
_PLAIN_WORDS = frozenset(COMMON) | frozenset(PLAIN) | frozenset(GIVEN)


class _Look(NamedTuple):
    """What a term shows by its letters alone, whatever note it stands in."""

    telling: frozenset[str]
    """Its folded words but those that are no topic anywhere."""
    several: bool
    """It has more than one word."""
    versioned: bool
    inner: bool
    """Capitals stand within a word."""
    shouted: bool
    named: bool
    """It looks like a person's name."""
    plain: bool
    """A word of it is one that any text has."""
    loss: float
    """What to take off for such words."""
    worn: bool
    """It is one word with an ending of words that any text has."""


@lru_cache(maxsize=8192)
def _look(form: str) -> _Look:
    parts = fold(form).split()
    several = len(parts) > 1
    versioned = several and _VERSION.match(parts[-1]) is not None
    inner = not form[1:].islower() and _INNER.search(form) is not None
    plain = [part for part in parts if part in _PLAIN_WORDS]
    loss = 0.0
    if len(plain) == len(parts) and not inner:
        loss = (1.0 if several else 1.6) - (0.6 if versioned else 0.0)
    elif plain and not versioned:
        loss = 0.5
    return _Look(
        telling=frozenset(part for part in parts if part not in _NEVER and not part.isdecimal()),
        several=several,
        versioned=versioned,
        inner=inner,
        shouted=form.isupper() and len(form) >= 4,
        named=len(parts) == 2 and parts[0] in GIVEN and form.istitle(),
        plain=bool(plain),
        loss=loss,
        worn=len(parts) == 1 and len(parts[0]) > 6 and parts[0].endswith(_ENDINGS),
    )


def _most_by_letters(form: str, term: _Term) -> float:
    """Return what `_score` adds at most for the letters of a term, without a look at all of them.

    Most terms fall short even so.
    """
    capitals = not form[1:].islower()
    if term.count > 1 or term.linked:
        most = 0.9 if capitals else 0.4
    else:
        most = 0.4 if capitals else 0.0
    if not (form.isalnum() and form.isascii()):
        most += 0.5
    return most + 0.8 if term.title and (capitals or term.middle) else most


def _score(
    key: str,
    form: str,
    term: _Term,
    score: float,
    *,
    lower: frozenset[str],
    never: frozenset[str],
    words: Words,
) -> float:
    """Return the `score` for the use of a term with what it shows of itself."""
    if len(key) < 2 or key in _NO_TOPICS or key in never or key in words.ignored:
        return -1.0
    look = _look(form)
    if look.telling <= never:
        return -1.0
    if look.named:
        score -= 1.5
    if look.inner or look.shouted:
        score += 0.9 if look.inner else 0.6
        score -= 0.5 if term.count < 2 and not term.linked else 0.0
    elif term.count > 1 and key not in lower and not look.plain:
        score += 0.4
    if look.versioned:
        score += 0.5
    if term.title and (look.inner or (term.middle and not look.plain)):
        score += 0.8
    if look.several and term.count < 2 and not term.linked:
        score -= 0.8
    loss = look.loss
    if not (look.several or look.inner):
        if key in lower and term.linked < 1.0:
            loss += 0.3
        if look.worn:
            loss += 0.8
    return score - loss


def _use(term: _Term) -> float:
    """How much the text speaks of a term: as a link, in mid-sentence, at its start, how often."""
    if term.count == 1:
        return term.linked + 0.4 + 0.5 if term.middle else term.linked + 0.5
    score = term.linked + 0.4 * bool(term.middle) + min(1.4, 0.5 * term.middle)
    score += 0.25 * bool(term.starts) + min(0.5, 0.25 * term.starts)
    return score + 0.3 * math.log2(term.count) if term.count > 1 else score


_INNER = Pattern(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_ENDINGS = tuple(
    sorted(
        word_set(
            "ing tion tions ment ments ness ity ities able ible ally ful less ward wards ized ised"
            " izes ence ance ers ors ies ous ive"
        )
    )
)
