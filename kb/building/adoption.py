"""A Hugo blog, adopted where it stands: its configuration read, a site.toml written, nothing else.

No file of the blog is changed, moved or copied. kb's own pages go to a folder of their own, since
the folder that Hugo writes is Hugo's.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kb.building.files import FileFault, Found, Listing, inside, read_source, write_new
from kb.building.project import CACHE, CONFIGURATION, INDEX, MARKER
from kb.building.scaffold import configuration
from kb.building.scan import is_note
from kb.graph.patterns import path_words, spot_of
from kb.graph.permalinks import INDEX_PAGES
from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.pattern import Pattern
from kb.model.settings import ContentSettings
from kb.model.value import Value
from kb.reading.hugo import FOLDERS, NAMES, Blog, is_hugos, parts_first, read_blog
from kb.reading.settings import unusable

_LARGEST = 1_048_576
_NO_CONTENT = frozenset({"archetypes", "layouts", "public", "resources", "themes"})
"""Folders of a blog that hold no notes."""
_OUTPUT = "kb-site"
_PICTURE = Pattern(r".*\.(?:apng|avif|bmp|gif|jpe?g|png|svg|tiff?|webp)", re.IGNORECASE)
_OTHER_NOTES = Pattern(r".*\.(?:org|adoc|asciidoc|ad|rst|pandoc|pdc|html?)", re.IGNORECASE)


class NoBlog(FileFault):
    """A folder that no Hugo blog is in, or one whose configuration cannot be read."""

    def __init__(self, path: str, reason: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(path, reason)
        self.findings = findings


class Adopted(Value, frozen=True):
    """What `adopt` found and wrote."""

    configuration: str
    """The file of the blog that was read first."""
    content: str
    """The folder of the notes, relative to the blog."""
    notes: int
    pictures: int
    """Files of pictures beside the notes and in the static folders."""
    static: tuple[str, ...]
    output: str
    """The folder that kb builds to."""
    published: str
    """The folder that Hugo builds to."""
    others: int
    """Files of content in other languages than Markdown, which are left out."""
    findings: tuple[Finding, ...]
    """What is not taken over."""


def is_blog(folder: Path) -> bool:
    """Return whether a Hugo blog lies in `folder`."""
    try:
        return is_hugos(_sources(folder))
    except FileFault:
        return False


def adopt(folder: Path) -> Adopted:
    """Write a site.toml for the Hugo blog in `folder`, and nothing else.

    Raises:
        NoBlog: none lies there, or its configuration or content cannot be read; nothing is written.
        FileFault: the folder holds a site.toml already, or cannot be written.
    """
    if os.path.lexists(folder / CONFIGURATION):
        raise FileFault(str(folder / CONFIGURATION), "is there already; nothing was changed")
    sources = _sources(folder)
    if not sources:
        names = " nor ".join(f"{name}.toml" for name in NAMES)
        raise NoBlog(str(folder), f"no Hugo blog: there is neither {names} nor a config/ folder")
    blog = read_blog(sources)
    faults = tuple(found for found in blog.findings if found.severity == "error")
    if faults:
        raise NoBlog(sources[0].path, "cannot be read; nothing was written", faults)
    content, languages = _content(folder, blog)
    settings = ContentSettings(folder=content, languages=languages)
    folders = [f"{content}/{one}".removeprefix("./") for one in languages.values() if one]
    listed = [
        found
        for name in (folders if len(folders) == len(languages) and folders else [content])
        for found in _listed(folder, name)
    ]
    notes = [one.path for one in listed if is_note(_below(one.path, content), settings)]
    static = tuple(name for name in blog.static if (folder / name).is_dir())
    output = _output(folder, blog)
    chosen = _chosen(blog, settings, notes, static, output)
    write_new(folder / CONFIGURATION, configuration(chosen).encode())
    files = [*listed, *(one for name in static for one in _listed(folder, name))]
    return Adopted(
        configuration=sources[0].path,
        content=content,
        notes=len(notes),
        pictures=sum(_PICTURE.fullmatch(one.path) is not None for one in files),
        static=static,
        output=output,
        published=blog.published,
        others=sum(_OTHER_NOTES.fullmatch(one.path) is not None for one in listed),
        findings=blog.findings,
    )


def _sources(folder: Path) -> list[Source]:
    """Return the files of the blog's configuration, those that count least first."""
    paths: list[str] = []
    for name in ("", *FOLDERS):
        try:
            names = sorted(os.listdir(folder / name))
        except OSError:
            continue
        paths += [f"{name}/{file}" if name else file for file in names]
    found = list(parts_first(paths))
    main = [path for path in found if "/" not in path]
    found = [*main[:1], *(path for path in found if "/" in path)]
    return [read_source(folder, path, _LARGEST) for path in found]


def _content(folder: Path, blog: Blog) -> tuple[str, dict[str, str]]:
    """Return the folder of the notes, and the languages with their folders below it.

    Raises:
        NoBlog: it is not there, or leads out of the blog.
    """
    content = blog.content
    folders = {one.tag: one.folder for one in blog.languages}
    if any(one and not f"{one}/".startswith(f"{content}/") for one in folders.values()):
        folders = {tag: one or content for tag, one in folders.items()}
    if folders and all(folders.values()):
        content = os.path.commonpath(folders.values()) or "."
    path = folder / content
    if not path.is_dir():
        raise NoBlog(str(path), "the folder of the blog's content is not there")
    if not inside(os.path.realpath(path), os.path.realpath(folder)):
        raise NoBlog(str(path), "the blog's content lies outside; kb reads nothing outside a site")
    below = {tag: _below(one, content) for tag, one in folders.items()}
    return content, {tag: "" if one == content else one for tag, one in below.items()}


def _listed(folder: Path, name: str) -> list[Found]:
    listing = Listing(folder, _is_passed_by, lambda path: True, closed=MARKER)
    return list(listing.files("" if name == "." else name))


def _is_passed_by(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.startswith(".") or name == "node_modules" or path in _NO_CONTENT


def _below(path: str, content: str) -> str:
    return path if content == "." else path.removeprefix(f"{content}/")


def _output(folder: Path, blog: Blog) -> str:
    """Return a folder to build to that nobody has yet, or that kb has made."""
    taken = {blog.published, blog.content, *blog.static, CACHE, INDEX}
    number = 1
    while True:
        name = _OUTPUT if number == 1 else f"{_OUTPUT}-{number}"
        path = folder / name
        if name not in taken and (not os.path.lexists(path) or (path / MARKER).is_file()):
            return name
        number += 1


def _chosen(
    blog: Blog,
    content: ContentSettings,
    notes: Sequence[str],
    static: tuple[str, ...],
    output: str,
) -> dict[str, dict[str, Any]]:
    """Return the settings of the site, by table; those that are kb's own defaults, too."""
    lists = _lists(notes, content, blog)
    feeds = [f"{path}{blog.feed}" for path in sorted({"/", *lists}) if blog.feed]
    return {
        "": {
            "title": blog.title or "Conference notes",
            "description": blog.description,
            "author": blog.author,
            "base_url": blog.base_url,
            "language": blog.language or "en",
        },
        "content": {
            "folder": content.folder,
            "static": static or ("static",),
            "languages": content.languages,
        },
        "markdown": {"linkify": blog.linkify},
        "permalinks": {
            "notes": "/:path.html" if blog.ugly else "/:path/",
            "sections": blog.pages,
            "terms": {
                key: f"{pattern.rstrip('/')}.html" if blog.ugly else pattern
                for key, pattern in blog.terms.items()
            },
            "dated_names": blog.dated_names,
            "language_folder": blog.language_folder,
        },
        "theme": {"dates": blog.dates},
        "feeds": {
            "limit": blog.feed_limit or 30,
            "also": tuple(path for path in feeds if not unusable("feeds.also", (path,))),
        },
        "build": {"output": output, "drafts": blog.drafts, "future": blog.future},
        "redirects": {
            path: target
            for path, target in lists.items()
            if path != target and path.strip("/") not in INDEX_PAGES
        },
    }


def _lists(notes: Iterable[str], content: ContentSettings, blog: Blog) -> dict[str, str]:
    """Return the paths of the lists that Hugo makes, and where each leads now: perhaps to itself.

    It makes one of every folder at the top, for each language, and of the languages themselves.
    """
    own = next(iter(content.languages), "")
    made: dict[str, str] = {}
    told: set[str] = set()
    for path in notes:
        spot = spot_of(path, content)
        language = (spot.language or own).lower()
        is_apart = language != own.lower() or blog.language_folder
        prefix = f"/{language}/" if is_apart else "/"
        made[f"/{language}/" if language else "/"] = "/"
        folder = (spot.above or (spot.folder if spot.is_list else "")).split("/", 1)[0]
        if folder:
            where = blog.lists.get(folder.lower(), f"/{path_words(folder)}/")
            made[f"{prefix}{where.strip('/')}/"] = f"{prefix}{path_words(folder)}/"
        if spot.is_list:
            told.add(f"{prefix}{path_words(spot.folder)}/" if spot.folder else prefix)
    made.update(dict.fromkeys(blog.term_lists, ""))
    found = {path: path if path in told else target for path, target in made.items()}
    return {
        path: target if target in {"/", *told} else "/notes/"
        for path, target in sorted(found.items())
    }
