"""Both indexes of a whole build, made beside its pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from kb.building.files import FileFault
from kb.building.gist import Gist
from kb.building.indexing import Indexed, bring_up_to_date, unmade
from kb.building.learning import Run
from kb.building.publish import Stage, Staged
from kb.building.shards import stage_shards
from kb.building.workers import WorkerFault, cores, in_turn
from kb.model.value import decode, encode
from kb.search.memory_index import shared

_MANY = 500
"""Documents from which on a process of its own pays for the index."""


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

    Indexes of many documents take as long to make as all pages, so a process of its own makes them:
    one after the other, for each takes as much memory as all that the notes say. The postings of
    all documents, which both need, are made once.
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
        return unmade(fault)
