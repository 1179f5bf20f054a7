"""The list of facts right below a heading: who spoke, one an item, then links and labelled lines.

    #### Boring is a feature, by Ottilie Grahn

    - Ottilie Grahn
    - https://example.org/videos/boring
    - Topics: operations

Who writes so has a place for everything but the title. So the first items are speakers whatever
their names look like, and the heading is a title from its first word to its last.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from kb.extraction.lexicon import fold
from kb.extraction.links import kind_of_link
from kb.extraction.names import Company, is_organisation, likeness, tidy
from kb.extraction.pieces import Piece
from kb.extraction.said import names_topics
from kb.extraction.speakers import Person, read_label, read_people
from kb.extraction.zones import Found
from kb.model.note import Reference
from kb.model.pattern import Pattern
from kb.model.value import Value

_LONGEST = 60
"""Characters of an item that may be a name."""
_NAMES = 40
"""Items of one list that may be names."""
_WORDS = 6
"""Words of one; more of them begin with a name that is surely one, and go on with a role."""
_SURE, _LIKELY = 0.5, 0.3
"""How much a text looks like a name; names without capitals (Chinese ones) reach the second."""
_RECORDED = frozenset({"recording", "slides", "schedule"})
_SHOWN = _RECORDED - {"schedule"}
"""What talks have; a programme tells of lunches, too."""
_SENTENCE = Pattern(
    r"[.!?:;…]$|[!?:;…]\s|[^.\s]{3}\.\s|(?<![^\W_])\d{2}|https?:|[<>{}=*^~\\|`]|\+(?! \w)|->"
)
"""What no name has. Digits may end a nickname (`Ada42`), and a plus may stand between two names."""
_LETTER = Pattern(r"[^\W\d_]")
_INITIAL = Pattern(r"(?:^|\s)(?:[^\W\d_]|[JS]r|PhD)\.$")
_NUMBER = Pattern(r"\W*(\d{1,3})[.)\]]\s")


class FactList(Value, frozen=True):
    """The facts that the items below one heading tell."""

    people: tuple[Found, ...] = ()
    first: int = 0
    """Number of the first piece after the names."""
    known: int = 0
    """How many of the people anybody would take for people, wherever they stood."""
    closed: bool = False
    """A link or labelled line follows the names, or stands alone. Where a firm stands among them,
    as sponsors do, that link is to a recording or slides."""
    recorded: bool = False
    """That is a link to a recording, slides or the programme."""


def fact_lists(
    pieces: Sequence[Piece],
    headings: Sequence[tuple[int, Piece]],
    references: Sequence[Reference],
    company: Company,
) -> Mapping[int, FactList]:
    """Return the lists of facts of a note by the number of their heading's piece.

    None where the note has no habit of them: half of the headings of a rank, two at least, must
    have one that names people, and most of these must look like people. A heading that is the only
    one of the note needs a list in which all do, or a recording right below them.
    """
    ends = [*(index for index, _ in headings), len(pieces)][1:]
    ranks: dict[int, dict[int, FactList]] = {}
    for (index, piece), stop in zip(headings, ends, strict=True):
        ranks.setdefault(piece.level, {})[index] = _facts(
            pieces, index + 1, stop, references, company
        )
    found: dict[int, FactList] = {}
    for rank in ranks.values():
        telling = [facts for facts in rank.values() if facts.closed and facts.people]
        people = sum(len(facts.people) for facts in telling)
        known = sum(facts.known for facts in telling)
        usual = len(telling) >= 2 and 2 * len(telling) >= len(rank) and 2 * known >= people
        only = next(iter(rank.values())) if len(headings) == 1 else FactList()
        if usual or only.recorded or (only.closed and only.people and known == people):
            found.update({index: facts for index, facts in rank.items() if facts.closed})
    return found


def count_up(headings: Sequence[Piece]) -> bool:
    """Return whether the headings' numbers are the writer's own, one after the other."""
    numbers = [int(match[1]) for piece in headings if (match := _NUMBER.match(piece.text))]
    return all(number == before + 1 for before, number in pairwise(numbers))


def _facts(
    pieces: Sequence[Piece],
    start: int,
    stop: int,
    references: Sequence[Reference],
    company: Company,
) -> FactList:
    """Read the items from piece `start` on, as far as they tell facts."""
    people: list[Found] = []
    known = 0
    first = start
    firm = False
    for place in range(start, stop):
        piece = pieces[place]
        if piece.kind != "item" or piece.depth != 1 or piece.quote:
            return FactList()
        if _is_links(piece) or _is_field(piece):
            kinds = {kind_of_link(references[span.number].target) for span in piece.links}
            return FactList(
                people=tuple(people),
                first=first,
                known=known,
                closed=not firm or bool(kinds & _SHOWN),
                recorded=bool(kinds & _RECORDED),
            )
        if not _LETTER.search(piece.text):  # a number of something: it names nobody
            first = place + 1
            continue
        if not _may_be_name(piece, company) or len(people) >= _NAMES:
            return FactList()
        if _is_firm(piece.text):
            if read_people(piece.text, company).sure >= _LIKELY:
                return FactList()
            firm = True  # `The organising team`: it names nobody, either
            first = place + 1
            continue
        persons = _persons(piece, company)
        known += sum(likeness(person.name, company) >= _LIKELY for person in persons)
        people.extend(
            Found(person=person, line=piece.line, rule="speaker-item", text=piece.text[:160])
            for person in persons
        )
        first = place + 1
    return FactList()


def _is_links(piece: Piece) -> bool:
    """Whether an item is nothing but addresses."""
    left = piece.text
    for span in reversed(piece.links):
        if "://" not in left[span.start : span.end]:
            return False
        left = left[: span.start] + left[span.end :]
    return bool(piece.links) and not (left.strip() and re.search(r"\w", left))


def _is_field(piece: Piece) -> bool:
    label = read_label(piece.text)
    return names_topics(piece.text) or (label is not None and label[0] != "speaker")


def _may_be_name(piece: Piece, company: Company) -> bool:
    text = piece.text.strip()
    if not text or len(text) > _LONGEST or piece.code or piece.pictures:
        return False
    if len(text.split()) > _WORDS and read_people(text, company).sure < _SURE:
        return False
    if read_label(text) or not fold(text):
        return False
    return not _SENTENCE.search(text) or bool(_INITIAL.search(text))


def _is_firm(text: str) -> bool:
    """Whether an item is a sponsor or a firm, and no name has a word of it."""
    return is_organisation(text) and likeness(text) < _SURE


def _persons(piece: Piece, company: Company) -> tuple[Person, ...]:
    text = " ".join(piece.text.split())
    people = read_people(text, company, bonus=0.15, told=True)
    if people.persons and all(person.name for person in people.persons):
        return tuple(
            Person(
                name=person.name,
                sure=max(0.6, person.sure),
                organisation=person.organisation,
                role=person.role,
                handle=person.handle,
            )
            for person in people.persons
        )
    return (Person(name=tidy(text), sure=0.6),)
