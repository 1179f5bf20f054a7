"""Draws the picture of the README: `python -m tests.e2e.screenshot public docs/home.webp`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import chromium
from tests.conftest import hosted


def draw(site: Path, target: Path) -> None:
    """Write the home page of the published `site` to `target`, as seen on a laptop."""
    path = chromium.find()
    if path is None:
        sys.exit("no Chromium or Chrome was found")
    with hosted(site, "/") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        page = browser.new_page(viewport={"width": 1200, "height": 750})
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shot = page.screenshot(animations="disabled")
        browser.close()
    Image.open(io.BytesIO(shot)).convert("RGB").save(target, "WEBP", quality=82, method=6)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
