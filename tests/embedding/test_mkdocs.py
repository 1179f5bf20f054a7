"""kb inside MkDocs: real builds, with both themes that people use."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.embedding.sites import DAY, FRIDAY, HOSTILE, PIXEL, alerts, broken_links, read, title_of

CONFIG = """\
site_name: Tide notes
theme: {{name: {theme}}}
use_directory_urls: {directories}
plugins:
  - search
  - kb{settings}
"""


def make(
    folder: Path, theme: str = "mkdocs", directories: str = "true", settings: str = ": {}"
) -> Path:
    docs = folder / "docs"
    (docs / "kanal").mkdir(parents=True)
    (docs / "index.md").write_text("# Welcome\n\nNothing of conferences here.\n")
    (docs / "kanal" / "thursday.md").write_text(DAY)
    (docs / "kanal" / "friday.md").write_text(FRIDAY)
    (docs / "kanal" / "stage.png").write_bytes(PIXEL)
    (docs / "people.toml").write_text('[[people]]\nname = "Ines Carvalho"\naliases = ["ines"]\n')
    text = CONFIG.format(theme=theme, directories=directories, settings=settings)
    (folder / "mkdocs.yml").write_text(text)
    return folder


def build(folder: Path, *options: str) -> str:
    """Build strictly; return what MkDocs said."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *options],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def environment() -> dict[str, str]:
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
@pytest.mark.parametrize("directories", ["true", "false"])
def test_a_strict_build_has_all_pages_and_no_broken_link(
    tmp_path: Path, theme: str, directories: str
) -> None:
    make(tmp_path, theme, directories)
    build(tmp_path)
    site = tmp_path / "site"
    end = "/index.html" if directories == "true" else ".html"
    talk = site / f"talks/kanal-days-2021/locks-and-keys{end}"
    assert talk.is_file()
    for name in (
        "events/kanal-days-2021",
        "talks/kanal-days-2021/panel-who-holds-the-key",
        "speakers/ines-carvalho",
        "speakers/femke-de-boer",
    ):
        assert (site / f"{name}{end}").is_file(), name
    for name in ("events", "talks", "speakers"):
        assert (site / name / "index.html").is_file()
    assert broken_links(site) == []
    html = talk.read_text()
    assert "<h1" in html
    assert "Locks &amp; ‹Keys›" in html
    assert "A lock without a key is a wall" in html
    links = read(talk).links
    assert any(one.startswith("../") and "speakers/ines-carvalho" in one for one in links)
    assert any("kanal/friday" in one for one in links)
    assert any(
        one.endswith("kanal/stage.png") for one in read(site / f"events/kanal-days-2021{end}").links
    )


def test_the_navigation_has_the_lists_and_not_each_talk(tmp_path: Path) -> None:
    make(tmp_path)
    build(tmp_path)
    home = read(tmp_path / "site" / "index.html").links
    assert {"events/", "talks/", "speakers/"} <= set(home)
    assert not [one for one in home if "locks-and-keys" in one]
    assert "Conferences" in (tmp_path / "site" / "index.html").read_text()


def test_a_navigation_of_ones_own_may_place_the_lists(tmp_path: Path) -> None:
    make(tmp_path)
    with (tmp_path / "mkdocs.yml").open("a") as file:
        file.write("nav: [index.md, {Heard: talks/index.md}]\n")
    build(tmp_path)
    home = (tmp_path / "site" / "index.html").read_text()
    assert "Heard" in home
    assert "Conferences" not in home


def test_the_page_of_a_note_leads_to_its_talks_unless_told_otherwise(tmp_path: Path) -> None:
    make(tmp_path)
    build(tmp_path)
    note = tmp_path / "site" / "kanal" / "thursday" / "index.html"
    assert "../../talks/kanal-days-2021/locks-and-keys/" in read(note).links
    make(tmp_path / "b", settings=": {talks_in_notes: false}")
    build(tmp_path / "b")
    note = tmp_path / "b" / "site" / "kanal" / "thursday" / "index.html"
    assert not [one for one in read(note).links if "locks-and-keys" in one]


def test_pages_may_go_to_a_folder(tmp_path: Path) -> None:
    make(tmp_path, settings=": {folder: heard, nav: ''}")
    build(tmp_path)
    site = tmp_path / "site"
    assert (site / "heard/talks/kanal-days-2021/locks-and-keys/index.html").is_file()
    assert not (site / "talks").exists()
    assert broken_links(site) == []
    assert not [one for one in read(site / "index.html").links if "heard/talks" in one]


def test_a_page_of_ones_own_stays(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "docs" / "talks").mkdir()
    (tmp_path / "docs" / "talks" / "index.md").write_text("# Mine\n\nMy own list.\n")
    said = build(tmp_path)
    assert "talks/index.md is yours and stays" in said
    assert "My own list." in (tmp_path / "site" / "talks" / "index.html").read_text()
    assert (tmp_path / "site" / "talks" / "kanal-days-2021").is_dir()


def test_data_files_are_heeded_and_not_published(tmp_path: Path) -> None:
    make(tmp_path)
    build(tmp_path)
    assert not (tmp_path / "site" / "people.toml").exists()
    assert "ines" in (tmp_path / "site" / "speakers/ines-carvalho/index.html").read_text()


def test_excluded_pages_tell_nothing(tmp_path: Path) -> None:
    make(tmp_path)
    with (tmp_path / "mkdocs.yml").open("a") as file:
        file.write("exclude_docs: kanal/friday.md\nvalidation: {links: {not_found: info}}\n")
    build(tmp_path)
    assert not [path for path in (tmp_path / "site").rglob("*") if "bridges" in path.name]
    assert (
        "Bridges That Wait" not in (tmp_path / "site/speakers/ines-carvalho/index.html").read_text()
    )


def test_a_note_with_toml_front_matter_has_its_title(tmp_path: Path) -> None:
    make(tmp_path)
    matter = '+++\ntitle = "Kanal Days 2022"\ndate = "2022-03-01"\n+++\n'
    text = f"{matter}\n#### Ebb & Flow\n\n- Noor Haddad\n\n* It turns\n"
    (tmp_path / "docs" / "kanal" / "ebb.md").write_text(text)
    build(tmp_path)
    page = tmp_path / "site" / "kanal" / "ebb" / "index.html"
    assert "Kanal Days 2022" in title_of(page)
    assert "+++" not in page.read_text()


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_hostile_text_stays_text(tmp_path: Path, theme: str) -> None:
    make(tmp_path, theme)
    # MkDocs itself runs what a page of its own holds: only kb's pages are looked at.
    (tmp_path / "docs" / "kanal" / "saturday.md").write_text(HOSTILE)
    build(tmp_path)
    own = tmp_path / "site"
    for page in own.glob("kanal/saturday/*.html"):
        page.unlink()
    assert [page for page in own.rglob("*.html") if "alert(1)" in page.read_text()]
    assert alerts(own) == []
    assert not [
        page for page in own.rglob("*.html") if page.parent.name and "49 --8" in page.read_text()
    ]


def test_a_configuration_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "site.toml").write_text("nonsense = 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode != 0
    assert "site.toml:1:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_builds_are_the_same(tmp_path: Path) -> None:
    make(tmp_path)
    build(tmp_path)
    first = {path: path.read_bytes() for path in (tmp_path / "site").rglob("talks/**/*.html")}
    build(tmp_path)
    assert first
    assert all(path.read_bytes() == data for path, data in first.items())


def test_serve_shows_a_talk_that_is_added(tmp_path: Path) -> None:
    make(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        address = f"http://127.0.0.1:{port}/talks/"
        assert "Bridges That Wait" in shown(address, "Bridges That Wait")
        friday = tmp_path / "docs" / "kanal" / "friday.md"
        friday.write_text(FRIDAY + "\n#### Tides Are Late\n\n- Noor Haddad\n\n* By an hour\n")
        assert "Tides Are Late" in shown(address, "Tides Are Late")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def shown(address: str, words: str) -> str:
    """Return the page at `address` once it has `words`, or as it is after a minute."""
    text = ""
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                text = answer.read().decode()
        except OSError:
            text = ""
        if words in text:
            break
        time.sleep(0.25)
    return text
