"""The wheel, built once for all tests of the release."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EPOCH = "1577836800"


def build_wheel(source: Path, target: Path) -> Path:
    """Build the wheel of the project in `source` into `target`, and return its path."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", target],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        check=True,
        capture_output=True,
        timeout=60,
    )
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be published."""
    return build_wheel(checkout, tmp_path_factory.mktemp("wheel"))
