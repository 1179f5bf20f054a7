"""Imports: other programs' notes become a new site of their own, and are themselves left as is."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kb.building.files import (
    FileFault,
    TooLarge,
    inside,
    make_folder,
    read_file,
    read_pieces,
    write_new,
)
from kb.building.matter import front_matter, toml_value
from kb.building.project import CONFIGURATION, ProjectFault
from kb.building.scaffold import configuration
from kb.importing import ghost
from kb.importing.imported import Imported, ImportedNote, Remark
from kb.model.settings import Settings
from kb.model.value import ValueFault, from_json
from kb.reading.limits import OutOfTime, time_limit

_LARGEST_EXPORT = 1 << 29
SECONDS = 2.0
"""Processor time in which a note must have been turned."""
_TAGS = "/tag/:slug/"
"""Where Ghost has the pages of its tags."""


class Written(NamedTuple):
    """What an import made."""

    notes: int
    drafts: int
    copied: int
    missing: tuple[str, ...]
    """Files that notes show and that were not there to be copied."""


def read_ghost(path: Path) -> Imported:
    """Return the posts of the Ghost export (JSON) at `path`.

    Raises:
        ProjectFault: it is none, or cannot be read.
    """
    try:
        data = read_file(path.parent, path.name, _LARGEST_EXPORT)
    except TooLarge as fault:
        raise ProjectFault(f"{path} has {fault.size} bytes, which is too much") from fault
    except FileFault as fault:
        raise ProjectFault(f"{path} cannot be read: {fault.reason}") from fault
    if data.startswith(b"PK\x03\x04"):
        raise ProjectFault(f"{path} is a zip file", "Unpack it, and name the .json file in it.")
    try:
        blog = ghost.read_blog(from_json(data.removeprefix(b"\xef\xbb\xbf"), object))
    except (ValueFault, ghost.NoExport) as fault:
        raise ProjectFault(
            f"{path} is no export of Ghost: {fault}", "Ghost makes one under Settings, Export."
        ) from fault
    notes: list[ImportedNote] = []
    remarks: list[Remark] = []
    pictures: dict[str, str] = {}
    for row in blog.posts:
        try:
            with time_limit(SECONDS):
                post = ghost.post_of(blog, row)
        except OutOfTime:
            post = ghost.raw_post_of(blog, row)
        notes.append(post.note)
        remarks += post.remarks
        pictures.update({f"static/content/{one}": one for one in post.pictures})
    settings = {"title": blog.title, "description": blog.description}
    return Imported(
        tuple(notes),
        {
            "": {key: value for key, value in settings.items() if value},
            "permalinks": {"notes": blog.permalinks, "terms": {"tags": _TAGS}},
        },
        copies=pictures,
        remarks=tuple(remarks),
    )


def check_target(target: Path, source: Path) -> None:
    """Refuse to import into a folder that holds anything, or that lies in what is imported.

    Raises:
        ProjectFault: `target` is no new folder.
    """
    hint = "Name a new folder with -o. Nothing was written."
    if os.path.lexists(target) and not target.is_dir():
        raise ProjectFault(f"{target} is a file, not a folder", hint)
    if target.is_dir() and os.listdir(target):
        raise ProjectFault(f"{target} holds files already", hint)
    if source.is_dir() and inside(os.path.realpath(target), os.path.realpath(source)):
        raise ProjectFault(f"{target} lies in {source}, which is not changed", hint)


def write_site(imported: Imported, target: Path, files: Path | None) -> Written:
    """Make a site of `imported` in `target`, which `check_target` found new.

    Args:
        imported: what to write.
        target: the folder.
        files: where the files to copy lie; None where they are not at hand.

    Raises:
        FileFault: the disk refused; what was written stays.
    """
    content = target / Settings().content.folder
    make_folder(content)
    write_new(target / CONFIGURATION, configuration(imported.settings).encode())
    if imported.broader:
        write_new(content / "topics.toml", _topics(imported.broader).encode())
    for note in imported.notes:
        path = content / note.path
        make_folder(path.parent)
        text = front_matter(note.matter) + (f"\n{note.body}" if note.body else "")
        write_new(path, text.encode("utf-8", "replace"))
    missing = _copy(imported.copies, target, files)
    drafts = sum(bool(note.matter.get("draft")) for note in imported.notes)
    return Written(len(imported.notes), drafts, len(imported.copies) - len(missing), tuple(missing))


def _copy(copies: Mapping[str, str], target: Path, files: Path | None) -> list[str]:
    """Copy what is there; return the names of what is not."""
    if files is None:
        return sorted(copies.values())
    missing = []
    for place, name in sorted(copies.items()):
        path = target / place
        if not _is_plain(place):
            missing.append(name)
            continue
        try:
            make_folder(path.parent)
            write_new(path, read_pieces(files, name))
        except FileFault:
            path.unlink(missing_ok=True)
            missing.append(name)
    return missing


def _is_plain(path: str) -> bool:
    """Return whether a relative path stays where it begins, on every system."""
    parts = path.split("/")
    return not {"", ".", ".."} & set(parts) and not re.search(r"[\x00-\x1f\\:]", path)


def _topics(broader: Mapping[str, tuple[str, ...]]) -> str:
    tables = [
        f"[[topics]]\nname = {toml_value(name)}\nbroader = {toml_value(above)}\n"
        for name, above in sorted(broader.items())
    ]
    return "\n".join(tables)
