"""What may be the head of a session, weighed by what it shows and by its company.

Every heading (or what stands for one) is weighed by itself: its shape, its words, what stands under
it. What the headings of a note have in common settles the doubtful ones.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from kb.extraction.dressing import is_media
from kb.extraction.eventnames import event_weight
from kb.extraction.factlists import FactList, count_up, fact_lists
from kb.extraction.heads import MARKED, Head, Reading, choose, kind_of, read_head, read_title
from kb.extraction.lexicon import FIELD_LABELS, TITLE_LABELS, fold, word_set
from kb.extraction.links import is_session_page, tells_title
from kb.extraction.listed import holds_several, listed
from kb.extraction.names import GIVEN, HANDLE, Company
from kb.extraction.pieces import Piece, Span
from kb.extraction.roles import SOFT, Role, role_of
from kb.extraction.setting import Setting
from kb.extraction.speakers import read_close, read_label, read_people
from kb.extraction.zones import Found, Zone, person_of_url, read_zone
from kb.model.note import Note
from kb.model.value import Value, replace

Form = Literal["title", "heading", "bold", "block", "line", "item", "row", "field"]


class Place(Value, frozen=True):
    """Where a candidate stands."""

    index: int
    """Of its piece; -1 for the title in the front matter."""
    form: Form
    line: int
    level: int = 7
    links: tuple[Span, ...] = ()
    parent: int = -1
    """Index of the piece of the heading above it."""


class Candidate(Value, frozen=True):
    """What may be the head of a session, weighed."""

    place: Place
    head: Head
    reading: Reading
    zone: Zone
    role: Role
    score: float
    reasons: tuple[str, ...] = ()
    people: bool = False
    """It has speakers of its own."""

    @property
    def index(self) -> int:
        """Number of its piece; -1 for the title in the front matter."""
        return self.place.index

    @property
    def form(self) -> Form:
        """What it stands in."""
        return self.place.form

    @property
    def line(self) -> int:
        """Its line in the note."""
        return self.place.line

    @property
    def level(self) -> int:
        """Of its heading, 1 to 6; 7 for what is no heading, 0 for the note's title."""
        return self.place.level


class Weigher:
    """Reads candidates with what the whole note has in common."""

    def __init__(
        self, note: Note, pieces: Sequence[Piece], company: Company, setting: Setting
    ) -> None:
        self.note = note
        self.pieces = pieces
        self.company = company
        self.setting = setting

    def weigh(
        self,
        place: Place,
        head: Head,
        reading: Reading,
        zone: Zone,
        habits: Mapping[str, float] | None = None,
    ) -> Candidate:
        """Add up what speaks for and against a session, each with a word for `kb why`."""
        title = reading.title
        role = _role(head, zone)
        marks: list[tuple[str, float]] = []
        if reading.people and (title or reading.label):
            marks.append(("people in the heading", 0.7 + 1.8 * reading.sure))
        elif reading.people:
            marks.append(("the heading is a name", 1.3 * reading.sure + 0.9 * bool(zone.title)))
        if reading.people and habits and habits.get(reading.pattern, 0.0) >= 0.5:
            marks.append(("most headings are written so", 0.5))
        if zone.people:
            marks.append(
                (f"speaker below ({zone.place})", _PLACES.get(zone.place, 1.8) * _least(zone))
            )
        if zone.pages:
            marks.append(("session page below", 1.3 + 0.4 * (zone.pages > 1)))
        marks.extend(self._pages(head, title, zone, place))
        if place.form == "heading" and not zone.pages and self._cites(place):
            marks.append(("slides or video cited", 0.7))
        marks.extend(_dress(head, zone, reading))
        marks.extend(_kinds(title, zone, reading))
        if role in ("container", "day", "generic"):
            marks.append((f"words of a {role}", -3.0 if role == "generic" else -4.0))
        elif not reading.people and not zone.people:
            marks.extend(_soft(title, place.index, self.pieces))
        return Candidate(
            place=place,
            head=head,
            reading=reading,
            zone=zone,
            role=role,
            score=sum(weight for _, weight in marks),
            reasons=tuple(word for word, weight in marks if weight > 0),
            people=bool(reading.people or zone.people),
        )

    def _cites(self, place: Place) -> bool:
        """Whether the first lines below cite slides or a recording by these words."""
        for piece in self.pieces[place.index + 1 : place.index + 8]:
            if piece.kind == "heading":
                break
            if any(is_media(piece.text[span.start : span.end]) for span in piece.links):
                return True
        return False

    def _pages(self, head: Head, title: str, zone: Zone, place: Place) -> list[tuple[str, float]]:
        marks = []
        references = self.note.references
        urls = [references[span.number].target for span in place.links]
        if any(is_session_page(url) for url in urls):
            marks.append(("the heading links to a session page", 1.9))
        stop = min(zone.stop, len(self.pieces))
        for piece in self.pieces[place.index + 1 : stop]:
            urls.extend(references[span.number].target for span in piece.links)
        if any(tells_title(url, title or head.text) for url in urls[:8]):
            marks.append(("a URL repeats the title", 1.5))
        if any(person_of_url(url) for url in urls[:8]):
            marks.append(("a speaker's page", 0.8))
        return marks


_PLACES = {
    "label": 3.0,
    "heading": 2.2,
    "strong": 2.4,
    "item": 2.1,
    "text": 2.4,
    "quote": 2.0,
    "handle": 1.8,
    "sentence": 1.5,
    "row": 2.0,
}


def _role(head: Head, zone: Zone) -> Role:
    """What a heading is for; with speakers or a recording in a list of facts, it is a session."""
    return "" if zone.facts and (zone.people or zone.pages) else role_of(head.text)


def _least(zone: Zone) -> float:
    return min(found.person.sure for found in zone.people)


_WEAK_KINDS = word_set("demo interview poster conference presentation session")
"""Kinds of sessions that a line of other notes may name, too."""


def _says_kind(zone: Zone) -> bool:
    """Whether a line below names a kind of session: `Keynote`, `Quickie`."""
    return bool(zone.kind_label) and fold(zone.kind_label) not in _WEAK_KINDS


def _dress(head: Head, zone: Zone, reading: Reading) -> list[tuple[str, float]]:
    marks = []
    dressing = head.dressing
    if dressing.code:
        marks.append(("session code", 2.0))
    if dressing.slot.start:
        marks.append(("time in the heading", 1.3))
    if dressing.room or zone.room:
        marks.append(("room", 1.0))
    if zone.slot_start and not dressing.slot.start:
        marks.append(("time below", 1.0))
    if dressing.media:
        marks.append(("slides or video in the heading", 1.5))
    if head.quoted and not reading.people and head.text[:1] in "\"“„«「『'‘":
        marks.append(("quoted title", 0.8))
    if dressing.numbered:
        marks.append(("numbered", 0.2))
    if zone.media:
        marks.append(("slides or video below", 1.0))
    if zone.told:
        marks.append(("labelled fields", 0.8))
    if zone.facts:
        marks.append(("a list of facts below", 2.0))
    if zone.abstract:
        marks.append(("abstract", 0.5))
    return marks


def _kinds(title: str, zone: Zone, reading: Reading) -> list[tuple[str, float]]:
    marks = []
    if _says_kind(zone):
        marks.append(("a kind of session below", 1.3))
    if fold(title) in TITLE_LABELS and not reading.people:
        marks.append(("a label for a title", 2.0))
    elif reading.label or fold(title) in TITLE_LABELS:
        marks.append(("label", 1.3))
    elif kind_of(title):
        marks.append(("kind of session in the title", 1.0))
    return marks


def _soft(title: str, index: int, pieces: Sequence[Piece]) -> list[tuple[str, float]]:
    marks = []
    if SOFT.search(title):
        marks.append(("soft words", -1.5))
    if re.match(r"what (?:i|we)\b|things (?:i|we)\b|my \w+$", title, re.IGNORECASE):
        marks.append(("about the writer", -1.5))
    elif re.search(r"\b(?:I|my|me)\b", title) and not re.match(
        r"^(?:how|why) ", title, re.IGNORECASE
    ):
        marks.append(("first person", -0.6))
    if title.endswith(":"):
        marks.append(("colon", -0.4))
    if 0 <= index < len(pieces):
        piece = pieces[index]
        if piece.code and "".join(piece.code).strip() == piece.text.strip():
            marks.append(("code", -1.0))
    return marks


def habits_of(heads: Sequence[Head]) -> dict[str, float]:
    """Return, for each pattern, the share of `heads` that surely follow it."""
    counts: dict[str, float] = {}
    for head in heads:
        best = head.readings[0]
        if best.pattern not in ("none", "label") and best.sure >= 0.55:
            counts[best.pattern] = counts.get(best.pattern, 0.0) + 1.0
    total = max(2, len(heads))
    shares = {pattern: count / total for pattern, count in counts.items()}
    return {**shares, "": float(len(heads))}


def _tree(headings: Sequence[tuple[int, Piece]]) -> dict[int, int]:
    """Return the parent of each heading: the nearest one before it of a smaller level."""
    parents: dict[int, int] = {}
    stack: list[tuple[int, int]] = []
    for index, piece in headings:
        while stack and stack[-1][1] >= piece.level:
            stack.pop()
        parents[index] = stack[-1][0] if stack else -1
        stack.append((index, piece.level))
    return parents


def _absorbable(
    pieces: Sequence[Piece],
    headings: Sequence[tuple[int, Piece]],
    parents: dict[int, int],
    company: Company,
) -> frozenset[int]:
    """Headings that may be the speaker line (or title) of the heading right above them.

    Only a first child without brothers that look the same: where several headings of one rank
    are names, each begins a session.
    """
    by_parent: dict[int, list[int]] = {}
    for index, _ in headings:
        by_parent.setdefault(parents[index], []).append(index)
    chosen = []
    for parent, children in by_parent.items():
        if parent < 0:
            continue
        first = children[0]
        between = [p for p in pieces[parent + 1 : first] if p.text.strip()]
        if len(between) > 2 or any(len(p.text) > 60 for p in between):
            continue
        rivals = [
            child
            for child in children[1:]
            if pieces[child].level == pieces[first].level and _namely(pieces[child], company)
        ]
        if not rivals:
            chosen.append(first)
    return frozenset(chosen)


def _namely(piece: Piece, company: Company) -> bool:
    head = read_head(piece.text, piece.links, company)
    return any(reading.people and reading.sure >= 0.55 for reading in head.readings[:2])


class Reader:
    """Finds and weighs the candidates of a note."""

    def __init__(
        self, note: Note, pieces: Sequence[Piece], company: Company, setting: Setting
    ) -> None:
        self.note = note
        self.pieces = pieces
        self.company = company
        self.setting = setting
        self.weigher = Weigher(note, pieces, company, setting)
        self.headings = [
            (i, p) for i, p in enumerate(pieces) if p.kind == "heading" and not p.depth
        ]
        self.parents = _tree(self.headings)
        self.absorbable = _absorbable(pieces, self.headings, self.parents, company)
        self.facts = fact_lists(pieces, self.headings, note.references, company)

    def heads(self) -> list[Candidate]:
        """Return the headings as candidates; those that are part of a head are left out."""
        levels: dict[int, list[Head]] = {}
        read: dict[int, Head] = {}
        numbered = count_up([piece for _, piece in self.headings])
        for index, piece in self.headings:
            read[index] = head = self._head(index, piece, numbered=numbered)
            if not role_of(head.text):
                levels.setdefault(piece.level, []).append(head)
        habits = {level: habits_of(heads) for level, heads in levels.items()}
        swapped = self._swapped(read)
        candidates: list[Candidate] = []
        absorbed: set[int] = set()
        for index, piece in self.headings:
            if index in absorbed:
                continue
            reading = choose(read[index], habits.get(piece.level, {}), self.lift(index, piece))
            zone = self.zone(index, reading, piece.level, read[index].text)
            reading, zone = self._surer_below(index, read[index], reading, zone)
            zone = self._titled_below(index, reading, zone)
            if index in swapped and index not in self.facts:
                reading, zone = self._swap(index, reading, zone)
            absorbed.update(zone.absorbed)
            candidates.append(
                self.weigher.weigh(
                    self.place(index, "heading"),
                    read[index],
                    reading,
                    zone,
                    habits.get(piece.level),
                )
            )
        return self.settle(candidates)

    def _head(self, index: int, piece: Piece, *, numbered: bool) -> Head:
        """Take a heading apart; above a list of facts it is a title.

        Only where that list leaves people out may the heading name them.
        """
        facts = self.facts.get(index)
        if facts is not None and facts.people:
            return read_title(piece.text, numbered=numbered)
        head = read_head(piece.text, piece.links, self.company)
        if facts is None:
            return head
        title = read_title(piece.text, numbered=numbered)
        whole = title.readings[0].title
        readings = (replace(one, title=whole) for one in head.readings if one.people)
        return replace(title, readings=(*readings, *title.readings))

    def _surer_below(
        self, index: int, head: Head, reading: Reading, zone: Zone
    ) -> tuple[Reading, Zone]:
        """Where the line below names somebody more surely than the heading, the heading is a title.

        `## Clever Splices: Strength & Speed`, then `*Viktor Friis, editor*`.
        """
        if not (reading.people and reading.title) or reading.label or reading.sure >= 0.75:
            return reading, zone
        plain = next(other for other in head.readings if other.pattern == "none")
        below = self.zone(index, plain, self.pieces[index].level, head.text)
        told = below.place in ("strong", "label", "text", "item", "heading")
        if told and below.people and _least(below) > max(0.6, reading.sure):
            return plain, below
        return reading, zone

    def _titled_below(self, index: int, reading: Reading, zone: Zone) -> Zone:
        """Under a heading that is only a label, one line may give title and speaker.

        `## Plenary`, then `“Ropes that forgive” by Ada Quill (Harbourly)`.
        """
        if reading.people or zone.people or fold(reading.title) not in TITLE_LABELS:
            return zone
        piece = self.pieces[index + 1] if index + 1 < len(self.pieces) else None
        if piece is None or piece.kind != "text" or piece.depth or len(piece.text) > 200:
            return zone
        below = choose(read_head(piece.text, piece.links, self.company), {})
        if below.pattern not in MARKED or not below.title or below.sure < 0.6:
            return zone
        rule = f"speaker-{below.pattern}"
        people = tuple(
            Found(person=person, line=piece.line, rule=rule, text=piece.text[:160])
            for person in below.people
        )
        return replace(
            zone,
            people=people,
            place="text",
            doubtful=(),
            consumed=(*zone.consumed, piece.line),
            title=below.title,
            title_line=piece.line,
        )

    def lift(self, index: int, piece: Piece) -> float:
        """A lone first heading of a plain file is a talk's: it likely names the speaker."""
        first = bool(self.headings) and self.headings[0][0] == index and index < 2
        if not (first and self.setting.plain):
            return 0.0
        alone = sum(other.level <= piece.level for _, other in self.headings) == 1
        return 0.08 if alone else 0.0

    def place(self, index: int, form: Form) -> Place:
        """Return where piece `index` stands; -1 is the title in the front matter."""
        if index < 0:
            return Place(index=index, form=form, line=1, level=0)
        piece = self.pieces[index]
        return Place(
            index=index,
            form=form,
            line=piece.line,
            level=piece.level if form == "heading" else 7,
            links=piece.links,
            parent=self.parents.get(index, -1),
        )

    def candidate(self, index: int, form: Form, head: Head) -> Candidate:
        """Weigh one piece (or the title, -1) as the head of a session, whatever stands around."""
        reading = choose(head, {})
        place = self.place(index, form)
        zone = self.zone(index, reading, place.level, head.text)
        return self.weigher.weigh(place, head, reading, zone)

    def zone(self, index: int, reading: Reading, level: int, text: str) -> Zone:
        """Read what stands below piece `index`, up to the next heading that is not part of it."""
        told = self.facts.get(index)
        if told is None and index >= 0 and not reading.people:
            role = role_of(text)
            if self.is_event(index) or role in ("container", "day"):
                return Zone(stop=index + 1)
        stop = len(self.pieces)
        for other, _ in self.headings:
            if other > index and other not in self.absorbable and not _is_label(self.pieces[other]):
                stop = other
                break
        zone = read_zone(
            self.pieces,
            told.first if told else index + 1,
            stop,
            self.note.references,
            self.company,
            named=bool(reading.people or told),
            untitled=bool(reading.people) and not reading.title,
            level=level,
        )
        if told:
            return _with_facts(zone, told)
        if not reading.people and holds_several(reading.title):
            people = listed(self.pieces, index + 1, stop, self.company)
            if len(people) > len(zone.people):
                return replace(zone, people=people, place="item", doubtful=())
        return zone

    def is_event(self, index: int) -> bool:
        """Whether a piece is a first heading that names the event: it has no speakers."""
        first = bool(self.headings) and self.headings[0][0] == index and index not in self.facts
        return first and event_weight(self.pieces[index].text) >= 1.5

    def _swapped(self, read: dict[int, Head]) -> set[int]:
        """Headings that are names whose title is the heading right below (`# NAME`, `## TITLE`)."""
        pairs = []
        for index in self.absorbable:
            parent = self.parents[index]
            if not any(self.pieces[i].text.strip() for i in range(parent + 1, index)):
                pairs.append((parent, index))
        named = [
            parent
            for parent, child in pairs
            if _only_name(read[parent]) >= 0.4
            and _only_name(read[child]) < _only_name(read[parent])
            and not role_of(read[child].text)
            and not role_of(read[parent].text)
            and event_weight(read[parent].text) < 1
        ]
        return (
            set(named)
            if len(named) >= 2 or (len(named) == 1 and len(pairs) == 1) or self._handled(named)
            else set()
        )

    def _handled(self, named: list[int]) -> bool:
        """A handle right under the second heading settles it for one pair, too."""
        return any(
            parent + 2 < len(self.pieces) and HANDLE.match(self.pieces[parent + 2].text.strip())
            for parent in named
        )

    def _swap(self, index: int, reading: Reading, zone: Zone) -> tuple[Reading, Zone]:
        child = next((i for i, _ in self.headings if i > index and self.parents[i] == index), None)
        if child is None or (zone.absorbed and child in zone.absorbed and zone.title):
            return reading, zone
        head = read_head(self.pieces[child].text, self.pieces[child].links, self.company)
        plain = next(r for r in head.readings if r.pattern == "none")
        name = read_people(self.pieces[index].text, self.company, single=True)
        people = reading.people or name.persons
        stop = next((i for i, _ in self.headings if i > child), len(self.pieces))
        zone = read_zone(
            self.pieces,
            child + 1,
            stop,
            self.note.references,
            self.company,
            named=True,
            level=self.pieces[index].level,
        )
        zone = replace(
            zone,
            absorbed=(child, *zone.absorbed),
            consumed=(self.pieces[child].line, *zone.consumed),
            title=plain.title,
            title_line=self.pieces[child].line,
        )
        return (
            Reading(
                title=plain.title,
                people=people,
                pattern="name-first",
                sure=max(0.7, reading.sure),
                label=reading.label,
            ),
            zone,
        )

    def settle(self, candidates: list[Candidate]) -> list[Candidate]:
        """Take doubtful speaker lines for sure where the note mostly has them in that place."""
        places: dict[str, int] = {}
        maybe: dict[str, int] = {}
        plain = [c for c in candidates if not c.role and not c.reading.people]
        for candidate in candidates:
            if candidate.zone.people and candidate.zone.place not in ("sentence", "label"):
                places[candidate.zone.place] = places.get(candidate.zone.place, 0) + 1
        for candidate in plain:
            zone = candidate.zone
            if zone.people or (zone.doubtful and _least_doubtful(zone) >= 0.25):
                place = zone.place or zone.doubtful_place
                maybe[place] = maybe.get(place, 0) + 1
        for place, count in maybe.items():
            if count >= 3 and count >= 0.7 * len(plain) and places.get(place):
                places[place] = max(places[place], 2)

        def many_of(candidate: Candidate) -> int:
            return places.get(candidate.zone.place, 0)

        lone = self._lone(plain)
        kinds = sum(_says_kind(candidate.zone) for candidate in plain)
        settled = []
        for candidate in candidates:
            zone = candidate.zone
            many = places.get(zone.doubtful_place, 0)
            least = _SURE_ALONE if candidate is lone else 0.3 if many < 4 else 0.12
            if (
                zone.doubtful
                and not candidate.people
                and not candidate.role
                and (many >= 2 or candidate is lone)
                and _least_doubtful(zone) >= least
            ):
                zone = replace(
                    zone,
                    people=tuple(_agreed(found) for found in zone.doubtful),
                    doubtful=(),
                    place=zone.doubtful_place,
                    consumed=(*zone.consumed, *(found.line for found in zone.doubtful)),
                )
                candidate = self.weigher.weigh(
                    candidate.place, candidate.head, candidate.reading, zone
                )
            if candidate.zone.people and many_of(candidate) >= 2 and not candidate.role:
                candidate = replace(
                    candidate,
                    score=candidate.score + (0.8 if many_of(candidate) > 2 else 0.5),
                    reasons=(*candidate.reasons, "speakers stand there throughout the note"),
                )
            if kinds >= 2 and _says_kind(candidate.zone) and not candidate.role:
                candidate = replace(candidate, score=candidate.score + 0.6)
            settled.append(candidate)
        return settled

    def _lone(self, plain: Sequence[Candidate]) -> Candidate | None:
        """Return the only heading below an event's name, where a list that may be names follows.

        No other heading can tell that it names speakers.
        """
        below = [c for c in plain if c.place.form == "heading" and not self.is_event(c.index)]
        if len(below) != 1 or self.setting.title_is_event < 1.5:
            return None
        return below[0] if below[0].zone.doubtful_place == "item" else None

    def _named_file(self) -> Candidate | None:
        """A plain file of list items whose name is `TITLE - NAME` or `TITLE by NAME` is a talk.

        A large heading among its first lines has the title, whatever the name of the file is.
        """
        early = any(piece.level < 2 and index < 5 for index, piece in self.headings)
        body = [piece for piece in self.pieces if piece.kind in ("text", "item") and piece.text]
        items = sum(piece.kind == "item" for piece in body)
        stem = re.sub(r"\.\w+$", "", self.note.path.rpartition("/")[2]).replace("_", " ")
        if not self.setting.plain or early or len(body) < 3 or items < 0.5 * len(body):
            return None
        head = read_head(stem, (), self.company)
        closed = any(read_close(piece.text).sure >= 0.5 for piece in body[-3:])
        for reading in head.readings:
            first = fold(reading.people[0].name.split(" ")[0]) if reading.people else ""
            known = first in GIVEN or (closed and first)
            if reading.pattern in ("dash-last", "by") and reading.title and known:
                return self.candidate(-1, "title", replace(head, readings=(reading,)))
        return None

    def title(self) -> Candidate | None:
        """Return the title in the front matter as a candidate for a note that is one talk."""
        text = self.note.matter.title
        if not text and (self.setting.events or self.setting.one) and not self.headings:
            text = self.note.title
        if not text:
            return self._named_file()
        return self.candidate(-1, "title", read_head(text, (), self.company))


_SURE_ALONE = 0.55
"""How sure a name must be below the only heading of a note: two words that can be nothing else."""


def _with_facts(zone: Zone, facts: FactList) -> Zone:
    """Return what stands below a heading together with whom its list of facts names.

    A title told below (`Talk: …`) is another's, or the same in other words: the heading has it.
    """
    zone = replace(zone, facts=True, title="", title_line=0)
    if not facts.people:
        return zone
    lines = (found.line for found in facts.people)
    return replace(
        zone,
        people=facts.people,
        doubtful=(),
        place="item",
        consumed=tuple(dict.fromkeys((*lines, *zone.consumed))),
    )


def _is_label(piece: Piece) -> bool:
    words = fold(piece.text)
    return (
        FIELD_LABELS.get(words) in ("speaker", "abstract")
        or words.startswith("about the speaker")
        or bool(read_label(piece.text))
    )


def _only_name(head: Head) -> float:
    return max((r.sure for r in head.readings if r.pattern == "name"), default=0.0)


def _agreed(found: Found) -> Found:
    """A doubtful name that stands where the note has its speakers is doubtful no more."""
    return replace(found, person=replace(found.person, sure=max(0.6, found.person.sure)))


def _least_doubtful(zone: Zone) -> float:
    return min(found.person.sure for found in zone.doubtful)
