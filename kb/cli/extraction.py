"""`kb extract`."""

from pathlib import Path

import click

from kb.building.files import FileFault, make_folder, read_file, write_whole
from kb.building.loose import Extracted, extract_paths
from kb.building.project import ProjectFault, open_project, plugins_of
from kb.building.report import exit_code
from kb.cli.say import put, say
from kb.cli.site import json_option, refusals, say_findings
from kb.extraction.record import Record
from kb.model.settings import Settings
from kb.model.value import ValueFault, from_json, to_json


@click.command("extract")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-s",
    "--source",
    type=click.Path(path_type=Path),
    help="Read as the site in this folder does.  [default: without site.toml]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write one JSON file a note into this folder."
)
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Tell errors only.")
def extract_command(
    paths: tuple[Path, ...], source: Path | None, out: Path | None, *, as_json: bool, quiet: bool
) -> int:
    """Print what kb reads out of notes, as JSON.

    PATHS are notes, or folders of notes; they need no site.toml. One note gives one object, several
    an object with one for each path; with --out, a file for each at the same relative path.
    """
    del as_json  # it always is JSON
    settings = Settings()
    with refusals():
        if source is not None:
            project = open_project(source)
            settings, plugins = project.settings, project.plugins
        else:
            plugins = plugins_of(settings)
        for path in paths:
            if not path.exists():
                raise ProjectFault(f"{path} does not exist")
        extracted = extract_paths(paths, settings, plugins)
    loud = {"error"} if quiet else {"error", "warning"}
    say_findings(one for one in extracted.findings if one.severity in loud)
    if out is not None:
        with refusals():
            _write(extracted, out)
        say(f"{len(extracted.records)} files written to {out}")
    elif len(extracted.records) == 1 and paths[0].is_file():
        put(to_json(next(iter(extracted.records.values()))).decode())
    else:
        put(to_json(extracted.records).decode())
    return exit_code(extracted.findings, strict=False)


def _write(extracted: Extracted, out: Path) -> None:
    targets = {path: (out / path).with_suffix(".json") for path in extracted.records}
    for target in targets.values():
        if target.exists() and not _is_own(target):
            raise ProjectFault(
                f"{target} is there, and kb did not write it; nothing was written",
                "Name another folder with --out, or move the file.",
            )
    for path, record in extracted.records.items():
        make_folder(targets[path].parent)
        write_whole(targets[path], to_json(record) + b"\n")


def _is_own(path: Path) -> bool:
    """Return whether the file at `path` reads as a record that kb wrote."""
    try:
        data = read_file(path.parent, path.name)
        return to_json(from_json(data, Record)) + b"\n" == data
    except (FileFault, ValueFault):
        return False
