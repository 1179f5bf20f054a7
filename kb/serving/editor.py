"""Links that open the writer's editor at a line, as editors register them with the system."""

from pathlib import Path
from urllib.parse import quote

from kb.model.pattern import Pattern
from kb.model.value import Value

PATTERNS = {
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "windsurf": "windsurf://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "pycharm": "pycharm://open?file={path}&line={line}&column={column}",
    "webstorm": "webstorm://open?file={path}&line={line}&column={column}",
    "sublime": "subl://open?url=file://{path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file://{path}&line={line}&column={column}",
    "macvim": "mvim://open?url=file://{path}&line={line}&column={column}",
    "emacs": "emacs://open?url=file://{path}&line={line}&column={column}",
    "neovim": "nvim://open?url=file://{path}&line={line}&column={column}",
}
"""URL pattern of each editor that `[serve] editor` may name."""
_SCHEME = Pattern(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_RUNS_SCRIPT = frozenset({"javascript", "data", "vbscript", "blob", "about"})


class Editor(Value, frozen=True):
    """How to open a file."""

    folder: str
    """The site's folder, absolute."""
    pattern: str = ""
    """URL with `{path}`, `{line}`, `{column}`; `""` for no links."""

    @classmethod
    def of(cls, name: str, folder: Path) -> "Editor":
        """Return the editor that `[serve] editor` names: one of `PATTERNS`, or a URL pattern.

        Anything else, and a pattern whose scheme could run script, gives no links.
        """
        pattern = PATTERNS.get(name.strip().lower(), name.strip())
        scheme = _SCHEME.match(pattern)
        usable = (
            scheme is not None
            and scheme.group(1).lower() not in _RUNS_SCRIPT
            and "{path}" in pattern
        )
        return cls(str(folder), pattern if usable else "")

    def link(self, path: str, line: int, column: int = 1) -> str:
        """Return the URL that opens `path` (relative to the site) at `line`, or `""`."""
        if not self.pattern or not path:
            return ""
        whole = quote((Path(self.folder) / path).as_posix(), safe="/:")
        return (
            self.pattern.replace("{path}", whole)
            .replace("{line}", str(max(line, 1)))
            .replace("{column}", str(max(column, 1)))
        )
