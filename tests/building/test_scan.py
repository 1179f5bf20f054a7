"""Which files are notes, which are published, which are nobody's business."""

from pathlib import Path

import pytest

from kb.building.project import Project, ProjectFault, check_output, open_project
from kb.building.scan import Scan, matches, scan


def site(folder: Path, configuration: str = "", *files: str) -> Project:
    folder.mkdir(exist_ok=True)
    (folder / "site.toml").write_text(configuration)
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    return open_project(folder)


def paths(found: Scan) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    return (
        [one.path for one in found.notes],
        [one.path for one in found.data],
        [(one.found.path, one.url) for one in found.assets],
    )


def test_notes_data_files_and_assets(tmp_path: Path) -> None:
    project = site(
        tmp_path,
        "",
        "content/a.md",
        "content/more/b.markdown",
        "content/people.toml",
        "content/more/people.toml",
        "content/more/photo 1.JPG",
        "content/more/secret.sh",
        "content/.hidden.md",
        "content/.git/c.md",
        "content/draft.md~",
        "static/images/x.png",
        "static/CNAME",
        "static/.well-known",
        "outside.md",
    )
    assert paths(scan(project)) == (
        ["content/a.md", "content/more/b.markdown"],
        ["content/people.toml"],
        [
            ("static/CNAME", "/CNAME"),
            ("static/images/x.png", "/images/x.png"),
            ("content/more/photo 1.JPG", "/more/photo%201.JPG"),
        ],
    )


def test_a_folder_of_notes_is_its_own_content(tmp_path: Path) -> None:
    project = site(
        tmp_path,
        '[content]\nfolder = "."\n[build]\noutput = "out"\n',
        "a.md",
        "sub/b.md",
        "out/.kb-manifest",
        "out/talk.md",
        "search_index/c.md",
        "themes/default/d.md",
        "static/e.md",
        ".kb/f.md",
    )
    notes, _, assets = paths(scan(project))
    assert notes == ["a.md", "sub/b.md"]
    assert assets == [("static/e.md", "/e.md")]


def test_a_site_published_under_another_name_is_no_content(tmp_path: Path) -> None:
    project = site(
        tmp_path,
        "[content]\nfolder = '.'\n[build]\noutput = 'out/new'\n",
        "day one.md",
        "stage.jpg",
        "old/.kb-manifest",
        "old/stage.jpg",
        "old/talks/boats/index.md",
    )
    assert paths(scan(project)) == (["day one.md"], [], [("stage.jpg", "/stage.jpg")])


def test_include_and_exclude(tmp_path: Path) -> None:
    project = site(
        tmp_path,
        '[content]\ninclude = ["posts/**/*.md", "*.txt"]\nexclude = ["posts/old/**"]\n',
        "content/posts/a.md",
        "content/posts/deep/b.md",
        "content/posts/old/c.md",
        "content/about.md",
        "content/d.txt",
    )
    notes, _, _ = paths(scan(project))
    assert notes == ["content/d.txt", "content/posts/a.md", "content/posts/deep/b.md"]


@pytest.mark.parametrize(
    ("path", "glob", "fits"),
    [
        ("a.md", "**/*.md", True),
        ("a/b/c.md", "**/*.md", True),
        ("a.md", "*.md", True),
        ("a/b.md", "*.md", False),
        ("a/b.md", "a/**", True),
        ("ab.md", "a?.md", True),
        ("a/.md", "a?.md", False),
        ("a1.md", "a[0-9].md", True),
        ("ax.md", "a[!0-9].md", True),
        ("a+b.md", "a+b.md", True),
    ],
)
def test_globs(path: str, glob: str, fits: bool) -> None:
    assert matches(path, glob) == fits


def test_links_out_and_odd_files_are_findings(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    project = site(tmp_path / "site", "", "content/a.md")
    (tmp_path / "site" / "content" / "out.md").symlink_to(tmp_path / "secret.md")
    found = scan(project)
    assert [one.path for one in found.notes] == ["content/a.md"]
    assert [(one.code, one.path) for one in found.findings] == [("KB109", "content/out.md")]


@pytest.mark.parametrize(
    "output",
    ["content", "content/public", ".", "..", "static", "themes", ".git", ".kb", "site.toml", "/"],
)
def test_outputs_that_would_do_harm_are_refused(tmp_path: Path, output: str) -> None:
    project = site(tmp_path / "site", "", "content/a.md")
    (tmp_path / "site" / "static").mkdir()
    target = project.root / output
    with pytest.raises(ProjectFault) as caught:
        check_output(open_project(project.root, target))
    assert caught.value.hint


def test_an_output_with_foreign_files_is_refused_until_kb_made_it(tmp_path: Path) -> None:
    project = site(tmp_path, "", "public/mine.txt")
    with pytest.raises(ProjectFault, match="did not make"):
        check_output(project)
    (tmp_path / "public" / ".kb-manifest").write_text("kb manifest 1\n")
    check_output(project)
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ProjectFault, match="is a file"):
        check_output(open_project(tmp_path, tmp_path / "out"))


def test_an_output_link_into_the_notes_is_refused(tmp_path: Path) -> None:
    project = site(tmp_path, "", "content/a.md")
    (tmp_path / "public").symlink_to("content")
    with pytest.raises(ProjectFault):
        check_output(open_project(project.root))


def test_what_is_no_site_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProjectFault, match=r"no site\.toml") as caught:
        open_project(tmp_path)
    assert "kb init" in caught.value.hint
    (tmp_path / "f").write_text("")
    with pytest.raises(ProjectFault, match="is a file"):
        open_project(tmp_path / "f")
    with pytest.raises(ProjectFault, match="does not exist"):
        open_project(tmp_path / "none")


def test_a_wrong_setting_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('title = "x"\n\ntitel = "y"\n')
    with pytest.raises(ProjectFault) as caught:
        open_project(tmp_path)
    assert [(one.path, one.line) for one in caught.value.findings] == [("site.toml", 3)]


@pytest.mark.parametrize("folder", ["../notes", "/tmp"])
def test_content_outside_the_site_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "site.toml").write_text(f'[content]\nfolder = "{folder}"\n')
    with pytest.raises(ProjectFault):
        open_project(tmp_path)
