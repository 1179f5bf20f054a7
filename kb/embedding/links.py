"""Links of a page made by kb, led to where a host puts its pages."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import escape, unescape
from posixpath import relpath
from urllib.parse import urljoin

from kb.model.pattern import Pattern

WIDEST = 800
"""Pixels that a picture is shown at most; hosts without a style for it show it as it is."""
_TAG = Pattern(r'<(a|img)((?:\s+[^\s"\'<>/=]+(?:="[^"]*")?)*)\s*/?>')
_ATTRIBUTE = Pattern(r'\s+([^\s"\'<>/=]+)(?:="([^"]*)")?')
_HEADING = Pattern(r'<h([1-6])((?:\s+[^\s"\'<>/=]+(?:="[^"]*")?)*)\s*>(.*?)</h\1>', re.DOTALL)
_MARKUP = Pattern(r"<[^<>]*>")
_SCHEME = Pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True)
class Heading:
    """A heading that can be linked to."""

    level: int
    id: str
    html: str
    """Its text, without tags, entities as they are."""


def linked(
    html: str,
    page: str,
    where: Mapping[str, str],
    own: Collection[str],
    link: Callable[[str, str], str],
) -> str:
    """Return `html` with its links and pictures led to the host's pages and files.

    Args:
        html: as kb's templates write it: attributes in double quotes, text escaped.
        page: root-relative URL of the page that it was written for.
        where: root-relative URL → the host's address. A link to what is not there loses its
            target, and a picture becomes its alternative text.
        own: root-relative URLs of kb's pages. Anchors on other pages are left out: the host writes
            those, and names their headings in its own way.
        link: returns what the page at one address writes for a link to another.
    """

    def led(target: str) -> str | None:
        if target.startswith("#") or _SCHEME.match(target):
            return target
        path, _, anchor = urljoin(page, target).partition("#")
        if path not in where:
            return None
        return link(where[page], where[path]) + (f"#{anchor}" if anchor and path in own else "")

    def write(found: re.Match[str]) -> str:
        tag, attributes = found[1], dict(_ATTRIBUTE.findall(found[2]))
        name = "href" if tag == "a" else "src"
        if name not in attributes:
            return found[0]
        target = led(unescape(attributes[name]))
        if tag == "img":
            if target is None:
                return f"<em>{attributes.get('alt', '')}</em>"
            attributes = _fitting(attributes)
        if target is None:
            del attributes[name]
        else:
            attributes[name] = escape(target)
        return f"<{tag}{''.join(map(_written, attributes.items()))}>"

    return _TAG.sub(write, html)


def _written(attribute: tuple[str, str]) -> str:
    name, value = attribute
    return f' {name}="{value}"'


def _fitting(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a picture without its other sizes, which the host does not have."""
    kept = {name: value for name, value in attributes.items() if name not in {"srcset", "sizes"}}
    width, height = kept.get("width", ""), kept.get("height", "")
    if width.isdigit() and height.isdigit() and int(width) > WIDEST:
        kept["width"] = str(WIDEST)
        kept["height"] = str(round(int(height) * WIDEST / int(width)))
    return kept


def between(page: str, target: str) -> str:
    """Return the relative URL from one page of a site to another page or file of it.

    Both are given from the site's root, without `/` before them.
    """
    start = "/" + page.rpartition("/")[0]
    way = relpath("/" + target, start)
    if target.endswith("/") or not target:
        way = way.rstrip("/") + "/"
    # `a:b/` would be taken for a scheme.
    return f"./{way}" if ":" in way.split("/", 1)[0] else way


def headings_of(html: str) -> tuple[Heading, ...]:
    """Return the headings in `html` that have an id, in order."""
    found = []
    for level, attributes, inner in _HEADING.findall(html):
        name = dict(_ATTRIBUTE.findall(attributes)).get("id", "")
        if name:
            found.append(Heading(int(level), name, " ".join(_MARKUP.sub("", inner).split())))
    return tuple(found)
