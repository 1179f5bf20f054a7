"""What an import gives: notes, files to copy, and what could not be turned into either."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Remark(NamedTuple):
    """Something that is not what it was."""

    place: str
    """Where, in the words of what is imported: a post's slug, or `path:line`."""
    what: str


class ImportedNote(NamedTuple):
    """A note to write."""

    path: str
    """Below the folder of the notes; `/` between parts, each a name for a file."""
    matter: Mapping[str, Any]
    """Its front matter, plain data, in the order to write it in."""
    body: str
    """Markdown."""


@dataclass(frozen=True)
class Imported:
    """Everything that was imported."""

    notes: tuple[ImportedNote, ...]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What site.toml says: table (`""` for none) → key → value."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Path below the new site → path below what is imported, of files to copy."""
    broader: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Topic → those right above it."""
    remarks: tuple[Remark, ...] = ()
