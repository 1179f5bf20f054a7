"""The scripts of search as they are published: `python -m tests.browser.lean` makes them.

Not every host compresses what it sends, and these are the scripts that somebody waits for. Beside
`NAME.js`, which people read and change, lies `NAME.min.js`, which terser made of it; kb publishes
the latter under the former's name. It begins with the digest of what it was made of.
"""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parents[2] / "themes" / "default" / "static"
TERSER = Path(__file__).parent / "node_modules" / ".bin" / "terser"
OPTIONS = ("--module", "--compress", "passes=3", "--mangle")
LEAN = ("search", "search-engine", "search-ui")
_MARK = re.compile(r"/\* ([0-9a-f]{8}) \*/")


def digest(name: str) -> str:
    """Return the digest of a script as people write it."""
    return sha256((STATIC / f"{name}.js").read_bytes()).hexdigest()[:8]


def made_of(name: str) -> str:
    """Return the digest of what the published form of a script was made of."""
    found = _MARK.match((STATIC / f"{name}.min.js").read_text("utf-8"))
    return found[1] if found else ""


def lean(name: str) -> str:
    """Return the published form of a script."""
    command: list[str | Path] = [TERSER, STATIC / f"{name}.js", *OPTIONS]
    made = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return f"/* {digest(name)} */{made.stdout.strip()}\n"


def main() -> None:
    """Make the published form of every script of search."""
    for name in LEAN:
        (STATIC / f"{name}.min.js").write_text(lean(name), "utf-8")
        print(f"{name}.min.js: {(STATIC / f'{name}.min.js').stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
