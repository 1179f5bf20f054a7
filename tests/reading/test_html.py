"""Raw HTML in notes: the same blocks as Markdown makes, with lines, and nothing dangerous."""

import pytest

from tests.reading.reader import body, complaints, html, misplaced, targets, texts


def test_lists_written_in_html_are_lists_with_lines() -> None:
    read = body(
        '<a href="https://a.example/t">Podules</a> - <a href="https://a.example/p">Tim Doe</a>\n'
        "<ul>\n"
        "\t<li>first <b>bold</b></li>\n"
        "\t<li>second\n"
        "\t\t<ol><li>inner</li></ol>\n"
        "\t</li>\n"
        "</ul>\n"
    )
    assert texts(read.blocks) == ["Podules - Tim Doe", [["first bold"], ["second", [["inner"]]]]]
    bullets = read.blocks[1]
    assert (bullets.kind, bullets.line, bullets.end, bullets.level) == ("bullets", 5, 10, 1)
    assert [(item.line, item.end) for item in bullets.children] == [(6, 6), (7, 9)]
    assert bullets.children[1].children[1].level == 2
    assert {block.origin for block in bullets.walk()} == {"html"}
    assert targets(read) == ["https://a.example/t", "https://a.example/p"]
    assert complaints(read) == []


def test_a_paragraph_written_in_html_is_a_paragraph() -> None:
    read = body('<p><a href="https://a.example/">Title</a> - Name</p><ul><li>x</ul>\n')
    assert [block.kind for block in read.blocks] == ["paragraph", "bullets"]
    assert read.blocks[0].text == "Title - Name"
    assert read.blocks[0].anchor.startswith("p-")
    assert read.blocks[0].runs[0].reference == 0


def test_blank_lines_do_not_break_a_list_apart() -> None:
    read = body("<ul>\n<li>a</li>\n\n<li>b</li>\n\n    <li>c</li>\n\n</ul>\n\nafter\n")
    assert texts(read.blocks) == [[["a"], ["b"], ["c"]], "after"]
    assert (read.blocks[0].line, read.blocks[0].end) == (4, 11)
    assert misplaced(read) == []


def test_markdown_between_tags_stays_markdown_and_references_stay_in_order() -> None:
    read = body(
        '<ul><li><a href="https://a.example/1">a</a>\n\n'
        "some *md* [b](https://a.example/2)\n\n- x\n\n"
        '</li><li><a href="https://a.example/3">c</a></li></ul>\n'
    )
    assert targets(read) == [f"https://a.example/{n}" for n in (1, 2, 3)]
    assert texts(read.blocks) == [[["a", "some md b", [["x"]]], ["c"]]]
    assert complaints(read) == []


def test_details_fold_what_stands_in_them() -> None:
    read = body("<details open>\n<summary>More</summary>\n\n- a\n- b\n\n</details>\n\nafter\n")
    details = read.blocks[0]
    assert (details.kind, details.open.strip()) == ("html", "<details open>")
    assert texts(read.blocks) == [["More", [["a"], ["b"]]], "after"]


def test_an_element_that_is_never_closed_ends_with_its_block() -> None:
    read = body("<details><summary>More</summary>\n\nOutside.\n\n<ul><li>x\n\nOutside, too.\n")
    assert texts(read.blocks) == [["More"], "Outside.", [["x"]], "Outside, too."]
    assert complaints(read) == []


def test_headings_keep_their_id_and_tables_their_cells() -> None:
    read = body(
        '<h2 id="other">Other <i>things</i></h2>\n'
        "<table><tr><th>a</th><td colspan='2'>b</td></tr>\n"
        "<tr><td><p>c</p><p>d</p></td></tr></table>\n"
    )
    heading, table = read.blocks
    assert (heading.level, heading.anchor, heading.text) == (2, "other", "Other things")
    assert texts((table,)) == [[["a", "b"], [["c", "d"]]]]
    assert '<td colspan="2">b</td>' in html(read)
    assert complaints(read) == []


def test_wrappers_without_meaning_leave_their_content() -> None:
    read = body(
        '<div class="x"><center><figure>\n<img src="a.png" alt="A">\n'
        "<figcaption>Caption</figcaption>\n</figure></center></div>\n\nafter\n"
    )
    assert [(r.kind, r.target, r.text, r.line) for r in read.references] == [
        ("picture", "a.png", "A", 5)
    ]
    assert [b.text for b in read.blocks] == ["", "Caption", "after"]


def test_embedded_players_become_links() -> None:
    read = body('<iframe width="5" src="https://video.example/embed/x"></iframe>\n')
    assert [(r.kind, r.target, r.code) for r in read.references] == [
        ("link", "https://video.example/embed/x", True)
    ]
    assert "iframe" not in html(read)


def test_a_link_around_a_block_goes_into_the_block() -> None:
    read = body('<a href="https://a.example/">\n<h3>Title</h3>\n</a>\n<p>next</p>\n')
    assert [(block.kind, block.text) for block in read.blocks] == [
        ("heading", "Title"),
        ("paragraph", "next"),
    ]
    assert [(r.target, r.text) for r in read.references] == [("https://a.example/", "Title")]
    assert complaints(read) == []


def test_a_link_that_is_never_closed_counts_once() -> None:
    read = body('<ul><li><a href="https://a.example/">one<li>two<li>three</ul>\n')
    assert targets(read) == ["https://a.example/"]
    assert texts(read.blocks) == [[["one"], ["two"], ["three"]]]


def test_scripts_and_styles_are_dropped_with_their_content() -> None:
    read = body("<script>\nalert('x')\n</script>\n\n<style>b { color: red }</style>\n\nshown\n")
    assert texts(read.blocks) == ["shown"]


def test_emphasis_and_breaks_within_a_sentence() -> None:
    read = body("H<sub>2</sub>O, x<sup>2</sup>, <kbd>Ctrl</kbd><br>next <u>line</u>\n")
    assert html(read).startswith(f'<p id="{read.blocks[0].anchor}">H<sub>2</sub>O, x<sup>2</sup>')
    assert "<kbd>Ctrl</kbd><br>next <u>line</u>" in html(read)
    assert read.blocks[0].text == "H2O, x2, Ctrl\nnext line"


@pytest.mark.parametrize(
    "written",
    [
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><a xlink:href='javascript:x'>t</a></svg>",
        "<a href='https://a.example/' onclick='x' style='y' class='z'>t</a>",
        "<form action=x><input name=a><button>b</button></form>",
        "<div><plaintext>rest\n\nmore",
        "<xmp><img src=x onerror=y></xmp>",
        "<math><mtext><table><mglyph><style><img src=x onerror=y>",
        '<p title="</p><script>alert(1)</script>">x</p>',
        '<a href="\n\nunfinished',
        "<ul><li title='<li>x</li>'>y</ul>",
        "<table><tr><td>a\n\n# heading\n\n</td></tr></table>",
        "<select><option><template><p>x",
        "<base href='https://evil.example/'><meta http-equiv=refresh content=0>",
        "</p></div></ul></body></html>text",
        "<b><i>crossed</b></i> *md <b>html* end</b>",
        "<a href=a>one <a href=b>two</a></a> [md <a href=c>html</a>](d)",
        "\ue0000\ue001 <p>\ue0005\ue001</p>",
    ],
)
def test_nothing_dangerous_comes_through_and_all_is_balanced(written: str) -> None:
    for text in (written, f"{written}\n\nafter\n", f"- {written}\n", f"> {written}\n\nx"):
        read = body(text)
        assert complaints(read) == []
        assert misplaced(read) == []


@pytest.mark.parametrize(
    "written",
    [
        "<table>\n<p>p\n",
        "<table>a\n<table>text <li>i\n",
        "<table><a href=/x>l</a><li>ia\n<ul>a\n<li>i\n",
        "<table><tr>a\nb<a href=/x>l</a>\n<pre>c\nd</pre>\n<table><tr><td>e</table>\n",
    ],
)
def test_what_html_moves_out_of_a_table_stays_within_the_lines_of_the_note(written: str) -> None:
    read = body(written)
    assert misplaced(read) == []
    assert complaints(read) == []


def test_thousands_of_nested_elements_stay_shallow() -> None:
    read = body("<ul><li>" * 3000 + "x\n")

    def depth(blocks: tuple[object, ...]) -> int:
        return 1 + max((depth(b.children) for b in blocks), default=0)  # type: ignore[attr-defined]

    assert depth(read.blocks) < 100
    assert "x" in html(read)
