"""A site's theme, read."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from kb.building.files import FileFault, read_file
from kb.building.layers import DEFAULT, EMBEDDED, layers, packaged
from kb.building.project import Project
from kb.building.scan import theme_files
from kb.model.finding import Finding
from kb.model.value import ValueFault, from_json
from kb.rendering.theme import TemplateFault, ThemeFiles

_LARGEST = 16_777_216
_SEARCH = "search"
"""How the names of the built-in theme's scripts of search begin."""


def read_theme(project: Project) -> tuple[ThemeFiles, tuple[Finding, ...]]:
    """Return the theme of `project`, and what cannot be used of it.

    Raises:
        ProjectFault: the site names a theme that it does not have.
    """
    return _read(layers(project), searched=project.settings.search.browser)


def embedded_theme() -> ThemeFiles:
    """Return the theme of pages in another generator's site: content alone, and the words."""
    names = (DEFAULT, EMBEDDED)
    theme, _ = _read((packaged(name), f"(kb) themes/{name}") for name in names)
    return theme


def _read(
    folders: Iterable[tuple[Path, str]], *, searched: bool = True
) -> tuple[ThemeFiles, tuple[Finding, ...]]:
    """Return the theme in `folders`; without the built-in scripts of search if not `searched`."""
    templates: dict[str, str] = {}
    static: dict[str, bytes] = {}
    strings: dict[str, Mapping[str, str]] = {}
    origins: dict[str, str] = {}
    findings: list[Finding] = []
    for folder, label in folders:
        here: dict[str, bytes] = {}
        for found in theme_files(folder):
            kind, _, name = found.path.partition("/")
            origin = f"{label}/{found.path}"
            try:
                data = read_file(folder, found.name, _LARGEST)
                if kind == "templates":
                    templates[name] = data.decode("utf-8")
                    origins[name] = origin
                elif kind == "static":
                    if searched or folder != packaged() or not name.startswith(_SEARCH):
                        here[name] = data
                elif kind == "strings" and name.endswith(".json"):
                    words = from_json(data, dict[str, str])
                    language = name.removesuffix(".json")
                    strings[language] = {**strings.get(language, {}), **words}
            except FileFault as fault:
                findings.append(Finding("KB401", origin, f"cannot be read: {fault.reason}"))
            except UnicodeDecodeError:
                findings.append(Finding("KB401", origin, "the template is not UTF-8"))
            except ValueFault as fault:
                findings.append(Finding("KB401", origin, f"not a table of words: {fault}"))
        static.update(_lean(here))
    theme = ThemeFiles(templates=templates, static=static, strings=strings, origins=origins)
    return theme, tuple(findings)


def _lean(static: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a folder as they are published.

    Of `NAME.js` and `NAME.min.js`, which says the same in fewer bytes, that is the latter under the
    former's name.
    """
    found = dict(static)
    for name in static:
        plain = f"{name.removesuffix('.min.js')}.js"
        if name.endswith(".min.js") and plain in found:
            found[plain] = found.pop(name)
    return found


def fault_of_theme(fault: TemplateFault) -> Finding:
    """Return the finding that a template which cannot be rendered is."""
    return Finding(
        "KB401",
        fault.path,
        fault.message,
        fault.line,
        hint="Nothing was published; the site is as it was.",
    )
