"""What reading, extraction and agreement cost: notes a second on one core, each by itself.

    python bench/extraction.py FILE_OR_FOLDER... [--rounds 3]

Every Markdown file named, or below a folder named, is read and extracted in each round, and the
facts of all of them settled; a single file is taken sixty times, so that the clock has something
to count. Processor time is counted, of this process alone.
"""

import argparse
import gc
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from kb.extraction.extract import ExtractionOptions, extract, settle
from kb.model.note import Source
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note

COPIES = 60
T = TypeVar("T")


def sources_of(paths: Sequence[Path]) -> list[Source]:
    """Return the files to measure, each under a name that no other has."""
    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.md")) if path.is_dir() else [path] * COPIES)
    ]
    found = []
    for number, file in enumerate(files):
        data = file.read_bytes()
        name = f"content/{number}-{file.name}"
        found.append(Source(name, hashlib.sha256(data).hexdigest(), data))
    return found


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds of processor time that `work` takes, and what it returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measured(sources: Sequence[Source]) -> str:
    """Return in words what one round over all `sources` took."""
    options, vocabulary, guesses = ReadingOptions(), Vocabulary(), ExtractionOptions()
    reading, notes = timed(lambda: [read_note(one, options) for one in sources])
    extraction, facts = timed(lambda: [extract(one, vocabulary, guesses) for one in notes])
    agreement, _ = timed(lambda: settle(facts, vocabulary, guesses))
    count, lines = len(notes), sum(note.lines for note in notes) // max(len(notes), 1)
    return (
        f"{count} notes of {lines} lines: read {count / reading:.0f}, extracted"
        f" {count / extraction:.0f} a second; {reading:.2f} + {extraction:.2f} s,"
        f" {agreement:.2f} s to settle"
    )


def main() -> None:
    """Print the rate of each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sources = sources_of(options.paths)
    # Builds run without the collector, too: values hold no circles.
    gc.disable()
    for number in range(1, options.rounds + 1):
        print(f"round {number}: {measured(sources)}")


if __name__ == "__main__":
    main()
