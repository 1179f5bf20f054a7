"""Where fuzzing begins: small inputs that reach into every part, and what may be put into them."""

from collections.abc import Mapping

from tests.schedules.samples import CSV, ICAL, JSON, WIDGET, XML

SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "note": (
        b"""\
+++
title = "River Conf 2024 - Tuesday"
date = 2024-06-04T10:00:00+02:00
tags = ["water", "law"]
aliases = ["/old/"]
slug = "tuesday"
[event]
name = "River Conf"
year = 2024
place = "Basel"
+++

#### Who owns the rain

- Mira Stone, Jonas Weir
- https://law.example.org/rain

> What the law says.

* it depends
 * on the roof `code`
""",
        b"""\
---
title: Talks
speakers: [Ada Lindqvist]
kind: article
---
# One

| a | b |
|---|:-:|
| 1 | ~~2~~ |

Term
: meaning[^1]

[^1]: a note
""",
        b"""\
# Keynote: Boats by Ines Carvalho (Quay Ltd)

14:30 - 15:10, Room 3

```python
print('x')
```

![alt](images/a.png "title") [x](http://a.example/)
""",
        b"""\
<div onclick="x">raw <b>html</b></div>
<!-- kb: talk -->
<details><summary>s</summary>

- [ ] task
- [x] done

</details>
""",
        b"""\
**Talk one** - *Femke de Boer*

1. a
   1. b

***

[ref]: <javascript:alert(1)> 't'
[ref] <https://auto.example> mail@example.org \\* &amp; &#x202e;
""",
        b"""\
+++
[[talks]]
title = "T"
speakers = ["A B"]
kind = "panel"
recording = "https://a.example/"
day = "Monday"
time = "10:00"
+++
## T

text
""",
    ),
    "query": (
        b'speaker:"Monty Taylor" has:recording year:2014..2017',
        b'cells -nova OR "rolling upgrade" (a OR (b NOT c)) sort:-date',
        b"topic:stor* kind:panel day:tuesday date:..2016-05-01 caf\xc3\xa9 upgrad*",
    ),
    "request": (
        b"GET / HTTP/1.1\nHost: localhost:8000",
        b"GET /a HTTP/1.1\nHost: 127.0.0.1:8000\nx-kb-live: 1\nsec-fetch-site: same-origin",
        b"HEAD /%2e%2e/secret/passwd?x=1 HTTP/1.1\nOrigin: http://localhost:8000",
        b"GET /__kb/?page=/a/%3Cb%3E HTTP/1.1\nif-none-match: x",
        b"GET /__kb/live?page=/ HTTP/1.1\nOrigin: http://evil.example",
        b"GET /folder/passwd HTTP/1.0\nHost: [::1]:8000",
        b"GET /up/x HTTP/1.1\nHost: localhost:8000",
    ),
    "import": (
        b"""\
<h2>A &amp; B</h2><p>Some <b>words</b>, <a href='/x'>a link</a><br>more</p>
<ul><li>one<ol><li>two</ol><li>three</ul><pre><code class=language-c>x</code></pre>
<table><tr><th>a<td>b|c</table><figure><img src=/p.png alt=x><figcaption>c</figure>
""",
        b"""\
# Head

- [[Other|words]] and ![[p.png|300]] ==marked== %%hidden%% #tag ^id
> [!note]- Title
> text

```
[[code]]
```
""",
        b"""\
{"version": "0.3.1", "markups": [["strong"]], "atoms": [],
 "cards": [["markdown", {"markdown": "# x"}], ["image", {"src": "/a.png"}]],
 "sections": [[1, "p", [[0, [0], 1, "a"]]], [10, 0], [10, 1]]}
""",
        b"""\
{"root": {"children": [
 {"type": "paragraph", "children": [{"type": "text", "text": "a", "format": 3}]},
 {"type": "image", "src": "/a.png"}]}}
""",
    ),
    "schedule": tuple(
        bytes([number]) + text.encode()
        for number, text in enumerate((JSON, XML, ICAL, CSV, WIDGET))
    ),
}
"""Target → inputs that are in order, or nearly."""

PIECES: Mapping[str, tuple[bytes, ...]] = {
    "note": (
        b"+++\n", b"---\n", b"```", b"~~~", b"> ", b"- ", b"* ", b" * ", b"1. ", b"#### ",
        b"\n\n", b"[", b"](", b")", b"![", b"**", b"_", b"`", b"<!--", b"-->", b"<div>",
        b"</div>", b"<a ", b"<svg/onload=alert(1)>", b"<script>", b"javascript:", b"&#", b"&lt;",
        b"\\", b"|", b"[^1]", b"\xef\xbb\xbf", b"\xff", b"\x00", b"\xe2\x80\xae", b"\xe2\x81\xa6",
        b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\r", b"\t", b"2024-06-03", b"99:99", b"title = ",
        b"[event]\n", b'"""', b"= 1e400\n", b"speakers: ", b"&a *a ",
        b"!!python/object:os.system ", b"{{ 7*7 }}", b"{{< x >}}", b"//evil.example/", b"../../",
        b"<!-- kb: talk -->", b"Speakers: ", b"A. B. C",
    ),
    "query": (
        b'"', b"(", b")", b"-", b" OR ", b" NOT ", b"*", b"..", b":", b"speaker:", b"year:",
        b"has:", b"day:", b"\x00", b"\xff", b"\xcc\x81", b"\xe2\x80\x9c", b"sort:", b" ",
        b"99999999999999", b"\xf0\x9f\x98\x80", b"\xc4\xb0", b"\xc3\x9f", b"\xef\xac\x81",
    ),
    "request": (
        b"..", b"/", b"%2e", b"%2f", b"%5c", b"\\", b"%00", b"%c0%ae", b"?", b"#", b"//", b"%",
        b"\nhost: ", b"\norigin: ", b"\nsec-fetch-site: cross-site", b" HTTP/1.1", b"_headers",
        b".git/config", b"link", b"folder/passwd", b"up/", b"/__kb/?page=",
        b"javascript:alert(1)", b"%0d%0a", b"\xff", b"GET ", b"HEAD ", b"POST ", b"http://",
        b"%F0%9F%98%80", b"%u002e",
    ),
    "import": (
        b"<", b">", b"</", b"<!--", b"-->", b"<p>", b"</p>", b"<b>", b"<ul><li>",
        b"<table><tr><td>",
        b"<blockquote>", b"<pre>", b"<a href='", b"<img src=", b"<script>", b"<iframe src=", b"&",
        b"&#0;", b"'", b'"', b"=", b"[[", b"]]", b"![[", b"|", b"#", b"^", b"%%", b"==",
        b"`", b"```",
        b"~~~", b"> [!x]", b"\n", b"\n\n", b"- ", b"1. ", b"\\", b"*", b"_", b"\x00", b"\xff",
        b"javascript:", b"../", b"[[", b"{", b"}", b"[", b"]", b",", b'"type":"list"', b"[10,9]",
        b"-1", b"null",
    ),
    "schedule": (
        b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"99999999999999999999",
        b"<event>", b"</event>", b"<title>", b"</title>", b"<!DOCTYPE a [", b"<!ENTITY a 'b'>",
        b"&a;", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"BEGIN:VEVENT\n",
        b"END:VEVENT\n", b"BEGIN:VALARM\n", b"RRULE:FREQ=SECONDLY\n", b"DTSTART;TZID=X/Y:1\n",
        b"DTSTART:99999999T999999Z\n", b"DURATION:P99999999D\n", b";", b"\t", b"\r\n", b"\x00",
        b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"2024-06-03T25:61:00+99:99", b"Europe/Zurich",
        b"../../etc/localtime", b"javascript:alert(1)", b"\xe2\x80\xae", b"\\n", b"+++\n", b'"""',
    ),
}  # fmt: skip
"""Target → what mutation puts in."""

FOUND: Mapping[str, Mapping[str, bytes]] = {
    "schedule": {
        "a calendar that begins and is none": b"\x02BEGIN:VCALENDAR\nBEGIN:V:1\nEND:VCALENDAR\n",
        "a time zone of two lines": b"\x01" + XML.replace("Europe/", "Eur\nope/").encode(),
    },
    "note": {},
    "query": {},
    "import": {},
    "request": {
        "a control character in the page of what kb sees": b"GET /__kb/?page=/a%02 HTTP/1.1",
        "a control character in the query of a redirect": b"GET /a?b\x00\x7f c HTTP/1.1",
        "a page of what kb sees that links a script": b"GET /__kb/?page=javascript:a() HTTP/1.1",
    },
}
"""Target → inputs that once broke a promise, by what they did."""
