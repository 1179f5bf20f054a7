"""A hard look at published files: what must not stand in them, whatever the notes held."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.reading.reader import VOID

SCRIPTS = re.compile(r"(?i)[\x00-\x20]*(?:javascript|vbscript|data|file|blob)\s*:")
TARGETS = frozenset(
    ("href", "src", "action", "formaction", "xlink:href", "poster", "background", "cite", "srcset")
)
FORBIDDEN = frozenset(
    ("iframe", "object", "embed", "base", "style", "math", "foreignobject", "frame", "applet")
)
LOADS = frozenset(("img", "script", "source", "video", "audio", "iframe", "embed", "input"))
ALONE = VOID | {"meta", "link", "path", "circle", "rect", "source", "area", "col"}
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FOREIGN = re.compile(r"(?i)\s*(?:https?:|[/\\]{2})")
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Page(HTMLParser):
    """Collects all that must not stand in a published page."""

    def __init__(self, text: str, *, whole: bool = True) -> None:
        """`whole` says whether it is a page, rather than a piece of one as a feed carries it."""
        super().__init__()
        self.wrong: list[str] = [f"control {c!r}" for c in CONTROLS.findall(text)]
        self._whole = whole
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> stays open" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        ours = self._whole and (
            named.get("type") == "application/ld+json"
            or re.match(r"[./]*theme/|/__kb/", named.get("src", "")) is not None
        )
        if tag in FORBIDDEN or (tag == "script" and not ours):
            self.wrong.append(f"<{tag}>")
        for name, value in named.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.wrong.append(f"{name}=")
            if name in TARGETS and SCRIPTS.match(value):
                self.wrong.append(f"{name}={value}")
            if name in {"src", "srcset", "poster"} and tag in LOADS and FOREIGN.match(value):
                self.wrong.append(f"<{tag}> loads {value}")
        if named.get("http-equiv", "").lower() == "refresh":
            target = named.get("content", "").partition("url=")[2]
            if SCRIPTS.match(target) or FOREIGN.match(target):
                self.wrong.append(f"refresh to {target}")
        if tag not in ALONE:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"path", "circle", "rect"}:
            return
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes another")


def faults(path: str, data: bytes) -> list[str]:
    """Return what is wrong with the published file at `path`."""
    wrong: list[str] = []
    if path.startswith(("/", "../")) or "/../" in path:
        wrong.append("it lies outside of the site")
    if path.endswith(".png"):
        return wrong if data.startswith(b"\x89PNG") else [f"{path}: no picture"]
    try:
        text = data.decode()
        if path.endswith(".html"):
            wrong += Page(text).wrong
        elif path.endswith(".json"):
            wrong += _json_faults(path, json.loads(text))
        elif path.endswith(".xml"):
            wrong += _xml_faults(ET.fromstring(text))
    except (ValueError, ET.ParseError) as fault:
        wrong.append(str(fault))
    return [f"{path}: {fault}" for fault in wrong]


def _json_faults(path: str, value: object) -> Iterator[str]:
    if not path.endswith("feed.json") or not isinstance(value, dict):
        return
    for item in value["items"]:
        yield from Page(item.get("content_html", ""), whole=False).wrong
        yield from (item["url"] for _ in [0] if SCRIPTS.match(item["url"]))


def _xml_faults(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        if not element.tag.startswith((ATOM, SITEMAP)):
            yield f"an element {element.tag}"
        if SCRIPTS.match(element.get("href", "")):
            yield f"href={element.get('href')}"
        if element.get("type") == "html":
            yield from Page(element.text or "", whole=False).wrong
