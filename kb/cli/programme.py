"""`kb match`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kb.building.announced import schedule_at
from kb.building.matching import Asked, Both, Matched, match_schedule, write_files
from kb.building.options import Hooks, Options
from kb.building.project import Project
from kb.building.writeback import FIELDS, Edit, edits, write_edits
from kb.cli.bar import Bar
from kb.cli.say import put, say
from kb.cli.site import json_option, now, opened, refusals, source_option, timezone_option
from kb.model.schedule import ScheduleSession
from kb.model.site import SessionRecord
from kb.model.value import to_json

_FIRST = 10
"""Lines of each list that are shown unless all are asked for."""


def _fields(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in value.split(",")))))
    for name in names:
        if name not in FIELDS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(FIELDS)}")
    return names


@click.command("match")
@click.argument("schedule", type=click.Path(path_type=Path))
@source_option
@click.option("--event", default="", metavar="EVENT", help="Which event it is the programme of.")
@timezone_option
@click.option("--accept", multiple=True, metavar="ID", help="This doubtful pair is one session.")
@click.option("--reject", multiple=True, metavar="ID", help="This pair is not one session.")
@click.option("--write", is_flag=True, help="Put what it adds into the notes' front matter, too.")
@click.option(
    "--fields",
    default=",".join(FIELDS),
    callback=_fields,
    metavar="LIST",
    help="What --write puts there.  [default: all that is known]",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be done; write nothing.")
@click.option("--force", is_flag=True, help="Write a programme anew that you have changed.")
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Show every pair and every session.")
def match_command(
    schedule: Path,
    source: Path,
    *,
    event: str,
    timezone: str,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    fields: tuple[str, ...],
    write: bool,
    dry_run: bool,
    force: bool,
    as_json: bool,
    verbose: bool,
) -> int:
    """Match a conference's published SCHEDULE with the notes, and keep what it adds.

    SCHEDULE is a schedule.json or schedule.xml (frab, pretalx), an iCalendar file or a CSV. What it
    knows and the notes do not is kept in content/schedules/EVENT.toml, which builds read; what the
    notes say stays. No note is touched without --write, and no prose ever.
    """
    project = opened(source)
    with refusals(), Bar(hidden=as_json) as bar:
        read = schedule_at(schedule, timezone, project.plugins)
        asked = Asked(schedule.name, event, accept, reject, force=force)
        options = Options(now=now(), drafts=True, future=True)
        found = match_schedule(project, options, read, asked, Hooks(progress=bar.advance))
        notes = edits(project, found.knowledge, found.files, fields) if write else ()
        if not dry_run:
            write_files(project, found.files)
            write_edits(project, notes)
    if as_json:
        put(to_json(_plain(found, notes, dry_run=dry_run)).decode())
    else:
        _tell(found, notes, project, dry_run=dry_run, verbose=verbose)
    return 0


def _tell(
    found: Matched, notes: Sequence[Edit], project: Project, *, dry_run: bool, verbose: bool
) -> None:
    for remark in found.schedule.remarks:
        say(remark, "yellow")
    shown = None if verbose else _FIRST
    events = ", ".join(file.event.title for file in found.files)
    say(f"{found.schedule.title or 'The programme'} is of: {events}", "bold")
    _list("Matched", [_pair(one) for one in found.sure], shown)
    _list("Doubtful, and left alone", [_both(one) for one in found.doubtful], shown)
    _list("In the notes only", [_talk(one) for one in found.talks], shown)
    _list("In the programme only", [_session(one) for one in found.sessions], shown)
    if found.doubtful:
        first = found.doubtful[0].session.id
        say(f"Settle a doubtful pair with --accept {first}, or --reject {first}.", "cyan")
    would = "would be " if dry_run else ""
    for file in found.files:
        say(f"{file.path}: {would}written" if file.is_new else f"{file.path}: as it was")
    for edit in notes:
        if edit.after:
            say(f"{edit.path}: {would}given {', '.join(edit.fields)}")
        if edit.reason:
            say(f"{edit.path}: left alone: {edit.reason}", "yellow")
    if not dry_run and any(file.is_new for file in found.files):
        say(f"Next: kb build{'' if project.root == Path.cwd() else f' -s {project.root}'}")


def _list(title: str, lines: Sequence[str], shown: int | None) -> None:
    say(f"{title}: {len(lines):,}", "bold")
    for line in lines[:shown]:
        say(f"  {line}")
    if shown is not None and len(lines) > shown:
        say(f"  … and {len(lines) - shown:,} more (-v shows each)", "dim")


def _pair(one: Both) -> str:
    adds = f"adds {', '.join(one.adds)}" if one.adds else "adds nothing"
    return f"{one.score:4.0%}  {one.talk.title}  ({adds})"


def _both(one: Both) -> str:
    noted, announced = _talk(one.talk), _session(one.session)
    return f"{one.score:4.0%}  notes      {noted}\n        programme  {announced}"


def _talk(one: SessionRecord) -> str:
    people = ", ".join(credit.name for credit in one.speakers)
    telling = one.tellings[0]
    when = " ".join(filter(None, (one.date or one.day, one.start)))
    about = "; ".join(filter(None, (people, when)))
    return f"{one.title}{f' ({about})' if about else ''}  {telling.note}:{telling.lines.first}"


def _session(one: ScheduleSession) -> str:
    when = " ".join(filter(None, (one.date, one.start)))
    about = "; ".join(filter(None, (", ".join(one.speakers), when, one.room)))
    return f"{one.title}{f' ({about})' if about else ''}  [{one.id}]"


def _plain(found: Matched, notes: Sequence[Edit], *, dry_run: bool) -> Mapping[str, Any]:
    schedule = found.schedule
    return {
        "schedule": {
            "title": schedule.title,
            "version": schedule.version,
            "start": schedule.start,
            "end": schedule.end,
            "timezone": schedule.timezone,
            "sessions": len(schedule.sessions),
            "remarks": schedule.remarks,
        },
        "events": [
            {
                "title": file.event.title,
                "url": file.event.url,
                "file": file.path,
                "written": file.is_new and not dry_run,
            }
            for file in found.files
        ],
        "matched": _pairs(found.sure),
        "doubtful": _pairs(found.doubtful),
        "unmatched": {
            "talks": [_plain_talk(one) for one in found.talks],
            "sessions": [_plain_session(one) for one in found.sessions],
        },
        "notes": [
            {
                "path": edit.path,
                "fields": edit.fields,
                "written": bool(edit.after) and not dry_run,
                "reason": edit.reason,
            }
            for edit in notes
        ],
    }


def _pairs(pairs: Iterable[Both]) -> list[Mapping[str, Any]]:
    return [
        {
            "score": one.score,
            "reasons": one.reasons,
            "adds": one.adds,
            "talk": _plain_talk(one.talk),
            "session": _plain_session(one.session),
        }
        for one in pairs
    ]


def _plain_talk(one: SessionRecord) -> Mapping[str, Any]:
    return {
        "title": one.title,
        "speakers": [credit.name for credit in one.speakers],
        "date": one.date,
        "day": one.day,
        "start": one.start,
        "url": one.url,
        "note": one.tellings[0].note,
        "line": one.tellings[0].lines.first,
    }


def _plain_session(one: ScheduleSession) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "speakers": one.speakers,
        "date": one.date,
        "start": one.start,
        "finish": one.finish,
        "room": one.room,
        "track": one.track,
        "url": one.url,
        "recording": one.recording,
    }
