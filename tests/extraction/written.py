"""Notes written in tests, read and extracted as kb does."""

import hashlib
import textwrap
from collections.abc import Sequence
from pathlib import Path

from kb.extraction.extract import ExtractionOptions, extract, settle
from kb.model.facts import Facts, SessionFacts
from kb.model.note import Note, Source
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note

NOTHING = Vocabulary()
OPTIONS = ExtractionOptions()


def note_of(text: str, path: str = "notes/note.md") -> Note:
    """Return the note that `text` (indented as the test likes) makes."""
    data = textwrap.dedent(text).lstrip("\n").encode()
    return read_note(Source(path, hashlib.sha256(data).hexdigest(), data), ReadingOptions())


def file_note(root: Path, path: Path) -> Note:
    """Return the note in a file below `root`."""
    data = path.read_bytes()
    name = path.relative_to(root).as_posix()
    return read_note(Source(name, hashlib.sha256(data).hexdigest(), data), ReadingOptions())


def facts_of(
    text: str,
    path: str = "notes/note.md",
    *,
    vocabulary: Vocabulary = NOTHING,
    options: ExtractionOptions = OPTIONS,
) -> Facts:
    """Return the settled facts of one note."""
    return settled([note_of(text, path)], vocabulary=vocabulary, options=options)[0]


def settled(
    notes: Sequence[Note],
    *,
    vocabulary: Vocabulary = NOTHING,
    options: ExtractionOptions = OPTIONS,
) -> tuple[Facts, ...]:
    """Return the facts of several notes, agreed with each other."""
    return settle([extract(note, vocabulary, options) for note in notes], vocabulary, options)


def talks(facts: Facts) -> list[tuple[str, list[str]]]:
    """Return titles and speakers of the talks."""
    return [(s.title, [speaker.name for speaker in s.speakers]) for s in facts.talks]


def talk(text: str, path: str = "notes/note.md") -> SessionFacts:
    """Return the one talk of a note."""
    (found,) = facts_of(text, path).talks
    return found
