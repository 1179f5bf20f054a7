"""The page of everything that was ever cited."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from kb.model.facts import LINK_KINDS
from kb.rendering.briefs import PROGRAMME
from kb.rendering.catalog import Catalog, Desk, in_chunks, output_path
from kb.rendering.frames import list_parts
from kb.rendering.hrefs import fit
from kb.rendering.views import LinksView, Page, Ref
from kb.rendering.words import Words

ROWS = 150
"""How many links a page holds: their rows are long."""
HOSTS = 16


class _Listed(NamedTuple):
    """What orders a link among all others."""

    key: str
    kind: str
    host: str


def links_pages(catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the list of links by kind, most cited first, split where it is long."""
    order = {kind: number for number, kind in enumerate(LINK_KINDS)}
    # What belongs to single talks comes last: it is most of all links, and the least to read.
    # Sorting keeps the order within a kind, which is by how often a link is cited.
    all_links = catalog.links.items()
    links = tuple(
        sorted(
            (_Listed(key, one.kind, one.host) for key, one in all_links if fit(one.url)),
            key=lambda one: (one.kind in PROGRAMME, order.get(one.kind, len(order)), one.kind),
        )
    )
    chunks = in_chunks(links, ROWS)
    labels = tuple(f"{number}. {_label(chunk, words)}" for number, chunk in enumerate(chunks, 1))
    starts: dict[str, int] = {}
    for number, chunk in enumerate(chunks, 1):
        for link in chunk:
            starts.setdefault(link.kind, number)
    kinds = Counter(link.kind for link in links)
    counted = Counter(link.host.removeprefix("www.") for link in links if link.host)
    hosts = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:HOSTS]
    parts = list_parts("links", chunks, labels, catalog, words)
    for number, (chunk, desk, around) in enumerate(parts, 1):
        view = LinksView(
            tuple(
                (kind, kinds[kind], _start(catalog, desk, starts[kind], number, kind))
                for kind in starts
            ),
            tuple(Ref("", host, count=count) for host, count in hosts),
            tuple(
                (kind, tuple(desk.link(catalog.links[one.key]) for one in found))
                for kind, found in groupby(chunk, key=lambda one: one.kind)
            ),
            len(links),
        )
        yield Page(output_path(around.url), "links.html", around, view)


def _start(catalog: Catalog, desk: Desk, page: int, here: int, kind: str) -> str:
    """Return where links of a kind start: an anchor, on this page or another."""
    anchor = f"#kb__{kind}"
    return anchor if page == here else desk.href(catalog.step_url("/links/", page)) + anchor


def _label(chunk: tuple[_Listed, ...], words: Words) -> str:
    names = dict.fromkeys(words.link_kind(one.kind) for one in chunk[:1] + chunk[-1:])
    return " – ".join(names)
