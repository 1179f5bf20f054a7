"""What is published of a picture tells nothing of who took it where, and shows the same."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kb.reading.privacy import stripped

PLACE = 0x8825
MAKER, MODEL, ORIENTATION = 0x010F, 0x0110, 0x0112


def picture(form: str, orientation: int = 6, **more: Any) -> bytes:
    """Return a picture whose camera tells its place, its name and which way up it was held."""
    image = Image.new("RGB", (16, 8))
    image.putdata([(x * 15, y * 30, 90) for y in range(8) for x in range(16)])
    exif = Image.Exif()
    exif[MAKER], exif[MODEL], exif[ORIENTATION] = "Maker", "Phone 12", orientation
    exif[PLACE] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    out = io.BytesIO()
    image.save(out, form, exif=exif, **more)
    return out.getvalue()


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


def told(data: bytes) -> dict[int, Any]:
    with Image.open(io.BytesIO(data)) as image:
        return dict(image.getexif())


@pytest.mark.parametrize(
    ("form", "more"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"icc_profile": b"a profile of colours", "comment": b"at home"}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_place_and_device_go_and_pixels_stay(form: str, more: dict[str, Any]) -> None:
    data = picture(form, **more)
    assert b"Phone 12" in data
    clean = stripped(data)
    assert pixels(clean) == pixels(data)
    assert set(told(clean)) <= {ORIENTATION}
    assert b"Phone 12" not in clean
    assert b"at home" not in clean
    assert stripped(clean) == clean


@pytest.mark.parametrize("orientation", range(1, 9))
def test_which_way_up_stays_told(orientation: int) -> None:
    clean = stripped(picture("JPEG", orientation))
    assert told(clean).get(ORIENTATION, 1) == orientation


def test_colour_profiles_stay() -> None:
    clean = stripped(picture("JPEG", icc_profile=b"a profile of colours"))
    with Image.open(io.BytesIO(clean)) as image:
        assert image.info["icc_profile"] == b"a profile of colours"


def test_what_a_phone_hangs_behind_a_picture_goes() -> None:
    first, second = picture("JPEG"), picture("JPEG")
    clean = stripped(first + second)
    assert clean == stripped(first)


def test_text_of_a_png_goes() -> None:
    data = picture("PNG")
    at = data.index(b"IDAT") - 4
    body = b"tEXt" + b"Comment\0at home"
    chunk = len(body[4:]).to_bytes(4, "big") + body + b"\0\0\0\0"
    assert b"at home" not in stripped(data[:at] + chunk + data[at:])


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"])
def test_what_is_no_whole_picture_never_raises(data: bytes) -> None:
    assert isinstance(stripped(data), bytes)


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400), st.binary(max_size=6))
def test_broken_pictures_never_raise(form: str, at: int, noise: bytes) -> None:
    data = picture(form)
    stripped(data[:at])
    stripped(data[:at] + noise + data[at + len(noise) :])
