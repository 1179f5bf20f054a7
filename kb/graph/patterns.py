"""Patterns of URLs: what a note's path says of its place, and what each placeholder stands for.

The placeholders are Hugo's (https://gohugo.io/configuration/permalinks/), and so is what they give,
as far as `graph.permalinks` allows it in a path. `:path` is an own one: where Hugo puts a page
that it has no pattern for, which is the way to its file.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from kb.graph.permalinks import LONGEST_SEGMENT, hugo_slug
from kb.graph.written import Written
from kb.model.pattern import Pattern
from kb.model.settings import ContentSettings, Settings
from kb.model.value import Value

DEFAULT_PATTERN = "/notes/:slug/"
PLACEHOLDER = Pattern(r":([a-z]+)(?:\[(\d{0,3})(:?)(\d{0,3}|last)\])?")
_DATED = Pattern(r"(\d{4}-\d\d-\d\d)(?:[-_ ]+(.*))?\Z", re.DOTALL)
_OWN_SLUG = Pattern(r":slug(?![a-z])")
_INDEXES = frozenset({"index", "_index", "readme"})
"""File names that stand for their folder."""


class Spot(Value, frozen=True):
    """Where a note lies in the content folder."""

    language: str
    """As its name or folder tells it, in the spelling of site.toml; `""` where neither does."""
    folder: str
    """That it lies in, its own bundle's among them; `""` for the content folder itself."""
    stem: str
    """The file's name without ending and language."""

    @property
    def is_list(self) -> bool:
        """Whether it is the page of its folder (`_index.md`)."""
        return self.stem.lower() == "_index"

    @property
    def is_bundle(self) -> bool:
        """Whether its folder holds nothing but it and its pictures (`index.md`)."""
        return self.stem.lower() == "index" and bool(self.folder)

    @property
    def name(self) -> str:
        """What its file calls it: the name, its folder's for `index.md`."""
        if self.stem.lower() in _INDEXES:
            return posixpath.basename(self.folder) or self.stem.lstrip("_")
        return self.stem

    @property
    def above(self) -> str:
        """The folder that its page belongs to: the one above a bundle's."""
        return posixpath.dirname(self.folder) if self.is_bundle or self.is_list else self.folder


def content_path(path: str, content: ContentSettings) -> str:
    """Return the path of a note relative to the content folder."""
    folder = posixpath.normpath(content.folder)
    return path if folder == "." else path.removeprefix(f"{folder}/")


def spot_of(path: str, content: ContentSettings) -> Spot:
    """Return where the note at `path` lies."""
    inside = content_path(path, content)
    language = ""
    for tag, folder in content.languages.items():
        below = f"{folder.strip('/')}/"
        if folder and inside.startswith(below):
            language, inside = tag, inside[len(below) :]
            break
    parent, name = posixpath.split(inside)
    stem = posixpath.splitext(name)[0]
    head, dot, ending = stem.rpartition(".")
    named = {tag.lower(): tag for tag, folder in content.languages.items() if not folder}
    if dot and head and ending.lower() in named:
        language, stem = named[ending.lower()], head
    return Spot(language, parent, stem)


def language_folder(spot: Spot, settings: Settings) -> str:
    """Return the part of a URL that tells a note's language, `""` for the site's own."""
    if not spot.language:
        return f"{settings.language.lower()}/" if settings.permalinks.language_folder else ""
    own = settings.language.lower()
    is_own = spot.language.lower() in {own, own.split("-", 1)[0]}
    return f"{spot.language.lower()}/" if settings.permalinks.language_folder or not is_own else ""


def pattern_for(spot: Spot, settings: Settings) -> str:
    """Return the pattern of a note's URL: that of the nearest folder that has one."""
    permalinks = settings.permalinks
    folder = spot.above or (spot.name if spot.is_bundle else "")
    found, length = permalinks.notes, -1
    for name, pattern in permalinks.sections.items():
        wanted = name.strip("/")
        fits = f"{folder}/".startswith(f"{wanted}/") if wanted else not folder
        if fits and len(wanted) > length:
            found, length = pattern, len(wanted)
    return found


def lists_of(all_written: Iterable[Written], content: ContentSettings) -> frozenset[str]:
    """Return the folders that have a page of their own (`_index.md`)."""
    spots = (spot_of(written.path, content) for written in all_written)
    return frozenset(spot.folder for spot in spots if spot.is_list)


def fill(
    pattern: str,
    written: Written,
    spot: Spot,
    own_slug: str,
    *,
    lists: frozenset[str],
    dates: bool = False,
) -> str:
    """Return the path that `pattern` gives a note: no `/` before it, one after it but for a file.

    Args:
        pattern: with known placeholders only.
        written: the note.
        spot: where it lies.
        own_slug: what its writer called it, `""` for nothing.
        lists: what `lists_of` says.
        dates: whether a date that the file's name begins with is the note's.
    """
    if pattern != DEFAULT_PATTERN:
        pattern = _OWN_SLUG.sub(":slugortitle", pattern)
    plain = pattern == DEFAULT_PATTERN
    if spot.is_list and not plain and spot.folder:
        return f"{path_words(spot.folder)}/"
    filling = _Filling(written, spot, own_slug, lists, dates, plain)
    filled = PLACEHOLDER.sub(lambda found: _filled(found, filling), pattern)
    path = "/".join(part for part in filled.split("/") if part)
    return path if path.endswith((".html", ".htm")) else f"{path}/"


def path_words(path: str) -> str:
    """Return the folders of a path as Hugo writes them into a URL: a hyphen for every blank."""
    return "/".join(hugo_slug(part.replace(" ", "-")) for part in path.split("/") if part)


def term_slug(term: str) -> str:
    """Return the path of a tag's page as Hugo writes it; `/` in a tag parts folders."""
    return path_words(term) or hugo_slug(term)


class _Filling(Value, frozen=True):
    """What the placeholders of one note's pattern are filled with."""

    written: Written
    spot: Spot
    own_slug: str
    lists: frozenset[str]
    dates: bool
    """Whether a date in the file's name is the note's."""
    plain: bool
    """Whether the pattern is kb's own, in which a README stands for its folder."""

    @property
    def name(self) -> str:
        spot = self.spot
        is_readme = spot.stem.lower() == "readme" and not self.plain
        return hugo_slug(spot.stem if is_readme else spot.name)

    @property
    def title(self) -> str:
        title = self.written.note.title
        return hugo_slug(title.replace("/", "-")) if title else self.name

    @property
    def slug(self) -> str:
        own = self.own_slug or (self.dated[1] if not self.written.date else "")
        return hugo_slug(own) if own else ""

    @property
    def path(self) -> str:
        """The way to its file, with its slug where it has one."""
        spot = self.spot
        is_readme = spot.stem.lower() == "readme"
        name = self.slug or path_words(spot.stem if is_readme else spot.name)
        return f"{path_words(spot.above)}/{name}"

    @property
    def dated(self) -> tuple[str, str]:
        """The date that the file's name begins with, where that counts, and what follows it."""
        found = _DATED.match(self.spot.name) if self.dates else None
        return (found[1], found[2]) if found is not None else ("", "")

    @property
    def date(self) -> str:
        """The note's day, ISO 8601, `""` where it has none."""
        return self.written.date or self.dated[0]

    def part(self, pattern: str) -> str:
        """Return a part of the note's date, `""` where it has none."""
        try:
            return date.fromisoformat(self.date).strftime(pattern)
        except ValueError:
            return ""

    @property
    def sections(self) -> list[str]:
        """The folders above it that have lists: the first always, others with an `_index.md`."""
        parts = [part for part in self.spot.above.split("/") if part]
        if not parts and self.spot.is_bundle:
            return [self.spot.name]
        folders = ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
        nested = zip(parts[1:], list(folders)[1:], strict=True)
        return [*parts[:1], *(part for part, folder in nested if folder in self.lists)]


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def _named(names: tuple[str, ...], number: str, first: int) -> str:
    return names[int(number) - first] if number else ""


_FILLERS: Mapping[str, Callable[[_Filling], str]] = {
    "year": lambda note: note.date[:4],
    "month": lambda note: note.date[5:7],
    "monthname": lambda note: _named(_MONTHS, note.date[5:7], 1),
    "day": lambda note: note.date[8:10],
    "weekday": lambda note: note.part("%w"),
    "weekdayname": lambda note: _named(_WEEKDAYS, note.part("%w"), 0),
    "yearday": lambda note: note.part("%j").lstrip("0"),
    "slug": lambda note: note.slug or note.name,
    "title": lambda note: note.title,
    "filename": lambda note: note.name,
    "contentbasename": lambda note: note.name,
    "slugorfilename": lambda note: note.slug or note.name,
    "slugortitle": lambda note: note.slug or note.title,
    "slugorcontentbasename": lambda note: note.slug or note.name,
    "section": lambda note: path_words("/".join(note.sections[:1])),
    "sections": lambda note: path_words("/".join(note.sections)),
    "path": lambda note: note.path,
}


def _filled(found: re.Match[str], note: _Filling) -> str:
    if found[1] != "sections" or found[2] is None:
        return _FILLERS[found[1]](note) + found[0][1 + len(found[1]) :]
    parts = note.sections
    start = int(found[2] or 0)
    if not found[3]:
        last = found[4] == "last" or bool(found[4])
        chosen = parts[-1:] if last else parts[start : start + 1]
    elif found[4] == "last":
        chosen = parts[start:-1]
    else:
        chosen = parts[start : int(found[4]) if found[4] else None]
    return path_words("/".join(chosen))


def unknown_placeholder(pattern: str) -> str:
    """Return the first placeholder of `pattern` that there is none of, `""` where all are known."""
    found = (one[1] for one in PLACEHOLDER.finditer(pattern))
    return next((name for name in found if name not in _FILLERS), "")


def own_name(spot: Spot) -> str:
    """Return the whole path of a note in the content folder, as Hugo writes it into a URL."""
    whole = spot.folder if spot.stem.lower() in {"index", "_index"} and spot.folder else ""
    path = path_words(whole or f"{spot.folder}/{spot.stem}")
    return path if len(path.encode()) <= LONGEST_SEGMENT * 4 else hugo_slug(spot.stem)
