"""The engine that site.toml names keeps the index."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from kb.building import pipeline
from kb.building.answer import answers
from kb.building.engines import index_in
from kb.building.options import Options
from kb.building.project import ProjectFault, open_project
from kb.search.tantivy_index import TantivyEngine
from kb.search.whoosh_index import WhooshEngine
from tests.building.sample import make_site

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", jobs=1)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def choose(site: Path, engine: str) -> None:
    path = site / "site.toml"
    path.write_text(f'{path.read_text()}\n[search]\nengine = "{engine}"\n')


def test_an_engine_is_known_by_its_name(tmp_path: Path) -> None:
    assert isinstance(index_in(tmp_path, "whoosh"), WhooshEngine)
    assert isinstance(index_in(tmp_path, "tantivy"), TantivyEngine)


def test_a_site_may_change_its_engine(site: Path) -> None:
    pipeline.build(open_project(site), OPTIONS)
    choose(site, "tantivy")
    project = open_project(site)
    report = pipeline.build(project, OPTIONS)
    assert any("search index was made anew" in remark for remark in report.remarks)
    assert (site / "search_index" / "meta.json").exists()
    with answers(project, OPTIONS) as asked:
        found = asked.search("reeds", limit=5, kinds=["talk"])
    assert [hit.title for hit in found.hits] == ["Canals in winter"]
    assert asked.remark == ""
    assert pipeline.build(project, OPTIONS).written == ()
    (site / "search_index" / "meta.json").write_bytes(b"damaged")
    with answers(project, OPTIONS) as asked:
        assert asked.search("reeds", limit=5, kinds=["talk"]) == found
    assert "made anew" in asked.remark


def test_an_engine_that_is_not_installed_is_said_in_one_line(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(site, "tantivy")
    find = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name == "tantivy" else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(ProjectFault) as fault:
        open_project(site)
    (finding,) = fault.value.findings
    assert "tantivy" in finding.message
    assert "pip install summit-kb[fast]" in finding.hint
    assert finding.line > 1


def test_an_engine_that_nobody_knows_is_an_error(site: Path) -> None:
    choose(site, "lucene")
    with pytest.raises(ProjectFault) as fault:
        open_project(site)
    assert 'must be "whoosh" or "tantivy"' in fault.value.findings[0].message
