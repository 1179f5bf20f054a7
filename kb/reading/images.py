"""Pictures: how large they are shown, and when they were taken."""

import io
import warnings
from collections.abc import Sequence
from functools import lru_cache

import PIL
from PIL import Image, ImageOps

from kb.model.pattern import Pattern
from kb.model.value import Value
from kb.reading.dates import iso_date

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
_MOST_PIXELS = 120_000_000
"""About the largest that a camera makes; more is refused: it looks like a decompression bomb."""
_ORIENTATION, _CHANGED, _EXIF, _TAKEN = 0x0112, 0x0132, 0x8769, 0x9003
_TURNED = frozenset({5, 6, 7, 8})
ENCODER = f"webp-1 Pillow {PIL.__version__}"
"""What the bytes of `smaller` depend on besides the picture."""
_QUALITY = 78
_TIME = Pattern(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")


class ImageInfo(Value, frozen=True):
    """What a picture's header tells."""

    width: int
    """Pixels, orientation applied."""
    height: int
    taken: str = ""
    """ISO 8601 without zone, as the camera's clock had it; `""` where it is not told."""


def inspect(data: bytes) -> ImageInfo | None:
    """Return what the header of `data` tells, None where it is no picture that kb knows.

    Never raises; no pixel is decoded, so a picture that unpacks to gigabytes costs nothing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_formats()) as image:
                width, height = image.size
                raw = image.info.get("exif")
    except Exception:  # noqa: BLE001 - Pillow's readers raise whatever a damaged file leads them to
        return None
    if not 0 < width * height <= _MOST_PIXELS:
        return None
    orientation, taken = _exif(raw) if isinstance(raw, bytes) else (1, "")
    if orientation in _TURNED:
        width, height = height, width
    return ImageInfo(width, height, taken)


def smaller(data: bytes, widths: Sequence[int]) -> tuple[bytes, ...]:
    """Return the picture `data` in each of `widths` as WebP, the right way up, without metadata.

    Its colour profile is kept. Empty where it cannot be decoded, or moves: then it has one size.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_formats()) as image:
                if getattr(image, "n_frames", 1) > 1 or image.width * image.height > _MOST_PIXELS:
                    return ()
                profile = image.info.get("icc_profile")
                # JPEG decodes to a half or a quarter for less, where that is still large enough.
                image.draft("RGB", (max(widths), max(widths)))
                turned = ImageOps.exif_transpose(image)
                clear = turned.has_transparency_data
                shown = turned.convert("RGBA" if clear else "RGB")
            made: dict[int, bytes] = {}
            for width in sorted(widths, reverse=True):
                height = max(1, round(shown.height * width / shown.width))
                shown = shown.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
                made[width] = _encoded(shown, profile)
            return tuple(made[width] for width in widths)
    except Exception:  # noqa: BLE001 - as above
        return ()


def _encoded(image: Image.Image, profile: bytes | None) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=2, icc_profile=profile or b"")
    return file.getvalue()


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    """Return those formats that this Pillow was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _exif(raw: bytes) -> tuple[int, str]:
    """Return orientation (1 to 8, as EXIF 2.32 has it) and time of `raw`; (1, "") for neither."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif = Image.Exif()
            exif.load(raw)
            orientation = exif.get(_ORIENTATION, 1)
            taken = str(exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_CHANGED) or "")
    except Exception:  # noqa: BLE001 - as above
        return 1, ""
    match = _TIME.match(taken)
    time = iso_date("{}-{}-{} {}:{}:{}".format(*match.groups())) if match is not None else None
    return (orientation if isinstance(orientation, int) else 1), time or ""
