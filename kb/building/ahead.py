"""One note's pages ahead of the whole build: what the writer looks at, a moment after saving.

A change of a note's words changes its own pages and little else. So those are rendered at once,
from the note as it is now and from the site as the last build knew it; the whole build follows and
has the last word. Where a change is more than words (a title, a speaker, a day, front matter),
nothing is foreseen and the whole build is waited for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.building.files import FileFault, Found, Stamp
from kb.building.learning import extraction_options, read_one, source_of
from kb.building.options import Learned
from kb.building.project import Project
from kb.building.themes import read_theme
from kb.extraction.extract import extract, is_selected
from kb.model.facts import Facts, LinkMention, SessionFacts
from kb.model.note import FrontMatter, Lines, Note, Reference
from kb.model.site import NoteRecord, SessionRecord, Target, Telling, records_of
from kb.model.value import replace
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault

_ANY = Stamp(0, 0, 0, 0)


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
        self._notes: dict[str, Note] = {note.path: note for note in knowledge.notes}
        self._said: dict[str, Facts] = {}
        self._theme, _ = read_theme(project)

    def pages(self, path: str, urls: Collection[str]) -> dict[str, bytes]:
        """Return those of `urls` (paths of pages) that the note `path` tells, rendered anew.

        Empty where nothing can be foreseen, and where nothing changed.
        """
        change = self._read(path)
        if change is None or not _only_words(change):
            return {}
        targets = _targets(change, self._records()[path])
        if targets is None:
            return {}
        self._bring_forward(change, targets)
        return self._rendered([path], urls)

    def known_pages(self, urls: Collection[str], without: Collection[str]) -> dict[str, bytes]:
        """Return those of `urls` that a note tells, as they are now known.

        Pages of the notes `without` are left out.
        """
        paths = [
            record.path
            for record in self._site.notes
            if record.path not in without and not {record.url, *record.sessions}.isdisjoint(urls)
        ]
        return self._rendered(paths, urls) if paths else {}

    def _rendered(self, paths: Iterable[str], urls: Collection[str]) -> dict[str, bytes]:
        renderer = Renderer(records_of(self._site), self._notes, self._settings, self._theme)
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

    def _records(self) -> dict[str, NoteRecord]:
        return {record.path: record for record in self._site.notes}

    def _read(self, path: str) -> _Change | None:
        before = self._notes.get(path)
        if before is None:
            return None
        try:
            limit = self._settings.content.max_bytes
            source = source_of(self._project.root, Found(path, path, _ANY), limit)
        except FileFault:
            return None
        if source.digest == before.digest:
            return None
        after, told = read_one(source, self._settings, self._vocabulary)
        return _Change(before, after, self._said_by(before), told)

    def _said_by(self, note: Note) -> Facts:
        known = self._said.get(note.path)
        if known is not None:
            return known
        selected = is_selected(note, self._settings.content)
        options = extraction_options(self._settings, selected=selected)
        return extract(note, self._vocabulary, options)

    def _bring_forward(self, change: _Change, targets: tuple[Target, ...]) -> None:
        path = change.after.path
        self._notes[path] = change.after
        self._said[path] = change.told
        self._site = replace(
            self._site,
            notes=tuple(
                _note_record(record, change, targets) if record.path == path else record
                for record in self._site.notes
            ),
            sessions=tuple(_session_record(record, change) for record in self._site.sessions),
        )


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
