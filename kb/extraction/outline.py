"""Which sections of a note are sessions.

Every heading (or what stands for one) is weighed by itself: its shape, its words, what stands under
it. Then its company decides: beside sections that surely are talks, one of the same rank is
likely one, too. The levels of headings are a hint, not more.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from kb.extraction.clock import TIME, find_day_number, find_part, find_weekday, is_only_time
from kb.extraction.heads import Head, Reading, choose, kind_of, read_head, unquote
from kb.extraction.lexicon import (
    BREAKS,
    CONTAINERS,
    FIELD_LABELS,
    GENERIC,
    LABELS,
    SOCIAL_WORDS,
    TITLE_LABELS,
    fold,
)
from kb.extraction.links import is_session_page, tells_title
from kb.extraction.names import HANDLE, Company
from kb.extraction.pieces import Piece, Span
from kb.extraction.setting import Setting, event_weight
from kb.extraction.speakers import read_label, read_people
from kb.extraction.zones import Zone, person_of_url, read_zone
from kb.model.note import Note
from kb.model.value import Value, replace

Role = Literal["", "break", "container", "generic", "day"]
Form = Literal["title", "heading", "bold", "block", "line", "item", "row", "field"]


class Candidate(Value, frozen=True):
    """What may be the head of a session, weighed."""

    index: int
    """Of its piece; -1 for the title in the front matter."""
    form: Form
    line: int
    level: int
    head: Head
    reading: Reading
    zone: Zone
    role: Role
    score: float
    reasons: tuple[str, ...] = ()
    parent: int = -1
    """Index of the piece of the heading above it."""
    people: bool = False
    """It has speakers of its own."""


class Section(Value, frozen=True):
    """A session found: its head and its lines."""

    candidate: Candidate
    end: int
    last: int
    """Number of the piece after its last one."""
    social: bool
    rule: str
    sure: float


STRONG = 1.8


class Outline(Value, frozen=True):
    """The sessions of a note and the headings that are none."""

    sections: tuple[Section, ...] = ()
    days: tuple[tuple[int, str], ...] = ()
    """Lines of headings that name a day, with their text."""
    single: bool = False
    """The whole note is one talk."""
    shares: tuple[tuple[int, str], ...] = ()
    """Lines and texts of the headings that hold talks (tracks, days)."""


# -- roles -----------------------------------------------------------------------------------

_SOFT = re.compile(
    r"\b(?:things?|stuff|notes?|thoughts|misc|todo|tl;?dr|takeaways?|resources|links|learn(?:ed|ings|t)|conclusions?|"
    r"summary|questions?|ideas?|schedule|venue|impressions|feedback|highlights|overview|recap|people i met|upcoming|next year|"
    r"fazit|eindr[uü]cke|bilan|resumen)\b|まとめ|感想|所感|总结",
    re.IGNORECASE,
)
_CONTAINER_TAIL = re.compile(
    r"^(?:.{0,40}\s)?(?:sessions?(?:\s+(?:\d{1,2}|[ivx]{1,4}|[a-e]|am|pm))?|talks|keynotes|track(?:\s+(?:\d{1,2}|[a-e]))?|tracks|presentations|"
    r"workshops|tutorials|panels|block(?:\s+\d)?|vorträge|conférences|charlas|ponencias|セッション|lightning talks|lightnings)$",
    re.IGNORECASE,
)
_SESSION_HEAD = re.compile(r"^(?:session|track|block|part|room|stage|salle|raum|sala|slot)\s+(?:#?\d{1,2}|[ivx]{1,4}|[a-e])(?:\s*[:–—-]\s*.*)?$", re.I)


def role_of(text: str) -> Role:
    """Return what a heading is for, by its words alone; `""` where they do not tell."""
    bare = unquote(_bare(text))
    folded = fold(bare)
    if not folded:
        return ""
    folded = folded.removeprefix("the ").removeprefix("my ") if len(folded) > 8 else folded
    if folded in BREAKS or fold(bare) in BREAKS:
        return "break"
    words = folded.split()
    if words[-1] in SOCIAL_WORDS and len(words) < 6 or (words[0] in SOCIAL_WORDS and len(words) < 4):
        return "break"
    if _is_day(bare, words):
        return "day"
    if folded in CONTAINERS or fold(bare) in CONTAINERS:
        return "container"
    if _CONTAINER_TAIL.match(folded) and folded not in LABELS and len(words) < 7:
        return "container"
    if _SESSION_HEAD.match(bare):
        return "container"
    if folded in GENERIC or fold(bare) in GENERIC or folded in FIELD_LABELS:
        return "generic"
    if words[-1] in ("break", "pause", "lunch") and len(words) < 4:
        return "break"
    return ""


def _bare(text: str) -> str:
    """Drop numbering and decoration, for the words alone."""
    return re.sub(r"^[\W_]*(?:\d{1,2}|[A-Z])[.)]\s+|^[\W_]+", "", text.strip())


def _is_day(text: str, words: list[str]) -> bool:
    if len(words) > 9:
        return False
    if is_only_time(text):
        return True
    left = [word for word in words if not word.isdecimal()]
    if find_day_number(text):
        return len(words) < 5 or bool(re.match(r"\W*(?:day|tag|jour|día|dia|giorno)\b", text, re.I)) or text.endswith(
            ("日目", "天")
        )
    if find_weekday(text):
        return len(left) <= 3 or bool(find_part(text) and len(left) < 5)
    return False


# -- weighing --------------------------------------------------------------------------------


class _Weigher:
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
        index: int,
        form: Form,
        head: Head,
        reading: Reading,
        zone: Zone,
        *,
        level: int,
        line: int,
        links: tuple[Span, ...],
        parent: int,
        habits: Mapping[str, float] | None = None,
    ) -> Candidate:
        """Add up what speaks for and against a session, each with a word for `kb why`."""
        title = reading.title
        role = role_of(head.text)
        marks: list[tuple[str, float]] = []
        if reading.people and (title or reading.label):
            marks.append(("people in the heading", 0.7 + 1.8 * reading.sure))
        elif reading.people:
            marks.append(("the heading is a name", 1.3 * reading.sure + 0.9 * bool(zone.title)))
        if reading.people and habits and habits.get(reading.pattern, 0.0) >= 0.5:
            marks.append(("most headings are written so", 0.5))
        if zone.people:
            marks.append((f"speaker below ({zone.place})", _PLACES.get(zone.place, 1.8) * _least(zone)))
        if zone.pages:
            marks.append(("session page below", 1.3 + 0.4 * (zone.pages > 1)))
        marks.extend(self._pages(head, title, zone, index, links))
        marks.extend(_dress(head, zone, reading))
        if fold(title) in TITLE_LABELS and not reading.people:
            marks.append(("a label for a title", 2.0))
        elif reading.label or fold(title) in TITLE_LABELS:
            marks.append(("label", 1.3))
        elif kind_of(title):
            marks.append(("kind of session in the title", 1.0))
        if role in ("container", "day", "generic"):
            marks.append((f"words of a {role}", -3.0 if role == "generic" else -4.0))
        elif not reading.people and not zone.people:
            marks.extend(_soft(title, index, self.pieces))
        return Candidate(
            index=index,
            form=form,
            line=line,
            level=level,
            head=head,
            reading=reading,
            zone=zone,
            role=role,
            score=sum(weight for _, weight in marks),
            reasons=tuple(word for word, weight in marks if weight > 0),
            parent=parent,
            people=bool(reading.people or zone.people),
        )

    def _pages(
        self, head: Head, title: str, zone: Zone, index: int, links: tuple[Span, ...]
    ) -> list[tuple[str, float]]:
        marks = []
        references = self.note.references
        urls = [references[span.number].target for span in links]
        if any(is_session_page(url) for url in urls):
            marks.append(("the heading links to a session page", 1.9))
        stop = min(zone.stop, len(self.pieces))
        for piece in self.pieces[index + 1 : stop]:
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
    "sentence": 1.2,
    "row": 2.0,
}


def _least(zone: Zone) -> float:
    return min(found.person.sure for found in zone.people)


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
    if zone.abstract:
        marks.append(("abstract", 0.5))
    return marks


def _soft(title: str, index: int, pieces: Sequence[Piece]) -> list[tuple[str, float]]:
    marks = []
    if _SOFT.search(title):
        marks.append(("soft words", -1.5))
    if re.match(r"what (?:i|we)\b|things (?:i|we)\b|my \w+$", title, re.I):
        marks.append(("about the writer", -1.5))
    elif re.search(r"\b(?:I|my|me)\b", title) and not re.match(r"^(?:how|why) ", title, re.I):
        marks.append(("first person", -0.6))
    if title.endswith(":"):
        marks.append(("colon", -0.4))
    if 0 <= index < len(pieces):
        piece = pieces[index]
        if piece.code and "".join(piece.code).strip() == piece.text.strip():
            marks.append(("code", -1.0))
    return marks


# -- candidates ------------------------------------------------------------------------------


def _habits(heads: Sequence[Head]) -> dict[str, float]:
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
    pieces: Sequence[Piece], headings: Sequence[tuple[int, Piece]], parents: dict[int, int], company: Company
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


class _Reader:
    """Finds and weighs the candidates of a note."""

    def __init__(
        self, note: Note, pieces: Sequence[Piece], company: Company, setting: Setting
    ) -> None:
        self.note = note
        self.pieces = pieces
        self.company = company
        self.setting = setting
        self.weigher = _Weigher(note, pieces, company, setting)
        self.headings = [(i, p) for i, p in enumerate(pieces) if p.kind == "heading" and not p.depth]
        self.parents = _tree(self.headings)
        self.absorbable = _absorbable(pieces, self.headings, self.parents, company)

    def heads(self) -> list[Candidate]:
        """Return the headings as candidates; those that are part of a head are left out."""
        levels: dict[int, list[Head]] = {}
        read: dict[int, Head] = {}
        for index, piece in self.headings:
            head = read_head(piece.text, piece.links, self.company)
            read[index] = head
            if not role_of(head.text):
                levels.setdefault(piece.level, []).append(head)
        habits = {level: _habits(heads) for level, heads in levels.items()}
        swapped = self._swapped(read)
        candidates: list[Candidate] = []
        absorbed: set[int] = set()
        for index, piece in self.headings:
            if index in absorbed:
                continue
            reading = choose(read[index], habits.get(piece.level, {}), self.lift(index, piece))
            zone = self.zone(index, reading, piece.level)
            if index in swapped:
                reading, zone = self._swap(index, reading, zone)
            absorbed.update(zone.absorbed)
            candidates.append(
                self.weigher.weigh(
                    index,
                    "heading",
                    read[index],
                    reading,
                    zone,
                    level=piece.level,
                    line=piece.line,
                    links=piece.links,
                    parent=self.parents[index],
                    habits=habits.get(piece.level),
                )
            )
        return self.settle(candidates)

    def lift(self, index: int, piece: Piece) -> float:
        """A lone first heading of a plain file is a talk's: it likely names the speaker."""
        first = bool(self.headings) and self.headings[0][0] == index and index < 2
        alone = sum(other.level <= piece.level for _, other in self.headings) == 1
        return 0.08 if first and alone and self.setting.plain else 0.0

    def candidate(self, index: int, form: Form, head: Head, level: int, line: int) -> Candidate:
        """Weigh one piece (or the title, -1) as the head of a session, whatever stands around."""
        reading = choose(head, {})
        zone = self.zone(index, reading, level)
        links = self.pieces[index].links if index >= 0 else ()
        return self.weigher.weigh(
            index, form, head, reading, zone, level=level, line=line, links=links, parent=-1
        )

    def zone(self, index: int, reading: Reading, level: int) -> Zone:
        if index >= 0 and not reading.people and self.is_event(index):
            return Zone(stop=index + 1)
        stop = len(self.pieces)
        for other, _ in self.headings:
            if other > index and other not in self.absorbable and not _is_label(self.pieces[other]):
                stop = other
                break
        return read_zone(
            self.pieces,
            index + 1,
            stop,
            self.note.references,
            self.company,
            named=bool(reading.people),
            untitled=bool(reading.people) and not reading.title,
            level=level,
        )

    def is_event(self, index: int) -> bool:
        """Whether a piece is a first heading that names the event: it has no speakers."""
        first = bool(self.headings) and self.headings[0][0] == index
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
            and event_weight(read[parent].text) < 1
        ]
        return set(named) if len(named) >= 2 or (len(named) == 1 and len(pairs) == 1) or self._handled(named) else set()

    def _handled(self, named: list[int]) -> bool:
        """A handle right under the second heading settles it for one pair, too."""
        return any(
            parent + 2 < len(self.pieces) and HANDLE.match(self.pieces[parent + 2].text.strip())
            for parent in named
        )

    def _swap(self, index: int, reading: Reading, zone: Zone) -> tuple[Reading, Zone]:
        child = next(
            (i for i, _ in self.headings if i > index and self.parents[i] == index), None
        )
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
        for candidate in candidates:
            if candidate.zone.people and candidate.zone.place not in ("sentence", "label"):
                places[candidate.zone.place] = places.get(candidate.zone.place, 0) + 1

        def many_of(candidate: Candidate) -> int:
            return places.get(candidate.zone.place, 0)

        settled = []
        for candidate in candidates:
            zone = candidate.zone
            many = places.get(zone.doubtful_place, 0)
            if (
                zone.doubtful
                and not candidate.people
                and not candidate.role
                and many >= 2
                and _least_doubtful(zone) >= (0.3 if many < 4 else 0.12)
            ):
                zone = replace(
                    zone,
                    people=zone.doubtful,
                    doubtful=(),
                    place=zone.doubtful_place,
                    consumed=(*zone.consumed, *(found.line for found in zone.doubtful)),
                )
                piece = self.pieces[candidate.index]
                candidate = self.weigher.weigh(
                    candidate.index,
                    candidate.form,
                    candidate.head,
                    candidate.reading,
                    zone,
                    level=candidate.level,
                    line=candidate.line,
                    links=piece.links,
                    parent=candidate.parent,
                )
            if candidate.zone.people and many_of(candidate) >= 2 and not candidate.role:
                candidate = replace(
                    candidate,
                    score=candidate.score + (0.8 if many_of(candidate) > 2 else 0.5),
                    reasons=(*candidate.reasons, "speakers stand there throughout the note"),
                )
            settled.append(candidate)
        return settled

    def title(self) -> Candidate | None:
        """Return the title in the front matter as a candidate for a note that is one talk."""
        text = self.note.matter.title
        if not text:
            return None
        return self.candidate(-1, "title", read_head(text, (), self.company), 0, 1)


def _is_label(piece: Piece) -> bool:
    words = fold(piece.text)
    return FIELD_LABELS.get(words) in ("speaker", "abstract") or words.startswith("about the speaker") or bool(
        read_label(piece.text)
    )


def _only_name(head: Head) -> float:
    return max((r.sure for r in head.readings if r.pattern == "name"), default=0.0)


def _least_doubtful(zone: Zone) -> float:
    return min(found.person.sure for found in zone.doubtful)


# -- deciding --------------------------------------------------------------------------------


def outline(
    note: Note,
    pieces: Sequence[Piece],
    company: Company,
    setting: Setting,
) -> Outline:
    """Return the sessions of a note, in order."""
    reader = _Reader(note, pieces, company, setting)
    candidates = reader.heads()
    days = tuple((c.line, c.head.text) for c in candidates if c.role == "day")
    title = reader.title()
    everyone = [*candidates, title] if title else candidates
    if not setting.plain and setting.weight < 1.0:
        return Outline(days=days)
    strongest = sum(sorted(min(3.0, max(0.0, c.score)) for c in everyone if not c.role)[-3:])
    if setting.weight + 0.35 * strongest < (1.0 if setting.plain else 1.8):
        return Outline(days=days)
    chosen = _choose_headings(reader, candidates)
    first = candidates[0] if candidates else None
    opening = first if first and _opens(first, pieces) else None
    regions = _not_twice(_loose(reader, candidates, chosen), chosen)
    if len(chosen) + len(regions) <= 1:
        single = _single(reader, chosen, regions, title, opening, candidates)
        if single:
            return Outline(sections=(single,), days=days, single=True)
    if len(chosen) <= 1 and not regions:
        chosen = _weak_family(reader, candidates, opening, chosen)
    sections = _sections(reader, candidates, [*chosen, *regions])
    return Outline(sections=sections, days=days)


def _not_twice(loose: list[Candidate], chosen: list[Candidate]) -> list[Candidate]:
    """Leave out a list or table that only repeats the headings: a schedule, a table of contents."""
    titles = {fold(c.zone.title or c.reading.title) for c in chosen}
    names = {fold(p.name) for c in chosen for p in c.reading.people}
    fresh = [
        c
        for c in loose
        if fold(c.reading.title) not in titles
        and not (names and {fold(p.name) for p in c.reading.people} & names)
    ]
    return [] if len(fresh) * 2 <= len(loose) and chosen else fresh


def _opens(candidate: Candidate, pieces: Sequence[Piece]) -> bool:
    """Whether a heading stands for the whole note: hardly anything before it."""
    before = [piece for piece in pieces[: candidate.index] if piece.text.strip()]
    return len(before) <= 1


def _is_event_title(candidate: Candidate, reader: _Reader) -> bool:
    """A first heading that names the event, not a talk."""
    text = candidate.head.text
    if candidate.people and candidate.reading.pattern in ("by", "quote-first", "quote-last"):
        return False
    weight = event_weight(text)
    return weight >= 1.5 or (weight >= 0.8 and not candidate.people)


def _choose_headings(reader: _Reader, candidates: list[Candidate]) -> list[Candidate]:
    """Return the headings that are talks, by their own weight and by company."""
    opening = candidates[0] if candidates and _opens(candidates[0], reader.pieces) else None
    strong = [
        c
        for c in candidates
        if c.score >= STRONG
        and not (c is opening and _is_event_title(c, reader) and len(candidates) > 1)
    ]
    strong = _level_company(strong, candidates)
    strong = _nested(reader, strong)
    if not strong:
        return []
    chosen = {c.index: c for c in strong}
    levels: dict[int, list[Candidate]] = {}
    for c in candidates:
        if c is opening and (_is_event_title(c, reader) or c.index not in chosen):
            continue
        if not any(a in chosen for a in _ancestors(reader, c.index)):
            levels.setdefault(c.level, []).append(c)
    for group in levels.values():
        sure = [c for c in group if c.index in chosen]
        eligible = [c for c in group if not c.role or c.index in chosen]
        named = reader.setting.title_is_event >= 1.5
        if len(sure) < 2 or len(sure) < (0.2 if named else 0.3) * len(eligible):
            continue
        everyone = len(sure) >= 5 and len(sure) >= 0.75 * len(eligible)
        for c in eligible:
            if c.index not in chosen and c.score > (-0.1 if everyone else -0.7):
                if _has_chosen_below(reader, c, chosen):
                    continue
                chosen[c.index] = c
    return [c for c in candidates if c.index in chosen]


def _has_chosen_below(reader: _Reader, candidate: Candidate, chosen: dict[int, Candidate]) -> bool:
    return any(candidate.index in _ancestors(reader, index) for index in chosen)


def _ancestors(reader: _Reader, index: int) -> list[int]:
    found = []
    while (index := reader.parents.get(index, -1)) >= 0:
        found.append(index)
    return found


def _level_company(strong: list[Candidate], candidates: list[Candidate]) -> list[Candidate]:
    """Drop lone headings of a rank where talks mostly stand at another, unless well founded.

    A heading that is only a name is a talk beside other such headings, or beside talks.
    """
    counts: dict[int, int] = {}
    for c in strong:
        counts[c.level] = counts.get(c.level, 0) + 1
    if not counts:
        return strong
    top = max(counts.values())
    kept = []
    for c in strong:
        bare = not c.reading.title and not c.zone.title
        lone = counts[c.level] == 1 and top >= 3
        if bare and lone:
            continue
        if lone and c.score < 2.6 and not c.zone.people:
            continue
        kept.append(c)
    return kept


def _nested(reader: _Reader, strong: list[Candidate]) -> list[Candidate]:
    """Decide between a heading and those below it: one of them is the talk, or both are."""
    indexes = {c.index: c for c in strong}
    dropped: set[int] = set()
    for c in strong:
        below = [d for d in strong if c.index in _ancestors(reader, d.index)]
        if not below:
            continue
        peopled = [d for d in below if d.people or d.zone.pages]
        if len(peopled) >= 2 and not c.zone.people and not (c.reading.people and c.reading.title):
            dropped.add(c.index)
        elif len(peopled) >= 3 and _is_event_title(c, reader):
            dropped.add(c.index)
    for c in strong:
        for ancestor in _ancestors(reader, c.index):
            if ancestor in indexes and ancestor not in dropped:
                own = bool(c.zone.people) and bool(c.zone.pages or c.zone.told or c.zone.place == "item")
                linked = "a URL repeats the title" in c.reasons and c.zone.pages
                if not ((own and c.score >= 3.0) or linked):
                    dropped.add(c.index)
    return [c for c in strong if c.index not in dropped]


def _weak_family(
    reader: _Reader,
    candidates: list[Candidate],
    opening: Candidate | None,
    chosen: list[Candidate],
) -> list[Candidate]:
    """In notes of an event, headings that are nothing else are talks, even without speakers."""
    title_weight = max(
        reader.setting.title_is_event,
        event_weight(opening.head.text) if opening else 0.0,
    )
    dated = any(c.role == "day" for c in candidates) and reader.setting.weight >= 3.0
    if title_weight < 1.5 and not dated:
        return chosen
    if reader.setting.weight < 2.0:
        return chosen
    rest = [c for c in candidates if c is not opening or not _is_event_title(c, reader)]
    levels: dict[int, list[Candidate]] = {}
    for c in rest:
        if not c.role and c.score > -0.7:
            levels.setdefault(c.level, []).append(c)
    for level in sorted(levels):
        group = levels[level]
        if chosen and chosen[0].level != level:
            continue
        if len(group) >= 2 or (group and group[0].score > 0.9):
            return group
    return chosen


# -- a note that is one talk -----------------------------------------------------------------


def _single(
    reader: _Reader,
    chosen: list[Candidate],
    regions: list[Candidate],
    title: Candidate | None,
    opening: Candidate | None,
    candidates: list[Candidate],
) -> Section | None:
    """Return the one session that the whole note is about, or None."""
    end = reader.note.lines or (reader.pieces[-1].end if reader.pieces else 1)
    last = len(reader.pieces)
    if chosen and opening and chosen[0].index == opening.index:
        return Section(
            candidate=chosen[0], end=end, last=last, social=False, rule="talk-note", sure=0.9
        )
    if chosen or regions:
        return None
    if title and opening and fold(title.head.text) == fold(opening.head.text):
        title = None
    for candidate in (opening, title):
        if candidate is None or (candidate.role and candidate.form == "heading"):
            continue
        if _is_event_title(candidate, reader) and not candidate.people:
            continue
        plain = reader.setting.plain
        score = candidate.score + (0.6 if plain else 0.0)
        if reader.setting.weight >= 3.0:
            score += 0.5
        if score >= (1.8 if plain else 2.0) or (plain and _looks_like_notes(reader, candidate, candidates)):
            return Section(
                candidate=candidate,
                end=end,
                last=last,
                social=False,
                rule="talk-note",
                sure=0.85 if score >= 2.0 else 0.5,
            )
    return None


def _looks_like_notes(
    reader: _Reader, candidate: Candidate, candidates: list[Candidate]
) -> bool:
    """A file of quick notes under one title: mostly list items and short lines."""
    if reader.note.path.rpartition("/")[2].lower().startswith(("readme", "index", "changelog", "_index")):
        return False
    if len(candidate.head.text.split()) < 2 or reader.setting.weight < 1.0:
        return False
    body = [p for p in reader.pieces if p.kind in ("text", "item") and p.text.strip()]
    if len(body) < 5:
        return False
    items = sum(p.kind == "item" for p in body)
    return items >= 0.5 * len(body)


# -- sessions without headings ---------------------------------------------------------------


def _loose(
    reader: _Reader, candidates: list[Candidate], chosen: list[Candidate]
) -> list[Candidate]:
    """Find talks in bold lines, quotes, paragraphs, list items and tables outside heading talks."""
    free = _free(reader, candidates, chosen)
    if not free:
        return []
    families: dict[str, list[Candidate]] = {}
    for form, found in (
        ("bold", _bold(reader, free)),
        ("field", _fielded(reader, free)),
        ("block", _blocks(reader, free)),
        ("line", _lines(reader, free)),
        ("item", _items(reader, free)),
        ("row", _rows(reader, free)),
    ):
        if found:
            families[form] = found
    best: list[Candidate] = []
    top = 0.0
    for form, found in families.items():
        total = sum(c.score for c in found)
        enough = len(found) >= 2 or total >= 3.0 and reader.setting.weight >= 2.0
        if chosen and len(found) == 1 and form in ("item", "line"):
            enough = _among_lightning(reader, candidates, found[0])
        if enough and total > top:
            best, top = found, total
    return best


def _among_lightning(reader: _Reader, candidates: list[Candidate], found: Candidate) -> bool:
    above = [c for c in candidates if c.index < found.index]
    return bool(above) and above[-1].role == "container"


def _free(
    reader: _Reader, candidates: list[Candidate], chosen: list[Candidate]
) -> list[int]:
    """Numbers of the pieces in no heading talk and in no section that is surely something else."""
    picked = {c.index for c in chosen}
    state: list[int] = []
    owner: Candidate | None = None
    level = 0
    by_index = {c.index: c for c in candidates}
    absorbed = {number for c in candidates for number in c.zone.absorbed}
    for number, piece in enumerate(reader.pieces):
        candidate = by_index.get(number)
        if candidate:
            closed = number in picked or candidate.role in ("generic", "break")
            if owner is None or candidate.level <= level or number in picked:
                owner, level = (candidate, candidate.level) if closed else (None, 0)
            continue
        if owner is None and number not in absorbed and piece.kind != "heading":
            state.append(number)
    return state


def _bold(reader: _Reader, free: list[int]) -> list[Candidate]:
    numbers = [
        n
        for n in free
        if (p := reader.pieces[n]).strong
        and p.kind == "text"
        and p.position == 0
        and not p.depth
        and not p.quote
        and 3 < len(p.text.strip()) < 200
    ]
    return _family(reader, numbers, "bold", free)


def _family(reader: _Reader, numbers: list[int], form: Form, free: list[int]) -> list[Candidate]:
    """Weigh lines of one form like headings of one rank."""
    heads = {n: read_head(reader.pieces[n].text, reader.pieces[n].links, reader.company) for n in numbers}
    habits = _habits([head for head in heads.values() if not role_of(head.text)])
    candidates = []
    bounds = sorted({*numbers, *(i for i, _ in reader.headings), len(reader.pieces)})
    for n in numbers:
        reading = choose(heads[n], habits)
        stop = next(b for b in bounds if b > n)
        zone = read_zone(
            reader.pieces,
            n + 1,
            stop,
            reader.note.references,
            reader.company,
            named=bool(reading.people),
            untitled=bool(reading.people) and not reading.title,
            level=7,
        )
        candidates.append(
            reader.weigher.weigh(
                n,
                form,
                heads[n],
                reading,
                zone,
                level=7,
                line=reader.pieces[n].line,
                links=reader.pieces[n].links,
                parent=-1,
            )
        )
    candidates = reader.settle(candidates)
    strong = [c for c in candidates if c.score >= 1.8 and not c.role]
    if not strong:
        return []
    eligible = [c for c in candidates if not c.role and c.score > -0.5]
    numbered = sum(c.head.dressing.numbered for c in eligible) >= 0.6 * len(eligible)
    if len(strong) >= 2 and (len(strong) >= 0.4 * len(eligible) or numbered):
        if numbered:
            eligible = [c for c in eligible if c.head.dressing.numbered or c in strong]
        return eligible
    return strong


def _fielded(reader: _Reader, free: list[int]) -> list[Candidate]:
    """Runs of labelled lines that begin with the title: `Talk: …`, `Speaker: …`."""
    numbers = []
    for n in free:
        piece = reader.pieces[n]
        label = read_label(piece.text) if len(piece.text) < 200 else None
        if label and label[0] == "title" and len(label[1]) > 3:
            numbers.append(n)
    return _family(reader, numbers, "field", free) if numbers else []


def _blocks(reader: _Reader, free: list[int]) -> list[Candidate]:
    """Quotes and paragraphs whose first line is a title and whose last ones name the speaker."""
    inside = set(free)
    blocks: dict[int, list[int]] = {}
    for n in free:
        piece = reader.pieces[n]
        if piece.kind == "text" and not piece.depth:
            key = -piece.container if piece.quote else piece.block
            blocks.setdefault(key, []).append(n)
    found = []
    for numbers in blocks.values():
        if len(numbers) < 2 or len(numbers) > 14 or not inside.issuperset(numbers):
            continue
        candidate = _block(reader, numbers)
        if candidate:
            found.append(candidate)
    found.sort(key=lambda c: c.index)
    return found


def _block(reader: _Reader, numbers: list[int]) -> Candidate | None:
    first = reader.pieces[numbers[0]]
    head = read_head(first.text, first.links, reader.company)
    label = read_label(first.text)
    if label and label[0] not in ("title",):
        return None
    reading = choose(head, {})
    if role_of(head.text) or not 1 < len(reading.title.split()) < 30 or first.text.rstrip().endswith((".", ",")) and "..." not in first.text:
        return None
    zone = _block_zone(reader, numbers, named=bool(reading.people))
    if not zone.people and not (label and label[0] == "title" and zone.told):
        return None
    return reader.weigher.weigh(
        numbers[0],
        "block",
        head,
        reading,
        zone,
        level=7,
        line=first.line,
        links=first.links,
        parent=-1,
    )


def _block_zone(reader: _Reader, numbers: list[int], *, named: bool) -> Zone:
    """Read the lines of a block under its first: names anywhere, the rest is about them."""
    zones: list[Zone] = []
    prose: list[int] = []
    for n in numbers[1:]:
        piece = reader.pieces[n]
        if not piece.text.strip():
            continue
        lone = Piece(
            kind="text",
            line=piece.line,
            end=piece.end,
            block=-n - 1,
            text=piece.text,
            strong=piece.strong,
            emphasis=piece.emphasis,
            links=piece.links,
            lead=piece.lead,
        )
        if len(piece.text) > 90:
            prose.append(piece.line)
            continue
        zone = read_zone(
            [lone], 0, 1, reader.note.references, reader.company, named=False, level=7
        )
        if zone.consumed and zone.place != "sentence":
            zones.append(zone)
        else:
            prose.append(piece.line)
    people = tuple(found for zone in zones for found in zone.people)
    return Zone(
        people=people,
        place=next((zone.place for zone in zones if zone.place), ""),
        pages=sum(zone.pages for zone in zones),
        told=any(zone.told for zone in zones),
        media=any(zone.media for zone in zones),
        consumed=tuple(line for zone in zones for line in zone.consumed),
        slot_start=next((zone.slot_start for zone in zones if zone.slot_start), ""),
        slot_finish=next((zone.slot_finish for zone in zones if zone.slot_finish), ""),
        room=next((zone.room for zone in zones if zone.room), ""),
        stop=numbers[-1] + 1,
    )


_MARKED = re.compile(r"^\W{0,3}[“\"「『«„]")


def _lines(reader: _Reader, free: list[int]) -> list[Candidate]:
    """Lines of text that begin with a marked title (link, quotes, bold) and name a speaker."""
    numbers = []
    for n in free:
        piece = reader.pieces[n]
        text = piece.text
        timed = bool(TIME.match(text.lstrip(" [(")))
        if piece.kind != "text" or (piece.depth and not timed) or piece.quote or len(text) > 260:
            continue
        marked = (
            _MARKED.match(text)
            or timed
            or (piece.links and text[: piece.links[0].start].strip().lower() in _LEADINS)
            or (piece.lead and len(piece.lead.split()) > 1)
        )
        if not marked:
            continue
        numbers.append(n)
    heads = {n: _line_head(reader.pieces[n], reader.company) for n in numbers}
    habits = _habits(list(heads.values()))
    found = []
    for n in numbers:
        reading = choose(heads[n], habits)
        if not reading.people or reading.sure < 0.55 or len(reading.title) < 3:
            continue
        stop = n + 1
        zone = Zone(stop=stop)
        found.append(
            reader.weigher.weigh(
                n,
                "line",
                heads[n],
                reading,
                zone,
                level=7,
                line=reader.pieces[n].line,
                links=reader.pieces[n].links,
                parent=-1,
            )
        )
    return [c for c in found if c.score >= 1.5 and not c.role]


_LEADINS = frozenset({"", "from the", "the", "talk:", "from", "“", '"', "-", "–", "•"})


def _line_head(piece: Piece, company: Company) -> Head:
    text = piece.text
    if piece.links and text[: piece.links[0].start].strip().lower() in ("from the", "from", "the"):
        cut = piece.links[0].start
        text = " " * cut + text[cut:]
    head = read_head(text, piece.links, company)
    led = _led(piece, text, company)
    return replace(head, readings=(led, *head.readings)) if led else head


_BY_NAME = re.compile(
    r"[\s,:–—-]*\b(?:by|von|par|por|from|with)\s+(?P<names>(?:[^\W\d_a-z][\w.’'-]*|van|von|de|der|den|di|da|del|bin|la|le|and|&|,)"
    r"(?:\s*,\s+(?=[^\W\d_a-z])|\s+(?:(?:and|&|van|von|de|der|den|di|da|del|bin|la|le)\s+)*(?=[^\W\d_a-z])[^\W\d_a-z][\w.’'-]*|[\w.’'-]+)*)"
)


def _led(piece: Piece, text: str, company: Company) -> Reading | None:
    """Read `**TITLE** by NAME said …`: a title set off at the start, and a name in the sentence."""
    lead, rest = piece.lead, ""
    if lead and text.strip().startswith(lead[:20]):
        rest = text.strip()[len(lead) :]
    elif piece.links and not text[: piece.links[0].start].strip():
        lead, rest = text[piece.links[0].start : piece.links[0].end], text[piece.links[0].end :]
    elif match := re.match(r"\s*[“\"「«„]([^“”\"」»]{4,})[”\"」»]", text):
        lead, rest = match[1], text[match.end() :]
    match = _BY_NAME.match(rest) if lead else None
    if not match:
        return None
    words = match["names"].split()
    for size in range(min(len(words), 6), 0, -1):
        people = read_people(" ".join(words[:size]).rstrip(" ,"), company, bonus=0.15)
        if people.persons and people.sure >= 0.6:
            return Reading(
                title=unquote(lead), people=people.persons, pattern="lead-by", sure=people.sure
            )
    return None


def _items(reader: _Reader, free: list[int]) -> list[Candidate]:
    """List items that are talks: `Title by Name`, with notes nested below or a speaker in each."""
    numbers = [
        n
        for n in free
        if (p := reader.pieces[n]).kind == "item" and p.depth == 1 and not p.quote and len(p.text) < 220
    ]
    if not numbers:
        return []
    heads = {n: read_head(reader.pieces[n].text, reader.pieces[n].links, reader.company) for n in numbers}
    habits = _habits(list(heads.values()))
    found = []
    for position, n in enumerate(numbers):
        reading = choose(heads[n], habits)
        after = numbers[position + 1] if position + 1 < len(numbers) else len(reader.pieces)
        after = min(after, next((i for i, _ in reader.headings if i > n), after))
        zone = _item_zone(reader, n, after, named=bool(reading.people))
        if not reading.people and not zone.people:
            continue
        if reading.people and (reading.sure < 0.55 or len(reading.title.split()) < 2) and not zone.people:
            continue
        shared = habits.get(reading.pattern, 0.0) >= 0.5 and len(numbers) >= 2
        found.append(
            _shared_pattern(
                shared,
                reader.weigher.weigh(
                n,
                "item",
                heads[n],
                reading,
                zone,
                level=7,
                line=reader.pieces[n].line,
                links=reader.pieces[n].links,
                parent=-1,
            ),
            )
        )
    strong = [c for c in found if c.score >= 1.8 and not c.role]
    return strong if len(strong) >= 2 and len(strong) >= 0.3 * len(numbers) else []


def _shared_pattern(shared: bool, candidate: Candidate) -> Candidate:  # noqa: FBT001
    if not shared:
        return candidate
    return replace(
        candidate,
        score=candidate.score + 0.5,
        reasons=(*candidate.reasons, "most of the list is written so"),
    )


def _item_zone(reader: _Reader, index: int, after: int, *, named: bool) -> Zone:
    """Read the nested lines under a list item as its head, one level up."""
    lines = []
    for n in range(index + 1, after):
        piece = reader.pieces[n]
        if piece.depth == 0 and piece.kind != "text":
            break
        lines.append(
            Piece(
                kind=piece.kind,
                line=piece.line,
                end=piece.end,
                block=piece.block,
                position=piece.position,
                depth=max(0, piece.depth - 1),
                quote=piece.quote,
                text=piece.text,
                strong=piece.strong,
                lead=piece.lead,
                emphasis=piece.emphasis,
                links=piece.links,
                container=piece.container,
            )
        )
    zone = read_zone(
        lines, 0, len(lines), reader.note.references, reader.company, named=named, level=7
    )
    return replace(zone, stop=index + 1 + zone.stop)


def _rows(reader: _Reader, free: list[int]) -> list[Candidate]:
    """Rows of a table whose head names a column for titles and one for speakers."""
    found: list[Candidate] = []
    titles = speakers = times = rooms = -1
    for n in free:
        piece = reader.pieces[n]
        if piece.kind != "row":
            titles = -1
            continue
        if piece.header:
            fields = [FIELD_LABELS.get(fold(cell), "") for cell in piece.cells]
            titles = fields.index("title") if "title" in fields else -1
            speakers = fields.index("speaker") if "speaker" in fields else -1
            times = fields.index("time") if "time" in fields else -1
            rooms = fields.index("room") if "room" in fields else -1
            continue
        if titles < 0 or titles >= len(piece.cells) or not piece.cells[titles]:
            continue
        candidate = _row(reader, n, titles, speakers, times, rooms)
        if candidate:
            found.append(candidate)
    return found


def _row(
    reader: _Reader, n: int, titles: int, speakers: int, times: int, rooms: int
) -> Candidate | None:
    piece = reader.pieces[n]
    head = read_head(piece.cells[titles], (), reader.company)
    if role_of(head.text):
        return None
    reading = choose(head, {}) if speakers < 0 else next(r for r in head.readings if r.pattern == "none")
    zone = Zone(stop=n + 1)
    if 0 <= speakers < len(piece.cells) and piece.cells[speakers]:
        lone = Piece(
            kind="text",
            line=piece.line,
            end=piece.end,
            block=-n,
            text="Speaker: " + piece.cells[speakers],
        )
        zone = replace(
            read_zone([lone], 0, 1, reader.note.references, reader.company, named=False, level=7),
            stop=n + 1,
        )
    changes: dict[str, object] = {}
    if 0 <= times < len(piece.cells):
        clock = read_head(piece.cells[times] + " x", (), reader.company).dressing.slot
        changes.update(slot_start=clock.start, slot_finish=clock.finish)
    if 0 <= rooms < len(piece.cells):
        changes.update(room=piece.cells[rooms])
    if changes:
        zone = replace(zone, **changes)
    candidate = reader.weigher.weigh(
        n, "row", head, reading, zone, level=7, line=piece.line, links=piece.links, parent=-1
    )
    return candidate if candidate.people else None


# -- boundaries ------------------------------------------------------------------------------


def _sections(
    reader: _Reader, candidates: list[Candidate], talks: list[Candidate]
) -> tuple[Section, ...]:
    """Give each talk its lines, and add the social sessions that stand beside them."""
    talks = sorted(talks, key=lambda c: c.index)
    picked = {c.index for c in talks}
    levels = {c.level for c in talks if c.form == "heading"}
    socials = [
        c
        for c in candidates
        if c.role == "break" and c.index not in picked and (c.level in levels or not levels)
    ]
    absorbed = {number for c in talks for number in c.zone.absorbed}
    heads = sorted([*talks, *socials], key=lambda c: c.index)
    sections = []
    for c in heads:
        last = len(reader.pieces)
        for other in heads:
            if other.index > c.index:
                last = other.index
                break
        for index, piece in reader.headings:
            if c.index < index < last and index not in absorbed:
                if c.form != "heading" or piece.level <= c.level:
                    last = index
                    break
        if c.form == "row":
            last = c.index + 1
        end = reader.pieces[last - 1].end if last > 0 else c.line
        if last < len(reader.pieces):
            end = max(end, min(reader.pieces[last].line - 1, end))
        else:
            end = max(end, reader.pieces[-1].end)
        social = c.role == "break"
        sections.append(
            Section(
                candidate=c,
                end=end,
                last=last,
                social=social,
                rule="social" if social else _rule(c),
                sure=0.8 if social else max(0.4, min(0.97, 0.5 + c.score / 10)),
            )
        )
    return tuple(sections)


def section_at(
    note: Note, pieces: Sequence[Piece], company: Company, setting: Setting, index: int
) -> Section:
    """Return the session that the writer says begins at piece `index`; -1 means the whole note."""
    reader = _Reader(note, pieces, company, setting)
    end = max(1, note.lines)
    if index < 0:
        text = note.matter.title or note.title
        opening = next((i for i, _ in reader.headings[:1] if i < 4), -1)
        if opening >= 0 and not note.matter.title:
            section = section_at(note, pieces, company, setting, opening)
            return replace(section, end=end, last=len(pieces))
        candidate = reader.candidate(-1, "title", read_head(text, (), company), 0, 1)
        return Section(
            candidate=candidate, end=end, last=len(pieces), social=False, rule="explicit", sure=1.0
        )
    piece = pieces[index]
    form: Form = "heading" if piece.kind == "heading" else "line"
    head = read_head(piece.text, piece.links, company)
    candidate = reader.candidate(index, form, head, piece.level or 7, piece.line)
    absorbed = set(candidate.zone.absorbed)
    last = next(
        (
            i
            for i, other in reader.headings
            if i > index and i not in absorbed and (form != "heading" or other.level <= piece.level)
        ),
        len(pieces),
    )
    end = max(piece.end, pieces[last].line - 1) if last < len(pieces) else end
    return Section(
        candidate=candidate, end=end, last=last, social=False, rule="explicit", sure=1.0
    )


def _rule(candidate: Candidate) -> str:
    if candidate.score >= STRONG:
        return f"talk-{candidate.form}"
    return "talk-company"
