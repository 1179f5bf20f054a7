"""Colours of events: readable in both schemes, the same for the same name."""

import pytest

from kb.rendering import accents


@pytest.mark.parametrize("dark", [False, True])
def test_every_accent_can_be_read_on_paper_and_on_its_tint(dark: bool) -> None:
    paper = accents.PAPER_DARK if dark else accents.PAPER_LIGHT
    for number in range(accents.COUNT):
        colour, tint = accents.pair(number, dark=dark)
        assert accents.contrast(colour, paper) >= 4.5
        assert accents.contrast(colour, tint) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert accents.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert accents.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.01)


def test_hues_differ() -> None:
    assert len({accents.pair(number, dark=False)[0] for number in range(accents.COUNT)}) == 24


def test_a_name_keeps_its_colour() -> None:
    assert accents.accent("Harbour Days") == accents.accent("Harbour Days")
    assert accents.accent("Harbour Days") in accents.css().replace("{", " ").replace(".", " ")
