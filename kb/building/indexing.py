"""The local search index, kept equal to the knowledge. A failed index never spoils the site."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kb.building.engines import index_in
from kb.building.files import FileFault, stamp_of
from kb.building.gist import Gist
from kb.building.learning import Run
from kb.building.publish import Stage, Staged
from kb.building.rendered import stage_shards
from kb.building.table import Made
from kb.building.workers import WorkerFault, cores, in_turn
from kb.model.value import Value, decode, encode
from kb.search.documents import Document, Key
from kb.search.engine import IndexUnusable
from kb.search.memory_index import Postings, shared

_MANY = 500
"""Documents from which on a process of its own pays for the index."""


class Indexed(Value, frozen=True):
    """What became of the index."""

    files: Mapping[str, Made] = {}
    """Its files with their stamps; none where it could not be made."""
    remark: str = ""
    """Why it was made anew, or why it could not be made."""


def bring_up_to_date(
    folder: Path,
    documents: Sequence[Document],
    engine_name: str,
    *,
    full: bool,
    known: Postings | None = None,
) -> Indexed:
    """Make the index in `folder`, kept by the engine of that name, hold exactly `documents`.

    `known` gives the postings of `documents`, where they are made for another index, too.
    """
    try:
        engine = index_in(folder, engine_name)
        try:
            change = (engine.build if full else engine.update)(documents, known)
        finally:
            engine.close()
    except IndexUnusable as fault:
        return Indexed(remark=f"No search index was made: {fault}")
    except OSError as fault:
        return Indexed(remark=f"No search index was made: {fault.strerror or fault}")
    remark = f"The search index was made anew: {change.rebuilt}." if change.rebuilt else ""
    return Indexed(stamps(folder), remark)


def revise_index(
    folder: Path, changed: Sequence[Document], gone: Sequence[Key], engine_name: str
) -> Indexed | None:
    """Put `changed` documents into the index in `folder`, and take out those that are `gone`.

    Returns None where there is no index of ours to change: `bring_up_to_date` makes one.
    """
    try:
        engine = index_in(folder, engine_name)
        try:
            engine.revise(changed, gone)
        finally:
            engine.close()
    except IndexUnusable:
        return None
    except OSError as fault:
        return Indexed(remark=f"No search index was made: {fault.strerror or fault}")
    return Indexed(stamps(folder))


class Indexing(NamedTuple):
    """Both indexes, being made."""

    shards: Callable[[], list[Staged]]
    """Waits for the browser's index and returns its files, staged; to be asked first."""
    local: Callable[[], Indexed]
    """Waits for the local index, and tells what became of it."""
    busy: int | None = None
    """As `InTurn.busy`."""


@contextmanager
def indexing_beside(run: Run, gist: Gist, stage: Stage) -> Iterator[Indexing]:
    """Bring both indexes, or what is wanted of them, up to date beside what the block does.

    First or large ones take as long as all pages: they are made in a process of their own. One
    follows the other there, since each takes as much memory as all that the notes say. What both
    need of every document, its postings, is made once.
    """
    folder, engine = run.project.index, run.project.settings.search.engine

    documents = cache(gist.documents)
    postings = shared(documents)

    def shards() -> bytes:
        return encode(stage_shards(run, documents(), stage, postings))

    def local() -> bytes:
        full = run.options.full
        return encode(bring_up_to_date(folder, documents(), engine, full=full, known=postings))

    published, kept = run.project.settings.search.browser, run.options.index
    works = [work for work, wanted in ((shards, published), (local, kept)) if wanted]
    if not works:
        yield Indexing(list, Indexed)
        return
    jobs = (run.options.jobs or cores()) if gist.size > _MANY else 1
    with in_turn(works, jobs) as answer:
        yield Indexing(
            (lambda: decode(answer(), list[Staged])) if published else list,
            (lambda: _outcome(answer)) if kept else Indexed,
            answer.busy,
        )


def _outcome(answer: Callable[[], bytes]) -> Indexed:
    try:
        return decode(answer(), Indexed)
    except (WorkerFault, FileFault) as fault:
        return Indexed(remark=f"No search index was made: {fault}")


def stamps(folder: Path) -> dict[str, Made]:
    """Return the files of the index in `folder`, each with its stamp."""
    try:
        with os.scandir(folder) as entries:
            return {
                entry.name: Made("", stamp_of(entry.stat(follow_symlinks=False)))
                for entry in sorted(entries, key=lambda entry: entry.name)
            }
    except OSError:
        return {}
