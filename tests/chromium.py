"""Finds the browser that tests drive: `python -m tests.chromium` prints its path, or exits 1."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")
"""Tests run in containers, often as root and with a small /dev/shm: Chromium needs both there."""


def installed() -> str | None:
    """Return the path of a Chromium or Chrome that the machine has, or None.

    `KB_CHROMIUM` in the environment goes before everything else.
    """
    named = os.environ.get("KB_CHROMIUM", "")
    if named:
        return named if Path(named).is_file() else None
    found = (shutil.which(name) for name in NAMES)
    on_path = next((path for path in found if path), None)
    return on_path or next((path for path in MACOS if Path(path).is_file()), None)


def downloaded() -> str | None:
    """Return the path of the Chromium that Playwright downloaded, or None."""
    try:
        with sync_playwright() as playwright:
            path = Path(playwright.chromium.executable_path)
    except Error:
        return None
    return str(path) if path.is_file() else None


def find() -> str | None:
    """Return the path of a browser to test with, or None where there is none."""
    return installed() or downloaded()


if __name__ == "__main__":
    browser = find()
    if browser is None:
        sys.exit(1)
    print(browser)
