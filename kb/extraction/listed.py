"""The people whom a list under a keynote or panel names, one in each item."""

from collections.abc import Sequence

from kb.extraction.clock import without_day
from kb.extraction.lexicon import TITLE_LABELS
from kb.extraction.names import Company
from kb.extraction.pieces import Piece
from kb.extraction.speakers import Person, read_people
from kb.extraction.zones import Found
from kb.model.pattern import Pattern

_NAMED = Pattern(
    r"^\W*(?P<name>[^\W\d_][^:：()\[\]]{3,40}?)\s*(?P<firm>[(\[][^()\[\]]{2,50}[)\]])?"
    r"\s*(?:[:：]\s|\s[-–—]\s|,\s+(?P<rest>.*)|$)"
)


def holds_several(title: str) -> bool:
    """Return whether a session of this title may have a list of people below it."""
    if len(title) > 48:
        return False
    words = without_day(title)
    return words in TITLE_LABELS or words in ("keynotes", "panelists", "panellists")


def listed(pieces: Sequence[Piece], start: int, stop: int, company: Company) -> tuple[Found, ...]:
    """Return the people named by the items from piece `start` up to `stop`.

    At least two of the items, and most of them, must begin with a full name that ends in a colon,
    a dash, a comma or a firm in brackets, or is the whole item; else nobody is named.
    """
    items = [piece for piece in pieces[start:stop] if piece.kind == "item" and piece.depth == 1]
    first = pieces[start] if start < stop else None
    if first is None or first.kind != "item" or len(items) < 2:
        return ()
    found = [person for piece in items if (person := _person(piece, company))]
    return tuple(found) if len(found) >= 2 and len(found) >= 0.7 * len(items) else ()


def _person(piece: Piece, company: Company) -> Found | None:
    match = _NAMED.match(piece.text)
    if not match:
        return None
    people = read_people(match["name"], company, bonus=0.1)
    if len(people.persons) != 1 or people.sure < 0.5 or not people.persons[0].name:
        return None
    if match["rest"] and read_people(match["rest"], company).sure >= 0.5:
        return None
    person = Person(
        name=people.persons[0].name,
        sure=max(0.6, people.sure),
        organisation=people.persons[0].organisation or (match["firm"] or "").strip("()[] "),
        role=people.persons[0].role,
        handle=people.persons[0].handle,
    )
    return Found(person=person, line=piece.line, rule="speaker-list", text=piece.text[:160])
