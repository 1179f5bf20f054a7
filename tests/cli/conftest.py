"""What tests of the terminal need: sites, and kb as a person runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.cli.app import run
from tests.building.sample import make_site

Kb = Callable[..., "subprocess.CompletedProcess[str]"]
Answer = tuple[int, str, str]
Call = Callable[..., Answer]


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's key, clock and colours out of the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The small site of building's tests."""
    return make_site(tmp_path / "site")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process; return exit code, stdout and stderr."""

    def invoke(*arguments: str | Path) -> Answer:
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return invoke


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """Run `kb` in a process of its own, in a folder."""

    def execute(
        *arguments: str, cwd: Path = tmp_path, **env: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "kb", *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return execute
