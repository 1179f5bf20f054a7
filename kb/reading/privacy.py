"""Pictures without what a camera tells of its owner: where they were, and with which device.

Only metadata is taken out, byte by byte; no pixel is decoded or changed. Formats: JPEG (ITU-T T.81,
Exif 2.32), PNG (W3C, third edition), WebP (RFC 9649).
"""

import struct
from collections.abc import Iterator

KINDS = (".jpg", ".jpeg", ".png", ".webp")
"""Endings of the files that `stripped` knows."""

_APP0, _APP1, _APP2, _APP14, _SOS, _EOI = 0xE0, 0xE1, 0xE2, 0xEE, 0xDA, 0xD9
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_SHORT = 3
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04
"""Bits of `VP8X` that tell of Exif and XMP."""


class _Odd(Exception):
    """The bytes are not what their start promises."""


def stripped(data: bytes) -> bytes:
    """Return the picture `data` without place, device, time and comments; never raises.

    Which way up it is stays told. What is no JPEG, PNG or WebP, or a broken one, comes back as it
    is; so does one that has nothing to take out.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (_Odd, struct.error, IndexError):
        return data
    return data


def _jpeg(data: bytes) -> bytes:
    """Keep what a decoder needs: all but application segments of no use to it, and no trailer.

    Phones put whole pictures with their own Exif behind the end of the first one.
    """
    kept: list[bytes] = [b"\xff\xd8"]
    turned = 1
    at = 2
    while True:
        marker, start, end = _segment(data, at)
        body = data[start + 4 : end]
        if marker == _EOI:
            kept.append(data[start:end])
            break
        if marker == _APP1 and body.startswith(_EXIF):
            turned = _orientation(body[len(_EXIF) :])
        elif _is_needed(marker, body):
            kept.append(data[start:end])
        at = end
        if marker == _SOS:
            at = _after_scan(data, end)
            kept.append(data[end:at])
    if turned != 1:
        kept.insert(1, _told_turned(turned))
    return b"".join(kept)


def _segment(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the marker at `at`, where it starts (fill bytes skipped) and where it ends."""
    if data[at] != 0xFF:
        raise _Odd
    while data[at + 1] == 0xFF:
        at += 1
    marker = data[at + 1]
    if marker == _EOI or 0xD0 <= marker <= 0xD7 or marker == 0x01:
        return marker, at, at + 2
    (length,) = struct.unpack_from(">H", data, at + 2)
    if length < 2 or at + 2 + length > len(data):
        raise _Odd
    return marker, at, at + 2 + length


def _is_needed(marker: int, body: bytes) -> bool:
    if marker == _APP2:
        return body.startswith(b"ICC_PROFILE\0")
    return marker in {_APP0, _APP14} or not (_APP0 <= marker <= 0xEF or marker == 0xFE)


def _after_scan(data: bytes, at: int) -> int:
    """Return where the coded data that starts at `at` ends: at the next marker outside it."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise _Odd
        follower = data[at + 1]
        if follower == 0x00 or 0xD0 <= follower <= 0xD7:
            at += 2
        elif follower == 0xFF:
            at += 1
        else:
            return at


def _orientation(tiff: bytes) -> int:
    """Return the orientation (1 to 8) that an Exif block tells; 1 where it tells none."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (offset,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, offset)
        for number in range(min(count, 512)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, offset + 2 + 12 * number)
            if tag == _ORIENTATION and kind == _SHORT and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return 1
    return 1


def _told_turned(orientation: int) -> bytes:
    """Return an Exif segment that tells the orientation and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
    body = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> bytes:
    kept = [_PNG]
    at = len(_PNG)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise _Odd
        if kind not in _PNG_DROPPED:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            break
    return b"".join(kept)


def _webp(data: bytes) -> bytes:
    chunks = [
        (kind, _without_flags(body) if kind == b"VP8X" else body)
        for kind, body in _chunks(data)
        if kind not in _WEBP_DROPPED
    ]
    inner = b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for kind, body in chunks
    )
    return b"RIFF" + struct.pack("<I", len(inner) + 4) + b"WEBP" + inner


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    (size,) = struct.unpack_from("<I", data, 4)
    limit = min(len(data), size + 8)
    while at + 8 <= limit:
        (length,) = struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > limit:
            raise _Odd
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _without_flags(body: bytes) -> bytes:
    return bytes([body[0] & ~_WEBP_FLAGS]) + body[1:]
