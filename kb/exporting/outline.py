"""Links and feeds as an outline, in OPML 2.0 (http://opml.org/spec2.opml)."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from kb.exporting.material import Material, is_web
from kb.model.output import Output
from kb.model.pattern import Pattern
from kb.model.site import Citation

_FORBIDDEN = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What XML may not hold (XML 1.0, 2.2)."""


def to_outline(material: Material) -> Iterator[Output]:
    """Yield `links.opml`: links by event and talk, and the site's feeds where its URL is known."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "  <head>",
        f"    <title>{_escaped(material.settings.title)}</title>",
        "  </head>",
        "  <body>",
        *(f"    {line}" for line in _body(material)),
        "  </body>",
        "</opml>",
        "",
    ]
    yield Output("links.opml", "\n".join(lines).encode())


def _body(material: Material) -> Iterator[str]:
    site = material.site
    titles: dict[str | None, str] = {one.url: one.title for one in site.events}
    names = {one.key: one.title for one in site.links}
    told: dict[str | None, list[str]] = {url: [] for url in (*titles, None)}
    for one in site.sessions:
        branch = _branch(one.title, _links(one.citations, names), one.url, material)
        told[one.event if one.event in titles else None] += branch
    yield from _branch("Feeds", _feeds(material))
    for event, branches in told.items():
        yield from _branch(titles.get(event, "Other sessions"), branches, event, material)
    outside = [
        line
        for note in site.notes
        for line in _branch(note.title, _links(note.citations, names), note.url, material)
    ]
    yield from _branch("Other notes", outside)


def _feeds(material: Material) -> Iterator[str]:
    """Yield the site's feeds; readers of outlines subscribe to whole addresses only."""
    if not material.settings.base_url:
        return
    site = material.site
    named = [("/", material.settings.title)]
    named += [(one.url, one.title) for one in site.events]
    named += [(one.url, one.name) for one in site.people]
    named += [(one.url, one.name) for one in site.topics]
    for url, name in named:
        page = material.absolute(url)
        yield _outline(name, type="rss", xmlUrl=f"{page}feed.xml", htmlUrl=page)


def _links(citations: Iterable[Citation], names: Mapping[str, str]) -> Iterator[str]:
    cited: dict[str, Citation] = {}
    for one in citations:
        cited.setdefault(one.link, one)
    for key, one in cited.items():
        if is_web(one.url):
            title = one.text or names.get(key) or one.url
            yield _outline(title, type="link", url=one.url, category=f"/{one.kind}")


def _branch(
    text: str, below: Iterable[str], url: str | None = None, material: Material | None = None
) -> Iterator[str]:
    lines = [f"  {line}" for line in below]
    if not lines:
        return
    more = {}
    if url and material is not None and material.settings.base_url:
        more = {"type": "link", "url": material.absolute(url)}
    yield _outline(text, **more).removesuffix("/>") + ">"
    yield from lines
    yield "</outline>"


def _outline(text: str, **attributes: str) -> str:
    shown = {"text": text or "(untitled)", **attributes}
    written = (f'{name}="{_escaped(value)}"' for name, value in shown.items())
    return f"<outline {' '.join(written)}/>"


def _escaped(text: str) -> str:
    return escape(_FORBIDDEN.sub("", " ".join(text.split())))
