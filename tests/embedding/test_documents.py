"""docs/mkdocs.md and docs/pelican.md name every setting, with what it is unless it is set."""

import ast
import re
from pathlib import Path

import yaml

from kb.embedding.mkdocs import KbConfig


def test_mkdocs(checkout: Path) -> None:
    text = (checkout / "docs" / "mkdocs.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## Settings.*?```yaml\n(.*?)```", text, re.DOTALL)
    (shown,) = [one["kb"] for one in yaml.safe_load(block)["plugins"] if isinstance(one, dict)]
    config = KbConfig()
    config.load_dict({})
    assert config.validate() == ([], [])
    assert shown == dict(config)


def test_pelican(checkout: Path) -> None:
    text = (checkout / "docs" / "pelican.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## Settings.*?```python\n(.*?)```", text, re.DOTALL)
    shown = set(re.findall(r"^(?:# )?(KB_\w+) =", block, re.MULTILINE))
    source = (checkout / "kb" / "embedding" / "pelican.py").read_text(encoding="utf-8")
    heeded = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and str(node.value).startswith("KB_")
    }
    assert {name for name in heeded if re.fullmatch(r"KB_[A-Z_]+", str(name))} == shown
