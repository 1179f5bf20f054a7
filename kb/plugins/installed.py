"""Which plugins are installed, told by the names of files: nothing of them is imported.

A plugin is an entry point of the group `kb`
(https://packaging.python.org/en/latest/specifications/entry-points/). The standard library's own
reader of them takes 40 ms of processor time to load, as much as `kb --help` takes in all; a look
into the small files that hold them takes 2 ms.
"""

import os
import sys
from pathlib import Path
from typing import NamedTuple

GROUP = "kb"
_INFO = ".dist-info"


class Installed(NamedTuple):
    """A plugin that is installed."""

    name: str
    """Of the entry point: what site.toml calls it."""
    target: str
    """Module, or `module:object`."""
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.name!r} ({self.distribution} {self.version})"


def words(fault: BaseException) -> str:
    """Return what a plugin raised in one line."""
    said = " ".join(str(fault).split())
    return f"{type(fault).__name__}: {said}" if said else type(fault).__name__


def installed() -> tuple[Installed, ...]:
    """Return the plugins that are installed, by name; of two with one name, the first on the path.

    The current folder is passed over: notes must not bring code.
    """
    found: dict[str, Installed] = {}
    for folder in sys.path:
        if folder and os.path.realpath(folder) != os.path.realpath("."):
            for plugin in _below(folder):
                found.setdefault(plugin.name, plugin)
    return tuple(found[name] for name in sorted(found))


def _below(folder: str) -> list[Installed]:
    try:
        names = [name for name in os.listdir(folder) if name.endswith(_INFO)]
    except OSError:
        return []
    plugins = []
    for name in sorted(names):
        try:
            text = Path(folder, name, "entry_points.txt").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        distribution, _, version = name.removesuffix(_INFO).partition("-")
        plugins += [
            Installed(key, target, distribution.replace("_", "-"), version)
            for key, target in _points(text)
        ]
    return plugins


def _points(text: str) -> list[tuple[str, str]]:
    """Return name and target of the entry points of kb's group."""
    points = []
    group = ""
    for line in text.split("\n"):
        line = line.strip()
        if line.startswith("["):
            group = line.strip("[]").strip()
        elif group == GROUP and line and line[0] not in "#;":
            name, sign, target = line.partition("=")
            if sign:
                points.append((name.strip(), target.partition("[")[0].strip()))
    return points
