"""Prose of sessions and notes as HTML for pages that another program makes.

Links to pages and files of the site begin with `ROOT`, which that program replaces by the way to
its own root. A `{{` is written so that it begins no template of Hugo's or Jinja's.
"""

from kb.model.note import Lines, Note
from kb.model.pattern import Pattern
from kb.model.site import NoteRecord, SessionRecord
from kb.rendering.catalog import Catalog
from kb.rendering.prose import Manner, fill, whole

ROOT = "kb-root:/"
_SIZES = Pattern(r' srcset="[^"]*" sizes="[^"]*"')
_SAYS = {
    "missing": "there is no such page",
    "unsafe": "the link was left out",
    "picture": "the picture is missing",
    "open": "to do",
    "done": "done",
    "gone": "gone",
    "archive": "a copy",
}


def session_fragments(record: SessionRecord, catalog: Catalog) -> tuple[str, str]:
    """Return the abstract of a session and its notes, each `""` where there is none."""
    abstracts: list[str] = []
    notes: list[str] = []
    for number, telling in enumerate(record.tellings, 1):
        note, origin = catalog.notes.get(telling.note), catalog.records.get(telling.note)
        if note is None or origin is None:
            continue
        prefix = f"n{number}-" if number > 1 else ""
        if telling.abstract is not None:
            abstracts.append(_filled(note, origin, (telling.abstract,), prefix))
        notes.append(_filled(note, origin, telling.notes, prefix))
    return _joined(abstracts), _joined(notes)


def note_fragment(record: NoteRecord, catalog: Catalog) -> str:
    """Return the body of a note."""
    note = catalog.notes.get(record.path)
    return _fit(whole(note, record.targets, _manner(record, "")).text) if note is not None else ""


def _filled(note: Note, record: NoteRecord, ranges: tuple[Lines, ...], prefix: str) -> str:
    return _fit(fill(note, record.targets, ranges, _manner(record, prefix)).text)


def _manner(record: NoteRecord, prefix: str) -> Manner:
    return Manner(ROOT, 3, f"{ROOT}{record.url[1:]}", prefix, words=_SAYS)


def _fit(html: str) -> str:
    """Return `html` without sizes of pictures that are only made where kb publishes."""
    return _SIZES.sub("", html).replace("{{", "&#123;&#123;").strip()


def _joined(parts: list[str]) -> str:
    return "\n".join(filter(None, parts))
