"""Where fuzzing begins: small inputs that reach into every part, and what may be put into them."""

from collections.abc import Mapping

SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "note": (
        b'+++\ntitle = "River Conf 2024 - Tuesday"\ndate = 2024-06-04T10:00:00+02:00\n'
        b'tags = ["water", "law"]\naliases = ["/old/"]\nslug = "tuesday"\n'
        b'[event]\nname = "River Conf"\nyear = 2024\nplace = "Basel"\n+++\n\n'
        b"#### Who owns the rain\n\n- Mira Stone, Jonas Weir\n- https://law.example.org/rain\n\n"
        b"> What the law says.\n\n* it depends\n * on the roof `code`\n",
        b"---\ntitle: Talks\nspeakers: [Ada Lindqvist]\nkind: article\n---\n# One\n\n| a | b |\n"
        b"|---|:-:|\n| 1 | ~~2~~ |\n\nTerm\n: meaning[^1]\n\n[^1]: a note\n",
        b"# Keynote: Boats by Ines Carvalho (Quay Ltd)\n\n14:30 - 15:10, Room 3\n\n"
        b"```python\nprint('x')\n```\n\n![alt](images/a.png \"title\") [x](http://a.example/)\n",
        b'<div onclick="x">raw <b>html</b></div>\n<!-- kb: talk -->\n<details><summary>s</summary>\n'
        b"\n- [ ] task\n- [x] done\n\n</details>\n",
        b"**Talk one** - *Femke de Boer*\n\n1. a\n   1. b\n\n***\n\n[ref]: <javascript:alert(1)> 't'\n"
        b"[ref] <https://auto.example> mail@example.org \\* &amp; &#x202e;\n",
        b'+++\n[[talks]]\ntitle = "T"\nspeakers = ["A B"]\nheading = "H"\nkind = "panel"\n'
        b'links = ["https://a.example/"]\nday = "Monday"\nstart = "10:00"\n+++\n## H\n\ntext\n',
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
}
"""Target → inputs that are in order, or nearly."""

PIECES: Mapping[str, tuple[bytes, ...]] = {
    "note": (
        b"+++\n", b"---\n", b"```", b"~~~", b"> ", b"- ", b"* ", b" * ", b"1. ", b"#### ", b"\n\n",
        b"[", b"](", b")", b"![", b"**", b"_", b"`", b"<!--", b"-->", b"<div>", b"</div>", b"<a ",
        b"<svg/onload=alert(1)>", b"<script>", b"javascript:", b"&#", b"&lt;", b"\\", b"|", b"[^1]",
        b"\xef\xbb\xbf", b"\xff", b"\x00", b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xf0\x9f\x98\x80",
        b"\xed\xa0\x80", b"\r", b"\t", b"2024-06-03", b"99:99", b"title = ", b"[event]\n", b"\"\"\"",
        b"= 1e400\n", b"speakers: ", b"&a *a ", b"!!python/object:os.system ", b"{{ 7*7 }}",
        b"{{< x >}}", b"//evil.example/", b"../../", b"<!-- kb: talk -->", b"Speakers: ", b"A. B. C",
    ),
    "query": (
        b'"', b"(", b")", b"-", b" OR ", b" NOT ", b"*", b"..", b":", b"speaker:", b"year:", b"has:",
        b"day:", b"\x00", b"\xff", b"\xcc\x81", b"\xe2\x80\x9c", b"sort:", b" ", b"99999999999999",
        b"\xf0\x9f\x98\x80", b"\xc4\xb0", b"\xc3\x9f", b"\xef\xac\x81",
    ),
    "request": (
        b"..", b"/", b"%2e", b"%2f", b"%5c", b"\\", b"%00", b"%c0%ae", b"?", b"#", b"//", b"%",
        b"\nhost: ", b"\norigin: ", b"\nsec-fetch-site: cross-site", b" HTTP/1.1", b"_headers",
        b".git/config", b"link", b"folder/passwd", b"up/", b"/__kb/?page=", b"javascript:alert(1)",
        b"%0d%0a", b"\xff", b"GET ", b"HEAD ", b"POST ", b"http://", b"%F0%9F%98%80", b"%u002e",
    ),
}  # fmt: skip
"""Target → what mutation puts in."""
