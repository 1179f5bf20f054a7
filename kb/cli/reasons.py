"""`kb why`."""

from pathlib import Path

import click

from kb.building.options import Hooks, Options
from kb.building.pipeline import load
from kb.building.reasons import Explained, Reason, explain, nearest
from kb.cli.bar import Bar
from kb.cli.refusal import Refusal
from kb.cli.say import many, put, say
from kb.cli.site import json_option, now, opened, refusals, source_option
from kb.model.value import to_json

_MOST = 80
"""Characters shown of the words that a fact was read from."""


@click.command("why")
@click.argument("thing")
@source_option
@json_option
def why_command(thing: str, source: Path, *, as_json: bool) -> int:
    """Tell where every fact about THING came from: file, line, rule, how sure.

    THING is the name or URL of a talk, speaker, topic, event, link or note, or a part of its name.
    """
    project = opened(source)
    with refusals(), Bar(hidden=as_json) as bar:
        options = Options(now=now(), drafts=True, future=True)
        site = load(project, options, Hooks(progress=bar.advance)).site
    found = explain(site, thing)
    if as_json:
        put(to_json(list(found)).decode())
        return 0 if found else 1
    if not found:
        near = nearest(site, thing)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise Refusal(f"nothing is called {thing!r}{hint}")
    for one in found:
        _print(one)
    say(f"{many(len(found), 'thing')} called so")
    return 0


def _print(one: Explained) -> None:
    put(f"{one.kind}: {one.name}  {one.url}")
    lines = (f"  {why.path}:{max(why.line, 1)}: {_words(why)}" for why in one.reasons)
    for line in dict.fromkeys(lines):
        put(line)


def _words(reason: Reason) -> str:
    value = f": {reason.value}" if reason.value else ""
    words = " ".join(reason.text.split())
    shown = words if len(words) <= _MOST else f"{words[: _MOST - 1]}…"
    quoted = f"  “{shown}”" if shown and words != " ".join(reason.value.split()) else ""
    return f"{reason.fact}{value}  ({reason.rule}, {reason.sure:.0%} sure){quoted}"
