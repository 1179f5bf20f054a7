"""Draws the pictures of docs/pages.md: `python -m tests.browser.pictures public docs/pages`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests import chromium
from tests.conftest import hosted

PAGES = {
    "event": "events/harbour-ops-days-rotterdam-2018/",
    "events": "events/",
    "talk": "talks/openstack-summit-boston-2017/consuming-multiple-openstack-clouds-with-ease/",
    "talks": "talks/",
    "speaker": "speakers/monty-taylor/",
    "speakers": "speakers/",
    "topic": "topics/kubernetes/",
    "topics": "topics/",
    "links": "links/",
    "note": "notes/openstack-summit-boston-monday/",
    "notes": "notes/",
    "search": "search/?q=cells",
}
"""Name of the picture → page of the sample site."""


def draw(site: Path, folder: Path) -> None:
    """Write a picture of each kind of page of the published sample `site` into `folder`."""
    path = chromium.find()
    if path is None:
        sys.exit("no Chromium or Chrome was found")
    folder.mkdir(parents=True, exist_ok=True)
    with hosted(site, "/") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        for name, place in PAGES.items():
            page.goto(address + place)
            _shoot(page, folder / f"{name}.webp")
        dark = browser.new_page(viewport={"width": 390, "height": 760}, color_scheme="dark")
        dark.goto(address + PAGES["talk"])
        _shoot(dark, folder / "talk-small.webp")
        paper = browser.new_page(viewport={"width": 800, "height": 1000})
        paper.emulate_media(media="print")
        paper.goto(address + PAGES["event"])
        _shoot(paper, folder / "event-print.webp")
        browser.close()


def _shoot(page: Page, target: Path) -> None:
    page.wait_for_load_state("networkidle")
    shot = page.screenshot(animations="disabled")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.thumbnail((960, 960))
    picture.save(target, "WEBP", quality=72, method=6)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
