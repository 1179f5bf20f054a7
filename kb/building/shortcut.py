"""The short way of a build: a few notes have other words, and nothing else is another.

The cost is that of the notes that changed and of the pages that show them. The outcome is that of
the long way, byte for byte; where that cannot be promised, nothing is written, and the long way
is taken.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kb.building.files import FileFault, read_file
from kb.building.fresh import Last, State, doubt_keys, state_name
from kb.building.indexing import Indexed, bring_up_to_date, revise_index
from kb.building.inputs import Digests
from kb.building.learning import NOTES, Run, name_of, remember
from kb.building.options import Cancelled, Report
from kb.building.project import Project
from kb.building.publish import STAGE, Stage, Staged, digest_of, publish_changes
from kb.building.rendered import revise_shards, stage_shards
from kb.building.revising import Revised, revised
from kb.building.scan import Scan
from kb.building.snapshot import Lost, Snapshot
from kb.building.table import Table
from kb.building.themes import read_theme
from kb.model.finding import in_order
from kb.model.note import Note, select
from kb.model.site import LinkRecord, NoteRecord, SessionRecord, Url
from kb.model.value import replace
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault
from kb.rendering.touched import Touched
from kb.search.documents import Document, Key, Thing, document_of, key_of
from kb.search.documents import Known as Sources

TALKS = "data/talks.json"
SHARDS = "search/"
"""Where the browser's index lies."""


def snapshot_name(project: Project) -> str:
    """Return where what the last build knew is kept."""
    return f"{state_name(project)}-known"


@dataclass(frozen=True)
class Shortly:
    """What the short way has done: the report, and what it leaves."""

    report: Report
    state: State
    table: Table


def build_shortly(run: Run, last: Last, key: str, found: Scan, digests: Digests) -> Shortly | None:
    """Bring the site and the index up to date by what a few notes say otherwise.

    Args:
        run: of the pipeline.
        last: what the last build left; nothing but the words of notes is another.
        key: of this build, as in `State`.
        found: the files.
        digests: of the files.

    Returns None, having changed nothing that is published, where the long way must be taken.

    Raises:
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    project, options, before = run.project, run.options, last.state
    if project.plugins.make_pages:
        return None  # nobody knows what of the site they look at
    snapshot = Snapshot.open(run.memo, snapshot_name(project), before.key)
    if snapshot is None:
        return None
    stage = Stage(run.memo.folder / STAGE, project.output, last.table)
    stage.begin()
    try:
        with run.stage("read"):
            told = revised(run, snapshot, found, digests, before.report.findings)
        if told is None:
            return None
        with run.stage("render"):
            pages = stage_pages(run, told, stage)
            if pages is None:
                return None
            other = other_documents(told)
            shards, gone = _shards(run, last, told, other, stage)
    except Lost:
        return None
    if run.hooks.cancelled():
        raise Cancelled
    if not last.lies():
        return None
    staged = {one.path: one for one in (*pages, *shards)}
    doubt_keys(run.memo, project, (one.path for one in pages if one.name))
    with run.stage("publish"):
        published = publish_changes(stage, staged.values(), gone, run.memo, run.hooks.switch)
    index = Indexed(before.index)
    if options.index:
        with run.stage("index"):
            engine = project.settings.search.engine
            index = revise_index(project.index, *other, engine) or (
                bring_up_to_date(project.index, all_documents(told), engine, full=False)
            )
    for path, (name, read) in told.reads.items():
        remember(run.memo, name_of(run.code, project.settings, path, read.note.digest), read)
        run.memo.forget(f"{NOTES}/{name}")
    changed = {path: read.note.digest for path, (_, read) in told.reads.items()}
    snapshot.revise(told.revision, changed, told.recounts, key)
    quiet = replace(
        before.report,
        links=len(told.records.links),
        files=len(published.made),
        findings=in_order([*told.findings, *published.findings]),
    )
    state = replace(
        before,
        key="" if published.findings else key,
        report=quiet,
        table=published.made.name,
        index=index.files,
    )
    remarks = tuple(filter(None, (index.remark,)))
    report = replace(quiet, written=published.written, removed=published.removed, remarks=remarks)
    return Shortly(report, state, published.made)


def _shards(
    run: Run, last: Last, told: Revised, other: tuple[list[Document], list[Key]], stage: Stage
) -> tuple[list[Staged], Collection[str]]:
    """Stage the browser's index; return what is new or may be, and the paths of what is no more."""
    if not run.project.settings.search.browser:
        return [], ()
    found = revise_shards(run, last.state.key, *other, stage)
    if found is not None:
        return found
    shards = stage_shards(run, all_documents(told), stage)
    before = last.table.below(SHARDS.rstrip("/"))
    staged = {one.path for one in shards}
    return shards, {one for one in before if not one.endswith(".html")} - staged


def stage_pages(run: Run, revised: Revised, stage: Stage) -> list[Staged] | None:
    """Stage the pages that changed; None where a page is new, gone or cannot be made.

    Raises:
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    touched = _touched(revised)
    theme, _ = read_theme(run.project)
    renderer = Renderer(
        revised.records, revised.notes, run.project.settings, theme, menu=run.project.plugins.menu
    )
    staged: dict[str, Staged] = {}
    try:
        for page in renderer.pages_touched(touched):
            if page.path in staged:
                continue
            output = renderer.render(page)
            staged[page.path] = stage.put(output.path, output.data)
            if run.hooks.cancelled():
                raise Cancelled
    except TemplateFault:
        return None
    if touched.links and not _same_pages(stage, staged):
        return None
    talks = _talks(revised, renderer, stage)
    if talks is None or not staged.keys() <= stage.before.keys():
        return None
    return [*staged.values(), *talks]


def _same_pages(stage: Stage, paths: Iterable[str]) -> bool:
    """Return whether the list of links has the pages that it had."""
    listed = {path for path in stage.before if path.startswith("links/")}
    return listed == {path for path in paths if path.startswith("links/")}


def _touched(revised: Revised) -> Touched:
    before, after = revised.snapshot.records(), revised.records
    prose: set[Url] = set()
    citing: set[str] = set()
    for change in revised.changes:
        path = change.after.path
        was, now = before.notes[path], after.notes[path]
        prose.update(
            url
            for url in now.sessions
            if was.targets != now.targets
            or before.sessions[url].tellings != after.sessions[url].tellings
            or _prose(change.before.note, before.sessions[url])
            != _prose(change.after.note, after.sessions[url])
        )
        if _listed(was) != _listed(now):
            citing.add(path)
    told = {
        url
        for url, session in revised.revision.sessions.items()
        if _listed(before.sessions[url]) != _listed(session)
    }
    links = False
    for key, link in revised.revision.links.items():
        known = before.links.get(key)
        if _shown(known) != _shown(link):
            links = True
            cited = [one for record in (known, link) if record for one in record.citations]
            told.update(one.session for one in cited if one.session)
            citing.update(one.note for one in cited)
    return Touched(
        prose=prose,
        sessions=told,
        notes=revised.revision.notes,
        citing=citing,
        related=revised.revision.sessions,
        links=links,
        newest=revised.snapshot.header.newest,
    )


def _listed(record: SessionRecord | NoteRecord) -> tuple[object, ...]:
    """Return what other pages show of a session or note, as far as its words alter that."""
    return (
        tuple(replace(one, line=0) for one in record.citations),
        tuple(replace(one, line=0) for one in record.pictures),
        tuple(told.evidence.text for use in record.topics for told in use.told),
    )


def _prose(note: Note, record: SessionRecord) -> list[object]:
    return [
        select(note.blocks, lines)
        for telling in record.tellings
        if telling.note == note.path
        for lines in (telling.abstract, *telling.notes)
        if lines is not None
    ]


def _shown(record: LinkRecord | None) -> object:
    """Return what pages show of a link."""
    if record is None:
        return None
    cited = [(one.session, one.note) for one in record.citations]
    return record.url, record.kind, record.title, record.first, record.last, cited


def _talks(revised: Revised, renderer: Renderer, stage: Stage) -> list[Staged] | None:
    """Stage the file of all talks, with those that changed put in their places."""
    known = stage.before.get(TALKS)
    if known is None:
        return None
    before = revised.snapshot.records().sessions
    pairs = [
        (before[url], now)
        for url, now in revised.revision.sessions.items()
        if now.is_talk and replace(now, related=before[url].related) != before[url]
    ]
    if not pairs:
        return []
    try:
        data = read_file(stage.output, TALKS)
    except FileFault:
        return None
    if digest_of(data) != known.digest:
        return None
    now = renderer.with_other_talks(data, pairs)
    return [stage.put(TALKS, now)] if now is not None else None


def all_documents(revised: Revised) -> list[Document]:
    """Return the documents of the whole site, by URL."""
    records = revised.records
    known = _sources(revised)
    kinds: tuple[Mapping[Any, Thing], ...] = (
        records.sessions,
        records.people,
        records.topics,
        records.events,
        records.notes,
        records.links,
    )
    made = (document_of(thing, known) for kind in kinds for thing in kind.values())
    found = [document for document in made if document is not None]
    return sorted(found, key=lambda document: (document.url, document.kind))


def _sources(revised: Revised) -> Sources:
    records = revised.records
    return Sources(
        events=records.events,
        sessions=records.sessions,
        topics=records.topics,
        pages=records.notes,
        notes=revised.notes,
    )


def other_documents(revised: Revised) -> tuple[list[Document], list[Key]]:
    """Return the documents that changed, and the keys of those that are gone."""
    before, after = revised.snapshot.records(), revised.records
    known = _sources(revised)
    things: list[SessionRecord | NoteRecord | LinkRecord] = []
    gone: list[Key] = []
    for change in revised.changes:
        record = after.notes[change.after.path]
        things.append(record)
        things += [after.sessions[url] for url in record.sessions]
    for key, link in revised.revision.links.items():
        was = before.links.get(key)
        if link is not None:
            things.append(link)
        if was is not None and (link is None or key_of(was) != key_of(link)):
            gone.append(key_of(was))
    made = (document_of(thing, known) for thing in things)
    return [document for document in made if document is not None], gone
