"""Holds pages to Lighthouse, mobile preset: `python -m tests.browser.lighthouse public`.

Accessibility, best practices and SEO must be whole. Performance is measured on a simulated slow
telephone, yet depends on how busy this machine is: what is too slow is told, and is no failure.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import chromium
from tests.browser.pictures import PAGES
from tests.conftest import hosted

COMMAND = Path(__file__).parent / "node_modules" / ".bin" / "lighthouse"
KINDS = ("home", "talk", "event", "speaker", "links")
WHOLE = ("accessibility", "best-practices", "seo")
FAST = 95
SECONDS = 180


def scores(address: str, browser: str) -> dict[str, int]:
    """Return the score of the page at `address` in each category, 0 to 100.

    Raises:
        subprocess.SubprocessError: Lighthouse failed, or took too long.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                str(COMMAND),
                address,
                "--quiet",
                "--no-enable-error-reporting",
                f"--chrome-flags=--headless=new {' '.join(chromium.ARGUMENTS)}",
                f"--only-categories=performance,{','.join(WHOLE)}",
                "--output=json",
                f"--output-path={report}",
            ],
            env={**os.environ, "CHROME_PATH": browser},
            check=True,
            timeout=SECONDS,
            stdout=subprocess.DEVNULL,
        )
        categories = json.loads(report.read_text("utf-8"))["categories"]
    return {name: round(100 * (one["score"] or 0)) for name, one in categories.items()}


def main(site: Path) -> int:
    """Print the scores of a page of each kind; return the exit code."""
    browser = chromium.find()
    if browser is None:
        print("not run: Lighthouse needs Chromium", file=sys.stderr)
        return 0
    failed = False
    with hosted(site, "/") as address:
        for kind in KINDS:
            found = scores(address + PAGES.get(kind, ""), browser)
            print(f"{kind:8}", *(f"{name} {score}" for name, score in found.items()))
            failed |= any(found[name] < 100 for name in WHOLE)
            if found["performance"] < FAST:
                print(f"{kind} is slow (or this machine is busy)", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
