"""Card pictures: what other sites and messengers show of a link to an event, talk or speaker.

They are named as `og:image` (https://ogp.me), which must be a complete URL: a site without base_url
has none. One takes a quarter of a millisecond: glyphs and words are drawn once, and a picture is
put together from them in four shades.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from kb.model.site import EventRecord, PersonRecord, SessionRecord
from kb.rendering.accents import PAPER_LIGHT, accent, pair
from kb.rendering.catalog import Catalog
from kb.rendering.views import CardView, Page
from kb.rendering.words import Words

if TYPE_CHECKING:
    from PIL import Image, ImageFont

WIDTH, HEIGHT = 600, 315
"""1.91 to 1, as large as a large card needs."""
_MARGIN = 40
_ROOM = WIDTH - 2 * _MARGIN
_PLAIN = "#2b50a8"
"""What a card has that belongs to no event: the accent of the style sheet."""
_SHADES = 4
_BITS = 2
_FILTER = 8 // _BITS
"""Pixels left of each row that become the byte which PNG puts before a row (0: no filter)."""
_TITLES = ((40, 50, 3), (32, 41, 4), (26, 34, 5))
"""Size, distance of lines and most lines of a title: the first that it fits in, else the last."""
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae"}
    | {
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "þ": "th",
        "Þ": "Th",
        "ð": "d",
        "–": "-",
        "—": "-",
        "‑": "-",
    }
    | {"\u00a0": " ", "\u2019": "'", "\u2018": "'", "“": '"', "”": '"'}
)


def card_of(
    record: EventRecord | SessionRecord | PersonRecord, catalog: Catalog, words: Words
) -> Iterator[Page]:
    """Yield the card of one thing, if it has one."""
    if has_card(record, catalog):
        path = card_url(record).lstrip("/")
        yield Page(path, "card.png", None, _card(record, catalog, words))


def card_url(record: EventRecord | SessionRecord | PersonRecord) -> str:
    """Return the root-relative URL of the card of a thing."""
    return f"{record.url}card.png"


def has_card(record: EventRecord | SessionRecord | PersonRecord, catalog: Catalog) -> bool:
    """Whether a card of the thing is drawn: base_url and settings want it, the typeface can."""
    if not cards_wanted(catalog):
        return False
    if not isinstance(record, EventRecord) and catalog.settings.theme.cards == "events":
        return False
    return bool(written(_title(record)))


def cards_wanted(catalog: Catalog) -> bool:
    """Whether any card is drawn: base_url and settings want it."""
    return bool(catalog.base) and catalog.settings.theme.cards != "none"


def _title(record: EventRecord | SessionRecord | PersonRecord) -> str:
    if isinstance(record, SessionRecord):
        return record.title
    return record.name if isinstance(record, PersonRecord) else record.title


def _card(
    record: EventRecord | SessionRecord | PersonRecord, catalog: Catalog, words: Words
) -> CardView:
    site = catalog.settings.title
    if isinstance(record, EventRecord):
        when = words.span(record.start, record.end) if record.start else str(record.year or "")
        about = (when, record.place)
        return CardView(_title(record), site, _line(*about), accent(_title(record)))
    if isinstance(record, PersonRecord):
        count = words.say("count.talks", record.talks)
        return CardView(record.name, site, _line(count, *record.organisations[-1:]))
    event = catalog.events.get(record.event) if record.event else None
    people = ", ".join(credit.name for credit in record.speakers)
    if event is None:
        return CardView(record.title, site, people)
    name = _title(event)
    return CardView(record.title, name, people, accent(name))


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def written(text: str) -> str:
    """Return `text` in the letters that the typeface has, accents left out; `""` if too few are.

    The typeface is the one that comes with Pillow, so that all machines draw the same.
    """
    if text.isascii():
        return text
    plain = normalize("NFKD", text.translate(_LETTERS))
    kept = "".join(sign for sign in plain if sign.isascii() or sign in "·…")
    lost = sum(sign.isalpha() for sign in plain) - sum(sign.isalpha() for sign in kept)
    return "" if lost * 5 > len(text) else " ".join(kept.split())


def to_png(view: CardView) -> bytes:
    """Return a card as PNG (https://www.w3.org/TR/png-3/)."""
    picture = _ground(view.above).copy()
    size, step, lines = _broken(written(view.title))
    top = (HEIGHT - step * len(lines)) // 2 - 4
    for number, line in enumerate(lines):
        _put(picture, line, size, top + step * number)
    _put(picture, _cut(written(view.below), 22), 22, HEIGHT - 58)
    rows = picture.tobytes("raw", f"P;{_BITS}")
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, _BITS, 3, 0, 0, 0)),
            _chunk(b"PLTE", _palette(view.accent)),
            _chunk(b"IDAT", _packed(rows)),
            _chunk(b"IEND", b""),
        )
    )


def _packed(rows: bytes) -> bytes:
    """Return rows as PNG packs them: runs are all that is worth looking for in them."""
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    return packer.compress(rows) + packer.flush()


@lru_cache(maxsize=64)
def _ground(above: str) -> "Image.Image":
    """Return what all cards of an event have in common: its name over a rule."""
    from PIL import Image  # noqa: PLC0415

    picture = Image.new("P", (WIDTH + _FILTER, HEIGHT), 0)
    _put(picture, _cut(written(above), 20), 20, 30)
    picture.paste(_SHADES - 1, (_MARGIN + _FILTER, 66, _MARGIN + _FILTER + 48, 69))
    return picture


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@lru_cache(maxsize=64)
def _palette(accent_class: str) -> bytes:
    """Return the colours from the event's accent to paper, in as many steps as there are shades."""
    number = accent_class.removeprefix("accent-")
    dark = pair(int(number), dark=False)[0] if number.isdigit() else _PLAIN
    start, end = (bytes.fromhex(colour[1:]) for colour in (dark, PAPER_LIGHT))
    steps = range(_SHADES)
    return bytes(
        round(one + (two - one) * step / (_SHADES - 1))
        for step in steps
        for one, two in zip(start, end, strict=True)
    )


def _broken(title: str) -> tuple[int, int, list[str]]:
    """Return the size, the distance of lines and the lines of a title."""
    words = title.split()
    for size, step, most in _TITLES:
        lines = _lines(words, size)
        if len(lines) <= most and all(_wide(word, size) <= _ROOM for word in words):
            return size, step, lines
    lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return size, step, [_cut(line, size) for line in lines]


def _lines(words: list[str], size: int) -> list[str]:
    """Return words in as few lines as they fit in."""
    lines: list[list[str]] = []
    space, free = _wide(" ", size), 0
    for word in words:
        wide = space + _wide(word, size)
        if wide > free:
            lines.append([])
            free = _ROOM + space
        lines[-1].append(word)
        free -= wide
    return [" ".join(line) for line in lines]


def _cut(text: str, size: int) -> str:
    """Return as much of one line as there is room for."""
    room = _ROOM - _wide("…", size)
    wide = 0
    for place, sign in enumerate(text):
        wide += _glyph(sign, size)[1]
        if wide > room and _wide(text[place:], size) > _ROOM - wide + _wide(sign, size):
            return f"{text[:place].rstrip(' ,.;:·')}…"
    return text


@lru_cache(maxsize=4096)
def _wide(text: str, size: int) -> int:
    return sum([_glyph(sign, size)[1] for sign in text])


def _put(picture: "Image.Image", line: str, size: int, top: int) -> None:
    """Write a line of text into a picture."""
    left = _MARGIN + _FILTER
    space = _wide(" ", size)
    for word in line.split(" "):
        if word:
            _paste(picture, _drawn(word, size), left, top)
        left += _wide(word, size) + space


def _paste(picture: "Image.Image", shape: "Image.Image", left: int, top: int) -> None:
    """Put `shape` into `picture` as `Image.paste` does, which spends most of its time asking."""
    wide, high = shape.size
    picture.im.paste(shape.im, (left, top, left + wide, top + high))


@lru_cache(maxsize=2048)
def _drawn(word: str, size: int) -> "Image.Image":
    """Return the picture of a word: most words of a site are in many titles."""
    from PIL import Image  # noqa: PLC0415

    picture = Image.new("P", (_wide(word, size) + size // 4, size + size // 3), 0)
    pen = 0
    for sign in word:
        glyph, wide = _glyph(sign, size)
        if glyph is not None:
            _paste(picture, glyph.shape, pen + glyph.left, glyph.top)
        pen += wide
    return picture


class _Glyph(NamedTuple):
    shape: "Image.Image"
    left: int
    """Where it stands from the pen."""
    top: int


@lru_cache(maxsize=1024)
def _glyph(sign: str, size: int) -> tuple[_Glyph | None, int]:
    """Return the picture of a letter in shades (None for a space), and its width."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    font = _font(size)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(sign))
    wide = round(font.getlength(sign))
    if right <= left or bottom <= top:
        return None, wide
    drawn = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(drawn).text((-left, -top), sign, fill=255, font=font)
    shades = drawn.point([round(level * (_SHADES - 1) / 255) for level in range(256)])
    return _Glyph(Image.frombytes("P", shades.size, shades.tobytes()), left, top), wide


@lru_cache(maxsize=8)
def _font(size: int) -> "ImageFont.FreeTypeFont":
    """Return the typeface that Pillow carries; laid out plainly, which is the same everywhere."""
    from PIL import ImageFont  # noqa: PLC0415

    built_in = ImageFont.load_default(size)
    assert isinstance(built_in, ImageFont.FreeTypeFont)
    return ImageFont.truetype(
        io.BytesIO(built_in.font_bytes), size, layout_engine=ImageFont.Layout.BASIC
    )
