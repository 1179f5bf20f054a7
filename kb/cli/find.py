"""`kb search`."""

import sys
from pathlib import Path
from urllib.parse import unquote

import click

from kb.building.answer import answers
from kb.building.options import Hooks
from kb.building.project import Project
from kb.cli.bar import Bar
from kb.cli.refusal import Refusal
from kb.cli.say import printable, put, say, styled
from kb.cli.site import built_now, json_option, opened, refusals, source_option
from kb.model.pattern import Pattern
from kb.model.value import to_json
from kb.search.documents import KINDS
from kb.search.engine import Hit, IndexUnusable, Results


class _Asking(click.Command):
    """A command of whose arguments some begin with a minus: `kb search cells -forum`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take one minus before a word for the query's, not for an option's."""
        return super().parse_args(ctx, [_MINUS.sub(_HIDDEN, argument) for argument in args])


_MINUS = Pattern(r"^-(?=[^-\s].)")
_HIDDEN = "\0"
"""Stands for such a minus: no argument of a program can hold it."""


@click.command("search", cls=_Asking)
@click.argument("query", nargs=-1, required=True)
@source_option
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Hits at most."
)
@click.option(
    "--type",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="Only things of this kind; may be repeated.",
)
@click.option("--open", "open_first", is_flag=True, help="Open the first hit in a browser.")
@json_option
def search_command(
    query: tuple[str, ...],
    source: Path,
    limit: int,
    kinds: tuple[str, ...],
    *,
    open_first: bool,
    as_json: bool,
) -> int:
    """Search the notes.

    Words, "a phrase", -not, OR, prefix*, and fields: speaker: event: topic: tag: year: date: day:
    kind: has: title: note: lang: sort:

    A query with quotes, an asterisk or parentheses needs quotes of its own: 'kube* "at scale"'

    With - for QUERY, reads one query a line and writes one JSON object a line.
    """
    project = opened(source)
    options = built_now(project)
    many = query == ("-",)
    try:
        with refusals(), Bar(hidden=as_json or many) as bar:
            hooks = Hooks(progress=bar.advance)
            with answers(project, options, hooks) as asked:
                if many:
                    for text in sys.stdin:
                        asking = _readable(text).strip()
                        put(_json(asked.search(asking, limit=limit, kinds=kinds)))
                        sys.stdout.flush()
                else:
                    asking = _readable(" ".join(query).replace(_HIDDEN, "-"))
                    results = asked.search(asking, limit=limit, kinds=kinds)
    except IndexUnusable as fault:
        raise Refusal(str(fault)) from fault
    if asked.remark:
        say(asked.remark, "yellow")
    if many:
        return 0
    if as_json:
        put(_json(results))
    else:
        _tell(results)
    if open_first and results.hits:
        click.launch(_address(project, results.hits[0].url))
    return 0


def _readable(text: str) -> str:
    """Return what was typed, with a mark for each byte that is no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _json(results: Results) -> str:
    """Return `results` as one line of JSON, every key there even where it is empty."""
    hits = [
        {
            "kind": hit.kind,
            "title": hit.title,
            "event": hit.event,
            "speakers": hit.speakers,
            "topics": hit.topics,
            "date": hit.date,
            "url": hit.url,
            "score": hit.score,
            "excerpt": hit.excerpt,
            "marks": hit.marks,
            "near": hit.near,
        }
        for hit in results.hits
    ]
    answer = {
        "query": results.query,
        "total": results.total,
        "complete": results.complete,
        "meant": results.meant,
        "hits": hits,
    }
    return to_json(answer).decode()


def _address(project: Project, url: str) -> str:
    """Return where a hit is to be seen: on the web, else in the output folder."""
    if not url.startswith("/"):
        return url
    base = project.settings.base_url
    if base:
        return base.rstrip("/") + url
    path, _, anchor = url.partition("#")
    page = project.output / unquote(path).strip("/") / "index.html"
    return page.resolve().as_uri() + (f"#{anchor}" if anchor else "")


def _tell(results: Results) -> None:
    if results.meant:
        say(f"Did you mean: {results.meant}", "cyan")
    for number, hit in enumerate(results.hits, start=1):
        _print(number, hit)
    sys.stdout.flush()
    if not results.total:
        say("Nothing found." if results.query.strip() else "Nothing was asked for.")
        return
    told = f"{results.total} found"
    if 0 < results.complete < results.total:
        told += f", {results.complete} with all words"
    if len(results.hits) < results.total:
        told += f", the first {len(results.hits)} shown"
    say(told)


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
