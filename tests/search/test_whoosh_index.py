import importlib.metadata
import os
import pickle
import random
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.search import whoosh_index
from kb.search.documents import Document
from kb.search.engine import IndexUnusable
from kb.search.memory_index import MemoryIndex
from kb.search.query import parse
from kb.search.ranking import rank
from kb.search.whoosh_index import SEGMENTS_LIMIT, WhooshEngine
from tests.search.sample import many, sample_documents


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    found = WhooshEngine(tmp_path / "search_index", secret=tmp_path / "home" / "key")
    yield found
    found.close()


def another(engine: WhooshEngine, tmp_path: Path) -> WhooshEngine:
    """Return an engine over the same folder, as another run of the program has."""
    engine.close()
    return WhooshEngine(tmp_path / "search_index", secret=tmp_path / "home" / "key")


def urls(engine: WhooshEngine, text: str, **more: Any) -> list[str]:
    return [hit.url for hit in engine.search(text, **more).hits]


def in_memory(documents: tuple[Document, ...], text: str) -> list[str]:
    index = MemoryIndex(documents)
    return [index.documents[n].url for n in rank(parse(text), index).documents[:20]]


QUESTIONS = (
    "tides", "pilot boats", "testing", '"tide table"', "speaker:łukasiewicz", "c++", "tids",
    "harb*", "year:2018 -tides", "event:oslo kind:keynote", "has:recording", "topic:tides",
    "radio OR cranes", "灯台", "lukasiewicz",
)  # fmt: skip


def test_it_answers_as_the_postings_in_memory_do(engine: WhooshEngine) -> None:
    engine.build(sample_documents())
    for text in QUESTIONS:
        assert urls(engine, text) == in_memory(sample_documents(), text)


def test_hits_tell_what_was_found(engine: WhooshEngine) -> None:
    engine.build(sample_documents())
    found = engine.search("moonlight table", limit=1)
    hit = found.hits[0]
    assert (hit.kind, hit.event) == ("talk", "Harbour Days Oslo 2016")
    assert hit.speakers == ("Ada Quill",)
    assert [hit.title[start:end] for start, end in hit.title_marks] == ["moonlight"]
    assert [hit.excerpt[start:end] for start, end in hit.marks] == ["table"]
    assert found.total >= 1
    assert found.complete == 1


def test_a_misspelt_word_is_put_right(engine: WhooshEngine) -> None:
    engine.build(sample_documents())
    found = engine.search("moonligth")
    assert found.meant == "moonlight"
    assert found.hits[0].near
    assert "Reading the tides by moonlight" in {hit.title for hit in found.hits}


def test_what_is_called_so_comes_first(engine: WhooshEngine) -> None:
    engine.build(sample_documents())
    for text, kind in (("Ada Quill", "speaker"), ("tides", "topic"), ("boats for pilots", "topic")):
        assert engine.search(text).hits[0].kind == kind


def test_kinds_limit_what_is_found(engine: WhooshEngine) -> None:
    engine.build(sample_documents())
    assert {hit.kind for hit in engine.search("harbour", kinds=("event",)).hits} == {"event"}
    assert len(engine.search("harbour", limit=2).hits) == 2


def test_words_are_suggested(engine: WhooshEngine) -> None:
    engine.build(sample_documents())
    assert engine.suggest("the tid") == ("tides", "tide")
    assert engine.suggest("  ") == ()


def test_nothing_is_done_for_what_did_not_change(engine: WhooshEngine, tmp_path: Path) -> None:
    assert engine.update(sample_documents()).added == len(sample_documents())
    before = {path.name: path.read_bytes() for path in (tmp_path / "search_index").iterdir()}
    change = another(engine, tmp_path).update(sample_documents())
    assert (change.added, change.removed, change.rebuilt) == (0, 0, "")
    after = {path.name: path.read_bytes() for path in (tmp_path / "search_index").iterdir()}
    assert before == after


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_updates_end_where_building_anew_does(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pool = many(60)
    folder = tmp_path_factory.mktemp("index")
    engine = WhooshEngine(folder / "search_index", secret=folder / "key")
    kept = list(range(0, 60, 2))
    engine.build([pool[n] for n in kept])
    for _ in range(SEGMENTS_LIMIT + 4):
        for n in data.draw(st.lists(st.integers(0, 59), min_size=1, max_size=3, unique=True)):
            kept = [m for m in kept if m != n] if n in kept else [*kept, n]
        engine.update([pool[n] for n in kept])
    documents = tuple(pool[n] for n in kept)
    for text in ("anchor", "number 3", "ebb3 keel2", "speaker:quill", "topic:ebb", "lok1"):
        assert urls(engine, text) == in_memory(documents, text)
    engine.close()


def test_an_edit_is_found_and_the_old_words_are_not(engine: WhooshEngine) -> None:
    documents = [*many(40), *sample_documents()]
    engine.build(documents)
    changed = Document("talk", documents[3].url, "A zeppelin over the docks")
    engine.update([*documents[:3], changed, *documents[4:]])
    assert urls(engine, "zeppelin") == [changed.url]
    assert documents[3].url not in urls(engine, documents[3].title, limit=50)


# What must not be opened


def damage(folder: Path, kind: str) -> None:
    segment = next(folder.glob("*.seg"))
    if kind == "truncated segment":
        segment.write_bytes(segment.read_bytes()[:100])
    elif kind == "changed byte":
        data = bytearray(segment.read_bytes())
        data[len(data) // 2] ^= 1
        segment.write_bytes(bytes(data))
    elif kind == "garbage in the table of contents":
        next(folder.glob("*.toc")).write_bytes(b"garbage")
    elif kind == "no segment":
        segment.unlink()
    elif kind == "no stamp":
        (folder / "stamp").unlink()
    elif kind == "foreign stamp":
        (folder / "stamp").write_bytes(b"0" * 64)
    elif kind == "state is gone":
        (folder / "base").unlink()
    elif kind == "another file":
        (folder / "more.toc").write_bytes(b"x")
    elif kind == "all is gone":
        shutil.rmtree(folder)
        folder.mkdir()
    elif kind == "others may write":
        folder.chmod(0o777)


@pytest.mark.parametrize(
    "kind",
    [
        "truncated segment", "changed byte", "garbage in the table of contents", "no segment",
        "no stamp", "foreign stamp", "state is gone", "another file", "all is gone",
        "others may write",
    ],
)  # fmt: skip
def test_a_damaged_index_is_refused_and_made_anew(
    engine: WhooshEngine, tmp_path: Path, kind: str
) -> None:
    engine.build(sample_documents())
    engine.close()
    damage(tmp_path / "search_index", kind)
    fresh = another(engine, tmp_path)
    with pytest.raises(IndexUnusable, match=r"^there is no|^the search index"):
        fresh.search("tides")
    change = fresh.update(sample_documents())
    assert change.rebuilt
    assert "\n" not in change.rebuilt
    assert urls(fresh, "tides") == in_memory(sample_documents(), "tides")
    fresh.close()


def test_an_index_made_elsewhere_is_not_opened(engine: WhooshEngine, tmp_path: Path) -> None:
    engine.build(sample_documents())
    other = WhooshEngine(tmp_path / "search_index", secret=tmp_path / "another" / "key")
    with pytest.raises(IndexUnusable, match="not made here"):
        other.search("tides")


class _Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("exploded",)


def test_a_pickle_runs_nothing_even_behind_a_right_stamp(
    engine: WhooshEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    engine.build(sample_documents())
    engine.close()
    folder = tmp_path / "search_index"
    contents = next(folder.glob("*.toc"))
    data = contents.read_bytes()
    at = data.index(b"\x80\x04", 20) if b"\x80\x04" in data[20:] else data.index(b"\x80", 20)
    contents.write_bytes(data[:at] + pickle.dumps([_Bomb()]))
    another(engine, tmp_path)._seal.put(folder)
    with pytest.raises(IndexUnusable):
        another(engine, tmp_path).search("tides")
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "builtins.getattr", "kb.model.x"])
def test_no_other_name_is_known_to_the_unpickler(name: str) -> None:
    module, _, function = name.rpartition(".")
    data = f"c{module}\n{function}\n.".encode()
    with pytest.raises(pickle.UnpicklingError, match="has no place"):
        whoosh_index._loads(data)


def test_the_key_is_the_users_own(engine: WhooshEngine, tmp_path: Path) -> None:
    engine.build(sample_documents())
    key = tmp_path / "home" / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    assert stat.S_IMODE((tmp_path / "search_index").stat().st_mode) & 0o077 == 0


def test_two_libraries_of_one_name_are_an_error() -> None:
    with pytest.raises(IndexUnusable, match="pip uninstall"):
        whoosh_index._one_whoosh(["Whoosh-Reloaded", "whoosh3"])
    whoosh_index._one_whoosh(["Whoosh-Reloaded"])


def test_distributions_are_asked_only_where_two_may_share_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def owners() -> dict[str, list[str]]:
        return {"whoosh": ["Whoosh-Reloaded", "whoosh3"], "other": ["Other"]}

    monkeypatch.setattr("whoosh.__file__", str(tmp_path / "whoosh/__init__.py"))
    monkeypatch.setattr(importlib.metadata, "packages_distributions", owners)
    (tmp_path / "Whoosh_Reloaded-2.7.5.dist-info").mkdir()
    (tmp_path / "other-1.dist-info").mkdir()
    whoosh_index._one_whoosh()
    (tmp_path / "whoosh3-3.54.0.dist-info").mkdir()
    with pytest.raises(IndexUnusable, match="whoosh3"):
        whoosh_index._one_whoosh()


def test_an_unreadable_folder_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    engine = WhooshEngine(tmp_path / "file" / "index", secret=tmp_path / "key")
    with pytest.raises(IndexUnusable):
        engine.search("x")


# What is asked in malice


def test_any_query_is_answered_within_bounds(engine: WhooshEngine) -> None:
    engine.build(many(300))
    chance = random.Random(3)
    letters = 'abcdeklmnor0123 *"()-:. \U0001f600é学'
    hostile = ["*", "?", "w0*", "a*", "(" * 5000, '"' * 999, "x " * 50_000, "-", "speaker:",
               "year:..", "OR OR OR", "n" * 100_000, "number* " * 2000]  # fmt: skip
    hostile += [
        "".join(chance.choice(letters) for _ in range(chance.randrange(60))) for _ in range(300)
    ]
    started = time.process_time()
    for text in hostile:
        for hit in engine.search(text, limit=3).hits:
            assert "<" not in hit.excerpt
    assert time.process_time() - started < 60
