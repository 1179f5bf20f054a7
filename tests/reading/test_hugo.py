"""A blog's configuration in every form that Hugo reads, and what is said where kb cannot follow."""

import pytest

from kb.model.note import Source
from kb.reading.hugo import Blog, Tongue, is_hugos, parts_first, read_blog


def source(text: str, path: str = "hugo.toml") -> Source:
    return Source(path, "0", text.encode())


def blog(text: str, path: str = "hugo.toml") -> Blog:
    return read_blog([source(text, path)])


def lost(read: Blog) -> list[tuple[str, int, int]]:
    return [(found.code, found.line, found.column) for found in read.findings]


TOML = """\
baseURL = "https://blog.example/"
languageCode = "en-us"
title = "Weirs"
contentDir = "text"
staticDir = ["static", "old-static"]
publishDir = "docs"
buildDrafts = true
buildFuture = true
[params]
description = "Water."
author = "Ines"
[permalinks]
posts = "/:year/:month/:slug/"
[markup.goldmark.extensions]
linkify = false
"""
YAML = """\
baseurl: https://blog.example/
LanguageCode: en-us
title: Weirs
contentdir: text
staticDir: [static, old-static]
publishdir: docs
buildDrafts: true
buildFuture: true
params: {description: Water., author: {name: Ines}}
permalinks:
  page:
    posts: /:year/:month/:slug
markup:
  goldmark:
    extensions:
      linkify: false
"""
JSON = """\
{
\t"baseURL": "https://blog.example/", "locale": "en-us", "title": "Weirs", "contentDir": "text/",
\t"staticDir": "static", "staticDir0": "old-static", "publishDir": "./docs",
\t"buildDrafts": true, "buildFuture": true,
\t"params": {"description": "Water."}, "author": {"name": "Ines"},
\t"permalinks": {"page": {"posts": ":year/:month/:slug/"}},
\t"markup": {"goldmark": {"extensions": {"linkify": false}}}
}
"""


@pytest.mark.parametrize(
    ("path", "text"), [("hugo.toml", TOML), ("config.yml", YAML), ("hugo.json", JSON)]
)
def test_every_form_says_the_same(path: str, text: str) -> None:
    read = blog(text, path)
    assert read == Blog(
        title="Weirs",
        description="Water.",
        author="Ines",
        base_url="https://blog.example/",
        language="en-us",
        content="text",
        static=("static", "old-static"),
        published="docs",
        pages={"posts": "/:year/:month/:slug/"},
        terms={"categories": "/categories/:slug/", "tags": "/tags/:slug/"},
        drafts=True,
        future=True,
        linkify=False,
    )


def test_a_folder_of_configuration() -> None:
    files = {
        "config/production/hugo.toml": 'title = "Live"\n',
        "config/_default/hugo.toml": 'title = "Draft"\nbaseURL = "https://a.example/"\n',
        "config/_default/params.yaml": "author: Ines\nDescription: Water.\n",
        "config/_default/permalinks.toml": 'posts = "/p/:slug/"\n',
        "config/_default/languages.toml": "[en]\nweight = 1\n[de]\ncontentDir = 'text/de'\n",
        "config/_default/menus.de.toml": "[[main]]\nname = 'x'\n",
        "config/_default/config.de.toml": 'title = "Wehre"\n',
        "hugo.toml": 'title = "Main"\ncontentDir = "text"\n',
    }
    paths = list(parts_first([*files, "config/staging/hugo.toml", "README.toml", "hugo.toml.bak"]))
    assert paths[0] == "hugo.toml"
    assert paths[-1] == "config/production/hugo.toml"
    assert set(paths) == set(files)
    read = read_blog([source(files[path], path) for path in paths])
    assert (read.title, read.author, read.description) == ("Live", "Ines", "Water.")
    assert (read.content, read.base_url) == ("text", "https://a.example/")
    assert read.pages == {"posts": "/p/:slug/"}
    assert read.languages == (Tongue("en"), Tongue("de", "text/de"))
    assert read.findings == ()


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("/:year/:month/:day/:title/", "/:year/:month/:day/:title/"),
        (":slug", "/:slug/"),
        ("/:sections[1:]/:contentbasename.html", "/:sections[1:]/:contentbasename.html"),
        ("/:2006-:01-:02/:slug/", "/:year-:month-:day/:slug/"),
        ("/:2006/:01/:slug/", "/:year/:month/:slug/"),
    ],
)
def test_patterns_are_put_into_kbs_words(written: str, pattern: str) -> None:
    read = blog(f'[permalinks.page]\nposts = "{written}"\n')
    assert read.pages == {"posts": pattern}
    assert read.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        '[permalinks]\nposts = "/:year/:sectionslug/:slug/"',
        '[permalinks]\nposts = "/:section/"',
        '[permalinks.page]\nposts = "/:Jan/:slug/"',
        '[permalinks.term]\ntags = "/:section/:slug/"',
        'baseURL = "//cdn.example/"',
        'languageCode = "English please"',
        'staticDir = "../elsewhere"',
        'contentDir = "/home/me/notes"',
        "enableEmoji = true",
        "[uglyURLs]\nposts = true",
        '[params]\ndateFormat = "15:04 on Monday"',
        '[markup]\ndefaultMarkdownHandler = "org"',
        '[[module.mounts]]\nsource = "notes"\ntarget = "content/notes"',
        '[[permalinks]]\npattern = "/x/"',
        '[languages.en]\n[languages."not a tag"]\ntitle = "x"',
        '[languages.en]\n[languages.de]\nbaseURL = "https://de.example/"',
    ],
)
def test_what_is_not_taken_over_is_told_at_its_line(text: str) -> None:
    read = blog(text + "\n")
    (found,) = read.findings
    assert (found.code, found.path) == ("KB131", "hugo.toml")
    assert 1 <= found.line <= text.count("\n") + 1
    assert found.hint


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("hugo.toml", 'title = "x\nbaseURL = 1\n', 1),
        ("hugo.yaml", "title: x\nparams: [a\n", 2),
        ("hugo.json", '{"title": "x",\n "params": }\n', 2),
        ("hugo.json", "[" * 100_000, 1),
        ("hugo.json", '["a"]', 1),
        ("hugo.yaml", "- a\n", 1),
        ("hugo.toml", "a = " + "[" * 5_000, 1),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_line(path: str, text: str, line: int) -> None:
    read = blog(text, path)
    assert [(one.code, one.severity, one.line) for one in read.findings] == [
        ("KB132", "error", line)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "permalinks = 3\ntaxonomies = 'x'\nlanguages = []\nparams = 1\nmodule = 'a'\noutputs = 2",
        "[permalinks]\nposts = 7\n[permalinks.page]\nx = ['y']\n[taxonomies]\na = 1",
        "[languages]\nen = 1\n[module]\nmounts = [1, 'x', {}]\n[markup]\ngoldmark = false",
        "[frontmatter]\ndate = [1, {}]\n[params]\nauthor = 7",
        "[outputFormats.RSS]\nbaseName = '../../x'\n[services.rss]\nlimit = -1\ntitle = 4",
        "title = '<script>alert(1)</script>'\nstaticDir = [[], {}, 1, '']\ndisableKinds = 'RSS'",
    ],
)
def test_values_of_any_shape_are_no_fault_of_kbs(text: str) -> None:
    read = blog(text + "\n")
    assert read.feed in {"", "index.xml"}
    assert not [found for found in read.findings if found.code not in {"KB131", "KB132"}]


def test_languages_and_what_hangs_on_them() -> None:
    read = blog(
        'defaultContentLanguage = "de"\ndefaultContentLanguageInSubdir = true\n'
        'disableLanguages = ["fr"]\n'
        '[languages.en]\ntitle = "English"\n[languages.de]\ntitle = "Deutsch"\nlocale = "de-AT"\n'
        '[languages.de.params]\nauthor = "Ida"\n[languages.fr]\nweight = 3\n'
        "[languages.it]\ndisabled = true\n"
    )
    assert read.languages == (Tongue("de"), Tongue("en"))
    assert (read.title, read.language, read.author) == ("Deutsch", "de-AT", "Ida")
    assert read.language_folder
    one = blog('[languages.pt-br]\ntitle = "Um"\n')
    assert (one.title, one.language, one.languages) == ("Um", "pt-br", ())


def test_mounts_stand_for_folders() -> None:
    read = blog(
        "[languages.en]\n[languages.de]\n"
        '[[module.mounts]]\nsource = "a/en"\ntarget = "content"\nlang = "en"\n'
        '[[module.mounts]]\nsource = "a/de"\ntarget = "content"\nlang = "de"\n'
        '[[module.mounts]]\nsource = "files"\ntarget = "static"\n'
        '[[module.mounts]]\nsource = "assets"\ntarget = "assets"\n'
    )
    assert read.languages == (Tongue("en", "a/en"), Tongue("de", "a/de"))
    assert read.static == ("files",)
    assert read.findings == ()
    single = blog('[[module.mounts]]\nsource = "notes"\ntarget = "content"\n')
    assert single.content == "notes"


@pytest.mark.parametrize(
    ("layout", "pattern"),
    [
        ("January 2, 2006", "{month} {day}, {year}"),
        ("2006-01-02", "{year}-{number:02}-{day:02}"),
        ("2 Jan 2006", "{day} {short} {year}"),
        (":date_long", ""),
        ("Monday, 2 January 2006", ""),
        ("{x} 2 2006", ""),
    ],
)
def test_dates_are_written_as_the_theme_does(layout: str, pattern: str) -> None:
    assert blog(f'[params]\ndateFormat = "{layout}"\n').dates == pattern


def test_kinds_feeds_and_taxonomies() -> None:
    read = blog(
        'disableKinds = ["RSS"]\n[taxonomies]\nserie = "series"\n[permalinks.term]\n'
        'series = "/s/:slug/"\n[permalinks.taxonomy]\nseries = "/all-series/"\n'
        '[permalinks.section]\nposts = "/articles"\n'
    )
    assert read.feed == ""
    assert read.terms == {"series": "/s/:slug/"}
    assert read.term_lists == ("/all-series/",)
    assert read.lists == {"posts": "/articles/"}
    assert blog('disableKinds = ["term"]\n').terms == {}
    assert blog("disableRSS = true\n").feed == ""
    assert blog('[outputs]\nhome = ["HTML"]\n').feed == ""
    assert blog('[outputFormats.RSS]\nbaseName = "rss"\n').feed == "rss.xml"
    assert blog("[services.rss]\nlimit = 12\n").feed_limit == 12
    assert blog('[frontmatter]\ndate = [":filename", ":default"]\n').dated_names


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("hugo.yaml", "x: 1\n", True),
        ("config.toml", 'baseURL = "https://a.example/"\n', True),
        ("config.yaml", "languageCode: en\n", True),
        ("config/_default/params.toml", "x = 1\n", True),
        ("config.toml", 'base_url = "https://a.example/"\ntaxonomies = []\n', False),
        ("config.toml", 'editor = "vim"\n', False),
        ("config.json", "{", False),
        ("config.toml", 'baseURL = "https://a.example/\n', True),
    ],
)
def test_hugos_files_are_told_from_others(path: str, text: str, expected: bool) -> None:
    assert is_hugos([source(text, path)]) is expected
