"""The documents are a site, built by kb's own command: no finding, every page, no broken link."""

import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


class Page(HTMLParser):
    """Collects what a page links to, and the ids it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids = {"top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.links += [value for key in ("href", "src") if (value := known.get(key))]
        self.ids |= {value for key in ("id", "name") if (value := known.get(key))}


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made as `make docs` does; strict, so that any finding fails."""
    place = tmp_path_factory.mktemp("documents")
    shutil.copytree(
        checkout / "docs",
        place / "docs",
        ignore=shutil.ignore_patterns(".kb", "search_index", "public"),
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "kb",
            "build",
            "-s",
            place / "docs",
            "-o",
            place / "out",
            "--strict",
        ],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    return place / "out"


def test_every_document_has_a_page_that_home_and_margin_name(built: Path, checkout: Path) -> None:
    names = {path.stem.lower() for path in (checkout / "docs").glob("*.md")}
    assert {path.parent.name for path in built.glob("guide/*/index.html")} == names
    settings = tomllib.loads((checkout / "docs" / "site.toml").read_text())
    listed = [page[0] for chapter in settings["params"]["chapters"] for page in chapter["pages"]]
    missing = "name the page in docs/site.toml, under [[params.chapters]]"
    assert sorted(listed) == sorted(names), missing
    home = Page((built / "index.html").read_text()).links
    assert {f"./guide/{name}/" for name in names} <= set(home)
    margin = Page((built / "guide" / "faq" / "index.html").read_text()).links
    assert {f"../../guide/{name}/" for name in names - {"faq"}} <= set(margin)


def test_documents_hold_no_talks(built: Path) -> None:
    assert list(built.glob("talks/*/*/index.html")) == []


def test_no_link_of_any_page_is_broken(built: Path) -> None:
    pages = {
        path.relative_to(built).as_posix(): Page(path.read_text())
        for path in sorted(built.rglob("*.html"))
    }
    assert len(pages) > 20
    broken = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or name == "404.html":
                continue
            path = unquote(parts.path)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            if not path:
                target = name
            elif path.endswith("/"):
                target = posixpath.normpath(f"{target}/index.html")
            if not (built / target).is_file():
                broken.append(f"{name}: {link}")
            elif parts.fragment and target in pages:
                known = unquote(parts.fragment) in pages[target].ids
                broken += [] if known else [f"{name}: {link}"]
    assert broken == []


def test_pages_say_what_the_source_says(built: Path, checkout: Path) -> None:
    """Samples of code, which hold headings and links of their own, come through as written."""
    page = (built / "guide" / "writing" / "index.html").read_text()
    text = re.sub(r"<[^>]+>", "", page)
    assert "#### Pumps without electricity" in text
