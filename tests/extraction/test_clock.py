import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.extraction.clock import (
    TIME,
    find_date,
    find_day_number,
    find_part,
    find_weekday,
    is_only_time,
    read_slot,
    without_day,
)


@pytest.mark.parametrize(
    ("text", "start", "finish"),
    [
        ("10:35am", "10:35", ""),
        ("2:05 pm", "14:05", ""),
        ("14:30 – 15:15", "14:30", "15:15"),
        ("9:00-9:45 pm", "21:00", "21:45"),
        ("11:30-1:00 pm", "11:30", "13:00"),
        ("9h30", "09:30", ""),
        ("12:15 am", "00:15", ""),
    ],
)
def test_times_are_read_in_24_hours(text: str, start: str, finish: str) -> None:
    match = TIME.search(text)
    assert match is not None
    slot = read_slot(match)
    assert (slot.start, slot.finish) == (start, finish)


@pytest.mark.parametrize("text", ["2017", "v1.10", "3 things", "16:9:4", "192.168.1.1"])
def test_other_numbers_are_no_times(text: str) -> None:
    assert TIME.search(text) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("6 May 2015", "2015-05-06"),
        ("May 6th, 2015", "2015-05-06"),
        ("2015-05-06", "2015-05-06"),
        ("6. Mai 2015", "2015-05-06"),
        ("6 de mayo de 2015", "2015-05-06"),
        ("2015年5月6日", "2015-05-06"),
        ("06.05.2015", "2015-05-06"),
        ("6 maja 2015", "2015-05-06"),
        ("6 мая 2015", "2015-05-06"),
        ("Tuesday, 6 May", ""),
    ],
)
def test_dates_are_read_in_many_ways(text: str, iso: str) -> None:
    date = find_date(text)
    assert date is not None
    assert (date.month, date.day, date.iso) == (5, 6, iso)


@pytest.mark.parametrize("text", ["May", "31 February 2015 or so", "45 May", "may the 4"])
def test_what_is_no_date_is_none(text: str) -> None:
    date = find_date(text)
    assert date is None or date.day <= 29


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Day 2", 2), ("Day #3", 3), ("Tag 1", 1), ("Jour 2", 2), ("Día 1", 1), ("2日目", 2),
        ("Second day", 2), ("Day One", 1), ("第一天", 1), ("2일차", 2), ("День 2", 2),
        ("Dzień 3", 3), ("Today", 0), ("Days of thunder", 0),
    ],
)  # fmt: skip
def test_the_number_of_a_day_is_read_in_many_languages(text: str, number: int) -> None:
    assert find_day_number(text) == number


def test_weekdays_and_halves_of_days_are_read() -> None:
    assert find_weekday("Tuesday Sessions AM") == "tuesday"
    assert find_weekday("Donnerstag") == "thursday"
    assert find_weekday("金曜日の部") == "friday"
    assert find_weekday("Środa") == "wednesday"
    assert find_weekday("토요일") == "saturday"
    assert find_weekday("a sunny monsoon") == ""
    assert find_part("Tuesday Sessions AM") == "am"
    assert find_part("I am here") == ""
    assert find_part("Nachmittag") == "pm"


def test_a_day_is_taken_off_what_it_has() -> None:
    assert without_day("Day 3 Keynote") == "keynote"
    assert without_day("Keynote, Tuesday") == "keynote"
    assert without_day("Knots in a day") == "knots in a day"


def test_a_line_of_only_a_time_is_told_from_one_with_words() -> None:
    assert is_only_time("Saturday, 22 April")
    assert is_only_time("10:00 - 11:00")
    assert is_only_time("10.4.22")
    assert is_only_time("3/31/2019")
    assert not is_only_time("10:00 Sensors in the mud")
    assert not is_only_time("1.24.0")
    assert not is_only_time("Sensors")


@given(st.text(max_size=80))
def test_any_text_can_be_searched_for_times(text: str) -> None:
    find_date(text)
    find_day_number(text)
    find_weekday(text)
    find_part(text)
    is_only_time(text)
