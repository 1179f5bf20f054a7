"""docs/site-toml.md says of every key what its docstring says, with its type and default."""

import ast
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from kb.model import settings
from kb.model.settings import Settings
from kb.model.value import Value, to_plain
from kb.reading.settings import known_keys

TYPES = {
    "str": "text",
    "bool": "true or false",
    "int": "whole number",
    "tuple[str, ...]": "list of texts",
    "Mapping[str, str]": "table of texts",
    "Mapping[str, Any]": "table",
    "Mapping[str, Mapping[str, Any]]": "table of tables",
}


def fields(kind: type[Value]) -> dict[str, tuple[str, str]]:
    """Return type and docstring of each field of `kind`, read from the source."""
    found: dict[str, tuple[str, str]] = {}
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    for field, text in zip(tree.body, [*tree.body[1:], None], strict=True):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            words = " ".join(str(text.value.value).split())
            found[field.target.id] = (ast.unparse(field.annotation), words)
    return found


def rows() -> list[tuple[str, str]]:
    """Return the table and the line of the document for every key."""
    found: list[tuple[str, str]] = []
    defaults: dict[str, Any] = {"": Settings()}
    for table, names in known_keys().items():
        holder = getattr(Settings(), table) if table else defaults[""]
        about = fields(type(holder))
        for name in names:
            kind, words = about[name]
            value = to_plain(getattr(holder, name))
            default = json.dumps(value, ensure_ascii=False).replace("{}", "none")
            found.append((table, f"| `{name}` | {TYPES[kind]} | `{default}` | {words} |"))
    return found


@pytest.fixture(scope="module")
def document(checkout: Path) -> str:
    return (checkout / "docs" / "site-toml.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("table", "row"), rows())
def test_every_key_is_documented_under_its_table(table: str, row: str, document: str) -> None:
    heading = f"\n## `[{table}]`" if table else "\n## Above every table"
    assert heading in document
    section = document.partition(heading)[2].partition("\n## ")[0]
    assert row in section.splitlines()


def test_every_table_of_settings_has_its_meaning(document: str) -> None:
    for name, kind in vars(settings).items():
        if name.endswith("Settings") and name != "Settings":
            summary = inspect.getdoc(kind) or ""
            assert summary.split("`: ")[1].rstrip(".") in document


def test_no_key_is_documented_that_does_not_exist(document: str) -> None:
    known = {row for _, row in rows()}
    written = {line for line in document.splitlines() if line.startswith("| `")}
    assert written <= known
