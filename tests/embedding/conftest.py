"""Pelican, in an environment of its own: it cannot be installed beside Material for MkDocs."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PELICAN = ROOT / "build" / "pelican"
"""What `make pelican` fills."""


@pytest.fixture(scope="session")
def pelican(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command `pelican`, with kb as its wheel installed beside it."""
    command = PELICAN / "bin" / "pelican"
    if not command.is_file():
        reason = "Pelican is not installed: `make pelican` does it (needs the network)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("wheel")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", str(folder)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        timeout=100,
    )
    (wheel,) = folder.glob("*.whl")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    stamp = PELICAN / ".wheel"
    with (PELICAN / ".lock").open("w") as lock:  # tests may run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text() != digest:
            pip = [
                str(PELICAN / "bin" / "python"),
                "-m",
                "pip",
                "--disable-pip-version-check",
                "-qq",
            ]
            install = [*pip, "install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
            subprocess.run(install, check=True, capture_output=True, timeout=100)
            stamp.write_text(digest)
    return command
