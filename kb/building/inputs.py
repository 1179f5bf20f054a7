"""The input files by digest: what a file system tells of a file spares reading it, if it can.

A stamp is trusted only if the file was clearly older than the moment it was hashed at: one that
changed within the last two seconds may change again without a new stamp (some file systems count
in seconds), so it is hashed anew.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.building.files import (
    FileFault,
    Found,
    Stamp,
    TooLarge,
    read_beginning,
    read_pieces,
    stamp_of,
)
from kb.building.memo import Memo
from kb.building.project import Project
from kb.building.scan import Scan
from kb.model.finding import Finding
from kb.model.value import Value, encode, replace

_SLACK = 2_000_000_000
"""Nanoseconds."""
_NAME = "inputs"


class Known(Value, frozen=True, array_like=True):
    """A file as it was when it was hashed last."""

    stamp: Stamp
    digest: str
    sure: bool
    """Whether an equal stamp means an equal file."""


class Inputs:
    """Digests of input files, remembered by their stamps."""

    def __init__(self, memo: Memo, *, use_memo: bool = True) -> None:
        self._memo = memo
        kept = memo.value(_NAME, dict[str, Known]) if use_memo else None
        self._before: Mapping[str, Known] = kept or {}
        self._now: dict[str, Known] = {}
        self._young: dict[str, tuple[Path, Found, int | None]] = {}

    def digest(
        self, folder: Path, found: Found, key: str, now: int, most: int | None = None
    ) -> str:
        """Return the SHA-256 of the file, read only if nothing spares it.

        Args:
            folder: where `found` lies.
            found: the file.
            key: its name among all inputs.
            now: nanoseconds, by the clock of its file system.
            most: how many bytes of it matter, besides its size; None for all.

        Raises:
            FileFault: it cannot be read.
        """
        known = self._before.get(key)
        if known is not None and known.sure and known.stamp == found.stamp:
            self._now[key] = known
            return known.digest
        sure = _is_older(found.stamp, now)
        if not sure:
            self._young[key] = (folder, found, most)
        self._now[key] = Known(found.stamp, _hashed(folder, found, most), sure)
        return self._now[key].digest

    def changed(self) -> tuple[str, ...]:
        """Return the keys of files that are new, changed or gone since they were kept last."""
        names = self._before.keys() | self._now.keys()
        return tuple(
            sorted(
                name
                for name in names
                if (before := self._before.get(name)) is None
                or (now := self._now.get(name)) is None
                or before.digest != now.digest
            )
        )

    def keep(self) -> None:
        """Remember what this run has seen.

        Files that were young are looked at once more: the notes of a new site are, and a long
        build gives them the time to be trusted.

        Raises:
            FileFault: the disk does not take it.
        """
        if self._now == self._before or self._memo.read_only:
            return
        self._memo.put(_NAME, encode(self._now))
        if self._grown_up(stamp_of((self._memo.folder / _NAME).lstat()).mtime):
            self._memo.put(_NAME, encode(self._now))

    def _grown_up(self, now: int) -> bool:
        """Trust the stamps of young files that are old enough `now`; return whether any is."""
        known = len(self._young)
        for key, (folder, found, most) in list(self._young.items()):
            before = self._now[key]
            if not _is_older(found.stamp, now):
                continue
            try:
                # The stamp first: an edit after this look gives the file another one.
                stamp = stamp_of((folder / found.name).lstat())
                same = stamp == found.stamp and _hashed(folder, found, most) == before.digest
            except (FileFault, OSError):
                continue
            if same:
                self._now[key] = replace(before, sure=True)
                del self._young[key]
        return len(self._young) < known


def _is_older(stamp: Stamp, now: int) -> bool:
    """Return whether a file that had `stamp` at the moment `now` has another after any edit."""
    return max(stamp.mtime, stamp.ctime) + _SLACK < now


def _hashed(folder: Path, found: Found, most: int | None) -> str:
    state = hashlib.sha256()
    if most is not None and found.stamp.size > most:
        data, size = read_beginning(folder, found.name, most)
        state.update(data + b" of %d" % size)
    else:
        for piece in read_pieces(folder, found.name):
            state.update(piece)
    return state.hexdigest()


def digests(
    inputs: Inputs,
    folder: Path,
    found: Iterable[Found],
    prefix: str,
    now: int,
    *,
    most: int | None = None,
) -> tuple[dict[str, str], dict[str, FileFault]]:
    """Return the digests of many files by key (`prefix` and path), and those not readable."""
    result: dict[str, str] = {}
    faults: dict[str, FileFault] = {}
    for one in found:
        key = f"{prefix}{one.path}"
        try:
            result[key] = inputs.digest(folder, one, key, now, most)
        except FileFault as fault:
            faults[key] = fault
    return result, faults


@dataclass(frozen=True)
class Digests:
    """The input files by digest."""

    known: Mapping[str, str]
    """Path relative to the site's folder → SHA-256."""
    findings: tuple[Finding, ...]
    """Files that cannot be read."""


def digests_of(project: Project, scan: Scan, inputs: Inputs, now: int) -> Digests:
    """Return the digests of all notes, data files, programmes and assets.

    `now` is as `Inputs.digest` takes it.
    """
    limit = project.settings.content.max_bytes
    known, faults = digests(inputs, project.root, scan.notes, "", now, most=limit)
    others = [*scan.data, *scan.programmes, *(placed.found for placed in scan.assets)]
    more, missed = digests(inputs, project.root, others, "", now)
    findings = [unreadable(fault, path) for path, fault in {**faults, **missed}.items()]
    return Digests({**known, **more}, tuple(findings))


def unreadable(fault: FileFault, path: str) -> Finding:
    """Return the finding that `fault` is for the input file `path`."""
    if isinstance(fault, TooLarge):
        message = f"the file has {fault.size} bytes; it is left out"
        return Finding("KB108", path, message, hint="Split it.")
    hint = "Give yourself the right to read it." if "permission" in fault.reason else ""
    return Finding("KB109", path, f"cannot be read: {fault.reason}", hint=hint)
