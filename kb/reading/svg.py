"""Drawings (SVG 2, W3C) that run nothing when they are opened by their own address.

A browser runs what an SVG file holds when somebody opens it. A drawing without any of that is
published byte for byte; one with is written anew, from the elements and attributes that only draw.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from xml.parsers import expat

from kb.model.pattern import Pattern

EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'
"""What is published for a file that is no XML: a browser may run the part before the fault."""
_SVG = "http://www.w3.org/2000/svg"
_RUNNING = frozenset(
    (
        "script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler",
        "listener",
    )
)  # fmt: skip
_FOREIGN = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math",
    "http://www.w3.org/1999/XSL",
)
_DRAWING = frozenset(
    (
        "svg", "g", "defs", "symbol", "use", "switch", "a", "title", "desc", "style", "path",
        "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textpath",
        "image", "marker", "pattern", "mask", "clippath", "lineargradient", "radialgradient",
        "stop", "filter", "view", "animate", "animatetransform", "animatemotion", "mpath", "set",
        "feblend", "fecolormatrix", "fecomponenttransfer", "fecomposite", "feconvolvematrix",
        "fediffuselighting", "fedisplacementmap", "fedistantlight", "fedropshadow", "feflood",
        "fefunca", "fefuncb", "fefuncg", "fefuncr", "fegaussianblur", "feimage", "femerge",
        "femergenode", "femorphology", "feoffset", "fepointlight", "fespecularlighting",
        "fespotlight", "fetile", "feturbulence",
    )
)  # fmt: skip
_LINKS = frozenset(("href", "src", "data", "action", "formaction", "base"))
_PICTURE = Pattern(r"#|data:image/(?:png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
_PAGE = Pattern(r"#|https?:|mailto:", re.IGNORECASE)
_REACHING = Pattern(
    r"\\|@import|expression|javascript|-moz-binding|url\(\s*['\"]?(?!\s*['\"]?(?:#|data:image/(?!svg)))",
    re.IGNORECASE,
)
_MOST = 8
"""How many times as long as the file its text may become by entities."""


class _Active(Exception):
    """The drawing holds something that runs, or reaches out."""


def inert(data: bytes) -> bytes:
    """Return the drawing `data` without what could run; as it is, where there is nothing."""
    try:
        _look(data)
    except _Active:
        pass
    except expat.ExpatError:
        return EMPTY
    else:
        return data
    try:
        return _redrawn(data)
    except (expat.ExpatError, _Active):
        return EMPTY


def _look(data: bytes) -> None:
    """Raise `_Active` where `data` holds anything but drawing."""
    parser = expat.ParserCreate(namespace_separator=" ")
    inside: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if space.startswith(_FOREIGN) or (not inside and space not in {"", _SVG}):
            raise _Active
        inside.append(local.lower())
        if not _is_drawing(local, attributes):
            raise _Active

    def end(_: str) -> None:
        inside.pop()

    def text(words: str) -> None:
        if inside and inside[-1] == "style" and _REACHING.search(words):
            raise _Active

    def instructed(target: str, _: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise _Active

    parser.ProcessingInstructionHandler = instructed
    _run(parser, data, start, end, text)


def _is_drawing(local: str, attributes: Mapping[str, str]) -> bool:
    return local.lower() not in _RUNNING and all(
        _is_safe(local.lower(), name.rpartition(" ")[2].rpartition(":")[2].lower(), value)
        for name, value in attributes.items()
    )


def _is_safe(element: str, name: str, value: str) -> bool:
    bare = re.sub(r"[\x00-\x20\x7f-\xa0]+", "", value)
    if name.startswith("on") or name in {"srcdoc", "requiredextensions"}:
        return False
    if name == "attributename":
        local = bare.rpartition(":")[2].lower()
        return not local.startswith("on") and local not in {*_LINKS, "style"}
    if name in _LINKS:
        fits = _PAGE if element == "a" else _PICTURE
        return not bare or fits.match(bare) is not None
    return not _REACHING.search(value) if "(" in value or name == "style" else True


def _redrawn(data: bytes) -> bytes:
    """Return `data` written anew, elements that draw alone."""
    parser = expat.ParserCreate()
    written: list[str] = []
    inside: list[bool] = []
    """Of each open element, whether it is written."""
    style: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        local = name.lower()
        kept = (
            all(inside)
            and local in _DRAWING
            and attributes.get("xmlns", _SVG) == _SVG
            and (bool(inside) or local == "svg")
            and _is_safe(local, "attributename", attributes.get("attributeName", ""))
        )
        inside.append(kept)
        if not kept:
            return
        style.append(local)
        safe = {
            key: value
            for key, value in attributes.items()
            if _is_safe(local, key.rpartition(":")[2].lower(), value)
        }
        if not written:
            safe["xmlns"] = _SVG
        told = "".join(f" {key}={_quoted(value)}" for key, value in safe.items())
        written.append(f"<{name}{told}>")

    def end(name: str) -> None:
        if inside.pop():
            style.pop()
            written.append(f"</{name}>")

    def text(words: str) -> None:
        if inside and all(inside) and not (style[-1] == "style" and _REACHING.search(words)):
            written.append(escape(words, quote=False))

    _run(parser, data, start, end, text)
    return "".join(written).encode("utf-8", "replace") + b"\n" if written else EMPTY


def _quoted(value: str) -> str:
    """Return an attribute's value as XML holds it (XML 1.0, 2.3 and 3.3.3)."""
    text = escape(value)
    for sign in "\t\n\r":
        text = text.replace(sign, f"&#{ord(sign)};")
    return f'"{text}"'


def _run(
    parser: expat.XMLParserType,
    data: bytes,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Parse `data` with these handlers; entities that make it many times as long raise."""
    grown = 0

    def began(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal grown
        grown += sum(map(len, attributes.values()))
        if grown > _MOST * len(data) + 65_536:
            raise expat.ExpatError
        start(name, attributes)

    def said(words: str) -> None:
        nonlocal grown
        grown += len(words)
        if grown > _MOST * len(data) + 65_536:
            raise expat.ExpatError
        text(words)

    parser.buffer_text = True
    parser.StartElementHandler = began
    parser.EndElementHandler = end
    parser.CharacterDataHandler = said
    parser.Parse(data, True)  # noqa: FBT003  (positional only)
