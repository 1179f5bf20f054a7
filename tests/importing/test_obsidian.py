"""A vault: properties, names of files, and where links lead."""

import datetime as dt
from typing import Any

import pytest

from kb.importing.obsidian import Library, Turned, Vault, VaultNote, turn


def library(*paths: str, **bodies: str) -> Library:
    notes = [VaultNote(path, {}, "", 1) for path in paths if path.lower().endswith(".md")]
    notes += [VaultNote(f"{name}.md", {}, body, 1) for name, body in bodies.items()]
    others = [path for path in paths if not path.lower().endswith(".md")]
    return Library(Vault(tuple(notes), tuple(others), lambda text: text.lower()))


def turned(path: str = "n.md", body: str = "text", **properties: Any) -> Turned:
    note = VaultNote(path, properties, body, 1)
    return turn(note, Library(Vault((note,), ("in/p.png",), str.lower)))


def matter(path: str = "n.md", body: str = "text", **properties: Any) -> dict[str, Any]:
    return dict(turned(path, body, **properties).note.matter)


@pytest.mark.parametrize(
    ("name", "near", "found"),
    [
        ("Note", "x.md", "a/Note.md"),  # the one nearest to the top
        ("note", "x.md", "a/Note.md"),
        ("Note.md", "x.md", "a/Note.md"),
        ("b/Note", "x.md", "a/b/Note.md"),
        ("a/b/Note", "x.md", "a/b/Note.md"),
        ("Note", "a/b/x.md", "a/b/Note.md"),  # the one beside it
        ("../Note", "a/b/x.md", "a/Note.md"),
        ("/a/Note", "c/x.md", "a/Note.md"),
        ("p.png", "x.md", "in/p.png"),
        ("ote", "x.md", None),
        ("Gone", "x.md", None),
        ("../../../etc/passwd", "a/x.md", None),
        ("", "x.md", None),
    ],
)
def test_names_are_found_as_obsidian_finds_them(name: str, near: str, found: str | None) -> None:
    assert library("a/Note.md", "a/b/Note.md", "in/p.png").find(name, near) == found


def test_a_block_leads_to_its_heading() -> None:
    found = library(one="## Head\n\nx ^id\n")
    assert found.anchor("one.md", "^id") == "head"
    assert found.anchor("one.md", "^gone") == ""
    assert found.anchor("one.md", "Some Head") == "some head"


def test_names_become_names_on_every_system() -> None:
    found = library("a:b.md", "a?b.md", "C.MD", "c.md", "d\\e.png").paths
    assert found == {
        "C.MD": "C.md",
        "a:b.md": "a-b.md",
        "a?b.md": "a-b-2.md",
        "c.md": "c-2.md",
        "d\\e.png": "d-e.png",
    }


def test_properties_mean_what_they_mean_in_kb() -> None:
    day = dt.date(2024, 6, 3)
    assert matter(
        Tags=["a", "#b"],
        tag="c, d",
        aliases=["A name"],
        created=day,
        updated=day,
        permalink="old/place",
        cover="[[p.png]]",
        event="[[River Conf|RC]]",
        speakers=["[[People/Ada North]]", "Ida"],
        rating=5,
        nothing=None,
        cssclass="wide",
    ) == {
        "title": "n",
        "date": day,
        "tags": ["a", "b", "c", "d"],
        "other_names": ["A name"],
        "lastmod": day,
        "url": "/old/place/",
        "cover": "in/p.png",
        "event": {"name": "RC"},
        "speakers": ["Ada North", "Ida"],
        "rating": 5,
    }


def test_titles_and_dates_come_from_names() -> None:
    assert matter("x/2024-06-03 Standup.md") == {
        "title": "2024-06-03 Standup",
        "date": "2024-06-03",
    }
    assert matter(body="# Own title\n") == {}
    assert matter(body="text", title="Given") == {"title": "Given"}
    assert matter(date=dt.date(2020, 1, 1), created=dt.date(2019, 1, 1))["date"] == dt.date(
        2020, 1, 1
    )


def test_what_is_not_to_be_published_is_a_draft() -> None:
    assert matter(publish=False)["draft"] is True
    assert "draft" not in matter(publish=True)


def test_nested_tags_are_topics_below_others() -> None:
    told = turned(body="#conf/river/2024x #river/dam #a/A", tags=["x/river"])
    assert told.note.matter["tags"] == ["river", "2024x", "dam", "A"]
    assert told.broader == {"river": ("x", "conf"), "2024x": ("river",), "dam": ("river",)}


def test_shown_files_are_named_and_remarks_have_lines() -> None:
    note = VaultNote("a/n.md", {}, "x\n![[p.png]] [[gone]]", 5)
    told = turn(note, Library(Vault((note,), ("in/p.png", "in/q.png"), str.lower)))
    assert told.note.body == "x\n![](../in/p.png) [[gone]]\n"
    assert told.shown == ("in/p.png",)
    assert [(one.place, one.what) for one in told.remarks] == [
        ("a/n.md:6", "[[gone]] leads to no note")
    ]
