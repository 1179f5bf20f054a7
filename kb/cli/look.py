"""`kb theme`."""

from pathlib import Path

import click

from kb.building.layers import overrides
from kb.cli.say import put, say
from kb.cli.site import json_option, opened, refusals, source_option
from kb.model.value import to_json
from kb.rendering.views import VIEWS


@click.command("theme")
@source_option
@json_option
def theme_command(source: Path, *, as_json: bool) -> int:
    """List the files of the site's theme, where each comes from, and what templates may see.

    To change one, copy it to themes/NAME/ below the site's folder, at the same place.
    """
    project = opened(source)
    with refusals():
        files = overrides(project)
    if as_json:
        rows = [{"file": name, "from": origin, "view": _view(name)} for name, origin in files]
        put(to_json(rows).decode())
        return 0
    for name, origin in files:
        put(f"{name:<32} {_view(name):<13} {origin}".rstrip())
    say(f"Put your own files into {project.root / 'themes' / project.settings.theme.name}/")
    return 0


def _view(file: str) -> str:
    """Return the name of the view that a file of the theme is handed, `""` for most files."""
    view = VIEWS.get(file.removeprefix("templates/"))
    return view.__name__ if view else ""
