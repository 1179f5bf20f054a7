"""kb inside Pelican: real builds, kb installed from its wheel."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.embedding.sites import (
    DAY,
    FRIDAY,
    HOSTILE,
    PIXEL,
    SITE,
    alerts,
    broken_links,
    read,
    title_of,
)

SETTINGS = """\
SITENAME = "Tide notes"
SITEURL = "https://tide.example.org"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
THEME = "{theme}"
PLUGINS = ["kb"]
RELATIVE_URLS = {relative}
{more}
"""


def article(text: str, name: str, status: str = "published") -> str:
    """Return a note as Pelican wants it: keys above, the title among them."""
    title, _, body = text.partition("\n")
    keys = f"Title: {title.removeprefix('# ')}\nDate: 2021-09-1{len(name)} 10:00\nCategory: heard"
    return f"{keys}\nSlug: {name}\nStatus: {status}\n{body}"


def make(folder: Path, theme: str = "notmyidea", relative: str = "True", more: str = "") -> Path:
    content = folder / "content"
    (content / "kanal").mkdir(parents=True)
    (content / "kanal" / "thursday.md").write_text(
        article(DAY, "thu")
        .replace("(stage.png)", "({attach}stage.png)")
        .replace("(friday.md)", "({filename}friday.md)")
    )
    (content / "kanal" / "friday.md").write_text(article(FRIDAY, "fri"))
    (content / "kanal" / "stage.png").write_bytes(PIXEL)
    text = SETTINGS.format(theme=theme, relative=relative, more=more)
    (folder / "pelicanconf.py").write_text(text)
    return folder


def build(pelican: Path, folder: Path) -> Path:
    """Build; any warning is an error. Return the folder of the site."""
    command = [str(pelican), "content", "-s", "pelicanconf.py", "-o", "site", "--fatal", "warnings"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.mark.parametrize("theme", ["notmyidea", "simple"])
@pytest.mark.parametrize("relative", ["True", "False"])
def test_a_build_has_all_pages_and_no_broken_link(
    pelican: Path, tmp_path: Path, theme: str, relative: str
) -> None:
    site = build(pelican, make(tmp_path, theme, relative))
    talk = site / "talks/kanal-days-2021/locks-and-keys/index.html"
    for name in (
        "talks/kanal-days-2021/locks-and-keys",
        "talks/kanal-days-2021/bridges-that-wait",
        "events/kanal-days-2021",
        "speakers/ines-carvalho",
        "talks",
        "events",
        "speakers",
    ):
        assert (site / name / "index.html").is_file(), name
    assert broken_links(site) == []
    assert "A lock without a key is a wall" in talk.read_text()
    assert "{filename}" not in talk.read_text()
    links = read(talk).links
    start = "../../.." if relative == "True" else SITE
    assert f"{start}/speakers/ines-carvalho/" in links
    assert [one for one in links if one.endswith("fri.html")]


def test_the_menu_has_the_lists_and_not_each_talk(pelican: Path, tmp_path: Path) -> None:
    home = read(build(pelican, make(tmp_path)) / "index.html").links
    assert [one for one in home if one.endswith("/talks/")]
    menu = [one for one in home if "bridges" in one]
    assert len(menu) <= 1  # below the newest article, which tells of it


def test_articles_lead_to_their_talks_from_wherever_they_are_shown(
    pelican: Path, tmp_path: Path
) -> None:
    site = build(pelican, make(tmp_path))
    assert [one for one in read(site / "thu.html").links if "talks/kanal-days-2021/locks" in one]
    feeds = (tmp_path / "site").rglob("*.xml")
    assert not [feed for feed in feeds if "{filename}" in feed.read_text()]
    site = build(pelican, make(tmp_path / "b", more="KB_TALKS_IN_NOTES = False"))
    assert not [one for one in read(site / "thu.html").links if "talks/kanal-days-2021" in one]


def test_pages_may_go_to_a_folder(pelican: Path, tmp_path: Path) -> None:
    site = build(pelican, make(tmp_path, more='KB_FOLDER = "heard"\nKB_MENU = False'))
    assert (site / "heard/talks/kanal-days-2021/locks-and-keys/index.html").is_file()
    assert not (site / "talks").exists()
    assert broken_links(site) == []
    assert not [one for one in read(site / "tags.html").links if one.endswith("heard/talks/")]


def test_pictures_of_talks_are_published(pelican: Path, tmp_path: Path) -> None:
    make(tmp_path)
    thursday = tmp_path / "content/kanal/thursday.md"
    thursday.write_text(thursday.read_text() + "\n![Key](../keys/big.png)\n")
    (tmp_path / "content/keys").mkdir()
    (tmp_path / "content/keys/big.png").write_bytes(PIXEL)
    site = build(pelican, tmp_path)
    page = site / "talks/kanal-days-2021/panel-who-holds-the-key/index.html"
    (link,) = {one for one in read(page).links if one.endswith("big.png")}
    assert (page.parent / link).read_bytes() == PIXEL


def test_drafts_and_hidden_articles_tell_nothing(pelican: Path, tmp_path: Path) -> None:
    make(tmp_path)
    for name in ("draft", "hidden"):
        text = article(FRIDAY.replace("Bridges", f"Secret {name}"), name, name)
        (tmp_path / "content" / f"{name}.md").write_text(text)
    site = build(pelican, tmp_path)
    assert not [page for page in site.rglob("talks/**/*.html") if "Secret" in page.read_text()]


def test_a_page_of_ones_own_stays(pelican: Path, tmp_path: Path) -> None:
    make(tmp_path)
    pages = tmp_path / "content" / "pages"
    pages.mkdir()
    text = "Title: Mine\nURL: talks/\nSave_as: talks/index.html\n\nMy own list.\n"
    (pages / "mine.md").write_text(text)
    site = build(pelican, tmp_path)
    assert "My own list." in (site / "talks/index.html").read_text()
    assert (site / "talks/kanal-days-2021").is_dir()


@pytest.mark.parametrize("theme", ["notmyidea", "simple"])
def test_hostile_text_stays_text(pelican: Path, tmp_path: Path, theme: str) -> None:
    make(tmp_path, theme)
    (tmp_path / "content" / "saturday.md").write_text(article(HOSTILE, "sat"))
    site = build(pelican, tmp_path)
    own = site / "own"
    own.mkdir()
    for name in ("talks", "speakers", "events", "topics"):
        if (site / name).exists():
            (site / name).rename(own / name)
    assert [page for page in own.rglob("*.html") if "alert(1)" in page.read_text()]
    assert alerts(own) == []
    talk = next(own.glob("talks/kanal-days-2021/*script*/index.html"))
    assert not re.search(r"<(?!/title>)", title_of(talk))


def test_two_builds_are_the_same(pelican: Path, tmp_path: Path) -> None:
    site = build(pelican, make(tmp_path))
    first = {path: path.read_bytes() for path in site.rglob("*/index.html")}
    build(pelican, tmp_path)
    assert first
    assert all(path.read_bytes() == data for path, data in first.items())
