import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.extraction.dressing import undress
from kb.extraction.heads import Reading, choose, kind_of, read_head, unquote
from kb.extraction.pieces import Span


def read(text: str, habits: dict[str, float] | None = None) -> Reading:
    return choose(read_head(text), habits or {})


@pytest.mark.parametrize(
    ("heading", "title", "speakers"),
    [
        ("Boring is a feature - Ottilie Grahn", "Boring is a feature", ["Ottilie Grahn"]),
        ("Carl Holm - Boring is a feature", "Boring is a feature", ["Carl Holm"]),
        ("Types - a field guide - Carl Holm", "Types - a field guide", ["Carl Holm"]),
        ("Carl Holm - Types - a field guide", "Types - a field guide", ["Carl Holm"]),
        ("Keynote - Carl Holm - Types", "Types", ["Carl Holm"]),
        ("Keynote: Carl Holm", "Keynote", ["Carl Holm"]),
        ("Carl Holm: Types for tables", "Types for tables", ["Carl Holm"]),
        ("Types: a field guide", "Types: a field guide", []),
        ("Docker - a year later", "Docker - a year later", []),
        ("“Types for tables” by Carl Holm, Fjord", "Types for tables", ["Carl Holm"]),
        ("Types for tables (Carl Holm, Fjord)", "Types for tables", ["Carl Holm"]),
        ("Types (a second look)", "Types (a second look)", []),
        ("Carl Holm | @cholm | Fjord | Types", "Types", ["Carl Holm"]),
        ("Opening keynote - @cholm", "Opening keynote", ["@cholm"]),
        ("Types for tables with Carl", "Types for tables with Carl", []),
        ("Driven by tests", "Driven by tests", []),
        ("A typesetter inspired by LaTeX", "A typesetter inspired by LaTeX", []),
        ("Danish by Immersion", "Danish by Immersion", []),
        ("PEP talk", "PEP talk", []),
        ("Keynote: Pebbles, People, and Pull Requests",
         "Keynote: Pebbles, People, and Pull Requests", []),
        ("Scaling tables with Ray and Mortar", "Scaling tables with Ray and Mortar", []),
        ("Scaling tables with Rosa and Carl", "Scaling tables", ["Rosa", "Carl"]),
        ("Fireside chat with Rosa Diaz, CTO, Fjord", "Fireside chat with Rosa Diaz, CTO, Fjord",
         ["Rosa Diaz"]),
        ("The way @ Fjord - Carl Holm", "The way @ Fjord", ["Carl Holm"]),
        ("Carl Holm, Fjord Institute, Types that hold a table", "Types that hold a table",
         ["Carl Holm"]),
        ("Carl Holm, Types, Tables and other things", "Types, Tables and other things",
         ["Carl Holm"]),
        ("KERNELS AND KITES - HANNES KOGLER", "KERNELS AND KITES", ["HANNES KOGLER"]),
    ],
)  # fmt: skip
def test_a_heading_is_taken_apart(heading: str, title: str, speakers: list[str]) -> None:
    found = read(heading)
    assert (found.title, [p.name or p.handle for p in found.people]) == (title, speakers)


@pytest.mark.parametrize(
    ("heading", "wording"),
    [
        ("1. Types for tables", "Types for tables"),
        ("A. Types for tables", "Types for tables"),
        ("Talk 3: Types for tables", "Types for tables"),
        ("10:00 - 10:45 | Types for tables", "Types for tables"),
        ("Types for tables (10:35am)", "Types for tables"),
        ("[DEV315] Types for tables", "Types for tables"),
        ("Types for tables (SEC210)", "Types for tables"),
        ("Types for tables (Slides)", "Types for tables"),
        ("Types for tables [video, slides]", "Types for tables"),
        ("Types for tables (30 min)", "Types for tables"),
        ("(Room B) Types for tables", "Types for tables"),
        ("Types for tables (Main Hall)", "Types for tables"),
        ("🚀 Types for tables ⭐", "Types for tables"),
        ("2018-03-14: Types for tables", "Types for tables"),
        ("Types for tables (UD2.120 12:35 - 13:00)", "Types for tables"),
        ("Types for tables (Sat 12:35, Blue Hall)", "Types for tables"),
        ("Types for tables (since 10:30 am PST)", "Types for tables (since 10:30 am PST)"),
        ("Types for tables - https://example.org/types", "Types for tables"),
        ("Types for tables: https://example.org/types", "Types for tables"),
        ("Day 2 04 Types for tables", "Types for tables"),
        ("Day 10 10:00 Types for tables", "Day 10 10:00 Types for tables"),
        ("10x faster tables", "10x faster tables"),
        ("What is new in C#", "What is new in C#"),
        ("1984 and other dates", "1984 and other dates"),
        ("Keynote at 10:30am", "Keynote"),
        ("Who does it page at 3am", "Who does it page"),
        ("Does it still page you at 3am", "Does it still page you at 3am"),
    ],
)
def test_what_stands_around_a_title_is_taken_off(heading: str, wording: str) -> None:
    dressing = undress(heading)
    assert heading[dressing.start : dressing.end] == wording


def test_time_room_code_and_date_are_kept() -> None:
    dressing = undress("[ARC301] 10:30–11:15 (Room B) Sensors in the mud")
    assert (dressing.code, dressing.room) == ("ARC301", "Room B")
    assert (dressing.slot.start, dressing.slot.finish) == ("10:30", "11:15")


def test_the_habit_of_the_note_decides_a_doubtful_heading() -> None:
    doubtful = "Matz - Locks and keys"
    assert read(doubtful).people == ()
    assert [p.name for p in read(doubtful, {"dash-first": 0.7}).people] == ["Matz"]


def test_unknown_words_in_the_plural_before_the_note_s_only_colon_are_no_name() -> None:
    doubtful, sure = "Urban Boats: what they forget", "Rosa Diaz: what they forget"
    once = {"colon-first": 0.5, "": 2.0}
    assert read(doubtful, once).title == doubtful
    assert read(sure, once).title == "what they forget"
    for unknown in ("Xiu Qaztan", "Nneka Obiora", "Vasilis Ntoulas"):
        found = read(f"{unknown}: what walls forget", once)
        assert [person.name for person in found.people] == [unknown]
    assert read(doubtful, {"colon-first": 1.0, "": 2.0}).title == "what they forget"
    assert read(doubtful, {"colon-first": 0.5, "": 1.0}).title == "what they forget"


def test_dashes_inside_a_link_belong_to_the_title() -> None:
    text = "Kites - a history - Rosa Diaz"
    link = (Span(start=0, end=17, number=0),)
    found = choose(read_head(text, link), {})
    assert (found.title, found.people[0].name) == ("Kites - a history", "Rosa Diaz")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Keynote: types", "keynote"),
        ("Opening keynote", "keynote"),
        ("Nova Cells Forum", "forum"),
        ("Panel: data that heals", "panel"),
        ("Workshop on kites", "workshop"),
        ("Lightning talk", "lightning"),
        ("How panels are painted", None),
    ],
)
def test_the_kind_stands_at_the_edge_of_a_title(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_quotes_around_a_whole_title_are_dropped() -> None:
    assert unquote("“Kites”") == "Kites"
    assert unquote("“Kites” and “strings”") == "“Kites” and “strings”"


@given(st.text(max_size=120))
def test_any_heading_has_a_reading(text: str) -> None:
    head = read_head(text)
    assert head.readings
    assert 0 <= head.dressing.start <= head.dressing.end <= len(text)
    choose(head, {})
