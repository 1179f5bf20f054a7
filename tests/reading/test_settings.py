"""site.toml: every key checked, every fault with its line and the nearest right key."""

import pytest

from kb.model.note import Source
from kb.model.settings import Settings
from kb.reading.settings import known_keys, read_settings


def read(text: str | bytes) -> tuple[Settings, list[tuple[str, int, str]]]:
    data = text if isinstance(text, bytes) else text.encode()
    settings, findings = read_settings(Source("site.toml", "", data))
    return settings, [(f.code, f.line, f.hint) for f in findings]


def test_without_a_file_all_is_default() -> None:
    assert read_settings(None) == (Settings(), ())
    assert read("") == (Settings(), [])


def test_every_table_is_read() -> None:
    settings, found = read(
        """title = "Notes"
base_url = "https://example.org/notes/"
language = "pt-BR"
[content]
folder = "."
static = ["static", "assets"]
categories = ["Conferences"]
max_bytes = 1000
[markdown]
lists = "commonmark"
linkify = false
[permalinks]
notes = "/:year/:month/:slug/"
sections = { posts = "/:year/:sections[1:]/:contentbasename.html" }
[permalinks.terms]
tags = "/tags/:slug/"
[redirects]
"/old.html" = "/notes/"
[content.languages]
de = "german"
[build]
jobs = 2
[link_kinds]
"video.example.org" = "recording"
[params]
footer = "x"
since = 2017-05-08
"""
    )
    assert found == []
    assert settings.title == "Notes"
    assert settings.content.static == ("static", "assets")
    assert (settings.markdown.lists, settings.markdown.linkify) == ("commonmark", False)
    assert settings.permalinks.notes == "/:year/:month/:slug/"
    assert settings.permalinks.sections == {"posts": "/:year/:sections[1:]/:contentbasename.html"}
    assert settings.permalinks.terms == {"tags": "/tags/:slug/"}
    assert settings.redirects == {"/old.html": "/notes/"}
    assert settings.content.languages == {"de": "german"}
    assert settings.build.jobs == 2
    assert settings.link_kinds == {"video.example.org": "recording"}
    assert settings.params == {"footer": "x", "since": "2017-05-08"}


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ('titel = "x"\n', 1, "did you mean `title`?"),
        ('\noutput = "x"\n', 2, "did you mean `build.output`?"),
        ('[build]\nouput = "x"\n', 2, "did you mean `build.output`?"),
        ('[contents]\nfolder = "x"\n', 1, "did you mean `content`?"),
        ('[markdown]\nfolder = "x"\n', 2, "did you mean `content.folder`?"),
        ("[content]\nxyzzy = 1\n", 2, "docs/site-toml.md lists all keys"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_right_one(text: str, line: int, hint: str) -> None:
    settings, found = read(text)
    assert found == [("KB117", line, hint)]
    assert settings == Settings()


@pytest.mark.parametrize(
    "text",
    [
        "title = 3",
        "language = 'x y'",
        "base_url = 'example.org'",
        "base_url = 'javascript:x'",
        "content = 'notes'",
        "[content]\nfolder = '/etc'",
        "[content]\nfolder = '../x'",
        "[content]\nfolder = 'C:\\x'",
        "[content]\nstatic = 'static'",
        "[content]\nstatic = ['static', 7]",
        "[content]\nstatic = ['../up']",
        "[content]\nmax_bytes = 0",
        "[content]\narticles = 'yes'",
        "[markdown]\nlists = 'flat'",
        "[permalinks]\nnotes = '/:yaer/:slug/'",
        "[permalinks]\nnotes = ':slug/'",
        "[permalinks]\nnotes = '/../:slug/'",
        "[permalinks]\nnotes = '/notes/'",
        "[theme]\nname = '../x'",
        "[theme]\ncards = 'some'",
        "[feeds]\nlimit = 0",
        "[build]\njobs = true",
        "[build]\njobs = -1",
        "[serve]\nport = 70000",
        "[link_kinds]\n'a.example' = 3",
        "[feeds]\nalso = ['../x.xml']",
        "[feeds]\nalso = ['/feed.xml']",
        "[redirects]\n'/a.html' = '/b/'\n'/x/' = 'https://evil.example/'",
        "[redirects]\n'//evil.example' = '/'",
        "[redirects]\n'/../x' = '/'",
        "[permalinks.terms]\ntags = '/tags/:slug/:slug/'",
        "[permalinks.terms]\ntags = '/tags/'",
        "[permalinks.sections]\n'../x' = '/:slug/'",
        "[permalinks.sections]\n'/' = '/:slug/'\nposts = '/:slag/'",
        "[content.languages]\n'x y' = ''",
        "[content.languages]\nde = '/etc'",
    ],
)
def test_a_value_that_cannot_be_used_is_told_at_its_line(text: str) -> None:
    settings, found = read(text + "\n")
    assert [(code, line) for code, line, _ in found] == [("KB117", 1 + text.count("\n"))]
    assert settings == Settings()


def test_all_faults_are_told_at_once() -> None:
    _, found = read("titel = 1\n[build]\njobs = 'x'\n[serve]\nprot = 1\n")
    assert [line for _, line, _ in found] == [1, 3, 5]


def test_a_file_that_is_no_toml_or_no_utf8() -> None:
    assert [(code, line) for code, line, _ in read("title = \n")[1]] == [("KB118", 1)]
    assert ("KB104", 1) in [(code, line) for code, line, _ in read(b'title = "\xff"\n')[1]]
    assert read('\ufefftitle = "T"\r\n'.encode())[0].title == "T"


def test_keys_are_known_by_table() -> None:
    assert "title" in known_keys()[""]
    assert known_keys()["markdown"] == ("lists", "linkify")
    assert "content" not in known_keys()[""]
