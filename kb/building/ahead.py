"""One note's pages ahead of the whole build: what the writer looks at, a moment after saving.

A change of a note's words changes its own pages and little else. So those are rendered at once,
from the note as it is now and from the site as the last build knew it; the whole build follows and
has the last word. Where a change is more than words (a title, a speaker, a day, front matter),
nothing is foreseen and the whole build is waited for.

Who asks for a page while many files change (a checkout) need not wait either: `fresh` reads the
note behind it, and where more than words changed, shows the note as if it were alone; what the rest
of the site has to do with it comes with the build.
"""

import posixpath
from collections import ChainMap
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from dataclasses import dataclass
from dataclasses import replace as overlaid
from enum import Enum
from typing import TypeVar, cast
from urllib.parse import unquote

from kb.building.files import FileFault, Found, Stamp
from kb.building.fresh import read_state
from kb.building.learning import (
    Read,
    extraction_options,
    facts_key_of,
    facts_of,
    note_of,
    read_one,
    vocabulary_of,
)
from kb.building.memo import Memo, code_stamp, secret_key
from kb.building.moments import why_left_out
from kb.building.options import Learned, Options
from kb.building.programmes import programmes_of
from kb.building.project import Project
from kb.building.revising import Recalled, recaller
from kb.building.scan import scan
from kb.building.snapshot import Lost, Snapshot, snapshot_name
from kb.building.themes import read_theme
from kb.extraction.settle import Agreement, settled
from kb.graph.build import build_site
from kb.graph.permalinks import hugo_slug, slug
from kb.model.facts import Facts, LinkMention, SessionFacts
from kb.model.note import FrontMatter, Lines, Note, Reference, Source
from kb.model.schedule import Programme
from kb.model.settings import Settings
from kb.model.site import (
    Asset,
    NoteRecord,
    Records,
    SessionRecord,
    Site,
    Target,
    Telling,
    Url,
    records_of,
)
from kb.model.value import replace
from kb.model.vocabulary import Vocabulary
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault
from kb.schedules.filling import additions, fill

K = TypeVar("K")
V = TypeVar("V")
_ANY = Stamp(0, 0, 0, 0)
_INDEXES = frozenset({"index", "_index", "readme"})
"""File names that stand for their folder."""
_TRIED = 3
"""New notes that are read to find the one that a page is of."""
_COMPANY = 60
"""Notes of the same event that are looked at to tell what kb sees in one of them."""


class Newer(Enum):
    """What may be known of a page besides its bytes."""

    SAME = "same"
    """Nothing newer than the last whole build."""
    GONE = "gone"
    """Its notes are not there any more."""
    LATER = "later"
    """It is another, and only the build can tell which."""


@dataclass(frozen=True)
class _Change:
    """A note before and after, and what it says on its own."""

    before: Note
    after: Note
    said: Facts
    told: Facts


@dataclass(frozen=True)
class Known:
    """What a build knew, as much of it as pages of single notes need; read when it is needed."""

    settings: Settings
    vocabulary: Vocabulary
    programmes: tuple[Programme, ...]
    records: Records
    notes: Mapping[str, Note]
    digests: Mapping[str, str]
    """Of the notes, by path."""
    recall: Callable[[str], Read | None]
    """Returns what is kept of the note at a path."""
    agreement: Agreement | None


def last_known(project: Project) -> Known | None:
    """Return what the last build of `project` knew; None where that is not kept."""
    memo = Memo(project.cache, secret_key(), read_only=True)
    state = read_state(memo, project)
    snapshot = Snapshot.open(memo, snapshot_name(project), state.key) if state is not None else None
    if snapshot is None:
        return None
    found = scan(project)
    vocabulary, _ = vocabulary_of(project, found)
    programmes, _ = programmes_of(project, found)
    digests = snapshot.outline.digests
    recall = recaller(memo, code_stamp(project.plugins.stamp), project.settings, digests)
    return Known(
        settings=project.settings,
        vocabulary=vocabulary,
        programmes=programmes,
        records=snapshot.records(),
        notes=Recalled(recall, digests, {}),
        digests=digests,
        recall=recall,
        agreement=snapshot.agreement,
    )


def known_of(learned: Learned) -> Known:
    """Return what a build that is under way knows."""
    return Known(
        settings=learned.settings,
        vocabulary=learned.vocabulary,
        programmes=learned.programmes,
        records=records_of(learned.site),
        notes={note.path: note for note in learned.notes},
        digests={note.path: note.digest for note in learned.notes},
        recall=lambda path: None,
        agreement=None,
    )


class Ahead:
    """Renders the pages of single notes over what the last build knew."""

    def __init__(
        self,
        project: Project,
        known: Known,
        pages: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`known` is brought forward by each change that is seen.

        `pages` are the URL paths of the pages of notes and sessions, each with the notes that it
        shows, where they are known.

        Raises:
            ProjectFault: the theme is missing.
        """
        self._project = project
        self._known = known
        self._vocabulary = known.vocabulary
        self._announced = additions(known.programmes)
        self._settings = known.settings
        self._new_records: dict[str, NoteRecord] = {}
        self._new_sessions: dict[Url, SessionRecord] = {}
        self._new_notes: dict[str, Note] = {}
        """As they are now, and no more as the last build knew them."""
        self._said: dict[str, Facts] = {}
        self._theme, _ = read_theme(project)
        self.by_url = notes_by_page(known.records) if pages is None else pages
        """URL path of the page of every note and session → the notes that it shows."""

    def pages(self, path: str, urls: Collection[str]) -> dict[str, bytes]:
        """Return those of `urls` (paths of pages) that the note `path` tells, rendered anew.

        Empty where nothing can be foreseen, and where nothing changed.
        """
        source = self._source(path) if path in self._known.digests else None
        try:
            if source is None or self._is_known(source) or not self._takes(source):
                return {}
            return self._rendered([path], urls)
        except Lost:
            return {}

    def known_pages(self, urls: Collection[str], without: Collection[str]) -> dict[str, bytes]:
        """Return those of `urls` that a note tells, as they are now known.

        Pages of the notes `without` are left out.
        """
        told = {path for url in urls for path in self.by_url.get(url, ())}
        paths = sorted(told.difference(without))
        try:
            return self._rendered(paths, urls) if paths else {}
        except Lost:
            return {}

    def notes_of(self, urls: Iterable[str]) -> frozenset[str]:
        """Return the notes that the pages at `urls` show, as the last build knew them."""
        return frozenset(path for url in urls for path in self.by_url.get(url, ()))

    def fresh(
        self, url: str, options: Options, broken: Collection[str], *, thorough: bool
    ) -> bytes | Newer:
        """Return the page at `url` as its notes are now, or what else is known of it.

        Args:
            url: path of a page.
            options: how the site is built.
            broken: codes of findings that make a note keep its last good page.
            thorough: also where more than words of a note changed, and where the note is new; the
                page is then that of the note alone, without what others have to do with it.
        """
        try:
            return self._fresh(url, options, broken, thorough=thorough)
        except Lost:
            return Newer.SAME

    def _fresh(
        self, url: str, options: Options, broken: Collection[str], *, thorough: bool
    ) -> bytes | Newer:
        paths = self.by_url.get(url, ())
        there = [source for path in paths if (source := self._source(path)) is not None]
        whole = paths and len(there) == len(paths)
        if whole and all(self._is_known(source) or self._takes(source) for source in there):
            if self._new_notes.keys().isdisjoint(paths):
                return Newer.SAME
            return next(iter(self._rendered(paths, [url]).values()), Newer.SAME)
        if not thorough:
            return Newer.SAME
        candidates = there if len(paths) == 1 else []
        for source in candidates or self._newcomers(url):
            page = self._alone(source, url, options, broken)
            if page is not None:
                return page
        return Newer.GONE if paths and not there else Newer.LATER

    def _is_known(self, source: Source) -> bool:
        new = self._new_notes.get(source.path)
        known = new.digest if new is not None else self._known.digests.get(source.path)
        return known == source.digest

    def _takes(self, source: Source) -> bool:
        """Bring what is known forward to `source`, where only its words changed."""
        change = self._change(source)
        if not _only_words(change):
            return False
        targets = _targets(change, self._records().notes[source.path])
        if targets is None:
            return False
        self._bring_forward(change, targets)
        return True

    def _newcomers(self, url: str) -> Iterator[Source]:
        """Yield notes that the last build did not know and whose page `url` may be."""
        name = unquote(url.rstrip("/").rpartition("/")[2])
        tried = 0
        for found in scan(self._project).notes:
            if found.path in self._known.digests or name not in _slugs(found.path):
                continue
            source = self._source(found.path)
            if source is not None:
                yield source
                tried += 1
            if tried == _TRIED:
                return

    def _alone(
        self, source: Source, url: str, options: Options, broken: Collection[str]
    ) -> bytes | Newer | None:
        """Return the page at `url` of a site that has this note alone, if it has that page."""
        note, said = read_one(source, self._settings, self._vocabulary, self._project.plugins)
        if any(finding.code in broken for finding in note.findings):
            return Newer.SAME
        if why_left_out(note, options) or not (self._settings.content.articles or said.sessions):
            return None
        site = self._site([(note, said)])
        pages = self._rendered([note.path], [url], records_of(site), {note.path: note})
        return next(iter(pages.values()), None)

    def _rendered(
        self,
        paths: Iterable[str],
        urls: Collection[str],
        records: Records | None = None,
        notes: Mapping[str, Note] | None = None,
    ) -> dict[str, bytes]:
        """Return those of `urls` that `paths` tell, as they are known, or by `records`."""
        renderer = Renderer(
            records or self._records(),
            notes or ChainMap(self._new_notes, _mutable(self._known.notes)),
            self._settings,
            self._theme,
            menu=self._project.plugins.menu,
        )
        try:
            outputs = [
                renderer.render(page)
                for path in paths
                for page in renderer.pages_of_note(path)
                if page.frame is not None and page.frame.url in urls
            ]
        except TemplateFault:
            return {}
        return {output.path: output.data for output in outputs}

    def _records(self) -> Records:
        known = self._known.records
        return overlaid(
            known,
            notes=ChainMap(self._new_records, _mutable(known.notes)),
            sessions=ChainMap(self._new_sessions, _mutable(known.sessions)),
        )

    def _settled(self, said: Facts) -> Facts:
        agreement = self._known.agreement
        if agreement is None:
            return fill(said, self._announced)
        guess = extraction_options(self._settings).guess_topics
        return fill(settled(said, agreement, guess_topics=guess), self._announced)

    def around(self, url: str) -> tuple[Site, tuple[str, ...]]:
        """Return a site of the notes that the page at `url` shows, as they are now, and the notes.

        The others of their events are in it, too: they say when and where.
        """
        paths = self.by_url.get(url, ())
        records = self._known.records.notes
        events = {records[path].event for path in paths if path in records} - {None}
        company = [path for path in records if events and records[path].event in events]
        chosen = [*paths, *(path for path in company if path not in paths)][:_COMPANY]
        sources = [source for path in chosen if (source := self._source(path)) is not None]
        read = [
            read_one(source, self._settings, self._vocabulary, self._project.plugins)
            for source in sources
        ]
        return self._site(read), paths

    def _site(self, read: Sequence[tuple[Note, Facts]]) -> Site:
        """Return the site of a few notes and what they say; assets are known by name alone."""
        found = scan(self._project)
        return build_site(
            [note for note, _ in read],
            [self._settled(said) for _, said in read],
            [Asset(one.found.path, one.url, "", one.found.stamp.size) for one in found.assets],
            self._vocabulary,
            self._settings,
            programmes=self._known.programmes,
        )

    def _source(self, path: str) -> Source | None:
        limit = self._settings.content.max_bytes
        try:
            return note_of(self._project.root, Found(path, path, _ANY), limit)
        except FileFault:
            return None

    def _change(self, source: Source) -> _Change:
        path = source.path
        before = self._new_notes.get(path) or self._known.notes[path]
        after, told = read_one(source, self._settings, self._vocabulary, self._project.plugins)
        return _Change(before, after, self._said_by(before), told)

    def _said_by(self, note: Note) -> Facts:
        known = self._said.get(note.path)
        if known is not None:
            return known
        kept = self._known.recall(note.path)
        if kept is not None and kept.facts_key == facts_key_of(self._vocabulary, self._settings):
            return kept.facts
        return facts_of(note, self._settings, self._vocabulary, self._project.plugins)

    def _bring_forward(self, change: _Change, targets: tuple[Target, ...]) -> None:
        path = change.after.path
        known = self._records()
        record = known.notes[path]
        sessions = {url: _session_record(known.sessions[url], change) for url in record.sessions}
        self._new_notes[path] = change.after
        self._said[path] = change.told
        self._new_records[path] = _note_record(record, change, targets)
        self._new_sessions |= sessions


def _mutable(known: Mapping[K, V]) -> MutableMapping[K, V]:
    """Return `known` for the last place in a `ChainMap`, where nothing is ever written."""
    return cast(MutableMapping[K, V], known)


def notes_by_page(records: Records) -> dict[str, tuple[str, ...]]:
    """Return the page of every note and session, by URL path, with the notes that it shows."""
    pages: dict[str, tuple[str, ...]] = {}
    for note in records.notes.values():
        pages[note.url] = (note.path,)
    for session in records.sessions.values():
        pages[session.url] = tuple(sorted({telling.note for telling in session.tellings}))
    return pages


def _slugs(path: str) -> frozenset[str]:
    """Return what the last part of a note's URL may be, by the name of its file."""
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    if stem.lower() in _INDEXES:
        stem = posixpath.basename(folder)
    return frozenset({stem, slug(stem), hugo_slug(stem)})


def _only_words(change: _Change) -> bool:
    """Return whether all that other pages are made of is as it was."""
    before, after = change.before, change.after
    return (
        _plain(before.matter) == _plain(after.matter)
        and before.title == after.title
        and _errors(before) == _errors(after)
        and _event(change.said) == _event(change.told)
        and list(map(_core, change.said.sessions)) == list(map(_core, change.told.sessions))
    )


def _errors(note: Note) -> list[str]:
    return sorted(finding.code for finding in note.findings if finding.severity == "error")


def _event(facts: Facts) -> tuple[object, ...]:
    event = facts.event
    if event is None:
        return ()
    return (event.name, event.place, event.year, event.series, event.edition, event.day, event.part)


def _plain(matter: FrontMatter) -> FrontMatter:
    return replace(matter, lines={}, last_line=0)


def _core(session: SessionFacts) -> tuple[object, ...]:
    """Return what tells a session from another, and what other pages show of it."""
    people = tuple(mention.name for mention in session.speakers)
    when = (session.day, session.part, session.start, session.finish, session.room, session.track)
    return (session.title, session.kind, session.heading, session.anchor, people, when)


def _targets(change: _Change, record: NoteRecord) -> tuple[Target, ...] | None:
    """Return where the links of the changed note lead; None where that needs the whole site."""
    known = {
        (reference.kind, reference.target): target
        for reference, target in zip(change.before.references, record.targets, strict=True)
    }
    kinds = {mention.url: mention.kind for mention in _links(change.told)}
    found: list[Target] = []
    for reference in change.after.references:
        target = known.get((reference.kind, reference.target))
        if target is None:
            target = _outside(reference, kinds)
        if target is None:
            return None
        found.append(target)
    return tuple(found)


def _links(facts: Facts) -> Iterator[LinkMention]:
    yield from facts.links
    for session in facts.sessions:
        yield from session.links


def _outside(reference: Reference, kinds: Mapping[str, str]) -> Target | None:
    url = reference.target
    if reference.kind != "link" or not url.startswith(("https://", "http://")):
        return None
    return Target("external", url, link_kind=kinds.get(url, "article"))


def _note_record(record: NoteRecord, change: _Change, targets: tuple[Target, ...]) -> NoteRecord:
    return replace(record, targets=targets, words=change.after.words)


def _session_record(record: SessionRecord, change: _Change) -> SessionRecord:
    """Return `record` with what the changed note tells of it; itself where it tells nothing."""
    path = change.after.path
    if all(telling.note != path for telling in record.tellings):
        return record
    moved = {
        (before.line, before.anchor): after
        for before, after in zip(change.said.sessions, change.told.sessions, strict=True)
    }
    tellings = []
    abstract = record.abstract_text
    for telling in record.tellings:
        now = moved.get((telling.lines.first, telling.anchor)) if telling.note == path else None
        if now is None:
            tellings.append(telling)
            continue
        was = next(one for one in change.said.sessions if one.line == telling.lines.first)
        if abstract == was.abstract_text:
            abstract = now.abstract_text
        lines = Lines(now.line, max(now.line, now.end))
        tellings.append(Telling(path, lines, now.notes, now.abstract, now.anchor))
    return replace(record, tellings=tuple(tellings), abstract_text=abstract)
