from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.extraction.record import Record, record
from kb.model.value import from_json, json_schema, to_json
from tests.extraction.written import facts_of, note_of, settled, talk, talks

NOTE = """
# KeelConf Lund 2023 - Day 2

Two days by the sea.

## Morning

### Types for tables

- Carl Holm
- https://keel.example/sessions/types-for-tables

> Why tables have types and what to do with them when they do not have any.

* first
* second: [a repo](https://github.com/carl/types)

![stage](img/Photo-May-09--10-33-22-AM.jpg)

### Lunch

## Afternoon

### Kites (Rosa Diaz)

Wind. Not a speaker: Ada Lovelace.

## Links

- https://e.org/after
"""


def test_the_only_heading_of_an_events_note_has_speakers_of_any_name() -> None:
    text = "# KeelConf 2023\n\n## Ropes that hold\n\n- Thandiwe Mokoena\n\n* knots\n"
    assert talks(facts_of(text)) == [("Ropes that hold", ["Thandiwe Mokoena"])]
    assert talks(facts_of(text.replace("KeelConf 2023", "Ropes"))) == []


def test_ignites_hold_talks_and_are_none() -> None:
    text = (
        "# DevOpsDays Lund 2023\n\n## Ropes - Carl Holm\n\n* knots\n\n"
        "## Kites - Rosa Diaz\n\n* wind\n\n## Ignites\n\nFive of them.\n"
    )
    assert [title for title, _ in talks(facts_of(text))] == ["Ropes", "Kites"]


def test_links_of_footnotes_are_the_notes_or_its_only_talks() -> None:
    day = (
        "# KeelConf 2023\n\n## Ropes - Carl Holm\n\nThey hold.[^1]\n\n## Kites - Rosa Diaz\n\n"
        "* wind[^2]\n\n[^1]: See <https://github.com/carl/ropes>.\n"
        "[^2]: [Wind](https://wind.example/scale)\n"
    )
    facts = facts_of(day)
    assert [one.links for one in facts.talks] == [(), ()]
    assert [(link.url, link.kind, link.evidence.line) for link in facts.links] == [
        ("https://github.com/carl/ropes", "code", 11),
        ("https://wind.example/scale", "article", 12),
    ]
    alone = facts_of(
        "# Ropes that hold\n\nSpeaker: Carl Holm\n\nThey hold.[^1]\n\n[^1]: https://a.example\n"
    )
    assert [[link.url for link in one.links] for one in alone.talks] == [["https://a.example"]]
    assert alone.links == ()


def test_a_note_gives_everything_it_says() -> None:
    facts = facts_of(NOTE)
    first, lunch, last = facts.sessions
    assert (first.title, first.kind, first.part) == ("Types for tables", "talk", "am")
    assert [s.name for s in first.speakers] == ["Carl Holm"]
    assert [(link.kind, link.evidence.line) for link in first.links] == [
        ("schedule", 10),
        ("code", 15),
    ]
    assert first.abstract is not None
    assert (first.abstract.first, first.abstract.last) == (12, 12)
    assert first.abstract_text.startswith("Why tables")
    assert [(p.alt, p.taken) for p in first.pictures] == [("stage", "05-09T10:33:22")]
    assert (lunch.kind, lunch.speakers) == ("social", ())
    assert (last.part, [s.name for s in last.speakers]) == ("pm", ["Rosa Diaz"])
    assert [link.url for link in facts.links] == ["https://e.org/after"]
    assert facts.event is not None
    assert facts.event.day == "day-2"


def test_notes_are_the_lines_that_no_field_tells() -> None:
    first = facts_of(NOTE).sessions[0]
    shown = {line for lines in first.notes for line in range(lines.first, lines.last + 1)}
    assert {14, 15, 17} <= shown
    assert not {9, 10, 12} & shown
    assert (first.line, first.end) == (7, 17)


def test_a_sponsor_a_firm_and_a_person_quoted_are_no_speakers() -> None:
    facts = facts_of(
        """
        # KeelConf 2023

        ## Mentoring round

        - Women of Keel, sponsored by MegaDisk
        - https://keel.example/schedule/mentoring-round

        ## Types for tables

        - Hamnen Cloud Systems
        - fast
        - "Tables are trees" - Grace Hopper

        ## Kites - Rosa Diaz

        As Alan Kay said: the best way.
        """
    )
    assert [s.name for session in facts.sessions for s in session.speakers] == ["Rosa Diaz"]


def test_two_links_to_one_page_count_once_and_shortened_text_does_not_count() -> None:
    found = talk(
        """
        # Types for tables - Carl Holm

        - https://e.org/a and [again](https://e.org/a)
        - [https://e.org/lo…](https://e.org/long)
        - ![](https://e.org/p.png) `https://e.org/code` www.e.org [mail](mailto:a@e.org)
        """
    )
    assert [link.url for link in found.links] == ["https://e.org/a", "https://e.org/long"]


def test_a_link_whose_text_is_its_host_is_a_link() -> None:
    found = talk(
        """
        # Types for tables - Carl Holm

        - [tables.e.org](http://tables.e.org) and www.e.org
        """
    )
    assert [link.url for link in found.links] == ["http://tables.e.org"]


def test_a_schedule_that_repeats_the_talks_makes_none() -> None:
    facts = facts_of(
        """
        # KeelConf 2023

        | Time | Title | Speaker |
        | --- | --- | --- |
        | 10:00 | Types for tables | Carl Holm |
        | 11:00 | Kites | Rosa Diaz |

        ## Types for tables - Carl Holm

        Notes.

        ## Kites - Rosa Diaz

        Notes.
        """
    )
    assert talks(facts) == [("Types for tables", ["Carl Holm"]), ("Kites", ["Rosa Diaz"])]
    assert facts.talks[0].line > 6


def test_the_record_is_what_the_facts_say() -> None:
    facts = facts_of(NOTE)
    found = record(facts)
    assert [t.title for t in found.talks] == ["Types for tables", "Kites"]
    assert [t.title for t in found.sessions] == ["Lunch"]
    assert found.talks[0].links == tuple(link.url for link in facts.sessions[0].links)
    assert found.event is not None
    assert (found.event.name, found.event.place, found.event.year) == ("KeelConf", "Lund", 2023)
    assert to_json(found) == to_json(record(facts_of(NOTE)))


LINES = st.sampled_from(
    [
        "# KeelConf 2023", "## Types - Carl Holm", "## Lunch", "### Q&A", "#### Rosa Diaz",
        "- Carl Holm", "* notes", " * nested", "> quoted words that are long enough to be one",
        "Speaker: Rosa Diaz", "Talk: Kites", "https://e.org/x", "**Bold line**", "---", "```",
        "| Title | Speaker |", "| --- | --- |", "| Kites | Bo Ek |", "", "", "plain words",
        "<!-- kb: talk -->", "<h3>HTML</h3>", "10:00 Kites - Rosa Diaz", "「題」 by ma2ge",
        "Term", ": definition", "[a](b) [c](http://e.org)", "![p](IMG_20170508_145201.jpg)",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_any_note_gives_facts_that_hold_together(lines: list[str]) -> None:
    note = note_of("\n".join(lines))
    (facts,) = settled([note])
    last = 0
    for session in facts.sessions:
        assert last < session.line <= session.end <= max(1, note.lines)
        last = session.end if session.line != session.end else session.line
        for lines_shown in session.notes:
            assert session.line <= lines_shown.first <= lines_shown.last <= session.end
        for link in session.links:
            assert link.url.startswith("http")
        names = [speaker.name for speaker in session.speakers]
        assert len(names) == len(set(names))
        assert all(names)
    assert (facts,) == settled([note])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_facts(text: str) -> None:
    settled([note_of(text)])


def test_what_is_printed_of_a_note_names_every_field() -> None:
    found = record(facts_of(NOTE))
    said = to_json(found)
    assert b'"pictures":[{"alt":"stage","line":' in said
    evidence = from_json(said, dict[str, Any])["talks"][0]["evidence"]
    assert [speaker["name"] for speaker in evidence["speakers"]] == ["Carl Holm"]
    assert [link["kind"] for link in evidence["links"]] == ["schedule", "code"]
    assert b"prefixItems" not in to_json(json_schema(Record))
    assert from_json(said, Record) == found
