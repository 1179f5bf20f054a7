"""A file to a note: titles, sizes, digests, and everything that can be wrong with a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.note import Note
from kb.model.value import decode, encode
from kb.reading import notes, tokens
from kb.reading.notes import title_from_path
from tests.reading.reader import body, codes, complaints, html, misplaced, note


@pytest.mark.parametrize(
    ("text", "title", "found"),
    [
        ('+++\ntitle = "From above"\n+++\n# From below\n', "From above", []),
        ("# Only one\n\n## Part\n\ntext\n", "Only one", []),
        ("Underlined\n==========\n\ntext\n", "Underlined", []),
        ("<!-- kb: x -->\n\n# After a comment\n", "After a comment", []),
        ("+++\nslug = 'x'\n+++\n# In the text\n", "In the text", []),
        ("# Talk one\n\n# Talk two\n", "Monday", [("KB110", 1)]),
        ("## Talk one\n\ntext\n", "Monday", [("KB110", 1)]),
        ("Hello.\n\n# Too late\n", "Monday", [("KB110", 3)]),
        ("just text\n", "Monday", [("KB106", 1)]),
        ("+++\nslug = 'x'\n+++\ntext\n", "Monday", [("KB106", 1)]),
        ('+++\ntitle = ""\n+++\ntext\n', "Monday", [("KB106", 2)]),
        ("+++\ntitle = 7\n+++\ntext\n", "Monday", [("KB103", 2)]),
        ('+++\ntitle = "\n+++\ntext\n', "Monday", [("KB101", 2)]),
        ("", "Monday", [("KB105", 1)]),
        (" \n\n", "Monday", [("KB105", 1)]),
    ],
)
def test_titles(text: str, title: str, found: list[tuple[str, int]]) -> None:
    read = note(text)
    assert (read.title, codes(read)) == (title, found)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("2017-05-13-boston_monday.md", "Boston monday"),
        ("notes/day-1.markdown", "Day 1"),
        ("boston-2017/index.md", "Boston 2017"),
        ("boston/README.md", "Boston"),
        ("README.md", "README"),
        ("2017-05-13.md", "2017 05 13"),
        ("-.md", "-.md"),
        ("a\nb.md", "A b"),
    ],
)
def test_a_file_name_in_words(path: str, title: str) -> None:
    assert title_from_path(path) == title


def test_lines_words_and_digest() -> None:
    read = body("one two\n\n- three\n")
    assert (read.lines, read.words, read.digest) == (6, 4, "0" * 64)
    assert note("a\nb").lines == 2


def test_a_file_over_the_limit_shows_its_beginning_as_text() -> None:
    read = body("*not* emphasis <b>\n" * 20, max_bytes=100)
    assert codes(read) == [("KB108", 1)]
    assert [block.kind for block in read.blocks] == ["code"]
    assert read.blocks[0].line == 4
    assert "<b>" not in html(read)
    assert "*not* emphasis &lt;b&gt;" in html(read)
    assert read.references == ()
    assert misplaced(read) == []


def test_a_file_over_the_limit_is_not_cut_within_a_character() -> None:
    for most in range(20, 24):
        read = note(('+++\ntitle="T"\n+++\n' + "é日🏝" * 9).encode(), max_bytes=most)
        assert codes(read) == [("KB108", 1)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("- a\n" * 10, 2 + 10 * 5),
        ("|a|\n|-|\n" + "|b|\n" * 10, 9 + 2 + 10 * 5),
        ("*a* " * 10, 3 + 10 * 4),
        ("[a](b)\n" * 10, 3 + 10 * 4 - 1),
        ("![*a* *a* *a*](b)\n" * 4, 3 + 4 * (11 + 2) - 1),
    ],
)
def test_a_note_of_too_many_pieces_is_shown_as_text(
    text: str, pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", pieces)
    assert codes(body(text)) == []
    monkeypatch.setattr(tokens, "MOST_TOKENS", pieces // 2)
    read = body("[kept](https://example.org)\n\n" + text)
    assert codes(read) == [("KB108", 1)]
    assert [block.kind for block in read.blocks] == ["code"]
    assert read.references == ()
    assert misplaced(read) == []


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("<ul>" + "<li>a" * 8 + "</ul>\n", 19, "pieces of HTML"),
        ("[a](b) " * 8, 8, "links and pictures"),
        ("www.example.org " * 8, 8, "links and pictures"),
        ("<p>" + "<img src=a>" * 8 + "</p>\n", 8, "links and pictures"),
    ],
)
def test_so_is_one_of_too_much_html_and_too_many_links(
    text: str, most: int, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "kb.reading.html.MOST_PARTS" if "HTML" in shown else "kb.reading.prose.MOST_REFERENCES"
    monkeypatch.setattr(place, most)
    assert "KB108" not in {code for code, _ in codes(body(text))}
    monkeypatch.setattr(place, most - 1)
    read = body(text)
    assert codes(read) == [("KB108", 1)]
    assert shown in read.findings[0].message
    assert [block.kind for block in read.blocks] == ["code"]
    assert read.references == ()


def test_thousands_of_findings_are_told_as_some_and_a_count() -> None:
    read = body("[a](javascript:x)\n\n" * 1000)
    assert len(read.findings) == notes.MOST_FINDINGS + 1
    assert read.findings[-1].message == f"and {1000 - notes.MOST_FINDINGS} more like this"


def test_a_note_that_takes_too_long_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "SECONDS", 0.2)
    read = body("![[]()" * 40_000)
    assert codes(read) == [("KB116", 4)]
    assert [block.kind for block in read.blocks] == ["code"]
    assert read.references == ()
    assert body("fine\n").blocks[0].text == "fine"


def test_a_note_whose_front_matter_takes_too_long_is_shown_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notes, "MATTER_SECONDS", 0.05)
    read = note("+++\n" + "".join(f"k{n} = 1\n" for n in range(60_000)) + "+++\n*text*\n")
    assert codes(read) == [("KB106", 1), ("KB116", 1)]
    assert [block.kind for block in read.blocks] == ["code"]
    assert "*text*" in html(read)


def test_bytes_that_are_no_utf8_are_told_and_the_rest_is_read() -> None:
    read = note(b'+++\ntitle="T"\n+++\nfine\n\n\x93BODY\x94 [l](https://a.example/)\n')
    assert codes(read) == [("KB104", 6)]
    assert read.blocks[1].text == "\ufffdBODY\ufffd l"
    assert len(read.references) == 1


def test_control_characters_of_the_body_are_told_at_their_line() -> None:
    read = body("a\n\nb\x08c\n")
    assert [(f.code, f.line, f.column) for f in read.findings] == [("KB111", 6, 2)]
    assert read.blocks[1].text == "bc"


def test_line_ends_of_every_kind_give_the_same_note() -> None:
    text = '+++\ntitle = "T"\n+++\n\n# A\n\n* b\n * c\n\n```\nd\n```\n'
    plain = note(text)
    assert note(text.replace("\n", "\r\n")) == plain
    assert note(text.replace("\n", "\r")) == plain
    assert note("\ufeff" + text) == plain


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_that_can_be_kept(data: bytes) -> None:
    read = note(data)
    assert decode(encode(read), Note) == read
    assert complaints(read) == []
    assert misplaced(read) == []
