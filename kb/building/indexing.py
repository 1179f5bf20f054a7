"""The local search index, kept equal to the knowledge. A failed index never spoils the site."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from kb.building.engines import index_in
from kb.building.files import stamp_of
from kb.building.table import Made
from kb.model.value import Value
from kb.search.documents import Document, Key
from kb.search.engine import IndexUnusable
from kb.search.memory_index import Postings


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
        with closing(index_in(folder, engine_name)) as engine:
            change = (engine.build if full else engine.update)(documents, known)
    except IndexUnusable as fault:
        return unmade(fault)
    except OSError as fault:
        return unmade(fault.strerror or fault)
    remark = f"The search index was made anew: {change.rebuilt}." if change.rebuilt else ""
    return Indexed(stamps(folder), remark)


def revise_index(
    folder: Path, changed: Sequence[Document], gone: Sequence[Key], engine_name: str
) -> Indexed | None:
    """Put `changed` documents into the index in `folder`, and take out those that are `gone`.

    Returns None where there is no index of ours to change: `bring_up_to_date` makes one.
    """
    try:
        with closing(index_in(folder, engine_name)) as engine:
            engine.revise(changed, gone)
    except IndexUnusable:
        return None
    except OSError as fault:
        return unmade(fault.strerror or fault)
    return Indexed(stamps(folder))


def unmade(reason: object) -> Indexed:
    """Return that no index could be made, and why."""
    return Indexed(remark=f"No search index was made: {reason}")


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
