"""What every command needs of a site: the option that names it, the clock, and refusals."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.building.files import FileFault
from kb.building.lock import Held
from kb.building.moments import built_at, right_now
from kb.building.options import Options
from kb.building.project import Project, ProjectFault, check_content, open_project
from kb.building.report import line
from kb.building.workers import WorkerFault
from kb.cli.refusal import HELD, USAGE, Refusal
from kb.cli.say import SEVERITIES, say_all
from kb.model.finding import Finding

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


def built_now(project: Project, *, drafts: bool = False, future: bool = False) -> Options:
    """Return how the site is built now: as its settings say, and with what is asked for besides.

    Raises:
        UsageError: as `now`.
    """
    return built_at(now(), project.settings.build, drafts=drafts, future=future)


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
            of its notes is not there.
    """
    with refusals():
        project = open_project(source, output, base_url)
        if needs_notes:
            check_content(project)
        return project


def say_findings(findings: Iterable[Finding]) -> None:
    """Tell a person of `findings`, a line each."""
    say_all((line(finding), SEVERITIES[finding.severity]) for finding in findings)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what building refuses into one line and an exit code.

    Raises:
        Refusal: with `USAGE` for a configuration, `HELD` for a lock, `FINDINGS` for a disk.
    """
    try:
        yield
    except ProjectFault as fault:
        say_findings(fault.findings)
        raise Refusal("\n    ".join(filter(None, (str(fault), fault.hint))), USAGE) from fault
    except Held as fault:
        raise Refusal(str(fault), HELD) from fault
    except (FileFault, WorkerFault) as fault:
        raise Refusal(str(fault)) from fault
