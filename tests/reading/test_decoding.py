"""Bytes to text: what is no UTF-8, and what no reader should see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.decoding import decode, without_controls


@pytest.mark.parametrize(
    ("data", "text", "line"),
    [
        (b"a\nb\n", "a\nb\n", 0),
        (b"\xef\xbb\xbfa", "a", 0),
        (b"a\r\nb\rc\n", "a\nb\rc\n", 0),
        (b"a\rb\r", "a\nb\n", 0),
        (b"a\nb \x93c\x94\n", "a\nb \ufffdc\ufffd\n", 2),
        (b"\xef\xbb\xbfa\nb\n\xff", "a\nb\n\ufffd", 3),
        (b"a\r\nb\r\n\xe2\x82", "a\nb\n\ufffd", 3),
        (b"a\rb\r\xe9", "a\nb\n\ufffd", 3),
        ("\ufeffdré\n".encode("utf-16-le"), "dré\n", 1),
        ("\ufeffdré\n".encode("utf-16-be"), "dré\n", 1),
        ("dre\n".encode("utf-16-le"), "dre\n", 1),
        ("dre\n".encode("utf-16-be"), "dre\n", 1),
    ],
)
def test_text_and_the_line_of_what_cannot_be_read(data: bytes, text: str, line: int) -> None:
    read, findings = decode(data, "a.md")
    assert read.lstrip("\ufeff") == text
    assert [(f.code, f.line) for f in findings] == ([("KB104", line)] if line else [])


def test_control_characters_are_left_out_and_told() -> None:
    text, findings = without_controls("ok\n\ttab\na\x0bb\x0cc\bd\ufffee\x00\x9f", "a.md", 5)
    assert text == "ok\n\ttab\na b cde\ufffd"
    assert [(f.code, f.line, f.column) for f in findings] == [("KB111", 7, 2)]
    assert "U+000B" in findings[0].message
    assert "5 more" in findings[0].message


def test_ordinary_text_is_handed_back_as_it_is() -> None:
    text = "Zoë, 日本語, 🏝\n\u202eleft\u202c\n"
    assert without_controls(text, "a.md", 1) == (text, ())


@given(st.binary(max_size=80))
def test_any_bytes_become_text_that_can_be_written_again(data: bytes) -> None:
    text, _ = decode(data, "a.md")
    cleaned, _ = without_controls(text, "a.md", 1)
    cleaned.encode()
    assert "\r" not in cleaned
    assert "\x00" not in cleaned
