"""Whether a build would change nothing: answered from names, stamps and two small files.

Imports no stage, so that a build with nothing to do starts no parser, no template and no index.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kb.building.files import stamp_of
from kb.building.inputs import Inputs, digests_of
from kb.building.layers import theme_digests
from kb.building.memo import Memo, code_stamp, secret_key
from kb.building.options import Options, Report
from kb.building.project import Project
from kb.building.publish import JOURNAL
from kb.building.scan import Scan, scan
from kb.building.table import Made, Table
from kb.model.value import Value, digest, encode


class State(Value, frozen=True):
    """What the last build left, enough to see that another would leave the same."""

    key: str
    """Digest of everything the build depends on."""
    since: str
    until: str
    """The build is the same for every moment from `since` up to (not with) `until`; ISO 8601, `""`
    for no limit. Notes may be dated in the future."""
    report: Report
    table: str
    """Name of the table of the published files."""
    boot: str = ""
    """Which boot of the machine this was."""
    code: str = ""
    """`code_stamp` of the kb that built it."""
    index: Mapping[str, Made] = {}
    """Files of the local search index."""
    frame: str = ""
    """As `key`, but for what stands in the notes."""


@dataclass(frozen=True)
class Last:
    """What the last build left, and time has not outdated."""

    state: State
    table: Table
    """Published files."""
    lies: Callable[[], bool]
    """Waits for those who look at the published files; returns whether all lie as they were left,
    which the other values do not tell."""
    scanned: Callable[[], "Scanned"]
    """Returns what lies in the site's folders, looked at when that is asked for first."""


class Scanned(NamedTuple):
    """What lay in the site's folders."""

    scan: Scan
    moment: int
    """Before it was looked at: `time.monotonic_ns`."""

    @classmethod
    def of(cls, project: Project) -> "Scanned":
        """Look at what lies in the folders of `project`."""
        moment = time.monotonic_ns()
        return cls(scan(project), moment)

    def when(self, now: int) -> int:
        """Return when it was looked at by a clock, in nanoseconds, that shows `now`."""
        return now - (time.monotonic_ns() - self.moment)


def this_boot() -> str:
    """Return what tells this boot of the machine from others, `""` where the system does not."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def state_name(project: Project) -> str:
    """Return where the state of builds into the project's output folder is kept."""
    return f"site-{digest(str(project.output))[:16]}"


def _table_name(project: Project) -> str:
    return f"{state_name(project)}-files"


def read_state(memo: Memo, project: Project) -> State | None:
    """Return what the last build into this output folder left, if it can be trusted."""
    return memo.value(state_name(project), State)


def read_table(memo: Memo, project: Project, state: State) -> Table | None:
    """Return the published files as the build that left `state` left them, if that is known."""
    data = memo.view(_table_name(project))
    return Table.unpacked(data, state.table) if data is not None else None


def write_table(memo: Memo, project: Project, table: Table) -> None:
    """Keep the `table` of the published files, which the state that names it is to follow.

    Raises:
        FileFault: the disk does not take it.
    """
    memo.put(_table_name(project), table.packed())


def write_state(memo: Memo, project: Project, state: State) -> None:
    """Keep `state`, whose table is kept.

    Raises:
        FileFault: the disk does not take it.
    """
    memo.put(state_name(project), encode(state))


def read_keys(memo: Memo, project: Project) -> Mapping[str, str]:
    """Return path → key of the pages that the last build made; only a build that renders asks."""
    keys = memo.value(f"{state_name(project)}-keys", dict[str, str]) or {}
    for path in _doubted(memo, project):
        keys.pop(path, None)
    return keys


def write_keys(memo: Memo, project: Project, keys: Mapping[str, str]) -> None:
    """Keep the keys of the pages.

    Raises:
        FileFault: the disk does not take it.
    """
    memo.put(f"{state_name(project)}-keys", encode(keys))
    memo.forget(f"{state_name(project)}-doubted")


def doubt(memo: Memo, project: Project, paths: Iterable[str]) -> None:
    """Take which files are published for unknown from now on, and the keys of the pages `paths`.

    They are about to become others. Whatever ends the build from then on, the next one goes by
    what lies there, and makes these pages without asking for their keys.

    Raises:
        FileFault: the disk does not take it.
    """
    memo.forget(_table_name(project))
    doubted = sorted(_doubted(memo, project).union(paths))
    memo.put(f"{state_name(project)}-doubted", encode(doubted))


def _doubted(memo: Memo, project: Project) -> set[str]:
    return memo.value(f"{state_name(project)}-doubted", set[str]) or set()


def build_key(
    project: Project, options: Options, scan: Scan, inputs: Mapping[str, str], code: str
) -> str:
    """Return the digest of all that a build depends on, time apart."""
    return digest(
        code,
        project.configuration,
        project.settings.base_url,
        (options.drafts, options.future, options.index),
        sorted(inputs.items()),
        [(asset.found.path, asset.url) for asset in scan.assets],
        scan.findings,
    )


def frame_key(
    project: Project, options: Options, scan: Scan, inputs: Mapping[str, str], code: str
) -> str:
    """Return the digest of all that a build depends on, time and what stands in the notes apart."""
    notes = {found.path for found in scan.notes}
    others = {path: digest for path, digest in inputs.items() if path not in notes}
    return digest(build_key(project, options, scan, others, code), sorted(notes & inputs.keys()))


def is_near(last: Last, frame: str) -> bool:
    """Return whether only what stands in the notes may differ from the last build."""
    return bool(last.state.key) and last.state.frame == frame


def is_fresh(last: Last, key: str) -> bool:
    """Return whether the published site and the index are what a build would make now."""
    return last.state.key == key and last.lies()


@contextmanager
def last_build(
    project: Project, options: Options, memo: Memo, state: State | None
) -> Iterator[Last | None]:
    """Yield what the last build left, which was `state`; None where it cannot hold any more.

    The published files, tens of thousands, are looked at beside what the block does.
    """
    holds = state is not None and _may_hold(state, project, options, memo)
    table = read_table(memo, project, state) if state is not None and holds else None
    if state is None or table is None:
        yield None
        return
    with table.looked_at(project.output, options.jobs) as differing:
        yield Last(state, table, cache(lambda: not differing()), cache(lambda: Scanned.of(project)))


def _may_hold(state: State, project: Project, options: Options, memo: Memo) -> bool:
    """Return whether what a build left holds still, as far as can be told without its files.

    The index lies as it was left, no switch was interrupted, and time has not outdated the site.
    """
    return not (
        state.boot != this_boot()
        or state.since > options.now
        or (state.until and options.now >= state.until)
        or (memo.folder / JOURNAL).exists()
        or (options.index and not _is_indexed(project, state))
    )


def _is_indexed(project: Project, state: State) -> bool:
    try:
        return bool(state.index) and all(
            one.stamp == stamp_of((project.index / name).lstat())
            for name, one in state.index.items()
        )
    except OSError:
        return False


@contextmanager
def remembered(project: Project, options: Options) -> Iterator[Last | None]:
    """Yield what the last build left, as `last_build` does, without writing or waiting."""
    memo = Memo(project.cache, secret_key(), read_only=True)
    state = None if options.full else read_state(memo, project)
    with last_build(project, options, memo, state) as last:
        yield last


def unchanged(project: Project, options: Options, last: Last | None) -> Report | None:
    """Return the report of a build that would change nothing; None where it would, or may.

    `last` is what `remembered` yields. Writes nothing and waits for nobody.
    """
    if last is None:
        return None
    memo = Memo(project.cache, secret_key(), read_only=True)
    key = _key_now(project, options, memo, last.scanned().scan)
    return last.state.report if is_fresh(last, key) else None


def still_known(project: Project, options: Options) -> State | None:
    """Return what the last build left if a build would learn the same now, None if it may not.

    Which files are published does not matter. Writes nothing and waits for nobody.
    """
    memo = Memo(project.cache, secret_key(), read_only=True)
    state = None if options.full else read_state(memo, project)
    if state is None or not _may_hold(state, project, options, memo):
        return None
    return state if state.key == _key_now(project, options, memo, scan(project)) else None


def _key_now(project: Project, options: Options, memo: Memo, found: Scan) -> str:
    """Return the key of a build of what was `found`."""
    inputs = Inputs(memo)
    digests = {
        **digests_of(project, found, inputs, 0).known,
        **theme_digests(project, inputs, 0),
    }
    return build_key(project, options, found, digests, code_stamp(project.plugins.stamp))
