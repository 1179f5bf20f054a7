import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.extraction.names import NOBODY, Company, likeness, resembles, tidy

PEOPLE = (
    "Ottilie Grahn", "Emeka Obi", "Marit Halvorsen", "Anna de la Cruz", "Pieter van den Berg",
    "J. R. Hartley", "Jean-Luc Moreau", "Siobhán O'Dwyer", "Iñigo Urrutia", "Kaja Škerjanc",
    "Dr. Ruth Ames", "DJ Okafor", "山田 花子", "ジョン・スミス", "Kim Lane",
)  # fmt: skip
THINGS = (
    "Data Model", "Error Handling", "Key Takeaways", "Spatial Data Science", "Docker Data Center",
    "jQuery Mobile", "RStudio Discussion", "Lessons Learned", "Friendly Microservices", "Q&A",
    "How it works", "Version 2.0", "Red Hat", "University of Leeds", "A Bolt", "https://e.org",
    "Women in Tech", "Hello World", "Machine Learning", "",
)  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_names_of_people_look_like_names(name: str) -> None:
    assert likeness(name) >= 0.5


@pytest.mark.parametrize("name", THINGS)
def test_names_of_things_do_not(name: str) -> None:
    assert likeness(name) < 0.4


def test_a_known_person_is_one_whatever_the_shape() -> None:
    assert likeness("matz") < 0.3
    assert likeness("matz", Company(people=frozenset({"matz"}))) > 0.9


def test_words_that_the_note_uses_in_lower_case_are_weaker_names() -> None:
    used = Company(lower=frozenset({"vesper", "lumen"}))
    assert likeness("Vesper Lumen", used) < likeness("Vesper Lumen") - 0.3


def test_particles_count_in_lower_case_only_between_names() -> None:
    assert likeness("Le Xiao") >= 0.5
    assert likeness("van der") == 0.0


@pytest.mark.parametrize(
    ("handle", "name", "alike"),
    [
        ("@ograhn", "Ottilie Grahn", True),
        ("@ottilie", "Ottilie Grahn", True),
        ("@boxcar", "Ottilie Grahn", False),
    ],
)
def test_a_handle_made_of_the_name_is_noticed(handle: str, name: str, *, alike: bool) -> None:
    assert resembles(handle, name) is alike


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Prof. Dr. Anke Ziegler", "Anke Ziegler"),
        ("Levi Strom, PhD", "Levi Strom,"),
        ("Ing. Anke Ziegler", "Anke Ziegler"),
        ("Ing Wei", "Ing Wei"),
        ("Noor\u00a0Haidari ", "Noor Haidari"),
        ("田中さん", "田中"),
        ("— Bo Ek:", "Bo Ek"),
    ],
)
def test_a_name_is_shown_without_honorifics_and_marks(written: str, shown: str) -> None:
    assert tidy(written) == shown.strip(",")


@given(st.text(max_size=80))
def test_any_text_has_a_likeness(text: str) -> None:
    assert 0.0 <= likeness(text, NOBODY) <= 0.97
