"""What an export is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.model.note import Block, Lines, Note, select
from kb.model.settings import Settings
from kb.model.site import NoteRecord, SessionRecord, Site


@dataclass(frozen=True)
class Material:
    """A site, and the prose of its notes."""

    site: Site
    notes: Mapping[str, Note]
    """By `Note.path`."""
    settings: Settings

    def absolute(self, url: str) -> str:
        """Return the root-relative `url` as a whole one where the site's `base_url` is known."""
        base = self.settings.base_url.rstrip("/")
        return f"{base}{url}" if url.startswith("/") else url

    def text_of_session(self, record: SessionRecord) -> str:
        """Return the words that the notes have of a session, its abstract apart; no markup."""
        tellings = ((self.notes.get(one.note), one.notes) for one in record.tellings)
        parts = (_words(note, lines) for note, lines in tellings if note is not None)
        return "\n\n".join(filter(None, parts))

    def text_of_note(self, record: NoteRecord) -> str:
        """Return the words of a note, without markup."""
        note = self.notes.get(record.path)
        return plain(note.blocks) if note is not None else ""


def _words(note: Note, ranges: Iterable[Lines]) -> str:
    return plain(block for lines in ranges for block in select(note.blocks, lines))


def is_web(url: str) -> bool:
    """Return whether `url` is an address that a browser opens."""
    return url.lower().startswith(("http://", "https://"))


def plain(blocks: Iterable[Block]) -> str:
    """Return the text of `blocks` without markup, a line for each leaf."""
    leaves = (leaf.text.strip() for block in blocks for leaf in block.walk())
    return "\n".join(text for text in leaves if text)
