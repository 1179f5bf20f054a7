"""Facts of talks put into TOML front matter, all else left as it is.

The only file of this column that imports tomlkit.
"""

import difflib
from collections.abc import Mapping, Sequence

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from kb.model.value import Value

Fact = str | tuple[str, ...]


class MatterFault(Exception):
    """Front matter that cannot be added to; `str()` says why, in one line."""


class Addition(Value, frozen=True):
    """What one `[[talks]]` is to say besides what it says."""

    talk: str
    """Its `title`, where the front matter has no entry for the talk yet."""
    entry: int
    """Which of the entries it is, from 0; -1 where there is none yet."""
    line: int
    """Of its `[[talks]]` in the front matter, from 0; -1 where it has no such line."""
    facts: Mapping[str, Fact]
    """Key of `[[talks]]` → value; a key that the entry has stays as it is."""


class Fences(Value, frozen=True):
    """Where the front matter of a note is."""

    first: int
    """1-based line after the opening fence."""
    last: int
    """1-based line of the closing fence; 0 where the note has no front matter."""


def with_additions(data: bytes, fences: Fences, additions: Sequence[Addition]) -> bytes:
    """Return the note `data` with `additions` in its front matter.

    Every other line stays byte for byte: body, comments, order, line ends, byte order mark. A note
    without front matter gets one.

    Raises:
        MatterFault: the note is no UTF-8, or its front matter has no place for them.
    """
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        text = data[len(mark) :].decode("utf-8")
    except UnicodeDecodeError as fault:
        raise MatterFault("it is not UTF-8") from fault
    lines = _lines(text)
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    if "\n" not in text and "\r" in text:
        end = "\r"
    if not fences.last:
        matter = edited("", additions)
        new = "".join(
            f"{line}{end}" for line in ["+++", *matter.rstrip("\n").split("\n"), "+++", ""]
        )
        return mark + (new + text).encode()
    before, inner = lines[: fences.first - 1], lines[fences.first - 1 : fences.last - 1]
    plain = [line.rstrip("\r\n") for line in inner]
    matter = edited("".join(f"{line}\n" for line in plain), additions)
    merged = _merged(inner, plain, matter.removesuffix("\n").split("\n"), end)
    return mark + "".join([*before, *merged, *lines[fences.last - 1 :]]).encode()


def _lines(text: str) -> list[str]:
    """Return the lines of `text` with their ends, none but `\\n`, `\\r\\n` (or `\\r` alone)."""
    end = "\n" if "\n" in text else "\r"
    parts = text.split(end)
    return [f"{part}{end}" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _merged(
    inner: Sequence[str], plain: Sequence[str], wanted: Sequence[str], end: str
) -> list[str]:
    """Return the `wanted` lines, each that was there before with the end that it had."""
    found: list[str] = []
    steps = difflib.SequenceMatcher(None, plain, wanted, autojunk=False).get_opcodes()
    for kind, first, last, start, stop in steps:
        if kind == "equal":
            found.extend(inner[first:last])
        else:
            found.extend(f"{line}{end}" for line in wanted[start:stop])
    return found


def edited(matter: str, additions: Sequence[Addition]) -> str:
    """Return the TOML `matter` (lines that end with `\\n`) with `additions`.

    Raises:
        MatterFault: it is no TOML, or `talks` is no list of tables.
    """
    try:
        wanted = tomlkit.parse(matter).unwrap()
        said = wanted.setdefault("talks", [])
        lines = _lines(matter)
        # From the last to the first, so that the places of those before stay true.
        for one in sorted(additions, key=lambda one: -one.line):
            if one.entry >= 0:
                _note(said[one.entry], one)
                lines = _extended(lines, one)
        for one in (one for one in additions if one.entry < 0):
            said.append({"title": one.talk, **_plain(one)})
            lines = _appended(lines, one)
        text = "".join(lines)
        if tomlkit.parse(text).unwrap() != wanted:
            raise MatterFault("its front matter has no place that kb can write to")
    except (TOMLKitError, ValueError, TypeError, LookupError, RecursionError) as fault:
        raise MatterFault("its front matter is not TOML that can be written to") from fault
    return text


def _note(said: dict[str, object], one: Addition) -> None:
    for key, fact in _plain(one).items():
        said.setdefault(key, fact)


def _segment(lines: Sequence[str], first: int) -> int:
    """Return where the table ends that begins in line `first`: at the next header, or the end.

    A line of a string may look like a header; what ends there is no TOML, so the next is tried.
    """
    for end in range(first + 1, len(lines)):
        if not lines[end].lstrip().startswith("["):
            continue
        try:
            tomlkit.parse("".join(lines[first:end]))
        except TOMLKitError:
            continue
        return end
    return len(lines)


def _extended(lines: Sequence[str], one: Addition) -> list[str]:
    """Add to an entry that is there what it does not say yet.

    Only the lines of its own table are given to tomlkit, which would put together what belongs to
    one list of tables and stands apart.
    """
    first = max(one.line, 0)
    end = _segment(lines, first)
    while end > first + 1 and lines[end - 1].lstrip()[:1] in {"", "#"}:
        end -= 1  # what parts it from the next table stays behind what is added
    document = tomlkit.parse("".join(lines[first:end]))
    talks = document["talks"]
    entry = talks[0] if isinstance(talks, AoT) else _listed(talks, one.entry)
    if not isinstance(entry, Table | InlineTable):
        raise MatterFault("its `talks` are no tables")
    for key, fact in _plain(one).items():
        if key not in entry:
            entry.append(key, _item(fact, inline=isinstance(entry, InlineTable)))
    return [*lines[:first], *_lines(document.as_string()), *lines[end:]]


def _listed(talks: object, number: int) -> object:
    if not isinstance(talks, Array):
        raise MatterFault("its `talks` are no list")
    return talks[number]


def _appended(lines: Sequence[str], one: Addition) -> list[str]:
    """Add an entry: at the end a table of its own, or a member of a list that is there."""
    top = _segment(["", *lines], 0) - 1
    document = tomlkit.parse("".join(lines[:top]))
    talks = document.get("talks")
    if isinstance(talks, Array):
        _append(talks, one)
        return [*_lines(document.as_string()), *lines[top:]]
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    blank = ["\n"] if kept else []
    return [*kept, *blank, *_lines(_table(one).as_string())]


def _plain(one: Addition) -> dict[str, str | list[str]]:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in one.facts.items()}


def _append(talks: Array, one: Addition) -> None:
    table = tomlkit.inline_table()
    for key, fact in {"title": one.talk, **_plain(one)}.items():
        table.append(key, _item(fact, inline=True))
    talks.append(table)


def _table(one: Addition) -> tomlkit.TOMLDocument:
    """Return `[[talks]]` with all that is known of a talk."""
    document = tomlkit.document()
    table = tomlkit.table()
    for key, fact in {"title": one.talk, **_plain(one)}.items():
        table.append(key, _item(fact))
    talks = tomlkit.aot()
    talks.append(table)
    document.append("talks", talks)
    return document


def _item(fact: str | list[str], *, inline: bool = False) -> Item:
    if isinstance(fact, list):
        array = tomlkit.array()
        array.extend(fact)
        return array
    # A line of its own inside a string must not look like the fence that ends the front matter.
    several = "\n" in fact and not inline and "+++" not in fact and '"""' not in fact
    return tomlkit.string(fact, multiline=several)
