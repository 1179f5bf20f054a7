"""Keys above a note's text without fences."""

import pytest

from kb.model.note import Note, Source
from kb.reading.notes import ReadingOptions, read_note


def read(text: str) -> Note:
    return read_note(Source("content/a.md", "0", text.encode()), ReadingOptions())


def test_the_keys_are_read_and_shown_nowhere() -> None:
    note = read(
        "Title: Kanal Days 2021: Thursday\nDate: 2021-09-16 10:20\nTags: ops, locks\n"
        "Category: heard\nAuthor: Robin\nSlug: thu\nSummary: The first\n    of two\n\nText.\n"
    )
    matter = note.matter
    assert (matter.format, note.title, matter.date) == (
        "header",
        "Kanal Days 2021: Thursday",
        "2021-09-16T10:20:00",
    )
    assert (matter.tags, matter.categories, matter.authors) == (
        ("ops", "locks"),
        ("heard",),
        ("Robin",),
    )
    assert (matter.slug, matter.description) == ("thu", "The first of two")
    assert [(block.text, block.line) for block in note.blocks] == [("Text.", 10)]
    assert matter.lines["tags"] == 3
    assert note.findings == ()


@pytest.mark.parametrize("status", ["draft", "Hidden"])
def test_a_draft_says_so_in_its_status(status: str) -> None:
    assert read(f"Title: A\nDate: 2021-01-01\nStatus: {status}\n\nText.\n").matter.draft


def test_a_published_note_is_no_draft() -> None:
    assert not read("Title: A\nStatus: published\n\nText.\n").matter.draft


@pytest.mark.parametrize(
    "text",
    [
        "Title: it alone may be prose\n\nText.\n",
        "Speakers: Ines, Noor\nDate: Friday\n\nText.\n",
        "Date: 2021-01-01\nTags: a\n\nText.\n",
        "Title: A\nand so on\nDate: 2021-01-01\n\nText.\n",
        "\nTitle: A\nDate: 2021-01-01\n\nText.\n",
    ],
)
def test_prose_is_no_header(text: str) -> None:
    note = read(text)
    assert note.matter.format == "none"
    assert note.blocks[0].line == text.index(text.strip()[0]) + 1


def test_what_is_wrong_has_its_place() -> None:
    (finding,) = read("Title: A\nTags: a\nDate: someday\n\nText.\n").findings
    assert (finding.code, finding.line) == ("KB107", 3)


def test_a_header_may_be_all_there_is() -> None:
    note = read("Title: A\nDate: 2021-01-01")
    assert note.title == "A"
    assert note.blocks == ()
