"""Front matter: Hugo's keys, kb's own, every wrong one told at its place, the good ones kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.note import EventHint, FrontMatter, TalkHint
from kb.model.value import decode, encode
from kb.reading.front_matter import split
from tests.reading.reader import codes, note


def toml(keys: str) -> FrontMatter:
    return note(f"+++\n{keys}\n+++\ntext\n").matter


def yaml(keys: str) -> FrontMatter:
    return note(f"---\n{keys}\n---\ntext\n").matter


def faults(text: str) -> list[tuple[str, int, int]]:
    return [(f.code, f.line, f.column) for f in note(text).findings]


def test_all_of_hugos_keys() -> None:
    matter = toml(
        """title = "Monday"
date = 2017-05-13T06:40:53Z
publishDate = 2017-05-14
expiryDate = "2027-01-01"
draft = true
slug = "boston-monday"
url = "/blog/monday/"
aliases = ["/old/", "older/page.html"]
cover = "/images/boston.jpeg"
description = "Six talks"
weight = 3
author = "Ada Doe"
categories = ["OpenStack"]
tags = ["cells", "nova", "cells"]
language = "en"
series = ["summit"]
lastmod = 2017-06-01
[params]
toc = true
when = 2017-05-08T10:00:00"""
    )
    assert matter == FrontMatter(
        format="toml",
        title="Monday",
        date="2017-05-13T06:40:53+00:00",
        publish_date="2017-05-14",
        expiry_date="2027-01-01",
        draft=True,
        slug="boston-monday",
        url="/blog/monday/",
        aliases=("/old/", "older/page.html"),
        cover="/images/boston.jpeg",
        description="Six talks",
        weight=3,
        authors=("Ada Doe",),
        categories=("OpenStack",),
        tags=("cells", "nova"),
        language="en",
        extra={
            "series": ["summit"],
            "lastmod": "2017-06-01",
            "params": {"toc": True, "when": "2017-05-08T10:00:00"},
        },
        lines=matter.lines,
        last_line=22,
    )
    assert matter.lines["title"] == 2
    assert matter.lines["params.when"] == 21


def test_what_the_writer_says_of_event_and_talks() -> None:
    matter = toml(
        """title = "T"
kind = "article"
speakers = ["Ada Doe", "Bob Roe"]
topics = "cells, nova"
[event]
name = "OpenStack Summit"
place = "Boston"
year = 2017
day = 2017-05-08
[[talks]]
title = "Shade"
speakers = ["Monty Taylor"]
[[talks]]
line = 40
kind = "Panel"
time = 14:30:00
day = "Tuesday"
"""
    )
    assert matter.kind == "article"
    assert matter.speakers == ("Ada Doe", "Bob Roe")
    assert matter.topics == ("cells", "nova")
    assert matter.event == EventHint("OpenStack Summit", "Boston", 2017, "2017-05-08")
    assert matter.talks == (
        TalkHint(title="Shade", speakers=("Monty Taylor",)),
        TalkHint(line=40, kind="panel", time="14:30", day="Tuesday"),
    )
    assert matter.lines["talks.1.kind"] == 16
    assert matter.lines["event.place"] == 8


def test_an_event_may_be_one_string() -> None:
    assert toml('title="T"\nevent = "PyCon 2019"').event == EventHint(name="PyCon 2019")


def test_yaml_of_jekyll_and_pelican() -> None:
    matter = yaml(
        "layout: post\n"
        "Title: '2017 in review: no'\n"
        "date: 2017-05-13 06:40:53 +0200\n"
        "published: false\n"
        "permalink: /2017/review.html\n"
        "redirect_from:\n  - /old/\n"
        "category: conferences\n"
        "tags: [python, 2017]\n"
        "authors:\n  - name: Ada Doe\n    mail: a@example.org\n  - Bob Roe\n"
        "summary: >\n  In two\n  lines.\n"
        "lang: no\n"
        "image: {path: a.png, src: b.png}\n"
    )
    assert matter.title == "2017 in review: no"
    assert matter.date == "2017-05-13T06:40:53+02:00"
    assert matter.draft is True
    assert matter.url == "/2017/review.html"
    assert matter.aliases == ("/old/",)
    assert matter.categories == ("conferences",)
    assert matter.tags == ("python", "2017")
    assert matter.authors == ("Ada Doe", "Bob Roe")
    assert matter.description == "In two lines."
    assert matter.language == "no"
    assert matter.cover == "b.png"
    assert matter.extra == {"layout": "post"}


def test_yaml_titles_that_look_like_other_things_stay_text() -> None:
    assert yaml("title: 2017").title == "2017"
    assert yaml("title: 2017-05-08").title == "2017-05-08"
    assert yaml("title: yes").title == "yes"
    assert yaml("title: 1.10").title == "1.10"


def test_zolas_path_and_taxonomies() -> None:
    matter = toml('title="T"\npath = "blog/a/"\n[taxonomies]\ntags = ["a"]\nauthors = ["B"]')
    assert (matter.url, matter.tags, matter.authors) == ("blog/a/", ("a",), ("B",))
    assert "taxonomies" not in matter.extra


def test_a_cover_may_be_a_table() -> None:
    assert toml('title="T"\n[cover]\nimage = "a.png"\nalt = "x"').cover == "a.png"


@pytest.mark.parametrize(
    ("key", "code", "place"),
    [
        ("title = 7", "KB103", (3, 1)),
        ("date = 'yesterday'", "KB107", (3, 1)),
        ("date = 07:32:00", "KB107", (3, 1)),
        ("  date = 2017-13-45", "KB107", (3, 10)),
        ("date = 2017-02-30T10:00:00Z  # when", "KB107", (3, 8)),
        ("at = 25:61:00", "KB107", (3, 6)),
        ("date = 2017-13-45 or so", "KB101", (3, 12)),
        ("draft = 'maybe'", "KB103", (3, 1)),
        ("weight = 1.5", "KB103", (3, 1)),
        ("tags = ['a', 1]", "KB103", (3, 1)),
        ("tags = 3", "KB103", (3, 1)),
        ("aliases = ['javascript:x']", "KB103", (3, 1)),
        ("aliases = ['//evil.example/']", "KB103", (3, 1)),
        ("aliases = ['../../x']", "KB103", (3, 1)),
        ("slug = '/etc/x'", "KB103", (3, 1)),
        ("slug = '../x'", "KB103", (3, 1)),
        ("slug = 'C:\\x'", "KB103", (3, 1)),
        ("slug = '%2e%2e%2fx'", "KB103", (3, 1)),
        ('slug = "a\\u0000b"', "KB103", (3, 1)),
        ("url = 'https://evil.example/'", "KB103", (3, 1)),
        ("kind = 'keynot'", "KB103", (3, 1)),
        ("event = 5", "KB103", (3, 1)),
        ("talks = [5]", "KB103", (3, 1)),
        ("[event]\n plase = 'Boston'", "KB103", (4, 2)),
        ("[event]\nyear = 'soon'", "KB103", (4, 1)),
        ("[[talks]]\nkind = 'key'", "KB103", (4, 1)),
        ("x = [1,,2]", "KB101", (3, 8)),
        ("n = " + "9" * 5000, "KB101", (3, 1)),
        ("n = " + "[" * 5000, "KB101", (3, 1)),
        ("a" + ".a" * 3000 + " = 1", "KB101", (3, 1)),
        ('title = "a\x01b"', "KB101", (3, 11)),
    ],
)
def test_a_wrong_value_is_told_at_its_place_and_the_rest_kept(
    key: str, code: str, place: tuple[int, int]
) -> None:
    read = note(f'+++\ndescription = "good"\n{key}\n+++\n# T\n')
    assert [(f.code, (f.line, f.column)) for f in read.findings] == [(code, place)]
    assert read.findings[0].severity == "error"
    assert read.matter.description == "good"


def test_a_key_of_another_blog_that_kb_does_not_know_is_kept_in_silence() -> None:
    read = note(
        '+++\ntitle = "T"\nkind = "section"\nrating = nan\nbig = 99999999999999999999\n+++\n'
    )
    assert read.findings == ()
    assert read.matter.extra == {"kind": "section", "rating": "nan", "big": "99999999999999999999"}


def test_what_is_wrong_in_yaml_is_told_at_its_place() -> None:
    assert faults("---\ntitle: T\ndate: tomorrow\n---\n") == [("KB107", 3, 1)]
    assert faults("---\ntitle: T\ntags: [a\n---\n# T\n")[0] == ("KB101", 3, 7)
    assert faults("---\ntitle: T\ntitle: U\n---\n") == [("KB101", 3, 1)]
    assert faults("---\ntitle: T\nx: !!python/object:os.system y\n---\n") == []
    assert faults("---\ntitle: T\ndate: 2017-02-31\n---\n") == [("KB107", 3, 1)]


def test_yaml_that_blows_up_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert codes(note(f"---\n{bomb}---\n# T\n"))[0][0] == "KB101"
    assert codes(note("---\nx: &x [*x]\n---\n# T\n"))[0][0] == "KB101"
    assert codes(note("---\nx: " + "[" * 900 + "]" * 900 + "\n---\n# T\n"))[0][0] == "KB101"


def test_a_fence_that_is_never_closed() -> None:
    read = note('+++\ntitle = "Kept"\ntags = ["a"]\n\nThe text begins here.\n\n# And goes on\n')
    assert codes(read) == [("KB102", 1)]
    assert (read.matter.title, read.matter.tags) == ("Kept", ("a",))
    assert [(block.text, block.line) for block in read.blocks] == [
        ("The text begins here.", 5),
        ("And goes on", 7),
    ]
    read = note("---\ntitle: Kept\ntags:\n  - a\n\nThe text.\n")
    assert codes(read) == [("KB102", 1)]
    assert (read.matter.title, read.blocks[0].line) == ("Kept", 6)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    read = note("---\n\n# Title\n\ntext\n")
    assert read.matter.format == "none"
    assert [block.kind for block in read.blocks] == ["rule", "heading", "paragraph"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n", "\ufeff \n"])
def test_byte_order_mark_blank_lines_and_line_ends(start: str, end: str) -> None:
    text = (start + '+++ \ntitle = "T"\n+++\n\nbody\n').replace("\n", end)
    read = note(text.encode())
    assert read.findings == ()
    assert read.title == "T"
    assert read.blocks[0].line == 5 + start.count("\n")


def test_a_fence_inside_a_string_does_not_end_it() -> None:
    read = note('+++\ntitle = """\n+++\n"""\nslug = "s"\n+++\nbody\n')
    assert read.matter.slug == "s"
    assert read.blocks[0].text == "body"


def test_four_plusses_are_text() -> None:
    assert split("++++\ntitle = 1\n++++\n").format == "none"


_VALUES = st.sampled_from(
    [
        '"text"',
        "1",
        "1.5",
        "true",
        "2017-05-08",
        "07:32:00",
        "[]",
        '["a", 1]',
        "{a = 1}",
        '[["x"]]',
        "nan",
        "[1979-05-27]",
        '"\\u0000"',
        "''",
        "-1",
        '"//x"',
    ]
)
_KEYS = st.sampled_from(
    [
        "title",
        "date",
        "draft",
        "slug",
        "url",
        "aliases",
        "cover",
        "weight",
        "tags",
        "author",
        "kind",
        "event",
        "event.year",
        "talks",
        "speakers",
        "taxonomies",
        "published",
        "x",
        "lang",
        "Title",
    ]
)


@given(st.lists(st.tuples(_KEYS, _VALUES), max_size=6))
def test_no_value_breaks_the_reading_and_each_fault_has_a_line(
    keys: list[tuple[str, str]],
) -> None:
    read = note("+++\n" + "".join(f"{k} = {v}\n" for k, v in keys) + "+++\n# T\n")
    assert all(1 <= finding.line <= len(keys) + 3 for finding in read.findings)
    assert decode(encode(read), type(read)) == read


@pytest.mark.parametrize(
    ("written", "language"), [("de", "de"), ("pt_BR", "pt-BR"), ('"><b>', ""), ("\u202eno", "")]
)
def test_a_language_is_a_tag(written: str, language: str) -> None:
    read = note(f"+++\ntitle = \"T\"\nlanguage = '{written}'\n+++\n")
    assert read.matter.language == language
    assert [code for code, _ in codes(read)] == ([] if language else ["KB103"])


def test_json_is_read_as_hugo_reads_it() -> None:
    keys = '{\n\t"title": "Monday",\n\t"date": "2017-05-13",\n\t"tags": ["a", "b"]\n}\n'
    read = note(f"{keys}\nText.\n")
    assert (read.matter.title, read.matter.date) == ("Monday", "2017-05-13")
    assert read.matter.tags == ("a", "b")
    assert read.matter.lines["date"] == 3
    assert [(block.text, block.line) for block in read.blocks] == [("Text.", 7)]
    assert read.findings == ()
    assert faults('{"title": "A", "draft": "perhaps"}\nx\n') == [("KB103", 1, 16)]


@pytest.mark.parametrize(
    "text",
    ["{{< youtube x >}}\n", '{"title": "x"\nmore\n', "{}x\n", "{\n", "{" * 5000, '{"a":' * 5000],
)
def test_other_braces_are_text(text: str) -> None:
    assert split(text).format == "none"
