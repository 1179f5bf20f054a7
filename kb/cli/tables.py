"""`kb list`."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len

from kb.building.options import Hooks
from kb.building.recall import told
from kb.cli.bar import Bar
from kb.cli.say import coloured, printable, put, say
from kb.cli.site import built_now, json_option, opened, refusals, source_option
from kb.model.cells import no_formula
from kb.model.site import Records, SessionRecord, Url
from kb.model.value import to_json

Row = Mapping[str, Any]
_ALIGNED = 60
"""Characters that a cell is filled up to at most, where nobody reads the table on a terminal."""
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
    """List what the notes tell of.

    A terminal shows as many columns as it has room for; in a pipe or file each row is a line with
    all of them.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    project = opened(source)
    options = built_now(project, drafts=drafts, future=future)
    with refusals(), Bar(hidden=as_json or as_csv) as bar:
        rows = told(project, options, ROWS[what], Hooks(progress=bar.advance))
    if as_json:
        put(to_json(list(rows)).decode())
    elif as_csv:
        _print_csv(rows, COLUMNS[what])
    else:
        if sys.stdout.isatty():
            left_out = _print_table(rows, COLUMNS[what])
        else:
            left_out = ()
            _print_lines(rows, COLUMNS[what])
        say(f"{len(rows)} {what if len(rows) != 1 else what[:-1]}")
        if left_out:
            say(f"No room for: {', '.join(left_out)} (--json and --csv have them).", "dim")
    return 0


def _print_csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([no_formula(_cell(row[column])) for column in columns])


def _print_lines(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print each row whole, on a line of its own, for other programs to search."""
    lines = [columns, *([_line_of(row[column]) for column in columns] for row in rows)]
    widths = [min(max(map(cell_len, column)), _ALIGNED) for column in zip(*lines, strict=True)]
    for cells in lines:
        aligned = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)
        )
        sys.stdout.write(f"{'  '.join(aligned).rstrip()}\n")


def _line_of(value: Any) -> str:
    return " ".join(_cell(value).split())


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> Sequence[str]:
    """Print a table on a terminal; return the columns that it has no room for."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(no_color=not coloured(sys.stdout), highlight=False)
    shown_columns = fitting(rows, columns, console.width)
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


def _title_of(records: Records) -> Callable[[Url | None], str]:
    titles: dict[str, str] = {one.url: one.title for one in records.events.values()}
    return lambda url: titles.get(url or "", "")


def _place(session: SessionRecord) -> str:
    telling = session.tellings[0]
    return f"{telling.note}:{telling.lines.first}"


def _talks(records: Records) -> list[Row]:
    title = _title_of(records)
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
        for one in records.sessions.values()
        if one.is_talk
    ]


def _speakers(records: Records) -> list[Row]:
    title = _title_of(records)
    return [
        {
            "name": one.name,
            "talks": one.talks,
            "events": [title(url) for url in one.events],
            "aliases": list(one.aliases),
            "url": one.url,
        }
        for one in records.people.values()
    ]


def _topics(records: Records) -> list[Row]:
    return [
        {
            "name": one.name,
            "talks": one.talks,
            "notes": len(one.notes),
            "synonyms": list(one.synonyms),
            "guessed": one.guessed,
            "url": one.url,
        }
        for one in records.topics.values()
    ]


def _events(records: Records) -> list[Row]:
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
        for one in records.events.values()
    ]


def _links(records: Records) -> list[Row]:
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
        for one in records.links.values()
    ]


def _notes(records: Records) -> list[Row]:
    title = _title_of(records)
    return [
        {
            "title": one.title,
            "date": one.date[:10],
            "event": title(one.event),
            "sessions": len(one.sessions),
            "path": one.path,
            "url": one.url,
        }
        for one in records.notes.values()
    ]


ROWS: dict[str, Callable[[Records], list[Row]]] = {
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
