"""Which notes are about one event, and what it is called."""

import pytest

from kb.graph.events import Edition, bare_name, find_editions, spelled, title
from kb.graph.written import Written
from kb.model.facts import EventFacts
from kb.model.vocabulary import EventEntry
from tests.graph.builders import event, facts, note


def editions(
    *said: tuple[str, EventFacts, str], entries: tuple[EventEntry, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """The titles of the editions, with their notes; `said` is path, facts and the note's date."""
    return {edition.title: edition.paths for edition in found(*said, entries=entries)}


def found(
    *said: tuple[str, EventFacts, str], entries: tuple[EventEntry, ...] = ()
) -> tuple[Edition, ...]:
    written = [
        Written(note=note(path, date=date), facts=facts(path, event=about))
        for path, about, date in said
    ]
    return find_editions(written, entries)


@pytest.mark.parametrize(
    ("name", "place", "year", "edition", "expected"),
    [
        ("Harbour Conf", "Boston", 2017, "", "Harbour Conf Boston 2017"),
        ("Harbour Conf Boston", "Boston", 2017, "", "Harbour Conf Boston 2017"),
        ("harbour conf BOSTON 2017", "Boston", 2017, "", "harbour conf BOSTON 2017"),
        ("HarbourConf2017", "", 2017, "", "HarbourConf2017"),
        ("Harbour '17", "", 2017, "", "Harbour '17"),
        ("Harbour 20170", "", 2017, "", "Harbour 20170 2017"),
        ("Bostonians", "Boston", 0, "", "Bostonians Boston"),
        ("Harbour Conf", "", 0, "3rd", "Harbour Conf 3rd"),
    ],
)
def test_a_title_says_nothing_twice(
    name: str, place: str, year: int, edition: str, expected: str
) -> None:
    assert title(name, place, year, edition) == expected


def test_names_are_compared_without_place_and_year() -> None:
    assert bare_name("Harbour Conf Boston 2017", "Boston", 2017) == "harbour conf"
    assert bare_name("2017", "", 2017) == "2017"


def test_the_best_spelling_is_in_mixed_case_and_most_used() -> None:
    assert spelled(["HARBOUR", "Harbour", "harbour", "harbour"]) == "Harbour"
    assert spelled(["North, Ada", "North, Ada", "Ada North"]) == "Ada North"
    assert spelled(["Jose Valim", "José Valim"]) == "José Valim"
    assert spelled(["", " "]) == ""


def test_notes_that_agree_are_about_one_event() -> None:
    assert editions(
        ("a.md", event("Harbour Conf", "Boston", 2017), ""),
        ("b.md", event("HARBOUR CONF", "boston", 2017), ""),
        ("c.md", event("Harbour Conf Boston 2017", "", 2017), ""),
        ("d.md", event("Harbour Conf", "Sydney", 2017), ""),
        ("e.md", event("Harbour Conf", "Boston", 2018), ""),
    ) == {
        "Harbour Conf Boston 2017": ("a.md", "b.md", "c.md"),
        "Harbour Conf Boston 2018": ("e.md",),
        "Harbour Conf Sydney 2017": ("d.md",),
    }


def test_what_a_note_leaves_out_is_filled_in_only_where_it_is_certain() -> None:
    whole = ("a.md", event("Harbour Conf", "Boston", 2017), "")
    assert editions(
        whole,
        ("b.md", event("Harbour Conf", "", 2017), ""),
        ("c.md", event("Harbour Conf", "Boston"), ""),
        ("d.md", event("Harbour Conf"), "2017-05-13"),
    ) == {"Harbour Conf Boston 2017": ("a.md", "b.md", "c.md", "d.md")}
    other = ("z.md", event("Harbour Conf", "Sydney", 2017), "")
    assert editions(whole, other, ("b.md", event("Harbour Conf", "", 2017), "")) == {
        "Harbour Conf Boston 2017": ("a.md",),
        "Harbour Conf Sydney 2017": ("z.md",),
        "Harbour Conf 2017": ("b.md",),
    }
    assert editions(whole, ("b.md", event("Harbour Conf"), "2021-05-01")) == {
        "Harbour Conf Boston 2017": ("a.md",),
        "Harbour Conf": ("b.md",),
    }


def test_two_editions_of_one_year_and_place_are_told_apart() -> None:
    assert (
        len(
            found(
                ("a.md", event("Meetup", "Berlin", 2017, edition="spring"), ""),
                ("b.md", event("Meetup", "Berlin", 2017, edition="autumn"), ""),
            )
        )
        == 2
    )


def test_the_data_file_has_the_last_word() -> None:
    entries = (
        EventEntry(
            name="Harbour Conf", place="Boston", year=2017, aliases=("HC17",), series="Harbour"
        ),
        EventEntry(name="Harbour Conf", place="Sydney", start="2018-11-01", end="2018-11-02"),
    )
    built = found(
        ("a.md", event("HC17"), ""),
        ("b.md", event("harbour conf", "", 2017), ""),
        ("c.md", event("Harbour Conf", "Sydney"), ""),
        ("d.md", event("Harbour Conf", "", 2018), ""),
        entries=entries,
    )
    assert {edition.title: edition.paths for edition in built} == {
        "Harbour Conf Boston 2017": ("a.md", "b.md"),
        "Harbour Conf Sydney 2018": ("c.md", "d.md"),
    }
    assert {edition.series for edition in built} == {"Harbour", ""}


def test_an_entry_without_a_year_stands_for_all_editions() -> None:
    entries = (EventEntry(name="Harbour Conf", aliases=("HC",), about="By the water."),)
    built = found(
        ("a.md", event("HC", "", 2017), ""),
        ("b.md", event("harbour conf", "", 2018), ""),
        ("c.md", event("HC", "Boston", 2017), ""),
        entries=entries,
    )
    assert {edition.title: edition.paths for edition in built} == {
        "Harbour Conf Boston 2017": ("a.md", "c.md"),
        "Harbour Conf 2018": ("b.md",),
    }
    assert len({edition.line for edition in built}) == 1
    assert all(edition.entry == entries[0] for edition in built)


def test_a_name_that_could_mean_two_entries_means_neither() -> None:
    entries = (EventEntry(name="Conf", year=2017), EventEntry(name="Conf", year=2018))
    assert editions(("a.md", event("Conf"), ""), entries=entries) == {"Conf": ("a.md",)}


def test_without_a_name_there_is_no_event() -> None:
    assert found(("a.md", event("", "Boston", 2017), "")) == ()
