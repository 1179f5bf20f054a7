"""A rendered sample site on a static host, and a page of a browser that notes what went wrong."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from kb.rendering.site import render_site
from tests.conftest import hosted
from tests.rendering import sample

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the sample site is served, below a path as on many hosts."""
    folder = tmp_path_factory.mktemp("site")
    settings = sample.settings(base_url="https://notes.example/kb/")
    for output in render_site(sample.site(30), sample.notes(), settings, sample.theme()):
        path = folder / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.data)
    picture = folder / "pictures" / "pier.jpg"
    picture.parent.mkdir()
    picture.write_bytes(sample.picture())
    picture.with_name("pier.jpg.480.webp").write_bytes(sample.picture())
    with hosted(folder, "/kb/") as found:
        yield found


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script; without it the test is not run, and fails under CI=true."""
    if AXE.is_file():
        return AXE.read_text("utf-8")
    reason = "NOT RUN: axe-core is not installed (`npm ci` in tests/browser installs it)"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Watched:
    """A page with all that it asked for and complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.address):
            self.foreign.append(request.url)

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    """A page of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page(), address)
    context.close()
