"""Where the files of a site's theme lie: its own over the packaged ones, file by file."""

from pathlib import Path

import kb
from kb.building.inputs import Inputs, digests
from kb.building.project import Project, ProjectFault
from kb.building.scan import theme_files

DEFAULT = "default"
EMBEDDED = "embedded"
"""The built-in theme of pages that stand in another generator's site."""


def packaged(name: str = DEFAULT) -> Path:
    """Return the folder of a built-in theme: in the package, or beside it in a checkout."""
    package = Path(kb.__file__).parent
    inside = package / "themes" / name
    return inside if inside.is_dir() else package.parent / "themes" / name


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


def overrides(project: Project) -> tuple[tuple[str, str], ...]:
    """Return every file of the theme, and where it comes from: the site or kb."""
    came: dict[str, str] = {}
    for folder, label in layers(project):
        came.update((found.path, label) for found in theme_files(folder))
    return tuple(sorted(came.items()))
