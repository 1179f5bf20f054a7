"""What holds for the index on this machine whichever library keeps it."""

import importlib
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.search import local_index
from kb.search.documents import Document, Key, key_of
from kb.search.engine import Change, IndexUnusable
from kb.search.local_index import LocalEngine
from kb.search.memory_index import MemoryIndex, shared
from kb.search.query import parse
from kb.search.ranking import rank
from kb.search.whoosh_index import SEGMENTS_LIMIT, WhooshEngine
from tests.search.sample import many, sample_documents

Make = Callable[[Path], LocalEngine]


def whoosh(folder: Path) -> LocalEngine:
    return WhooshEngine(folder / "search_index", secret=folder / "key")


def tantivy(folder: Path) -> LocalEngine:
    pytest.importorskip("tantivy", reason="tantivy is not installed")
    module = importlib.import_module("kb.search.tantivy_index")
    engine = module.TantivyEngine(folder / "search_index", secret=folder / "key")
    assert isinstance(engine, LocalEngine)
    return engine


both = pytest.mark.parametrize("make", [whoosh, tantivy])


def assert_holds(make: Make, folder: Path, documents: Sequence[Document]) -> None:
    """Check that an index, opened anew, is what one made of these documents would be."""
    expected = MemoryIndex(documents)
    engine = make(folder)
    try:
        found = engine._asked()
        assert [found.document(number) for number in range(found.size())] == expected.documents
        assert dict(found.counts) == dict(expected.vocabulary.counts)
        assert list(found.terms) == list(expected.vocabulary.terms)
        for term in expected.columns:
            assert dict(found.postings(term)) == dict(expected.postings(term))
        for text in ("anchor", "number 3", "ebb3 keel2", "speaker:quill", "topic:ebb", "lok1"):
            assert rank(parse(text), found) == rank(parse(text), expected)
    finally:
        engine.close()


@both
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_changes_end_where_building_anew_does(
    make: Make, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("index")
    pool = {key_of(one): one for one in (*many(90), *sample_documents())}
    kept = dict(list(pool.items())[:70])
    make(folder).build(list(kept.values()))
    for _ in range(SEGMENTS_LIMIT + 4):
        changed: list[Document] = []
        gone: list[Key] = []
        names = st.sampled_from(sorted(pool))
        for name in data.draw(st.lists(names, min_size=1, max_size=3, unique=True)):
            kind = data.draw(st.sampled_from(["remove", "add", "title", "date"]))
            one = kept.get(name, pool[name])
            if kind == "remove":
                kept.pop(name, None)
                gone.append(name)
                continue
            if kind == "title":
                one = msgspec.structs.replace(one, title=f"{one.title} zeppelin")
            elif kind == "date":
                one = msgspec.structs.replace(one, date="2019-02-03", body=(*one.body, "rope"))
            kept[name] = one
            changed.append(one)
        engine = make(folder)
        engine.revise(changed, gone)
        engine.close()
    assert_holds(make, folder, list(kept.values()))


@both
def test_postings_that_are_made_already_make_the_same_index(make: Make, tmp_path: Path) -> None:
    documents = [*many(60), *sample_documents()]
    make(tmp_path).build(documents, shared(lambda: documents))
    assert_holds(make, tmp_path, documents)
    apart = tmp_path / "apart"
    apart.mkdir()
    assert make(apart).update(documents, shared(lambda: documents)).added == len(documents)
    assert_holds(make, apart, documents)


@both
def test_a_change_tells_what_it_did(make: Make, tmp_path: Path) -> None:
    documents = many(40)
    engine = make(tmp_path)
    engine.build(documents)
    edited = msgspec.structs.replace(documents[3], title="A zeppelin over the docks")
    new = Document("talk", "/talks/new/", "New")
    away = key_of(documents[5])
    assert engine.revise([edited, new, documents[7]], [away, "talk /never/"]) == Change(2, 2)
    assert engine.revise([edited], [away]) == Change()
    engine.close()
    kept = [edited, new, *(one for at, one in enumerate(documents) if at not in {3, 5})]
    assert_holds(make, tmp_path, kept)


@both
def test_a_change_that_moves_the_weights_makes_all_anew(make: Make, tmp_path: Path) -> None:
    documents = many(12)
    engine = make(tmp_path)
    engine.build(documents)
    long = msgspec.structs.replace(documents[3], body=("very long " * 3000,))
    assert engine.revise([long], []) == Change(1, 1)
    engine.close()
    assert_holds(make, tmp_path, [*documents[:3], long, *documents[4:]])


@both
def test_many_changes_are_folded_into_the_base(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_index, "FOLD_LEAST", 4)
    documents = list(many(200))
    make(tmp_path).build(documents)
    since = tmp_path / "search_index" / "since"
    sizes = []
    for number in range(0, 30, 3):
        engine = make(tmp_path)
        one = msgspec.structs.replace(documents[number], title=f"Again {number}")
        removed = documents.pop()
        documents[number] = one
        engine.revise([one], [key_of(removed)])
        engine.close()
        sizes.append(since.stat().st_size)
    assert min(sizes[1:]) < sizes[0]
    assert_holds(make, tmp_path, documents)


@both
def test_a_change_needs_an_index(make: Make, tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="there is no search index"):
        make(tmp_path).revise(many(2), [])


@both
def test_a_document_in_the_place_of_another_is_seen(make: Make, tmp_path: Path) -> None:
    engine = make(tmp_path)
    engine.build(many(20))
    here = engine._opened()
    here._places = array("I", reversed(here._places))
    with pytest.raises(IndexUnusable, match="not in its place"):
        engine.revise([], [key_of(many(20)[4])])


def test_one_change_after_the_other_leaves_few_segments(tmp_path: Path) -> None:
    documents = list(many(300))
    whoosh(tmp_path).build(documents)
    for number in range(40):
        documents[number] = msgspec.structs.replace(documents[number], title=f"Again {number}")
        engine = whoosh(tmp_path)
        engine.revise([documents[number]], [])
        engine.close()
        assert len(list((tmp_path / "search_index").glob("*.seg"))) <= SEGMENTS_LIMIT + 1
    assert_holds(whoosh, tmp_path, documents)
