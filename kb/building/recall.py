"""What all notes say, as the last build kept it: asking costs what is asked for."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from kb.building.fresh import still_known
from kb.building.memo import Memo, secret_key
from kb.building.memory import uncollected
from kb.building.options import ALONE, Hooks, Options
from kb.building.project import Project
from kb.building.snapshot import Lost, Snapshot, snapshot_name
from kb.model.site import Records, records_of

T = TypeVar("T")


def told(
    project: Project, options: Options, tell: Callable[[Records], T], hooks: Hooks = ALONE
) -> T:
    """Return what `tell` makes of all records of `project`, without publishing anything.

    The records are those that the last build kept, if the notes still say the same; else they are
    learned. `tell` is not to ask for what `graph.revise.without_reasons` takes out of them.

    Raises:
        FileFault: the site's folder cannot be listed.
    """
    with uncollected():
        state = still_known(project, options)
        if state is not None:
            memo = Memo(project.cache, secret_key(), read_only=True)
            kept = Snapshot.open(memo, snapshot_name(project), state.key)
            if kept is not None:
                with suppress(Lost):
                    return tell(kept.records())
    from kb.building.pipeline import load  # noqa: PLC0415

    return tell(records_of(load(project, options, hooks).site))
