"""The SQLite file: whole, keyed, searchable, and as Datasette wants it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.exporting.database import to_database
from kb.exporting.material import Material
from tests.exporting.material import material
from tests.exporting.test_formats import billed, hostile
from tests.rendering import sample
from tests.rendering.test_hostile import DATES, TEXT


def opened(one: Material, folder: Path) -> sqlite3.Connection:
    (file,) = to_database(one)
    path = folder / file.path
    path.write_bytes(file.data)
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(opened(material(), tmp_path)) as connection:
        yield connection


def rows(database: sqlite3.Connection, query: str, *values: str) -> list[Any]:
    return database.execute(query, values).fetchall()


def one_column(database: sqlite3.Connection, query: str, *values: str) -> list[Any]:
    return [row[0] for row in rows(database, query, *values)]


def tables(database: sqlite3.Connection) -> list[str]:
    names = one_column(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for name in names if not re.search(r"_fts(_\w+)?$", name)]


def test_the_file_is_whole(database: sqlite3.Connection) -> None:
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "PRAGMA foreign_key_check") == []
    for name in ("sessions", "notes", "speakers"):
        with closing(sqlite3.connect(":memory:")) as copy:
            database.backup(copy)
            copy.execute(f"INSERT INTO {name}_fts ({name}_fts) VALUES ('integrity-check')")


def test_every_record_has_a_row(database: sqlite3.Connection) -> None:
    site = sample.site()
    for name, many in (
        ("events", site.events),
        ("sessions", site.sessions),
        ("speakers", site.people),
        ("topics", site.topics),
        ("notes", site.notes),
    ):
        assert one_column(database, f"SELECT url FROM {name} ORDER BY id") == [
            one.url for one in many
        ]
    assert one_column(database, "SELECT key FROM links ORDER BY id") == [
        one.key for one in site.links
    ]
    counts = {
        "session_speakers": sum(len(one.speakers) for one in site.sessions),
        "session_topics": sum(len(one.topics) for one in site.sessions),
        "citations": sum(len(one.citations) for one in site.links),
        "tellings": sum(len(one.tellings) for one in site.sessions),
        "related_sessions": sum(len(one.related) for one in site.sessions),
        "findings": len(site.findings),
    }
    found = {name: rows(database, f"SELECT count(*) FROM {name}")[0][0] for name in counts}
    assert found == counts


def test_every_table_has_a_key_and_a_rowid(database: sqlite3.Connection) -> None:
    for name in tables(database):
        columns = rows(database, f"PRAGMA table_info({name})")
        assert any(column[5] for column in columns), name
        database.execute(f"SELECT rowid FROM {name}")


def test_every_reference_has_an_index_and_leads_to_a_key(database: sqlite3.Connection) -> None:
    for name in tables(database):
        indexed = set()
        for index in rows(database, f"PRAGMA index_list({name})"):
            indexed.add(rows(database, f"PRAGMA index_info({index[1]})")[0][2])
        for key in rows(database, f"PRAGMA foreign_key_list({name})"):
            assert key[3] in indexed, f"{name}.{key[3]}"
            (primary,) = [c for c in rows(database, f"PRAGMA table_info({key[2]})") if c[5]]
            assert (primary[1], primary[2]) == (key[4], "INTEGER")


def test_datasette_finds_the_full_text_tables(database: sqlite3.Connection) -> None:
    """As Datasette looks for them: by the table that the statement names as its content."""
    query = """SELECT name FROM sqlite_master WHERE rootpage = 0
        AND sql LIKE '%VIRTUAL TABLE%USING FTS%content="' || ? || '"%'"""
    for name in ("sessions", "notes", "speakers"):
        assert one_column(database, query, name) == [f"{name}_fts"]


def test_words_are_found_stemmed_and_without_accents(database: sqlite3.Connection) -> None:
    query = """SELECT title FROM sessions WHERE id IN
        (SELECT rowid FROM sessions_fts WHERE sessions_fts MATCH ?)"""
    assert "Fast boats" in one_column(database, query, "boat")
    assert one_column(database, query, "title:slow") == ["Slow boats"]
    assert one_column(database, query, '"person number 000"')


def test_views_answer_the_common_questions(database: sqlite3.Connection) -> None:
    site = sample.site()
    talks = [one for one in site.sessions if one.is_talk]
    assert one_column(database, "SELECT title FROM talks") == [one.title for one in talks]
    recordings = [
        next((use.url for use in one.citations if use.kind == "recording"), None) for one in talks
    ]
    assert one_column(database, "SELECT recording FROM talks") == recordings
    assert len(rows(database, "SELECT * FROM speaker_talks")) == sum(
        len(one.speakers) for one in talks
    )
    assert len(rows(database, "SELECT * FROM topic_talks")) == sum(len(one.topics) for one in talks)
    cited = dict(rows(database, "SELECT url, citations FROM cited_links"))
    assert cited == {one.url: len(one.citations) for one in site.links if one.citations}


def test_what_is_not_known_is_null(database: sqlite3.Connection) -> None:
    undated = [one.title for one in sample.site().sessions if not one.date]
    assert undated
    assert one_column(database, "SELECT title FROM sessions WHERE date IS NULL") == undated


def test_the_site_is_described(database: sqlite3.Connection) -> None:
    assert ("title", sample.settings().title) in rows(database, "SELECT name, value FROM site")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(words=st.lists(TEXT, min_size=6, max_size=6), date=DATES)
def test_hostile_text_is_a_value(words: list[str], date: str, tmp_path: Path) -> None:
    with closing(opened(hostile(words, date), tmp_path)) as database:
        assert rows(database, "PRAGMA integrity_check") == [("ok",)]
        assert one_column(database, "SELECT title FROM sessions") == [words[0]]
        assert len(tables(database)) == 19


def test_a_programme_is_a_table(tmp_path: Path) -> None:
    with closing(opened(billed(), tmp_path)) as database:
        found = rows(database, "SELECT title, speakers, session_id FROM programme ORDER BY id")
        assert found == [("Fast boats", "A; B", None), ("Unseen", None, None)]
