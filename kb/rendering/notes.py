"""Pages of notes as written, and their list."""

from collections.abc import Iterator
from itertools import groupby

from kb.model.site import NoteRecord
from kb.model.value import replace
from kb.rendering import structured
from kb.rendering.catalog import Catalog, Desk, in_chunks, output_path
from kb.rendering.frames import frame, list_parts
from kb.rendering.prose import Manner, title_id, whole
from kb.rendering.talks import manner
from kb.rendering.views import Html, NotesView, NoteView, Page, Ref
from kb.rendering.words import Words


def notes_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the list of notes in their order (by weight, then newest first), split where long."""
    notes = tuple(catalog.records.values())
    chunks = in_chunks(notes)

    def year(one: NoteRecord) -> str:
        return words.say("notes.pinned") if one.weight else one.date[:4]

    labels = tuple(
        " – ".join(
            dict.fromkeys(year(one) or words.say("undated") for one in chunk[:1] + chunk[-1:])
        )
        for chunk in chunks
    )
    for chunk, desk, around in list_parts("notes", chunks, labels, catalog, words):
        years = tuple(
            (label, tuple(map(desk.note_row, found))) for label, found in groupby(chunk, key=year)
        )
        view = NotesView(years, len(notes))
        yield Page(output_path(around.url), "notes.html", around, view)


def _manner(desk: Desk, record: NoteRecord, words: Words) -> Manner:
    how = manner(desk, record, words, 2)
    talks = {
        telling.anchor: desk.href(url)
        for url in record.sessions
        if url in desk.catalog.sessions
        for telling in desk.catalog.sessions[url].tellings
        if telling.note == record.path and telling.anchor
    }
    return replace(how, talks=talks)


def note_page(record: NoteRecord, catalog: Catalog, words: Words) -> Page:
    """Return the page of one note."""
    desk = catalog.desk(record.url)
    note = catalog.notes.get(record.path)
    event = desk.event(record.event)
    crumbs = (desk.home(), Ref(desk.href("/notes/"), words.say("nav.notes")))
    body = whole(note, record.targets, _manner(desk, record, words)) if note else Html()
    cover = desk.picture(record.cover) if record.cover else None
    view = NoteView(
        record.title,
        record.date[:10],
        record.updated[:10],
        record.description,
        record.authors,
        event,
        tuple(
            Ref(desk.href(use.topic) if use.topic in catalog.topics else "", use.name)
            for use in record.topics
        ),
        cover,
        body,
        (title_id(note) or "") if note else "",
        desk.rows(record.sessions),
        desk.backlinks(record.backlinks),
        record.path,
        "" if record.language == catalog.settings.language else record.language,
        record.draft,
        record.extra,
    )
    around = frame(
        desk,
        record.url,
        record.title,
        "note",
        "notes",
        description=record.description or f"{record.title} · {catalog.settings.title}",
        crumbs=crumbs,
        accent=event.accent if event else "",
        things=(structured.article(record, catalog),),
        image=record.cover.asset or "" if record.cover else "",
        index=not record.draft,
    )
    return Page(output_path(record.url), "note.html", around, view)
