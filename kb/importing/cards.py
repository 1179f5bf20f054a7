"""Ghost's editors → pieces of a note: Mobiledoc (Ghost 1 to 4) and Lexical (Ghost 5 and later).

Both hold running text, which becomes HTML here, and cards: Markdown, HTML, a picture, code, an
embed. What a card is called and holds is told in Ghost's packages kg-default-cards and
kg-default-nodes; Mobiledoc itself in https://github.com/bustle/mobiledoc-kit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

_DEEPEST = 60
_SILENT = frozenset({"paywall", "email", "email-cta", "signup", "call-to-action"})
"""Cards about who may read on; they say nothing on a page."""
_TAGS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "ul", "ol"}
    | {"a", "b", "strong", "i", "em", "u", "s", "code", "sub", "sup"}
)
_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"))
"""Bits of a Lexical text's format."""


class Piece(NamedTuple):
    """A part of a note."""

    kind: str
    """`markdown`, `html`, or `unknown`: a card whose name is in `text`."""
    text: str


def from_mobiledoc(document: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the pieces of a Mobiledoc, version 0.3."""
    markups, atoms = _lists(document.get("markups")), _lists(document.get("atoms"))
    cards = _lists(document.get("cards"))
    for section in _lists(document.get("sections")):
        match section:
            case [1, str(tag), list(markers), *_]:
                yield _html(tag, _from_markers(markers, markups, atoms))
            case [2, str(source), *_]:
                yield from _from_card("image", {"src": source})
            case [3, str(tag), list(items), *_]:
                inner = (
                    f"<li>{_from_markers(item, markups, atoms)}</li>"
                    for item in items
                    if isinstance(item, list)
                )
                yield _html(tag, "".join(inner))
            case [10, int(number), *_] if 0 <= number < len(cards):
                match cards[number]:
                    case [str(name), dict(payload), *_]:
                        yield from _from_card(name, payload)


def _html(tag: str, inner: str) -> Piece:
    name = tag if tag in _TAGS else "blockquote" if tag == "pull-quote" else "p"
    return Piece("html", f"<{name}>{inner}</{name}>")


def _from_markers(markers: Iterable[Any], markups: list[list[Any]], atoms: list[list[Any]]) -> str:
    out: list[str] = []
    opened: list[str] = []
    for marker in markers:
        match marker:
            case [int(kind), list(opening), int(closing), value]:
                for number in opening:
                    tag, start = _markup(markups, number)
                    opened.append(tag)
                    out.append(start)
                out.append(escape(value) if isinstance(value, str) else _atom(atoms, kind, value))
                out += [f"</{opened.pop()}>" for _ in range(min(closing, len(opened)))]
    return "".join(out) + "".join(f"</{tag}>" for tag in reversed(opened))


def _markup(markups: list[list[Any]], number: Any) -> tuple[str, str]:
    if isinstance(number, int) and 0 <= number < len(markups):
        match markups[number]:
            case ["a", list(pairs), *_]:
                given = dict(zip(pairs[::2], pairs[1::2], strict=False))
                return "a", f'<a href="{escape(str(given.get("href", "")))}">'
            case [str(tag), *_] if tag in _TAGS:
                return tag, f"<{tag}>"
    return "span", "<span>"


def _atom(atoms: list[list[Any]], kind: int, number: Any) -> str:
    if kind == 1 and isinstance(number, int) and 0 <= number < len(atoms):
        match atoms[number]:
            case ["soft-return", *_]:
                return "<br>"
            case [_, str(text), *_]:
                return escape(text)
    return ""


def from_lexical(document: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the pieces of a Lexical editor state."""
    root = document.get("root")
    for node in _nodes(root if isinstance(root, dict) else {}):
        kind = str(node.get("type", ""))
        if kind in _RUNNING:
            yield Piece("html", _from_node(node, 0))
        else:
            yield from _from_card(kind, node)


_RUNNING = frozenset(
    {"paragraph", "heading", "extended-heading", "quote", "extended-quote", "aside", "list"}
    | {"listitem", "text", "extended-text", "link", "autolink", "linebreak", "tab"}
)
"""Lexical nodes that are text rather than a card."""


def _from_node(node: Mapping[str, Any], depth: int) -> str:
    if depth > _DEEPEST:
        return ""
    inner = "".join(_from_node(one, depth + 1) for one in _nodes(node))
    match node.get("type"):
        case "text" | "extended-text":
            return _formatted(str(node.get("text", "")), node.get("format"))
        case "linebreak":
            return "<br>"
        case "tab":
            return " "
        case "link" | "autolink":
            return f'<a href="{escape(str(node.get("url") or ""))}">{inner}</a>'
        case "heading" | "extended-heading":
            tag = node.get("tag")
            return _html(tag if isinstance(tag, str) else "h2", inner).text
        case "list":
            return _html("ol" if node.get("listType") == "number" else "ul", inner).text
        case "listitem":
            return f"<li>{inner}</li>"
        case "quote" | "extended-quote" | "aside":
            return f"<blockquote>{inner}</blockquote>"
        case _:
            return f"<p>{inner}</p>"


def _formatted(text: str, bits: Any) -> str:
    shown = escape(text)
    for bit, tag in _FORMATS if isinstance(bits, int) else ():
        if bits & bit:
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _from_card(name: str, payload: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield what a card says: nothing for one without words, `unknown` for one not known."""
    card = {key: value for key, value in payload.items() if isinstance(value, str)}
    if name in {"markdown", "card-markdown"}:
        yield Piece("markdown", card.get("markdown", ""))
    elif name == "image":
        yield Piece("html", _picture(payload))
    elif name == "gallery":
        images = payload.get("images")
        for image in images if isinstance(images, list) else ():
            yield Piece("html", _picture(image) if isinstance(image, dict) else "")
    elif name == "bookmark":
        about = payload.get("metadata")
        title = about.get("title") if isinstance(about, dict) else None
        yield Piece("html", _linked(card.get("url", ""), str(title or card.get("title", ""))))
    elif name in _CARDS:
        yield Piece("html", _CARDS[name](defaultdict(str, card)))
    elif name not in _SILENT:
        yield Piece("unknown", name)
    if name in _CAPTIONED and "caption" in card:
        yield Piece("html", f"<p>{card['caption']}</p>")


_CAPTIONED = frozenset({"gallery", "code", "codeblock", "audio", "video", "embed", "bookmark"})

Card = Mapping[str, str]


def _coded(card: Card) -> str:
    language = f' class="language-{escape(card["language"])}"'
    return f"<pre><code{language}>{escape(card['code'])}</code></pre>"


def _called_out(card: Card) -> str:
    words = filter(None, (escape(card["calloutEmoji"]), card["calloutText"]))
    return f"<blockquote>{' '.join(words)}</blockquote>"


def _product(card: Card) -> str:
    link = _linked(card["productUrl"], card["productButton"])
    return f"<h4>{card['productTitle']}</h4>{card['productDescription']}{link}"


def _played(card: Card) -> str:
    return _linked(card["src"], card["title"] or card["fileName"])


_CARDS: Mapping[str, Callable[[Card], str]] = {
    "html": lambda card: card["html"],
    "code": _coded,
    "codeblock": _coded,
    "hr": lambda _: "<hr>",
    "horizontalrule": lambda _: "<hr>",
    "embed": lambda card: _linked(card["url"], "") or card["html"],
    "callout": _called_out,
    "toggle": lambda card: f"<p><strong>{card['heading']}</strong></p>{card['content']}",
    "button": lambda card: _linked(card["buttonUrl"], card["buttonText"]),
    "audio": _played,
    "video": _played,
    "file": lambda card: _linked(card["src"], card["fileTitle"] or card["fileName"]),
    "header": lambda card: f"<h2>{card['header']}</h2><p>{card['subheader']}</p>",
    "product": _product,
}
"""Name of a card → its HTML, of those of its fields that are text (`""` for one that it lacks)."""


def _picture(image: Mapping[str, Any]) -> str:
    source, alt = str(image.get("src") or ""), str(image.get("alt") or "")
    caption = f"<figcaption>{image['caption']}</figcaption>" if image.get("caption") else ""
    shown = f'<img src="{escape(source)}" alt="{escape(alt)}">' if source else ""
    if image.get("href"):
        shown = f'<a href="{escape(str(image["href"]))}">{shown}</a>'
    return f"<figure>{shown}{caption}</figure>"


def _linked(url: str, words: str) -> str:
    return f'<p><a href="{escape(url)}">{escape(words or url)}</a></p>' if url else ""


def _lists(value: Any) -> list[list[Any]]:
    return [one for one in value if isinstance(one, list)] if isinstance(value, list) else []


def _nodes(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    children = node.get("children")
    return [one for one in children if isinstance(one, dict)] if isinstance(children, list) else []
