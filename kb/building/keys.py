"""What every key of site.toml means, in the words that stand below it in `kb.model.settings`."""

import ast
from functools import cache
from pathlib import Path

from kb.model import settings


@cache
def meanings() -> dict[str, dict[str, str]]:
    """Return class name → key → what stands below the key in the source of the settings."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    return {
        node.name: dict(_documented(node)) for node in tree.body if isinstance(node, ast.ClassDef)
    }


def _documented(node: ast.ClassDef) -> list[tuple[str, str]]:
    return [
        (field.target.id, below.value.value)
        for field, below in zip(node.body, node.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    ]
