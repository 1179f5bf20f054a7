"""Dates in all the ways that notes and other programs write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.dates import iso_date


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (dt.date(2017, 5, 13), "2017-05-13"),
        (dt.datetime(2017, 5, 13, 6, 40, 53, 999), "2017-05-13T06:40:53"),  # noqa: DTZ001
        (dt.datetime(2017, 5, 13, 6, 40, tzinfo=dt.UTC), "2017-05-13T06:40:00+00:00"),
        ("2017-05-13", "2017-05-13"),
        (" 2017-5-3 ", "2017-05-03"),
        ("2017/05/13", "2017-05-13"),
        ("20170513", "2017-05-13"),
        ("2017-05-13T06:40:53Z", "2017-05-13T06:40:53+00:00"),
        ("2017-05-13T06:40:53.123+09:00", "2017-05-13T06:40:53+09:00"),
        ("2017-05-13 06:40", "2017-05-13T06:40:00"),
        ("2017-05-13 06:40:53 -0430", "2017-05-13T06:40:53-04:30"),
        ("2017-05-13 06:40:53 UTC", "2017-05-13T06:40:53+00:00"),
        ("Sat, 13 May 2017 06:40:53 GMT", "2017-05-13T06:40:53+00:00"),
        ("Sat, 13 May 2017 06:40:53 +0200", "2017-05-13T06:40:53+02:00"),
        ("May 13, 2017", "2017-05-13"),
        ("13 May 2017", "2017-05-13"),
        ("Saturday, 13th of May 2017", "2017-05-13"),
        ("Sept. 1st, 2017", "2017-09-01"),
    ],
)
def test_dates(written: object, wanted: str) -> None:
    assert iso_date(written) == wanted


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "",
        "2017",
        "2017-05",
        "2017-13-01",
        "2017-02-30",
        "13.05.17",
        "2017-05-13T25:00",
        "May 2017",
        "32 May 2017",
        "99999999",
        2017,
        1.5,
        True,
        None,
        [],
        {},
        dt.time(7, 32),
        "Sat, 99 May 2017 06:40:53 GMT",
        "2017-05-13T06:40:53+99:99",
    ],
)
def test_what_is_no_date(written: object) -> None:
    assert iso_date(written) is None


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_iso_dates_come_back_as_they_went(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert iso_date(moment.isoformat()) == moment.isoformat()


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert iso_date(text) is None or len(iso_date(text) or "") >= 10
