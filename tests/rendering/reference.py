"""The tables of docs/theming.md, made from kb/rendering/views.py.

`python -m tests.rendering.reference` writes them into the page; a test holds that they agree.
"""

import ast
import re
import sys
from pathlib import Path

from kb.rendering.views import VIEWS

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs" / "theming.md"
SOURCE = CHECKOUT / "kb" / "rendering" / "views.py"
BEGIN, END = "<!-- views: begin -->\n", "<!-- views: end -->"
INNER = {"Seen", "View", "Page", "TwinView", "CalendarEntry", "CalendarView", "TextView"}
"""What no template is handed."""


def tables() -> str:
    """Return a section for each view: its fields, their types and meanings."""
    used = {view.__name__: name for name, view in VIEWS.items()}
    parts = []
    for node in ast.parse(SOURCE.read_text("utf-8")).body:
        if not isinstance(node, ast.ClassDef) or node.name in INNER:
            continue
        title = f"### {node.name}"
        words = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
        if node.name in used:
            words = f"`view` in `{used[node.name]}`. {words}"
        lines = [title, "", words, "", "| field | type | meaning |", "| --- | --- | --- |"]
        lines += _rows(node)
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _rows(node: ast.ClassDef) -> list[str]:
    rows = []
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            kind = ast.unparse(field.annotation).replace("|", "\\|")
            words = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                words = re.sub(r"\s+", " ", str(after.value.value)).replace("|", "\\|")
            rows.append(f"| `{field.target.id}` | `{kind}` | {words} |")
    return rows


def updated(page: str) -> str:
    """Return the text of the page with its tables renewed."""
    start, _, rest = page.partition(BEGIN)
    _, _, end = rest.partition(END)
    return f"{start}{BEGIN}\n{tables()}\n{END}{end}"


def main() -> int:
    """Renew the tables of docs/theming.md."""
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
