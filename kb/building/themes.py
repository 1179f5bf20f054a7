"""A site's theme: its own files laid over the packaged ones, file by file."""

from collections.abc import Mapping
from pathlib import Path

import kb
from kb.building.files import FileFault, read_file
from kb.building.inputs import Inputs, digests
from kb.building.project import Project, ProjectFault
from kb.building.scan import theme_files
from kb.model.finding import Finding
from kb.model.value import ValueFault, from_json
from kb.rendering.theme import ThemeFiles

DEFAULT = "default"
_LARGEST = 16_777_216


def packaged() -> Path:
    """Return the folder of the built-in theme: in the package, or beside it in a checkout."""
    package = Path(kb.__file__).parent
    inside = package / "themes" / DEFAULT
    return inside if inside.is_dir() else package.parent / "themes" / DEFAULT


def layers(project: Project) -> tuple[tuple[Path, str], ...]:
    """Return the folders of the theme, the most general first, each with its name for messages.

    Raises:
        ProjectFault: the site names a theme that it does not have.
    """
    name = project.settings.theme.name
    own = project.root / "themes" / name
    if name != DEFAULT and not own.is_dir():
        raise ProjectFault(
            f"the theme {name!r} is not there: no folder themes/{name}",
            "Make the folder, or take the line out of [theme] in site.toml.",
        )
    base = (packaged(), f"(kb) themes/{DEFAULT}")
    return (base, (own, f"themes/{name}")) if own.is_dir() else (base,)


def theme_digests(project: Project, inputs: Inputs, now: int) -> dict[str, str]:
    """Return the digests of all files of the theme, by name."""
    result: dict[str, str] = {}
    for folder, label in layers(project):
        found, _ = digests(inputs, folder, theme_files(folder), f"{label}/", now)
        result.update(found)
    return result


def read_theme(project: Project) -> tuple[ThemeFiles, tuple[Finding, ...]]:
    """Return the theme of `project`, and what cannot be used of it.

    Raises:
        ProjectFault: the site names a theme that it does not have.
    """
    templates: dict[str, str] = {}
    static: dict[str, bytes] = {}
    strings: dict[str, Mapping[str, str]] = {}
    origins: dict[str, str] = {}
    findings: list[Finding] = []
    for folder, label in layers(project):
        for found in theme_files(folder):
            kind, _, name = found.path.partition("/")
            origin = f"{label}/{found.path}"
            try:
                data = read_file(folder, found.name, _LARGEST)
                if kind == "templates":
                    templates[name] = data.decode("utf-8")
                    origins[name] = origin
                elif kind == "static":
                    static[name] = data
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
    theme = ThemeFiles(templates=templates, static=static, strings=strings, origins=origins)
    return theme, tuple(findings)


def overrides(project: Project) -> tuple[tuple[str, str], ...]:
    """Return every file of the theme, and where it comes from: the site or kb."""
    came: dict[str, str] = {}
    for folder, label in layers(project):
        came.update((found.path, label) for found in theme_files(folder))
    return tuple(sorted(came.items()))
