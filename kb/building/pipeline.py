"""From notes to a published site: the stages, in order. Read `build` from top to bottom.

scan → digests → read and extract → settle → graph → render → publish → index

Everything between the files is plain values; what did not change is taken from the memo.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from kb.building import learning, lock, publish
from kb.building.files import FileFault, make_folder
from kb.building.fresh import (
    Last,
    Scanned,
    State,
    build_key,
    doubt,
    frame_key,
    is_fresh,
    is_near,
    last_build,
    read_keys,
    read_state,
    read_table,
    this_boot,
    write_keys,
    write_state,
    write_table,
)
from kb.building.gist import Gist, Summary, lay_down
from kb.building.indexing import indexing_beside
from kb.building.inputs import Digests, Inputs, digests_of
from kb.building.layers import theme_digests
from kb.building.learning import Knowledge, Run
from kb.building.memo import Memo, code_stamp, secret_key
from kb.building.memory import uncollected
from kb.building.options import ALONE, Cancelled, Hooks, Options, Report
from kb.building.project import Project, check_output
from kb.building.publish import Stage, recover
from kb.building.rendered import stage_site, try_out
from kb.building.scan import Scan, scan
from kb.building.scratch import Pile, Scratch
from kb.building.shortcut import build_shortly, snapshot_name
from kb.building.snapshot import write_snapshot
from kb.building.themes import read_theme
from kb.building.workers import PAYS, apart, cores
from kb.model.finding import Finding, in_order
from kb.model.value import decode, encode, replace
from kb.rendering.theme import TemplateFault

LOCK = "lock"


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
    with uncollected(), lock.hold(project.cache / LOCK, options.patience) as now:
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
        gist = _learned(run, found, digests, watch)
        report = _build_all(run, gist, before, _Aims(key, frame), inputs, found=found)
        return replace(report, sources=inputs.changed(), stages=dict(watch.seconds))


def _learned(run: Run, found: Scan, digests: Digests, watch: "_Watch") -> Gist:
    """Return what the notes say, learned in a process of its own where that can be.

    Raises:
        FileFault, Cancelled: as `build` does.
        WorkerFault: a process died.
    """
    project, hooks, memo = run.project, run.hooks, run.memo
    searched = run.options.index or project.settings.search.browser
    make_folder(memo.folder)
    scratch = Scratch(memo.folder)

    def learned(run: Run) -> Summary:
        bodies = None if run.hooks.is_watching else Pile(memo.folder)
        knowledge = learning.learn(run, found, digests, bodies)
        run.hooks.learned(knowledge)
        report = _report(knowledge, project)
        with run.stage("keep"):
            summary = lay_down(knowledge, project, report, scratch, searched=searched)
        return replace(summary, damaged=memo.damaged, stages=dict(watch.seconds))

    def told(tell: Callable[[bytes], None]) -> bytes:
        telling = dataclasses.replace(hooks, progress=lambda *progress: tell(encode(progress)))
        return encode(learned(dataclasses.replace(run, hooks=telling)))

    def heard(data: bytes) -> None:
        hooks.progress(*decode(data, tuple[str, int, int]))

    if hooks.is_watching or len(found.notes) < PAYS:
        summary = learned(run)
    else:
        summary = decode(apart(told, heard, run.options.jobs or cores()), Summary)
    memo.damaged |= summary.damaged
    watch.seconds.update(summary.stages)
    return Gist(summary, scratch)


class _Aims(NamedTuple):
    """What tells this build from others, as in `State`."""

    key: str
    frame: str


def _build_all(
    run: Run, gist: Gist, before: State | None, aims: _Aims, inputs: Inputs, *, found: Scan
) -> Report:
    """Publish and index what the notes say; only what is equal to what was `before` is kept.

    `found` is what lies in the site's folders.

    Raises:
        FileFault, Cancelled: as `build` does.
    """
    project, hooks, memo = run.project, run.hooks, run.memo
    summary = gist.summary
    if hooks.cancelled():
        raise Cancelled
    table = read_table(memo, project, before) if before is not None else None
    known = table.indexed() if table is not None else publish.read_manifest(project.output)
    trusting = before is not None and before.boot == this_boot()
    stage = Stage(memo.folder / publish.STAGE, project.output, known, trusting=trusting)
    stage.begin()
    with indexing_beside(run, gist, stage) as indexing:
        with run.stage("render"):
            theme, broken = read_theme(project)
            keys = read_keys(memo, project) if before is not None else {}
            try:
                rendered = stage_site(
                    run,
                    gist,
                    found.assets,
                    theme,
                    stage=stage,
                    before=keys,
                    shards=indexing.shards,
                    busy=indexing.busy,
                )
            except TemplateFault as fault:
                report = summary.report
                found_too = (*report.findings, *broken, _fault(fault))
                return replace(report, published=False, findings=in_order(found_too))
        if hooks.cancelled():
            raise Cancelled
        doubt(memo, project, (one.path for one in rendered.staged if one.name and one.path in keys))
        with run.stage("publish"):
            published = publish.publish(stage, rendered.staged, memo, hooks.switch)
        with run.stage("index"):
            index = indexing.local()
    inputs.keep()
    report = summary.report
    quiet = replace(
        report,
        files=len(published.made),
        findings=in_order([*report.findings, *broken, *published.findings]),
    )
    state = State(
        "" if published.findings else aims.key,  # what is in the way may go without a trace
        summary.since,
        summary.until,
        quiet,
        published.made.name,
        boot=this_boot(),
        code=run.code,
        index=index.files,
        frame=aims.frame,
    )
    with run.stage("keep"):
        write_snapshot(memo, snapshot_name(project), state.key, summary.outline, gist.part)
        write_keys(memo, project, rendered.keys)
        write_table(memo, project, published.made)
        write_state(memo, project, state)
    remarks = filter(None, (_about_memo(memo, before, run.code), index.remark))
    return replace(
        quiet, written=published.written, removed=published.removed, remarks=tuple(remarks)
    )


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
            now = stack.enter_context(lock.hold(project.cache / LOCK, 0))
            recover(memo, project.output)
        except (lock.Held, FileFault):
            memo = Memo(project.cache, secret_key(), read_only=True)
            now = 0
        found = scan(project)
        inputs = Inputs(memo, use_memo=not options.full)
        digests = digests_of(project, found, inputs, now)
        run = Run(project, options, hooks, memo, code_stamp(project.plugins.stamp), watch.stage)
        return learning.learn(run, found, digests)


def check(project: Project, options: Options, hooks: Hooks = ALONE) -> tuple[Finding, ...]:
    """Return all findings of a build, without publishing anything.

    Raises:
        ProjectFault: the theme is missing.
    """
    return look(project, options, hooks)[1]


def look(
    project: Project, options: Options, hooks: Hooks = ALONE
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Return what the notes say, and all findings of a build, without publishing anything.

    Raises:
        ProjectFault: the theme is missing.
    """
    knowledge = load(project, options, hooks)
    theme, broken = read_theme(project)
    try:
        found_too = try_out(project, knowledge, theme)
    except TemplateFault as fault:
        found_too = [_fault(fault)]
    return knowledge, in_order([*knowledge.findings, *broken, *found_too])


def _report(knowledge: Knowledge, project: Project) -> Report:
    site = knowledge.site
    return Report(
        output=str(project.output),
        notes=len(knowledge.notes),
        talks=sum(session.is_talk for session in site.sessions),
        speakers=len(site.people),
        topics=len(site.topics),
        events=len(site.events),
        links=len(site.links),
        pictures=sum(asset.width > 0 for asset in site.assets),
        left_out=knowledge.left_out,
        findings=knowledge.findings,
    )


def _about_memo(memo: Memo, before: State | None, code: str) -> str:
    if memo.damaged:
        return "What was remembered of earlier builds is damaged, or not yours: it was not used."
    if before is not None and before.code != code:
        return "This kb, or a plugin, is another than at the last build: everything was read anew."
    return ""


def _fault(fault: TemplateFault) -> Finding:
    return Finding(
        "KB401",
        fault.path,
        fault.message,
        fault.line,
        hint="Nothing was published; the site is as it was.",
    )


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
