"""Who links to a page, and in which words."""

from hypothesis import given
from hypothesis import strategies as st

from kb.graph.backlinks import LONGEST_SENTENCE, sentence_at
from kb.model.facts import SessionFacts
from kb.model.note import Lines
from kb.model.site import Backlink, Url
from tests.graph.builders import (
    by_title,
    event,
    evidence,
    heading,
    link,
    paragraph,
    site,
    to,
    told,
)

BOSTON = event("Harbour Conf", "Boston", 2017)
VIDEO = "https://videos.example/cells"


def talk(title: str, line: int, anchor: str, *links: tuple[str, int]) -> SessionFacts:
    return SessionFacts(
        title=title,
        kind="talk",
        line=line,
        end=line + 9,
        evidence=evidence(line),
        notes=(Lines(line + 2, line + 9),),
        anchor=anchor,
        heading=title,
        links=tuple(link(url, "recording", line=at) for url, at in links),
    )


def test_a_talk_knows_who_links_to_its_heading_and_in_which_words() -> None:
    words = "First this. As Ada said in her talk, cells are small. And then more."
    built = site(
        told(
            "content/a.md",
            talk("Cells for all", 10, "cells-for-all"),
            blocks=[heading("Cells for all", 10, "cells-for-all")],
            event=BOSTON,
        ),
        told(
            "content/b.md",
            talk("Looking back", 10, "looking-back"),
            blocks=[
                heading("Looking back", 10, "looking-back"),
                heading("Cells", 13, "cells", 3),
                paragraph(words, 15, ("her talk", 0)),
            ],
            references=[to("a.md#cells-for-all", 15, "her talk")],
            event=BOSTON,
        ),
    )
    back = by_title(built, "Looking back")
    expected = Backlink(
        page=Url(f"{back.url}#cells"),
        title="Looking back",
        sentence="As Ada said in her talk, cells are small.",
    )
    assert by_title(built, "Cells for all").backlinks == (expected,)
    (note,) = [note for note in built.notes if note.path == "content/a.md"]
    assert note.backlinks == (expected,)
    assert by_title(built, "Looking back").backlinks == ()


def test_citing_a_talks_recording_is_citing_the_talk() -> None:
    built = site(
        told(
            "content/a.md",
            talk("Cells for all", 10, "", (VIDEO, 11)),
            references=[to(VIDEO, 11)],
            blocks=[paragraph("Watch it there.", 11, ("there", 0))],
            event=BOSTON,
        ),
        told(
            "content/b.md",
            talk("Looking back", 10, "", ("http://www.videos.example/cells/", 14)),
            references=[to("http://www.videos.example/cells/", 14)],
            blocks=[paragraph("See there for more.", 14, ("there", 0))],
            event=BOSTON,
        ),
    )
    (found,) = by_title(built, "Cells for all").backlinks
    assert (found.title, found.sentence) == ("Looking back", "See there for more.")


def test_a_note_outside_its_talks_cites_as_a_note() -> None:
    built = site(
        told("content/a.md", event=BOSTON),
        told(
            "content/b.md",
            title="Plan",
            references=[to("a.md", 80)],
            blocks=[heading("Later", 70, "later"), paragraph("I was there.", 80, ("there", 0))],
        ),
    )
    (note,) = [note for note in built.notes if note.path == "content/a.md"]
    assert note.backlinks == (
        Backlink(
            page=Url("/notes/b/#later"),
            title="Plan",
            sentence="I was there.",
        ),
    )


def test_a_page_does_not_link_to_itself() -> None:
    built = site(
        told(
            "content/a.md",
            references=[to("#x", 5), to("a.md", 6)],
            blocks=[heading("X", 4, "x"), paragraph("up down", 5, ("up", 0), ("down", 1))],
        )
    )
    assert built.notes[0].backlinks == ()


def test_two_talks_of_one_note_may_cite_each_other() -> None:
    built = site(
        told(
            "content/a.md",
            talk("One", 10, "one"),
            talk("Two", 30, "two"),
            references=[to("#one", 35)],
            blocks=[
                heading("One", 10, "one"),
                heading("Two", 30, "two"),
                paragraph("As in one above.", 35, ("one", 0)),
            ],
        )
    )
    assert [found.title for found in by_title(built, "One").backlinks] == ["Two"]
    assert built.notes[0].backlinks == ()


def test_initials_and_abbreviations_end_no_sentence() -> None:
    text = "So it was. As Dr. N. Haddad said, e.g. here, walls leak. The end."
    assert sentence_at(text, 20, 22) == "As Dr. N. Haddad said, e.g. here, walls leak."


def test_headings_of_a_second_telling_have_no_anchor_on_the_talks_page() -> None:
    built = site(
        told("content/a.md", event=BOSTON, title="Cited"),
        *(
            told(
                f"content/{name}.md",
                talk("Cells for all of us", 10, ""),
                references=[to("a.md", 15)],
                blocks=[heading("Part", 13, "part"), paragraph(f"See it {name}.", 15, ("it", 0))],
                event=BOSTON,
            )
            for name in ("b", "c")
        ),
    )
    (cited,) = [note for note in built.notes if note.title == "Cited"]
    url = by_title(built, "Cells for all of us").url
    assert [link.page for link in cited.backlinks] == [f"{url}#part", url]


def test_sentences_are_cut_at_their_ends() -> None:
    text = 'He said "so." Then version 1.2 came! 次の話。これです。'
    assert sentence_at(text, 3, 7) == 'He said "so."'
    assert sentence_at(text, 20, 22) == "Then version 1.2 came!"
    assert sentence_at(text, text.index("これ"), text.index("これ") + 2) == "これです。"


@given(st.text(max_size=900), st.integers(0, 900), st.integers(0, 30))
def test_words_around_a_link_are_short_and_from_the_text(text: str, first: int, more: int) -> None:
    sentence = sentence_at(text, min(first, len(text)), min(first + more, len(text)))
    assert len(sentence) <= LONGEST_SENTENCE + 2
    assert sentence.strip("…") in " ".join(text.split()) or "…" in text
