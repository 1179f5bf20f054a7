"""The long way of a build: what all notes say is learned, and all that differs is made."""

import dataclasses
from collections.abc import Callable

from kb.building import learning, publish
from kb.building.files import make_folder
from kb.building.fresh import (
    State,
    doubt,
    read_keys,
    read_table,
    this_boot,
    write_keys,
    write_state,
    write_table,
)
from kb.building.gist import Gist, Summary, lay_down
from kb.building.indexes import indexing_beside
from kb.building.inputs import Digests, Inputs
from kb.building.learning import Knowledge, Run
from kb.building.memo import Memo
from kb.building.options import Cancelled, Report
from kb.building.project import Project
from kb.building.publish import Stage
from kb.building.rendered import stage_site
from kb.building.scan import Scan
from kb.building.scratch import Pile, Scratch
from kb.building.snapshot import snapshot_name, write_snapshot
from kb.building.themes import fault_of_theme, read_theme
from kb.building.workers import PAYS, apart, cores
from kb.model.finding import in_order
from kb.model.value import decode, encode, replace
from kb.rendering.theme import TemplateFault


def build_whole(
    run: Run,
    found: Scan,
    digests: Digests,
    *,
    before: State | None,
    frame: str,
    inputs: Inputs,
    seconds: dict[str, float],
) -> Report:
    """Publish and index what the notes say; only what is equal to what was `before` is kept.

    Args:
        run: of the pipeline.
        found: what lies in the site's folders.
        digests: of that.
        before: what the last build left.
        frame: of this build, as in `State`.
        inputs: what `digests` are known by, to be kept.
        seconds: how long each stage took; those of other processes are put in.

    Raises:
        FileFault, Cancelled: as `pipeline.build` does.
        WorkerFault: a process died.
    """
    gist = _learned(run, found, digests, seconds)
    return _published(run, gist, before, frame, inputs, found=found)


def _learned(run: Run, found: Scan, digests: Digests, seconds: dict[str, float]) -> Gist:
    """Return what the notes say, learned in a process of its own where that can be.

    `seconds` are as `build_whole` takes them.

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
        return replace(summary, damaged=memo.damaged, stages=dict(seconds))

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
    seconds.update(summary.stages)
    return Gist(summary, scratch)


def _published(
    run: Run, gist: Gist, before: State | None, frame: str, inputs: Inputs, *, found: Scan
) -> Report:
    """Publish and index what the notes say; the arguments are those of `build_whole`.

    Raises:
        FileFault, Cancelled: as `build` does.
    """
    project, hooks, memo = run.project, run.hooks, run.memo
    summary = gist.summary
    if hooks.cancelled():
        raise Cancelled
    stage = _stage(project, memo, before)
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
                found_too = (*report.findings, *broken, fault_of_theme(fault))
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
        "" if published.findings else run.key,  # what is in the way may go without a trace
        summary.since,
        summary.until,
        quiet,
        published.made.name,
        boot=this_boot(),
        code=run.code,
        index=index.files,
        frame=frame,
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


def _stage(project: Project, memo: Memo, before: State | None) -> Stage:
    """Return the empty stage of a site that was published as `before` tells."""
    table = read_table(memo, project, before) if before is not None else None
    known = table.indexed() if table is not None else publish.read_manifest(project.output)
    trusting = before is not None and before.boot == this_boot()
    stage = Stage(memo.folder / publish.STAGE, project.output, known, trusting=trusting)
    stage.begin()
    return stage


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
