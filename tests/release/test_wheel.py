"""The wheel holds the program and the theme, nothing else, and works where nothing else is."""

import email
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kb
from tests.release.conftest import build_wheel


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_it_carries_the_default_theme_whole(checkout: Path, names: list[str]) -> None:
    start = "kb/themes/default/"
    carried = {name.removeprefix(start) for name in names if name.startswith(start)}
    assert carried == files_below(checkout / "themes" / "default")
    assert "templates/base.html" in carried


def test_it_carries_the_package_whole_and_the_mark_of_types(
    checkout: Path, names: list[str]
) -> None:
    assert "kb/py.typed" in names
    carried = {name for name in names if name.startswith("kb/") and "/themes/" not in name}
    assert carried == {f"kb/{name}" for name in files_below(checkout / "kb")}


def test_it_carries_nothing_else(names: list[str]) -> None:
    own = ("kb/", "pelican/plugins/kb/", "summit_kb-")
    strays = [
        name for name in names if not name.startswith(own) or "__pycache__" in name or "/." in name
    ]
    assert strays == []


def test_it_carries_the_man_page_to_where_man_looks(names: list[str]) -> None:
    assert f"summit_kb-{kb.__version__}.data/data/share/man/man1/kb.1" in names


def test_it_leaves_pelicans_namespace_to_pelican(names: list[str]) -> None:
    assert "pelican/plugins/kb/__init__.py" in names
    assert not {"pelican/__init__.py", "pelican/plugins/__init__.py"} & set(names)


def test_its_metadata_say_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        told = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        points = archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()
    assert told["Name"] == "summit-kb"
    assert told["Requires-Python"] == ">=3.11"
    assert "kb = kb.cli:main" in points
    assert "[mkdocs.plugins]\nkb = kb.embedding.mkdocs:KbPlugin" in points


def test_built_elsewhere_and_later_it_has_the_same_bytes(
    checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "another place"
    copy.mkdir()
    for folder in ("kb", "themes", "integrations"):
        shutil.copytree(
            checkout / folder,
            copy / folder,
            ignore=shutil.ignore_patterns("__pycache__"),
            copy_function=shutil.copyfile,
        )
    (copy / "docs").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "docs/kb.1"):
        shutil.copyfile(checkout / name, copy / name)
    again = build_wheel(copy, tmp_path / "out")
    assert again.name == wheel.name
    first, second = (hashlib.sha256(path.read_bytes()).hexdigest() for path in (wheel, again))
    assert first == second


def borrow(name: str, packages: Path) -> set[str]:
    """Link all that the distribution `name` needs, extras apart, and no more, into `packages`.

    Returns the names of the distributions that are there now.
    """
    wanted = [name]
    known: set[str] = {canonicalize_name(name)}
    while wanted:
        for line in metadata.requires(wanted.pop()) or ():
            needed = Requirement(line)
            key = canonicalize_name(needed.name)
            if key in known or (needed.marker and not needed.marker.evaluate({"extra": ""})):
                continue
            known.add(key)
            wanted.append(needed.name)
            for file in metadata.files(needed.name) or ():
                first = Path(str(file)).parts[0]
                source = Path(str(metadata.distribution(needed.name).locate_file(first)))
                if first not in {"..", "__pycache__"} and not (packages / first).exists():
                    (packages / first).symlink_to(source)
    return known


def test_installed_in_a_fresh_environment_it_makes_a_site(wheel: Path, tmp_path: Path) -> None:
    """A new environment holds the wheel, and of libraries just what its metadata ask for."""
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, *install, wheel],
        check=True,
        capture_output=True,
    )
    (packages,) = place.glob("lib/python*/site-packages")
    borrowed = borrow("summit-kb", packages)
    assert "pytest" not in borrowed
    assert {"click", "jinja2", "aiohttp"} <= borrowed

    site = tmp_path / "site"
    site.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(
            arguments,
            cwd=site,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run(python, "-c", "import kb; print(kb.__file__)").strip()
    assert Path(where).is_relative_to(packages)
    kb = place / "bin" / "kb"
    run(kb, "init", ".", "--deploy", "github")
    run(kb, "build")
    run(kb, "check")
    assert (site / "public" / "index.html").is_file()
    assert any((site / "public" / "theme").iterdir())
