"""The browser's index, staged, and what is remembered of it for the next build."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from kb.building.learning import Run
from kb.building.publish import Stage, Staged
from kb.building.scratch import Pile
from kb.building.shelf import Shelf, write_all
from kb.search.browser_change import Forgotten, revise, unchanged, update
from kb.search.browser_index import ENTRY, Exported
from kb.search.documents import Document, Key
from kb.search.memory_index import Postings

_SHARDS = "browser-index"
"""What the browser's index needs to know of the last one, in the memo."""
_OF_BUILD = "of-build"
"""The key of the build that remembered it, beside what the index itself remembers."""


def stage_shards(
    run: Run, documents: Sequence[Document], stage: Stage, known: Postings | None = None
) -> list[Staged]:
    """Stage the browser's index of `documents`; `known` gives their postings, if they are made.

    Raises:
        FileFault: the disk refused.
    """
    shelf = None if run.options.full else Shelf.open(run.memo, _SHARDS, run.code)
    before: Mapping[str, bytes] = shelf if shelf is not None else {}
    exported = update(
        documents,
        before,
        run.project.settings.language,
        known,
        anew=lambda: Pile(run.memo.folder),
    )
    staged = [stage.put(one.path, one.data) for one in exported.outputs]
    for path, data in unchanged(exported, before):
        # All names but one tell the content.
        kept = stage.keep_known(path) if path != ENTRY else None
        staged.append(kept if kept is not None else stage.put(path, data()))
    _remember(run, shelf, exported)
    return staged


def revise_shards(
    run: Run, last: str, changed: Sequence[Document], gone: Iterable[Key], stage: Stage
) -> tuple[list[Staged], tuple[str, ...]] | None:
    """Stage what `changed` and `gone` documents make of the browser's index.

    Returns the files that are new or changed, and the paths of those that are no more; None where
    what is remembered is not of the build with the key `last`, whose files are the published ones:
    then it takes all documents (`stage_shards`). The other files stay as that build left them.

    Raises:
        FileFault: the disk refused.
    """
    shelf = None if run.options.full else Shelf.open(run.memo, _SHARDS, run.code)
    if shelf is None or not last or shelf.get(_OF_BUILD) != last.encode():
        return None
    try:
        exported = revise(changed, gone, shelf, run.project.settings.language)
    except Forgotten:
        return None
    staged = [stage.put(one.path, one.data) for one in exported.outputs]
    _remember(run, shelf, exported)
    return staged, exported.removed


def _remember(run: Run, shelf: Shelf | None, exported: Exported) -> None:
    """Keep what an export is remembered by, on the shelf of the one before if there is any."""
    of_build = (_OF_BUILD, run.key.encode())
    if shelf is None:
        new = ((name, data) for name, data in exported.memory.items() if data is not None)
        write_all(run.memo, _SHARDS, run.code, chain(new, (of_build,)))
    else:
        shelf.revise(dict(chain(exported.memory.items(), (of_build,))), run.code)
