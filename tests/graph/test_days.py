"""The date of a day from all evidence of the event, and none where that is thin."""

from kb.graph.days import Calendar, Day, date_days, picture_date
from kb.graph.events import Edition
from kb.graph.written import Written
from kb.model.facts import SessionFacts
from kb.model.vocabulary import EventEntry
from tests.graph.builders import event, facts, note, picture, session

BOSTON = Edition(key="k", name="Harbour Conf", place="Boston", year=2017)


def written(path: str, day: str, *sessions: SessionFacts, posted: str = "") -> Written:
    return Written(
        note=note(path, date=posted),
        facts=facts(path, *sessions, event=event("Harbour Conf", "Boston", 2017, day)),
    )


def calendar(*notes: Written, start: str = "", end: str = "", year: int = 2017) -> Calendar:
    entry = EventEntry(name="Harbour Conf", start=start, end=end) if start else None
    edition = Edition(key="k", name="Harbour Conf", place="Boston", year=year, entry=entry)
    return date_days(edition, notes, {})


def photo(taken: str) -> SessionFacts:
    return session("Talk", pictures=[picture("p.jpg", taken)])


def test_a_picture_of_the_right_weekday_dates_the_day() -> None:
    found = calendar(written("a.md", "monday", photo("05-08T14:52:01"), posted="2017-05-13"))
    monday = found.day("monday")
    assert (monday.key, monday.date, monday.weekday) == ("2017-05-08", "2017-05-08", "monday")
    assert monday.sure == 0.8
    (why,) = monday.why
    assert (why.note, why.lines.first, why.evidence.rule) == ("a.md", 20, "day-picture")
    assert why.evidence.text == "p.jpg"
    assert (found.start, found.end) == ("2017-05-08", "2017-05-08")
    assert found.findings == ()


def test_other_days_of_the_week_follow() -> None:
    found = calendar(
        written("a.md", "monday", photo("05-08T14:52:01"), posted="2017-05-13"),
        written("b.md", "tuesday", posted="2017-05-15"),
        written("c.md", "sunday", posted="2017-05-16"),
    )
    assert found.day("tuesday").date == "2017-05-09"
    assert found.day("sunday").date == "2017-05-07"


def test_the_posts_date_alone_is_thin() -> None:
    found = calendar(written("a.md", "monday", posted="2017-05-08"))
    assert found.day("monday").key == "monday"
    assert found.day("monday").date == ""
    assert found.day("monday").guess == "2017-05-08"


def test_two_notes_that_agree_are_enough() -> None:
    found = calendar(
        written("a.md", "monday", posted="2017-05-08"),
        written("b.md", "wednesday", posted="2017-05-10"),
    )
    assert found.day("monday").date == "2017-05-08"
    assert found.day("wednesday").date == "2017-05-10"


def test_notes_all_dated_on_the_day_they_tell_of_are_believed() -> None:
    """An event of more than a week, or one that meets every month."""
    found = calendar(
        written("a.md", "friday", posted="2017-05-05"),
        written("b.md", "tuesday", posted="2017-05-09"),
        written("c.md", "friday", posted="2017-05-12"),
    )
    assert found.day("friday", "2017-05-05").date == "2017-05-05"
    assert found.day("friday", "2017-05-12").date == "2017-05-12"
    assert found.day("tuesday", "2017-05-09").sure == 0.99
    assert (found.start, found.end, found.guess) == ("2017-05-05", "2017-05-12", "2017-05-05")
    (why,) = found.day("friday", "2017-05-12").why
    assert (why.note, why.evidence.rule) == ("c.md", "day-posted")
    assert found.findings == ()


def test_notes_of_another_year_than_the_event_are_believed_when_there_are_three() -> None:
    late = [
        written("a.md", "friday", posted="2018-01-05"),
        written("b.md", "tuesday", posted="2018-01-09"),
        written("c.md", "monday", posted="2018-01-15"),
    ]
    assert calendar(*late[:2]).posted == {}
    assert calendar(*late).day("monday", "2018-01-15").date == "2018-01-15"


def test_one_note_that_is_late_makes_all_of_them_doubtful() -> None:
    found = calendar(
        written("a.md", "friday", posted="2017-05-05"),
        written("b.md", "tuesday", posted="2017-05-09"),
        written("c.md", "wednesday", posted="2017-05-19"),
    )
    assert found.posted == {}


def test_pictures_tell_of_the_day_whatever_the_notes_are_dated() -> None:
    found = calendar(
        written("a.md", "friday", photo("05-05T14:52:01"), posted="2017-05-12"),
        written("b.md", "tuesday", posted="2017-05-09"),
    )
    assert found.posted == {}
    assert found.day("friday", "2017-05-12").date == "2017-05-05"


def test_a_post_of_another_weekday_dates_nothing() -> None:
    found = calendar(written("a.md", "monday", posted="2017-05-13"))
    assert found.day("monday").date == ""
    assert found.day("monday").guess == "2017-05-13"


def test_pictures_that_disagree_are_reported_and_date_nothing() -> None:
    found = calendar(
        written("a.md", "monday", photo("05-08T14:52:01"), posted="2017-06-01"),
        written("b.md", "monday", photo("05-15T14:52:01"), posted="2017-06-01"),
    )
    assert found.day("monday").date == ""
    (finding,) = found.findings
    assert finding.code == "KB205"
    assert "2017-05-08 and 2017-05-15" in finding.message


def test_a_picture_of_the_wrong_weekday_is_reported() -> None:
    found = calendar(written("a.md", "monday", photo("05-09T14:52:01"), posted="2017-06-01"))
    assert found.day("monday").date == ""
    assert [finding.code for finding in found.findings] == ["KB205"]
    assert found.findings[0].line == 20


def test_a_picture_from_after_the_post_says_nothing() -> None:
    found = calendar(written("a.md", "monday", photo("05-08T14:52:01"), posted="2017-05-01"))
    assert found.day("monday").date == ""


def test_the_writers_dates_settle_it() -> None:
    found = calendar(
        written("a.md", "tuesday", posted="2017-05-20"),
        written("b.md", "day-3"),
        start="2017-05-08",
        end="2017-05-11",
    )
    assert found.day("tuesday").date == "2017-05-09"
    assert found.day("tuesday").sure == 1.0
    assert found.day("day-3").date == "2017-05-10"
    assert (found.start, found.end) == ("2017-05-08", "2017-05-11")


def test_a_day_outside_the_writers_dates_is_reported() -> None:
    found = calendar(
        written("a.md", "saturday", session("Talk", day="2017-06-01", line=33)),
        start="2017-05-08",
        end="2017-05-11",
    )
    assert [(f.code, f.place) for f in found.findings] == [
        ("KB205", "a.md:33:1"),
        ("KB205", "a.md:1:1"),
    ]
    assert found.day("saturday").date == ""


def test_an_event_of_one_day_dates_all_its_talks() -> None:
    found = calendar(written("a.md", ""), start="2017-05-08")
    assert found.day("").date == "2017-05-08"
    assert found.day("").why[0].evidence.explicit
    assert "" not in calendar(written("a.md", ""), start="2017-05-08", end="2017-05-09").days


def test_a_weekday_that_is_twice_in_an_event_needs_a_picture() -> None:
    plain = written("a.md", "monday")
    both = {"start": "2017-05-06", "end": "2017-05-16"}
    assert calendar(plain, **both).day("monday").date == ""  # type: ignore[arg-type]
    shown = written("a.md", "monday", photo("05-15T10:00:00"))
    assert calendar(shown, **both).day("monday").date == "2017-05-15"  # type: ignore[arg-type]


def test_days_are_counted_from_the_first() -> None:
    found = calendar(
        written("a.md", "day-1", photo("05-08T10:00:00"), posted="2017-05-20"),
        written("b.md", "day-3"),
    )
    assert found.day("day-3").date == "2017-05-10"


def test_an_iso_day_is_itself() -> None:
    found = calendar(written("a.md", "2017-05-09"), written("b.md", "monday"))
    assert found.day("2017-05-09").weekday == "tuesday"
    assert found.day("monday").date == "2017-05-08"


def test_days_of_no_evidence_keep_their_word_and_their_order() -> None:
    found = calendar(written("a.md", "day-2"), written("b.md", "friday"), written("c.md", "sunday"))
    assert found.day("day-2") == Day(key="day-2", guess="2017-01-02")
    assert found.day("friday") == Day(key="friday", weekday="friday", guess="2017-01-01")
    assert found.day("sunday").guess == "2017-01-03"
    assert found.start == ""


def test_no_word_for_a_day_is_too_strange() -> None:
    found = calendar(written("a.md", "day-999999999"), written("b.md", "day-x"))
    assert found.day("day-999999999").date == ""
    assert found.day("someday") == Day(key="someday", guess="2017-01-01")


def test_a_picture_without_a_year_takes_the_events_or_the_posts() -> None:
    assert str(picture_date("05-08T10:00:00", 2017, None)) == "2017-05-08"
    assert picture_date("05-08T10:00:00", 0, None) is None
    assert picture_date("02-30T10:00:00", 2017, None) is None
    assert str(picture_date("2016-05-08T10:00:00", 0, None)) == "2016-05-08"


def test_a_picture_of_another_year_than_the_event_dates_nothing() -> None:
    assert picture_date("2023-09-14T10:15:00", 2019, None) is None
    assert str(picture_date("2019-09-14T10:15:00", 2019, None)) == "2019-09-14"
    assert str(picture_date("2020-01-01T10:15:00", 2019, None)) == "2020-01-01"
    assert str(picture_date("2018-12-30", 2019, None)) == "2018-12-30"


def test_without_a_year_the_post_tells_it() -> None:
    late = written("a.md", "thursday", photo("12-29T10:00:00"), posted="2017-01-03")
    assert calendar(late, year=0).day("thursday").date == "2016-12-29"


def test_the_ends_of_the_calendar_are_no_fault() -> None:
    last = written("a.md", "friday", posted="9999-12-31"), written("b.md", "sunday")
    assert calendar(*last, year=9999).day("sunday").guess == "9999-12-31"
    first = written("a.md", "day-3", photo("0001-01-01T10:00:00"), posted="0001-01-01")
    assert calendar(first, year=1).day("day-3").key
