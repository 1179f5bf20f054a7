"""Drafts, future and expired notes, as Hugo treats them."""

from hypothesis import given
from hypothesis import strategies as st

from kb.building.moments import moment, unchanged_between, why_left_out
from kb.building.options import Options
from kb.model.note import FrontMatter, Note
from kb.model.value import replace

NOW = Options(now="2024-05-05T12:00:00+00:00")


def note(**matter: object) -> Note:
    return Note(path="a.md", digest="", matter=FrontMatter(**matter), title="A")  # type: ignore[arg-type]


def left_out(one: Note, options: Options = NOW) -> bool:
    finding = why_left_out(one, options)
    assert finding is None or (finding.code, finding.path) == ("KB115", "a.md")
    return finding is not None


def test_drafts() -> None:
    assert left_out(note(draft=True))
    assert not left_out(note(draft=True), replace(NOW, drafts=True))
    assert not left_out(note())


def test_what_hugo_makes_no_page_of() -> None:
    for extra in (
        {"headless": True},
        {"build": {"render": "never"}},
        {"_build": {"render": False}},
        {"build": {"render": "link"}},
    ):
        assert left_out(note(extra=extra))
        assert not left_out(note(extra=extra), replace(NOW, drafts=True))
    for harmless in ({"headless": "no"}, {"build": "x"}, {"build": {"render": "always"}}):
        assert not left_out(note(extra=harmless))


def test_future() -> None:
    assert left_out(note(date="2024-05-06"))
    assert not left_out(note(date="2024-05-05"))
    assert left_out(note(date="2024-05-05T12:00:01Z"))
    assert not left_out(note(date="2024-05-05T14:00:00+02:00"))
    assert left_out(note(date="2020-01-01", publish_date="2030-01-01"))
    assert not left_out(note(date="2030-01-01", publish_date="2020-01-01"))
    assert not left_out(note(date="2030-01-01"), replace(NOW, future=True))


def test_expired() -> None:
    assert left_out(note(expiry_date="2024-05-05"))
    assert left_out(note(expiry_date="2024-05-05T12:00:00Z"))
    assert not left_out(note(expiry_date="2024-05-06"))


def test_what_is_no_date_hides_nothing() -> None:
    assert moment("soon") is None
    assert not left_out(note(date="soon", expiry_date="never"))


DATES = st.datetimes().map(lambda one: one.isoformat(timespec="seconds"))


@given(
    dates=st.lists(DATES, max_size=4), expiries=st.lists(DATES, max_size=4), now=DATES, other=DATES
)
def test_between_the_two_moments_the_same_notes_are_shown(
    dates: list[str], expiries: list[str], now: str, other: str
) -> None:
    notes = [note(date=date) for date in dates] + [note(expiry_date=date) for date in expiries]
    first = Options(now=f"{now}+00:00")
    then = Options(now=f"{other}+00:00")
    since, until = unchanged_between(notes, first)
    assert since <= first.now
    assert not until or first.now < until
    if since <= then.now and (not until or then.now < until):
        assert [left_out(one, first) for one in notes] == [left_out(one, then) for one in notes]
