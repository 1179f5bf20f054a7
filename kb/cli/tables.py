"""`kb list`."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kb.building.learning import Knowledge
from kb.building.options import Hooks, Options
from kb.building.pipeline import load
from kb.cli.bar import Bar
from kb.cli.say import coloured, printable, put, say
from kb.cli.site import json_option, now, opened, refusals, source_option
from kb.model.cells import no_formula
from kb.model.site import SessionRecord, Url
from kb.model.value import to_json

Row = Mapping[str, Any]
_WIDE = 500
"""Columns of a table that goes to a file or a pipe."""
_READABLE = 30
"""Characters of a cell below which its words would be cut on a narrow terminal."""


@click.command("list")
@click.argument(
    "what", type=click.Choice(["talks", "speakers", "topics", "events", "links", "notes"])
)
@source_option
@click.option("--drafts", is_flag=True, help="List what drafts say, too.")
@click.option("--future", is_flag=True, help="List what notes dated in the future say, too.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def list_command(
    what: str, source: Path, *, drafts: bool, future: bool, as_json: bool, as_csv: bool
) -> int:
    """List what the notes tell of."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    project = opened(source)
    options = Options(now=now(), drafts=drafts, future=future)
    with refusals(), Bar(hidden=as_json or as_csv) as bar:
        knowledge = load(project, options, Hooks(progress=bar.advance))
    rows = ROWS[what](knowledge)
    if as_json:
        put(to_json(list(rows)).decode())
    elif as_csv:
        _print_csv(rows, COLUMNS[what])
    else:
        left_out = _print_table(rows, COLUMNS[what])
        say(f"{len(rows)} {what if len(rows) != 1 else what[:-1]}")
        if left_out:
            say(f"No room for: {', '.join(left_out)} (--json and --csv have them).", "dim")
    return 0


def _print_csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([no_formula(_cell(row[column])) for column in columns])


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> Sequence[str]:
    """Print the table; return the columns that the terminal has no room for."""
    terminal = sys.stdout.isatty()
    console = Console(
        width=None if terminal else _WIDE,
        no_color=not coloured(sys.stdout),
        highlight=False,
        soft_wrap=not terminal,
    )
    shown_columns = fitting(rows, columns, console.width) if terminal else tuple(columns)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in shown_columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(_cell(row[column]))) for column in shown_columns))
    with console.capture() as shown:
        console.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in shown.get().splitlines())
    return columns[len(shown_columns) :]


def fitting(rows: Sequence[Row], columns: Sequence[str], width: int) -> tuple[str, ...]:
    """Return as many of the `columns`, from the first, as can be read side by side.

    `width` is the terminal's, in characters. The first two are always among them.
    """
    room, kept = width, 0
    for column in columns:
        widest = max((len(_cell(row[column])) for row in rows), default=0)
        room -= max(len(column), min(widest, _READABLE)) + (1 if kept else 0)
        if room < 0 and kept >= 2:
            break
        kept += 1
    return tuple(columns[:kept])


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _title_of(knowledge: Knowledge) -> Callable[[Url | None], str]:
    titles: dict[str, str] = {one.url: one.title for one in knowledge.site.events}
    return lambda url: titles.get(url or "", "")


def _place(session: SessionRecord) -> str:
    telling = session.tellings[0]
    return f"{telling.note}:{telling.lines.first}"


def _talks(knowledge: Knowledge) -> list[Row]:
    title = _title_of(knowledge)
    return [
        {
            "title": one.title,
            "speakers": [credit.name for credit in one.speakers],
            "event": title(one.event),
            "day": one.date or one.day,
            "kind": one.kind,
            "topics": [use.name for use in one.topics],
            "note": _place(one),
            "url": one.url,
        }
        for one in knowledge.site.sessions
        if one.is_talk
    ]


def _speakers(knowledge: Knowledge) -> list[Row]:
    title = _title_of(knowledge)
    return [
        {
            "name": one.name,
            "talks": one.talks,
            "events": [title(url) for url in one.events],
            "aliases": list(one.aliases),
            "url": one.url,
        }
        for one in knowledge.site.people
    ]


def _topics(knowledge: Knowledge) -> list[Row]:
    return [
        {
            "name": one.name,
            "talks": one.talks,
            "notes": len(one.notes),
            "synonyms": list(one.synonyms),
            "guessed": one.guessed,
            "url": one.url,
        }
        for one in knowledge.site.topics
    ]


def _events(knowledge: Knowledge) -> list[Row]:
    return [
        {
            "title": one.title,
            "place": one.place,
            "year": one.year or None,
            "days": [day.date or day.key for day in one.days if day.key],
            "talks": one.talks,
            "notes": len(one.notes),
            "url": one.url,
        }
        for one in knowledge.site.events
    ]


def _links(knowledge: Knowledge) -> list[Row]:
    return [
        {
            "url": one.url,
            "kind": one.kind,
            "title": one.title,
            "cited": len(one.citations),
            "dead": one.dead,
            "archive": one.archive,
            "where": [f"{citation.note}:{citation.line}" for citation in one.citations],
        }
        for one in knowledge.site.links
    ]


def _notes(knowledge: Knowledge) -> list[Row]:
    title = _title_of(knowledge)
    return [
        {
            "title": one.title,
            "date": one.date[:10],
            "event": title(one.event),
            "sessions": len(one.sessions),
            "path": one.path,
            "url": one.url,
        }
        for one in knowledge.site.notes
    ]


ROWS: dict[str, Callable[[Knowledge], list[Row]]] = {
    "talks": _talks,
    "speakers": _speakers,
    "topics": _topics,
    "events": _events,
    "links": _links,
    "notes": _notes,
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "talks": ("title", "speakers", "event", "day", "kind", "topics", "note", "url"),
    "speakers": ("name", "talks", "events", "aliases", "url"),
    "topics": ("name", "talks", "notes", "synonyms", "guessed", "url"),
    "events": ("title", "place", "year", "days", "talks", "notes", "url"),
    "links": ("url", "kind", "title", "cited", "dead", "archive", "where"),
    "notes": ("title", "date", "event", "sessions", "path", "url"),
}
"""What a row has, in the order of a table."""
