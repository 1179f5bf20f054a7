"""`kb import`."""

from collections.abc import Callable
from pathlib import Path

import click

from kb.building.imports import Written, check_target, read_ghost, read_obsidian, write_site
from kb.building.project import ProjectFault
from kb.cli.say import many, say
from kb.cli.site import refusals
from kb.importing.imported import Imported

_SHOWN = 12
"""Remarks that are shown unless all are asked for."""
READERS: dict[str, Callable[[Path], Imported]] = {
    "ghost": read_ghost,
    "obsidian": read_obsidian,
}


@click.command("import")
@click.argument("program", type=click.Choice(tuple(READERS)))
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The new folder.  [default: named after SOURCE, here]",
)
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    help="Ghost's folder content/, from which pictures are copied.",
)
@click.option("-v", "--verbose", is_flag=True, help="Tell all that could not be turned.")
def import_command(
    program: str, source: Path, output: Path | None, files: Path | None, *, verbose: bool
) -> int:
    """Make a new site of another program's notes; SOURCE itself stays as it is.

    \b
    kb import ghost EXPORT.json    a blog's posts, as Ghost exports them
    kb import obsidian VAULT       a folder of Obsidian's notes
    """
    if files is not None and program != "ghost":
        raise click.UsageError("--files belongs to ghost")
    target = output if output is not None else Path(f"{source.resolve().stem}-notes")
    with refusals():
        if not source.exists():
            raise ProjectFault(f"{source} does not exist")
        if source.is_dir() is (program == "ghost"):
            what = "is a folder, not a file" if source.is_dir() else "is a file, not a folder"
            raise ProjectFault(f"{source} {what}", "See kb import --help.")
        if program == "obsidian":
            files = source
        if files is not None and not files.is_dir():
            raise ProjectFault(f"{files} is no folder", "Name Ghost's folder content/.")
        check_target(target, source)
        imported = READERS[program](source)
        done = write_site(imported, target, files)
    _tell(imported, done, asked=files is not None, verbose=verbose)
    say(f"{target}: {many(done.notes, 'note')}{_more(done)}")
    say(f"Next: kb build -s {target}")
    return 0


def _tell(imported: Imported, done: Written, *, asked: bool, verbose: bool) -> None:
    """Tell what is not what it was; `asked` says whether files were to be copied."""
    lines = [f"{remark.place}: {remark.what}" for remark in imported.remarks]
    if done.missing and not asked:
        lines.append(
            f"{many(len(done.missing), 'picture or other file')} "
            f"{'is' if len(done.missing) == 1 else 'are'} not in the export: name Ghost's folder "
            "content/ with --files, or copy its images/ to static/content/images/"
        )
    else:
        lines += [f"{name}: is not there to be copied" for name in done.missing]
    shown = lines if verbose else lines[:_SHOWN]
    for line in shown:
        say(f"  {line}", "yellow")
    if len(lines) > len(shown):
        say(f"  and {len(lines) - len(shown)} more (-v tells all)", "yellow")


def _more(done: Written) -> str:
    drafts = f" ({done.drafts} of them drafts)" if done.drafts else ""
    return f"{drafts}, {many(done.copied, 'file')} copied" if done.copied else drafts
