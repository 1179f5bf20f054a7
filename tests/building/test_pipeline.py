"""Builds: nothing done twice, nothing torn, the same as a clean one."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from kb.building import checking, fresh, inputs, pipeline, rendered
from kb.building.layers import packaged
from kb.building.lock import Held
from kb.building.options import Cancelled, Hooks, Options, Report
from kb.building.project import Project, open_project
from kb.model.made import Made
from kb.model.value import replace
from kb.rendering.catalog import Catalog
from kb.rendering.pages import Group, page_groups
from kb.rendering.views import Page, TextView
from kb.rendering.words import Words
from tests.building.sample import held_elsewhere, make_site, tree

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False, patience=0.0)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def build(site: Path, options: Options = OPTIONS, hooks: Hooks | None = None) -> Report:
    return pipeline.build(open_project(site), options, hooks or Hooks())


def stamps(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found = {path: path.stat() for path in folder.rglob("*")}
    return {path: (one.st_ino, one.st_mtime_ns, one.st_ctime_ns) for path, one in found.items()}


def test_a_site_is_built_whole(site: Path) -> None:
    report = build(site)
    assert (report.notes, report.talks, report.speakers) == (4, 6, 3)
    assert report.published
    assert report.errors == 0
    files = tree(site / "public")
    assert set(report.written) == files.keys() - {".kb-manifest"}
    assert b"Mira Stone" in files["index.html"] + files["speakers/index.html"]
    assert files["images/pump.png"].startswith(b"\x89PNG")


def unchanged(project: Project, options: Options) -> Report | None:
    with fresh.remembered(project, options) as last:
        return fresh.unchanged(project, options, last)


def test_nothing_changed_writes_nothing(site: Path) -> None:
    first = build(site)
    before = stamps(site / "public")
    second = build(site)
    assert (second.written, second.removed, second.sources) == ((), (), ())
    assert stamps(site / "public") == before
    assert second.findings == first.findings
    assert (second.notes, second.talks, second.files) == (first.notes, first.talks, first.files)


def test_nothing_changed_is_known_without_building(site: Path) -> None:
    project = open_project(site)
    assert unchanged(project, OPTIONS) is None
    build(site)
    assert unchanged(project, OPTIONS) is not None
    assert unchanged(project, replace(OPTIONS, full=True)) is None
    assert unchanged(project, replace(OPTIONS, drafts=True)) is None
    (site / "content" / "about.md").write_text("# About\n\nSomething else.\n")
    assert unchanged(project, OPTIONS) is None


@pytest.mark.parametrize("name", ["index.html", "images/pump.png"])
def test_what_somebody_removed_is_made_again(site: Path, name: str) -> None:
    build(site)
    before = tree(site / "public")
    (site / "public" / name).unlink()
    build(site)
    assert tree(site / "public") == before


def test_only_pages_that_show_the_change_are_written(site: Path) -> None:
    build(site)
    path = site / "content" / "2025-river.md"
    path.write_text(path.read_text().replace("still runs", "stands still"))
    report = build(site)
    assert report.sources == ("content/2025-river.md",)
    assert any("2025" in path for path in report.written)
    assert not any("canals" in path for path in report.written)


def test_time_alone_can_change_a_site(site: Path) -> None:
    path = site / "content" / "2025-river.md"
    early = replace(OPTIONS, now="2025-06-01T23:59:59+00:00")
    late = replace(OPTIONS, now="2025-06-02T00:00:00+00:00")
    report = build(site, early)
    assert (report.notes, report.left_out) == (3, 1)
    assert [one.code for one in report.findings if one.path.endswith(path.name)] == ["KB115"]
    assert unchanged(open_project(site), replace(early, now="2025-01-01T00:00:00+00:00"))
    assert unchanged(open_project(site), late) is None
    assert build(site, late).notes == 4
    assert build(site, early).notes == 3


def test_drafts_are_built_when_asked_for(site: Path) -> None:
    path = site / "content" / "2025-river.md"
    path.write_text(path.read_text().replace("title:", "draft: true\ntitle:"))
    assert build(site).notes == 3
    assert build(site, replace(OPTIONS, drafts=True)).notes == 4
    assert build(site).notes == 3


@pytest.mark.parametrize("damage", ["truncate", "garbage", "remove", "foreign"])
def test_a_damaged_cache_is_only_slower(site: Path, tmp_path: Path, damage: str) -> None:
    build(site)
    before = tree(site / "public")
    for path in sorted((site / ".kb").rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if damage == "truncate":
            path.write_bytes(data[: len(data) // 2])
        elif damage == "garbage":
            path.write_bytes(bytes(255 - byte for byte in data))
        elif damage == "remove":
            path.unlink()
        else:
            path.write_bytes(b"\0" * 16 + data[16:])
    report = build(site)
    assert tree(site / "public") == before
    assert report.errors == 0
    assert (report.remarks != ()) == (damage != "remove")


def test_another_kb_reads_everything_anew_and_says_so(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    before = tree(site / "public")
    with monkeypatch.context() as patch:
        patch.setattr("kb.building.pipeline.code_stamp", lambda plugins: "another")
        report = build(site)
    assert "another" in report.remarks[0]
    assert report.written == ()
    assert tree(site / "public") == before
    assert "another" in build(site).remarks[0]
    assert build(site).remarks == ()


def test_a_page_comes_when_what_was_in_its_way_is_gone(site: Path) -> None:
    build(site)
    foreign = site / "public" / "notes" / "new" / "index.html"
    foreign.parent.mkdir()
    foreign.write_text("mine")
    (site / "content" / "new.md").write_text("# New\n\nText.\n")
    report = build(site)
    assert "KB602" in {one.code for one in report.findings}
    assert foreign.read_text() == "mine"
    foreign.unlink()
    report = build(site)
    assert "KB602" not in {one.code for one in report.findings}
    assert b"Text." in foreign.read_bytes()


def test_an_old_page_goes_though_the_cache_is_lost(site: Path, tmp_path: Path) -> None:
    build(site)
    (site / "content" / "2025-river.md").unlink()
    for path in sorted((site / ".kb").rglob("*")):
        if path.is_file():
            path.unlink()
    build(site)
    clean = make_site(tmp_path / "clean")
    (clean / "content" / "2025-river.md").unlink()
    build(clean)
    assert tree(site / "public") == tree(clean / "public")


def test_a_broken_template_leaves_the_old_site(site: Path) -> None:
    build(site)
    before = tree(site / "public")
    template = site / "themes" / "default" / "templates" / "home.html"
    template.parent.mkdir(parents=True)
    template.write_text("line one\n{% if %}\n")
    report = build(site)
    assert not report.published
    assert [(one.code, one.path, one.line) for one in report.findings if one.code == "KB401"] == [
        ("KB401", "themes/default/templates/home.html", 2)
    ]
    assert tree(site / "public") == before
    template.unlink()
    assert build(site).published
    assert tree(site / "public") == before


def test_an_own_template_wins_and_going_back_restores(site: Path) -> None:
    build(site)
    before = tree(site / "public")
    template = site / "themes" / "default" / "templates" / "home.html"
    template.parent.mkdir(parents=True)
    template.write_text("<!doctype html><title>{{ site.title }}</title>own\n")
    build(site)
    assert tree(site / "public")["index.html"].endswith(b"</title>own")
    template.unlink()
    build(site)
    assert tree(site / "public") == before


def test_a_script_is_published_lean_unless_the_site_has_its_own(site: Path) -> None:
    def published() -> str:
        (found,) = (site / "public" / "theme").glob("search-engine.*.js")
        return found.read_text("utf-8")

    static = packaged() / "static"
    build(site)
    assert published() == (static / "search-engine.min.js").read_text("utf-8")
    assert len(published()) < (static / "search-engine.js").stat().st_size * 2 / 3
    own = site / "themes" / "default" / "static" / "search-engine.js"
    own.parent.mkdir(parents=True)
    own.write_text("export const mine = 1;\n")
    build(site)
    assert published() == "export const mine = 1;\n"


def test_giving_up_publishes_nothing(site: Path) -> None:
    with pytest.raises(Cancelled):
        build(site, hooks=Hooks(cancelled=lambda: True))
    assert not (site / "public").exists()
    build(site)
    before = tree(site / "public")
    (site / "content" / "about.md").write_text("# Else\n\nText.\n")
    with pytest.raises(Cancelled):
        build(site, hooks=Hooks(cancelled=lambda: True))
    assert tree(site / "public") == before


def test_a_second_build_waits_or_is_refused(site: Path) -> None:
    with held_elsewhere(site / ".kb" / "lock") as holder, pytest.raises(Held) as caught:
        build(site)
    assert caught.value.pid == holder
    assert build(site).published


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_number_of_jobs_changes_no_byte(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    build(site)
    other = make_site(tmp_path / "elsewhere" / "deep")
    monkeypatch.setattr("kb.building.workers.PAYS", 1)
    report = build(other, replace(OPTIONS, jobs=jobs))
    assert tree(other / "public") == tree(site / "public")
    assert report.findings == checking.check(open_project(site), OPTIONS)


def test_two_outputs_of_one_site_stay_apart(site: Path, tmp_path: Path) -> None:
    build(site)
    project = open_project(site, tmp_path / "second")
    pipeline.build(project, OPTIONS)
    assert tree(site / "public") == tree(tmp_path / "second")
    (site / "content" / "2025-river.md").unlink()
    pipeline.build(project, OPTIONS)
    build(site)
    assert tree(site / "public") == tree(tmp_path / "second")


def test_the_index_follows_the_notes(site: Path) -> None:
    options = replace(OPTIONS, index=True)
    build(site, options)
    assert (site / "search_index").is_dir()
    assert unchanged(open_project(site), options) is not None
    for path in (site / "search_index").iterdir():
        path.unlink()
    assert unchanged(open_project(site), options) is None
    report = build(site, options)
    assert report.written == ()
    assert any((site / "search_index").iterdir())


def test_a_picture_is_copied_and_follows_its_source(site: Path) -> None:
    build(site)
    picture = site / "content" / "images" / "pump.png"
    data = b"other bytes"
    picture.write_bytes(data)
    report = build(site)
    assert "images/pump.png" in report.written
    assert (site / "public" / "images" / "pump.png").read_bytes() == data


def test_a_photo_is_published_without_its_place(site: Path) -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Phone 12", 6
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    photo = site / "content" / "images" / "pump.png"
    Image.new("RGB", (16, 8)).save(photo, "JPEG", exif=exif)
    report = build(site)
    public = site / "public" / "images" / "pump.png"
    assert b"Phone 12" in photo.read_bytes()
    assert b"Phone 12" not in public.read_bytes()
    with Image.open(public) as image:
        assert dict(image.getexif()) == {0x0112: 6}
    assert report.pictures == 1
    (site / "content" / "about.md").write_text("# About\n\nElse.\n")
    assert "images/pump.png" not in build(site).written


BAD = {
    "toml.md": ("+++\ntitle = \n+++\ntext\n", "KB101"),
    "open.md": ("+++\ntitle = 'x'\ntext\n", "KB102"),
    "type.md": ("+++\ntitle = 5\n+++\ntext\n", "KB103"),
    "empty.md": ("", "KB105"),
    "date.md": ('+++\ntitle = "D"\ndate = "someday"\n+++\ntext\n', "KB107"),
    "picture.md": ("# P\n\n![x](none.png)\n", "KB302"),
}


def test_bad_notes_are_findings_and_the_rest_is_built(site: Path) -> None:
    build(site)
    good = {name: data for name, data in tree(site / "public").items() if "/talks/2024" in name}
    for name, (text, _) in BAD.items():
        (site / "content" / name).write_text(text)
    (site / "content" / "latin.md").write_bytes("# Café\n".encode("latin-1"))
    (site / "content" / "huge.md").write_bytes(b"x" * 3_000_000)
    (site / "content" / "gone.md").symlink_to("nowhere.md")
    report = build(site)
    found = {(one.path.removeprefix("content/"), one.code) for one in report.findings}
    wanted = {(name, code) for name, (_, code) in BAD.items()}
    assert wanted <= found
    assert {("latin.md", "KB104"), ("huge.md", "KB108"), ("gone.md", "KB109")} <= found
    assert report.errors >= len(BAD) + 3
    files = tree(site / "public")
    assert all(files[name] == data for name, data in good.items())
    assert report.published


def test_two_notes_with_one_slug_are_both_named(site: Path) -> None:
    for name in ("one", "two"):
        (site / "content" / f"{name}.md").write_text(
            f'+++\ntitle = "{name}"\nslug = "same"\n+++\ntext\n'
        )
    findings = [one for one in build(site).findings if one.code == "KB301"]
    assert findings
    text = json.dumps([[one.path, one.message] for one in findings])
    assert "one.md" in text
    assert "two.md" in text


@pytest.mark.parametrize("name", ["robots.txt", "_headers", "_redirects", "404.html"])
def test_a_file_that_the_site_brings_takes_the_place_of_kbs_own(site: Path, name: str) -> None:
    (site / "content/moved.md").write_text('+++\ntitle = "M"\naliases = ["/old/"]\n+++\ntext\n')
    build(site)
    made = (site / "public" / name).read_bytes()
    (site / "static").mkdir(exist_ok=True)
    (site / "static" / name).write_bytes(b"our own\n")
    for options in (OPTIONS, replace(OPTIONS, full=True)):
        report = build(site, options)
        assert not [one for one in report.findings if one.code == "KB301"]
        assert (site / "public" / name).read_bytes() == b"our own\n"
    assert not [one for one in checking.check(open_project(site), OPTIONS) if one.code == "KB301"]
    (site / "static" / name).unlink()
    build(site)
    assert (site / "public" / name).read_bytes() == made


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_pages_with_one_name_the_first_is_published(
    site: Path, monkeypatch: pytest.MonkeyPatch, *, backwards: bool
) -> None:

    def page(text: bytes) -> Iterator[Page]:
        yield Page("same/file.txt", "text", None, TextView(text))

    def groups(catalog: Catalog, words: Words, made: Sequence[Made]) -> list[Group]:
        first, second = (Group(partial(page, data)) for data in (b"first", b"second"))
        return [first, *page_groups(catalog, words), second]

    def spread(
        work: Callable[[Sequence[int]], bytes],
        items: Sequence[Sequence[int]],
        jobs: int,
        *,
        pays: int,
        busy: int | None,
    ) -> Iterator[tuple[int, bytes]]:
        order = reversed(range(len(items))) if backwards else range(len(items))
        return ((number, work(items[number])) for number in order)

    monkeypatch.setattr("kb.rendering.site.page_groups", groups)
    monkeypatch.setattr(rendered, "spread", spread)
    for _ in range(2):
        report = build(site)
        assert [one.path for one in report.findings if one.code == "KB301"] == ["same/file.txt"]
        assert (site / "public/same/file.txt").read_bytes() == b"first"


def test_a_note_that_cannot_be_read_any_more_is_a_finding(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = inputs.digests_of

    def vanish(*arguments: object) -> object:
        answer = real(*arguments)  # type: ignore[arg-type]
        (site / "content" / "about.md").unlink()
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "digests_of", vanish)
        report = build(site)
    assert [one.code for one in report.findings if one.path == "content/about.md"] == ["KB109"]
    again = build(site)
    assert [one.code for one in again.findings if one.path == "content/about.md"] == []


@pytest.mark.parametrize(
    "chosen", ['tags = ["Summit"]', 'categories = ["events"]', 'sections = ["meetings"]']
)
def test_only_the_notes_that_the_site_selects_hold_talks(tmp_path: Path, chosen: str) -> None:
    talk = "# PyConf Oslo 2020\n\n## {}\n\n- Mira Stone\n- https://example.org/1\n"
    matter = '+++\ntags = ["summit"]\ncategories = ["Events"]\n+++\n'
    notes = tmp_path / "content"
    (notes / "meetings").mkdir(parents=True)
    (notes / "meetings" / "in.md").write_text(matter + talk.format("Canals in winter"))
    (notes / "out.md").write_text(talk.format("Pumps again"))
    (tmp_path / "site.toml").write_text('title = "Selected"\n')
    assert build(tmp_path).talks == 2
    (tmp_path / "site.toml").write_text(f'title = "Selected"\n[content]\n{chosen}\n')
    assert build(tmp_path).talks == 1
    assert not list((tmp_path / "public" / "talks").rglob("pumps-again"))
    assert build(tmp_path, replace(OPTIONS, full=True)).talks == 1
