"""What extraction costs: notes a second on one core, reading not counted.

    python bench/extraction.py FILE_OR_FOLDER... [--rounds 3]

Every Markdown file named, or below a folder named, is read once and extracted in each round; a
single file is taken sixty times, so that the clock has something to count.
"""

import argparse
import gc
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from kb.extraction.extract import ExtractionOptions, extract
from kb.model.note import Note, Source
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note

COPIES = 60


def read(path: Path, number: int) -> Note:
    """Return the note in `path`, under a name that no other note has."""
    data = path.read_bytes()
    source = Source(f"content/{number}-{path.name}", hashlib.sha256(data).hexdigest(), data)
    return read_note(source, ReadingOptions())


def notes_of(paths: Sequence[Path]) -> list[Note]:
    """Return the notes to measure."""
    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.md")) if path.is_dir() else [path] * COPIES)
    ]
    return [read(file, number) for number, file in enumerate(files)]


def rate(notes: Sequence[Note]) -> float:
    """Return how many of `notes` are extracted in a second of processor time."""
    start = time.process_time()
    for note in notes:
        extract(note, Vocabulary(), ExtractionOptions())
    return len(notes) / (time.process_time() - start)


def main() -> None:
    """Print the rate of each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    notes = notes_of(options.paths)
    lines = sum(note.lines for note in notes) // max(len(notes), 1)
    # Builds run without the collector, too: values hold no circles.
    gc.disable()
    for number in range(1, options.rounds + 1):
        print(f"round {number}: {rate(notes):.0f} notes a second ({len(notes)} of {lines} lines)")


if __name__ == "__main__":
    main()
