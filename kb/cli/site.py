"""What every command needs of a site: the option that names it, the clock, and refusals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from kb.building.files import FileFault
from kb.building.lock import Held
from kb.building.moments import right_now
from kb.building.project import Project, ProjectFault, check_content, open_project
from kb.building.report import line
from kb.building.workers import WorkerFault
from kb.cli.refusal import Refusal
from kb.cli.say import SEVERITIES, say

F = TypeVar("F", bound=Callable[..., Any])

source_option = click.option(
    "-s",
    "--source",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The site's folder, which holds site.toml.  [default: here]",
)
timezone_option = click.option(
    "--timezone",
    default="",
    metavar="ZONE",
    help="Time zone of the programme's event: Europe/Berlin.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def now() -> str:
    """Return the moment that builds go by: SOURCE_DATE_EPOCH, else the clock; ISO 8601, UTC.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no number of seconds.
    """
    try:
        return right_now()
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault


def opened(
    source: Path,
    output: Path | None = None,
    base_url: str | None = None,
    *,
    needs_notes: bool = True,
) -> Project:
    """Return the site in `source`.

    Raises:
        Refusal: it is none, its configuration cannot be used, or (with `needs_notes`) the folder
            of its notes is not there (exit code 2).
    """
    with refusals():
        project = open_project(source, output, base_url)
        if needs_notes:
            check_content(project)
        return project


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what building refuses into one line and an exit code.

    Raises:
        Refusal: with 2 for a configuration, 75 for a lock, 1 for a disk.
    """
    try:
        yield
    except ProjectFault as fault:
        for finding in fault.findings:
            say(line(finding), SEVERITIES[finding.severity])
        raise Refusal("\n    ".join(filter(None, (str(fault), fault.hint))), 2) from fault
    except Held as fault:
        raise Refusal(str(fault), 75) from fault
    except (FileFault, WorkerFault) as fault:
        raise Refusal(str(fault)) from fault
