"""What the last build kept is told without learning it, and never where it holds no more."""

from pathlib import Path

import pytest

from kb.building import pipeline
from kb.building.options import Options
from kb.building.project import open_project
from kb.building.recall import told
from kb.building.snapshot import snapshot_name
from kb.model.site import Records, records_of
from kb.model.value import replace
from tests.building.sample import make_site

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False)


class Learned(AssertionError):
    """All notes were learned."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = make_site(tmp_path / "site")
    pipeline.build(open_project(root), OPTIONS)
    return root


def titles(records: Records) -> list[str]:
    return [one.title for one in records.sessions.values()]


def recalled(site: Path, monkeypatch: pytest.MonkeyPatch, options: Options = OPTIONS) -> list[str]:
    """Return the titles, and fail if that takes learning all notes."""

    def refuse(*_: object) -> None:
        raise Learned

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "load", refuse)
        return told(open_project(site), options, titles)


def learned(site: Path) -> list[str]:
    return titles(records_of(pipeline.load(open_project(site), replace(OPTIONS, full=True)).site))


def test_what_was_built_is_told_without_learning_it(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recalled(site, monkeypatch) == learned(site) != []


def test_a_page_that_was_taken_away_does_not_matter(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "public" / "index.html").unlink()
    assert recalled(site, monkeypatch) == learned(site)


def test_other_notes_are_learned(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = site / "content" / "new.md"
    note.write_text("# Weir Days 2025\n\n## Locks\n\n- Ida Brook\n\n* shut\n")
    with pytest.raises(Learned):
        recalled(site, monkeypatch)
    assert "Locks" in told(open_project(site), OPTIONS, titles)


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, drafts=True),
        replace(OPTIONS, full=True),
        replace(OPTIONS, now="1999-01-01T00:00:00+00:00"),
    ],
    ids=["drafts", "full", "another day"],
)
def test_what_is_asked_for_otherwise_is_learned(
    site: Path, monkeypatch: pytest.MonkeyPatch, options: Options
) -> None:
    with pytest.raises(Learned):
        recalled(site, monkeypatch, options)


def test_what_is_damaged_is_learned(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = recalled(site, monkeypatch)
    for records in (site / ".kb" / snapshot_name(open_project(site))).glob("*/records-*"):
        records.write_bytes(bytes(records.stat().st_size))
    with pytest.raises(Learned):
        recalled(site, monkeypatch)
    assert told(open_project(site), OPTIONS, titles) == before
