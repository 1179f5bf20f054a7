"""Pictures: size as shown and time taken, from the header alone."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kb.reading.images import ImageInfo, inspect


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **exif: object) -> bytes:
    image = Image.new("RGB", size, "teal")
    tags = Image.Exif()
    if "orientation" in exif:
        tags[0x0112] = exif["orientation"]
    if "changed" in exif:
        tags[0x0132] = exif["changed"]
    if "taken" in exif:
        tags.get_ifd(0x8769)[0x9003] = exif["taken"]
    out = io.BytesIO()
    image.save(out, kind, exif=tags.tobytes()) if exif else image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_the_size_of_every_kind(kind: str) -> None:
    assert inspect(picture(kind)) == ImageInfo(40, 30)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_and_time(kind: str) -> None:
    data = picture(kind, orientation=6, taken="2017:05:08 14:52:01")
    assert inspect(data) == ImageInfo(30, 40, "2017-05-08T14:52:01")


def test_the_time_of_change_stands_in_for_the_time_taken() -> None:
    assert inspect(picture(changed="2017:05:08 14:52:01")) == ImageInfo(
        40, 30, "2017-05-08T14:52:01"
    )


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2017:13:41 14:52:01", "today", "\x00"])
def test_a_time_that_is_none_is_not_told(taken: str) -> None:
    assert inspect(picture(taken=taken)) == ImageInfo(40, 30)


def test_what_is_no_picture_is_none() -> None:
    for data in (b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"BM", b"%PDF-1.4"):
        assert inspect(data) is None


def test_a_decompression_bomb_is_refused_without_unpacking_it() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    )
    assert inspect(data + chunk(b"IEND", b"")) is None


_WHOLE = picture(orientation=3, taken="2017:05:08 14:52:01")


@given(st.integers(0, len(_WHOLE)), st.binary(max_size=8))
def test_damaged_pictures_never_raise(cut: int, junk: bytes) -> None:
    inspect(_WHOLE[:cut] + junk)
    inspect(_WHOLE[:cut] + junk + _WHOLE[cut + len(junk) :])
