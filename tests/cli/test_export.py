"""`kb export`: data on stdout or in files, and nothing of anyone else's overwritten."""

import json
from pathlib import Path

import pytest

from kb.building.formats import FORMATS
from kb.building.options import Options
from kb.building.pipeline import load
from kb.building.project import open_project
from kb.exporting.document import read_document
from tests.building.sample import make_site, tree
from tests.cli.conftest import Call

NOW = "2026-01-01T00:00:00+00:00"
FOLDERS = [name for name, one in FORMATS.items() if one.holds == "folder"]
FILES = [name for name, one in FORMATS.items() if one.holds == "file"]
TEXTS = [name for name in FILES if not FORMATS[name].binary]


@pytest.fixture
def site(site: Path) -> Path:
    """The small site, in which a talk of each year has a recording."""
    for name in ("2024-river", "2025-river"):
        note = site / "content" / f"{name}.md"
        text = note.read_text()
        note.write_text(text.replace("- Mira", "- https://youtu.be/abcdefghi-_\n- Mira", 1))
    return site


def test_what_is_read_is_what_comes_back(call: Call, site: Path) -> None:
    code, out, err = call("export", "json", "-s", site)
    assert (code, err) == (0, "")
    assert read_document(out.encode()).site == load(open_project(site), Options(NOW)).site


def test_the_schema_is_the_one_that_the_site_publishes(call: Call, site: Path) -> None:
    schema = json.loads(call("export", "json", "--schema")[1])
    call("build", "-s", site)
    published = json.loads((site / "public" / "data" / "schema.json").read_text())
    assert schema["$defs"].items() <= published["$defs"].items()
    assert schema["anyOf"][0] in published["anyOf"]


@pytest.mark.parametrize("name", TEXTS)
def test_text_goes_to_stdout_and_the_same_to_a_file(
    call: Call, site: Path, tmp_path: Path, name: str
) -> None:
    code, out, err = call("export", name, "-s", site)
    assert (code, err) == (0, "")
    assert call("export", name, "-s", site, "-o", "-")[1] == out
    target = tmp_path / "new" / "file"
    code, printed, err = call("export", name, "-s", site, "-o", target)
    assert (code, printed, err) == (0, "", f"{target} written\n")
    with target.open(encoding="utf-8", newline="") as stream:
        assert stream.read() == out


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(TEXTS)))
def test_what_is_no_text_needs_a_name(call: Call, site: Path, name: str) -> None:
    code, out, err = call("export", name, "-s", site)
    assert (code, out) == (2, "")
    assert "-o" in err


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_brought_up_to_date_and_anyone_elses_left(
    call: Call, site: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "file"
    assert call("export", name, "-s", site, "-o", target)[0] == 0
    first = target.read_bytes()
    assert "nothing changed" in call("export", name, "-s", site, "-o", target)[2]
    note = site / "content" / "2024-river.md"
    note.write_text(note.read_text().replace("Pumps without", "Mills without"))
    assert call("export", name, "-s", site, "-o", target)[0] == 0
    second = target.read_bytes()
    assert second != first
    target.write_bytes(second + b"\n")
    note.write_text(note.read_text().replace("Mills without", "Pumps without"))
    code, _, err = call("export", name, "-s", site, "-o", target)
    assert code == 2
    assert "edited since" in err
    assert "--force" in err
    assert target.read_bytes() == second + b"\n"
    assert call("export", name, "-s", site, "-o", target, "--force")[0] == 0
    assert target.read_bytes() == first
    target.unlink()
    target.write_text("mine")
    assert call("export", name, "-s", site, "-o", target)[0] == 2
    assert target.read_text() == "mine"


@pytest.mark.parametrize(
    "place", ["public/x", ".kb/x", "search_index/x", "site.toml", ".git/x", "content", "."]
)
def test_places_that_are_no_ones_to_write_to(
    call: Call, site: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site)
    call("build")
    before = tree(site)
    code, _, err = call("export", "json", "-o", place, "--force")
    assert code == 2
    assert len(err.splitlines()) == 2
    after = tree(site)
    assert {path: after.get(path) for path in before} == before


def test_a_link_and_a_device_are_left(call: Call, site: Path, tmp_path: Path) -> None:
    target = tmp_path / "link"
    target.symlink_to(tmp_path / "elsewhere")
    assert call("export", "json", "-s", site, "-o", target)[0] == 2
    assert target.is_symlink()
    assert not (tmp_path / "elsewhere").exists()
    code, _, err = call("export", "json", "-s", site, "-o", "/dev/null", "--force")
    assert (code, Path("/dev/null").is_char_device()) == (2, True)
    assert "no regular file" in err


def test_one_table_goes_to_stdout_or_a_file(call: Call, site: Path, tmp_path: Path) -> None:
    code, out, _ = call("export", "csv", "-s", site, "--table", "speakers")
    assert code == 0
    assert out.splitlines()[0].startswith("name,aliases,")
    target = tmp_path / "speakers.csv"
    assert call("export", "csv", "-s", site, "--table", "speakers", "-o", target)[0] == 0
    assert target.read_bytes().decode().splitlines() == out.splitlines()
    assert call("export", "json", "-s", site, "--table", "speakers")[0] == 2


def test_nothing_to_write_makes_no_folder(call: Call, tmp_path: Path) -> None:
    site = make_site(tmp_path / "unrecorded")
    code, _, err = call("export", "pyvideo", "-s", site, "-o", tmp_path / "videos")
    assert (code, err) == (0, f"{tmp_path / 'videos'}: nothing to write\n")
    assert not (tmp_path / "videos").exists()


def test_drafts_are_exported_only_when_asked_for(call: Call, site: Path) -> None:
    (site / "content" / "draft.md").write_text("+++\ntitle = 'Not yet'\ndraft = true\n+++\nx\n")
    assert "Not yet" not in call("export", "json", "-s", site)[1]
    assert "Not yet" in call("export", "json", "-s", site, "--drafts")[1]
    with (site / "site.toml").open("a") as settings:
        settings.write("[build]\ndrafts = true\n")
    assert "Not yet" in call("export", "json", "-s", site)[1]  # as a build has it


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_is_brought_up_to_date(call: Call, site: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "new" / "folder"
    assert call("export", name, "-s", site, "-o", target)[0] == 0
    first = tree(target)
    assert len(first) > 1
    assert "nothing changed" in call("export", name, "-s", site, "-o", target)[2]
    note = site / "content" / "2025-river.md"
    text = note.read_text()
    note.unlink()
    assert call("export", name, "-s", site, "-o", target)[0] == 0
    fewer = tree(target)
    assert fewer != first
    fresh = tmp_path / "fresh"
    call("export", name, "-s", site, "-o", fresh)
    assert tree(fresh) == fewer
    note.write_text(text)
    assert call("export", name, "-s", site, "-o", target)[0] == 0
    assert tree(target) == first


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_anyone_else_is_left(call: Call, site: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "mine").write_text("mine")
    code, _, err = call("export", name, "-s", site, "-o", target)
    assert code == 2
    assert "did not write" in err
    assert tree(target) == {"mine": b"mine"}
    assert call("export", name, "-s", site, "-o", target, "--force")[0] == 0
    assert (target / "mine").read_text() == "mine"
    made = sorted(set(tree(target)) - {"mine", ".kb-export"})
    edited = target / made[0]
    edited.write_text("edited")
    code, _, err = call("export", name, "-s", site, "-o", target)
    assert code == 2
    assert made[0] in err
    assert edited.read_text() == "edited"
