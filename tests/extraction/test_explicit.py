from kb.extraction.extract import ExtractionOptions, is_selected
from kb.model.settings import ContentSettings
from tests.extraction.written import facts_of, note_of, talks

NOTE = """
+++
title = "KeelConf 2023 notes"
{matter}
+++

## Types for tables - Carl Holm

Notes.

## Community corner

Words.

## Kites - Rosa Diaz

More. https://e.org/kites
"""


def told(matter: str) -> str:
    return NOTE.format(matter=matter)


def test_a_comment_makes_and_unmakes_talks() -> None:
    text = told("").replace("## Kites", "<!-- kb: not a talk -->\n## Kites")
    assert [title for title, _ in talks(facts_of(text))] == ["Types for tables", "Community corner"]
    text = told("").replace("Words.", "<!-- kb: workshop -->\n\nWords.")
    found = facts_of(text).sessions[1]
    assert (found.title, found.kind, found.evidence.rule) == (
        "Community corner",
        "workshop",
        "explicit-comment",
    )


def test_front_matter_tells_of_a_talk_by_title_heading_or_line() -> None:
    facts = facts_of(
        told(
            """
            [[talks]]
            title = "Types for tables"
            name = "Types, for Tables"
            kind = "keynote"
            time = "2 pm"
            day = "Tuesday"
            room = "Main"
            topics = ["types"]
            recording = "https://e.org/v"
            [[talks]]
            title = "Kites - Rosa Diaz"
            speakers = ["Rosa Díaz", "Bo Ek"]
            """
        ).replace("            ", "")
    )
    first, _, last = facts.talks
    assert (first.title, first.kind, first.start, first.day, first.room) == (
        "Types, for Tables",
        "keynote",
        "14:00",
        "tuesday",
        "Main",
    )
    assert [(t.name, t.evidence.explicit) for t in first.topics] == [("types", True)]
    assert (first.links[0].url, first.links[0].kind) == ("https://e.org/v", "recording")
    assert [s.name for s in last.speakers] == ["Rosa Díaz", "Bo Ek"]
    assert all(s.evidence.sure == 1 for s in last.speakers)
    assert facts.findings == ()


def test_a_hint_that_fits_nothing_is_reported_with_the_nearest() -> None:
    facts = facts_of(told('[[talks]]\ntitle = "Kytes"\n[[talks]]\nline = 99'))
    assert [finding.code for finding in facts.findings] == ["KB201", "KB201"]
    assert "Kites" in facts.findings[0].hint
    assert facts.findings[0].line > 1


def test_kind_article_keeps_a_note_free_of_talks() -> None:
    assert facts_of(told('kind = "article"')).sessions == ()


def test_a_kind_of_session_makes_the_note_one() -> None:
    (only,) = facts_of(told('kind = "workshop"\nspeakers = ["Bo Ek"]')).sessions
    assert (only.kind, only.title) == ("workshop", "KeelConf 2023 notes")
    assert [s.name for s in only.speakers] == ["Bo Ek"]
    assert only.end == 17


def test_without_guessing_only_named_talks_are_found() -> None:
    options = ExtractionOptions(guess_talks=False)
    assert facts_of(told(""), options=options).sessions == ()
    named = facts_of(told('[[talks]]\ntitle = "Community corner"'), options=options)
    assert [s.title for s in named.sessions] == ["Community corner"]


def test_a_note_outside_the_selection_has_no_talks() -> None:
    assert facts_of(told(""), options=ExtractionOptions(selected=False)).sessions == ()


def test_selection_goes_by_category_tag_and_section() -> None:
    note = note_of("---\ntags: [Summit]\ncategories: [work]\n---\nx\n", "content/post/a.md")
    assert is_selected(note, ContentSettings())
    assert is_selected(note, ContentSettings(tags=("summit",)))
    assert not is_selected(note, ContentSettings(tags=("home",)))
    assert is_selected(note, ContentSettings(categories=("Work",)))
    assert is_selected(note, ContentSettings(sections=("post",)))
    assert not is_selected(note, ContentSettings(sections=("pos",)))
    assert is_selected(note, ContentSettings(tags=("home",), sections=("post/*.md",)))


def test_a_guess_on_thin_evidence_is_told_with_the_word_that_settles_it() -> None:
    facts = facts_of(
        """
        # Types for tables - Val Head

        - one
        - two
        """
    )
    assert [finding.code for finding in facts.findings] == ["KB203"]
    assert "Val Head" in facts.findings[0].message
    assert "Speaker: Val Head" in facts.findings[0].hint
    settled_by_writer = facts_of("# Types for tables\n\nSpeaker: Val Head\n\n- one\n- two\n")
    assert settled_by_writer.findings == ()
    assert [s.name for s in settled_by_writer.talks[0].speakers] == ["Val Head"]
