"""Every format gives the same programme; what is none ends in one line."""

import json
import time

import pytest

from kb.model.schedule import Schedule, ScheduleSession
from kb.schedules import formats
from kb.schedules.fault import ScheduleFault
from kb.schedules.formats import MOST_BYTES, read_schedule
from tests.schedules.samples import CSV, FILES, ICAL, JSON, WIDGET, XML


def read(data: bytes | str, name: str = "schedule.json", timezone: str = "") -> Schedule:
    return read_schedule(data.encode() if isinstance(data, str) else data, name, timezone)


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_format_tells_who_when_and_where(name: str) -> None:
    first, second = read(FILES[name], name).sessions
    assert (first.title, first.speakers) == ("Pumps without electricity", ("Mira Stone",))
    assert (first.date, first.start, first.finish) == ("2024-06-03", "10:00", "10:45")
    assert (first.room, first.track) == ("Weir", "Water")
    assert first.url == "https://river.example/2024/11/"
    assert (second.date, second.start, second.finish) == ("2024-06-04", "00:30", "01:30")
    assert second.room == "Lock"
    assert second.recording == ""
    if name != "schedule.ics":
        assert second.speakers == ("Jonas Weir", "Ada Lindqvist")


@pytest.mark.parametrize("name", ["schedule.json", "schedule.xml"])
def test_frab_tells_of_the_event(name: str) -> None:
    schedule = read(FILES[name], name)
    assert (schedule.title, schedule.version) == ("River Conf 2024", "1.2")
    assert (schedule.start, schedule.end) == ("2024-06-03", "2024-06-04")
    assert schedule.timezone == "Europe/Zurich"
    first = schedule.sessions[0]
    assert (first.id, first.subtitle) == ("11", "a field report")
    assert first.recording == "https://v.example/11.webm"


def test_html_of_an_abstract_becomes_words() -> None:
    assert read(JSON).sessions[0].abstract == "Rams & wheels.\n\nCheap."


def test_the_data_of_pretalx_widget() -> None:
    (one,) = read(WIDGET).sessions
    assert one == ScheduleSession(
        id="A1B2",
        title="Pumps without electricity",
        speakers=("Mira Stone",),
        date="2024-06-03",
        start="10:00",
        finish="10:45",
        room="Weir",
        track="Water",
        abstract="Rams.",
    )


def test_a_zone_that_is_named_wins() -> None:
    assert read(ICAL, "a.ics", "America/New_York").sessions[0].start == "04:00"


def test_a_calendar_in_utc_without_zone_says_so() -> None:
    schedule = read(ICAL.replace("X-WR-TIMEZONE:Europe/Zurich\r\n", ""), "a.ics")
    assert schedule.sessions[0].start == "08:00"
    assert "--timezone" in schedule.remarks[0]


def test_speakers_in_the_titles_of_pretalx_calendars() -> None:
    text = ICAL.replace("-//made up//EN", "-//pretalx//river//").replace(
        "ATTENDEE;CN=Mira Stone:mailto:mira@river.example\r\n", ""
    )
    text = text.replace(
        "SUMMARY:Pumps without electricity", "SUMMARY:Pumps - and mills - Mira Stone\\, Jo Weir"
    )
    first = read(text, "a.ics").sessions[0]
    assert (first.title, first.speakers) == ("Pumps - and mills", ("Mira Stone", "Jo Weir"))


def test_the_beginning_tells_the_format_whatever_the_name() -> None:
    for name, data in FILES.items():
        assert read(data, f"{name}.txt").sessions


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", "utf-16"])
def test_byte_order_marks(mark: bytes | str) -> None:
    data = mark + CSV.encode() if isinstance(mark, bytes) else CSV.encode(mark)
    assert len(read(data, "a.csv").sessions) == 2


def test_addresses_that_run_are_none() -> None:
    assert read(CSV, "a.csv").sessions[1].recording == ""


def session(**fields: object) -> dict[str, object]:
    return {"id": 1, "title": "A", "date": "2024-06-03T10:00:00+02:00", **fields}


def frab(*sessions: dict[str, object], **conference: object) -> str:
    days = [{"date": "2024-06-03", "rooms": {"R": list(sessions)}}]
    return json.dumps({"schedule": {"conference": {"title": "C", "days": days, **conference}}})


DOCTYPE = '<!DOCTYPE s [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><schedule>&c;</schedule>'
OUTSIDE = '<!DOCTYPE s SYSTEM "file:///etc/passwd"><schedule/>'
BAD = {
    "empty": ("a.json", b"", "empty"),
    "white space": ("a.csv", b" \n\n", "empty"),
    "no schedule": ("a.json", b'{"a": 1}', "no schedule"),
    "a list": ("a.json", b"[1, 2]", "no schedule"),
    "no JSON": ("a.json", b'{\n  "schedule": {,', "not JSON"),
    "no sessions": ("a.json", frab().encode(), "no session"),
    "deep": ("a.json", b'{"schedule":' * 100_000, "nested"),
    "long number": ("a.json", b'{"schedule": ' + b"1" * 9000 + b"}", "number"),
    "not UTF-8": ("a.json", b'{"schedule": "\xff"}', "UTF-8"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n", "no schedule that kb knows"),
    "entities": ("a.xml", DOCTYPE.encode(), "document type"),
    "an outside entity": ("a.xml", OUTSIDE.encode(), "document type"),
    "no XML": ("a.xml", b"<schedule><day></schedule>", "not XML"),
    "cut off XML": ("a.xml", XML[:900].encode(), "not XML"),
    "another XML": ("a.xml", b"<rss/>", "no schedule"),
    "deep XML": ("a.xml", b"<schedule>" + b"<a>" * 5000, "nested"),
    "an unknown encoding": ("a.xml", b'<?xml version="1.0" encoding="x-y"?><schedule/>', "XML"),
    "a calendar without end": ("a.ics", ICAL[: ICAL.rindex("END:VCAL")].encode(), "cut off"),
    "an event without end": ("a.ics", ICAL.replace("END:VEVENT\r\n", "", 1).encode(), "cut off"),
    "no calendar": ("a.ics", b"hello", "iCalendar"),
    "no titles": ("a.csv", b"a,b\n1,2\n", "`title`"),
    "an open quote": ("a.csv", b'title,room\n"A,R\n', "not CSV"),
    "one id twice": ("a.json", frab(session(), session(title="B")).encode(), "'1'"),
    "a wrong zone": ("a.json", frab(session(), time_zone_name="Mars/Base").encode(), "Mars/Base"),
    "a wrong zone of an event": (
        "a.ics",
        ICAL.replace("TZID=Europe/Zurich", "TZID=Nowhere/Land").encode(),
        "Nowhere/Land",
    ),
    "a zone that leads away": ("a.json", frab(session(), time_zone_name="../../x").encode(), ".."),
}


@pytest.mark.parametrize("why", sorted(BAD))
def test_what_is_no_programme_ends_in_one_line(why: str) -> None:
    name, data, words = BAD[why]
    with pytest.raises(ScheduleFault) as told:
        read(data, name)
    assert words in told.value.message
    assert "\n" not in f"{told.value.message}{told.value.hint}"
    assert len(told.value.message) < 250


def test_faults_have_a_place() -> None:
    with pytest.raises(ScheduleFault) as told:
        read(b'{\n  "schedule": {,', "a.json")
    assert (told.value.line, told.value.column) == (2, 16)
    with pytest.raises(ScheduleFault) as told:
        read(b"title,id\nA,1\nB,1\n", "a.csv")
    assert told.value.line == 3


def test_an_equal_session_twice_is_one() -> None:
    assert len(read(frab(session(), session())).sessions) == 1


def test_too_many_bytes_and_sessions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScheduleFault, match="bytes"):
        read(b"title\n" + b"x\n" * (MOST_BYTES // 2), "a.csv")
    rows = "".join(f"t{number}\n" for number in range(10_001))
    with pytest.raises(ScheduleFault, match="more than 10,000"):
        read(f"title\n{rows}", "a.csv")
    monkeypatch.setattr(formats, "MOST_BYTES", 10)
    with pytest.raises(ScheduleFault, match="bytes"):
        read(JSON)


def test_a_file_at_the_limit_costs_little() -> None:
    begin = time.process_time()
    with pytest.raises(ScheduleFault):
        read(b"<schedule>" + b"<a/>" * 2_000_000 + b"</schedule>", "a.xml")
    assert time.process_time() - begin < 20


def test_control_characters_and_long_words_are_cut() -> None:
    one = read(frab(session(title="A\u0000\u001b[31mB\n C " + "x" * 5000))).sessions[0]
    assert one.title.startswith("A[31mB C x")
    assert len(one.title) <= 1000


def test_ids_are_made_where_there_are_none() -> None:
    first, second = (read(CSV, "a.csv").sessions for _ in range(2))
    assert [one.id for one in first] == [one.id for one in second]
    assert all(len(one.id) == 10 for one in first)
