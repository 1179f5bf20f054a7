"""The body: blocks with lines, runs, references in order, anchors, and safe HTML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model.note import Block, Note
from tests.reading.reader import body, codes, complaints, html, misplaced, targets, texts


def kinds(read: Note) -> list[str]:
    return [block.kind for block in read.blocks]


def first(read: Note, kind: str) -> Block:
    return next(block for block in read.walk() if block.kind == kind)


def test_every_kind_of_block_has_its_lines() -> None:
    read = body(
        "# One\n"  # 4
        "\n"
        "Two lines\n"  # 6
        "of a paragraph.\n"
        "\n"
        "> quoted\n"  # 9
        "\n"
        "***\n"  # 11
        "\n"
        "```sh\n"  # 13
        "ls\n"
        "```\n"
        "\n"
        "| a | b |\n"  # 17
        "|---|:-:|\n"
        "| 1 | 2 |\n"
        "\n"
        "Term\n"  # 21
        ": Its meaning\n"
        "\n"
        "Underlined\n"  # 24
        "==========\n"
        "\n"
        "    indented\n"  # 27
    )
    assert [(block.kind, block.line, block.end) for block in read.blocks] == [
        ("heading", 4, 4),
        ("paragraph", 6, 7),
        ("quote", 9, 9),
        ("rule", 11, 11),
        ("code", 13, 15),
        ("table", 17, 19),
        ("definitions", 21, 22),
        ("heading", 24, 25),
        ("code", 27, 27),
    ]
    assert complaints(read) == []


def test_a_definition_that_no_link_uses_stays() -> None:
    read = body(
        "See [one].\n\n[one]: https://a.example/1\n[slides]: https://b.example/2 'Mine'\n"
        "[//]: # (a comment)\n[One]: https://c.example/3\n\n* x\n\n  [code]: <https://d.example/4>\n"
    )
    assert [(block.kind, block.line) for block in read.blocks] == [
        ("paragraph", 4), ("paragraph", 7), ("paragraph", 9), ("bullets", 11)
    ]  # fmt: skip
    assert texts(read.blocks)[1:] == [
        "[slides]: https://b.example/2 Mine",
        "[One]: https://c.example/3",
        [["x", "[code]: https://d.example/4"]],
    ]
    assert [one.target for one in read.references] == [
        "https://a.example/1", "https://b.example/2", "https://c.example/3", "https://d.example/4"
    ]  # fmt: skip


def test_cells_beyond_the_head_of_a_table_stay() -> None:
    text = "| a | b |\n|---|--:|\n| 1 | 2 | three | *4* |\n| x \\| y | z |\n1 | 2 | 3\n| a \\|"
    read = body(text)
    assert texts(read.blocks) == [
        [["a", "b"], ["1", "2 | three | 4"], ["x | y", "z"], ["1", "2 | 3"], ["a |", ""]]
    ]


def test_tables_keep_rows_cells_and_alignment() -> None:
    read = body("| Day | Talks |\n|-----|------:|\n| Mon | 6 |\n| Tue | *9* |\n")
    table = read.blocks[0]
    assert texts((table,)) == [[["Day", "Talks"], ["Mon", "6"], ["Tue", "9"]]]
    assert [row.line for row in table.children] == [4, 6, 7]
    assert html(read) == (
        "<table>\n<thead>\n<tr>\n<th>Day</th>\n"
        '<th class="align-right">Talks</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td>Mon</td>\n<td class="align-right">6</td>\n</tr>\n'
        '<tr>\n<td>Tue</td>\n<td class="align-right"><em>9</em></td>\n</tr>\n</tbody>\n</table>\n'
    )


def test_task_items_have_their_box_and_marker() -> None:
    read = body("- [ ] read the paper\n- [x] *mail* Ada\n- no task\n")
    assert [item.marker for item in read.blocks[0].children] == ["[ ]", "[x]", "-"]
    assert texts(read.blocks) == [[["read the paper"], ["mail Ada"], ["no task"]]]
    assert html(read).count('<input type="checkbox" disabled') == 2


def test_lists_tell_marker_level_and_start() -> None:
    read = body("3. a\n4. b\n   - c\n")
    outer = read.blocks[0]
    assert (outer.kind, outer.level, outer.marker) == ("numbers", 1, "1.")
    assert [item.marker for item in outer.children] == ["3.", "4."]
    inner = outer.children[1].children[1]
    assert (inner.kind, inner.level, inner.marker) == ("bullets", 2, "-")
    assert '<ol start="3">' in html(read)


def test_runs_tell_the_look_the_line_and_the_link() -> None:
    read = body("plain **bold *both*** `code` ~~gone~~\n[a *link*](https://a.example/) end\n")
    runs = [
        (r.text, r.line, r.strong, r.emphasis, r.code, r.strike, r.reference)
        for r in read.blocks[0].runs
        if r.text.strip()
    ]
    assert runs == [
        ("plain ", 4, False, False, False, False, -1),
        ("bold ", 4, True, False, False, False, -1),
        ("both", 4, True, True, False, False, -1),
        ("code", 4, False, False, True, False, -1),
        ("gone", 4, False, False, False, True, -1),
        ("a ", 5, False, False, False, False, 0),
        ("link", 5, False, True, False, False, 0),
        (" end", 5, False, False, False, False, -1),
    ]
    assert read.blocks[0].text == "plain bold both code gone\na link end"


def test_every_way_of_citing_a_url_is_one_reference_in_order() -> None:
    read = body(
        "[inline](https://a.example/1 'Title') <https://a.example/2> https://a.example/3.\n"
        "[named][key], [key], [https://a.example/6]() and www.example.org/7\n"
        '<a href="https://a.example/8">html</a>\n'
        "[https://a.example/9](https://a.example/9)\n"
        "![alt *text*](pictures/a.png)\n"
        "\n"
        '<ul><li><a href="https://a.example/11">in a block</a> https://a.example/12</li></ul>\n'
        "\n"
        "[key]: https://a.example/key\n"
    )
    assert targets(read) == [
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/3",
        "https://a.example/key",
        "https://a.example/key",
        "https://a.example/6",
        "http://www.example.org/7",
        "https://a.example/8",
        "https://a.example/9",
        "pictures/a.png",
        "https://a.example/11",
        "https://a.example/12",
    ]
    assert [r.line for r in read.references] == [4, 4, 4, 5, 5, 5, 5, 6, 7, 8, 10, 10]
    assert read.references[0].title == "Title"
    assert (read.references[9].kind, read.references[9].text) == ("picture", "alt text")
    assert read.references[8].text == "https://a.example/9"
    assert complaints(read) == []


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("(see https://a.example/x).", "https://a.example/x"),
        ("https://a.example/wiki/Foo_(bar)", "https://a.example/wiki/Foo_(bar)"),
        ("https://a.example/_under_/*star*/x", "https://a.example/_under_/*star*/x"),
        ("https://a.example/?a=1&b=2!", "https://a.example/?a=1&b=2"),
        ("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"),
        ("**https://a.example/**", "https://a.example/"),
        ("“https://a.example/x”", "https://a.example/x"),
        ("資料はhttps://a.example/x。次", "https://a.example/x"),
        ("HTTPS://A.example/X", "HTTPS://A.example/X"),
        ("https://a.example/x]", "https://a.example/x"),
    ],
)
def test_a_bare_url_ends_where_a_reader_would_end_it(written: str, wanted: str) -> None:
    read = body(written + "\n")
    assert targets(read) == [wanted]
    assert read.references[0].text == wanted


@pytest.mark.parametrize(
    "written",
    [
        "`https://a.example/`",
        "```\nhttps://a.example/\n```",
        "    https://a.example/",
        "see <code>https://a.example/</code>",
        "{{% embed https://a.example/ %}}",
        "os-client.py and README.md and example.org",
        "http\\://a.example/",
        "<!-- https://a.example/ -->",
        "<script>fetch('https://a.example/')</script>",
        "text <script>fetch('https://a.example/')</script>",
    ],
)
def test_what_is_code_or_no_url_is_no_reference(written: str) -> None:
    assert targets(body(written + "\n")) == []


def test_bare_urls_stay_text_where_linkify_is_off() -> None:
    read = body("https://a.example/ and <https://b.example/>\n", linkify=False)
    assert targets(read) == ["https://b.example/"]


def test_a_quote_may_end_in_empty_lines_with_the_note() -> None:
    read = body("> said\n> \n> ")
    assert texts(read.blocks) == [["said"]]


def test_a_shortcode_as_the_target_of_a_definition_leaves_the_next_ones_whole() -> None:
    read = body(
        "See [the plan] and [the code].\n\n"
        '[the plan]: {{< relref "2017/plan.md" >}}\n'
        "[the code]: https://a.example/code\n"
    )
    assert targets(read)[-1] == "https://a.example/code"
    assert read.blocks[0].text == "See the plan and the code."
    assert len(read.blocks) == 1


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "file:///etc/passwd",
        "data:text/html,hello",
        "data:image/svg+xml,x",
    ],
)
def test_a_link_that_could_do_harm_is_refused_and_its_text_kept(target: str) -> None:
    read = body(f'Read [the *slides*](<{target}>) and <a href="{target}">these</a>.\n')
    assert targets(read) == []
    assert read.blocks[0].text == "Read the slides and these."
    assert codes(read) == [("KB114", 4)] * 2 or codes(read) == [("KB114", 4)]


def test_pictures_may_be_inline_data_but_no_documents() -> None:
    read = body("![a](data:image/png;base64,AAAA)\n\n![b](data:text/html,x)\n")
    assert targets(read) == ["data:image/png;base64,AAAA"]
    assert codes(read) == [("KB114", 6)]
    assert read.blocks[1].text == "b"


def test_headings_get_readable_unique_ids() -> None:
    read = body("## Q & A\n\n## Q & A\n\n## Q-A-2\n\n## Ünïcode 日本\n\n## Named {#mine}\n\n##\n")
    assert [block.anchor for block in read.blocks] == [
        "q-a",
        "q-a-2",
        "q-a-2-2",
        "ünïcode-日本",
        "mine",
        "",
    ]
    assert read.blocks[4].text == "Named"
    assert complaints(read) == []


def test_a_paragraph_keeps_its_anchor_when_others_change() -> None:
    alone = body("The same words.\n").blocks[0].anchor
    among = body("New first.\n\nThe same words.\n\n- The same words.\n").blocks
    assert alone.startswith("p-")
    assert len(alone) == 8
    assert [block.anchor for block in among] == [among[0].anchor, alone, ""]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("#Keynote about containers\n", ["Keynote about containers"]),
        ("##Sub\n\ntext\n", ["Sub"]),
        ("#Day\n\n##Talk one\n\n###Part\n", ["Day", "Talk one", "Part"]),
        ("#まとめと感想\n", ["まとめと感想"]),
        ("##Closed##\n", ["Closed##"]),
        ("#openstack #boston\n", []),
        ("#openstack\n", []),
        ("- #openstack-shade on freenode\n", []),
        ("Join\n#openstack-shade on freenode\n", []),
        ("#!/bin/sh is the first line\n", []),
        ("#1 reason to go\n", []),
        ("See us in #infra, any time.\n", []),
        ("```\n#No heading here\n```\n", []),
    ],
)
def test_a_heading_without_its_space_is_one_where_it_clearly_is(
    text: str, headings: list[str]
) -> None:
    assert [b.text for b in body(text).walk() if b.kind == "heading"] == headings


def test_footnotes_stand_at_the_end_with_links_both_ways() -> None:
    read = body(
        "One[^a], two[^b], one again[^a], and^[Said with a [link](https://a.example/).].\n"
        "\n"
        "[^b]: Second.\n"
        "[^a]: First,\n"
        "    in two lines.\n"
        "[^unused]: Nobody refers to this.\n"
    )
    notes = read.blocks[-1]
    assert notes.kind == "footnotes"
    assert texts(notes.children) == [
        ["First,\nin two lines."],
        ["Second."],
        ["Said with a link."],
        ["Nobody refers to this."],
    ]
    assert [child.line for child in notes.children] == [7, 6, 4, 9]
    assert 'id="fnref-1-2"><a href="#fn-1"' in html(read)
    assert complaints(read) == []
    assert misplaced(read) == []


def test_footnotes_that_refer_to_each_other_come_to_an_end() -> None:
    read = body("[^a]\n\n[^a]: see [^b]\n\n[^b]: see [^a] ^[x ^[y]]\n")
    assert complaints(read) == []


def test_comments_are_kept_with_their_lines_and_not_shown() -> None:
    read = body(
        "before <!-- kb: one --> after\n\n<!--\nkb: two\n-->\n\n- item\n\n  <!-- three -->\n"
    )
    assert read.comments == ((4, "kb: one"), (6, "kb: two"), (12, "three"))
    assert "kb:" not in html(read)


@pytest.mark.parametrize(
    "start", ["<!-- never closed", "<script>", "<style>", "<pre>", "<?php", "<![CDATA["]
)
def test_what_is_never_closed_does_not_swallow_the_rest(start: str) -> None:
    read = body(f"{start}\n\nStill here, with [a link](https://a.example/).\n")
    assert "Still here" in html(read)
    assert targets(read) == ["https://a.example/"]
    assert complaints(read) == []


@pytest.mark.parametrize("deep", ["* " + "- " * 30, "> " * 30, "1. " + "> - " * 20])
def test_what_is_nested_beyond_reason_does_not_swallow_the_rest(deep: str) -> None:
    read = body(f"# One\n\n{deep}words of it\n\n## Two\n\nand the last words\n")
    assert [block.text for block in read.blocks if block.text] == [
        "One",
        "Two",
        "and the last words",
    ]
    assert "words of it" in html(read)


def test_code_is_coloured_and_keeps_its_text() -> None:
    read = body("```python\nprint('<b>')\n```\n")
    code = read.blocks[0]
    assert (code.text, code.marker) == ("print('<b>')\n", "python")
    assert code.open == '<pre class="highlight"><code class="language-python">'
    assert "<span class=" in html(read)
    assert "<b>" not in html(read)


def test_lines_are_right_after_code_and_links_that_span_lines() -> None:
    read = body(
        "a `b\nc` [x](https://a.example/1) [y\nz](https://a.example/2\n'q') "
        "[n](https://a.example/3)\n<b\nid=x>w</b> [m](https://a.example/4)\n"
    )
    assert [r.line for r in read.references] == [5, 5, 7, 9]


_WORDS = st.sampled_from(
    [
        "a",
        "*",
        "**",
        "_",
        "`",
        "[",
        "](",
        ")",
        "![",
        "<b>",
        "</b>",
        "<a href='x'>",
        "</a>",
        "<p>",
        "<ul><li>",
        "</ul>",
        "<table><tr><td>",
        "</table>",
        "<!--",
        "-->",
        "\n",
        "\n\n",
        "\n- ",
        "\n> ",
        "\n# ",
        "\n```\n",
        "&lt;",
        "&",
        "<",
        ">",
        '"',
        "'",
        "{{<",
        ">}}",
        "https://a.example/",
        "www.b.co",
        "[^1]",
        "\n[^1]: ",
        "<details>",
        "</details>",
        "<script>",
        "</script>",
        "\n    ",
        "|",
        "\n|-|\n",
        "<img src=x onerror=y>",
        "\n: ",
        "~~",
        "\\",
        "javascript:",
        "<svg/onload=x>",
        "<plaintext>",
    ]
)


@settings(max_examples=150)
@given(st.lists(_WORDS, max_size=30))
def test_whatever_is_written_the_html_is_balanced_and_safe(words: list[str]) -> None:
    read = body("".join(words))
    assert complaints(read) == []
    assert misplaced(read) == []


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    read = body(text.replace("\ud800", ""))
    assert complaints(read) == []


@given(st.text(alphabet="abc <>&\"'", max_size=60))
def test_text_without_markup_comes_out_as_it_went_in(text: str) -> None:
    words = " ".join(text.replace("<", "< ").split())
    read = body(words + "\n")
    assert " ".join(block.text for block in read.blocks if block.kind == "paragraph") == (
        words if not words.startswith(">") else read.blocks[0].text
    )
