"""Drawings: left alone where they only draw, written anew without what runs where not."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.svg import EMPTY, inert

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:h="http://www.w3.org/1999/xhtml" viewBox="0 0 9 9">'
)
KEPT = '<circle r="1"/>'


def drawing(inner: str) -> bytes:
    return f"{HEAD}{inner}{KEPT}</svg>".encode()


@pytest.mark.parametrize(
    "inner",
    [
        "",
        '<path d="M0 0"/>',
        "<title>a &amp; b</title>",
        '<use xlink:href="#a"/>',
        "<style>.a { fill: url(#g) }</style>",
        '<rect fill="url(#g)" style="fill:red"/>',
        '<image href="data:image/png;base64,AA"/>',
        '<a href="https://a.example/">x</a>',
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>',
        '<i:view xmlns:i="http://www.inkscape.org/" i:zoom="2"/>',
        "<!-- a comment -->",
        '<animate attributeName="r" to="2"/>',
    ],
)
def test_what_only_draws_is_left_alone(inner: str) -> None:
    assert inert(drawing(inner)) == drawing(inner)


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<h:script>alert(1)</h:script>",
        '<script href="x.js"/>',
        '<rect onload="alert(1)"/>',
        '<rect h:onload="alert(1)"/>',
        '<a xlink:href="javascript:a()"/>',
        '<a href="java&#x9;script:a()"/>',
        '<a href="data:text/html,x"/>',
        "<h:b>x</h:b>",
        '<foreignObject><h:iframe src="javascript:a()"/></foreignObject>',
        '<use href="//e.example/#a"/>',
        '<use href="data:image/svg+xml,x#a"/>',
        '<set attributeName="onclick" to="a()"/>',
        '<animate attributeName="xlink:href" to="javascript:a()"/>',
        '<image href="http://e.example/x"/>',
        '<style>@import "http://e.example"</style>',
        "<style>a{fill:url(http://e.example)}</style>",
        '<rect style="fill:url(//e.example/x)"/>',
        '<rect fill="url(http://e.example)"/>',
        '<p xmlns="http://www.w3.org/1999/xhtml" onclick="a()">x</p>',
        "<handler>a()</handler>",
        '<feImage href="http://e.example/x"/>',
        "<style>a{fill:\\75rl(http://e.example)}</style>",
    ],
)
def test_what_runs_or_reaches_out_goes_and_the_drawing_stays(inner: str) -> None:
    shown = inert(drawing(inner))
    assert shown != drawing(inner)
    assert inert(shown) == shown
    text = shown.decode()
    assert '<circle r="1">' in text
    assert not any(word in text for word in ("script", "alert", "e.example", "a()", "onclick"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg",
        b"\x89PNG",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><script>a</script></html>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 9) for n in range(9))
        + b"]><svg xmlns='http://www.w3.org/2000/svg'><text>&j;</text></svg>",
    ],
)
def test_what_is_no_drawing_is_published_empty(data: bytes) -> None:
    assert inert(data) == EMPTY


def test_entities_of_drawing_programs_are_read() -> None:
    data = (
        b'<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>'
        b'<svg xmlns="&ns;"><rect onload="a()"/></svg>'
    )
    assert inert(data) == b'<svg xmlns="http://www.w3.org/2000/svg"><rect></rect></svg>\n'


@given(
    st.text(st.sampled_from("<>/=\"' svgonaclrtp:href#&;x"), max_size=60), st.binary(max_size=40)
)
def test_anything_is_taken(text: str, data: bytes) -> None:
    for one in (drawing(text), data):
        shown = inert(one)
        if shown != one:
            ET.fromstring(shown)
