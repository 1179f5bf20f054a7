"""What lies in the site's folders: notes, data files, files to publish, and the theme."""

import fnmatch
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from kb.building.files import Found, Listing
from kb.building.project import CACHE, CONFIGURATION, INDEX, MARKER, Project, check_content
from kb.model.finding import Finding
from kb.model.pattern import Pattern
from kb.model.settings import ContentSettings
from kb.model.site import Url
from kb.model.value import Value

VOCABULARY_FILES = ("people.toml", "topics.toml", "events.toml")
LEDGER = "links.toml"
DATA_FILES = (*VOCABULARY_FILES, LEDGER)
LARGEST_DATA = 4_194_304
"""Bytes of one of `DATA_FILES`."""
SCHEDULES = "schedules"
"""Folder below the notes whose TOML files are published programmes."""
_PUBLISHED = Pattern(
    r".*\.(apng|avif|bmp|gif|ico|jpe?g|png|svg|tiff?|webp|flac|m4a|mp[34]|og[agv]|opus|wav|webm"
    r"|csv|epub|gz|ics|key|od[pst]|pdf|pptx?|txt|vtt|zip)",
    re.IGNORECASE | re.DOTALL,
)
"""Kinds of files beside the notes that may be published; everything in `static` is."""


class Placed(Value, frozen=True):
    """A file to publish, and where."""

    found: Found
    url: Url


class Scan(Value, frozen=True):
    """All input files by their names and stamps; nothing was opened."""

    notes: tuple[Found, ...]
    data: tuple[Found, ...]
    """Of `DATA_FILES`, at the root of the content folder."""
    programmes: tuple[Found, ...]
    """TOML files right in `SCHEDULES`, below the content folder."""
    assets: tuple[Placed, ...]
    findings: tuple[Finding, ...]


def scan(project: Project) -> Scan:
    """Return what lies in the folders of `project`, sorted by path.

    Raises:
        ProjectFault: the folder of the notes is not there.
    """
    check_content(project)
    content = project.settings.content
    skip = _skipped(project)
    # A site that was published here under another name is no content either.
    listing = Listing(project.root, skip, lambda path: True, closed=MARKER)
    base = "" if content.folder in {".", "./", ""} else content.folder.strip("/").removeprefix("./")
    notes: list[Found] = []
    data: list[Found] = []
    programmes: list[Found] = []
    assets: list[Placed] = []
    for found in (one for folder in _folders(base, content) for one in listing.files(folder)):
        below = found.path.removeprefix(f"{base}/") if base else found.path
        if below in DATA_FILES:
            data.append(found)
        elif matches(below, f"{SCHEDULES}/*.toml"):
            programmes.append(found)
        elif is_note(below, content):
            notes.append(found)
        elif is_published(below):
            assets.append(Placed(found, url_of(below)))
    findings = list(listing.findings)
    for folder in content.static:
        static = Listing(project.root, _is_hidden, lambda path: True)
        name = folder.strip("/").removeprefix("./")
        assets += [
            Placed(found, url_of(found.path.removeprefix(f"{name}/")))
            for found in static.files(name)
        ]
        findings += static.findings
    theme = Listing(project.root, _is_hidden, lambda path: True)
    for _ in theme.files(f"themes/{project.settings.theme.name}"):
        pass  # what cannot be listed is told; what is there is looked at with the packaged theme
    return Scan(
        notes=tuple(notes),
        data=tuple(data),
        programmes=tuple(programmes),
        assets=tuple(sorted(assets, key=lambda asset: (asset.url, asset.found.path))),
        findings=(*findings, *theme.findings),
    )


def _folders(base: str, content: ContentSettings) -> list[str]:
    """Return the folders to look for notes in: those of the languages, where each has its own."""
    below = [folder.strip("/") for folder in content.languages.values()]
    if not below or not all(below):
        return [base]
    return sorted({f"{base}/{folder}" if base else folder for folder in below})


def notes_below(folder: Path, content: ContentSettings) -> tuple[tuple[Found, ...], list[Finding]]:
    """Return the notes (and `DATA_FILES`) below any `folder`, and what could not be listed."""
    listing = Listing(folder, _is_hidden, lambda path: is_note(path, content))
    found = tuple(
        found
        for found in listing.files()
        if is_note(found.path, content) or found.path in DATA_FILES
    )
    return found, listing.findings


def is_published(path: str) -> bool:
    """Return whether the file `path` beside notes is of a kind that may be published."""
    return _PUBLISHED.fullmatch(path) is not None


def is_note(path: str, content: ContentSettings) -> bool:
    """Return whether the file `path` (relative to the content folder) is a note."""
    return any(matches(path, glob) for glob in content.include) and not any(
        matches(path, glob) for glob in content.exclude
    )


def matches(path: str, glob: str) -> bool:
    """Return whether `path` fits `glob`, where `**/` stands for any folders or none, and `*` and
    `?` stop at `/`."""
    return _pattern(glob).fullmatch(path) is not None


def is_data(path: str) -> bool:
    """Return whether the file `path` (relative to the content folder) is one of kb's data files."""
    return path in DATA_FILES or matches(path, f"{SCHEDULES}/*.toml")


def literal(path: str) -> str:
    """Return a glob that fits `path` alone."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


@lru_cache(maxsize=256)
def _pattern(glob: str) -> Pattern:
    parts = (_translated(token) for token in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", glob))
    return Pattern("".join(parts), re.DOTALL)


def _translated(token: str) -> str:
    known = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in known:
        return known[token]
    if token.startswith("[") and token.endswith("]"):
        return fnmatch.translate(token).removeprefix("(?s:").removesuffix(r")\Z")
    return re.escape(token)


def url_of(path: str) -> Url:
    """Return the URL of a published file at `path` below the output folder."""
    return Url("/" + quote(path, safe="/!$&'()*+,;=:@~-._"))


def _is_hidden(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.startswith(".") or name.endswith("~") or name == "node_modules"


def _skipped(project: Project) -> Callable[[str], bool]:
    """Return what says which paths of a site's folder are no content: hidden, kb's, published."""
    own = [CACHE, INDEX, "themes", CONFIGURATION, *project.settings.content.static]
    if project.output.is_relative_to(project.root):
        own.append(project.output.relative_to(project.root).as_posix())
    names = frozenset(name.strip("/").removeprefix("./") for name in own)
    return lambda path: path in names or _is_hidden(path)


def theme_files(folder: Path) -> Iterator[Found]:
    """Yield the files of the theme in `folder` (missing: none), paths relative to it."""
    yield from Listing(folder, _is_hidden, lambda path: True).files()
