"""`kb init` and `kb new`."""

import os
from pathlib import Path

import click

from kb.building import scaffold
from kb.building.files import FileFault
from kb.cli.refusal import Refusal
from kb.cli.say import put, say
from kb.cli.site import now, opened, source_option


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@source_option
def init_command(folder: Path | None, source: Path) -> int:
    """Make a site of FOLDER (default: here) that builds at once.

    Notes that lie in content/, or in the folder itself, are adopted where they are. Nothing that
    exists is changed; an empty folder gets sample notes.
    """
    target = folder if folder is not None else source
    try:
        started = scaffold.start(target)
    except FileFault as fault:
        raise Refusal(str(fault)) from fault
    for name in started.written:
        say(f"  made {target / name}")
    if started.notes:
        where = "this folder" if started.content == "." else f"{started.content}/"
        say(f"Found {started.notes} note{'' if started.notes == 1 else 's'} in {where}.")
    if started.excluded:
        names = ", ".join(started.excluded)
        say(f"Left out: {names} (no note; see [content] exclude in site.toml).")
    option = "" if _is_here(target) else f" -s {target}"
    say(f"Next: kb build{option}, then kb serve{option}")
    return 0


def _is_here(folder: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(Path.cwd())


@click.command("new")
@click.argument("title")
@source_option
def new_command(title: str, source: Path) -> int:
    """Write a new note called TITLE, its front matter filled in; print its path."""
    project = opened(source, needs_notes=False)
    wanted = " ".join(title.split())
    if not wanted:
        raise click.UsageError("a note needs a title")
    try:
        path = scaffold.note(project, wanted, now()[:10])
    except FileFault as fault:
        raise Refusal(str(fault)) from fault
    put(str(path))
    return 0
