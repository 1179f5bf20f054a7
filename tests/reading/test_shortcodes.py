"""Hugo's shortcodes: shown as what they mean, or as written with a finding."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model.note import Note
from kb.reading.shortcodes import end_of, fenced, parse
from tests.reading.reader import body, html, targets

SIGNS = st.text(st.sampled_from('{}<>%/*"`= \\\nab'), max_size=80)


def shown(read: Note) -> str:
    return read.blocks[0].text


def told(read: Note) -> list[tuple[int, int]]:
    return [(found.line, found.column) for found in read.findings if found.code == "KB130"]


def test_a_figure_is_a_picture_with_its_caption() -> None:
    read = body(
        'Before {{< figure src="/images/pump.jpg" alt="A pump" title="Pumps"\n'
        '  caption="by *day*, see [more](https://a.example/)" attr="Ada"\n'
        '  attrlink="https://ada.example/" link="/images/big.jpg" >}} after.\n'
        "\n"
        "Next\n"
    )
    assert targets(read) == [
        "/images/big.jpg",
        "/images/pump.jpg",
        "https://a.example/",
        "https://ada.example/",
    ]
    picture = read.references[1]
    assert (picture.kind, picture.text, picture.line) == ("picture", "A pump", 4)
    assert shown(read) == "Before  Pumps. by day, see more Ada after."
    assert "<em>Pumps. by <em>day</em>" in html(read)
    assert read.blocks[1].line == 8
    assert told(read) == []


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("{{< youtube w7Ft2ymGmfc >}}", "https://www.youtube.com/watch?v=w7Ft2ymGmfc"),
        ('{{< youtube id="w7Ft2ymGmfc" >}}', "https://www.youtube.com/watch?v=w7Ft2ymGmfc"),
        (
            "{{<youtube id=w7Ft2ymGmfc start=30 />}}",
            "https://www.youtube.com/watch?v=w7Ft2ymGmfc&t=30s",
        ),
        ("{{% vimeo 55073825 %}}", "https://vimeo.com/55073825"),
        ("{{< x user=pump_ada id=1453110110599868418 >}}", "https://x.com/pump_ada/status/145311"),
        ("{{< tweet 877500564405444608 >}}", "https://twitter.com/i/web/status/8775005644"),
        ("{{< gist ada 7896402 >}}", "https://gist.github.com/ada/7896402"),
        ("{{< instagram CxOWiQNP2MO >}}", "https://www.instagram.com/p/CxOWiQNP2MO/"),
        ('{{< ref "other.md#part" >}}', "other.md#part"),
        ('[words]({{< relref "posts/other.md" >}}#part)', '{{< relref "posts/other.md" >}}#part'),
        ('[w]({{% ref path="other" %}} "Title")', '{{% ref path="other" %}}'),
    ],
)
def test_what_would_be_embedded_is_a_link(written: str, target: str) -> None:
    read = body(f"See {written}.\n")
    (found,) = read.references
    assert found.kind == "link"
    assert found.target.startswith(target)
    assert "{{" not in shown(read)
    assert told(read) == []


@pytest.mark.parametrize(
    "written",
    [
        '{{< callout "note" >}}',
        "{{% notice tip %}}",
        "{{< figure >}}",
        "{{< youtube >}}",
        '{{< youtube "no video/../" >}}',
        "{{< x user=ada >}}",
        "{{< a/b.c 1 >}}",
    ],
)
def test_what_is_unknown_stays_with_its_place(written: str) -> None:
    read = body(f"One\n\n* two\n * here {written} and {written}\n")
    texts = [block.text for block in read.walk() if block.kind == "paragraph"]
    assert texts[-1] == f"here {written} and {written}"
    column = len(" * here ") + 1
    assert told(read) == [(7, column), (7, column + len(f"{written} and "))]
    assert targets(read) == []


def test_a_quotation_that_is_never_closed_is_told_of() -> None:
    read = body('{{< bad "quotes >}}\n')
    assert shown(read) == '{{< bad "quotes >}}'
    assert told(read) == [(4, 1)]


def test_what_stands_between_unknown_halves_is_markdown() -> None:
    read = body("{{% note %}}\nSome *words*\n{{% /note %}}\n")
    assert html(read).count("<em>words</em>") == 1
    assert told(read) == [(4, 1)]


def test_escaped_ones_are_shown_as_hugo_shows_them() -> None:
    read = body('Write {{</* figure src="x" */>}} or `{{%/* y */%}}`.\n\n```\n{{</* z */>}}\n```\n')
    assert shown(read) == 'Write {{< figure src="x" >}} or {{% y %}}.'
    assert read.blocks[1].text == "{{< z >}}\n"
    assert told(read) == []
    assert targets(read) == []


@pytest.mark.parametrize("fence", ["```", "~~~~", "    "])
def test_code_keeps_shortcodes(fence: str) -> None:
    code = '{{< figure src="x.png" >}}\n{{< highlight go >}}\n{{< /highlight >}}\n'
    if fence.strip():
        read = body(f"{fence}md\n{code}{fence}\n")
    else:
        read = body("".join(fence + line + "\n" for line in code.splitlines()))
    assert read.blocks[0].text == code
    assert read.references == ()
    assert told(read) == []


def test_a_highlight_is_code() -> None:
    read = body(
        '{{< highlight python "linenos=table" >}}\n'
        "* a\n"
        " * `b` ```\n"
        "\n"
        "# c\n"
        "{{< / highlight >}}\n"
        "\n"
        "* item\n"
        "\n"
        "    {{% highlight sh %}}\n"
        "ls\n"
        "    {{% /highlight %}}\n"
        "After, {{< highlight go >}}x := 1{{< /highlight >}} too.\n"
    )
    codes = [block for block in read.walk() if block.kind == "code"]
    assert [(code.marker, code.text, code.line, code.end) for code in codes] == [
        ("python", "* a\n * `b` ```\n\n# c\n", 4, 9),
        ("sh", "ls\n", 13, 15),
    ]
    assert read.blocks[-1].text == "After, x := 1 too."
    assert read.blocks[-1].runs[1].code
    assert told(read) == []


def test_shortcodes_in_raw_html() -> None:
    read = body(
        '<div class="wide">\n{{< figure src="/a.png" alt="A" caption="Said" >}}\n'
        "{{< youtube w7Ft2ymGmfc >}} {{< strange >}}\n</div>\n"
        "<pre>{{< youtube w7Ft2ymGmfc >}}</pre>\n"
    )
    assert [(one.kind, one.target, one.line) for one in read.references] == [
        ("picture", "/a.png", 5),
        ("link", "https://www.youtube.com/watch?v=w7Ft2ymGmfc", 6),
    ]
    page = html(read)
    assert "Said" in page
    assert "{{&lt; strange &gt;}}" in page
    assert page.count("{{&lt; youtube") == 1
    assert [found.line for found in read.findings if found.code == "KB130"] == [6]


def test_details_show_their_summary_and_words() -> None:
    read = body('{{< details summary="More of it" >}}\nHidden words\n{{< /details >}}\n')
    assert shown(read).split() == ["More", "of", "it", "Hidden", "words"]
    assert told(read) == []


@pytest.mark.parametrize(
    "written",
    [
        '{{< figure src="javascript:alert(1)" alt="x" >}}',
        '{{< figure src="/a.png" link="javascript:alert(1)" >}}',
        '{{< figure src="/a.png" caption="<script>alert(1)</script>" >}}',
        '{{< figure src="/a.png" caption="[x](javascript:alert(1))" >}}',
        '{{< figure src="/a.png" attr="y" attrlink="data:text/html,y" >}}',
        '{{< ref "javascript:alert(1)" >}}',
        '[a]({{< ref "javascript:alert(1)" >}})',
        '{{< youtube id="w7Ft2ymGmfc" title="<img src=x onerror=alert(1)>" >}}',
        '{{< details summary="<svg onload=alert(1)>" >}}',
        '{{< x user="../../../" id="1" >}}',
        '{{< "><script>alert(1)</script> >}}',
        '<div>{{< figure src="javascript:alert(1)" >}}</div>',
        '\n\n<div>{{< figure src="/a" alt="&lt;script>alert(1)&lt;/script>" >}}</div>\n\n',
        '\n\n<div>{{< youtube id="w7Ft2ymGmfc" title="&lt;svg onload=alert(1)>" >}}</div>\n\n',
    ],
)
def test_hostile_arguments_do_no_harm(written: str) -> None:
    read = body(f"Words {written} end\n")
    page = html(read).lower()
    assert not [tag for tag in ("<script", "<img src=x", "<svg") if tag in page]
    assert not [one for one in targets(read) if one.lower().startswith(("javascript", "data:"))]


@pytest.mark.parametrize(
    "text",
    [
        "{{< " * 50_000,
        '{{< "' * 50_000,
        "{{< a >}} " * 20_000,
        "{{< highlight x >}}\n" * 20_000,
        "{{< highlight x >}}" + "{{< highlight x >}} y " * 10_000,
        "{{< x " + '"a\\' * 50_000 + ">}}",
        "[a]({{< ref " * 20_000,
        "{{</*" * 50_000,
        "`" + "{{</* " * 50_000 + "`",
        "<div>" + "{{< youtube w7Ft2ymGmfc >}} {{< x " * 10_000 + "</div>",
        "{{< /highlight >}}\n" * 20_000 + "{{< highlight x >}}\n" * 20_000,
    ],
)
def test_many_cost_little(text: str) -> None:
    before = time.process_time()
    body(text)
    assert time.process_time() - before < 5


@given(SIGNS)
@settings(max_examples=300, deadline=None)
def test_any_signs_are_read(text: str) -> None:
    html(body(text))
    assert fenced(text).count("\n") == text.count("\n")
    start = max(text.find("{{"), 0)
    end = end_of(text, start)
    assert start <= end <= len(text)
    if end > start:
        parse(text[start:end])
