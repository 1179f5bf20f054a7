"""`kb match`: a published programme brought to the notes, and what it adds kept beside them."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.building.files import FileFault, make_folder, read_source, write_whole
from kb.building.learning import Knowledge
from kb.building.options import Hooks, Options
from kb.building.pipeline import load
from kb.building.programmes import LARGEST
from kb.building.project import Project, ProjectFault
from kb.building.scan import SCHEDULES
from kb.model.facts import WEEKDAYS, SessionFacts
from kb.model.schedule import Entry, Place, Programme, Schedule, ScheduleSession, State
from kb.model.site import EventRecord, SessionRecord, Url
from kb.model.value import Value, replace
from kb.reading.programmes import read_programme
from kb.schedules.filling import additions, fill, places_of
from kb.schedules.folding import fold
from kb.schedules.matching import Matching, Noted, Pair, match
from kb.schedules.writing import is_untouched, programme_file

_MOST_OF = 0.6
"""Share of the matched talks that one event must have for the programme to be of it alone."""


class Asked(Value, frozen=True):
    """What a person wants of a programme."""

    source: str = ""
    """Name of the file that the schedule came from."""
    event: str = ""
    """Title, name or URL of the event; `""` for the one that fits."""
    accept: tuple[str, ...] = ()
    """Ids of sessions whose doubtful talk is theirs."""
    reject: tuple[str, ...] = ()
    """Ids of sessions whose talk is not theirs."""
    force: bool = False
    """Whether files that a person changed may be written anew."""


class Both(Value, frozen=True):
    """A session of the programme and a talk of the notes."""

    session: ScheduleSession
    talk: SessionRecord
    score: float
    reasons: tuple[str, ...]
    state: State
    adds: tuple[str, ...] = ()
    """What the programme knows and the notes do not: `speakers time room …`."""


class File(Value, frozen=True):
    """A file below `content/schedules`, to be written or as it is."""

    path: str
    """Relative to the site's folder."""
    event: EventRecord
    programme: Programme
    data: bytes
    is_new: bool
    """Whether the folder has it otherwise, or not at all."""


@dataclass(frozen=True)
class Matched:
    """What became of a programme; nothing was written yet."""

    knowledge: Knowledge
    """What the notes say without any programme."""
    schedule: Schedule
    sure: tuple[Both, ...]
    doubtful: tuple[Both, ...]
    talks: tuple[SessionRecord, ...]
    """Of the events concerned: those that no session is like."""
    sessions: tuple[ScheduleSession, ...]
    """Those that no note tells of."""
    files: tuple[File, ...]


def match_schedule(
    project: Project, options: Options, schedule: Schedule, asked: Asked, hooks: Hooks
) -> Matched:
    """Return which talks of the notes are which sessions of `schedule`.

    Raises:
        ProjectFault: no event fits, several are called so, or an id names no session.
        FileFault: a file of programmes was changed by a person, and `asked` does not say `force`.
    """
    knowledge = load(project, replace(options, programmes=False), hooks)
    events = _events(knowledge.site.events, schedule, asked.event)
    before = {event.url: _before(project, event) for event in events}
    matcher = _Matcher(knowledge, schedule, [programme for programme, _ in before.values()])
    found = matcher.match(events)
    if not asked.event:
        events = _chosen(events, found, schedule)
        found = matcher.match(events)
    if asked.accept or asked.reject:
        matcher.decide(found, asked)
        found = matcher.match(events)
    files = tuple(matcher.file(event, found, *before[event.url], asked.source) for event in events)
    for file in files:
        old = before[file.event.url][1]
        if file.is_new and old is not None and not is_untouched(old) and not asked.force:
            raise FileFault(
                file.path,
                "it was changed since kb wrote it, and nothing was written"
                " (rename it, or write it anew with --force)",
            )
    both = matcher.both(found, files)
    return Matched(
        knowledge=knowledge,
        schedule=schedule,
        sure=tuple(one for one in both if one.state != "doubtful"),
        doubtful=tuple(one for one in both if one.state == "doubtful"),
        talks=tuple(found.talks[n] for n in found.matching.noted),
        sessions=tuple(schedule.sessions[n] for n in found.matching.sessions),
        files=files,
    )


def write_files(project: Project, files: Iterable[File]) -> None:
    """Write the programmes that are new.

    Raises:
        FileFault: the disk refused, or a name on the way is a link or a file.
    """
    for file in files:
        if file.is_new:
            path = project.root / file.path
            make_folder(path.parent)
            if path.is_symlink() or path.parent.is_symlink():
                raise FileFault(file.path, "it is a symbolic link; nothing was written")
            write_whole(path, file.data, sync=True)


# -- the event --------------------------------------------------------------------------------


def _events(
    events: Sequence[EventRecord], schedule: Schedule, wanted: str
) -> tuple[EventRecord, ...]:
    """Return the events that the programme may be of.

    Raises:
        ProjectFault: there is none, or `wanted` names none, or several.
    """
    if not wanted:
        first, last = schedule.start[:4] or "0000", schedule.end[:4] or "9999"
        fitting = (one for one in events if not one.year or first <= f"{one.year:04d}" <= last)
        return tuple(fitting)
    path = _last_part(wanted)
    by_url = [one for one in events if _last_part(one.url) == path]
    named = by_url or [one for one in events if fold(wanted) == fold(one.title)]
    named = named or [one for one in events if fold(wanted) == fold(one.name)]
    named = named or [one for one in events if fold(wanted) and fold(wanted) in fold(one.title)]
    if len(named) == 1:
        return tuple(named)
    if named:
        several = ", ".join(repr(one.title) for one in named[:5])
        raise ProjectFault(f"several events are called {wanted!r}: {several}")
    raise ProjectFault(f"no event is called {wanted!r}; kb list events shows their names")


def _last_part(url: str) -> str:
    return url.strip("/").rsplit("/", 1)[-1]


def _chosen(
    events: Sequence[EventRecord], found: "_Found", schedule: Schedule
) -> tuple[EventRecord, ...]:
    """Return the event that most matched talks are of; several where the programme is of several.

    Raises:
        ProjectFault: nothing tells which event it is.
    """
    counts = Counter(found.talks[pair.noted].event for pair in found.matching.pairs if pair.sure)
    if counts:
        best, most = counts.most_common(1)[0]
        if most >= _MOST_OF * counts.total():
            return tuple(one for one in events if one.url == best)
        return tuple(one for one in events if one.url in counts)
    title = fold(schedule.title)
    named = [one for one in events if title and {fold(one.title), fold(one.name)} & {title}]
    named = named or [one for one in events if title and fold(one.name) in title]
    if len(named) == 1:
        return tuple(named)
    what = f"“{schedule.title}”" if schedule.title else "this programme"
    raise ProjectFault(
        f"no talk of the notes is in {what}, so its event is unknown; name it with --event"
    )


def _noted(talks: Sequence[SessionRecord], events: Sequence[EventRecord]) -> list[Noted]:
    weekdays: dict[tuple[str, str], str] = {
        (one.url, day.key): day.weekday for one in events for day in one.days
    }
    return [
        Noted(
            title=talk.title,
            speakers=tuple(credit.name for credit in talk.speakers),
            date=talk.date,
            weekday=weekdays.get((talk.event or "", talk.day), "")
            or (talk.day if talk.day in WEEKDAYS else ""),
            start=talk.start,
            urls=tuple(one.url for one in talk.citations if one.kind in {"recording", "schedule"}),
        )
        for talk in talks
    ]


# -- what was there before, and what a person said of it ------------------------------------------


def _path_of(project: Project, event: EventRecord) -> str:
    folder = project.settings.content.folder.strip("/").removeprefix("./")
    base = f"{folder}/" if folder not in {"", "."} else ""
    return f"{base}{SCHEDULES}/{_last_part(event.url)}.toml"


def _before(project: Project, event: EventRecord) -> tuple[Programme, bytes | None]:
    """Return the programme of an event as it lies there, and its file; an empty one for none.

    Raises:
        FileFault: it is there and cannot be read.
    """
    path = _path_of(project, event)
    if not os.path.lexists(project.root / path):
        return Programme(path, event.title), None
    source = read_source(project.root, path, LARGEST)
    programme, _ = read_programme(source)
    return replace(programme, event=event.title), source.data


# -- the match --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """The talks of some events, and what they were matched with."""

    talks: Sequence[SessionRecord]
    matching: Matching


class _Matcher:
    """Matches the talks of events with one schedule, minding what a person has said."""

    def __init__(
        self, knowledge: Knowledge, schedule: Schedule, programmes: Iterable[Programme]
    ) -> None:
        self._knowledge = knowledge
        self._schedule = schedule
        self._places = _places(knowledge)
        self._by_id = {one.id: number for number, one in enumerate(schedule.sessions)}
        self._said: dict[tuple[Place, str], bool] = {}
        """Of a talk and the id of a session, whether they are one."""
        for programme in programmes:
            for entry in programme.entries:
                told = entry.told if entry.state == "accepted" else ()
                self._said |= {(place, entry.session.id): True for place in told}
                self._said |= {(place, entry.session.id): False for place in entry.rejected}

    def match(self, events: Sequence[EventRecord]) -> _Found:
        """Return what becomes of the talks of `events`."""
        urls = {event.url for event in events}
        talks = [one for one in self._knowledge.site.sessions if one.event in urls]
        said: dict[Place, list[str]] = defaultdict(list)
        for place, identity in self._said:
            if identity in self._by_id:
                said[place].append(identity)
        settled = {
            (number, self._by_id[identity]): self._said[place, identity]
            for number, talk in enumerate(talks)
            for place in self._places[talk.url]
            for identity in said.get(place, ())
        }
        return _Found(talks, match(_noted(talks, events), self._schedule, settled))

    def decide(self, found: _Found, asked: Asked) -> None:
        """Take what a person says of pairs that were found.

        Raises:
            ProjectFault: there is no such session, or no talk that it may be.
        """
        pairs = {self._schedule.sessions[one.session].id: one for one in found.matching.pairs}
        for identity in (*asked.accept, *asked.reject):
            if identity not in self._by_id:
                raise ProjectFault(f"the programme has no session with the id {identity!r}")
            if identity not in pairs:
                raise ProjectFault(f"no talk of the notes may be the session {identity!r}")
            for place in self._places[found.talks[pairs[identity].noted].url]:
                self._said[place, identity] = identity in asked.accept

    def file(
        self,
        event: EventRecord,
        found: _Found,
        before: Programme,
        data: bytes | None,
        source: str,
    ) -> File:
        """Return the programme of `event`: all sessions, or its own where there are several."""
        schedule = self._schedule
        pairs = {pair.session: pair for pair in found.matching.pairs}
        alone = len({talk.event for talk in found.talks}) <= 1
        entries = tuple(
            self._entry(session, pairs.get(number), found)
            for number, session in enumerate(schedule.sessions)
            if alone or (number in pairs and found.talks[pairs[number].noted].event == event.url)
        )
        days = sorted(one.session.date for one in entries if one.session.date)
        programme = Programme(
            path=before.path,
            event=event.title,
            source=source,
            title=schedule.title,
            version=schedule.version,
            url=schedule.url,
            timezone=schedule.timezone,
            start=(schedule.start if alone else "") or (days[0] if days else ""),
            end=(schedule.end if alone else "") or (days[-1] if days else ""),
            entries=entries,
        )
        new = programme_file(programme)
        if len(new) > LARGEST:
            raise FileFault(before.path, f"it would have {len(new):,} bytes; nothing was written")
        return File(before.path, event, programme, new, new != data)

    def _entry(self, session: ScheduleSession, pair: Pair | None, found: _Found) -> Entry:
        rejected = tuple(
            place for (place, one), holds in self._said.items() if one == session.id and not holds
        )
        if pair is None:
            return Entry(session, rejected=rejected)
        state = _state(pair)
        told = self._places[found.talks[pair.noted].url]
        return Entry(session, told, round(pair.score, 2), state, rejected)

    def both(self, found: _Found, files: Sequence[File]) -> list[Both]:
        """Return the pairs that were found, with what each adds to the notes."""
        adds = _adds(self._knowledge, [file.programme for file in files])
        return [
            Both(
                session=self._schedule.sessions[pair.session],
                talk=talk,
                score=round(pair.score, 2),
                reasons=pair.reasons,
                state=_state(pair),
                adds=self._added(talk, adds),
            )
            for pair in found.matching.pairs
            for talk in (found.talks[pair.noted],)
        ]

    def _added(self, talk: SessionRecord, adds: Mapping[Place, tuple[str, ...]]) -> tuple[str, ...]:
        keys = (key for place in self._places[talk.url] for key in adds.get(place, ()))
        return tuple(dict.fromkeys(keys))


def _state(pair: Pair) -> State:
    if "said" in pair.reasons:
        return "accepted"
    return "matched" if pair.sure else "doubtful"


def _places(knowledge: Knowledge) -> dict[Url, tuple[Place, ...]]:
    """Return what programmes call each session of the site."""
    by_line = {
        (facts.path, session.line): place
        for facts in knowledge.facts
        for session, place in zip(facts.sessions, places_of(facts), strict=True)
    }
    return {
        one.url: tuple(
            by_line[telling.note, telling.lines.first]
            for telling in one.tellings
            if (telling.note, telling.lines.first) in by_line
        )
        for one in knowledge.site.sessions
    }


def _adds(knowledge: Knowledge, programmes: Sequence[Programme]) -> dict[Place, tuple[str, ...]]:
    """Return for each talk which facts the programmes add to it."""
    known = additions(programmes)
    found: dict[Place, tuple[str, ...]] = {}
    for facts in knowledge.facts:
        if facts.path not in known:
            continue
        filled = fill(facts, known)
        for place, before, after in zip(
            places_of(facts), facts.sessions, filled.sessions, strict=True
        ):
            found[place] = tuple(added_to(before, after))
    return found


def added_to(before: SessionFacts, after: SessionFacts) -> Iterator[str]:
    """Yield which facts a session has that it had not before, by their keys in `[[talks]]`."""
    if after.speakers != before.speakers:
        yield "speakers"
    for key, field in (("day", "day"), ("time", "start"), ("room", "room"), ("track", "track")):
        if getattr(after, field) != getattr(before, field):
            yield key
    if after.finish != before.finish and after.start == before.start:
        yield "time"
    if after.abstract_text != before.abstract_text:
        yield "abstract"
    if any(link.kind == "recording" for link in after.links[len(before.links) :]):
        yield "recording"
