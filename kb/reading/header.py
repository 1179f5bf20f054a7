"""Keys above a note's text without fences, as MultiMarkdown and Pelican have them: `Title: Queues`.

The format is that of https://fletcher.github.io/MultiMarkdown-6/syntax/metadata.html, as far as
notes use it: from the first line to the first empty one, a key and a value a line; a line that is
indented goes on with the value above it.
"""

from collections.abc import Sequence

from kb.model.pattern import Pattern
from kb.reading.data import Data

_KEY = Pattern(r"([A-Za-z][A-Za-z0-9_-]*)[ \t]*:[ \t]*(.*)\Z")
_KNOWN = frozenset(
    {"author", "authors", "category", "date", "keywords", "lang", "modified", "save_as", "slug"}
    | {"status", "summary", "tags", "url"}
)
"""Keys of which one must stand beside `Title`: a first line `Title: …` alone may be prose."""
_HIDDEN = frozenset({"draft", "hidden"})
_MOST = 100
"""Lines that a header has at most."""


def header_end(lines: Sequence[str]) -> int:
    """Return how many of `lines` are a header; 0 where the note has none."""
    keys: set[str] = set()
    for number, line in enumerate(lines[: _MOST + 1]):
        if not line.strip():
            return number if _is_header(keys) else 0
        found = _KEY.match(line)
        if found is not None:
            keys.add(found[1].lower())
        elif number == 0 or line[0] not in " \t":
            return 0
    return len(lines) if len(lines) <= _MOST and _is_header(keys) else 0


def _is_header(keys: set[str]) -> bool:
    return "title" in keys and bool(keys & _KNOWN)


def read_header(text: str) -> Data:
    """Return the keys of a header, names in lower case, and where they stand. Never raises."""
    values: dict[str, str | bool] = {}
    places: dict[str, tuple[int, int]] = {}
    name = ""
    for number, line in enumerate(text.split("\n"), start=1):
        found = _KEY.match(line)
        if found is not None and line[0] not in " \t":
            name = found[1].lower()
            values[name] = found[2].strip()
            places[name] = (number, 1)
        elif name:
            values[name] = f"{values[name]} {line.strip()}".strip()
    status = values.pop("status", "")
    if str(status).lower() in _HIDDEN:
        values["draft"] = True
        places["draft"] = places["status"]
    values.pop("save_as", None)  # a file's name of that generator, no address
    return Data({key: value for key, value in values.items() if value != ""}, places)
