"""The site on disk: what changed is staged whole, then switched under a journal.

Until the journal is written nothing of the published site was touched; from then on the next
command rolls the switch forward, however the process ended. The list of what kb made lies beside
the pages (`MARKER`), so that kb never removes a file that is not its own.

Only the journal is flushed to the disk: waiting for each page would make a save take seconds.
After a loss of power the first build (it sees another boot of the machine) trusts no stamp: it
compares every published file with its digest, and makes anew what was lost.
"""

import contextlib
import errno
import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from kb.building.files import (
    FileFault,
    Listing,
    Stamp,
    make_folder,
    move,
    read_file,
    read_pieces,
    reason_of,
    remove,
    remove_tree,
    scatter_below,
    stamp_of,
    write_new,
)
from kb.building.memo import Memo
from kb.building.project import MARKER
from kb.building.table import Made, Table
from kb.model.finding import Finding
from kb.model.pattern import Pattern
from kb.model.splice import spliced
from kb.model.value import Value, encode

T = TypeVar("T")

_TITLE = "kb manifest 1"
_DIGEST = 32
"""Hexadecimal digits of SHA-256 that the manifest holds of a published file."""
_IS_DIGEST = Pattern(f"[0-9a-f]{{{_DIGEST}}}")
_TRIES = 20
_PAUSE = 0.1
"""Seconds between tries where another program holds a file for a moment."""
_PASSING = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY})
"""What the system says of such a file."""
_TOGETHER = 64
"""How many folders of pages lie near each other."""
JOURNAL = "journal"
STAGE = "stage"


class Staged(Value, frozen=True, array_like=True):
    """A file that the new site has."""

    path: str
    """Relative to the output folder."""
    digest: str
    name: str = ""
    """Its file in the stage; `""` where the published one is equal already."""
    finding: Finding | None = None
    """Why it cannot be published."""
    stamp: Stamp | None = None
    """Of the published file, where it is equal and was looked at."""


class Move(Value, frozen=True, array_like=True):
    """A staged file and where it goes."""

    name: str
    path: str


class Journal(Value, frozen=True):
    """A switch that has begun: everything needed to end it."""

    output: str
    stage: str
    whole: bool
    """Whether the stage is the whole site, to be renamed to the output folder."""
    moves: tuple[Move, ...] = ()
    removals: tuple[str, ...] = ()


class Published(Value, frozen=True):
    """What publishing did."""

    made: Table
    written: tuple[str, ...]
    removed: tuple[str, ...]
    findings: tuple[Finding, ...]


def short(digest: str) -> str:
    """Return as much of a SHA-256 as the manifest holds."""
    return digest[:_DIGEST]


def digest_of(*data: bytes | memoryview) -> str:
    """Return the digest that the manifest holds of a published file, which may come in pieces."""
    state = hashlib.sha256()
    for piece in data:
        state.update(piece)
    return short(state.hexdigest())


def read_manifest(output: Path) -> dict[str, Made]:
    """Return what kb made in `output` as its manifest tells; empty where there is none."""
    try:
        lines = read_file(output, MARKER).decode("utf-8").split("\n")
    except (FileFault, UnicodeDecodeError):
        return {}
    if lines[0] != _TITLE:
        return {}
    parted = (line.partition("  ") for line in lines[1:])
    return {
        path: Made(digest)
        for digest, _, path in parted
        if _IS_DIGEST.fullmatch(digest) and is_safe(path)
    }


_PLAIN = Pattern(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
"""Paths that are told to be safe at a glance, if they are short: almost all."""
_LONGEST = 255
"""Bytes that a file's name may have (NAME_MAX)."""


def is_safe(path: str) -> bool:
    """Return whether `path` names a file below a folder on every system kb runs on."""
    if _PLAIN.fullmatch(path) and len(path) <= _LONGEST:
        return True
    parts = path.split("/")
    return not any(
        part in {"", ".", ".."} or len(part.encode()) > _LONGEST or "\0" in part or "\n" in part
        for part in parts
    )


def parents(path: str) -> tuple[str, ...]:
    """Return the folders that `path` lies in, below the output folder."""
    return tuple(path[:at] for at, sign in enumerate(path) if sign == "/")


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return the folders that any of `paths` lies in, below the output folder."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


class Stage:
    """Where changed files wait for the switch. Copies of it in worker processes work alike."""

    def __init__(
        self, folder: Path, output: Path, before: Mapping[str, Made], *, trusting: bool = True
    ) -> None:
        """`before` is what kb made in `output`; empty for a first build.

        `trusting` says whether an equal stamp means an equal file; after a loss of power it may
        not.
        """
        self.folder = folder
        self.output = output
        self.before = before
        self._below = str(output)
        self._trusting = trusting
        self.whole = not output.exists() or not os.listdir(output)
        self._staged = str(folder)
        self._made: set[str] = set()
        self._placed = Counter[str]()
        """Top folder of the stage → how many folders of pages it was given."""

    def begin(self) -> None:
        """Make the empty stage.

        Raises:
            FileFault: it cannot be made.
        """
        remove_tree(self.folder)
        make_folder(self.folder)
        if self.whole:
            scatter_below(self.folder)

    def put(self, path: str, *data: bytes | memoryview) -> Staged:
        """Stage `data`, one piece behind the other, for `path`, unless the published file is equal.

        Raises:
            Taken: something is staged for `path`.
            FileFault: the disk does not take it.
        """
        digest = digest_of(*data)
        settled = self._settled(path, digest, lambda: b"".join(data))
        return settled if settled is not None else self._place(path, data, digest)

    def place(self, path: str, *data: bytes | memoryview) -> Staged:
        """Stage `data`, as `put` takes it, for `path`, whatever is published there.

        Raises:
            FileFault: the disk does not take it.
        """
        return self._place(path, data, digest_of(*data))

    def _place(self, path: str, data: Iterable[bytes | memoryview], digest: str) -> Staged:
        name = self._name(path)
        write_new(f"{self._staged}/{name}", map(memoryview, data))
        return Staged(path, digest, name)

    def copy(self, path: str, folder: Path, name: str, digest: str) -> Staged:
        """Stage the file `name` below `folder` for `path`, a piece at a time.

        Args:
            path: where it goes.
            folder: where the file lies.
            name: the file, as `read_file` takes it.
            digest: its SHA-256 when it was looked at.

        Raises:
            FileFault: it cannot be read, or the disk does not take it.
        """
        settled = self._settled(path, short(digest), lambda: read_file(folder, name))
        if settled is not None:
            return settled
        state = hashlib.sha256()  # of what is copied: it may have changed since it was looked at

        def pieces() -> Iterator[memoryview]:
            for piece in read_pieces(folder, name):
                state.update(piece)
                yield piece

        staged = self._name(path)
        write_new(self.folder / staged, pieces())
        return Staged(path, short(state.hexdigest()), staged)

    def _settled(self, path: str, digest: str, read: Callable[[], bytes]) -> Staged | None:
        """Return `path` as staged where nothing is to be put there: it cannot be, or is equal.

        `read` returns the bytes that have `digest`.
        """
        if not is_safe(path):
            return Staged(path, "", finding=_unsafe(path))
        if (kept := self.keep(path, digest)) is not None or self.whole:
            return kept
        if path not in self.before and self._is_in_the_way(path):
            data = read()
            if self._is_equal(path, data):
                return Staged(path, digest_of(data))
            return Staged(path, "", finding=_foreign(path))
        if self.is_behind_a_link(path):
            return Staged(path, "", finding=_foreign(path))
        return None

    def discard(self, path: str) -> None:
        """Remove the file that is staged for `path`.

        Raises:
            FileFault: the disk refuses.
        """
        remove(self.folder / self._name(path))

    def _name(self, path: str) -> str:
        """Return what to call the file for `path` in the stage, and make its folder."""
        name = path if self.whole else hashlib.blake2b(path.encode(), digest_size=16).hexdigest()
        parent = name.rpartition("/")[0]
        if parent not in self._made:
            if self.whole:
                self._scatter(parent)
            make_folder(f"{self._staged}/{parent}")
            self._made.add(parent)
        return name

    def _scatter(self, folder: str) -> None:
        """See to it that the new `folder` of a whole site lies far from others on the disk.

        Of many folders of pages beside each other only some do: finding such places takes longer
        than all else about a folder.
        """
        top, _, below = folder.partition("/")
        if top not in self._made:
            make_folder(f"{self._staged}/{top}")
            scatter_below(f"{self._staged}/{top}")
            self._made.add(top)
        if below and "/" not in below:
            number = self._placed[top] % _TOGETHER
            if number <= 1:
                scatter_below(f"{self._staged}/{top}", far=number == 0)
            self._placed[top] += 1

    def keep_known(self, path: str) -> Staged | None:
        """Return `path` as staged where the published file is as kb left it."""
        known = self.before.get(path)
        return self.keep(path, known.digest) if known is not None else None

    def keep(self, path: str, digest: str) -> Staged | None:
        """Return `path` as staged where the published file has `digest` and is as kb left it."""
        known = self.before.get(path)
        if known is None or known.digest != digest:
            return None
        try:
            stamp = stamp_of(os.lstat(f"{self._below}/{path}"))
        except OSError:
            return None
        if self._trusting and stamp == known.stamp:
            return Staged(path, digest, stamp=known.stamp)
        try:
            if digest_of(read_file(self.output, path)) != digest:
                return None
        except FileFault:
            return None
        return Staged(path, digest, stamp=stamp)

    def is_behind_a_link(self, path: str) -> bool:
        """Return whether a folder of `path` is a link, so that it may lie outside the output."""
        return any((self.output / parent).is_symlink() for parent in parents(path))

    def _is_in_the_way(self, path: str) -> bool:
        """Return whether something that kb did not make stands where `path` goes."""
        target = self.output / path
        if target.is_dir() and not target.is_symlink():
            below = (found.path for found in Listing(target, _nothing, _nothing).files())
            return any(self.keep_known(f"{path}/{name}") is None for name in below)
        if os.path.lexists(target):
            return True
        for folder in target.relative_to(self.output).parents:
            parent = folder.as_posix()
            real = self.output / folder
            if os.path.lexists(real):
                other = real.is_symlink() or not real.is_dir()
                return other and self.keep_known(parent) is None
        return False

    def _is_equal(self, path: str, data: bytes) -> bool:
        try:
            return read_file(self.output, path) == data
        except FileFault:
            return False


def _nothing(path: str) -> bool:
    return False


def _unsafe(path: str) -> Finding:
    shown = path if len(path) < 120 else f"{path[:100]}…"
    return Finding(
        "KB601",
        shown.replace("\n", " ").replace("\0", " "),
        "no file can have this name, so the page is not published",
        hint="Give the note (or the talk in its front matter) a shorter, plainer name.",
    )


def _foreign(path: str) -> Finding:
    return Finding(
        "KB602",
        path,
        "a file that kb did not make stands where this page goes; it was left as it is",
        hint="Move the file out of the output folder, or to static/.",
    )


def publish(
    stage: Stage,
    staged: Iterable[Staged],
    memo: Memo,
    switching: Callable[[], AbstractContextManager[object]],
) -> Published:
    """Switch the published site to the `staged` files, and remove what kb made and makes no more.

    `switching` is held for the moment in which files are moved.

    Raises:
        FileFault: the disk refused. If the switch had begun, `recover` ends it.
    """
    files, findings = _sorted_out(staged, _nothing)
    manifest = _manifest(f"{item.digest}  {path}" for path, item in files.items())
    removals, kept = _removals(stage, stage.before.keys() - files.keys())
    changed = [item for item in files.values() if item.name]
    moved = [*changed, *_listed(stage, manifest)]
    if moved or removals:
        with switching():
            _switch(stage, moved, removals, memo)
    remove_tree(stage.folder)
    return Published(
        made=Table.lying(stage.output, _made(files), digest_of(manifest)),
        written=tuple(sorted(item.path for item in changed)),
        removed=tuple(removals),
        findings=(*findings, *kept),
    )


def publish_changes(
    stage: Stage,
    before: Table,
    staged: Iterable[Staged],
    removed: Iterable[str],
    memo: Memo,
    *,
    switching: Callable[[], AbstractContextManager[object]],
    switched: Callable[[], object] = lambda: None,
) -> Published:
    """Switch some files of the published site, and leave all others as they are.

    The outcome is that of `publish` with the files that `before` tells of, the `staged`
    instead of those of the same names, and without the `removed`; but its cost is that of the
    change. It is for a build that follows one without findings of publishing (a file that was
    left out then is not remembered), and that has seen to files which no longer lie as kb left
    them (`Table.looked_at`): they are to be among the `staged`.

    Args:
        stage: of a site that stands (`whole` is false).
        before: its files, as `stage` was told of them.
        staged: files that are new or may differ.
        removed: paths of files that the site has no more; others than kb's are of no account.
        memo: where the journal goes.
        switching: is held for the moment in which files are moved.
        switched: is called after that, before it is looked at how the files lie now.

    Raises:
        FileFault: the disk refused. If the switch had begun, `recover` ends it.
    """
    assert not stage.whole
    items = [*staged]
    leaving = {*removed}.difference(item.path for item in items)
    files, findings = _sorted_out(items, lambda path: path in before and path not in leaving)
    leaving.update(item.path for item in items if item.path not in files)
    for path in [path for path in files if path not in before]:
        hidden = [lower for lower in before.below(path) if lower not in leaving]
        findings += map(_clash, hidden)
        leaving.update(hidden)
    leaving = {path for path in leaving if path in before and path not in files}
    removals, kept = _removals(stage, leaving)
    changed = [item for item in files.values() if item.name]
    listed = _listed_anew(stage, before, files, leaving)
    moved = [*changed, *([listed] if listed is not None else ())]
    if moved or removals:
        with switching():
            _switch(stage, moved, removals, memo)
    switched()
    remove_tree(stage.folder)
    made = Table.lying(stage.output, _made(files))
    return Published(
        made=before.revised(
            {**dict.fromkeys(leaving), **made},
            listed.digest if listed is not None else before.manifest,
        ),
        written=tuple(sorted(item.path for item in changed)),
        removed=tuple(removals),
        findings=(*findings, *kept),
    )


def _made(files: Mapping[str, Staged]) -> dict[str, Made]:
    return {path: Made(item.digest, item.stamp) for path, item in files.items()}


def _sorted_out(
    staged: Iterable[Staged], stands: Callable[[str], bool]
) -> tuple[dict[str, Staged], list[Finding]]:
    """Return the files to publish by path, and a finding for each that cannot be.

    `stands` tells whether a path is that of another file of the new site.
    """
    files: dict[str, Staged] = {}
    findings: list[Finding] = []
    is_free: dict[str, bool] = {}
    """Folder → whether no file has its name or that of a folder which it lies in."""
    for item in sorted(staged, key=lambda item: item.path):  # a file before a folder of its name
        if item.finding is not None:
            findings.append(item.finding)
            continue
        folder = item.path.rpartition("/")[0]
        if folder not in is_free:
            above = parents(item.path)
            is_free[folder] = not any(one in files or stands(one) for one in above)
        if is_free[folder]:
            files[item.path] = item
        else:
            findings.append(_clash(item.path))
    return files, findings


def _clash(path: str) -> Finding:
    return Finding(
        "KB601",
        path,
        "a file of the site has the name of a folder that this page needs",
        hint="Rename the file, or give the note another slug.",
    )


def _manifest(lines: Iterable[str]) -> bytes:
    return "\n".join([_TITLE, *sorted(lines), ""]).encode()


def _listed_anew(
    stage: Stage, before: Table, files: Mapping[str, Staged], leaving: Collection[str]
) -> Staged | None:
    """Stage the manifest of `before` with other lines for `files`, and none for those `leaving`.

    The one in the output folder is taken, if it is what kb left there: its lines are in order.
    Returns None where it is as it should be.
    """
    gone = [path for path in (*files, *leaving) if path in before]
    old = {f"{before[path].digest}  {path}" for path in gone}
    new = {f"{item.digest}  {path}" for path, item in files.items()}
    try:
        data = read_file(stage.output, MARKER)
    except FileFault:
        data = b""
    if not before.manifest or digest_of(data) != before.manifest:
        lines = {f"{made.digest}  {path}" for path, made in before.items()}
        return stage.place(MARKER, _manifest(lines - old | new))
    if old == new:
        return None
    edits = [(*_line_in(data, line.encode()), b"") for line in old - new]
    for line in (one.encode() for one in new - old):
        start, _ = _line_in(data, line)
        edits.append((start, start, line + b"\n"))
    return stage.place(MARKER, *spliced(data, sorted(edits)))


def _line_in(manifest: bytes, line: bytes) -> tuple[int, int]:
    """Return where `line` stands in `manifest`, its end of line included, or where it would."""
    low, high = len(_TITLE) + 1, len(manifest)
    while low < high:
        start = manifest.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = manifest.index(b"\n", start) + 1
        if manifest[start : end - 1] < line:
            low = end
        else:
            high = start
    end = low + len(line) + 1
    return low, end if manifest[low:end] == line + b"\n" else low


def _listed(stage: Stage, manifest: bytes) -> Iterator[Staged]:
    """Stage the manifest, unless it is the one that is published."""
    if _differs(stage, manifest):
        yield stage.place(MARKER, manifest)


def _differs(stage: Stage, manifest: bytes) -> bool:
    try:
        return stage.whole or read_file(stage.output, MARKER) != manifest
    except FileFault:
        return True


def _removals(stage: Stage, leaving: Collection[str]) -> tuple[list[str], list[Finding]]:
    """Return which files `leaving` the site are to be removed, and a finding for each that is not.

    A file that was edited since kb made it stays.
    """
    removals: list[str] = []
    kept: list[Finding] = []
    for path in sorted({*leaving} - {MARKER}):
        if stage.is_behind_a_link(path):
            continue
        if stage.keep(path, stage.before[path].digest) is not None:
            removals.append(path)
        elif os.path.lexists(stage.output / path):
            kept.append(
                Finding(
                    "KB603",
                    path,
                    "the site no longer has this page, but the file was edited since; it stays",
                    hint="Remove it from the output folder by hand.",
                )
            )
    return removals, kept


def _switch(stage: Stage, changed: Sequence[Staged], removals: Sequence[str], memo: Memo) -> None:
    journal = Journal(
        output=str(stage.output),
        stage=str(stage.folder),
        whole=stage.whole,
        moves=() if stage.whole else tuple(Move(item.name, item.path) for item in changed),
        removals=tuple(removals),
    )
    memo.put(JOURNAL, encode(journal), sync=True)
    _roll(journal)
    memo.forget(JOURNAL)


def recover(memo: Memo, output: Path) -> bool:
    """End a switch that was interrupted; return whether there was one.

    A switch of another folder than `output` that cannot be ended (a disk that is gone, say) is
    given up: the next build into that folder finds what is amiss and mends it.

    Raises:
        FileFault: the disk still refuses.
    """
    if not (memo.folder / JOURNAL).exists():
        return False
    journal = memo.value(JOURNAL, Journal)
    if journal is not None:
        try:
            _roll(journal)
        except FileFault:
            if journal.output == str(output):
                raise
        remove_tree(Path(journal.stage))
    memo.forget(JOURNAL)
    return journal is not None


def _roll(journal: Journal) -> None:
    """Do what `journal` says and is not done yet; may be called again after any interruption."""
    output, stage = Path(journal.output), Path(journal.stage)
    if journal.whole:
        if stage.exists():
            make_folder(output.parent)
            _become(stage, output)
        return
    for path in journal.removals:
        _patiently(_remove, output, path)
    touched: set[Path] = set()
    for item in journal.moves:
        source, target = stage / item.name, output / item.path
        if not source.exists():
            continue  # moved before the interruption
        if target.parent not in touched:
            _clear_way(output, target.parent)
            touched.add(target.parent)
        if target.is_dir() and not target.is_symlink():
            _clear_folders(target)
        _patiently(move, source, target)


def _become(stage: Path, output: Path) -> None:
    """Make the folder `stage` the folder `output`, in one step where that can be.

    An output folder that exists (empty, perhaps a mount of its own) stays and is filled, the
    manifest first: from then on its files are known to be kb's.
    """
    if not output.exists():
        try:
            stage.rename(output)
        except OSError:
            make_folder(output)  # on another file system, say: filled below
        else:
            return
    if (stage / MARKER).exists():
        move(stage / MARKER, output / MARKER)
    _fill(stage, output)


def _fill(source: Path, target: Path) -> None:
    with os.scandir(source) as entries:
        names = sorted((entry.name, entry.is_dir()) for entry in entries)
    for name, is_folder in names:
        if not is_folder:
            move(source / name, target / name)
            continue
        try:
            if (target / name).exists():
                raise FileExistsError
            (source / name).rename(target / name)
        except OSError:
            make_folder(target / name)
            _fill(source / name, target / name)


def _clear_way(output: Path, folder: Path) -> None:
    """Make `folder` below `output`, through no link."""
    step = output
    for part in folder.relative_to(output).parts:
        step /= part
        if step.is_symlink():
            raise FileFault(str(step), "is a link; kb writes through none")
        if not step.is_dir():
            make_folder(step)


def _clear_folders(folder: Path) -> None:
    """Remove `folder`, where a file goes, if nothing but empty folders is left of it."""
    for step, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            Path(step).rmdir()


def _remove(output: Path, path: str) -> None:
    target = output / path
    parent = target.parent
    try:
        target.unlink(missing_ok=True)
        while parent != output:
            parent.rmdir()
            parent = parent.parent
    except FileNotFoundError:
        return
    except OSError as fault:
        if fault.errno in {errno.ENOTEMPTY, errno.EEXIST} and not os.path.lexists(target):
            return  # the folder holds other files
        raise FileFault(str(target), f"cannot be removed: {reason_of(fault)}") from fault


def _patiently(act: Callable[[Path, T], None], path: Path, other: T) -> None:
    """Call `act` again for two seconds while another program (a sync, a scanner) is in the way."""
    for tries_left in reversed(range(_TRIES)):
        try:
            act(path, other)
        except FileFault as fault:
            cause = fault.__cause__
            passing = isinstance(cause, OSError) and cause.errno in _PASSING
            if not passing or not tries_left:
                raise
            time.sleep(_PAUSE)
        else:
            return
