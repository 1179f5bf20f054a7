"""The walls of ARCHITECTURE.md, held by walking every import of the package."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "kb"

MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "reading": {"model"},
    "extraction": {"model"},
    "graph": {"model"},
    "asking": {"model"},
    "search": {"model"},
    "rendering": {"model"},
    "exporting": {"model"},
    "importing": {"model"},
    "schedules": {"model"},
    "plugins": {"model"},
    "building": {
        "model",
        "plugins",
        "reading",
        "extraction",
        "graph",
        "asking",
        "search",
        "rendering",
        "schedules",
        "exporting",
        "importing",
    },
    "serving": {"model", "rendering", "building"},
    "embedding": {"model", "rendering", "building"},
    "cli": {
        "model",
        "plugins",
        "search",
        "rendering",
        "building",
        "serving",
        "extraction",
        "exporting",
        "importing",
    },
}
"""Which floors each floor sees, besides itself and the package's version."""

DOORS: dict[str, set[str]] = {
    "msgspec": {"model/value.py"},
    "tomli": {"reading/toml.py"},
    "yaml": {"reading/yaml.py"},
    "tomlkit": {"reading/ledger_text.py", "schedules/matter.py"},
    "aiohttp": {"asking/client.py"},
    "markdown_it": {"reading/tokens.py"},
    "mdit_py_plugins": {"reading/tokens.py"},
    "nh3": {"reading/html.py"},
    "pygments": {"reading/highlight.py"},
    "PIL": {"reading/images.py", "rendering/cards.py"},
    "rapidfuzz": {"extraction/similar.py", "schedules/similar.py"},
    "icalendar": {"schedules/ical.py"},
    "anyascii": {"graph/permalinks.py"},
    "whoosh": {"search/whoosh_index.py"},
    "tantivy": {"search/tantivy_index.py"},
    "jinja2": {"rendering/theme.py"},
    "markupsafe": {"rendering/theme.py"},
    "watchdog": {"serving/watch.py"},
    "starlette": {"serving/server.py"},
    "h11": {"serving/server.py"},
    "uvicorn": {"serving/server.py"},
    "mkdocs": {"embedding/mkdocs.py"},
    "pelican": {"embedding/pelican.py"},
    "pluggy": {"plugins/hooks.py"},
    "click": {"cli/"},
    "rich": {"cli/"},
}
"""Which file (or folder) may import each third-party library: nobody else may."""

LAZY: dict[str, str] = {
    "building/engines.py": "an engine that a site does not ask for need not be installed, and one "
    "that is asked for is loaded where the index is",
    "building/learning.py": "Pillow is loaded only where a picture is new",
    "building/pipeline.py": "a build of a few changed notes loads nothing of the long way",
    "building/recall.py": "what is kept is told without what learns it",
    "building/shortcut.py": "templates are loaded by the process that makes pages, beside reading",
    "building/sizes.py": "Pillow is loaded only where all pages are made",
    "building/table.py": "ctypes is loaded only where many stamps are asked for, on Linux",
    "extraction/similar.py": "rapidfuzz is loaded only where names of all notes are compared",
    "graph/permalinks.py": "anyascii is loaded only where a title is not in ASCII already",
    "reading/code.py": "Pygments is loaded only where code is new",
    "reading/dates.py": "the parser of mail is loaded only for a date as mail has it",
    "reading/front_matter.py": "PyYAML is loaded only for front matter in YAML",
    "reading/settings.py": "what is like a misspelt key is looked for only where one is",
    "rendering/cards.py": "Pillow is loaded only where a card is drawn",
    "schedules/similar.py": "rapidfuzz is loaded only where a programme is matched",
    "search/whoosh_index.py": "who installed Whoosh is asked only where two may have",
    "plugins/gathered.py": "a site without plugins loads neither pluggy nor the hooks",
    "cli/app.py": "one command of many runs, so only its module is loaded",
    "cli/bar.py": "rich is loaded only where a bar is shown, after a second of work",
    "cli/tables.py": "rich's tables are loaded only for a terminal",
    "cli/build.py": "a build with nothing to do loads no parser, no templates and no Whoosh; what "
    "connects to the web is loaded only where it is asked for",
}
"""Modules that may import inside functions, and why."""

BY_NAME = {"importlib.import_module", "import_module", "__import__"}
"""Calls that import what they are given the name of."""

WORLD = {"subprocess", "socket", "urllib.request", "http.client", "pickle", "marshal", "shelve"}
"""What no column may touch: a build starts no program, opens no connection, loads no pickle."""


class Import(NamedTuple):
    """One import statement, resolved to a module name."""

    file: str
    line: int
    module: str
    nested: bool


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[Import]:
    name = path.relative_to(PACKAGE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nested = {
        id(inner)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        inside = id(node) in nested
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, node.lineno, alias.name, inside)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative import"
            base = node.module or ""
            for alias in node.names:
                submodule = PACKAGE.parent / base.replace(".", "/") / f"{alias.name}.py"
                is_module = base.split(".")[0] == "kb" and submodule.is_file()
                yield Import(
                    name, node.lineno, f"{base}.{alias.name}" if is_module else base, inside
                )
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in BY_NAME:
            wanted = node.args[0]
            module = wanted.value if isinstance(wanted, ast.Constant) else "kb.cli"
            yield Import(name, node.lineno, str(module), nested=True)


def at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what a module does when it is imported: all that stands in no function."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from at_import(node)


ALL = [entry for path in modules() for entry in imports(path)]


def floor_of(file: str) -> str:
    return file.partition("/")[0]


def test_imports_point_down() -> None:
    wrong = []
    for entry in ALL:
        parts = entry.module.split(".")
        if parts[0] != "kb" or len(parts) < 2:
            continue
        floor, wanted = floor_of(entry.file), parts[1]
        if floor not in MAY_IMPORT or wanted not in MAY_IMPORT:
            continue
        if wanted != floor and wanted not in MAY_IMPORT[floor]:
            wrong.append(f"{entry.file}:{entry.line} imports {entry.module}")
    assert wrong == []


def test_every_floor_is_known() -> None:
    found = {
        path.name
        for path in PACKAGE.iterdir()
        if path.is_dir() and any(path.glob("*.py")) and path.name != "__pycache__"
    }
    assert found <= set(MAY_IMPORT)


def test_libraries_enter_by_their_door() -> None:
    wrong = []
    for entry in ALL:
        library = entry.module.split(".")[0]
        if library in {"kb", "__future__"} or library in sys.stdlib_module_names:
            continue
        doors = DOORS.get(library, set())
        if not any(
            entry.file == door or (door.endswith("/") and entry.file.startswith(door))
            for door in doors
        ):
            wrong.append(f"{entry.file}:{entry.line} imports {entry.module}")
    assert wrong == []


def test_columns_do_not_touch_the_world() -> None:
    columns = {
        "model",
        "reading",
        "extraction",
        "graph",
        "rendering",
        "exporting",
        "importing",
        "schedules",
    }
    wrong = [
        f"{entry.file}:{entry.line} imports {entry.module}"
        for entry in ALL
        if floor_of(entry.file) in columns and entry.module in WORLD
    ]
    assert wrong == []


def test_only_the_check_of_links_can_connect() -> None:
    """What connects is reached from one command alone, by an import that only `--links` makes."""
    users = {entry.file for entry in ALL if entry.module.startswith("kb.asking")}
    assert {name for name in users if floor_of(name) != "asking"} == {"building/linkcheck.py"}
    callers = {entry.file for entry in ALL if entry.module == "kb.building.linkcheck"}
    assert callers == {"cli/build.py"}
    assert all(entry.nested for entry in ALL if entry.module == "kb.building.linkcheck")


def test_no_import_hides_in_a_function() -> None:
    wrong = [
        f"{entry.file}:{entry.line} imports {entry.module}"
        for entry in ALL
        if entry.nested and entry.file not in LAZY
    ]
    assert wrong == []


def test_no_expression_is_compiled_while_kb_is_imported() -> None:
    """Hundreds of them are: `kb.model.pattern` compiles one when it is used first."""
    wrong = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in modules()
        for node in at_import(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "re.compile"
        and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, bytes))
    ]
    assert wrong == []


def test_lazy_imports_are_still_needed() -> None:
    used = {entry.file for entry in ALL if entry.nested}
    assert set(LAZY) <= used


def test_no_module_circles() -> None:
    edges: dict[str, set[str]] = {}
    names = {
        "kb." + path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
        for path in modules()
    }
    for entry in ALL:
        if entry.nested:
            continue
        source = "kb." + entry.file.removesuffix(".py").replace("/", ".")
        if entry.module in names:
            edges.setdefault(source, set()).add(entry.module)
    seen: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name in seen:
            return
        for target in sorted(edges.get(name, ())):
            walk(target, (*trail, name))
        seen.add(name)

    for name in sorted(edges):
        walk(name, ())


@pytest.mark.parametrize("word", ["util", "utils", "helper", "helpers", "common", "manager"])
def test_no_module_is_named_for_nothing(word: str) -> None:
    assert [path for path in modules() if word in {path.stem, path.parent.name}] == []


def test_architecture_page_names_every_door() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    files = {door for doors in DOORS.values() for door in doors}
    assert sorted(door for door in files if f"`{door}`" not in page) == []


def test_architecture_page_names_only_what_exists() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:kb/)?[a-z_]+/[a-z_/]+\.py)`", page))
    missing = [path for path in paths if not (PACKAGE / path.removeprefix("kb/")).is_file()]
    assert missing == []
