"""The rule about browsers: without one, what needs it is not run, and under CI=true it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser


@pytest.mark.browser
def test_a_browser_runs(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>kb</h1>")
    assert page.get_by_role("heading").inner_text() == "kb"
    page.close()


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_a_browser(checkout: Path, tmp_path: Path, ci: str, outcome: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist"),
            f"{Path(__file__).relative_to(checkout)}::test_a_browser_runs",
        ],
        cwd=checkout,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
            "CI": ci,
            "KB_CHROMIUM": str(tmp_path / "none"),
            "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome in done.stdout.splitlines()[-1]
    assert "NOT RUN: no Chromium or Chrome was found" in done.stdout
    assert done.returncode == (1 if ci else 0)
