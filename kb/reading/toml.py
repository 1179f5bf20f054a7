"""TOML (https://toml.io/en/v1.0.0): data, the place of every key, and faults as values."""

import re

import tomli

from kb.model.pattern import Pattern
from kb.reading.data import Data, Fault

_KEY = Pattern(
    r"""[ \t]*((?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"""(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'))*)[ \t]*="""
)
_HEADER = Pattern(r"[ \t]*(\[\[?)([^\]\n]*)\]\]?")
_PART = Pattern(r"""[A-Za-z0-9_-]+|"((?:\\.|[^"\\\n])*)"|'([^'\n]*)'""")
_SKIPPED = Pattern(
    r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}" + r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*""",
    re.DOTALL,
)
_DATED = Pattern(
    _KEY.pattern + r"[ \t]*(\d{1,4}-\d{1,2}-\d{1,2}(?:[Tt ][\d:.Zz+-]*)?|\d{1,2}:\d\d[\d:.]*)"
    r"[ \t]*(?:#.*)?"
)
_RETRIES = 20


def read_toml(text: str, *, salvage: bool = False) -> Data:
    """Return what `text` says. Never raises.

    Args:
        text: The document, with `\\n` for line ends.
        salvage: Whether to read on after a fault, leaving the line out that it is in. Without,
            a document with a fault has no values.
    """
    faults: list[Fault] = []
    lines = text.split("\n")
    for _ in range(_RETRIES if salvage else 1):
        current = "\n".join(lines)
        try:
            values = tomli.loads(current)
        except tomli.TOMLDecodeError as fault:
            line = min(max(fault.lineno, 1), len(lines))
            faults.append(_bad_date(line, lines[line - 1]) or _fault(line, fault))
        except RecursionError:
            line = _deepest(lines)
            faults.append(Fault(line, 1, "values are nested too deeply"))
        except ValueError:
            line = _longest_digits(lines)
            faults.append(Fault(line, 1, "a number is too long"))
        else:
            return Data(values=values, places=_places(current), faults=tuple(faults))
        if lines[line - 1] == "":
            break
        lines[line - 1] = ""
    return Data(faults=tuple(faults))


def _bad_date(number: int, line: str) -> Fault | None:
    """Return the fault of a line whose value looks like a date or a time without quotes."""
    found = _DATED.fullmatch(line)
    if found is None:
        return None
    return Fault(number, found.start(2) + 1, f"{found[2]} is no date or time", is_date=True)


def _fault(line: int, fault: tomli.TOMLDecodeError) -> Fault:
    return Fault(line, max(fault.colno, 1), _words(fault))


def _words(fault: tomli.TOMLDecodeError) -> str:
    message = fault.msg
    return (message[:1].lower() + message[1:]).rstrip(".")


def _deepest(lines: list[str]) -> int:
    counts = [line.count("[") + line.count("{") + line.count(".") for line in lines]
    return counts.index(max(counts)) + 1


def _longest_digits(lines: list[str]) -> int:
    counts = [sum(character.isdigit() for character in line) for line in lines]
    return counts.index(max(counts)) + 1


def _places(text: str) -> dict[str, tuple[int, int]]:
    """Return where each key of valid TOML stands; keys inside inline tables are left out."""
    places: dict[str, tuple[int, int]] = {}
    tables: dict[str, int] = {}
    prefix = ""
    number, line_start = 1, 0
    while line_start < len(text):
        header = _HEADER.match(text, line_start)
        key = None if header is not None else _KEY.match(text, line_start)
        if header is not None:
            name = ".".join(_parts(header[2], tables))
            if header[1] == "[[":
                index = tables.get(name, -1) + 1
                tables[name] = index
                name = f"{name}.{index}"
            prefix = name + "."
            places.setdefault(name, (number, header.start(1) - line_start + 1))
            end = _line_end(text, header.end())
        elif key is not None:
            name = prefix + ".".join(_parts(key[1], {}))
            places.setdefault(name, (number, key.start(1) - line_start + 1))
            end = _value_end(text, key.end())
        else:
            end = _line_end(text, line_start)
        number += text.count("\n", line_start, end) + 1
        line_start = end + 1
    return places


def _parts(written: str, tables: dict[str, int]) -> list[str]:
    """Return the parts of a dotted key, with the index of the last table of each array of them."""
    parts: list[str] = []
    matches = list(_PART.finditer(written))
    for place, match in enumerate(matches):
        quoted = match[1] if match[1] is not None else match[2]
        parts.append(match[0] if quoted is None else quoted)
        name = ".".join(parts)
        if name in tables and place < len(matches) - 1:
            parts.append(str(tables[name]))
    return parts


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _value_end(text: str, place: int) -> int:
    """Return where the line ends that the value starting at `place` ends in."""
    depth = 0
    while place < len(text):
        character = text[place]
        if character in "\"'#":
            match = _SKIPPED.match(text, place)
            place = match.end() if match is not None else place + 1
            continue
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        elif character == "\n" and depth <= 0:
            return place
        place += 1
    return len(text)


def is_key_line(line: str) -> bool:
    """Return whether `line` looks like TOML: a key, a table's header, a comment, or nothing."""
    stripped = line.strip()
    return (
        not stripped
        or stripped[0] == "#"
        or _KEY.match(line) is not None
        or re.fullmatch(r"\[\[?[\w .\"'-]+\]\]?", stripped) is not None
    )
