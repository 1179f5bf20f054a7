"""Calendars, read back by the library that others read them with."""

from datetime import date, datetime
from typing import Any

from icalendar import Calendar

from kb.rendering.calendar import to_ics
from kb.rendering.site import render_site
from kb.rendering.views import CalendarEntry, CalendarView
from tests.rendering import sample


def events(base: str = "") -> dict[str, Any]:
    settings = sample.settings(base_url=base)
    outputs = render_site(sample.site(), sample.notes(), settings, sample.theme())
    data = next(one.data for one in outputs if one.path == "events/harbour-2017/calendar.ics")
    calendar = Calendar.from_ical(data)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_the_event_spans_its_days_and_talks_have_their_times() -> None:
    found = events()
    whole = found["Harbour Days Bergen 2017"]
    assert (whole["dtstart"].dt, whole["dtend"].dt) == (date(2017, 5, 8), date(2017, 5, 12))
    assert found["Fast boats"]["dtstart"].dt == datetime(2017, 5, 8, 9, 0)  # noqa: DTZ001
    assert str(found["Fast boats"]["location"]) == "Bergen"


def test_what_has_no_date_is_left_out() -> None:
    assert set(events()) == {"Harbour Days Bergen 2017", "Fast boats", "Slow boats"}


def test_every_entry_has_what_the_format_demands() -> None:
    for event in events("https://notes.example/").values():
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)
    uids = [str(event["uid"]) for event in events().values()]
    assert len(set(uids)) == len(uids)


def test_text_that_looks_like_the_format_stays_text() -> None:
    entry = CalendarEntry(
        "u", "A, b; c\nBEGIN:VEVENT", "2017-05-08", "25:99", "", "", ("X" * 200,), "", ""
    )
    view = CalendarView("T", "", "", "", "", "uid", (entry,))
    event: Any = Calendar.from_ical(to_ics(view)).walk("VEVENT")[0]
    assert str(event["summary"]) == "A, b; c BEGIN:VEVENT"
    assert event["dtstart"].dt == date(2017, 5, 8)


def test_an_event_without_any_date_has_no_calendar() -> None:
    outputs = render_site(sample.site(), sample.notes(), sample.settings(), sample.theme())
    assert "events/harbour-2016/calendar.ics" not in {one.path for one in outputs}
