"""Exports on disk: what kb wrote is brought up to date, what anyone else wrote is left alone.

A single file is known again by a digest in the site's cache; a folder by a list of its own, so that
it may be moved. A file that was edited since counts as its editor's.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kb.building.files import FileFault, inside, make_folder, read_file, remove, write_whole
from kb.building.learning import Knowledge
from kb.building.memo import Memo, secret_key
from kb.building.project import CACHE, CONFIGURATION, INDEX, MARKER, Project, ProjectFault
from kb.exporting.material import Material
from kb.model.output import Output
from kb.model.value import Value, ValueFault, encode, from_json, to_json

LIST = ".kb-export"
"""File in an exported folder that lists what kb wrote there."""
_LEDGER = "exports"
_FORCE = "To write over what is there: --force."


class Listed(Value, frozen=True, forbid_unknown_fields=True):
    """What kb wrote into a folder."""

    format: str
    files: Mapping[str, tuple[str, ...]]
    """Path → SHA-256; two while the folder is being written."""


class Exported(NamedTuple):
    """What was written."""

    written: tuple[str, ...]
    """Paths of files with new bytes, relative to the folder; or the file's name."""
    removed: tuple[str, ...]
    total: int
    """Files of the export."""
    kept: tuple[str, ...] = ()
    """Files that are no part of the export any more, and were edited since kb wrote them."""


def material_of(knowledge: Knowledge) -> Material:
    """Return what an export is made of."""
    return Material(knowledge.site, knowledge.prose, knowledge.settings)


def export_file(project: Project, target: Path, data: bytes, *, force: bool = False) -> Exported:
    """Write `data` to the file `target`.

    Args:
        project: the site, whose cache remembers the file.
        target: where to.
        data: the whole file.
        force: write over a file that kb did not make.

    Raises:
        ProjectFault: something is there that is not kb's; nothing was written.
        FileFault: the disk refused.
    """
    name = os.path.realpath(target)
    if target.is_dir():
        raise ProjectFault(f"{target} is a folder", "Name a file in it with -o.")
    if target.exists() and not target.is_file():
        raise ProjectFault(
            f"{target} is no regular file", "Leave -o out to write to the standard output."
        )
    _check_place(project, name)
    memo = Memo(project.cache, secret_key())
    known = _ledger(memo)
    before = _digest_of(target.parent, target.name)
    after = _digest(data)
    if os.path.lexists(target) and not force and before not in {after, known.get(name, "")}:
        edited = name in known and before is not None
        what = "was edited since kb wrote it" if edited else "is there, and kb did not write it"
        raise ProjectFault(
            f"{target} {what}; nothing was written", f"Name another file with -o. {_FORCE}"
        )
    if before != after:
        make_folder(target.parent)
        write_whole(target, data)
    if known.get(name) != after:
        memo.put(_LEDGER, encode({**known, name: after}))
    return Exported((target.name,) if before != after else (), (), 1)


def export_folder(
    project: Project, target: Path, format_name: str, outputs: Iterable[Output], *, force: bool
) -> Exported:
    """Write `outputs` into the folder `target`; remove what an earlier export left there.

    Args:
        project: the site.
        target: the folder, which may be missing.
        format_name: what the folder holds; another export is no earlier one.
        outputs: its files.
        force: take a folder that holds other files, and write over those of the same names.

    Raises:
        ProjectFault: the folder is not kb's to write to; nothing was written.
        FileFault: the disk refused; the next call goes on.
    """
    _check_folder(project, target)
    listed = _listed(target)
    if listed is None and not force and target.is_dir() and os.listdir(target):
        raise ProjectFault(
            f"{target} holds files that kb did not write; nothing was written",
            f"Name another folder with -o. {_FORCE}",
        )
    if listed is not None and listed.format != format_name and not force:
        raise ProjectFault(
            f"{target} holds an export as {listed.format}; nothing was written",
            f"Name another folder with -o. {_FORCE}",
        )
    before = listed.files if listed is not None else {}
    made = {output.path: output.data for output in outputs}
    if not made and not before:
        return Exported((), (), 0)
    after = {path: _digest(data) for path, data in made.items()}
    there = {path: _digest_of(target, path) for path in made}
    foreign = [
        path
        for path in made
        if there[path] not in {after[path], *before.get(path, ())}
        and os.path.lexists(target / path)
    ]
    _refuse_foreign(target, foreign, force=force)
    make_folder(target)
    _check_links(target, made)
    both = {path: (*before.get(path, ()), after[path]) for path in made}
    _write_list(target, Listed(format_name, {**before, **both}))
    changed = [path for path in made if there[path] != after[path]]
    for path in changed:
        make_folder((target / path).parent)
        write_whole(target / path, made[path])
    removed, kept = _remove(target, {path: before[path] for path in before if path not in made})
    _write_list(target, Listed(format_name, {path: (after[path],) for path in made}))
    return Exported(tuple(changed), tuple(removed), len(made), tuple(kept))


def _refuse_foreign(target: Path, foreign: Sequence[str], *, force: bool) -> None:
    folders = [path for path in foreign if (target / path).is_dir()]
    if folders:
        raise ProjectFault(f"{target / folders[0]} is a folder where a file is to be written")
    if foreign and not force:
        more = f" (and {len(foreign) - 1} more)" if len(foreign) > 1 else ""
        raise ProjectFault(
            f"{target / foreign[0]}{more} was edited since kb wrote it, or is not kb's; "
            "nothing was written",
            f"Name another folder with -o. {_FORCE}",
        )


def _check_links(target: Path, paths: Iterable[str]) -> None:
    """Refuse to write through a link that leads out of the folder."""
    top = os.path.realpath(target)
    for folder in sorted({os.path.dirname(path) for path in paths}):  # noqa: PTH120 - relative
        if not inside(os.path.realpath(target / folder), top):
            raise ProjectFault(f"{target / folder} is a link that leads out of the folder")


def _remove(target: Path, old: Mapping[str, tuple[str, ...]]) -> tuple[list[str], list[str]]:
    removed: list[str] = []
    kept: list[str] = []
    for path, digests in sorted(old.items()):
        now = _digest_of(target, path)  # None for a path that leaves the folder, too
        if now in digests:
            remove(target / path)
            _remove_empty(target, path)
            removed.append(path)
        elif now is not None:
            kept.append(path)
    return removed, kept


def _remove_empty(target: Path, path: str) -> None:
    for parent in (target / path).parents:
        if parent == target or any(parent.iterdir()):
            return
        parent.rmdir()


def _check_folder(project: Project, target: Path) -> None:
    name = os.path.realpath(target)
    hint = "Name another folder with -o."
    if target.exists() and not target.is_dir():
        raise ProjectFault(f"{target} is a file, not a folder", hint)
    if inside(str(project.root), name):
        raise ProjectFault(f"{target} is the site's own folder or holds it", hint)
    if inside(os.path.realpath(Path.home()), name):
        raise ProjectFault(f"{target} is your home folder or holds it", hint)
    content = project.settings.content
    theme = f"themes/{project.settings.theme.name}"
    if name == os.path.realpath(project.root / "themes"):
        raise ProjectFault(f"{target} holds themes", hint)
    for own in sorted({content.folder, *content.static, theme}):
        real = os.path.realpath(project.root / own)
        if inside(name, real) and real != str(project.root):
            raise ProjectFault(f"{target} lies in the site's {own}", hint)
    _check_place(project, name)


def _check_place(project: Project, name: str) -> None:
    """Refuse the real path `name` where kb keeps what it may throw away or publish."""
    hint = "Name another place with -o."
    for own in (CACHE, INDEX, ".git"):
        if inside(name, str(project.root / own)):
            raise ProjectFault(f"{name} lies in the site's {own}", hint)
    if name == str(project.root / CONFIGURATION):
        raise ProjectFault(f"{name} holds the site's settings", hint)
    if inside(name, str(project.output)) or (Path(name) / MARKER).is_file():
        raise ProjectFault(f"{name} lies in the published site", hint)


def _listed(target: Path) -> Listed | None:
    try:
        return from_json(read_file(target, LIST), Listed)
    except (FileFault, ValueFault):
        return None


def _write_list(target: Path, listed: Listed) -> None:
    data = to_json(listed) + b"\n"
    if _digest_of(target, LIST) != _digest(data):
        write_whole(target / LIST, data)


def _ledger(memo: Memo) -> dict[str, str]:
    return memo.value(_LEDGER, dict[str, str]) or {}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest_of(folder: Path, path: str) -> str | None:
    """Return the SHA-256 of a file; None where there is none that could be kb's."""
    try:
        return _digest(read_file(folder, path))
    except FileFault:
        return None
