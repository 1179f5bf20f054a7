"""Measure what the search indexes of a site cost: made anew, and after small changes.

    python bench/index.py SITE

Prints processor seconds. SITE is a folder with a site.toml; nothing is written to it but the memo.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kb.building.options import Options
from kb.building.pipeline import load
from kb.building.project import open_project
from kb.model.value import replace
from kb.search.browser_change import revise
from kb.search.browser_index import export_of
from kb.search.documents import Document, documents
from kb.search.local_index import LocalEngine
from kb.search.memory_index import shared
from kb.search.whoosh_index import WhooshEngine

T = TypeVar("T")


def main() -> None:
    """Measure the indexes of the site that the command line names."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("site", type=Path)
    options = Options(now="2026-01-01T00:00:00+00:00")
    knowledge = load(open_project(parser.parse_args().site), options)
    gc.disable()
    found = told("documents", lambda: documents(knowledge.site, knowledge.prose))
    talks = [one for one in found if one.kind == "talk"]
    print(f"{len(talks)} talks, {len(found)} documents")
    with tempfile.TemporaryDirectory() as name:

        def engine() -> LocalEngine:
            return WhooshEngine(Path(name) / "search_index", secret=Path(name) / "key")

        known = shared(lambda: found)
        told("postings, for both", known)
        told("Whoosh, anew", lambda: engine().build(found, known))
        exported = told("browser, anew", lambda: export_of(known(), "en"))
        memory = {name: data for name, data in exported.memory.items() if data is not None}
        middle = len(talks) // 2
        for what, count in (("one talk", 1), ("seven talks", 7)):
            changed = [longer(one) for one in talks[middle : middle + count]]

            def once(changed: list[Document] = changed) -> None:
                here = engine()
                here.revise(changed, ())
                here.close()

            told(f"Whoosh, {what}", once)
            told(f"browser, {what}", lambda changed=changed: revise(changed, (), memory, "en"))
        told("Whoosh, opened and asked", lambda: engine().search("anchor"))


def longer(document: Document) -> Document:
    """Return `document` with one line more at its beginning: all its words stand elsewhere then."""
    return replace(document, body=("A line that was not there before.", *document.body))


def told(what: str, work: Callable[[], T]) -> T:
    """Do `work`, print what it cost, and return what it returns."""
    start = time.process_time()
    outcome = work()
    print(f"{what:26} {time.process_time() - start:8.3f} s", flush=True)
    return outcome


if __name__ == "__main__":
    main()
