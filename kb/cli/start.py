"""`kb init` and `kb new`."""

import os
import shlex
from pathlib import Path

import click

from kb.building import deploying, scaffold
from kb.building.files import FileFault
from kb.building.project import CONFIGURATION
from kb.cli.refusal import Refusal
from kb.cli.say import put, say
from kb.cli.site import now, opened, source_option


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@source_option
@click.option(
    "--deploy",
    type=click.Choice(list(deploying.HOSTS)),
    help="Write what this host needs to build and serve the site, too.",
)
def init_command(folder: Path | None, source: Path, deploy: str | None) -> int:
    """Make a site of FOLDER (default: here) that builds at once.

    Notes that lie in content/, or in the folder itself, are adopted where they are. Nothing that
    exists is changed; an empty folder gets sample notes. A folder that is a site already is given
    to --deploy as it is.
    """
    target = folder if folder is not None else source
    try:
        if deploy is not None:
            deploying.check_free(target, deploy)
        if deploy is None or not (target / CONFIGURATION).exists():
            _start(target)
        if deploy is not None:
            output = opened(target, needs_notes=False).settings.build.output
            for name in deploying.deploy(target, deploy, output.strip("/") or "public"):
                say(f"  made {target / name}")
    except FileFault as fault:
        raise Refusal(str(fault)) from fault
    option = "" if _is_here(target) else f" -s {shlex.quote(str(target))}"
    say(f"Next: kb build{option}, then kb serve{option}")
    if deploy is not None:
        say("Then: the first lines of what was made for the host tell what is left to do by hand.")
    return 0


def _start(target: Path) -> None:
    """Make a site of the folder `target`, and tell of it.

    Raises:
        FileFault: it cannot be made, or is one already.
    """
    started = scaffold.start(target)
    for name in started.written:
        say(f"  made {target / name}")
    if started.notes:
        where = "this folder" if started.content == "." else f"{started.content}/"
        say(f"Found {started.notes} note{'' if started.notes == 1 else 's'} in {where}.")
    if started.excluded:
        names = ", ".join(started.excluded)
        say(f"Left out: {names} (no note; see [content] exclude in site.toml).")


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
