"""Which tellings of several notes are one session, and the order of an event's day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kb.graph.days import Calendar, Day, as_date, own_day, picture_date
from kb.graph.events import Edition
from kb.graph.folding import title_key
from kb.graph.links import canonical
from kb.graph.people import People
from kb.graph.written import Part, Written
from kb.model.facts import SessionFacts, SessionKind, SpeakerMention
from kb.model.note import Lines
from kb.model.site import Telling
from kb.model.value import Value

MANY_GROUPS = 50
"""Sessions of one title at one event that a further telling is compared with, at most."""
_PARTS = {"am": "06:00", "pm": "12:30", "evening": "18:00"}
_SAID_AS = {"title": "name", "start": "time", "finish": "time"}
"""What the writer calls a field in `[[talks]]`, where that is another word."""
_OWN_LINKS = frozenset({"recording", "schedule", "slides"})
_UNDATED = "9999"


class Joined(Value, frozen=True):
    """One session and all its tellings."""

    event: str
    """`Edition.key`, or `""`."""
    parts: tuple[Part, ...]
    """By the notes' dates and paths; never empty."""
    day: Day
    sort_date: str
    time: str
    """For ordering on its day: its start, or what comes nearest to it; may be `""`."""

    @property
    def order(self) -> tuple[str, str, str, str, int]:
        """Place among the sessions of its event."""
        first = self.parts[0]
        return (
            self.sort_date or _UNDATED,
            self.time,
            first.written.date or _UNDATED,
            first.path,
            first.index,
        )

    @property
    def age(self) -> tuple[str, str, int]:
        """Who came first, for giving out URLs: the date and path of the first note."""
        first = self.parts[0]
        return (first.written.date or _UNDATED, first.path, first.index)


Speakers = Mapping[str, Sequence[tuple[Written, SpeakerMention]]]
"""By person key: who says that this person gave a session."""


class _Clues(Value, frozen=True):
    """What tells whether two tellings are one session."""

    part: Part
    day: Day
    speakers: frozenset[str]
    links: frozenset[str]


def join_sessions(
    all_written: Sequence[Written],
    editions: Mapping[str, Edition],
    calendars: Mapping[str, Calendar],
    people: People,
    taken: Mapping[tuple[str, str], str],
) -> tuple[Joined, ...]:
    """Return every session of every note, those of several notes that are one as one.

    `editions` are by note path, `calendars` by `Edition.key`; `taken` as in `date_days`. Two
    tellings are one session where event and title agree and nothing speaks against it: another
    day, other speakers. A title that says little (`Keynote`), a session of no event, and two of
    one note need more: a speaker or a recording in common, or the same day.
    """
    buckets: dict[tuple[str, str], list[_Clues]] = defaultdict(list)
    times: dict[tuple[str, int], str] = {}
    for written in sorted(all_written, key=lambda w: (w.date or _UNDATED, w.path)):
        edition = editions.get(written.path)
        calendar = calendars[edition.key] if edition else Calendar(guess=written.date)
        previous, today = "", ""
        for index, session in enumerate(written.facts.sessions):
            part = Part(written=written, session=session, index=index)
            clues = _Clues(
                part=part,
                day=day_of(part, calendar, edition.year if edition else 0, taken),
                speakers=frozenset(people.key(mention.name) for mention in session.speakers),
                links=frozenset(
                    canonical(link.url) for link in session.links if link.kind in _OWN_LINKS
                ),
            )
            event = written.facts.event
            half = session.part or (event.part if event else "")
            if clues.day.key != today:
                previous, today = "", clues.day.key
            previous = (
                session.start.zfill(5) if session.start else max(previous, _PARTS.get(half, ""))
            )
            times[written.path, index] = previous
            title = title_key(session.title) or f"\0{written.path}\0{index}"
            buckets[edition.key if edition else "", title].append(clues)
    found = [
        _joined(event, group, times)
        for (event, title), clues in buckets.items()
        for group in _groups(clues, needs_more=not event or title.count(" ") < 2)
    ]
    return tuple(sorted(found, key=lambda joined: (joined.event, *joined.order)))


def day_of(part: Part, calendar: Calendar, year: int, taken: Mapping[tuple[str, str], str]) -> Day:
    """Return the day of one telling: what it says, else what all its pictures show."""
    word = own_day(part.session.day, part.written)
    if word or "" in calendar.days:
        return calendar.day(word, part.written.date)
    posted = as_date(part.written.date)
    shown = {
        picture_date(when, year, posted)
        for picture in part.session.pictures
        if (when := picture.taken or taken.get((part.path, picture.target), ""))
    }
    found = next(iter(shown)) if len(shown) == 1 else None
    if found is None or (posted and found > posted):
        return Day(key="", guess=calendar.guess)
    return calendar.day(found.isoformat())


def _groups(clues: Sequence[_Clues], *, needs_more: bool) -> list[list[_Clues]]:
    groups: list[list[_Clues]] = []
    by_clue: dict[str, list[int]] = defaultdict(list)
    for clue in clues:
        tokens = [*sorted(clue.speakers), *sorted(clue.links), f"day {clue.day.key}"]
        likely = {place for token in tokens for place in by_clue[token][:MANY_GROUPS]}
        likely.update(() if needs_more else range(min(len(groups), MANY_GROUPS)))
        home = next(
            (n for n in sorted(likely) if _is_one(clue, groups[n], needs_more=needs_more)), -1
        )
        if home < 0:
            home = len(groups)
            groups.append([])
        groups[home].append(clue)
        for token in tokens:
            if home not in by_clue[token]:
                by_clue[token].append(home)
    return groups


def _is_one(clue: _Clues, group: Sequence[_Clues], *, needs_more: bool) -> bool:
    """Return whether `clue` tells of the same session as all of `group`."""
    for other in group:
        shared = bool(clue.speakers & other.speakers or clue.links & other.links)
        if clue.speakers and other.speakers and not clue.speakers & other.speakers:
            return False
        if not _one_day(clue.day, other.day):
            return False
        if clue.part.path == other.part.path:
            if not shared:
                return False
        elif needs_more and not shared:
            same_day = bool(clue.day.key) and clue.day.key == other.day.key
            if not same_day or clue.part.session.start != other.part.session.start:
                return False
    return True


def _one_day(one: Day, other: Day) -> bool:
    if not one.key or not other.key or one.key == other.key:
        return True
    if one.date and other.date:
        return False
    return bool(one.weekday) and one.weekday == other.weekday


def _joined(event: str, group: Sequence[_Clues], times: Mapping[tuple[str, int], str]) -> Joined:
    parts = tuple(clue.part for clue in group)
    days = sorted((clue.day for clue in group), key=lambda day: (not day.date, -day.sure, day.key))
    day = next((day for day in days if day.key), days[0])
    said = sorted((not part.session.start, times[part.path, part.index]) for part in parts)
    return Joined(
        event=event,
        parts=parts,
        day=day,
        sort_date=day.date or day.guess or parts[0].written.date,
        time=said[0][1],
    )


def title_of(joined: Joined) -> str:
    """Return the title of a session: the writer's word, else the surest; never empty."""
    sessions = [part.session for part in joined.parts]
    titled = [session for session in sessions if session.title.strip()]
    if len(titled) == 1:
        return titled[0].title.strip()
    if titled:
        best = max(titled, key=lambda session: _explicit(session, "title"))
        return best.title.strip()
    headings = [session.heading.strip() for session in sessions if session.heading.strip()]
    if headings:
        return headings[0]
    names = [mention.name for session in sessions for mention in session.speakers]
    return ", ".join(names[:3]) or sessions[0].kind.title()


def _explicit(session: SessionFacts, field: str) -> bool:
    rules = {f"explicit-{field}", f"explicit-{_SAID_AS.get(field, field)}"}
    return any(evidence.rule in rules for evidence in (session.evidence, *session.why))


def first_said(joined: Joined, field: str) -> str:
    """Return the first telling's `field` that is not empty, the writer's own word before others."""
    if len(joined.parts) == 1:
        return str(getattr(joined.parts[0].session, field))
    sessions = [part.session for part in joined.parts]
    ranked = sorted(sessions, key=lambda session: not _explicit(session, field))
    return next((str(value) for session in ranked if (value := getattr(session, field))), "")


def telling(part: Part) -> Telling:
    """Return where one note tells a session."""
    session = part.session
    return Telling(
        note=part.path,
        lines=Lines(session.line, max(session.line, session.end)),
        notes=session.notes,
        abstract=session.abstract,
        anchor=session.anchor,
    )


def abstract_of(joined: Joined) -> str:
    """Return the abstract that the writer gave outright, else the longest of all tellings."""
    sessions = [part.session for part in joined.parts]
    given = [session for session in sessions if _explicit(session, "abstract")]
    return max((session.abstract_text for session in given or sessions), key=len)


def speakers_of(joined: Joined, people: People) -> Speakers:
    """Return who gave a session, by person key, with every place that says so.

    Where the writer says it outright in one note, what was guessed in another does not count.
    """
    said: dict[str, list[tuple[Written, SpeakerMention]]] = defaultdict(list)
    for part in joined.parts:
        for mention in part.session.speakers:
            if key := people.key(mention.name):
                said[key].append((part.written, mention))
    outright = {key for key, found in said.items() if any(m.evidence.explicit for _, m in found)}
    return {key: found for key, found in said.items() if not outright or key in outright}


def kind_of(joined: Joined) -> SessionKind:
    """Return the kind: the writer's word, else the first that says more than `talk`."""
    sessions = [part.session for part in joined.parts]
    explicit = [session.kind for session in sessions if _explicit(session, "kind")]
    special = [session.kind for session in sessions if session.kind != "talk"]
    return (*explicit, *special, sessions[0].kind)[0]
