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
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as overlaid
from enum import Enum
from urllib.parse import unquote

from kb.building.files import FileFault, Found, Stamp
from kb.building.learning import extraction_options, facts_of, note_of, read_one
from kb.building.moments import why_left_out
from kb.building.options import Learned, Options, Reworded
from kb.building.project import Project
from kb.building.scan import scan
from kb.building.themes import read_theme
from kb.extraction.extract import settle
from kb.graph.build import build_site
from kb.graph.permalinks import hugo_slug, slug
from kb.model.facts import Facts, LinkMention, SessionFacts
from kb.model.note import FrontMatter, Lines, Note, Reference, Source
from kb.model.site import (
    NoteRecord,
    Records,
    SessionRecord,
    Site,
    Target,
    Telling,
    Told,
    records_of,
)
from kb.model.value import replace
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault

_ANY = Stamp(0, 0, 0, 0)
_INDEXES = frozenset({"index", "_index", "readme"})
"""File names that stand for their folder."""
_TRIED = 3
"""New notes that are read to find the one that a page is of."""


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


class Ahead:
    """Renders the pages of single notes over what the last build knew."""

    def __init__(self, project: Project, knowledge: Learned) -> None:
        """`knowledge` is the last build's; it is brought forward by each change that is seen.

        Raises:
            ProjectFault: the theme is missing.
        """
        self._project = project
        self._vocabulary = knowledge.vocabulary
        self._settings = knowledge.settings
        self._site = knowledge.site
        self._records = records_of(knowledge.site)
        self._told = dict(self._records.notes)
        self._sessions = dict(self._records.sessions)
        self._notes: dict[str, Note] = {note.path: note for note in knowledge.notes}
        self._said: dict[str, Facts] = {}
        self._theme, _ = read_theme(project)
        self._by_url = _notes_by_url(knowledge.site)
        self._forward: set[str] = set()
        """Notes that are known as they are now, and no more as the last build knew them."""

    def pages(self, path: str, urls: Collection[str]) -> dict[str, bytes]:
        """Return those of `urls` (paths of pages) that the note `path` tells, rendered anew.

        Empty where nothing can be foreseen, and where nothing changed.
        """
        source = self._source(path) if path in self._notes else None
        if source is None or self._is_known(source) or not self._takes(source):
            return {}
        return self._rendered([path], urls)

    @property
    def site(self) -> Site:
        """All records, as they are now known."""
        return replace(
            self._site,
            notes=tuple(self._told.values()),
            sessions=tuple(self._sessions.values()),
        )

    def reword(self, found: Reworded) -> None:
        """Know what a build has `found` that took the short way."""
        for path, (note, said) in found.said.items():
            before = self._notes[path]
            self._move_reasons(path, _Change(before, note, self._said_by(before), said))
            self._notes[path] = note
            self._said[path] = said
            self._forward.discard(path)
        self._told |= found.note_records
        for url, record in found.session_records.items():
            self._sessions[url] = _with_reasons(record, self._sessions[url])

    def known_pages(self, urls: Collection[str], without: Collection[str]) -> dict[str, bytes]:
        """Return those of `urls` that a note tells, as they are now known.

        Pages of the notes `without` are left out.
        """
        told = {path for url in urls for path in self._by_url.get(url, ())}
        paths = sorted(told.difference(without))
        return self._rendered(paths, urls) if paths else {}

    def notes_of(self, urls: Iterable[str]) -> frozenset[str]:
        """Return the notes that the pages at `urls` show, as the last build knew them."""
        return frozenset(path for url in urls for path in self._by_url.get(url, ()))

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
        paths = self._by_url.get(url, ())
        there = [source for path in paths if (source := self._source(path)) is not None]
        whole = paths and len(there) == len(paths)
        if whole and all(self._is_known(source) or self._takes(source) for source in there):
            if self._forward.isdisjoint(paths):
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
        known = self._notes.get(source.path)
        return known is not None and known.digest == source.digest

    def _takes(self, source: Source) -> bool:
        """Bring what is known forward to `source`, where only its words changed."""
        change = self._change(source)
        if not _only_words(change):
            return False
        targets = _targets(change, self._told[source.path])
        if targets is None:
            return False
        self._bring_forward(change, targets)
        return True

    def _newcomers(self, url: str) -> Iterator[Source]:
        """Yield notes that the last build did not know and whose page `url` may be."""
        name = unquote(url.rstrip("/").rpartition("/")[2])
        tried = 0
        for found in scan(self._project).notes:
            if found.path in self._notes or name not in _slugs(found.path):
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
        note, said = read_one(source, self._settings, self._vocabulary)
        if any(finding.code in broken for finding in note.findings):
            return Newer.SAME
        if why_left_out(note, options) or not (self._settings.content.articles or said.sessions):
            return None
        facts = settle([said], self._vocabulary, extraction_options(self._settings))
        site = build_site([note], facts, self._site.assets, self._vocabulary, self._settings)
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
        if records is None:
            records = overlaid(self._records, notes=self._told, sessions=self._sessions)
        renderer = Renderer(records, notes or self._notes, self._settings, self._theme)
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

    def _source(self, path: str) -> Source | None:
        limit = self._settings.content.max_bytes
        try:
            return note_of(self._project.root, Found(path, path, _ANY), limit)
        except FileFault:
            return None

    def _change(self, source: Source) -> _Change:
        before = self._notes[source.path]
        after, told = read_one(source, self._settings, self._vocabulary)
        return _Change(before, after, self._said_by(before), told)

    def _said_by(self, note: Note) -> Facts:
        known = self._said.get(note.path)
        if known is not None:
            return known
        return facts_of(note, self._settings, self._vocabulary)

    def _bring_forward(self, change: _Change, targets: tuple[Target, ...]) -> None:
        path = change.after.path
        self._move_reasons(path, change)
        self._notes[path] = change.after
        self._said[path] = change.told
        self._forward.add(path)
        record = self._told[path]
        self._told[path] = _note_record(record, change, targets)
        for url in record.sessions:
            self._sessions[url] = _session_record(self._sessions[url], change)

    def _move_reasons(self, path: str, change: _Change) -> None:
        """Have the sessions that a note tells say where it tells of them now."""
        moved = dict(zip(_places(change.said), _places(change.told), strict=False))
        for url in self._told[path].sessions:
            self._sessions[url] = _moved(self._sessions[url], path, moved)


def _places(facts: Facts) -> Iterator[tuple[int, str]]:
    """Yield the line and the rule of what tells of sessions, always in the same order."""
    for session in facts.sessions:
        own = (session.evidence, *session.why)
        for evidence in (*own, *(speaker.evidence for speaker in session.speakers)):
            yield evidence.line, evidence.rule


def _moved(
    record: SessionRecord, path: str, moved: Mapping[tuple[int, str], tuple[int, str]]
) -> SessionRecord:
    def now(told: Told) -> Told:
        line = told.evidence.line
        further = moved.get((line, told.evidence.rule), (line, ""))[0] - line
        if told.note != path or told.evidence.path or not further:
            return told
        lines = Lines(told.lines.first + further, told.lines.last + further)
        return replace(told, lines=lines, evidence=replace(told.evidence, line=line + further))

    return replace(
        record,
        why=tuple(map(now, record.why)),
        speakers=tuple(replace(one, told=tuple(map(now, one.told))) for one in record.speakers),
    )


def _with_reasons(record: SessionRecord, known: SessionRecord) -> SessionRecord:
    """Return `record`, which is without them, with the reasons of `known`."""
    speakers = zip(record.speakers, known.speakers, strict=True)
    return replace(
        record,
        why=known.why,
        speakers=tuple(replace(one, told=before.told) for one, before in speakers),
    )


def _notes_by_url(site: Site) -> dict[str, tuple[str, ...]]:
    """Return the page of every note and session, by URL path, with the notes that it shows."""
    pages: dict[str, tuple[str, ...]] = {note.url: (note.path,) for note in site.notes}
    for session in site.sessions:
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
