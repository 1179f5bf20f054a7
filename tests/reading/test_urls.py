"""Which targets are refused."""

import pytest

from kb.reading.urls import is_complete, is_unsafe


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "java\u00adscript:x",
        "VBScript:x",
        "data:text/html;base64,x",
        "data:image/png;base64,x",
        "file:///etc/passwd",
        "view-source:javascript:x",
        "blob:https://a.example/x",
    ],
)
def test_refused(target: str) -> None:
    assert is_unsafe(target)


@pytest.mark.parametrize(
    "target",
    [
        "https://a.example/javascript:x",
        "mailto:a@example.org",
        "/notes/data:x",
        "notes/javascript:x.md",
        "#javascript:x",
        "irc://irc.example.org/kb",
        "tel:+1",
        "",
        "?file:x",
    ],
)
def test_let_through(target: str) -> None:
    assert not is_unsafe(target)


def test_pictures_may_hold_their_data() -> None:
    assert not is_unsafe("data:image/png;base64,AAAA", picture=True)
    assert is_unsafe("data:image/svg+xml,x", picture=True)
    assert is_unsafe("data:text/html,x", picture=True)
    assert is_unsafe("javascript:x", picture=True)


def test_complete_urls() -> None:
    assert is_complete("https://a.example/x")
    assert not is_complete("see https://a.example/x")
    assert not is_complete("a.example")
