"""The pages that show other words of a few notes, staged.

The short way does this in a process of its own, which alone loads templates.
"""

from kb.building.compiled import keep_compiled, read_compiled
from kb.building.learning import Run
from kb.building.options import Cancelled
from kb.building.publish import Stage, Staged
from kb.building.revising import Revised
from kb.building.table import Table
from kb.building.themes import read_theme
from kb.model.note import Note, select
from kb.model.site import LinkRecord, NoteRecord, SessionRecord, Url
from kb.model.value import replace
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault
from kb.rendering.touched import Touched


def stage_pages(run: Run, revised: Revised, stage: Stage, published: Table) -> list[Staged] | None:
    """Stage the pages that changed, but for `TALKS`; None where one is new, gone or not to be made.

    `published` are the files of the site, as `stage` was told of them.

    Raises:
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    touched = _touched(revised)
    theme, _ = read_theme(run.project)
    compiled = read_compiled(run.code)
    renderer = Renderer(
        revised.records,
        revised.notes,
        run.project.settings,
        theme,
        menu=run.project.plugins.menu,
        compiled=compiled,
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
    if touched.links and {*published.below("links")} != {
        path for path in staged if path.startswith("links/")
    }:
        return None  # the list of links has other pages than it had
    keep_compiled(run.code, compiled, renderer.theme.compiled())
    return [*staged.values()] if staged.keys() <= published.keys() else None


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
        newest=revised.snapshot.outline.newest,
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
