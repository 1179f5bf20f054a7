"""The local search index, kept equal to the knowledge. A failed index never spoils the site."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kb.building.engines import index_in
from kb.building.files import FileFault, stamp_of
from kb.building.options import Options
from kb.building.table import Made
from kb.building.workers import WorkerFault, aside, cores
from kb.model.value import Value, decode, encode
from kb.search.documents import Document, Key
from kb.search.engine import IndexUnusable

_MANY = 500
"""Documents from which on a process of its own pays for the index."""


class Indexed(Value, frozen=True):
    """What became of the index."""

    files: Mapping[str, Made] = {}
    """Its files with their stamps; none where it could not be made."""
    remark: str = ""
    """Why it was made anew, or why it could not be made."""


def bring_up_to_date(
    folder: Path, documents: Sequence[Document], engine_name: str, *, full: bool
) -> Indexed:
    """Make the index in `folder`, kept by the engine of that name, hold exactly `documents`."""
    try:
        engine = index_in(folder, engine_name)
        try:
            change = engine.build(documents) if full else engine.update(documents)
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


@contextmanager
def indexing_beside(
    folder: Path, documents: Sequence[Document], engine_name: str, options: Options
) -> Iterator[Callable[[], Indexed]]:
    """Bring the index up to date beside what the block does; yields what waits for the outcome.

    A first or large index takes as long as all pages: it is made in a process of its own.
    """
    if not options.index:
        yield Indexed
        return
    jobs = (options.jobs or cores()) if len(documents) > _MANY else 1
    with aside(
        lambda: encode(bring_up_to_date(folder, documents, engine_name, full=options.full)), jobs
    ) as answer:
        yield lambda: _outcome(answer)


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
