"""`kb import`: a new site that builds, and nothing of anyone's overwritten or left."""

import json
from pathlib import Path
from typing import Any

import pytest

from kb.building.options import Options
from kb.building.pipeline import load
from kb.building.project import open_project
from kb.model.site import Site
from tests.building.sample import PIXEL, tree
from tests.cli.conftest import Call
from tests.importing.samples import NOTES, VAULT, export, mobiledoc, post

NOW = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A Ghost export of three posts."""
    path = tmp_path / "blog.json"
    river = post(
        1,
        title="River Conf 2024 - Monday",
        slug="river-conf-monday",
        mobiledoc=mobiledoc(["markdown", {"markdown": NOTES}]),
    )
    others = (post(2, html="<p>See <a href='__GHOST_URL__/river-conf-monday/'>it</a></p>"),)
    tags = [{"id": "t", "name": "water", "slug": "water"}]
    data = export(
        river,
        *others,
        post(3, status="draft", html="<p>Not yet</p>"),
        tags=tags,
        posts_tags=[{"post_id": "p1", "tag_id": "t"}],
        settings=[{"key": "title", "value": "Ida's blog"}],
    )
    path.write_text(json.dumps(data))
    return path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Ghost's folder `content/`, with the picture of the export and another."""
    folder = tmp_path / "ghost" / "content"
    for name in ("images/2024/06/pump.png", "images/2024/06/other.png", "data/ghost.db"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(PIXEL)
    return folder


def known(folder: Path) -> Site:
    return load(open_project(folder), Options(NOW)).site


def test_a_blog_becomes_a_site_that_builds(
    call: Call, blog: Path, files: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new"
    code, out, err = call("import", "ghost", blog, "-o", target, "--files", files)
    assert (code, out) == (0, "")
    assert f"{target}: 3 notes (1 of them drafts), 1 file copied" in err
    assert set(tree(target)) == {
        "site.toml",
        "content/river-conf-monday.md",
        "content/post-2.md",
        "content/post-3.md",
        "static/content/images/2024/06/pump.png",
    }
    assert call("build", "-s", target)[0] == 0
    site = known(target)
    assert [one.title for one in site.sessions] == ["Pumps without electricity", "Canals in winter"]
    assert [one.name for one in site.people] == ["Jonas Weir", "Mira Stone"]
    assert (target / "public/river-conf-monday/index.html").is_file()
    assert (target / "public/tag/water/index.html").is_file()
    assert (target / "public/content/images/2024/06/pump.png").is_file()
    assert "Ida&#39;s blog" in (target / "public/index.html").read_text()
    (page,) = [one for one in site.notes if one.title == "Post 2"]
    assert page.targets[0].url == "/river-conf-monday/"


def test_without_pictures_it_says_what_to_do(
    call: Call, blog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call("import", "ghost", blog)
    assert code == 0
    assert "1 picture or other file is not in the export" in err
    assert "--files" in err
    assert (tmp_path / "blog-notes" / "site.toml").is_file()


def test_the_source_stays_and_the_same_comes_out_again(
    call: Call, blog: Path, files: Path, tmp_path: Path
) -> None:
    before = {**tree(files), "blog": blog.read_bytes()}
    for name in ("one", "two"):
        assert call("import", "ghost", blog, "-o", tmp_path / name, "--files", files)[0] == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert {**tree(files), "blog": blog.read_bytes()} == before


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_there_is_left(call: Call, blog: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "there"
    if kind == "file":
        target.write_text("mine")
    elif kind == "folder":
        target.mkdir()
        (target / "mine").write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    code, _, err = call("import", "ghost", blog, "-o", target)
    assert code == 2
    assert len(err.splitlines()) == 2
    assert not (tmp_path / "nowhere").exists()
    assert not target.is_dir() or tree(target) == {"mine": b"mine"}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"PK\x03\x04zip", b'{"db": []}', b"[" * 200_000, b"null"]
)
def test_what_is_no_export_is_one_clear_line(call: Call, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    code, out, err = call("import", "ghost", tmp_path / "x.json", "-o", tmp_path / "new")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2
    assert not (tmp_path / "new").exists()


def test_names_that_would_leave_the_folder(call: Call, files: Path, tmp_path: Path) -> None:
    escape = (
        "![x](/content/images/../../../../escaped.png) ![x](/content/images/%2e%2e/%2e%2e/y.png)"
    )
    rows = [
        post(1, slug="../../escaped", markdown=escape),
        post(2, slug="/etc/escaped", markdown="x"),
        post(3, slug="..\\..\\escaped", markdown="x"),
    ]
    path = tmp_path / "deep" / "x.json"
    path.parent.mkdir()
    path.write_text(json.dumps(export(*rows)))
    (files / "escaped.png").write_bytes(PIXEL)
    target = tmp_path / "deep" / "er" / "new"
    assert call("import", "ghost", path, "-o", target, "--files", files)[0] == 0
    assert {one.name for one in tmp_path.iterdir()} == {"deep", "ghost"}
    assert {one.name for one in (tmp_path / "deep").iterdir()} == {"x.json", "er"}
    assert sorted(tree(target)) == [
        "content/escaped-2.md",
        "content/escaped.md",
        "content/etc-escaped.md",
        "site.toml",
    ]


def test_a_picture_below_another_cannot_be_copied(call: Call, files: Path, tmp_path: Path) -> None:
    text = "![a](/content/images/2024/06/pump.png) ![b](/content/images/2024/06/pump.png/x.png)"
    path = tmp_path / "x.json"
    path.write_text(json.dumps(export(post(1, markdown=text))))
    target = tmp_path / "new"
    code, _, err = call("import", "ghost", path, "-o", target, "--files", files)
    assert code == 0
    assert "pump.png/x.png: is not there to be copied" in err
    assert (target / "static/content/images/2024/06/pump.png").read_bytes() == PIXEL


def test_a_link_among_the_pictures_is_not_followed(
    call: Call, blog: Path, files: Path, tmp_path: Path
) -> None:
    picture = files / "images/2024/06/pump.png"
    picture.unlink()
    (tmp_path / "secret").write_text("secret")
    picture.symlink_to(tmp_path / "secret")
    target = tmp_path / "new"
    _, _, err = call("import", "ghost", blog, "-o", target, "--files", files)
    assert "pump.png" in err
    assert not any(b"secret" in data for data in tree(target).values())


def test_a_post_that_takes_too_long_keeps_its_html(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.building.imports.SECONDS", 0.05)
    html = "<p>one <i>more</i></p>" * 50_000
    (tmp_path / "x.json").write_text(json.dumps(export(post(1, html=html), post(2, html="fine"))))
    code, _, err = call("import", "ghost", tmp_path / "x.json", "-o", tmp_path / "new")
    assert code == 0
    assert "post-1: takes too long" in err
    assert html in (tmp_path / "new/content/post-1.md").read_text()
    assert (tmp_path / "new/content/post-2.md").read_text().endswith("\nfine\n")


def test_hostile_text_is_text(call: Call, tmp_path: Path) -> None:
    bad = '"""\n+++\n\\u0000\x00\x1b[31m\U000e0001</script>'
    row: dict[str, Any] = post(1, title=bad, custom_excerpt=bad, html="<p>x</p>")
    (tmp_path / "x.json").write_text(json.dumps(export(row)))
    target = tmp_path / "new"
    assert call("import", "ghost", tmp_path / "x.json", "-o", target)[0] == 0
    (note,) = known(target).notes
    assert note.title.startswith('""" +++ \\u0000')
    assert call("check", "-s", target)[0] in {0, 1}


def test_the_seed_comes_back_from_ghost_as_it_was(call: Call, shared: Path, tmp_path: Path) -> None:
    """The seed's note came from Ghost once: it says the same when it comes from there again."""
    (path,) = (shared / "seed" / "content").glob("*.md")
    _, matter, body = path.read_text().split("+++", 2)
    row = post(
        1,
        title="OpenStack Summit Boston - Monday Sessions",
        slug=path.stem,
        published_at="2017-05-13T06:40:53.000Z",
        mobiledoc=mobiledoc(["markdown", {"markdown": body}]),
        feature_image="__GHOST_URL__/images/2017/09/openstack-summit-boston-5.jpeg",
    )
    assert 'tags = ["OpenStack", "summit"]' in matter
    tags = [{"id": 1, "name": "OpenStack"}, {"id": 2, "name": "summit"}]
    joined = [{"post_id": "p1", "tag_id": 1}, {"post_id": "p1", "tag_id": 2}]
    export_file = tmp_path / "seed.json"
    export_file.write_text(json.dumps(export(row, tags=tags, posts_tags=joined)))
    files = shared / "seed" / "static" / "content"
    assert call("import", "ghost", export_file, "-o", tmp_path / "a", "--files", files)[0] == 0
    seed = tmp_path / "b"
    for name, data in tree(shared / "seed").items():
        (seed / name).parent.mkdir(parents=True, exist_ok=True)
        (seed / name).write_bytes(data)
    call("init", seed)
    ours, theirs = known(tmp_path / "a"), known(seed)
    assert theirs.sessions
    for one, other in zip(ours.sessions, theirs.sessions, strict=True):
        assert (one.url, one.title, one.kind, one.date) == (
            other.url, other.title, other.kind, other.date
        )  # fmt: skip
        assert [credit.name for credit in one.speakers] == [c.name for c in other.speakers]
        assert [use.name for use in one.topics] == [use.name for use in other.topics]
        assert [use.url for use in one.citations] == [use.url for use in other.citations]
        assert [shown.asset for shown in one.pictures] == [s.asset for s in other.pictures]
    assert [one.title for one in ours.events] == [one.title for one in theirs.events]
    assert [one.url for one in ours.links] == [one.url for one in theirs.links]


# a vault


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """An Obsidian vault with two days of a conference."""
    folder = tmp_path / "My vault"
    for name, text in VAULT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name in ("files/pump.png", "files/unused.png", "files/slides.pdf"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(PIXEL)
    return folder


def test_a_vault_becomes_a_site_that_builds(call: Call, vault: Path, tmp_path: Path) -> None:
    before = tree(vault)
    target = tmp_path / "new"
    code, out, err = call("import", "obsidian", vault, "-o", target)
    assert (code, out) == (0, "")
    assert f"{target}: 4 notes, 2 files copied" in err
    assert "Talks/River Conf 2024/Monday.md:22: [[Nowhere]] leads to no note" in err
    assert "bad.md:3: properties" in err
    assert "1 that no note shows left out" in err
    assert "*.canvas: 1 file left out" in err
    assert tree(vault) == before
    assert set(tree(target)) == {
        "site.toml",
        "content/Talks/River Conf 2024/Monday.md",
        "content/Talks/River Conf 2024/Tuesday.md",
        "content/People/Mira Stone.md",
        "content/bad.md",
        "content/files/pump.png",
        "content/files/slides.pdf",
        "content/topics.toml",
    }
    code, _, err = call("build", "-s", target, "--strict")
    assert (code, [line for line in err.splitlines() if "KB" in line]) == (0, [])
    site = known(target)
    assert [one.title for one in site.sessions] == [
        "Pumps without electricity",
        "Canals in winter",
        "Who owns the rain",
    ]
    assert [one.name for one in site.people] == ["Ida Brook", "Jonas Weir", "Mira Stone"]
    assert [one.title for one in site.events] == ["River Conf 2024"]
    pumps = site.sessions[0]
    assert pumps.abstract_text == "How rams lift water ten times as high, and what that costs."
    assert [shown.asset for shown in pumps.pictures] == ["/files/pump.png"]
    assert {"river", "water", "talks", "hydraulics"} <= {use.name for use in pumps.topics}
    (tuesday,) = [one for one in site.notes if one.title == "Tuesday"]
    leads = {one.url for one in tuesday.targets}
    assert any(url.endswith("#pumps-without-electricity") for url in leads)
    assert "/files/slides.pdf" in leads
    page = next((target / "public").rglob("canals-in-winter/index.html")).read_text()
    assert "ask him" not in page
    river = next(one for one in site.topics if one.name == "river")
    assert [url.split("/")[2] for url in river.broader] == ["conf"]


def test_a_vault_is_imported_the_same_every_time(call: Call, vault: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert call("import", "obsidian", vault, "-o", tmp_path / name)[0] == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize("place", ["new", "Talks", "."])
def test_nothing_is_written_into_the_vault(call: Call, vault: Path, place: str) -> None:
    before = tree(vault)
    assert call("import", "obsidian", vault, "-o", vault / place)[0] == 2
    assert tree(vault) == before
    assert not (vault / "new").exists()


def test_links_that_lead_out_of_the_vault_are_not_followed(
    call: Call, vault: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "secret.png").write_text("secret")
    (vault / "secret.md").symlink_to(tmp_path / "secret.md")
    (vault / "files" / "pump.png").unlink()
    (vault / "files" / "pump.png").symlink_to(tmp_path / "secret.png")
    (vault / "out").symlink_to(tmp_path)
    (vault / "x.md").write_text("![[../secret.png]] [[../../secret]] [a](../secret.md)")
    target = tmp_path / "new"
    assert call("import", "obsidian", vault, "-o", target)[0] == 0
    texts = [data for path, data in tree(target).items() if not path.endswith("x.md")]
    assert not any(data == b"secret" for data in texts)


@pytest.mark.parametrize(
    ("program", "source"), [("ghost", "."), ("obsidian", "file"), ("obsidian", "empty")]
)
def test_the_wrong_kind_of_source(call: Call, tmp_path: Path, program: str, source: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    code, _, err = call("import", program, tmp_path / source, "-o", tmp_path / "new")
    assert code == 2
    assert len(err.splitlines()) == 2
    assert not (tmp_path / "new").exists()


def test_a_note_that_is_not_utf_8_is_told_and_utf_16_is_read(call: Call, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "old.md").write_bytes("# Montr\u00e9al\n\ncaf\u00e9\n".encode("latin-1"))
    (vault / "wide.md").write_bytes("# Montr\u00e9al\n".encode("utf-16"))
    code, _, err = call("import", "obsidian", vault, "-o", tmp_path / "new")
    assert code == 0
    assert "old.md:1: the file is not UTF-8" in err
    assert "wide.md:1: the file is not UTF-8" in err
    assert "Montr\u00e9al" in (tmp_path / "new/content/wide.md").read_text("utf-8")
