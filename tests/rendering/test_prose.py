"""Holes in prose: each gets the tag that suits the page."""

from hypothesis import given
from hypothesis import strategies as st

from kb.model.note import Block, FrontMatter, Lines, Note, Reference
from kb.model.site import Target, Url
from kb.rendering.prose import Manner, fill, fill_blocks, whole
from tests.rendering import sample

HERE = "./"
SLOW = Url("/talks/harbour-2017/slow-boats/")
MANNER = Manner("../../../", 3, "../../../notes/harbour-days/", words={"missing": "gone"})


def html(first: int, last: int, manner: Manner = MANNER) -> str:
    note = sample.notes()[sample.NOTE]
    return fill(note, sample.targets(SLOW), (Lines(first, last),), manner).text


def paragraph(line: int, *pieces: str | int, text: str = "x") -> Block:
    return Block("paragraph", line, line, text=text, open="<p>", close="</p>\n", html=pieces)


def note(*blocks: Block, references: tuple[Reference, ...] = ()) -> Note:
    return Note("n.md", "0", FrontMatter(), "Title", blocks, references)


def test_links_to_others_carry_their_kind() -> None:
    link = '<a href="https://code.example/boats">here</a>'
    assert link in html(6, 11)


def test_links_to_pages_are_relative_to_the_page() -> None:
    assert '<a href="../../../talks/harbour-2017/slow-boats/">the other talk</a>' in html(6, 11)


def test_an_anchor_outside_the_shown_lines_leads_to_the_note() -> None:
    assert 'href="../../../notes/harbour-days/#slow-boats"' in html(6, 11)
    assert 'href="#slow-boats"' in html(5, 25)


def test_pictures_have_size_and_words() -> None:
    assert (
        '<img src="../../../pictures/pier.jpg" srcset="../../../pictures/pier.jpg.480.webp 480w,'
        ' ../../../pictures/pier.jpg 640w" sizes="(min-width: 42rem) 38rem, 92vw"'
        ' alt="The pier at noon" width="640" height="480"'
        ' loading="lazy" decoding="async">'
    ) in html(10, 10)


def test_what_leads_nowhere_is_text_with_a_mark() -> None:
    text = html(11, 11)
    assert '<a class="dead" role="link" aria-disabled="true" title="gone">gone</a>' in text
    assert "javascript" not in text
    assert "lost photo (picture missing)" in text


def test_a_picture_of_another_host_is_a_link_and_is_not_loaded() -> None:
    text = html(11, 11)
    assert '<a class="ext-pic" href="https://far.example/x.png">Far</a>' in text
    assert "<img" not in text


def test_a_picture_inside_a_link_makes_no_link_of_its_own() -> None:
    references = (Reference("link", "big"), Reference("picture", "p.jpg", "P"))
    targets = (Target("external", "https://x.example/"), Target("asset", "/p.jpg"))
    text = fill_blocks(
        [paragraph(1, 0, 1, "</a>", 1)], note(references=references), targets, Manner(HERE)
    ).text
    assert text.count("<a ") == 2
    assert text.count('class="pic"') == 1


def test_heading_levels_go_down_one_at_a_time() -> None:
    text = html(5, 31)
    assert '<h3 id="fast-boats">' in text
    assert '<h4 id="slow-boats">' in text
    assert '<h4 id="kuai">' in text
    assert "</h6>" not in text


def test_paragraphs_get_an_id_that_stays_when_they_move() -> None:
    one = fill_blocks([paragraph(1, "Words", text="Words")], note(), (), Manner(HERE)).text
    two = fill_blocks([paragraph(9, "Words", text="Words")], note(), (), Manner(HERE)).text
    assert one == two
    assert '<p id="p-' in one


def test_two_notes_on_a_page_do_not_share_ids() -> None:
    text = html(5, 25, Manner(HERE, 3, "x/", "n2-"))
    assert 'id="n2-fast-boats"' in text
    assert 'href="#n2-slow-boats"' in text


def test_items_cut_out_of_a_list_get_a_list() -> None:
    text = html(7, 8)
    assert text.startswith("<ul>\n<li")
    assert text.endswith("</ul>")


def test_bare_text_of_an_item_becomes_a_paragraph() -> None:
    block = Block("paragraph", 1, 1, text="x", close="\n", html=("x",))
    assert fill_blocks([block], note(), (), Manner(HERE)).text.startswith("<p id=")


def test_rows_cut_out_of_a_table_get_a_table() -> None:
    cell = Block("cell", 2, 2, open="<td>", close="</td>", html=("1",))
    row = Block("row", 2, 2, open="<tbody>\n<tr>\n", close="</tr>\n", children=(cell,))
    text = fill_blocks([row], note(), (), Manner(HERE)).text
    assert text.replace("\n", "") == '<table tabindex="0"><tr><td>1</td></tr></table>'


def test_footnotes_come_along_with_the_words_that_cite_them() -> None:
    cite = paragraph(1, 'x<a href="#fn-1" id="fnref-1">1</a>')
    foot = Block("footnote", 9, 9, open='<li id="fn-1">', close="</li>", anchor="fn-1", html=("F",))
    other = Block("footnote", 9, 9, open='<li id="fn-2">', close="</li>", anchor="fn-2")
    notes = Block("footnotes", 9, 9, open="<ol>", close="</ol>", children=(foot, other))
    text = fill_blocks([cite], note(cite, notes), (), Manner(HERE)).text
    assert '<li id="fn-1">F</li>' in text
    assert "fn-2" not in text


def test_boxes_of_tasks_have_a_name() -> None:
    item = Block(
        "item", 1, 1, text="x", open='<li><input type="checkbox" disabled> ', close="</li>",
        marker="[ ]", html=("x",),
    )  # fmt: skip
    text = fill_blocks([item], note(), (), Manner(HERE, words={"open": "to do"})).text
    assert '<input aria-label="to do" type="checkbox"' in text


def test_code_can_be_scrolled_by_keyboard() -> None:
    assert 'tabindex="0"' in html(23, 25)


def test_a_note_does_not_show_its_title_twice() -> None:
    head = Block(
        "heading", 1, 1, 1, "Title", open='<h1 id="title">', close="</h1>", html=("Title",)
    )
    text = whole(note(head, paragraph(2, "Body")), (), Manner(HERE)).text
    assert "Title" not in text
    assert "Body" in text


@given(st.lists(st.integers(1, 6), max_size=12), st.integers(2, 4))
def test_no_level_is_ever_skipped(levels: list[int], top: int) -> None:
    blocks = [
        Block("heading", n, n, level, str(n), open=f"<h{level}>", close=f"</h{level}>")
        for n, level in enumerate(levels)
    ]
    text = fill_blocks(blocks, note(), (), Manner(HERE, top)).text
    found = [int(part[0]) for part in text.split("<h")[1:]]
    assert len(found) == len(levels)
    above = top - 1
    for level in found:
        assert top <= level <= above + 1
        above = level


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["external", "page", "missing"]))
def test_what_was_written_cannot_leave_its_attribute(url: str, title: str, kind: str) -> None:
    reference = Reference("link", url, title=title)
    target = Target(kind, url)  # type: ignore[arg-type]
    text = fill_blocks([paragraph(1, 0, "</a>")], note(references=(reference,)), (target,), MANNER)
    tag = text.text.split(">", 1)[1].split(">", 1)[0]
    assert tag.count('"') % 2 == 0
    assert "<" not in tag[2:]
