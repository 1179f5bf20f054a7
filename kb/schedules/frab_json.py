"""`schedule.json` as frab, pretalx and the hub of the CCC write it, and pretalx's widget data.

Formats: https://c3voc.de/wiki/schedule (days → rooms → sessions), and
https://docs.pretalx.org (`talks`, `speakers`, `rooms` and `tracks` side by side).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from kb.model.schedule import Schedule
from kb.schedules.draft import Draft, Head, finished
from kb.schedules.fault import ScheduleFault
from kb.schedules.plain import address, line
from kb.schedules.recordings import recording_among
from kb.schedules.times import Moment, after, clock, day_of, length_of, moment_of, zone_of

_SHAPE = "expected frab's or pretalx's shape: schedule → conference → days → rooms"


def read_json(text: str, timezone: str = "") -> Schedule:
    """Return the schedule that `text` holds.

    Args:
        text: the file.
        timezone: of the event, over what the file says.

    Raises:
        ScheduleFault: it is no JSON, no schedule, or one that cannot be used.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ScheduleFault(
            f"this is not JSON: {fault.msg.lower()}", "", fault.lineno, fault.colno
        ) from fault
    except (RecursionError, ValueError) as fault:
        why = "nested too deeply" if isinstance(fault, RecursionError) else "a number is too long"
        raise ScheduleFault(f"this is no schedule: {why}") from fault
    if isinstance(data, dict) and isinstance(data.get("talks"), list):
        return _widget(data, timezone)
    schedule = _table(data, "schedule") or (data if isinstance(data, dict) else {})
    conference = _table(schedule, "conference")
    if not conference:
        raise ScheduleFault("this JSON is no schedule", _SHAPE)
    days = conference.get("days")
    if not isinstance(days, list):
        raise ScheduleFault("this schedule has no days", _SHAPE)
    name = timezone or line(conference.get("time_zone_name") or conference.get("timeZoneName"))
    zone = zone_of(name)
    head = Head(
        title=_words(conference.get("title")),
        start=line(conference.get("start")),
        end=line(conference.get("end")),
        timezone=name,
        version=line(schedule.get("version")),
        url=_address(conference, schedule),
    )
    return finished(head, _frab(days, zone))


def _address(conference: Mapping[str, Any], schedule: Mapping[str, Any]) -> str:
    found = (address(table.get(key)) for table in (conference, schedule) for key in _LINKS)
    return next(filter(None, found), "")


_LINKS = ("url", "base_url")


def _frab(days: Sequence[Any], zone: ZoneInfo | None) -> Iterator[Draft]:
    for day in days:
        rooms = _table(day, "rooms")
        for room, sessions in rooms.items():
            for session in sessions if isinstance(sessions, list) else ():
                if isinstance(session, dict):
                    yield _session(session, str(room), line(day.get("date")), zone)


def _session(one: Mapping[str, Any], room: str, day: str, zone: ZoneInfo | None) -> Draft:
    when = when_of(line(one.get("date")), line(one.get("start")), day, zone)
    identity = next((line(one[key]) for key in ("code", "id", "guid") if line(one.get(key))), "")
    return Draft(
        id=identity,
        title=_words(one.get("title")),
        subtitle=_words(one.get("subtitle")),
        speakers=tuple(map(_name, _list(one.get("persons")))),
        date=when.date,
        start=when.start,
        finish=after(when.start, length_of(line(one.get("duration")))),
        room=_words(one.get("room")) or room,
        track=_words(one.get("track")),
        kind=_words(one.get("type")),
        language=line(one.get("language")),
        abstract=_longer(one.get("abstract"), one.get("description")),
        url=address(one.get("url")) or address(one.get("origin_url")),
        recording=_recording(one),
    )


def when_of(date: str, start: str, day: str, zone: ZoneInfo | None) -> Moment:
    """Return when a session of frab's formats begins.

    Args:
        date: its moment, ISO 8601; may be `""`.
        start: the time on the wall; may be `""`.
        day: of the programme, ISO 8601; may be `""`.
        zone: of the event.
    """
    wall = clock(start)
    written = moment_of(date)
    if wall and wall != written.start:
        shown = moment_of(date, zone)
        return shown if shown.start == wall else Moment(written.date or day_of(day), wall)
    if wall:
        return Moment(written.date or day_of(day), wall)
    shown = moment_of(date, zone)
    return shown if shown.date else Moment(day_of(day), "")


def _recording(one: Mapping[str, Any]) -> str:
    video = one.get("video_download_url")
    links: list[tuple[str, str]] = [(str(video or ""), "recording")]
    links.extend(
        (str(link.get("url") or ""), f"{link.get('title') or ''} {link.get('type') or ''}")
        for key in ("links", "attachments")
        for link in _list(one.get(key))
        if isinstance(link, dict)
    )
    recording = one.get("recording")
    if isinstance(recording, dict):
        links.append((str(recording.get("url") or ""), "recording"))
    return recording_among(links)


def _name(person: Any) -> str:
    if isinstance(person, str):
        return person
    if not isinstance(person, dict):
        return ""
    return next(
        (
            found
            for key in ("public_name", "name", "full_public_name", "display_name")
            if (found := _words(person.get(key)))
        ),
        "",
    )


def _widget(data: Mapping[str, Any], timezone: str) -> Schedule:
    """Return the schedule of pretalx's own pages: things named by id or code, side by side."""
    name = timezone or line(data.get("timezone"))
    zone = zone_of(name)
    rooms = {line(one.get("id")): _words(one.get("name")) for one in _tables(data.get("rooms"))}
    tracks = {line(one.get("id")): _words(one.get("name")) for one in _tables(data.get("tracks"))}
    people = {line(one.get("code")): _name(one) for one in _tables(data.get("speakers"))}
    head = Head(
        title=_words(data.get("event_name")) or _words(data.get("name")),
        start=line(data.get("event_start")),
        end=line(data.get("event_end")),
        timezone=name,
        version=line(data.get("version")),
        url=line(data.get("url")),
    )

    def drafts() -> Iterator[Draft]:
        for one in _tables(data.get("talks")):
            if not line(one.get("code")):
                continue  # a break is nobody's session
            when = moment_of(line(one.get("start")), zone)
            finish = moment_of(line(one.get("end")), zone).start
            length = length_of(line(one.get("duration")))
            yield Draft(
                id=line(one.get("code")),
                title=_words(one.get("title")),
                speakers=tuple(people.get(line(code), "") for code in _list(one.get("speakers"))),
                date=when.date,
                start=when.start,
                finish=finish or after(when.start, length),
                room=rooms.get(line(one.get("room")), ""),
                track=tracks.get(line(one.get("track")), ""),
                kind=_words(one.get("session_type")),
                language=line(one.get("content_locale")),
                abstract=_longer(one.get("abstract"), one.get("description")),
                url=address(one.get("url")),
            )

    return finished(head, drafts())


def _words(value: Any) -> str:
    """Return a text that may be given in several languages: in English, else in the first."""
    if isinstance(value, dict):
        texts = {key: text for key, text in value.items() if isinstance(text, str) and text}
        if not texts and isinstance(value.get("name"), dict | str):
            return _words(value["name"])
        return texts.get("en") or texts.get("name") or next(iter(texts.values()), "")
    return value if isinstance(value, str) else line(value)


def _longer(abstract: Any, description: Any) -> str:
    """Return the abstract; the description where there is none."""
    return _words(abstract).strip() or _words(description)


def _table(value: Any, key: str) -> Mapping[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _tables(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in _list(value) if isinstance(one, dict))
