import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.search import local_index
from kb.search.documents import Document
from kb.search.engine import Engine, IndexUnusable
from kb.search.postings import Collection, postings
from kb.search.tantivy_index import TantivyEngine
from kb.search.whoosh_index import WhooshEngine
from tests.search.sample import many, sample_documents
from tests.search.test_parity import questions
from tests.search.test_whoosh_index import QUESTIONS, in_memory


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[TantivyEngine]:
    found = opened(tmp_path)
    yield found
    found.close()


def opened(folder: Path) -> TantivyEngine:
    """Return an engine over the index below `folder`, as each run of the program has."""
    return TantivyEngine(folder / "search_index", secret=folder / "home" / "key")


def urls(engine: Engine, text: str) -> list[str]:
    return [hit.url for hit in engine.search(text).hits]


def assert_as_whoosh(
    engine: Engine, documents: Sequence[Document], asked: Sequence[str], folder: Path
) -> None:
    whoosh = WhooshEngine(folder / "whoosh" / "search_index", secret=folder / "home" / "key")
    whoosh.build(documents)
    try:
        for text in asked:
            assert engine.search(text) == whoosh.search(text), text
            assert engine.search(text, kinds=("talk",), limit=3) == whoosh.search(
                text, kinds=("talk",), limit=3
            )
            assert engine.suggest(text) == whoosh.suggest(text)
    finally:
        whoosh.close()


def test_it_answers_as_the_postings_in_memory_do(engine: TantivyEngine) -> None:
    engine.build(sample_documents())
    for text in QUESTIONS:
        assert urls(engine, text) == in_memory(sample_documents(), text)
    assert "tides" in QUESTIONS
    assert urls(engine, "tides")


@pytest.mark.parametrize("made", ["sample", "many"])
def test_it_answers_as_whoosh_does(engine: TantivyEngine, made: str, tmp_path: Path) -> None:
    documents = sample_documents() if made == "sample" else many(200)
    engine.build(documents)
    asked = [*questions(documents, 130), *QUESTIONS, "", "*", "(" * 500, "\ud800", "x " * 2000]
    assert_as_whoosh(engine, documents, asked, tmp_path)


@pytest.mark.shared
def test_it_answers_as_whoosh_does_on_many_talks(
    engine: TantivyEngine, shared: Path, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    maker = [sys.executable, str(shared / "search" / "rows.py"), "1000", str(rows)]
    subprocess.run(maker, check=True, capture_output=True)
    documents = [
        Document(
            "talk",
            f"/talks/{row['id']}/",
            row["title"],
            speakers=tuple(row["speakers"]),
            topics=tuple(row["tags"]),
            topic_names=tuple(row["tags"]),
            event=row["event"],
            date=row["date"],
            year=int(row["year"]),
            body=(row["description"],) if row["description"].strip() else (),
        )
        for row in map(json.loads, rows.read_text("utf-8").splitlines())
    ]
    assert len(documents) == 1000
    engine.build(documents)
    assert_as_whoosh(engine, documents, list(questions(documents, 260)), tmp_path)


def test_terms_of_many_documents_may_be_written_in_waves(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_index, "WAVE_POSTINGS", 100)
    engine.build(many(60))
    for text in ("anchor", "number 3", "topic:ebb", "speaker:quill", "nummber"):
        assert urls(engine, text) == in_memory(many(60), text)


def test_a_long_name_is_found_by(engine: TantivyEngine) -> None:
    name = "pier " * 20_000
    document = Document("topic", "/topics/pier/", name, names=(name,))
    assert max(map(len, postings(document, Collection()))) > 65_536
    engine.build([document, *sample_documents()])
    assert urls(engine, f'topic:"{name}"') == in_memory(
        (document, *sample_documents()), f'topic:"{name}"'
    )
    assert urls(engine, "pier")[0] == document.url


def test_nothing_is_done_for_what_did_not_change(engine: TantivyEngine, tmp_path: Path) -> None:
    def files() -> dict[str, tuple[int, bytes]]:
        found = sorted((tmp_path / "search_index").iterdir())
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in found}

    assert engine.update(sample_documents()).added == len(sample_documents())
    engine.search("tides")
    before = files()
    change = opened(tmp_path).update(sample_documents())
    assert (change.added, change.removed, change.rebuilt) == (0, 0, "")
    opened(tmp_path).search("tides")
    assert files() == before


def test_an_edit_is_found_and_the_old_words_are_not(engine: TantivyEngine, tmp_path: Path) -> None:
    documents = [*many(40), *sample_documents()]
    engine.build(documents)
    changed = Document("talk", documents[3].url, "A zeppelin over the docks")
    documents[3:4] = [changed]
    change = engine.update(documents)
    assert (change.added, change.removed) == (1, 1)
    assert urls(engine, "zeppelin") == [changed.url]
    assert_as_whoosh(engine, documents, [*questions(documents, 26), *QUESTIONS], tmp_path)
    change = engine.update(documents[:-1])
    assert (change.added, change.removed) == (0, 1)
    assert_as_whoosh(engine, documents[:-1], QUESTIONS, tmp_path)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_updates_end_where_building_anew_does(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pool = many(60)
    engine = opened(tmp_path_factory.mktemp("index"))
    kept = list(range(0, 60, 2))
    engine.build([pool[n] for n in kept])
    for _ in range(12):
        for n in data.draw(st.lists(st.integers(0, 59), min_size=1, max_size=3, unique=True)):
            kept = [m for m in kept if m != n] if n in kept else [*kept, n]
        engine.update([pool[n] for n in kept])
        documents = tuple(pool[n] for n in kept)
        for text in ("anchor", "number 3", "ebb3 keel2", "speaker:quill", "topic:ebb", "lok1"):
            assert urls(engine, text) == in_memory(documents, text)
    engine.close()


def test_small_changes_leave_few_files(engine: TantivyEngine, tmp_path: Path) -> None:
    documents = list(many(60))
    engine.build(documents)
    for number in range(30):
        documents[0] = Document("talk", "/talks/edited/", f"Edited {number} times")
        engine.update(documents)
    assert urls(engine, "edited 29")[0] == "/talks/edited/"
    assert len(list((tmp_path / "search_index").iterdir())) < 100


def damage(folder: Path, kind: str) -> None:
    store = max(folder.glob("*.store"), key=lambda path: path.stat().st_size)
    if kind == "truncated":
        store.write_bytes(store.read_bytes()[:20])
    elif kind == "changed byte":
        data = bytearray(store.read_bytes())
        data[len(data) // 2] ^= 1
        store.write_bytes(bytes(data))
    elif kind == "no list of segments":
        (folder / "meta.json").unlink()
    elif kind == "no stamp":
        (folder / "stamp").unlink()
    elif kind == "state is gone":
        (folder / "since").unlink()
    elif kind == "another file":
        (folder / "more.store").write_bytes(b"x")
    elif kind == "all is gone":
        shutil.rmtree(folder)
        folder.mkdir()
    elif kind == "others may write":
        folder.chmod(0o777)


@pytest.mark.parametrize(
    "kind",
    [
        "truncated", "changed byte", "no list of segments", "no stamp", "state is gone",
        "another file", "all is gone", "others may write",
    ],
)  # fmt: skip
def test_a_damaged_index_is_refused_and_made_anew(
    engine: TantivyEngine, tmp_path: Path, kind: str
) -> None:
    engine.build(sample_documents())
    engine.close()
    damage(tmp_path / "search_index", kind)
    fresh = opened(tmp_path)
    with pytest.raises(IndexUnusable, match=r"^there is no|^the search index"):
        fresh.search("tides")
    change = fresh.update(sample_documents())
    assert change.rebuilt
    assert "\n" not in change.rebuilt
    assert urls(fresh, "tides") == in_memory(sample_documents(), "tides")


def test_an_index_made_elsewhere_or_by_whoosh_is_not_opened(
    engine: TantivyEngine, tmp_path: Path
) -> None:
    engine.build(sample_documents())
    folder = tmp_path / "search_index"
    with pytest.raises(IndexUnusable, match="not made here"):
        TantivyEngine(folder, secret=tmp_path / "another" / "key").search("tides")
    whoosh = WhooshEngine(folder, secret=tmp_path / "home" / "key")
    assert "not made here" in whoosh.update(sample_documents()).rebuilt
    whoosh.close()
    assert "not made here" in opened(tmp_path).update(sample_documents()).rebuilt
