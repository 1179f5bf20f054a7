"""`kb init`."""

import os
import shlex
from pathlib import Path

import click

from kb.building import adoption, deploying, scaffold
from kb.building.files import FileFault
from kb.building.project import CACHE, CONFIGURATION, INDEX
from kb.cli.refusal import USAGE, Refusal
from kb.cli.say import many, say
from kb.cli.site import opened, say_findings, source_option


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--from-hugo",
    "blog",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Adopt the Hugo blog in DIR where it stands; only a site.toml is written.",
)
@source_option
@click.option(
    "--deploy",
    type=click.Choice(list(deploying.HOSTS)),
    help="Write what this host needs to build and serve the site, too.",
)
def init_command(folder: Path | None, blog: Path | None, source: Path, deploy: str | None) -> int:
    """Make a site of FOLDER (default: here) that builds at once.

    Notes that lie in content/, or in the folder itself, are adopted where they are. Nothing that
    exists is changed; an empty folder gets sample notes. In a Hugo blog its configuration is read,
    so that its notes, pictures and addresses are found where they are. A folder that is a site
    already is given to --deploy as it is.
    """
    if blog is not None and folder is not None:
        raise click.UsageError("--from-hugo names the folder already; leave FOLDER away")
    target = blog or folder or source
    try:
        if deploy is not None:
            deploying.check_free(target, deploy)
        if deploy is None or not (target / CONFIGURATION).exists():
            _begin(target, is_blog=blog is not None)
        if deploy is not None:
            output = opened(target, needs_notes=False).settings.build.output
            for name in deploying.deploy(target, deploy, output.strip("/") or "public"):
                say(f"  made {target / name}")
    except adoption.NoBlog as fault:
        say_findings(fault.findings)
        raise Refusal(str(fault), USAGE) from fault
    except FileFault as fault:
        raise Refusal(str(fault)) from fault
    option = "" if _is_here(target) else f" -s {shlex.quote(str(target))}"
    say(f"Next: kb build{option}, then kb serve{option}")
    if deploy is not None:
        say("Then: the first lines of what was made for the host tell what is left to do by hand.")
    return 0


def _begin(target: Path, *, is_blog: bool) -> None:
    """Make a site of the folder `target`, and tell of it.

    Raises:
        FileFault: it cannot be made, or is one already.
    """
    if is_blog or adoption.is_blog(target):
        _adopt(target)
    else:
        _start(target)


def _start(target: Path) -> None:
    started = scaffold.start(target)
    for name in started.written:
        say(f"  made {target / name}")
    if started.notes:
        where = "this folder" if started.content == "." else f"{started.content}/"
        say(f"Found {many(started.notes, 'note')} in {where}.")
    if started.excluded:
        names = ", ".join(started.excluded)
        say(f"Left out: {names} (no note; see [content] exclude in site.toml).")


def _adopt(target: Path) -> None:
    adopted = adoption.adopt(target)
    say(f"  made {target / 'site.toml'}")
    where = "this folder" if adopted.content == "." else f"{adopted.content}/"
    say(
        f"Adopted the Hugo blog of {adopted.configuration}: {many(adopted.notes, 'note')} in "
        f"{where}, {many(adopted.pictures, 'picture')}. No file of it was changed."
    )
    if adopted.others:
        say(f"Left out: {many(adopted.others, 'file')} of content that is not Markdown.")
    say_findings(adopted.findings)
    say(
        f"kb builds to {adopted.output}/; {adopted.published}/ stays Hugo's. Keep out of git: "
        f"/{adopted.output}/ /{CACHE}/ /{INDEX}/"
    )


def _is_here(folder: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(Path.cwd())
