"""Notes of an Obsidian vault: properties, wikilinks, callouts and tags become what they mean."""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import unquote

from kb.importing import wikitext
from kb.importing.imported import ImportedNote, Remark
from kb.model.pattern import Pattern

_UNUSABLE = Pattern(r'[\x00-\x1f\x7f\\:*?"<>|]')
"""What a name must not have to be one on every system."""
_LINK = Pattern(r"!?\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")
_DATED = Pattern(r"\d{4}-\d\d-\d\d(?!\d)")
_TITLED = Pattern(r"\s*# +\S")
_DATES = {"created": "date", "updated": "lastmod", "modified": "lastmod"}
_PICTURES = ("cover", "image", "banner", "thumbnail")
_UNSAID = frozenset({"cssclass", "cssclasses", "publish"})
"""Properties that are about Obsidian itself."""


class VaultNote(NamedTuple):
    """A note as it lies in the vault."""

    path: str
    """Relative, `/` between parts."""
    properties: Mapping[str, Any]
    """Plain data; dates as dates."""
    body: str
    first_line: int
    """The line of the file that `body` begins in."""


@dataclass(frozen=True)
class Vault:
    """All notes, and the names of all other files that may be shown."""

    notes: tuple[VaultNote, ...]
    files: tuple[str, ...]
    slug: Callable[[str], str]
    """Makes the anchor of a heading."""


class Turned(NamedTuple):
    """A note, turned."""

    note: ImportedNote
    shown: tuple[str, ...]
    """Paths of the other files that it shows or links to."""
    broader: Mapping[str, tuple[str, ...]]
    """Topic → those above it, as nested tags tell."""
    remarks: tuple[Remark, ...]


class Library:
    """Finds the files of a vault by the names that notes give them."""

    def __init__(self, vault: Vault) -> None:
        self._slug = vault.slug
        self.paths = _new_names([*(note.path for note in vault.notes), *vault.files])
        """Path in the vault → path in the new site."""
        self._by_path = {path.casefold(): path for path in sorted(self.paths, reverse=True)}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.paths, key=lambda path: (path.count("/"), path)):
            self._by_name[path.rpartition("/")[2].casefold()].append(path)
        self._blocks = {
            note.path: wikitext.headings_of_blocks(note.body)
            for note in vault.notes
            if "^" in note.body
        }

    def find(self, name: str, near: str) -> str | None:
        """Return the path in the vault of what the note at `near` calls `name`."""
        wanted = posixpath.normpath(name.strip()).casefold()
        folder = near.rpartition("/")[0]
        for ending in ("", ".md"):
            relative = posixpath.normpath(posixpath.join(folder, wanted + ending)).casefold()
            for path in (relative, (wanted + ending).lstrip("/")):
                if path in self._by_path:
                    return self._by_path[path]
            last = (wanted + ending).rpartition("/")[2]
            for found in self._by_name.get(last, ()):
                if f"/{found.casefold()}".endswith(f"/{wanted.lstrip('./')}{ending}"):
                    return found
        return None

    def anchor(self, path: str, part: str) -> str:
        """Return the anchor of a heading, or of the heading that a block stands under."""
        if part.startswith("^"):
            return self._slug(self._blocks.get(path, {}).get(part[1:], ""))
        return self._slug(part)


class _Near:
    """The library, seen from one note; remembers which files were asked for."""

    def __init__(self, library: Library, path: str) -> None:
        self.shown: set[str] = set()
        self._library = library
        self._path = path

    def find(self, name: str) -> str | None:
        """Return the way from the note to the file that it calls `name`."""
        path = self._library.find(name, self._path) or self._library.find(unquote(name), self._path)
        if path is None:
            return None
        if not path.lower().endswith(".md"):
            self.shown.add(path)
        folder = self._library.paths[self._path].rpartition("/")[0]
        return posixpath.relpath(self._library.paths[path], folder or ".")

    def anchor(self, name: str, part: str) -> str:
        """Return the anchor of a part of the note called `name` (`""`: this one)."""
        path = self._library.find(name, self._path) if name else self._path
        return self._library.anchor(path or "", part)


def turn(note: VaultNote, library: Library) -> Turned:
    """Return a note of the vault as one of kb's."""
    near = _Near(library, note.path)
    body = wikitext.to_markdown(note.body, near)
    matter = _matter(note, near)
    tags = [*_words(matter.pop("tags", [])), *body.tags]
    broader: dict[str, tuple[str, ...]] = {}
    names = [_leaf(tag, broader) for tag in tags]
    matter["tags"] = list(dict.fromkeys(filter(None, names)))
    remarks = [
        Remark(f"{note.path}:{line + note.first_line - 1}", what) for line, what in body.remarks
    ]
    return Turned(
        ImportedNote(
            library.paths[note.path],
            {key: value for key, value in matter.items() if value not in (None, "", [], {})},
            body.text.strip("\n") + "\n" if body.text.strip() else "",
        ),
        tuple(sorted(near.shown)),
        broader,
        tuple(remarks),
    )


def left_out(paths: Iterable[str]) -> Iterator[Remark]:
    """Yield a remark for each kind of file that means nothing outside of Obsidian."""
    counts = Counter(posixpath.splitext(path)[1].lower() or path for path in paths)
    for kind, number in sorted(counts.items()):
        yield Remark(f"*{kind}", f"{number} file{'' if number == 1 else 's'} left out")


def _matter(note: VaultNote, near: _Near) -> dict[str, Any]:
    """Return the front matter of a note: its properties by kb's names, and what its name tells."""
    stem = posixpath.splitext(note.path.rpartition("/")[2])[0]
    matter: dict[str, Any] = {"title": "" if _TITLED.match(note.body) else stem}
    dated = _DATED.match(stem)
    matter["date"] = dated[0] if dated is not None else None
    for key, value in note.properties.items():
        name = key.lower()
        if name in {"tags", "tag"}:
            matter["tags"] = [*matter.get("tags", []), *_words(value)]
        elif name in {"aliases", "alias"}:
            matter["other_names"] = _plain(value)  # names, and no addresses, as Hugo's are
        elif name == "permalink" and isinstance(value, str):
            matter["url"] = f"/{value.strip('/')}/"
        elif name in _PICTURES and isinstance(value, str):
            inner = _LINK.fullmatch(value.strip())
            wanted = inner[1] if inner is not None else value
            matter["cover"] = near.find(wanted) or wanted
        elif name == "event" and isinstance(value, str):
            matter["event"] = {"name": _plain(value)}
        elif name not in _UNSAID:
            known = _DATES.get(name, key)
            if known == key or known not in note.properties:
                matter[known] = _plain(value)
    if note.properties.get("publish") is False:
        matter["draft"] = True
    return matter


def _plain(value: Any) -> Any:
    """Return a property without the brackets of links in it."""
    if isinstance(value, str):
        return _LINK.sub(lambda link: link[2] or link[1].rpartition("/")[2], value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return value


def _words(value: Any) -> list[str]:
    many = value if isinstance(value, list) else re.split(r"[,\s]+", str(value or ""))
    return [str(one).strip().lstrip("#").strip("/") for one in many if one is not None]


def _leaf(tag: str, broader: dict[str, tuple[str, ...]]) -> str:
    """Return the last part of a nested tag; tell `broader` what stands above it."""
    parts = [part for part in tag.split("/") if part]
    for above, below in pairwise(parts):
        if above.casefold() != below.casefold():
            broader[below] = tuple(dict.fromkeys((*broader.get(below, ()), above)))
    return parts[-1] if parts else ""


def _new_names(paths: Iterable[str]) -> dict[str, str]:
    """Return path → the same as a path on every system, none there twice."""
    taken: set[str] = set()
    names = {}
    for path in sorted(paths):
        stem, ending = posixpath.splitext(_UNUSABLE.sub("-", path))
        ending = ending.lower() if ending.lower() == ".md" else ending
        name, number = stem + ending, 2
        while name.casefold() in taken:
            name, number = f"{stem}-{number}{ending}", number + 1
        taken.add(name.casefold())
        names[path] = name
    return names
