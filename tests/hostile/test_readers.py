"""Text that attacks the reader: nothing of it runs, in a real browser, with the policy and without.

The pages are written as `kb build` writes them, from notes that have every payload in every place.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import kb
from tests.hostile.attacks import PAYLOADS, write_attack_site
from tests.hostile.corpora import WHOLE, content, rows, some
from tests.hostile.pages import faults
from tests.hostile.visitor import add_harness, pages_of, visitor

SEEN = (".html", ".json", ".xml")


def built(folder: Path, payloads: tuple[str, ...]) -> Path:
    """Return the published site of notes with `payloads`."""
    write_attack_site(folder, payloads)
    done = kb(folder, "build", timeout=3000)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    add_harness(folder / "public")
    return folder / "public"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("attacked") / "site", PAYLOADS)


@pytest.fixture(scope="module")
def collected(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = [content(row) for name in ("xss", "xss-markdown") for row in rows(shared, name)]
    payloads = tuple(dict.fromkeys(data.decode("utf-8", "replace") for data in some(found, 30)))
    return built(tmp_path_factory.mktemp("collected") / "site", payloads)


def published(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.suffix in SEEN and path.is_file())
    return sorted(path for path in files if "theme" not in path.relative_to(folder).parts)


def looked_at(folder: Path) -> list[str]:
    return [
        fault
        for path in published(folder)
        for fault in faults(path.relative_to(folder).as_posix(), path.read_bytes())
    ]


def test_no_file_holds_anything_that_runs(attacked: Path) -> None:
    assert len(published(attacked)) > 500
    assert looked_at(attacked) == []


@pytest.mark.shared
@pytest.mark.timeout(7200 if WHOLE else 120)
def test_no_file_holds_anything_that_runs_of_the_corpus(collected: Path) -> None:
    assert looked_at(collected) == []


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no policy"])
@pytest.mark.timeout(7200 if WHOLE else 180)
def test_nothing_runs_in_a_browser(
    browser: Browser, publish: Callable[..., str], attacked: Path, *, policy: bool
) -> None:
    pages = pages_of(attacked)
    with visitor(browser, publish(attacked), policy=policy) as seeing:
        assert seeing.see(some(pages, 80)) == []


@pytest.mark.browser
@pytest.mark.shared
@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no policy"])
@pytest.mark.timeout(20000 if WHOLE else 180)
def test_nothing_of_the_corpus_runs_in_a_browser(
    browser: Browser, publish: Callable[..., str], collected: Path, *, policy: bool
) -> None:
    pages = pages_of(collected)
    with visitor(browser, publish(collected), policy=policy) as seeing:
        assert seeing.see(some(pages, 60)) == []


@pytest.mark.browser
def test_the_visitor_would_see_it(
    browser: Browser, publish: Callable[..., str], tmp_path: Path
) -> None:
    """The same payloads, printed as they are: the control of the tests above."""
    for number, payload in enumerate(PAYLOADS):
        page = f"<!DOCTYPE html><title>t</title><body><a href='{payload}'>{payload}</a>"
        (tmp_path / f"{number:03}.html").write_bytes(page.encode("utf-8", "replace"))
    add_harness(tmp_path)
    with visitor(browser, publish(tmp_path), policy=False) as seeing:
        wrong = seeing.see(pages_of(tmp_path))
    assert len({line.split()[0] for line in wrong}) > len(PAYLOADS) / 2
    assert sum(" ran alert" in line for line in wrong) > 5
    assert any("evil.example" in line for line in seeing.foreign)


@pytest.mark.browser
def test_the_search_shows_payloads_as_text(
    browser: Browser, publish: Callable[..., str], attacked: Path
) -> None:
    address = publish(attacked)
    with visitor(browser, address, policy=False) as seeing:
        page = seeing.page
        page.goto(address)
        page.locator("[data-search-open]").first.click()
        for query in ("alert", "script", "onerror", *some(PAYLOADS, 12)):
            page.get_by_role("dialog").get_by_role("combobox").fill(query)
            page.wait_for_timeout(150)
            assert seeing.audit_here() == [], query
        assert page.get_by_role("listbox").count()


TURNED = "\u202e\u2066txt.exe\u2069"


def test_text_that_turns_is_isolated_in_titles_and_shown_in_code(attacked: Path) -> None:
    pages = [path.read_text() for path in attacked.glob("notes/*txt.exe/index.html")]
    (page,) = pages
    title = re.search("<title>(.*?)</title>", page)
    heading = re.search("<h1[^>]*>(.*?)</h1>", page)
    assert title is not None
    assert heading is not None
    assert title[1].startswith(f"\u2068{TURNED}\u2069")
    assert heading[1] == f"\u2068{TURNED}\u2069"
    for code in re.findall("<code>(.*?)</code>", page, re.DOTALL):
        assert not set(TURNED[:2]) & {*code}, code
    assert page.count("U+202E") >= 2


def test_the_site_is_kept_apart(attacked: Path, tmp_path: Path) -> None:
    """Nothing that kb wrote lies beside the site, whatever file names and aliases said."""
    beside = {path.name for path in attacked.parent.iterdir()}
    assert beside == {"public", "content", "site.toml", ".kb", "search_index"}
    shutil.rmtree(tmp_path)
