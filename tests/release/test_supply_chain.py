"""What is installed with kb is known: its licence, and that kb itself starts nothing."""

import ast
import re
from pathlib import Path

import pytest

NAME = re.compile(r"^([a-z0-9._-]+)==", re.MULTILINE)
ROW = re.compile(r"^\| ([a-z][a-z0-9._-]*) \| ([^|]+) \|$", re.MULTILINE)
FREE = {
    "MIT", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "BSD", "ISC", "Apache-2.0", "MPL-2.0",
    "PSF-2.0", "Apache-2.0 OR BSD-2-Clause", "Apache-2.0 AND MIT",
}  # fmt: skip
DANGEROUS = {
    "pickle",
    "marshal",
    "shelve",
    "subprocess",
    "multiprocessing",
    "ctypes",
    "urllib.request",
}
ALLOWED = {
    "building/compiled.py": {"marshal"},
    "building/table.py": {"ctypes"},
    "search/whoosh_index.py": {"pickle"},
    "serving/process.py": {"multiprocessing"},
}
"""Which file may import which of them: each has a test of its own."""


def test_every_library_that_is_installed_has_a_known_licence(checkout: Path) -> None:
    locked = set(NAME.findall((checkout / "requirements/site.txt").read_text()))
    page = (checkout / "docs/security.md").read_text().partition("## Libraries")[2]
    told = dict(ROW.findall(page))
    assert locked - told.keys() == set()
    assert {name for name in told.keys() - locked if name != "library"} == set()
    assert {name: told[name] for name in locked if told[name] not in FREE} == {}


def modules(checkout: Path) -> list[Path]:
    return sorted((checkout / "kb").rglob("*.py"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def test_nothing_dangerous_is_imported_but_where_it_is_known(checkout: Path) -> None:
    below = checkout / "kb"
    found = {
        path.relative_to(below).as_posix(): imported(path) & DANGEROUS for path in modules(checkout)
    }
    assert {name: used for name, used in found.items() if used} == ALLOWED


@pytest.mark.parametrize("call", ["eval", "exec", "compile", "__import__"])
def test_no_text_becomes_code(checkout: Path, call: str) -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in modules(checkout)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call
    ]
    assert found == []
