"""`kb new`."""

from pathlib import Path

import click

from kb.building import scaffold
from kb.building.announced import begin_notes, schedule_at
from kb.cli.say import put
from kb.cli.site import now, opened, refusals, source_option, timezone_option


@click.command("new")
@click.argument("title", required=False)
@source_option
@click.option(
    "--from",
    "schedule",
    type=click.Path(path_type=Path),
    metavar="SCHEDULE",
    help="Begin a note for each day of this published programme.",
)
@click.option(
    "--session", "sessions", multiple=True, metavar="ID", help="Begin one for this session only."
)
@click.option("--event", default="", metavar="NAME", help="What to call the programme's event.")
@timezone_option
def new_command(
    title: str | None,
    source: Path,
    *,
    schedule: Path | None,
    sessions: tuple[str, ...],
    event: str,
    timezone: str,
) -> int:
    """Write a new note called TITLE, its front matter filled in; print its path.

    With --from, notes are begun from a published programme instead: one for each day with a heading
    for each session, or one for each --session, named by id or title. No file is written over.
    """
    project = opened(source, needs_notes=False)
    wanted = " ".join((title or "").split())
    if schedule is None:
        if sessions or event or timezone:
            raise click.UsageError("--session, --event and --timezone go with --from")
        if not wanted:
            raise click.UsageError("a note needs a title")
    elif wanted:
        raise click.UsageError("a note has a title, or comes --from a programme, not both")
    with refusals():
        if schedule is None:
            put(str(scaffold.note(project, wanted, now()[:10])))
        else:
            programme = schedule_at(schedule, timezone, project.plugins)
            for path in begin_notes(project, programme, sessions, event):
                put(str(path))
    return 0
