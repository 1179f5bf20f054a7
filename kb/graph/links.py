"""One URL however it is spelled: the canonical form of links, and one record for each."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from kb.model.facts import LINK_KINDS
from kb.model.ledger import Ledger
from kb.model.pattern import Pattern
from kb.model.site import Citation, LinkRecord
from kb.model.value import Value

_PORTS = {"http": 80, "https": 443}
_TRACKING = Pattern(
    r"utm_\w+|mc_[ce]id|_hs(enc|mi)|fbclid|[gd]clid|[gw]braid|msclkid|yclid|igshid|ref_src|ref_url",
    re.IGNORECASE,
)
"""Parameters that say where a reader came from, not what is shown."""
_VIDEO = Pattern(r"/(?:embed|v|shorts|live)/([\w-]{6,})/?")
_VIDEO_HOSTS = frozenset({"youtube.com", "m.youtube.com", "youtube-nocookie.com"})
_AROUND = frozenset({"()", "[]", "“”", "''", '""', "<>"})
_EMPTY_TEXTS = frozenset(
    {
        "article", "blog", "click here", "code", "demo", "docs", "download", "github", "here",
        "link", "more", "paper", "pdf", "post", "read more", "recording", "repo", "site", "slides",
        "source", "talk", "this", "url", "video", "website", "youtube",
    }
)  # fmt: skip
"""Link texts that do not tell what the link is."""


_PLAIN_PATH = Pattern(r"[A-Za-z0-9/_.~!$&'()*+,;=:@-]*")
_PLAIN_PAIR = Pattern(r"([A-Za-z0-9_.~-]+)=([A-Za-z0-9_.~-]+)")
"""A path, and a query of one parameter, in which nothing is escaped or has to be."""


@lru_cache(maxsize=65536)
def canonical(url: str) -> str:
    """Return what makes two spellings of a URL one link; not meant to be followed or shown.

    Scheme, `www.`, default port, trailing slash, `index.html`, tracking parameters, order of
    parameters, escapes of plain letters and an anchor within the page do not count; an anchor
    that is a route of its page (`#!topic/…`, `#/about`) does.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in {"http", "https", ""} or not host:
        return url.strip()
    host = host.removeprefix("www.")
    path, query = _video(host, parts.path, parts.query)
    if host in _VIDEO_HOSTS or host == "youtu.be":
        host = "youtube.com"
    if port and port != _PORTS.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    if not _PLAIN_PATH.fullmatch(path):
        path = quote(unquote(path), safe="/-._~!$&'()*+,;=:@%")
    path = re.sub(r"/(?:index\.html?|index\.php)$|/+$|\.git/?$", "", path)
    query = _query(query)
    fragment = parts.fragment if re.match(r"!|/(?!\d+(?:/|$))", parts.fragment) else ""
    return host + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _video(host: str, path: str, query: str) -> tuple[str, str]:
    """Return path and query of a recording in the form of its page, whatever way it is linked."""
    found = None
    if host == "youtu.be":
        found = path.strip("/") or None
    elif host in _VIDEO_HOSTS:
        shape = _VIDEO.fullmatch(path)
        found = shape.group(1) if shape else None
        if path == "/watch":
            plain = _PLAIN_PAIR.fullmatch(query)
            said = {plain[1]: plain[2]} if plain else dict(parse_qsl(query))
            found = said.get("v")
    return ("/watch", f"v={found}") if found else (path, query)


def _query(query: str) -> str:
    if not query:
        return ""
    plain = _PLAIN_PAIR.fullmatch(query)
    if plain:
        return "" if _TRACKING.fullmatch(plain[1]) else query
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0])))


def host_of(url: str) -> str:
    """Return the host of `url` without `www.`, in lower case; `""` where it has none."""
    try:
        return (urlsplit(url.strip()).hostname or "").removeprefix("www.").removesuffix(".")
    except ValueError:
        return ""


def shown(url: str) -> str:
    """Return `url` for people: without scheme and trailing slash."""
    return re.sub(r"^[a-z][a-z0-9+.-]*:(?://)?|/$", "", url.strip(), flags=re.IGNORECASE)


class Fate(Value, frozen=True):
    """What became of a link that is dead."""

    archive: str = ""
    """Where a copy may be."""


Fates = Mapping[str, Fate]
"""Of the links that are dead, by canonical URL."""
ALIVE: Fates = {}


def fates_of(ledger: Ledger) -> Fates:
    """Return what became of the links of `ledger`."""
    dead = (entry for entry in ledger.entries if entry.is_dead)
    return {canonical(entry.url): Fate(archive=entry.archive) for entry in dead}


def link_records(
    citations: Iterable[Citation], dates: Mapping[tuple[str, str], str], fates: Fates = ALIVE
) -> tuple[LinkRecord, ...]:
    """Return one record for each link, most cited first.

    `dates` gives the ISO date of a citation by its session's URL (`""` for none) and note.
    """
    groups: dict[str, list[Citation]] = defaultdict(list)
    for citation in citations:
        groups[citation.link].append(citation)
    records = []
    for key, members in groups.items():
        when = {id(c): dates.get((c.session or "", c.note), "") for c in members}
        members.sort(key=lambda c: (when[id(c)] or "9999", c.note, c.line, c.url))
        known = sorted(date for date in when.values() if date)
        first = members[0]
        records.append(
            LinkRecord(
                key=key,
                url=first.url,
                kind=_kind(members),
                host=host_of(first.url),
                title=_title(members),
                citations=tuple(members),
                first=known[0] if known else "",
                last=known[-1] if known else "",
                dead=key in fates,
                archive=fates[key].archive if key in fates else "",
            )
        )
    return tuple(sorted(records, key=lambda record: (-len(record.citations), record.key)))


def _kind(members: Iterable[Citation]) -> str:
    weights: dict[str, float] = defaultdict(float)
    for citation in members:
        weights[citation.kind] += citation.sure
    rank = {kind: place for place, kind in enumerate(LINK_KINDS)}
    return min(weights, key=lambda kind: (-weights[kind], rank.get(kind, -1), kind))


def _bare(text: str) -> str:
    """Return `text` without the brackets, quotes and dashes around it."""
    bare = " ".join(text.split()).strip(":;,–—- ")
    while len(bare) > 1 and bare[0] + bare[-1] in _AROUND:
        bare = bare[1:-1].strip(":;,–—- ")
    return bare


def _title(members: list[Citation]) -> str:
    """Return the best text: one that tells something, most used, then longest up to 120 signs."""
    texts = Counter(
        text
        for citation in members
        if (text := _bare(citation.text))
        and canonical(text) != citation.link
        and "://" not in text
        and text.casefold().strip(".! ") not in _EMPTY_TEXTS
    )
    if not texts:
        return shown(members[0].url)
    return min(texts, key=lambda text: (-texts[text], len(text) > 120, -len(text), text))
