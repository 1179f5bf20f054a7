"""Card pictures: named by pages, readable, the same bytes, and of the size that is asked for."""

import io
import re

import pytest
from PIL import Image

from kb.model.settings import ThemeSettings
from kb.rendering.accents import COUNT
from kb.rendering.cards import HEIGHT, WIDTH, to_png, written
from kb.rendering.site import render_site
from kb.rendering.views import CardView
from tests.rendering import sample

BASE = "https://notes.example/kb/"


def files(base: str = BASE, cards: str = "all") -> dict[str, bytes]:
    settings = sample.settings(base_url=base, theme=ThemeSettings(cards=cards))
    outputs = render_site(sample.site(), sample.notes(), settings, sample.theme())
    return {one.path: one.data for one in outputs}


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture.convert("RGB")


def ink(view: CardView) -> tuple[int, int, int, int]:
    """Return the box around all that is drawn over the background."""
    picture = opened(to_png(view)).convert("L")
    ground = picture.tobytes()[0]
    box = picture.point([255 * (level != ground) for level in range(256)]).getbbox()
    assert box is not None
    return box


def test_every_card_that_a_page_names_is_there() -> None:
    found = files()
    named = {
        path: re.findall(rb'og:image" content="([^"]+)"', data)
        for path, data in found.items()
        if re.match(r"(events|talks|speakers)/.+/index.html", path)
    }
    cards = {one.decode() for names in named.values() for one in names if b"card.png" in one}
    assert cards == {f"{BASE}{path}" for path in found if path.endswith("card.png")}
    assert f"{BASE}talks/harbour-2017/fast-boats/card.png" in cards
    assert f"{BASE}speakers/ada/card.png" in cards
    assert f"{BASE}events/harbour-2017/card.png" in cards


def test_settings_choose_which_cards_there_are() -> None:
    assert not [path for path in files(base="") if path.endswith("card.png")]
    assert not [path for path in files(cards="none") if path.endswith("card.png")]
    some = {path.split("/")[0] for path in files(cards="events") if path.endswith("card.png")}
    assert some == {"events"}


@pytest.mark.parametrize("accent", ["", *(f"accent-{number}" for number in range(COUNT))])
def test_a_card_is_a_picture_in_the_colour_of_its_event(accent: str) -> None:
    picture = opened(to_png(CardView("Boats", "Harbour Days", "Ada North", accent)))
    assert picture.size == (WIDTH, HEIGHT)
    assert picture.getpixel((0, 0)) != picture.getpixel((WIDTH // 15 + 1, 67))


def test_the_same_view_makes_the_same_bytes_and_another_others() -> None:
    one, two = CardView("Fast boats"), CardView("Slow boats")
    assert to_png(one) == to_png(one)
    assert to_png(one) != to_png(two)


@pytest.mark.parametrize("title", ["W" * 400, "word " * 200, "A title of usual length", "x"])
def test_long_titles_stay_inside_their_margins(title: str) -> None:
    left, top, right, bottom = ink(CardView(title, title, title))
    assert left >= 36
    assert right <= WIDTH - 36
    assert top >= 20
    assert bottom <= HEIGHT - 20


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("José Łukasz Größe", "Jose Lukasz Grosse"),
        ("Don’t – “ever”", 'Don\'t - "ever"'),
        ("郭學聰", ""),
        ("Kubernetes in der Praxis 株", "Kubernetes in der Praxis"),
        ("", ""),
    ],
)
def test_what_the_typeface_lacks_is_left_out_or_written_otherwise(text: str, shown: str) -> None:
    assert written(text) == shown
