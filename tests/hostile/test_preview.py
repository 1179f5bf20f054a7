"""What the preview adds to pages (findings, their lines, what kb sees) shows payloads as text."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kb.building.project import open_project
from kb.serving.preview import Preview, ServeOptions
from kb.serving.sites import SiteBuilder
from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.attacks import PAYLOADS, write_attack_site
from tests.hostile.corpora import some
from tests.hostile.visitor import Visitor, visitor
from tests.serving.site import eventually

pytestmark = pytest.mark.browser


@contextmanager
def preview_of(folder: Path) -> Iterator[str]:
    """Run the preview of the real site in `folder`; yield its address."""
    options = ServeOptions(port=0, editor="vscode")
    preview = Preview(SiteBuilder(open_project(folder)), options, lambda line: None)
    thread = threading.Thread(target=preview.run)
    thread.start()
    try:
        assert eventually(lambda: preview.ready, 90)
        yield f"http://localhost:{preview.port}/"
    finally:
        preview.stop()
        thread.join(60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("preview") / "site"
    write_attack_site(site, some(PAYLOADS, 35))
    return site


def drawers(seeing: Visitor, address: str, paths: list[str]) -> Iterator[str]:
    for path in paths:
        seeing.page.goto(address + path)
        drawer = seeing.page.locator(".kb-drawer")
        drawer.wait_for(state="attached")
        drawer.locator("summary").click()
        seeing.page.wait_for_timeout(200)
        text = drawer.inner_text()
        assert "This page" in text, path
        yield text
        for fault in seeing.audit_here():
            yield f"FAULT {path}: {fault}"


@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no policy"])
@pytest.mark.timeout(240)
def test_findings_are_text(browser: Browser, folder: Path, *, policy: bool) -> None:
    with preview_of(folder) as address, visitor(browser, address, policy=policy) as seeing:
        names = sorted(path.parent.name for path in (folder / "public/notes").glob("*/index.html"))
        paths = [f"notes/{name}/" for name in some(names, 12)]
        told = list(drawers(seeing, address, paths))
        assert [line for line in told if line.startswith("FAULT")] == []
        assert any("<" in text and "alert(1)" in text for text in told)
        for path in (*paths[:4], "javascript:alert(1)", '"><img src=x onerror=alert(1)>'):
            seeing.page.goto(f"{address}__kb/?page=/{path}")
            assert seeing.audit_here() == [], path
        seeing.page.goto(f"{address}__kb/?page=javascript:alert(1)")
        assert seeing.audit_here() == []
