"""`kb theme`."""

from pathlib import Path

import click

from kb.building.layers import overrides
from kb.cli.say import put, say
from kb.cli.site import json_option, opened, refusals, source_option
from kb.model.value import to_json


@click.command("theme")
@source_option
@json_option
def theme_command(source: Path, *, as_json: bool) -> int:
    """List the files of the site's theme, and where each comes from.

    To change one, copy it to themes/NAME/ below the site's folder, at the same place.
    """
    project = opened(source)
    with refusals():
        files = overrides(project)
    if as_json:
        put(to_json([{"file": name, "from": origin} for name, origin in files]).decode())
        return 0
    for name, origin in files:
        put(f"{name:<40} {origin}")
    say(f"Put your own files into {project.root / 'themes' / project.settings.theme.name}/")
    return 0
