"""Values made to break out of a site, in every place of a note where they can stand."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.graph.permalinks import path_of
from kb.model.facts import EventFacts
from kb.model.site import Site
from tests.graph.builders import (
    evidence,
    link,
    picture,
    session,
    shows,
    site,
    speaker,
    to,
    told,
    topic,
)

NASTY = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "../../../etc/cron.d/x",
    "..%2f..%2fx",
    "/%2e%2e/x",
    "/posts/\x00x",
    "C:\\x",
    "/index.html",
    "/search/index.html",
    "/feed.xml",
    "/.well-known/x",
    '/"onload="x',
    "\ud800",
    "\u202egpj.exe",
    "\ufeff",
    "a" * 5000,
    "👩\u200d👩\u200d👧",
    "{{constructor}}",
    "<script>",
    "%",
    "%%%",
    ".",
    "..",
    "/",
    " ",
)


def everywhere(value: str) -> Site:
    """A site whose notes hold `value` wherever words or paths are."""
    talk = session(
        value,
        value,
        topics=[topic(value)],
        links=[link(value)],
        pictures=[picture(value)],
        day=value,
        start=value,
        part=value,
    )
    return site(
        told("content/a.md", url=value, aliases=(value,), title=value),
        told("content/b.md", slug=value, cover=value, references=[to(value), shows(value)]),
        told(
            "content/c.md",
            talk,
            event=EventFacts(name=value, place=value, series=value, day=value, why=(evidence(),)),
            topics=[topic(value, line=2)],
        ),
    )


def check(built: Site) -> None:
    urls = [record.url for record in built.events] + [record.url for record in built.sessions]
    urls += [record.url for record in built.people] + [record.url for record in built.topics]
    urls += [record.url for record in built.notes]
    assert len({path_of(url).casefold() for url in urls}) == len(urls)
    assert len(built.notes) == 3
    assert len(built.sessions) == 1
    for url in (*urls, *(redirect.source for redirect in built.redirects)):
        assert re.fullmatch(r"/(?:[A-Za-z0-9._~@+,=-]|%[0-9A-F]{2}|/)*", url)
        assert not url.startswith("//")
        for part in path_of(url).split("/"):
            assert part not in {".", ".."}
            assert not set(part) & set('\\:*?"<>|\x00')
            assert len(part.encode()) <= 255
    for note in built.notes:
        for target in note.targets:
            if target.kind == "external":
                assert re.match(r"https?://|mailto:|data:image/", target.url, re.IGNORECASE)
            elif target.kind in {"page", "asset"}:
                assert target.url.partition("#")[0] in urls or target.url.startswith("/")


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_a_nasty_value_stays_inside(value: str) -> None:
    check(everywhere(value))


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40))
def test_any_value_stays_inside(value: str) -> None:
    check(everywhere(value))


def test_a_nameless_speaker_is_nobody() -> None:
    talk = session("One")
    nameless = type(talk)(
        title="One", kind="talk", line=10, end=19, evidence=talk.evidence, speakers=(speaker(" "),)
    )
    built = site(told("content/a.md", nameless))
    assert built.people == ()
    assert built.sessions[0].speakers == ()


@pytest.mark.shared
def test_collected_attacks_stay_inside(shared: Path) -> None:
    rows = (shared / "hostile" / "aliases-redirects.jsonl").read_text(encoding="utf-8")
    values = [json.loads(row)["value"] for row in rows.splitlines()]
    assert len(values) > 100
    for value in values:
        built = everywhere(value)
        check(built)
        assert built.findings


@pytest.mark.shared
def test_collected_strings_stay_inside(shared: Path) -> None:
    rows = (shared / "hostile" / "naughty-strings.jsonl").read_text(encoding="utf-8")
    for row in rows.splitlines():
        for value in json.loads(row).values():
            if isinstance(value, str):
                check(everywhere(value))
