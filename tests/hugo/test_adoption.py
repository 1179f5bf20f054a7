"""The walk that docs/hugo.md tells: a blog of sixty posts becomes a knowledge base, unchanged."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.measured import Run, run
from tests.hugo.blog import POSTS, SUMMITS, drawn, make_blog
from tests.hugo.hugo import build

OWN = {"site.toml", ".kb", "kb-site", "search_index"}
_LEADS_TO = re.compile(r'http-equiv="?refresh"? content="0; ?url=([^"]+)"', re.IGNORECASE)


class Walk(NamedTuple):
    blog: Path
    before: dict[str, tuple[int, bytes]]
    adopted: Run
    built: Run


def stamped(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file and folder of the blog with its time of change and its bytes."""
    return {
        path.relative_to(root).as_posix(): (
            path.stat().st_mtime_ns if path.is_file() else 0,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(root.rglob("*"))
        if path.relative_to(root).parts[0] not in OWN
    }


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("hugo")
    blog = make_blog(folder / "blog")
    before = stamped(blog)
    state = {"XDG_STATE_HOME": str(folder / "state")}
    adopted = run(folder, "init", "--from-hugo", "blog", environment=state)
    assert adopted.code == 0, adopted.stderr
    assert sorted(path.name for path in blog.iterdir() if path.name in OWN) == ["site.toml"]
    built = run(blog, "build", environment=state)
    assert built.code == 0, built.stderr
    return Walk(blog, before, adopted, built)


@pytest.fixture(scope="module")
def published(walk: Walk) -> Path:
    """What Hugo makes of the blog, elsewhere."""
    output = walk.blog.parent / "public"
    build(walk.blog, output)
    return output


def test_the_blog_is_what_it_was(walk: Walk) -> None:
    assert stamped(walk.blog) == walk.before
    assert "No file of it was changed" in walk.adopted.stderr
    assert len([name for name in walk.before if name.endswith(".png")]) > 200


def test_summit_posts_are_talks_and_the_others_are_none(walk: Walk) -> None:
    listed = run(walk.blog, "list", "talks", "--csv").stdout.splitlines()
    assert len(listed) - 1 == SUMMITS * 4
    noted = run(walk.blog, "list", "notes", "--csv").stdout.splitlines()
    assert len(noted) - 1 >= POSTS
    events = run(walk.blog, "list", "events", "--csv").stdout
    assert events.count("Summit") >= 4


def test_nothing_is_wrong_with_it(walk: Walk) -> None:
    codes = set(re.findall(r"KB\d+", run(walk.blog, "check").stdout))
    assert codes == {"KB130"}  # the theme's own shortcode


def test_every_address_of_the_blog_is_there(walk: Walk, published: Path) -> None:
    made = walk.blog / "kb-site"
    theirs = {path.relative_to(published).as_posix() for path in published.rglob("*.*")}
    theirs = {name for name in theirs if (published / name).is_file()}
    feeds_of_terms = {
        name for name in theirs if re.match(r"(de/)?(tags|categories|series)/.*index\.xml", name)
    }
    kept = {name for name in feeds_of_terms if (made / name).is_file()}
    assert {"tags/summit/index.xml", "categories/conferences/index.xml"} <= kept
    assert b"<entry>" in (made / "tags/summit/index.xml").read_bytes()
    assert len([name for name in theirs if name.endswith(".html")]) > POSTS + 20
    lost = sorted(name for name in theirs - feeds_of_terms if not (made / name).is_file())
    assert lost == ["de/sitemap.xml", "en/sitemap.xml"]  # kb's one sitemap.xml has all


def test_what_leads_on_leads_to_a_page(walk: Walk) -> None:
    made = walk.blog / "kb-site"
    leading = 0
    for page in made.rglob("*.html"):
        found = _LEADS_TO.search(page.read_text())
        if found is not None:
            leading += 1
            target = (page.parent / found[1].partition("#")[0]).resolve()
            assert (target / "index.html").is_file() or target.is_file(), (page, found[1])
    assert leading > 20


def test_pictures_are_where_they_were(walk: Walk, published: Path) -> None:
    pictures = [path for path in published.rglob("*") if path.suffix in {".png", ".pdf"}]
    assert len(pictures) > 200
    for picture in pictures:
        copy = walk.blog / "kb-site" / picture.relative_to(published)
        assert copy.read_bytes() == picture.read_bytes()


def test_notes_show_what_the_shortcodes_meant(walk: Walk) -> None:
    page = walk.blog / "kb-site/2017/05/harbour-ops-summit-rotterdam-2017-tuesday/index.html"
    text = page.read_text()
    assert re.search(r"<em>The <em>[a-z ]+</em> slide</em>", text)
    assert "https://www.youtube.com/watch?v=w7Ft2ymG001" in text
    assert '<code class="language-sh">' in text
    assert "{{&lt; callout &gt;}}" in text
    assert '/2017/05/harbour-ops-summit-rotterdam-2017-monday/">the day before</a>' in text
    assert "<iframe" not in text


def test_the_search_knows_the_talks(walk: Walk) -> None:
    found = run(walk.blog, "search", 'speaker:"Femke de Boer" year:2017..2018').stdout
    assert "Who Watches the Metrics" in found


def test_hugo_still_builds_it_the_same(walk: Walk, published: Path, tmp_path: Path) -> None:
    apart = make_blog(tmp_path / "blog")
    build(apart, tmp_path / "public")

    def pages(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*.html")
        }

    assert pages(published) == pages(tmp_path / "public")


def small(root: Path, configuration: str = 'baseURL = "https://a.example/"\n') -> Path:
    (root / "content/posts").mkdir(parents=True)
    (root / "content/posts/a.md").write_text("+++\ntitle = 'A'\n+++\nText.\n")
    (root / "hugo.toml").write_text(configuration)
    (root / "public").mkdir()
    (root / "public/index.html").write_text("Hugo's")
    return root


@pytest.mark.parametrize("call", [("init",), ("init", "."), ("init", "--from-hugo", ".")])
def test_inside_a_blog_init_adopts_it(call: tuple[str, ...], tmp_path: Path) -> None:
    root = small(tmp_path / "blog")
    before = stamped(root)
    done = run(root, *call)
    assert done.code == 0, done.stderr
    assert "Adopted the Hugo blog of hugo.toml: 1 note in content/" in done.stderr
    assert "public/ stays Hugo's" in done.stderr
    assert run(root, "build").code == 0
    assert stamped(root) == before
    assert (root / "kb-site/posts/a/index.html").is_file()
    again = run(root, *call)
    assert again.code == 1
    assert "site.toml: is there already; nothing was changed" in again.stderr


def test_the_folder_to_build_to_is_nobodys(tmp_path: Path) -> None:
    root = small(tmp_path / "blog", 'baseURL = "/"\npublishDir = "kb-site-2"\n')
    (root / "kb-site").mkdir()
    (root / "kb-site/mine.txt").write_text("mine")
    assert run(root, "init").code == 0
    assert 'output = "kb-site-3"' in (root / "site.toml").read_text()
    assert run(root, "build", "-o", "public").code == 2
    assert (root / "public/index.html").read_text() == "Hugo's"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (
            "nothing here",
            2,
            "no Hugo blog: there is neither hugo.toml nor config.toml",
        ),
        ("broken", 2, "hugo.toml:3:1: error KB132: this is not TOML"),
        ("no content", 2, "the folder of the blog's content is not there"),
        ("content outside", 2, "kb reads nothing outside a site"),
        ("site.toml", 1, "is there already; nothing was changed"),
        ("site.toml is a link", 1, "is there already; nothing was changed"),
    ],
)
def test_what_cannot_be_adopted_is_left(change: str, code: int, said: str, tmp_path: Path) -> None:
    root = small(tmp_path / "blog")
    outside = tmp_path / "outside"
    outside.mkdir()
    if change == "nothing here":
        (root / "hugo.toml").unlink()
    elif change == "broken":
        (root / "hugo.toml").write_text("title = 'x'\nbaseURL = 'y\n")
    elif change in {"no content", "content outside"}:
        (root / "content").rename(outside / "content")
        if change == "content outside":
            (root / "content").symlink_to(outside / "content")
    elif change == "site.toml":
        (root / "site.toml").write_text("mine")
    else:
        (root / "site.toml").symlink_to(outside / "nowhere")
    before = stamped(root)
    done = run(root, "init", "--from-hugo", ".")
    assert done.code == code
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "Traceback" not in done.stderr
    assert stamped(root) == before
    assert not (outside / "nowhere").exists()
    assert not (root / "site.toml").exists() or change.startswith("site.toml")


def test_two_folders_are_one_too_many(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "here", "--from-hugo", "there")
    assert done.code == 2
    assert "leave FOLDER away" in done.stderr


def test_languages_in_folders_of_their_own(tmp_path: Path) -> None:
    root = small(
        tmp_path / "blog",
        'defaultContentLanguage = "en"\ndefaultContentLanguageInSubdir = true\n'
        '[languages.en]\ncontentDir = "content"\n[languages.de]\ncontentDir = "inhalt"\n',
    )
    (root / "inhalt/posts").mkdir(parents=True)
    (root / "inhalt/posts/a.md").write_text("+++\ntitle = 'A'\n+++\nText.\n")
    (root / "README.md").write_text("no note")
    (root / "layouts").mkdir()
    for name in ("single.html", "list.html", "home.html"):
        (root / "layouts" / name).write_text("x")
    assert run(root, "init").code == 0
    done = run(root, "build")
    assert done.code == 0, done.stderr
    assert "Read  2 notes" in done.stderr
    build(root, tmp_path / "public")
    theirs = {path.relative_to(tmp_path / "public") for path in tmp_path.glob("public/**/*.html")}
    assert theirs
    assert [path for path in sorted(theirs) if not (root / "kb-site" / path).is_file()] == []


@pytest.mark.parametrize(
    "configuration",
    [
        "uglyURLs = true\n",
        '[permalinks.page]\nposts = "/:sections/:monthname/:yearday/:title"\n',
        (
            '[permalinks.term]\ntags = "/t/:slug/"\n[permalinks.taxonomy]\ntags = "/all/"\n'
            '[permalinks.section]\nposts = "/articles/"\n'
        ),
        '[frontmatter]\ndate = [":filename", ":default"]\n[permalinks]\nposts = "/:year/:slug/"\n',
        '[permalinks]\n"/" = "/pages/:title/"\nposts = "/:2006-01-:02/:contentbasename/"\n',
        'disableKinds = ["RSS", "sitemap", "robotsTXT", "404"]\n',
    ],
)
def test_addresses_stay_whatever_the_configuration(configuration: str, tmp_path: Path) -> None:
    root = small(tmp_path / "blog", f'baseURL = "https://a.example/x/"\n{configuration}')
    notes = {
        "posts/Two Words & More.md": "title = 'T: w/ o'\ndate = 2019-03-04\ntags = ['A B', 'c/d']",
        "posts/2018-02-03-named.md": "title = 'Named'",
        "posts/old/deep.md": "title = 'Deep'\ndate = 2019-12-31T23:00:00-05:00",
        "posts/Trip/index.md": "title = 'Trip'\nslug = 'my trip'\ndate = 2019-03-04",
        "guide/_index.md": "title = 'Guide'",
        "guide/deep/_index.md": "title = 'Deep'",
        "guide/deep/page.md": "title = 'Page'\naliases = ['other', '/old/']",
        "alone.md": "title = 'Alone'\ndate = 2019-03-04",
    }
    if "filename" not in configuration:
        notes["posts/2018-02-03-named.md"] += "\ndate = 2018-02-03"
    (root / "content/posts/a.md").unlink()
    for name, keys in notes.items():
        path = root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"+++\n{keys}\n+++\nText.\n")
    (root / "content/posts/Trip/Pic 1.png").write_bytes(drawn("1"))
    (root / "layouts").mkdir()
    for name in ("single.html", "list.html", "home.html"):
        (root / "layouts" / name).write_text("x")
    assert run(root, "init").code == 0
    done = run(root, "build", "--strict")
    assert done.code == 0, done.stderr + done.stdout
    build(root, tmp_path / "public")
    theirs = {
        path.relative_to(tmp_path / "public")
        for path in tmp_path.glob("public/**/*.*")
        if path.suffix in {".html", ".png"}
    }
    assert len(theirs) > len(notes)
    assert [path for path in sorted(theirs) if not (root / "kb-site" / path).is_file()] == []
