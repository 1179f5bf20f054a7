"""Posts of Ghost become notes: every form of text, every fact about a post."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kb.importing.ghost import NoExport, Post, post_of, read_blog
from tests.importing.samples import NOTES, export, lexical, mobiledoc, post


def turned(row: dict[str, Any], **tables: list[dict[str, Any]]) -> Post:
    blog = read_blog(export(row, **tables))
    return post_of(blog, blog.posts[0])


def body(**row: Any) -> str:
    return turned(post(1, **row)).note.body


def matter(row: dict[str, Any], **tables: list[dict[str, Any]]) -> dict[str, Any]:
    return dict(turned(row, **tables).note.matter)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: {"db": [{"meta": {}, "data": data}]},
        lambda data: {"meta": {}, "data": data},
        lambda data: {"data": data},
        lambda data: [{"data": data}],
    ],
)
def test_every_wrapping_is_read(wrap: Any) -> None:
    assert [row["id"] for row in read_blog(wrap({"posts": [post(1)]})).posts] == ["p1"]


@pytest.mark.parametrize(
    "data", [None, 1, "x", [], {}, {"db": 1}, {"db": [{}]}, {"data": {}}, {"data": {"posts": []}}]
)
def test_what_is_no_export_is_refused(data: Any) -> None:
    with pytest.raises(NoExport):
        read_blog(data)


def test_markdown_stays_as_it_was_typed() -> None:
    for row in (
        {"markdown": NOTES, "html": "<p>x</p>"},
        {"mobiledoc": mobiledoc(["markdown", {"markdown": NOTES}]), "html": "<p>x</p>"},
        {"mobiledoc": mobiledoc(["card-markdown", {"cardName": "x", "markdown": NOTES}])},
        {"lexical": lexical({"type": "markdown", "markdown": NOTES})},
        {"markdown": NOTES.replace("\n", "\r\n")},
    ):
        assert body(**row) == NOTES


def test_html_becomes_markdown() -> None:
    assert body(html="<p>Some <b>words</b></p>") == "Some **words**\n"


@pytest.mark.parametrize("text", ["no json", "[]", '{"sections": 1}', "[" * 10_000])
def test_a_broken_document_gives_way_to_html(text: str) -> None:
    assert body(mobiledoc=text, lexical=text, html="<p>x</p>") == "x\n"


def test_running_text_of_mobiledoc() -> None:
    document = mobiledoc(
        markups=[["strong"], ["a", ["href", "https://a.example/"]], ["em"]],
        atoms=[["soft-return", "", {}], ["mention", "@bob", {}]],
        sections=[
            [1, "h3", [[0, [], 0, "Head <x>"]]],
            [1, "p", [[0, [0], 1, "bold"], [0, [], 0, " and "], [0, [1, 2], 2, "both"]]],
            [1, "p", [[0, [], 0, "a"], [1, [], 0, 0], [1, [], 0, 1]]],
            [3, "ul", [[[0, [], 0, "one"]], [[0, [], 0, "two"]]]],
            [2, "/content/images/a.png"],
            [1, "script", [[0, [], 0, "no element"]]],
            ["odd"], [10, 99], [1, "p", [[0, [77], 1, "odd mark"], "odd"]], 5,
        ],
    )  # fmt: skip
    assert body(mobiledoc=document) == (
        "### Head &lt;x>\n\n**bold** and [*both*](https://a.example/)\n\na\\\n@bob\n\n"
        "- one\n- two\n\n![](/content/images/a.png)\n\nno element\n\nodd mark\n"
    )


def test_cards() -> None:
    document = mobiledoc(
        ["html", {"html": "<p>raw</p>"}],
        ["image", {"src": "/a.png", "alt": "An a", "caption": "Cap <b>x</b>"}],
        ["code", {"code": "a < b", "language": "c"}],
        ["hr", {}],
        ["embed", {"url": "https://vimeo.com/1", "html": "<iframe></iframe>"}],
        ["bookmark", {"url": "https://b.example/", "metadata": {"title": "B"}}],
        ["gallery", {"images": [{"src": "/1.png"}, {"src": "/2.png"}, 3]}],
        ["callout", {"calloutEmoji": "!", "calloutText": "Mind"}],
        ["toggle", {"heading": "More", "content": "<p>less</p>"}],
        ["file", {"src": "/content/files/x.pdf", "fileTitle": "X"}],
        ["email-cta", {"html": "<p>pay</p>"}],
        ["markdown", {}],
    )
    assert body(mobiledoc=document) == (
        "raw\n\n![An a](/a.png)\n\nCap **x**\n\n```c\na < b\n```\n\n---\n\n<https://vimeo.com/1>\n\n"
        "[B](https://b.example/)\n\n![](/1.png)\n\n![](/2.png)\n\n> ! Mind\n\n**More**\n\nless\n\n"
        "[X](/content/files/x.pdf)\n"
    )


def test_lexical() -> None:
    text = {"type": "extended-text", "text": "t", "format": 3}
    link = {"type": "link", "url": "https://a.example/", "children": [text]}
    inner = {"type": "list", "listType": "bullet", "children": [
        {"type": "listitem", "children": [{"type": "text", "text": "in"}]}]}  # fmt: skip
    document = lexical(
        {"type": "extended-heading", "tag": "h2", "children": [{"type": "text", "text": "H"}]},
        {"type": "paragraph", "children": [text, {"type": "linebreak"}, link]},
        {"type": "list", "listType": "number", "children": [
            {"type": "listitem", "children": [{"type": "text", "text": "one"}]},
            {"type": "listitem", "children": [inner]},
        ]},
        {"type": "extended-quote", "children": [{"type": "text", "text": "q"}]},
        {"type": "horizontalrule"},
        {"type": "codeblock", "code": "x", "language": "py"},
    )  # fmt: skip
    assert body(lexical=document) == (
        "## H\n\n***t***\\\n[***t***](https://a.example/)\n\n1. one\n2. - in\n\n> q\n\n---\n\n"
        "```py\nx\n```\n"
    )


def test_a_card_that_is_not_known_is_told() -> None:
    strange = mobiledoc(["markdown", {"markdown": "a"}], ["poll", {"votes": 3}])
    told = turned(post(1, mobiledoc=strange))
    assert told.note.body == "a\n"
    assert [one.what for one in told.remarks] == ["a card 'poll' is left out"]
    told = turned(post(1, mobiledoc=strange, html="<p>a</p><p>3 votes</p>"))
    assert told.note.body == "a\n\n3 votes\n"
    assert told.remarks == ()


def test_facts_of_a_post() -> None:
    tags = [{"id": 1, "name": "water"}, {"id": 2, "name": "law"}, {"id": 3, "name": "#own"}]
    told = matter(
        post(
            1,
            title="Rivers  and\nrain",
            updated_at="2024-07-01 01:02:03",
            feature_image="__GHOST_URL__/content/images/size/w2000/2024/c.jpg",
            custom_excerpt="Short",
            featured=1,
            locale="nl",
        ),
        tags=tags,
        posts_tags=[
            {"post_id": "p1", "tag_id": 3},
            {"post_id": "p1", "tag_id": 2, "sort_order": 2},
            {"post_id": "p1", "tag_id": 1, "sort_order": 1},
            {"post_id": "p1", "tag_id": 99},
        ],
        users=[{"id": "u", "name": "Ida Brook", "email": "ida@example.org"}],
        posts_authors=[{"post_id": "p1", "author_id": "u"}],
    )
    assert told == {
        "title": "Rivers and rain",
        "date": datetime(2024, 6, 5, 7, 8, 9, tzinfo=UTC),
        "lastmod": datetime(2024, 7, 1, 1, 2, 3, tzinfo=UTC),
        "slug": "post-1",
        "description": "Short",
        "tags": ["water", "law"],
        "internal_tags": ["#own"],
        "authors": ["Ida Brook"],
        "language": "nl",
        "cover": "/content/images/2024/c.jpg",
        "featured": True,
    }


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1717571289000, datetime(2024, 6, 5, 7, 8, 9, tzinfo=UTC)),
        ("2024-06-05T09:08:09+02:00", datetime(2024, 6, 5, 7, 8, 9, tzinfo=UTC)),
        ("2024-06-05 07:08:09", datetime(2024, 6, 5, 7, 8, 9, tzinfo=UTC)),
        ("soon", None),
        (10**30, None),
        ("0001-01-01T00:00:00+23:00", None),
        (True, None),
    ],
)
def test_moments(value: object, moment: datetime | None) -> None:
    assert matter(post(1, published_at=value, created_at=None)).get("date") == moment


def test_drafts_and_what_only_members_read_stay_unpublished() -> None:
    assert matter(post(1, status="draft"))["draft"] is True
    assert matter(post(1, status="sent"))["draft"] is True  # by e-mail, to subscribers
    assert "draft" not in matter(post(1, status="scheduled"))  # its date is in the future
    told = turned(post(1, visibility="paid"))
    assert told.note.matter["draft"] is True
    assert "paid only" in told.remarks[-1].what


def test_addresses_stay() -> None:
    row = post(1, html='<p><a href="__GHOST_URL__/post-2/">x</a></p>')
    assert turned(row).note.body == "[x](/post-2/)\n"
    dated = [{"key": "permalinks", "value": "/:year/:month/:slug/"}]
    assert read_blog(export(row, settings=dated)).permalinks == "/:year/:month/:slug/"
    odd = [{"key": "permalinks", "value": "/:author/:slug/"}]
    assert read_blog(export(row, settings=odd)).permalinks == "/:slug/"
    assert matter({**row, "page": 1}, settings=dated)["url"] == "/post-1/"


def test_pictures_are_named_without_their_sizes() -> None:
    told = turned(post(1, markdown="![](__GHOST_URL__/content/images/size/w600/2018/a%20b.png)."))
    assert told.note.body == "![](/content/images/2018/a%20b.png).\n"
    assert told.pictures == ("images/2018/a b.png",)


@pytest.mark.parametrize("slug", ["../../etc/x", "/abs", "C:\\x", "a\x00b", ".hidden", "..", ""])
def test_no_name_leaves_its_folder(slug: str) -> None:
    path = turned(post(1, slug=slug)).note.path
    assert path.endswith(".md")
    assert not set(path) & set("/\\:\x00")
    assert not path.startswith(".")


def test_no_name_is_given_twice() -> None:
    rows = [post(number, slug=slug) for number, slug in enumerate(("a", "A", "a", "a-2"))]
    blog = read_blog(export(*rows))
    assert len({name.casefold() for name in blog.names.values()}) == len(rows)


def test_a_post_of_no_use_at_all_is_a_note() -> None:
    told = turned({"id": None, "title": 5, "html": ["x"], "tags": {}, "published_at": {}})
    assert told.note.matter == {"title": "post"}
    assert [one.what for one in told.remarks] == ["the post has no text"]
