"""An index and a cache that came with a clone: nothing in them runs, and all is made anew."""

import os
import pickle
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.building.sample import make_site, tree
from tests.hostile.measured import Run, run

OWN = (".kb", "search_index")


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.canary),)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that somebody else built: with another key than this user's."""
    root = make_site(tmp_path_factory.mktemp("theirs") / "site")
    state = tmp_path_factory.mktemp("their-state")
    done = run(root, "build", environment={"XDG_STATE_HOME": str(state)})
    assert done.code == 0, done.stderr
    assert run(root, "search", "pumps", environment={"XDG_STATE_HOME": str(state)}).code == 0
    return root


def clone(built: Path, folder: Path) -> Path:
    return Path(shutil.copytree(built, folder / "site", symlinks=True))


def files(root: Path) -> Iterator[Path]:
    for name in OWN:
        yield from sorted(path for path in (root / name).rglob("*") if path.is_file())


def used(root: Path) -> tuple[Run, Run]:
    """Build and search as a person would, and hold that both do."""
    built = run(root, "build")
    assert built.code == 0, built.stderr
    found = run(root, "search", "pumps")
    assert found.code == 0, found.stderr
    assert "Pumps without electricity" in found.stdout
    for done in (built, found):
        assert "Traceback" not in done.stderr
    return built, found


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_planted_pickle_never_runs(built: Path, tmp_path: Path, protocol: int) -> None:
    root = clone(built, tmp_path)
    canary = tmp_path / "canary"
    bomb = pickle.dumps(Bomb(canary), protocol)
    kinds = list(files(root))
    assert len(kinds) > 5
    for path in kinds:
        path.write_bytes(bomb)
    used(root)
    assert not canary.exists()


def test_a_pickle_behind_what_was_there_never_runs(built: Path, tmp_path: Path) -> None:
    root = clone(built, tmp_path)
    canary = tmp_path / "canary"
    for path in files(root):
        data = path.read_bytes()
        path.write_bytes(data[:40] + pickle.dumps(Bomb(canary), 2) + data[40:])
    used(root)
    assert not canary.exists()


DAMAGES = ("cut", "empty", "noise", "swapped", "gone", "links", "folders")


@pytest.mark.parametrize("damage", DAMAGES)
def test_any_damage_is_made_good_with_a_line(built: Path, tmp_path: Path, damage: str) -> None:
    clean = tree(built / "public")
    root = clone(built, tmp_path)
    chance = random.Random(damage)
    secret = tmp_path / "secret"
    secret.write_text("not to be touched")
    all_files = list(files(root))
    for path in all_files:
        data = path.read_bytes()
        if path.name == "lock":
            continue
        if damage == "cut":
            path.write_bytes(data[: len(data) // 2])
        elif damage == "empty":
            path.write_bytes(b"")
        elif damage == "noise":
            path.write_bytes(chance.randbytes(len(data)))
        elif damage == "swapped":
            path.write_bytes(chance.choice(all_files).read_bytes())
        elif damage == "gone" and chance.random() < 0.5:
            path.unlink()
        elif damage == "links":
            path.unlink()
            path.symlink_to(secret)
        elif damage == "folders":
            path.unlink()
            path.mkdir()
    built_again, _ = used(root)
    assert secret.read_text() == "not to be touched"
    assert tree(root / "public") == clean
    lines = [line for line in built_again.stderr.splitlines() if ": " not in line[:40]]
    said = [line for line in lines if "index" in line or "remembered" in line]
    assert len(said) <= 2, built_again.stderr


def test_a_foreign_cache_puts_nothing_on_a_page(built: Path, tmp_path: Path) -> None:
    """Prose in the cache goes to pages as it is: a planted one must not."""
    root = clone(built, tmp_path)
    for path in files(root):
        data = path.read_bytes()
        path.write_bytes(data.replace(b"reeds", b"<b/x>"))
    used(root)
    assert b"<b/x>" not in b"".join(tree(root / "public").values())
