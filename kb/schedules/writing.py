"""A `Programme` as the TOML that builds read and people correct."""

import hashlib
from collections.abc import Iterator

from kb.model.schedule import Entry, Place, Programme

_SEAL = "# seal: "
_ABOUT = """\
# The programme of an event, written by kb match. Builds add to the notes what they lack of it.
# Correct it as you like: kb match then asks before it writes the file anew.
"""
_HEAD = ("event", "title", "version", "source", "url", "timezone", "start", "end")
_FIELDS = (
    "id", "title", "subtitle", "date", "start", "finish", "room", "track", "kind", "language",
)  # fmt: skip


def programme_file(programme: Programme) -> bytes:
    """Return the file of a programme; the same for the same programme.

    Sessions that no note tells of have no abstract: a site shows when and where they were.
    """
    body = "".join(f"{line}\n" for line in _lines(programme))
    return f"{_ABOUT}{_SEAL}{_seal(body)}\n{body}".encode()


def is_untouched(data: bytes) -> bool:
    """Return whether the file `data` is as kb wrote it."""
    text = data.decode("utf-8", "replace")
    _, found, rest = text.partition(f"\n{_SEAL}")
    seal, _, body = rest.partition("\n")
    return bool(found) and seal.strip() == _seal(body)


def _seal(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:16]


def _lines(programme: Programme) -> Iterator[str]:
    for key in _HEAD:
        if value := getattr(programme, key):
            yield f"{key} = {quoted(value)}"
    for entry in programme.entries:
        yield from ("", "[[sessions]]")
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    session = entry.session
    for key in _FIELDS:
        if value := getattr(session, key):
            yield f"{key} = {quoted(value)}"
    if session.speakers:
        yield f"speakers = [{', '.join(map(quoted, session.speakers))}]"
    for key in ("url", "recording"):
        if value := getattr(session, key):
            yield f"{key} = {quoted(value)}"
    if session.abstract and entry.told:
        yield f"abstract = {quoted(session.abstract)}"
    if entry.told:
        yield f"state = {quoted(entry.state)}"
        yield f"score = {entry.score:.2f}"
        yield f"told = [{', '.join(map(_place, entry.told))}]"
    if entry.rejected:
        yield f"rejected = [{', '.join(map(_place, entry.rejected))}]"


def _place(place: Place) -> str:
    number = f", number = {place.number}" if place.number > 1 else ""
    return f"{{ note = {quoted(place.note)}, talk = {quoted(place.talk)}{number} }}"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def quoted(text: str) -> str:
    """Return `text` as a TOML basic string in one line (https://toml.io/en/v1.0.0#string).

    Half of a surrogate pair, which TOML cannot hold, becomes U+FFFD.
    """
    return f'"{"".join(_escaped(sign) for sign in text)}"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    number = ord(sign)
    if 0xD800 <= number < 0xE000:
        return "\ufffd"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
