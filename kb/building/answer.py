"""Answers of the local index, which is made where it is missing."""

from collections.abc import Sequence

from kb.building.indexing import bring_up_to_date
from kb.building.options import ALONE, Hooks, Options
from kb.building.pipeline import load
from kb.building.project import Project
from kb.search.documents import documents
from kb.search.engine import IndexUnusable, Results
from kb.search.whoosh_index import WhooshEngine


def search(
    project: Project,
    query: str,
    options: Options,
    *,
    limit: int,
    kinds: Sequence[str],
    hooks: Hooks = ALONE,
) -> tuple[Results, str]:
    """Return what `query` finds, and a remark on the index (`""` for none).

    An index that is missing, damaged or not kb's own is made from the notes first.

    Raises:
        IndexUnusable: there is none and none can be made.
    """
    engine = WhooshEngine(project.index)
    remark = ""
    try:
        try:
            return engine.search(query, limit=limit, kinds=kinds), remark
        except IndexUnusable:
            engine.close()
            knowledge = load(project, options, hooks)
            found = documents(knowledge.site, knowledge.notes_by_path)
            remark = bring_up_to_date(project.index, found, full=False).remark
            return engine.search(query, limit=limit, kinds=kinds), remark
    finally:
        engine.close()
