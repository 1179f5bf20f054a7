"""What kb sees in the notes that a page shows: from the site's records, for the writer's eyes."""

from collections.abc import Iterable, Iterator

from kb.building.reasons import explain
from kb.model.site import NoteRecord, SessionRecord, Site
from kb.serving.builder import Sight


def sight_of(site: Site, page: str, notes: tuple[str, ...], now: str) -> Sight:
    """Return what kb sees in `notes`, which `page` (a URL path) shows; `now` is ISO 8601."""
    records = [note for note in site.notes if note.path in notes]
    told = [session for session in site.sessions if _is_told(session, notes)]
    urls = dict.fromkeys([page, *(note.url for note in records), *(one.url for one in told)])
    return Sight(
        page=page,
        notes=notes,
        seen=tuple(one for url in urls for one in explain(site, url) if one.url == url),
        marks=tuple(_marks(records, now)),
    )


def _is_told(session: SessionRecord, notes: tuple[str, ...]) -> bool:
    return any(telling.note in notes for telling in session.tellings)


def _marks(notes: Iterable[NoteRecord], now: str) -> Iterator[str]:
    for note in notes:
        if note.draft:
            yield f"{note.path} is a draft"
        if note.date and note.date > now[: len(note.date)]:
            yield f"{note.path} is dated in the future ({note.date})"
