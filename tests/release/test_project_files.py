"""What a newcomer types exists, and what is installed is locked."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TARGET = re.compile(r"^([a-z][a-z0-9-]*):(?!=)(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def makefile(checkout: Path) -> str:
    return (checkout / "Makefile").read_text()


@pytest.fixture(scope="module")
def targets(makefile: str) -> set[str]:
    return {match[1] for match in TARGET.finditer(makefile)}


def test_help_lists_every_target(checkout: Path, targets: set[str]) -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=checkout,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    listed = set(re.findall(r"^ +make ([a-z0-9-]+) ", shown, re.MULTILINE))
    assert {"site", "test"} <= targets
    assert listed == targets


def test_every_target_is_phony(makefile: str, targets: set[str]) -> None:
    declared = re.search(r"^\.PHONY: ((?:\\\n|[^\n])+)$", makefile, re.MULTILINE)
    assert declared is not None
    assert set(declared[1].replace("\\\n", " ").split()) == targets


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/README.md"])
def test_the_make_targets_that_the_text_names_exist(
    checkout: Path, targets: set[str], name: str
) -> None:
    text = (checkout / name).read_text()
    named = set(re.findall(r"(?:^\s*|`)make ([a-z0-9-]+)", text, re.MULTILINE))
    assert named, f"{name} names no command"
    assert named <= targets


def test_the_checks_of_a_change_are_those_of_make(checkout: Path) -> None:
    script = checkout / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()


def test_hooks_run_what_make_runs(checkout: Path, makefile: str) -> None:
    config = yaml.safe_load((checkout / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    for hook in hooks:
        tool = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert f"$(BIN)/{tool}" in makefile


@pytest.mark.parametrize("name", ["site.txt", "test.txt", "fuzz.txt"])
def test_lock_files_pin_with_hashes_and_name_no_address(checkout: Path, name: str) -> None:
    text = (checkout / "requirements" / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--[a-z-]*index-url|--find-links)\b", text, re.MULTILINE)
    blocks = re.findall(r"^[a-z0-9][^\n\\]*(?:\\\n[^\n\\]*)*", text, re.MULTILINE)
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block
        assert "--hash=sha256:" in block, block


def locked(path: Path) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", path.read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def test_lock_files_agree_with_pyproject_and_each_other(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    site = locked(checkout / "requirements" / "site.txt")
    test = locked(checkout / "requirements" / "test.txt")
    assert site.items() <= test.items()
    wanted = [
        *((site, line) for line in project["dependencies"]),
        *((test, line) for line in project["optional-dependencies"]["test"]),
    ]
    for lock, line in wanted:
        requirement = Requirement(line)
        version = lock[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{line}: {version} is locked"


def test_sample_notes_name_no_file_that_is_missing(checkout: Path) -> None:
    content = checkout / "content"
    pictures = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|^cover = \"([^\"]+)\"", re.MULTILINE)
    for note in sorted(content.rglob("*.md")):
        for match in pictures.finditer(note.read_text()):
            target = match[1] or match[2]
            rooted = target.startswith("/")
            path = checkout / "static" / target[1:] if rooted else note.parent / target
            assert path.is_file(), f"{note.name}: {target}"


def test_the_container_copies_only_what_is_there(checkout: Path) -> None:
    text = (checkout / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert {"kb", "themes", "pyproject.toml", "requirements/site.txt"} <= set(names)
    assert [name for name in names if not (checkout / name).exists()] == []
    let_in = re.findall(r"^!(\S+)$", (checkout / ".containerignore").read_text(), re.MULTILINE)
    assert [name for name in names if not {name, name.partition("/")[0]} & set(let_in)] == []


def test_the_container_serves_nothing_and_is_nobody_special(checkout: Path) -> None:
    text = (checkout / "Containerfile").read_text()
    assert 'ENTRYPOINT ["kb"]\nCMD ["build"]\n' in text
    assert re.search(r"^USER [1-9]", text, re.MULTILINE)
    assert "EXPOSE" not in text
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
