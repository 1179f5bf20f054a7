"""What a heading is for, by its words alone."""

import pytest

from kb.extraction.roles import holds_lightning, role_of


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Day 2", "day"),
        ("Day 2 Keynote", ""),
        ("Day 2 Keynotes", "day"),
        ("19 Nov 2014 Quay Hotel, Singapore", "day"),
        ("19 Nov 2014: ropes in Singapore", ""),
        ("10.4.22", "day"),
        ("Talks I liked", "container"),
        ("Talks I", ""),
        ("Tuesday keynote", ""),
        ("День 2", "day"),
        ("Перерыв", "break"),
        ("Przerwa kawowa", "break"),
        ("점심시간", "break"),
        ("Vendors", "break"),
        ("느낀점", "generic"),
        ("Podsumowanie", "generic"),
        ("Итоги", "generic"),
        ("總結", "generic"),
        ("Book recommendations:", "generic"),
        ("Knots that hold", ""),
    ],
)
def test_words_tell_what_a_heading_is_for(text: str, role: str) -> None:
    assert role_of(text) == role


@pytest.mark.parametrize(
    "text", ["Lightning talks", "Lightning Talks 2", "⚡️ Talks", "Flash talks", "LTs", "Quickies"]
)
def test_lightning_talks_go_by_several_names(text: str) -> None:
    assert holds_lightning(text)


@pytest.mark.parametrize("text", ["Talks", "Lightning", "Lightning talks are short", "⚡ Power"])
def test_other_headings_hold_no_lightning_talks(text: str) -> None:
    assert not holds_lightning(text)
