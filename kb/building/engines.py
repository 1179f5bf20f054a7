"""Which engine keeps the local index: the one that site.toml names."""

from pathlib import Path

from kb.search.engine import Engine


def index_in(folder: Path, name: str) -> Engine:
    """Return the index in `folder`, kept by the engine of this name; `open_project` saw it there.

    Raises:
        IndexUnusable: two distributions of Whoosh are installed over each other.
    """
    if name == "tantivy":
        from kb.search.tantivy_index import TantivyEngine  # noqa: PLC0415

        return TantivyEngine(folder)
    from kb.search.whoosh_index import WhooshEngine  # noqa: PLC0415

    return WhooshEngine(folder)
