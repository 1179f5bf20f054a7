"""The local search index, kept equal to the knowledge. A failed index never spoils the site."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.building.files import stamp_of
from kb.building.publish import Made
from kb.search.documents import Document
from kb.search.engine import IndexUnusable
from kb.search.whoosh_index import WhooshEngine


def bring_up_to_date(
    folder: Path, documents: Sequence[Document], *, full: bool
) -> tuple[Mapping[str, Made], str]:
    """Make the index in `folder` hold exactly `documents`.

    Returns:
        The files of the index with their stamps, and a remark: why the index was made anew, or
        why it could not be made (then there are no files).
    """
    try:
        engine = WhooshEngine(folder)
        try:
            change = engine.build(documents) if full else engine.update(documents)
        finally:
            engine.close()
    except IndexUnusable as fault:
        return {}, f"No search index was made: {fault}"
    except OSError as fault:
        return {}, f"No search index was made: {fault.strerror or fault}"
    remark = f"The search index was made anew: {change.rebuilt}." if change.rebuilt else ""
    return stamps(folder), remark


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
