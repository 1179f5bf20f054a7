"""What talks cite to read or hear, on one page: an example of a plugin for kb."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import click

from kb.model.facts import Evidence, Facts, SessionFacts, TopicMention
from kb.model.made import Made, MadePage, MenuEntry
from kb.model.note import Lines, Note, select
from kb.model.output import Output
from kb.model.schedule import Schedule, ScheduleSession
from kb.model.site import LinkRecord, Site
from kb.model.value import replace
from kb.plugins.hooks import hookimpl

_HASHTAG = re.compile(r"(?<![\w&/#])#([a-z][\w-]+)", re.IGNORECASE)
_LINE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d) ([^/]+?)(?: / (.+))?")
_PODCASTS = ("changelog.com/podcast", "talkpython.fm/episodes", "podcasts.example.org")
_KINDS = ("paper", "article", "podcast")


# Notes: what one note says ------------------------------------------------------------------------


@hookimpl
def kb_extract(note: Note, facts: Facts) -> Facts:
    """Make the hashtags in the notes of a talk topics of it."""
    return replace(facts, sessions=tuple(_with_hashtags(note, one) for one in facts.sessions))


def _with_hashtags(note: Note, session: SessionFacts) -> SessionFacts:
    known = {topic.name.casefold() for topic in session.topics}
    topics = list(session.topics)
    for block in select(note.blocks, Lines(session.line, session.end)):
        for part in block.walk():
            if part.kind == "code":
                continue
            for name in _HASHTAG.findall(part.text):
                if name.casefold() not in known:
                    known.add(name.casefold())
                    # `kb why` shows the line and the rule.
                    evidence = Evidence(part.line, "plugin-hashtag", 0.9, f"#{name}")
                    topics.append(TopicMention(name, evidence))
    return replace(session, topics=tuple(topics))


# Links: what kind of thing they lead to -----------------------------------------------------------


@hookimpl
def kb_link_kinds(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Take links to podcasts for what they are."""
    return dict.fromkeys((*_PODCASTS, *_own_podcasts(settings)), "podcast")


@hookimpl
def kb_key(settings: Mapping[str, Any]) -> str:
    """Let kb read everything anew where the file of podcasts changed."""
    return "\n".join(_own_podcasts(settings))


def _own_podcasts(settings: Mapping[str, Any]) -> list[str]:
    name = settings.get("podcasts")
    return Path(name).read_text(encoding="utf-8").split() if name else []


# The site: pages, files, the navigation -----------------------------------------------------------


@hookimpl
def kb_menu() -> Sequence[MenuEntry]:
    """Put the page into the navigation."""
    return [MenuEntry("/reading-list/", "Reading list")]


@hookimpl
def kb_pages(site: Site, settings: Mapping[str, Any]) -> Iterator[Made]:
    """Make the page, and the same as plain text."""
    links = _links(site, settings.get("kinds", _KINDS))
    titles = {session.url: session.title for session in site.sessions}
    items = []
    for link in links:
        cited = dict.fromkeys(one.session for one in link.citations if one.session)
        talks = ", ".join(f'<a href="{escape(url)}">{escape(titles[url])}</a>' for url in cited)
        said = f'<a href="{escape(link.url)}">{escape(link.title)}</a> ({escape(link.kind)})'
        items.append(f"<li>{said}{f'<br>{talks}' if talks else ''}</li>")
    body = f"<ul>{''.join(items)}</ul>" if items else "<p>No talk cites anything yet.</p>"
    yield MadePage("/reading-list/", "Reading list", body, "What talks cite to read or hear.")
    yield Output("reading-list.txt", "".join(f"{link.url}\n" for link in links).encode())


def _links(site: Site, kinds: Sequence[str]) -> list[LinkRecord]:
    """Return the web's links of these kinds, most cited first, as the site has them."""
    return [
        link
        for link in site.links
        if link.kind in kinds and link.url.startswith(("http:", "https:"))
    ]


# Programmes: formats that kb does not know --------------------------------------------------------


@hookimpl
def kb_schedule(name: str, data: bytes) -> Schedule | None:
    """Read lines such as `2021-09-16 10:00 Locks and Keys / Ines Carvalho` in a `.lines` file."""
    if not name.endswith(".lines"):
        return None
    sessions = []
    for line in data.decode("utf-8").splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is not None:
            date, start, title, names = found.groups()
            speakers = tuple(part.strip() for part in (names or "").split(",") if part.strip())
            sessions.append(ScheduleSession("", title, speakers=speakers, date=date, start=start))
    return Schedule(sessions=tuple(sessions))  # kb cleans, sorts and numbers them


# The terminal -------------------------------------------------------------------------------------


@click.command("reading-list")
@click.option("-s", "--source", default=".", help="The site's folder.", type=click.Path())
@click.option("--kind", "kinds", multiple=True, default=_KINDS, help="Kinds of links to list.")
def reading_list(source: str, kinds: Sequence[str]) -> None:
    """Print what talks cite to read or hear."""
    # Not above: `kb --help` and builds with nothing to do need none of it.
    from kb.building.moments import right_now  # noqa: PLC0415
    from kb.building.options import Options  # noqa: PLC0415
    from kb.building.pipeline import load  # noqa: PLC0415
    from kb.building.project import open_project  # noqa: PLC0415

    project = open_project(Path(source))
    for link in _links(load(project, Options(now=right_now())).site, kinds):
        click.echo(f"{link.kind:<8} {link.url}")


@hookimpl
def kb_commands() -> Sequence[click.Command]:
    """Add the command to `kb`."""
    return [reading_list]
