"""docs/plugins.md, done as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

from kb.plugins.hooks import Specifications
from tests.plugins.test_example import kb, site


def test_the_walk_gives_a_page(checkout: Path, tmp_path: Path) -> None:
    text = (checkout / "docs" / "plugins.md").read_text(encoding="utf-8")
    blocks = dict(
        re.findall(r"```(toml|python)\n(.*?)```", text.partition("## Settings")[0], re.DOTALL)
    )
    package = tmp_path / "kb-plugin-count"
    package.mkdir()
    (package / "pyproject.toml").write_text(blocks["toml"])
    (package / "kb_plugin_count.py").write_text(blocks["python"])
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    target = tmp_path / "installed"
    done = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--no-index", "--target", target, package],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder = site(tmp_path / "my-notes")
    kb(target, "build", "-s", str(folder))
    assert "<p>1 talks so far.</p>" in (folder / "public" / "count" / "index.html").read_text()
    assert 'href="./count/">Count</a>' in (folder / "public" / "index.html").read_text()


def test_every_hook_is_in_the_table_with_its_arguments(checkout: Path) -> None:
    text = (checkout / "docs" / "plugins.md").read_text(encoding="utf-8")
    hooks = {name: hook for name, hook in vars(Specifications).items() if name.startswith("kb_")}
    for name, hook in hooks.items():
        names = hook.__code__.co_varnames[1 : hook.__code__.co_argcount]
        assert f"| `{name}` | {', '.join(f'`{one}`' for one in names)} |" in text
    readme = checkout / "examples" / "kb-plugin-reading-list" / "README.md"
    shown = re.findall(r"^\| `(kb_\w+)` \|", readme.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(shown) == set(hooks)
