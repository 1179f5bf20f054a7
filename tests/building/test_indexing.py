"""The local index beside the site: never wrong, never in the site's way."""

import os
from pathlib import Path

import pytest

from kb.building import pipeline
from kb.building.answer import answers
from kb.building.indexing import Indexed, bring_up_to_date, revise_index, stamps
from kb.building.options import Options, Report
from kb.building.project import open_project
from kb.building.workers import WorkerFault, in_turn
from kb.search.documents import Document, key_of
from kb.search.whoosh_index import WhooshEngine
from tests.building.sample import make_site, tree
from tests.search.sample import many

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", jobs=2)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def build(site: Path) -> Report:
    return pipeline.build(open_project(site), OPTIONS)


def titles(site: Path, query: str) -> list[str]:
    engine = WhooshEngine(site / "search_index")
    try:
        return [hit.title for hit in engine.search(query, kinds=["talk"]).hits]
    finally:
        engine.close()


@pytest.mark.parametrize("many", [0, 500], ids=["apart", "here"])
def test_an_index_made_beside_answers(
    site: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("kb.building.indexes._MANY", many)
    report = build(site)
    assert report.remarks == ()
    assert titles(site, "reeds") == ["Canals in winter"]
    path = site / "content" / "2024-river.md"
    path.write_text(path.read_text().replace("reeds", "willows"))
    build(site)
    assert titles(site, "reeds") == []
    assert titles(site, "willows") == ["Canals in winter"]


@pytest.mark.parametrize("many", [0, 500], ids=["apart", "here"])
def test_a_site_may_be_published_without_search(
    site: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("kb.building.indexes._MANY", many)
    build(site)
    searched = tree(site / "public")
    settings, note = site / "site.toml", site / "content" / "2024-river.md"
    settings.write_text(f"{settings.read_text()}\n[search]\nbrowser = false\n")
    build(site)
    without = tree(site / "public")
    shown = [name for name in without if name.startswith(("search/", "theme/search"))]
    assert shown == []
    # What the site itself says: `noindex` and its like are about other people's search.
    told = [
        name
        for name, data in without.items()
        if name.endswith(".html")
        and any(mark in data for mark in (b"search/", b"search.", b"data-search", b'"search"'))
    ]
    assert told == []
    assert titles(site, "reeds") == ["Canals in winter"]
    note.write_text(note.read_text().replace("reeds", "willows"))
    assert build(site).written
    assert titles(site, "willows") == ["Canals in winter"]
    note.write_text(note.read_text().replace("willows", "reeds"))
    build(site)
    assert tree(site / "public") == without
    settings.write_text(settings.read_text().replace("false", "true"))
    build(site)
    assert tree(site / "public") == searched


def test_a_site_may_be_built_without_any_index(site: Path) -> None:
    settings = site / "site.toml"
    settings.write_text(f"{settings.read_text()}\n[search]\nbrowser = false\n")
    options = Options(now=OPTIONS.now, index=False)
    assert pipeline.build(open_project(site), options).published
    assert not (site / "search_index").exists()
    assert not (site / "public" / "search").exists()
    with answers(open_project(site), options) as asked:
        found = asked.search("reeds", limit=5, kinds=["talk"])
    assert [hit.title for hit in found.hits] == ["Canals in winter"]


def test_a_failed_index_spoils_no_site(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(WhooshEngine, "update", fail)
        report = build(site)
    assert report.published
    assert "No space left" in report.remarks[0]
    assert (site / "public" / "index.html").exists()
    assert build(site).remarks == ()
    assert titles(site, "reeds") == ["Canals in winter"]


def test_an_index_process_that_dies_spoils_no_site(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.building.indexes._MANY", 0)
    monkeypatch.setattr(WhooshEngine, "update", lambda *_: os._exit(9))
    report = build(site)
    assert report.published
    assert "ended by the system" in report.remarks[0]


def test_a_foreign_index_is_made_anew(site: Path) -> None:
    build(site)
    (site / "search_index" / "_MAIN_1.toc").write_bytes(b"planted")
    with answers(open_project(site), OPTIONS) as asked:
        found = asked.search("reeds", limit=5, kinds=["talk"])
    assert [hit.title for hit in found.hits] == ["Canals in winter"]


def test_a_change_alone_is_indexed(tmp_path: Path) -> None:
    folder = tmp_path / "search_index"
    documents = many(30)
    assert revise_index(folder, documents[:1], [], "whoosh") is None
    bring_up_to_date(folder, documents, "whoosh", full=False)
    new = Document("talk", "/talks/new/", "A zeppelin")
    done = revise_index(folder, [new], [key_of(documents[4])], "whoosh")
    assert done == Indexed(stamps(folder))
    engine = WhooshEngine(folder)
    try:
        assert [hit.url for hit in engine.search("zeppelin").hits] == [new.url]
        assert documents[4].url not in {hit.url for hit in engine.search("number").hits}
    finally:
        engine.close()


def test_a_change_that_the_disk_refuses_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(WhooshEngine, "revise", fail)
    done = revise_index(tmp_path / "search_index", [], [], "whoosh")
    assert done is not None
    assert done.remark == "No search index was made: No space left on device"
    assert not done.files


def test_work_aside_is_answered_or_ended() -> None:
    with in_turn([lambda: str(os.getpid()).encode()], 2) as answer:
        assert answer() != str(os.getpid()).encode()
    with in_turn([lambda: str(os.getpid()).encode()], 1) as answer:
        assert answer() == str(os.getpid()).encode()
    with pytest.raises(KeyError), in_turn([lambda: os.read(0, 1)], 2):
        raise KeyError
    with pytest.raises(WorkerFault), in_turn([lambda: os._exit(3)], 2) as answer:
        answer()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
