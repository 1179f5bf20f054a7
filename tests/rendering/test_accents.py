"""Colours of events: readable in both schemes, the same for the same name."""

import pytest

from kb.rendering import accents


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of two colours, as WCAG 2.2 has it."""
    light, dark = sorted(map(luminance, (one, two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else pow((part + 0.055) / 1.055, 2.4) for part in parts
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


@pytest.mark.parametrize("dark", [False, True])
def test_every_accent_can_be_read_on_paper_and_on_its_tint(dark: bool) -> None:
    paper = accents.PAPER_DARK if dark else accents.PAPER_LIGHT
    for number in range(accents.COUNT):
        colour, tint = accents.pair(number, dark=dark)
        assert contrast(colour, paper) >= 4.5
        assert contrast(colour, tint) >= 4.5


def test_hues_differ() -> None:
    assert len({accents.pair(number, dark=False)[0] for number in range(accents.COUNT)}) == 24


def test_a_name_keeps_its_colour() -> None:
    assert accents.accent("Harbour Days") == "accent-7"
    assert accents.accent("Harbour Days") in accents.css().replace("{", " ").replace(".", " ")
