"""Colours of events: a hue from the name, a lightness that can be read in both schemes.

Colours are OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020) turned
into sRGB here, so that contrast (WCAG 2.2, "relative luminance") can be checked when they are made.
"""

import zlib
from bisect import bisect_left
from math import cos, radians, sin

COUNT = 24
"""How many hues there are."""
PAPER_LIGHT = "#fbfaf7"
PAPER_DARK = "#14161a"
ENOUGH = 4.6
"""Least contrast with paper and tint; WCAG AA asks 4.5."""

Colour = tuple[float, float, float]


def accent(name: str) -> str:
    """Return the CSS class of the event called `name`; the same name, the same class."""
    return f"accent-{zlib.crc32(name.encode()) % COUNT}"


def css() -> str:
    """Return the rules of all accent classes."""
    rules = []
    for number in range(COUNT):
        light, light_tint = pair(number, dark=False)
        dark, dark_tint = pair(number, dark=True)
        rules.append(
            f".accent-{number}{{--accent:light-dark({light},{dark});"
            f"--tint:light-dark({light_tint},{dark_tint})}}"
        )
    return "\n".join(rules) + "\n"


def pair(number: int, *, dark: bool) -> tuple[str, str]:
    """Return accent and tint number `number` as `#rrggbb`, for one scheme.

    The accent is the most vivid that has contrast `ENOUGH` with both the paper and the tint.
    """
    hue = 360 * number / COUNT + 8
    paper = PAPER_DARK if dark else PAPER_LIGHT
    tint = _hex(_rgb(0.255 if dark else 0.95, 0.035 if dark else 0.028, hue))
    steps = range(74, 96) if dark else range(60, 20, -1)
    around = (_luminance(paper), _luminance(tint))

    def colour(step: int) -> str:
        return _hex(_rgb(step / 100, 0.13 if dark else 0.16, hue))

    def is_enough(step: int) -> bool:
        own = _luminance(colour(step))
        return min(_ratio(own, other) for other in around) >= ENOUGH

    # Each step has more contrast than the one before.
    return colour(steps[bisect_left(steps, x=True, key=is_enough)]), tint


def _ratio(one: float, two: float) -> float:
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(lightness: float, chroma: float, hue: float) -> Colour:
    """Return linear sRGB of an OKLCH colour, chroma lowered until it fits."""
    while True:
        a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        colour = (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )
        if chroma <= 0.005 or all(-0.0005 <= part <= 1.0005 for part in colour):
            return colour
        chroma -= 0.005


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(255 * _gamma(part)):02x}" for part in colour)


def _gamma(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
