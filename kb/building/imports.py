"""Imports: other programs' notes become a new site of their own, and are themselves left as is."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kb.building.files import (
    FileFault,
    Listing,
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
from kb.building.scan import is_published
from kb.importing import ghost, obsidian
from kb.importing.imported import Imported, ImportedNote, Remark
from kb.model.settings import Settings
from kb.model.value import ValueFault, from_json
from kb.reading.anchors import slug
from kb.reading.data import Data
from kb.reading.decoding import decode
from kb.reading.front_matter import split
from kb.reading.limits import OutOfTime, time_limit
from kb.reading.yaml import read_yaml

_LARGEST_EXPORT = 1 << 29
_LARGEST_NOTE = 1 << 24
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


def read_obsidian(folder: Path) -> Imported:
    """Return the notes of the Obsidian vault in `folder`, and the files that they show.

    Raises:
        ProjectFault: it has no notes.
    """
    listing = Listing(folder, _is_hidden, lambda path: True)
    found = {one.path: one.name for one in listing.files()}
    remarks = [Remark(one.path, one.message) for one in listing.findings]
    notes: list[obsidian.VaultNote] = []
    files: list[str] = []
    others: list[str] = []
    for path, name in found.items():
        if path.lower().endswith(".excalidraw.md") or not path.lower().endswith(".md"):
            (files if is_published(path) else others).append(path)
            continue
        try:
            data = read_file(folder, name, _LARGEST_NOTE)
        except FileFault as fault:
            remarks.append(Remark(path, f"left out: {fault.reason}"))
            continue
        text, faults = decode(data, path)
        note, told = _vault_note(path, text)
        notes.append(note)
        remarks += (Remark(f"{path}:{fault.line}", fault.message) for fault in faults)
        remarks += told
    if not notes:
        raise ProjectFault(f"{folder} holds no notes", "Name the folder of an Obsidian vault.")
    library = obsidian.Library(obsidian.Vault(tuple(notes), tuple(files), slug))
    turned: list[obsidian.Turned] = []
    for note in notes:
        try:
            with time_limit(SECONDS):
                turned.append(obsidian.turn(note, library))
        except OutOfTime:
            kept = ImportedNote(library.paths[note.path], {}, note.body)
            remark = Remark(note.path, "takes too long to turn: its text was kept")
            turned.append(obsidian.Turned(kept, (), {}, (remark,)))
    shown = sorted({path for one in turned for path in one.shown})
    broader: dict[str, tuple[str, ...]] = {}
    for one in turned:
        for name, above in one.broader.items():
            broader[name] = tuple(dict.fromkeys((*broader.get(name, ()), *above)))
    unseen = len(files) - len(shown)
    if unseen:
        remarks.append(Remark("files", f"{unseen} that no note shows left out"))
    return Imported(
        tuple(one.note for one in turned),
        {"": {"title": folder.resolve().name}},
        copies={f"content/{library.paths[path]}": found[path] for path in shown},
        broader=broader,
        remarks=(*(r for one in turned for r in one.remarks), *remarks, *obsidian.left_out(others)),
    )


def _vault_note(path: str, text: str) -> tuple[obsidian.VaultNote, list[Remark]]:
    parts = split(text.replace("\r\n", "\n").replace("\r", "\n"))
    data = read_yaml(parts.matter) if parts.format == "yaml" else Data()
    faults = [
        Remark(f"{path}:{fault.line + parts.first_line - 1}", f"properties: {fault.message}")
        for fault in data.faults
    ]
    body, first_line = parts.body, parts.last_line + 1
    if faults and not data.values:  # nothing is lost: what cannot be read is shown
        body, first_line = f"```yaml\n{parts.matter}\n```\n{body}", parts.first_line - 1
    return obsidian.VaultNote(path, data.values, body, first_line), faults


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")


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
        matter = front_matter(note.matter) if note.matter else ""
        text = "\n".join(filter(None, (matter, note.body)))
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
        if not _is_plain(place):
            missing.append(name)
            continue
        path = target / place
        try:
            make_folder(path.parent)
            write_new(path, read_pieces(files, name))
        except FileFault:
            missing.append(name)
    return missing


def _is_plain(path: str) -> bool:
    """Return whether a relative path stays where it begins, on every system."""
    parts = path.split("/")
    return not {"", ".", ".."} & set(parts) and not re.search(r"[\x00-\x1f\\:]", path)


def _topics(broader: Mapping[str, tuple[str, ...]]) -> str:
    above = {name for names in broader.values() for name in names}
    tables = []
    for name in sorted(above | set(broader)):
        lines = ["[[topics]]", f"name = {toml_value(name)}"]
        if name in broader:
            lines.append(f"broader = {toml_value(broader[name])}")
        tables.append("\n".join([*lines, ""]))
    return "\n".join(tables)
