"""Other words in a few notes: the short way, whose outcome is that of the long one."""

import shutil
from pathlib import Path

import pytest

from kb.building import learning, pipeline
from kb.building.options import Cancelled, Hooks, Options, Report
from kb.building.project import open_project
from kb.building.snapshot import snapshot_name
from kb.graph.revise import without_reasons
from kb.model.value import replace
from kb.search.documents import documents
from kb.search.engine import Results
from kb.search.whoosh_index import WhooshEngine
from tests.building.sample import make_site, tree

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False)
INDEXED = replace(OPTIONS, index=True)


class LongWay(AssertionError):
    """The long way was taken."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def build(site: Path, options: Options = OPTIONS, hooks: Hooks | None = None) -> Report:
    return pipeline.build(open_project(site), options, hooks or Hooks())


def shortly(site: Path, monkeypatch: pytest.MonkeyPatch, options: Options = OPTIONS) -> Report:
    """Build `site`, and fail if that takes learning all notes."""

    def refuse(*_: object) -> None:
        raise LongWay

    with monkeypatch.context() as patch:
        patch.setattr(learning, "learn", refuse)
        return build(site, options)


def clean(site: Path, options: Options = OPTIONS) -> tuple[Report, dict[str, bytes]]:
    """Return report and files of a build of the same notes from nothing."""
    copy = site.parent / "clean"
    shutil.rmtree(copy, ignore_errors=True)
    made = shutil.ignore_patterns("public", ".kb", "search_index")
    shutil.copytree(site, copy, ignore=made)
    return build(copy, options), tree(copy / "public")


def say(site: Path, words: str, name: str = "2024-river.md") -> Path:
    note = site / "content" / name
    note.write_text(f"{note.read_text()}{words}")
    return note


def test_words_at_the_end_of_a_note_take_the_short_way(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    say(site, "\nOne more line, and one more thought.\n")
    report = shortly(site, monkeypatch)
    wanted, files = clean(site)
    assert tree(site / "public") == files
    assert (report.findings, report.files) == (wanted.findings, wanted.files)
    assert report.sources == ("content/2024-river.md",)
    assert 0 < len(report.written) < len(files) / 2


def test_a_term_that_no_other_note_has_takes_the_short_way(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    for words in ("\n* we tried Zanzibar once\n", "\n* then Quillon came\n", "\n* last\n"):
        say(site, words)
        shortly(site, monkeypatch)
        assert tree(site / "public") == clean(site)[1]


def test_feeds_of_the_site_follow_the_notes_that_they_tell(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_whole = 'base_url = "https://notes.example.org"\n'  # so that feeds hold all of a note
    settings = site / "site.toml"
    settings.write_text(f"{told_whole}{settings.read_text()}\n[feeds]\nlimit = 1\n")
    build(site)
    told = []
    for name in ("2024-river.md", "about.md", "2025-river.md"):
        say(site, "\nOne more thought.\n", name)
        report = shortly(site, monkeypatch)
        assert tree(site / "public") == clean(site)[1]
        told.append("feed.xml" in report.written)
    assert sorted(told) == [False, False, True]


def test_a_note_that_is_left_out_is_no_obstacle(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = site / "content" / "later.md"
    draft.write_text('+++\ntitle = "Later"\ndraft = true\n+++\n# Not yet\n')
    build(site)
    say(site, "\nOne more line.\n")
    shortly(site, monkeypatch)
    assert tree(site / "public") == clean(site)[1]
    say(site, "\nAnd another.\n")
    shortly(site, monkeypatch)
    draft.write_text(draft.read_text().replace("draft = true\n", ""))
    with pytest.raises(LongWay):
        shortly(site, monkeypatch)
    build(site)
    assert tree(site / "public") == clean(site)[1]
    assert (site / "public" / "notes" / "later" / "index.html").exists()


def test_the_short_way_goes_on_from_the_short_way(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    for number in range(4):
        say(site, f"\n* thought {number}, see https://weir.example/{number % 2}\n")
        shortly(site, monkeypatch)
    _, files = clean(site)
    assert tree(site / "public") == files
    assert build(site).written == ()


def test_the_long_way_goes_on_from_the_short_way(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    say(site, "\nA thought.\n")
    shortly(site, monkeypatch)
    say(site, "\n#### A talk that nobody announced\n\n- Ida Brook\n\n* Said something\n")
    with pytest.raises(LongWay):
        shortly(site, monkeypatch)
    build(site)
    _, files = clean(site)
    assert tree(site / "public") == files


def test_the_long_way_trusts_no_file_that_the_short_way_has_made(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    note = site / "content" / "2024-river.md"
    before = note.read_bytes()
    say(site, "\n* see https://weir.example/gauge\n")
    assert "data/talks.json" in shortly(site, monkeypatch).written
    note.write_bytes(before)
    shutil.copy(site / "content" / "images" / "pump.png", site / "content" / "images" / "new.png")
    build(site)
    assert tree(site / "public") == clean(site)[1]


@pytest.mark.parametrize("lost", ["header", "company", "vocabulary", "common", "sessions", "notes"])
def test_without_what_was_kept_the_long_way_is_taken(
    site: Path, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    kept = site / ".kb" / snapshot_name(open_project(site)) / lost
    if kept.is_dir():
        shutil.rmtree(kept)
    else:
        kept.write_bytes(kept.read_bytes()[:-1])
    say(site, "\nA thought.\n")
    with pytest.raises(LongWay):
        shortly(site, monkeypatch)
    build(site)
    _, files = clean(site)
    assert tree(site / "public") == files


def test_a_damaged_record_is_no_obstacle(site: Path) -> None:
    build(site)
    folder = site / ".kb" / snapshot_name(open_project(site))
    for records in folder.glob("*/records-*"):
        records.write_bytes(bytes(records.stat().st_size))
    say(site, "\nA thought.\n")
    build(site)
    _, files = clean(site)
    assert tree(site / "public") == files


def test_given_up_it_publishes_nothing(site: Path) -> None:
    build(site)
    before = tree(site / "public")
    say(site, "\nA thought.\n")
    with pytest.raises(Cancelled):
        build(site, hooks=Hooks(cancelled=lambda: True))
    assert tree(site / "public") == before


def test_the_search_index_follows(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(site, INDEXED)
    say(site, "\nA word that is new here: quagga.\n")
    shortly(site, monkeypatch, INDEXED)
    found = hits(site, "quagga")
    clean(site, INDEXED)
    assert found == hits(site.parent / "clean", "quagga")
    assert found.total == 1


def hits(site: Path, query: str) -> Results:
    engine = WhooshEngine(site / "search_index")
    try:
        return engine.search(query)
    finally:
        engine.close()


def test_what_is_kept_makes_the_documents_that_all_of_it_makes(site: Path) -> None:
    knowledge = pipeline.load(open_project(site), OPTIONS)
    whole = documents(knowledge.site, knowledge.prose)
    found = knowledge.site
    bare = replace(
        found,
        sessions=tuple(map(without_reasons, found.sessions)),
        people=tuple(map(without_reasons, found.people)),
        topics=tuple(map(without_reasons, found.topics)),
        events=tuple(map(without_reasons, found.events)),
    )
    assert bare != found
    assert documents(bare, knowledge.prose) == whole
