"""A reader of BibTeX, as much of it as entries in braces need."""

import re
from collections.abc import Iterator

_ENTRY = re.compile(r"\s*@([A-Za-z]+)\{([^\s,{}\"#%~\\]+),\s*")
_FIELD = re.compile(r"([a-z]+) = ")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ESCAPES = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{mark}": mark for mark in "$&#_%"},
}


def entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield key and fields of each entry, as BibTeX splits them.

    Raises:
        AssertionError: the text is no BibTeX.
    """
    at = 0
    while text[at:].strip():
        head = _ENTRY.match(text, at)
        assert head, text[at : at + 80]
        at, fields = head.end(), {}
        while not text.startswith("}", at):
            name = _FIELD.match(text, at)
            assert name, text[at : at + 80]
            assert name[1] not in fields
            value, at = _value(text, name.end())
            fields[name[1]] = value
            assert text.startswith(",\n", at), text[at : at + 80]
            at += 2 + len(re.match(r"[ ]*", text[at + 2 :])[0])  # type: ignore[index]
        at += 1
        yield head[2], fields


def _value(text: str, at: int) -> tuple[str, int]:
    if text[at] != "{":
        word = re.compile(r"\w+").match(text, at)
        assert word
        assert word[0] in MONTHS
        return word[0], word.end()
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[at + 1 : place], place + 1
    raise AssertionError(f"unbalanced: {text[at : at + 80]}")


def shown(value: str) -> str:
    """Return what LaTeX would show of a field.

    Raises:
        AssertionError: a character means something else to LaTeX.
    """
    value = re.sub(r"^\{(.*)\}$", r"\1", value, flags=re.DOTALL)
    out = []
    at = 0
    while at < len(value):
        escape = next((one for one in _ESCAPES if value.startswith(one, at)), "")
        assert escape or value[at] not in "\\{}$&#_%~^", value[at : at + 20]
        out.append(_ESCAPES[escape] if escape else value[at])
        at += len(escape) or 1
    return "".join(out)


def names(value: str) -> list[str]:
    """Return the authors as BibTeX tells them apart: `and` outside braces."""
    found, depth, name = [], 0, ""
    for word in re.split(r"(\s+)", value):
        if word.lower() == "and" and depth == 0:
            found.append(name.strip())
            name = ""
            continue
        depth += word.count("{") - word.count("}")
        name += word
    return [*found, name.strip()]
