"""Where in its line a link or picture stands: told where the text leaves no doubt, else not."""

from collections import defaultdict
from collections.abc import Sequence

from kb.model.note import Reference
from kb.model.value import replace

LONGEST = 2_000
"""Characters of a line above which its columns are not looked for: it would take too long."""


def placed(references: Sequence[Reference], text: str, first_line: int) -> tuple[Reference, ...]:
    """Return `references` with their columns, where they are written as `[words](target)`.

    Args:
        references: in the order of the text, with their lines.
        text: the note's body as written.
        first_line: the line of the file that `text` begins in.
    """
    lines = text.split("\n")
    alike: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for index, one in enumerate(references):
        alike[one.kind, one.target, one.line].append(index)
    found = list(references)
    for (kind, target, number), indices in alike.items():
        at = number - first_line
        if not target or not 0 <= at < len(lines) or len(lines[at]) > LONGEST:
            continue
        columns = _columns(lines[at], target, picture=kind == "picture")
        if len(columns) == len(indices):
            for index, column in zip(indices, columns, strict=True):
                found[index] = replace(found[index], column=column)
    return tuple(found)


def _columns(line: str, target: str, *, picture: bool) -> list[int]:
    """Return the 1-based columns of all that looks like a link to `target`, or a picture of it."""
    columns: list[int] = []
    for before, after in (("](", ") \t"), ("](<", ">")):
        wanted = before + target
        at = line.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            start = _opening(line, at) if line[end : end + 1] in after else -1
            marked = start > 0 and line[start - 1] == "!" and not _is_escaped(line, start - 1)
            if start >= 0 and marked == picture:
                columns.append(start + 1 - marked)
            at = line.find(wanted, at + 1)
    return sorted(columns)


def _opening(line: str, closing: int) -> int:
    """Return where the bracket opens that closes at `closing`, -1 where none does."""
    depth = 0
    for at in range(closing, -1, -1):
        if line[at] in "[]" and not _is_escaped(line, at):
            depth += 1 if line[at] == "]" else -1
            if depth == 0:
                return at
    return -1


def _is_escaped(line: str, at: int) -> bool:
    before = line[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
