"""`kb export`."""

from pathlib import Path

import click

from kb.building.exports import Exported, export_file, export_folder, material_of
from kb.building.formats import FORMATS
from kb.building.options import Hooks
from kb.building.pipeline import load
from kb.cli.bar import Bar
from kb.cli.say import emit, put, say
from kb.cli.site import built_now, opened, refusals, source_option
from kb.exporting.spreadsheets import TABLES
from kb.model.dump import Dump
from kb.model.value import json_schema, to_json

_WIDTH = max(map(len, FORMATS))


_HELP = """Write what the notes say for another program.

With -o, an earlier export is brought up to date, and nothing that kb did not write is touched.
FORMAT is one of:

\b
""" + "\n".join(f"{name:<{_WIDTH}}  {one.what}" for name, one in FORMATS.items())


@click.command("export", help=_HELP)
@click.argument("format_name", metavar="FORMAT", type=click.Choice(tuple(FORMATS)))
@source_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file or folder to write.  [default: the standard output, where a format is text]",
)
@click.option("--drafts", is_flag=True, help="Export what drafts say, too.")
@click.option("--future", is_flag=True, help="Export what notes dated in the future say, too.")
@click.option("--force", is_flag=True, help="Write over files that kb did not write.")
@click.option(
    "--table", type=click.Choice(tuple(TABLES)), help="Only this table of csv, as a file."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the json format, instead.")
@click.option("-q", "--quiet", is_flag=True, help="Tell errors only.")
def export_command(
    format_name: str,
    source: Path,
    output: Path | None,
    *,
    drafts: bool,
    future: bool,
    force: bool,
    schema: bool,
    table: str | None,
    quiet: bool,
) -> int:
    """Load the site, make the format, and print it or write it."""
    if schema:
        if format_name != "json":
            raise click.UsageError("--schema belongs to json")
        put(to_json(json_schema(Dump)).decode())
        return 0
    chosen = FORMATS[format_name]
    if output is not None and str(output) == "-":
        output = None
    if table is not None and format_name != "csv":
        raise click.UsageError("--table belongs to csv")
    is_folder = chosen.holds == "folder" and table is None
    if output is None and (chosen.binary or is_folder):
        raise click.UsageError(f"{format_name} is a {chosen.kind}: name it with -o")
    project = opened(source)
    options = built_now(project, drafts=drafts, future=future)
    with refusals(), Bar(hidden=quiet) as bar:
        knowledge = load(project, options, Hooks(progress=bar.advance))
    made = list(chosen.make(material_of(knowledge)))
    if table is not None:
        made = [one for one in made if one.path == f"{table}.csv"]
    if output is None:
        for one in made:
            emit(one.data)
        return 0
    with refusals():
        if is_folder:
            done = export_folder(project, output, format_name, made, force=force)
        else:
            (only,) = made
            done = export_file(project, output, only.data, force=force)
    if not quiet:
        _tell(done, output)
    return 0


def _tell(done: Exported, output: Path) -> None:
    for path in done.kept:
        say(
            f"{output / path} is no part of the export any more, but was edited: it stays", "yellow"
        )
    if not done.total and not done.removed:
        say(f"{output}: nothing to write")
    elif not done.written and not done.removed:
        say(f"{output}: nothing changed")
    elif done.total == 1 and not done.removed:
        say(f"{output} written")
    else:
        gone = f", {len(done.removed)} removed" if done.removed else ""
        say(f"{output}: {len(done.written)} of {done.total} files written{gone}")
