"""Sites built by the real command, and a browser that watches what their pages do."""

import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

KB = Path(sysconfig.get_path("scripts")) / "kb"

Watch = Callable[[str], "Visit"]


def kb(folder: Path, *arguments: str, timeout: float = 100) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, in `folder`, and return what came of it."""
    return subprocess.run(
        [KB, *arguments], cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
    )


class Visit:
    """One visitor: a page, and everything that went wrong or left the site while it was open."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        page.on("request", self._requested)
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " console.error('policy', event.violatedDirective, event.blockedURI))"
        )

    def _requested(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.hosts.add(urlsplit(request.url).netloc)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A browser asks for this by itself where a page that only leads on names no icon.
        asked_by_itself = message.location["url"].endswith("/favicon.ico")
        if message.type in {"error", "warning"} and not asked_by_itself:
            self.faults.append(f"{self.page.url}: {message.text}")

    def open(self, path: str = "") -> None:
        """Go to `path` below the site's address."""
        self.page.goto(self.address + path)

    def heading(self) -> str:
        """Return the page's title as shown."""
        return self.page.get_by_role("heading", level=1).first.inner_text().strip()

    def follow(self, name: str) -> None:
        """Click the first link of the page's main part that is called `name`."""
        link = self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first
        link.click()
        self.page.wait_for_load_state()

    def links_of(self, pattern: str) -> list[tuple[str, str]]:
        """Return text and complete address of the main part's links that fit a CSS selector."""
        found: Any = self.page.locator("main").first.locator(pattern)
        pairs = found.evaluate_all("all => all.map((a) => [a.innerText.trim(), a.href])")
        return [(text, address) for text, address in pairs]

    def search(self, query: str) -> None:
        """Open the search from the header and type `query`."""
        self.page.locator("[data-search-open]").first.click()
        self.page.get_by_role("dialog").get_by_role("combobox").fill(query)

    def take(self, title: str) -> None:
        """Click the hit that shows `title`."""
        hit = self.page.get_by_role("listbox").get_by_role("option").filter(has_text=title)
        hit.locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def check(self) -> None:
        """Hold that nothing failed and that no other host was asked for anything."""
        assert self.faults == []
        assert self.hosts == {urlsplit(self.address).netloc}


@pytest.fixture
def visit(browser: Browser) -> Iterator[Watch]:
    """Open a site in a browser of its own; the pages are checked when the test ends."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    visits: list[Visit] = []

    def start(address: str) -> Visit:
        visits.append(Visit(context.new_page(), address))
        visits[-1].open()
        return visits[-1]

    yield start
    for one in visits:
        one.check()
    context.close()


@pytest.fixture(scope="session")
def sample(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published site of the sample notes."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    folder.mkdir()
    shutil.copy(checkout / "site.toml", folder)
    for name in ("content", "static"):
        shutil.copytree(checkout / name, folder / name)
    built = kb(folder, "build")
    assert built.returncode == 0, built.stderr
    return folder / "public"


@pytest.fixture(scope="session")
def seed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published site of one real note and its pictures, in a folder that `kb init` readied."""
    folder = tmp_path_factory.mktemp("seed") / "site"
    folder.mkdir()
    for name in ("content", "static"):
        shutil.copytree(shared / "seed" / name, folder / name)
    assert kb(folder, "init", ".").returncode == 0
    built = kb(folder, "build")
    assert built.returncode == 0, built.stderr
    return folder / "public"
