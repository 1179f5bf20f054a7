"""The same notes give the same bytes, whoever builds them, where, when, and in which order."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.building.sample import make_site, tree

CHECKOUT = Path(__file__).parents[2]
BUILD = [sys.executable, "-m", "kb", "build", "-q", "--no-index"]


def build(
    root: Path, *arguments: str, env: Mapping[str, str] | None = None, umask: int = 0o022
) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(CHECKOUT), "SOURCE_DATE_EPOCH": "1767225600"}
    subprocess.run(
        [*BUILD, *arguments],
        cwd=root,
        env={**surroundings, **(env or {})},
        umask=umask,
        check=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = make_site(tmp_path_factory.mktemp("expected") / "site")
    build(root, env={"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"})
    return tree(root / "public")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "random", "TZ": "Asia/Kathmandu", "LANG": "de_DE.UTF-8"},
        {"SOURCE_DATE_EPOCH": "1830297600"},
        {"HOME": "/nonexistent", "XDG_STATE_HOME": "/nonexistent", "USER": "somebody"},
    ],
    ids=["hash-1", "hash-2", "hash-random", "later", "nobody"],
)
def test_surroundings_change_no_byte(
    tmp_path: Path, expected: dict[str, bytes], env: dict[str, str]
) -> None:
    root = make_site(tmp_path / "another" / "place")
    build(root, env=env)
    assert tree(root / "public") == expected


def test_umask_and_the_output_folder_change_no_byte(
    tmp_path: Path, expected: dict[str, bytes]
) -> None:
    root = make_site(tmp_path / "site")
    build(root, "-o", str(tmp_path / "out"), "--jobs", "2", umask=0o077)
    assert tree(tmp_path / "out") == expected


def test_the_order_of_folders_changes_no_byte(
    tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are made in another order, and the system lists them backwards."""
    first = make_site(tmp_path / "first")
    root = tmp_path / "site"
    for name, data in sorted(tree(first).items(), reverse=True):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "backwards").mkdir()
    (tmp_path / "backwards" / "sitecustomize.py").write_text(
        "import os\n"
        "real = os.scandir\n"
        "class Backwards:\n"
        "    def __init__(self, *a):\n"
        "        with real(*a) as found:\n"
        "            self.found = sorted(found, key=lambda one: one.name, reverse=True)\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *a): pass\n"
        "    def __iter__(self): return iter(self.found)\n"
        "    def close(self): pass\n"
        "os.scandir = Backwards\n"
    )
    build(root, env={"PYTHONPATH": f"{tmp_path / 'backwards'}:{CHECKOUT}"})
    assert tree(root / "public") == expected


def test_a_second_build_is_the_first(tmp_path: Path, expected: dict[str, bytes]) -> None:
    root = make_site(tmp_path / "site")
    build(root)
    build(root, "--full")
    assert tree(root / "public") == expected
