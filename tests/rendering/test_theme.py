"""The template engine: escaping, faults, layers, static files."""

from collections.abc import Mapping
from types import CodeType

import pytest

from kb.model.site import Url, records_of
from kb.rendering.site import Renderer, render_site
from kb.rendering.theme import TemplateFault, Theme, ThemeFiles, publish
from kb.rendering.views import VIEWS, Frame, MissingView, Page, SiteView
from tests.rendering import sample

FRAME = Frame(Url("/a/b/"), "../../", "A & B", "A & B", "404")


def render(source: str, **more: str) -> str:
    files = sample.theme(**{"404_html": source, **more})
    theme = Theme(files, SiteView("Site"))
    page = Page("404.html", "404.html", FRAME, MissingView("<home>"))
    return theme.render(page).data.decode()


def test_everything_is_escaped() -> None:
    assert render("{{ page.title }} {{ view.home }}") == "A &amp; B &lt;home&gt;"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{{ "<b>" ~ view.home }}', "&lt;b&gt;&lt;home&gt;"),
        ("{{ [view.home]|join('<') }}{{ 1 }}", "&lt;home&gt;1"),
        ("{% set x %}<i>{{ view.home }}</i>{% endset %}{{ x }}", "<i>&lt;home&gt;</i>"),
        ("{% macro m(x) %}<i>{{ x }}'</i>{% endmacro %}{{ m(view.home) }}", "<i>&lt;home&gt;'</i>"),
        ("{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}<{% endcall %}", "<"),
        ('<p title="{{ page.title ~ \'"\' }}">', '<p title="A &amp; B&quot;">'),
        ("{{ site.params.turned }}{{ page.title }}", "\u2068\u202ea\u2069A &amp; B"),
        ("{{ site.params.mine }}", "&lt;own&gt;"),
        ("{{ site.params.other|default('none') }}", "none"),
    ],
)
def test_everything_is_escaped_once_however_it_is_printed(source: str, text: str) -> None:
    files = sample.theme(**{"404_html": source})
    theme = Theme(files, SiteView("Site", params={"mine": "<own>", "turned": "\u202ea"}))
    page = Page("404.html", "404.html", FRAME, MissingView("<home>"))
    assert theme.render(page).data.decode() == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% set x = {'low': '<a>'} %}{{ x.low }}{{ view.home }}", "&lt;a&gt;&lt;home&gt;"),
        ("{% set x = {'items': 1, 'class': 2} %}{{ x.class }}{{ x.items()|length }}", "22"),
        ("{{ view.gone|d('none') }}{{ page.title.lower() }}", "nonea &amp; b"),
        ("{{ 'no' if view.gone is undefined }}", "no"),
        ("{% macro m(x) %}{{ x.low }}{% endmacro %}{{ once(m, page.crumbs or view) }}", ""),
    ],
)
def test_a_name_is_looked_for_as_far_as_templates_may_expect(source: str, text: str) -> None:
    if text:
        assert render(source) == text
    else:
        with pytest.raises(TemplateFault, match="MissingView has no 'low'"):
            render(source)


def test_pages_come_out_the_same_after_one_whose_values_lack_a_name() -> None:
    source = "{% set x = view.home or {'low': 'b'} %}{{ x.low if not view.home else view.home }}"
    theme = Theme(sample.theme(**{"404_html": source}), SiteView("Site"))

    def rendered(home: str) -> bytes:
        return theme.render(Page("404.html", "404.html", FRAME, MissingView(home))).data

    assert [rendered(home) for home in ("a", "", "a")] == [b"a", b"b", b"a"]


def test_templates_that_look_further_are_compiled_once_for_all_builds() -> None:
    source = "{% set x = {'low': 'b'} %}{{ x.low }}"
    page = Page("404.html", "404.html", FRAME, MissingView("home"))

    def rendered(known: Mapping[str, CodeType]) -> Mapping[str, CodeType]:
        theme = Theme(sample.theme(**{"404_html": source}), SiteView("Site"), compiled=known)
        assert theme.render(page).data == b"b"
        return theme.compiled()

    known = {key: code.replace() for key, code in rendered({}).items()}
    assert len(known) == 2
    assert all(code is known[key] for key, code in rendered(known).items())


def test_a_macro_is_called_once_for_equal_values() -> None:
    part = "{% macro one(x, y) %}<i>{{ x }}</i>{{ calls.append(x) or '' }}{% endmacro %}"
    source = (
        "{% set calls = [] %}"
        + part
        + "{{ once(one, '<a>', 1) }}{{ each(one, ['<a>', 'b', '<a>'], 1) }} {{ calls|length }}"
    )
    assert render(source) == "<i>&lt;a&gt;</i><i>&lt;a&gt;</i>\n<i>b</i>\n<i>&lt;a&gt;</i> 2"


def test_urls_are_relative_to_the_page() -> None:
    assert render('{{ "/talks/x/"|rel }} {{ "https://a.example/"|rel }}') == (
        "../../talks/x/ https://a.example/"
    )


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n{{ view.hom }}", 2, "MissingView has no 'hom'; did you mean 'home'?"),
        ("a\n{{ page.xyzzy }}", 2, "Frame has no 'xyzzy'"),
        ("a\n\n{% if %}", 3, "xpected"),
        ("a\n{{ nothing }}", 2, "nothing"),
        ('a\n{{ t("no.such.words") }}', 2, "no.such.words"),
        ('\n\n\n{% include "gone.html" %}', 4, "gone.html"),
        ('\n{{ "gone.js"|asset }}', 2, "gone.js"),
        ("\n{{ 1 / 0 }}", 2, "zero"),
    ],
)
def test_a_fault_names_template_and_line(source: str, line: int, words: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        render(source)
    assert (caught.value.path, caught.value.line) == ("templates/404.html", line)
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_fault_in_an_included_part_names_the_part() -> None:
    files = sample.theme(**{"404_html": '{% include "part.html" %}'})
    files = ThemeFiles(
        {**files.templates, "part.html": "x\ny {{ view.nope }}"},
        files.static,
        files.strings,
        {"part.html": "themes/mine/templates/part.html"},
    )
    with pytest.raises(TemplateFault) as caught:
        Theme(files, SiteView("Site")).render(Page("x", "404.html", FRAME, MissingView("")))
    assert (caught.value.path, caught.value.line) == ("themes/mine/templates/part.html", 2)


def test_a_broken_template_is_told_before_anything_is_rendered() -> None:
    theme = sample.theme(base_html="{% block %}")
    renderer = Renderer(records_of(sample.site()), sample.notes(), sample.settings(), theme)
    with pytest.raises(TemplateFault, match=r"base\.html"):
        renderer.key(next(renderer.pages()))


def test_one_block_can_be_overridden() -> None:
    own = '{% extends "base.html" %}{% block main %}<h1>Mine</h1>{% endblock %}'
    outputs = render_site(
        sample.site(), sample.notes(), sample.settings(), sample.theme(home_html=own)
    )
    home = next(output for output in outputs if output.path == "index.html")
    assert b"<h1>Mine</h1>" in home.data
    assert b'class="brand"' in home.data


def test_static_files_carry_the_digest_of_their_content() -> None:
    one, two = publish({"a.js": b"1"}), publish({"a.js": b"2"})
    assert one["a.js"][0] != two["a.js"][0]
    assert one["a.js"][0].startswith("a.")
    assert one["a.js"][0].endswith(".js")


def test_a_script_finds_the_others_under_their_published_names() -> None:
    done = publish({"a.js": b'import x from "./b.js";', "b.js": b"export {};", "c.js": b'"./a.js"'})
    assert done["b.js"][0].encode() in done["a.js"][1]
    assert done["a.js"][0].encode() in done["c.js"][1]
    changed = publish({"a.js": b'import x from "./b.js";', "b.js": b"export default 1;"})
    assert changed["a.js"][0] != done["a.js"][0]


def test_two_scripts_that_name_each_other_are_published_all_the_same() -> None:
    done = publish({"a.js": b'"./b.js"', "b.js": b'"./a.js"'})
    assert set(done) == {"a.js", "b.js"}


def test_a_site_adds_its_own_style() -> None:
    done = publish({"style.css": b"a{}", "site.css": b":root{--page:50rem}"})
    assert "site.css" not in done
    assert done["style.css"][1].endswith(b":root{--page:50rem}")


def test_every_view_has_a_template_and_every_template_a_view() -> None:
    names = {name for name in sample.theme().templates if not name.startswith("parts/")}
    assert names - {"base.html"} == set(VIEWS)


def test_what_html_and_xml_forbid_is_left_out() -> None:
    frame = Frame(Url("/"), "./", "a\x00b\x0bc\x1fd\ufffe\te", "", "404")
    files = sample.theme(**{"404_html": "{{ page.title }}"})
    page = Page("404.html", "404.html", frame, MissingView(""))
    assert Theme(files, SiteView("S")).render(page).data == b"abcd\te"
