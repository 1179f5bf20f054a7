"""From notes to a published site: the stages, in order. Read `build` from top to bottom.

scan → digests → read and extract → settle → graph → render → publish → index

From reading on there are two ways: a short one where a few notes changed (`shortcut`), and that of
all notes (`whole`), which the other need not load.

Everything between the files is plain values; what did not change is taken from the memo.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from kb.building import learning, lock
from kb.building.files import FileFault
from kb.building.fresh import (
    Last,
    Scanned,
    build_key,
    frame_key,
    is_fresh,
    is_near,
    last_build,
    read_state,
    write_state,
)
from kb.building.inputs import Inputs, digests_of
from kb.building.layers import theme_digests
from kb.building.learning import Knowledge, Run
from kb.building.memo import Memo, code_stamp, secret_key
from kb.building.memory import uncollected
from kb.building.options import ALONE, Hooks, Options, Report
from kb.building.project import Project, check_output
from kb.building.publish import recover
from kb.building.scan import scan
from kb.building.shortcut import build_shortly
from kb.model.value import replace


def build(
    project: Project, options: Options, hooks: Hooks = ALONE, last: Last | None = None
) -> Report:
    """Bring the published site and the search index up to date with the notes.

    `last` is what the last build left, if the caller looks at it already (`fresh.remembered`).

    Raises:
        Held: another process is building this site.
        ProjectFault: the output folder is not safe to write to, or the theme is missing.
        FileFault: the disk refused; the published site is as it was, or the next call ends the
            switch that had begun.
        Cancelled: the caller gave it up before anything was published.
    """
    memo = Memo(project.cache, secret_key())
    watch = _Watch()
    with uncollected(), lock.hold(project.lock, options.patience) as now:
        recover(memo, project.output)
        check_output(project)
        before = None if options.full else read_state(memo, project)
        with ExitStack() as looking:
            if last is None or last.state != before:  # or somebody has built in between
                last = looking.enter_context(last_build(project, options, memo, before))
            with watch.stage("scan"):
                scanned = last.scanned() if last is not None else Scanned.of(project)
                found, then = scanned.scan, scanned.when(now)
                inputs = Inputs(memo, use_memo=not options.full)
                digests = digests_of(project, found, inputs, then)
                themed = theme_digests(project, inputs, then)
            code = code_stamp(project.plugins.stamp)
            files = {**digests.known, **themed}
            key = build_key(project, options, found, files, code)
            if last is not None and is_fresh(last, key):
                return last.state.report
            run = Run(project, options, hooks, memo, code, watch.stage, key)
            frame = frame_key(project, options, found, files, code)
            if last is not None and is_near(last, frame):
                shortly = build_shortly(run, last, key, found, digests)
                if shortly is not None:
                    inputs.keep()
                    write_state(memo, project, shortly.state)
                    report = replace(shortly.report, sources=inputs.changed())
                    return replace(report, stages=dict(watch.seconds))
        from kb.building.whole import build_whole  # noqa: PLC0415

        report = build_whole(
            run,
            found,
            digests,
            before=before,
            frame=frame,
            inputs=inputs,
            seconds=watch.seconds,
        )
        return replace(report, sources=inputs.changed(), stages=dict(watch.seconds))


def load(project: Project, options: Options, hooks: Hooks = ALONE) -> Knowledge:
    """Return what the notes of `project` say, without publishing anything.

    The memo is used, and brought up to date where nobody else is building and the disk allows it.

    Raises:
        FileFault: the site's folder cannot be listed.
    """
    memo = Memo(project.cache, secret_key())
    watch = _Watch()
    with uncollected(), ExitStack() as stack:
        try:
            now = stack.enter_context(lock.hold(project.lock, 0))
            recover(memo, project.output)
        except (lock.Held, FileFault):
            memo = Memo(project.cache, secret_key(), read_only=True)
            now = 0
        found = scan(project)
        inputs = Inputs(memo, use_memo=not options.full)
        digests = digests_of(project, found, inputs, now)
        run = Run(project, options, hooks, memo, code_stamp(project.plugins.stamp), watch.stage)
        return learning.learn(run, found, digests)


class _Watch:
    """Adds up how long each stage took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
