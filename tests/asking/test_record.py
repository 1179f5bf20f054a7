"""What answers make of an entry: a link is dead only after two days on which it was gone."""

import pytest

from kb.asking.record import archive_copy, noted
from kb.model.ledger import Answer, LinkEntry, Verdict

URL = "https://example.org/talk"
NEW = LinkEntry(URL, first_cited="2017-05-08")
COPY = "https://web.archive.org/web/20170508/https://example.org/talk"
GONE = Answer("gone", "404 Not Found")
FAILING = Answer("failing", "503 Service Unavailable")
GOOD = Answer("good")


def after(*days: tuple[str, Answer], entry: LinkEntry = NEW) -> LinkEntry:
    for day, answer in days:
        entry = noted(entry, answer, day)
    return entry


def test_gone_twice_on_one_day_is_not_dead() -> None:
    entry = after(("2026-01-01", GONE), ("2026-01-01", GONE))
    assert not entry.is_dead
    assert entry.archive == ""
    assert entry.failures == entry.gone == ("2026-01-01",)


def test_gone_on_two_days_is_dead_and_a_copy_is_proposed() -> None:
    entry = after(("2025-12-01", GOOD), ("2026-01-01", GONE), ("2026-01-09", GONE))
    assert entry.is_dead
    assert entry.last_good == "2025-12-01"
    assert entry.answer == "404 Not Found"
    assert entry.archive == COPY


def test_what_was_good_between_begins_anew() -> None:
    entry = after(("2026-01-01", GONE), ("2026-01-02", GOOD), ("2026-01-03", GONE))
    assert not entry.is_dead
    assert entry.failures == ("2026-01-03",)


@pytest.mark.parametrize("verdict", ["failing", "unsure", "unasked"])
def test_nothing_but_gone_makes_a_link_dead(verdict: Verdict) -> None:
    days = [(f"2026-01-{day:02}", Answer(verdict, "said")) for day in range(1, 29)]
    assert not after(*days).is_dead
    assert not after(("2025-01-01", GONE), *days).is_dead


def test_faults_of_a_server_between_two_days_gone_do_not_save_it() -> None:
    entry = after(("2026-01-01", GONE), ("2026-01-02", FAILING), ("2026-01-03", GONE))
    assert entry.is_dead
    assert entry.failures == ("2026-01-01", "2026-01-02", "2026-01-03")


def test_a_refusal_changes_no_streak() -> None:
    entry = after(("2026-01-01", FAILING), ("2026-01-02", Answer("unsure", "403 Forbidden")))
    assert entry.failures == ("2026-01-01",)
    assert entry.answer == "403 Forbidden"
    assert entry.last_asked == "2026-01-02"


def test_nobody_asked_changes_nothing() -> None:
    assert after(("2026-01-01", Answer("unasked", "its host does not answer"))) == NEW


def test_a_long_streak_keeps_its_first_day() -> None:
    entry = after(*((f"2026-01-{day:02}", FAILING) for day in range(1, 31)))
    assert len(entry.failures) == 10
    assert entry.failures[0] == "2026-01-01"
    assert entry.failures[-1] == "2026-01-30"


def test_what_is_good_again_is_told_of_no_more() -> None:
    dead = after(("2026-01-01", GONE), ("2026-01-02", GONE))
    assert noted(dead, GOOD, "2026-02-01") == LinkEntry(
        URL, first_cited="2017-05-08", last_good="2026-02-01"
    )


def test_the_writer_has_the_last_word() -> None:
    alive = after(("2026-01-01", GONE), ("2026-01-02", GONE), entry=LinkEntry(URL, dead=False))
    assert not alive.is_dead
    assert alive.archive == ""
    mine = LinkEntry(URL, dead=True, archive="https://archive.example.org/mine")
    assert after(("2026-01-01", GOOD), entry=mine).is_dead
    assert after(("2026-01-01", GOOD), entry=mine).archive == "https://archive.example.org/mine"
    assert after(("2026-01-01", GONE), ("2026-01-02", GONE), entry=mine).archive == mine.archive


@pytest.mark.parametrize(
    ("date", "when"),
    [("2017-05-08", "20170508"), ("2017-05", "201705"), ("2017", "2017"), ("", "*"), ("x", "*")],
)
def test_copies_are_those_nearest_the_talk(date: str, when: str) -> None:
    assert archive_copy(URL, date) == f"https://web.archive.org/web/{when}/{URL}"
