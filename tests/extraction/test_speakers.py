import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.extraction.speakers import read_by, read_label, read_people


def names(text: str, *, told: bool = False) -> list[str]:
    return [person.name or person.handle for person in read_people(text, told=told).persons]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ilse Vandamme", ["Ilse Vandamme"]),
        ("Ilse Vandamme and Bo Ek", ["Ilse Vandamme", "Bo Ek"]),
        ("Ilse Vandamme, Carl Holm & Rosa Diaz", ["Ilse Vandamme", "Carl Holm", "Rosa Diaz"]),
        ("Ilse Vandamme (Hamnen), Carl Holm (Fjord)", ["Ilse Vandamme", "Carl Holm"]),
        ("Ilse Vandamme, architect at Hamnen", ["Ilse Vandamme"]),
        ("Ilse Vandamme, University of Ghent", ["Ilse Vandamme"]),
        ("Lorna Fitch, VP Analytics, Harrow & Sons", ["Lorna Fitch"]),
        ("Robin Falk (they/them), Sightline", ["Robin Falk"]),
        ("Jasmina Ilić from Northwind", ["Jasmina Ilić"]),
        ("Kim Sun-hee, Park Ji-su, Moon Tae-yang", ["Kim Sun-hee", "Park Ji-su", "Moon Tae-yang"]),
        ("Kim Sun-hee, Team Lead-ops", ["Kim Sun-hee"]),
        ("Kim Sun-hee, Park Rangers", ["Kim Sun-hee"]),
        ("Carl D. Holm, Jr.", ["Carl D. Holm Jr"]),
        ("Carl Holm, Jr., Rosa Diaz", ["Carl Holm Jr.", "Rosa Diaz"]),
        ("@ilsev", ["@ilsev"]),
        ("Women of Tech event, sponsored by Foo", []),
        ("some notes about caching", []),
        ("", []),
    ],
)
def test_people_are_read_out_of_a_line(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_firm_role_and_handle_stay_with_their_person() -> None:
    (person,) = read_people("Davor Kralj (@dkralj), CTO at Nimbus").persons
    assert (person.name, person.handle, person.role) == ("Davor Kralj", "@dkralj", "CTO")
    assert person.organisation == "Nimbus"


@pytest.mark.parametrize("text", ["Davor Kralj (@dkralj, site)", "Davor Kralj (blog)"])
def test_what_a_link_beside_a_name_is_called_is_no_firm(text: str) -> None:
    (person,) = read_people(text).persons
    assert (person.name, person.organisation, person.role) == ("Davor Kralj", "", "")


def test_a_writer_s_word_makes_any_name_one() -> None:
    assert names("ma2ge") == []
    assert names("ma2ge", told=True) == ["ma2ge"]
    assert names("danah boyd", told=True) == ["danah boyd"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Speaker: Bo Ek", ("speaker", "Bo Ek")),
        ("Speaker(s): Bo Ek", ("speaker", "Bo Ek")),
        ("Presenters - Bo Ek", ("speaker", "Bo Ek")),
        ("Intervenante : Maëlle", ("speaker", "Maëlle")),
        ("発表者：田中", ("speaker", "田中")),
        ("Room: 210B", ("room", "210B")),
        ("Event: KeelConf", ("event", "KeelConf")),
        ("Note: this matters", None),
        ("A sentence - with a dash", None),
    ],
)
def test_labels_name_their_field(line: str, expected: tuple[str, str] | None) -> None:
    assert read_label(line) == expected


def test_by_at_the_start_of_a_line_names_people() -> None:
    assert read_by("by Bo Ek") == "Bo Ek"
    assert read_by("Presented by Bo Ek, Fjord") == "Bo Ek, Fjord"
    assert read_by("bypass everything") is None
    assert read_by("Présenté par Bo Ek") == "Bo Ek"
    assert read_by("Gehalten von Bo Ek") == "Bo Ek"


@given(st.text(max_size=120), st.booleans())
def test_any_line_can_be_read(text: str, told: bool) -> None:
    people = read_people(text, told=told)
    assert all(person.name or person.handle for person in people.persons)
