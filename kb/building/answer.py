"""Answers of the local index, which is made where it is missing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kb.building import lock
from kb.building.engines import index_in
from kb.building.indexing import bring_up_to_date
from kb.building.options import ALONE, Hooks, Options
from kb.building.pipeline import load
from kb.building.project import Project
from kb.search.documents import documents
from kb.search.engine import Engine, IndexUnusable, Results


class Answers:
    """Answers any number of queries from one opening of the index."""

    def __init__(self, engine: Engine, project: Project, options: Options, hooks: Hooks) -> None:
        self.remark = ""
        """What there is to say of the index, once something was asked; `""` for nothing."""
        self._engine = engine
        self._project = project
        self._options = options
        self._hooks = hooks

    def search(self, query: str, *, limit: int, kinds: Sequence[str] = ()) -> Results:
        """Return what `query` finds.

        An index that is missing, damaged or not kb's own is made from the notes first.

        Raises:
            IndexUnusable: there is none and none can be made.
            Held: somebody is building, and so makes it.
            FileFault: the disk refused.
        """
        try:
            return self._engine.search(query, limit=limit, kinds=kinds)
        except IndexUnusable:
            self._engine.close()
            knowledge = load(self._project, self._options, self._hooks)
            found = documents(knowledge.site, knowledge.prose)
            index, name = self._project.index, self._project.settings.search.engine
            with lock.hold(self._project.lock, self._options.patience):
                remark = bring_up_to_date(index, found, name, full=False).remark
            self.remark = remark or "There was no search index: it was made from the notes."
            try:
                return self._engine.search(query, limit=limit, kinds=kinds)
            except IndexUnusable as fault:
                raise IndexUnusable(remark or str(fault)) from fault


@contextmanager
def answers(project: Project, options: Options, hooks: Hooks = ALONE) -> Iterator[Answers]:
    """Hold the index of `project` open for questions."""
    engine = index_in(project.index, project.settings.search.engine)
    try:
        yield Answers(engine, project, options, hooks)
    finally:
        engine.close()
