"""What was laid down of the notes is what they say."""

from pathlib import Path

from kb.building.gist import Gist, lay_down
from kb.building.options import Options, Report
from kb.building.pipeline import load
from kb.building.project import open_project
from kb.building.scratch import Scratch
from kb.model.site import records_of
from kb.rendering.briefs import briefs_of
from tests.building.sample import make_site

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", patience=0.0)


def test_records_and_briefs_are_those_of_the_site(tmp_path: Path) -> None:
    project = open_project(make_site(tmp_path / "site"))
    knowledge = load(project, OPTIONS)
    scratch = Scratch(tmp_path)
    summary = lay_down(knowledge, project, Report(""), scratch, searched=False)
    gist = Gist(summary, scratch)
    records, briefs = records_of(knowledge.site), gist.briefs()
    wanted = briefs_of(records)
    assert [*gist.records().sessions] == [*records.sessions]
    assert len(records.sessions) == 6
    for name in ("sessions", "people", "topics", "links"):
        assert [*getattr(briefs, name).items()] == [*getattr(wanted, name).items()]
    for url, read in wanted.reading.items():
        assert briefs.reading.get(url) == (read if read.cited else None)
    assert len(briefs.reading) > 0
