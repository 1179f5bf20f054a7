"""The short way of a build: a few notes have other words, and nothing else is another.

The cost is that of the notes that changed and of the pages that show them. The outcome is that of
the long way, byte for byte; where that cannot be promised, nothing is written, and the long way
is taken.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

from kb.building.engines import index_in
from kb.building.files import FileFault, read_file
from kb.building.fresh import Last, State, doubt, write_table
from kb.building.indexing import Indexed, bring_up_to_date, revise_index, unmade
from kb.building.inputs import Digests
from kb.building.learning import NOTES, Run, name_of, remember
from kb.building.options import Cancelled, Report
from kb.building.publish import STAGE, Published, Stage, Staged, publish_changes
from kb.building.revising import Reading, Revised, changed_notes, read_changes
from kb.building.scan import Scan
from kb.building.scratch import Scratch
from kb.building.shards import revise_shards, stage_shards
from kb.building.snapshot import Lost, Snapshot, snapshot_name
from kb.building.table import Table
from kb.building.workers import WorkerFault, cores, in_turn
from kb.model.finding import in_order
from kb.model.site import LinkRecord, NoteRecord, SessionRecord
from kb.model.value import Value, decode, encode, replace
from kb.rendering.data import with_other_talks
from kb.search.documents import Document, Key, Thing, document_of, key_of
from kb.search.documents import Known as Sources
from kb.search.engine import IndexUnusable

TALKS = "data/talks.json"
SHARDS = "search"
"""Where the browser's index lies."""


@dataclass(frozen=True)
class Shortly:
    """What the short way has done: the report, and what it leaves."""

    report: Report
    state: State
    """Its table is kept already."""


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
    project, before = run.project, last.state
    if project.plugins.make_pages:
        return None  # nobody knows what of the site they look at
    snapshot = Snapshot.open(run.memo, snapshot_name(project), before.key)
    if snapshot is None or not snapshot.is_whole:
        return None
    changed = changed_notes(snapshot, found, digests)
    if not changed:
        return None
    stage = Stage(run.memo.folder / STAGE, project.output, last.table)
    stage.begin()
    with ExitStack() as beside:
        try:
            aside = _Aside(run, last, key, snapshot, stage, Scratch(run.memo.folder))
            work = beside.enter_context(_beside(aside))
            with run.stage("read"):
                told = read_changes(
                    run, snapshot, changed, found, digests, findings=before.report.findings
                )
            if told is None:
                return None
            with run.stage("render"):
                made = work.pages(told.revised)
                others = _shards(run, last, told.revised, stage)
                talks = stage_talks(told.revised, stage)
                pages = made()
        except (Lost, WorkerFault):
            return None
        if pages is None or talks is None:
            return None
        if run.hooks.cancelled():
            raise Cancelled
        if not last.lies():
            return None
        pages += talks
        staged = {one.path: one for one in (*pages, *others.staged)}
        doubt(run.memo, project, (one.path for one in pages if one.name))
        keep = cache(work.keep)
        with run.stage("publish"):
            published = publish_changes(
                stage,
                last.table,
                staged.values(),
                others.gone,
                run.memo,
                switching=run.hooks.switch,
                switched=keep,
            )
        kept = keep()
        for path, (name, read) in told.reads.items():
            remember(run.memo, name_of(run.code, project.settings, path, read.note.digest), read)
            run.memo.forget(f"{NOTES}/{name}")
        write_table(run.memo, project, published.made)
        if told.revised.reworded:
            snapshot.keep_words(told.words, key)
        with run.stage("index"):
            index = kept()
    return _shortly(before, key, told, published, index)


def _shortly(
    before: State, key: str, told: Reading, published: Published, index: Indexed
) -> Shortly:
    """Return what a build with this `key` has done to what was `before`."""
    quiet = replace(
        before.report,
        links=len(told.revised.records.links),
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
    remarks = (index.remark,) if index.remark else ()
    report = replace(quiet, written=published.written, removed=published.removed, remarks=remarks)
    return Shortly(report, state)


class _Others(Value, frozen=True):
    """The files beside the pages: of the browser's index."""

    staged: tuple[Staged, ...] = ()
    """Files that are new or may be."""
    gone: tuple[str, ...] = ()
    """Paths of files that are no more."""


class _Work(NamedTuple):
    """What is done beside reading the notes, and beside staging the other files."""

    pages: Callable[[Revised], Callable[[], list[Staged] | None]]
    """Begins to stage the pages that changed, once it is known what did; returns what waits for
    them, and answers None where they cannot be made. To be asked first."""
    keep: Callable[[], Callable[[], Indexed]]
    """Begins to keep what is known now, and to change the local index, which are not touched
    before; returns what waits for that, and tells what became of the index."""


@dataclass(frozen=True)
class _Aside:
    """What is to be done beside, in this order; answers cross processes."""

    run: Run
    last: Last
    key: str
    """Of this build."""
    snapshot: Snapshot
    stage: Stage
    letter: Scratch
    """Holds what the notes make of the site, as soon as that is known."""

    @cached_property
    def revised(self) -> Revised:
        """What the notes make of the site."""
        return Revised.unpacked(self.run, self.snapshot, self.letter.all())

    def load(self) -> bytes:
        """Load what makes pages and what keeps the local index: as long as reading notes takes."""
        _page_maker()
        project = self.run.project
        if self.run.options.index:
            with suppress(IndexUnusable):
                index_in(project.index, project.settings.search.engine).close()
        return b""

    def pages(self) -> bytes:
        """Stage the pages; none where they cannot be made."""
        try:
            staged = _page_maker()(self.run, self.revised, self.stage, self.last.table)
        except Lost:
            staged = None
        return encode([staged] if staged is not None else [])

    @cached_property
    def documents(self) -> tuple[list[Document], list[Key]]:
        """Those that changed, and the keys of those that are gone."""
        return other_documents(self.revised)

    def ready(self) -> bytes:
        """Find out what changes in the local index, while nothing that is kept may be touched."""
        if self.run.options.index:
            with suppress(Lost):
                _ = self.documents
        return b""

    def keep(self) -> bytes:
        """Keep what is known now, and change the local index."""
        revised, project = self.revised, self.run.project
        digests = {change.after.path: change.after.note.digest for change in revised.changes}
        revised.snapshot.revise(
            revised.revision, digests, revised.recounts, self.key, reworded=revised.reworded
        )
        if not self.run.options.index:
            return encode(Indexed(self.last.state.index))
        engine = project.settings.search.engine
        try:
            return encode(
                revise_index(project.index, *self.documents, engine)
                or bring_up_to_date(project.index, all_documents(revised), engine, full=False)
            )
        except Lost:
            return encode(Indexed())


def _page_maker() -> Callable[[Run, Revised, Stage, Table], list[Staged] | None]:
    from kb.building.pages import stage_pages  # noqa: PLC0415

    return stage_pages


@contextmanager
def _beside(aside: _Aside) -> Iterator[_Work]:
    """Do it beside what the block does, in a process of its own if jobs allow it."""
    works = (aside.load, aside.pages, aside.ready, aside.keep)
    with in_turn(works, aside.run.options.jobs or cores(), held=3) as answer:

        def pages(revised: Revised) -> Callable[[], list[Staged] | None]:
            aside.letter.append(revised.packed())
            answer()
            return staged

        def staged() -> list[Staged] | None:
            found = decode(answer(), list[list[Staged]])
            return found[0] if found else None

        def keep() -> Callable[[], Indexed]:
            try:
                answer()
            except WorkerFault as fault:
                failed = unmade(fault)
                return lambda: failed
            return outcome

        def outcome() -> Indexed:
            try:
                return decode(answer(), Indexed)
            except WorkerFault as fault:
                return unmade(fault)

        yield _Work(pages, keep)


def _shards(run: Run, last: Last, told: Revised, stage: Stage) -> _Others:
    """Stage the browser's index.

    Raises:
        Lost: what it needs of the last build is not there.
    """
    if not run.project.settings.search.browser:
        return _Others()
    found = revise_shards(run, last.state.key, *other_documents(told), stage)
    if found is not None:
        return _Others(tuple(found[0]), found[1])
    shards = stage_shards(run, all_documents(told), stage)
    before = last.table.below(SHARDS)
    staged = {one.path for one in shards}
    gone = {one for one in before if not one.endswith(".html")} - staged
    return _Others(tuple(shards), tuple(sorted(gone)))


def stage_talks(revised: Revised, stage: Stage) -> list[Staged] | None:
    """Stage the file of all talks, with those that changed put in their places; None where it is
    not as it was left.

    Raises:
        FileFault: the disk refused.
    """
    if TALKS not in stage.before:
        return None
    before = revised.snapshot.records().sessions
    pairs = [
        (before[url], now)
        for url, now in revised.revision.sessions.items()
        if now.is_talk and replace(now, related=before[url].related) != before[url]
    ]
    if not pairs:
        return []
    if stage.keep_known(TALKS) is None:
        return None
    try:
        data = read_file(stage.output, TALKS)
    except FileFault:
        return None
    now = with_other_talks(data, pairs, revised.records.events)
    return [stage.put(TALKS, *now)] if now is not None else None


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
