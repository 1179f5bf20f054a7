"""`kb search`."""

import sys
from pathlib import Path

import click

from kb.building.answer import search
from kb.building.options import Hooks, Options
from kb.cli.bar import Bar
from kb.cli.refusal import Refusal
from kb.cli.say import printable, put, say, styled
from kb.cli.site import json_option, now, opened, refusals, source_option
from kb.model.value import to_json, to_plain
from kb.search.documents import KINDS
from kb.search.engine import Hit, IndexUnusable


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@source_option
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Hits at most."
)
@click.option("--type", "kinds", type=click.Choice(KINDS), multiple=True, help="Only things of it.")
@json_option
def search_command(
    query: tuple[str, ...], source: Path, limit: int, kinds: tuple[str, ...], *, as_json: bool
) -> int:
    """Search the notes.

    Words, "a phrase", -not, OR, prefix*, and fields: speaker: event: topic: year: day: kind: has:
    """
    project = opened(source)
    options = Options(
        now=now(),
        drafts=project.settings.build.drafts,
        future=project.settings.build.future,
    )
    try:
        with refusals(), Bar(hidden=as_json) as bar:
            results, remark = search(
                project,
                " ".join(query),
                options,
                limit=limit,
                kinds=kinds,
                hooks=Hooks(progress=bar.advance),
            )
    except IndexUnusable as fault:
        raise Refusal(str(fault)) from fault
    if remark:
        say(remark, "yellow")
    if as_json:
        put(to_json(to_plain(results)).decode())
        return 0
    if results.meant:
        say(f"Did you mean: {results.meant}", "cyan")
    for number, hit in enumerate(results.hits, start=1):
        _print(number, hit)
    sys.stdout.flush()
    shown = f", the first {len(results.hits)} shown" if len(results.hits) < results.total else ""
    say(f"{results.total} found{shown}" if results.total else "Nothing found.")
    return 0


def _print(number: int, hit: Hit) -> None:
    about = ", ".join(filter(None, (hit.kind, ", ".join(hit.speakers), hit.event)))
    _line(f"{number:>3}. {_marked(hit.title, hit.title_marks)}  ({printable(about)})")
    if hit.excerpt:
        _line(f"     {_marked(hit.excerpt, hit.marks)}")
    _line(f"     {styled(printable(hit.url), 'dim', stream=sys.stdout)}")


def _marked(text: str, marks: tuple[tuple[int, int], ...]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in marks:
        parts.append(printable(text[done:start]))
        parts.append(styled(printable(text[start:end]), "bold", stream=sys.stdout))
        done = end
    return "".join([*parts, printable(text[done:])]).replace("\n", " ")


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
