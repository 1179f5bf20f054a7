"""Hugo's shortcodes: what those that Hugo itself brings mean, and how any is written.

The syntax and the arguments are those of https://gohugo.io/content-management/shortcodes/ and
https://gohugo.io/shortcodes/. Nothing is fetched: what Hugo embeds from elsewhere is a link here.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping

from kb.model.pattern import Pattern
from kb.model.value import Value

LONGEST = 2_000
"""Characters of one shortcode with its arguments."""
_CLOSING = {"<": ">}}", "%": "%}}"}
_NAME = Pattern(r"\s*(/?)\s*([\w./-]{1,100})")
_ARGUMENT = Pattern(r'\s*(?:([\w-]{1,100})=)?("(?:[^"\\]|\\.)*"|`[^`]*`|[^\s"`]+)', re.DOTALL)
_PIECE = Pattern(r'[^"`>%{]+|"(?:[^"\\]|\\.)*"|`[^`]*`|.', re.DOTALL)
"""What is passed over on the way to the end: words, a quotation, one sign."""
_ESCAPED = Pattern(r"\{\{([<%])/\*([^{}]{0,2000}?)\*/([>%])\}\}")
_FENCE = Pattern(r"[ \t>]*(`{3,}|~{3,})(.*)", re.DOTALL)
_BLOCK = Pattern(r"([ \t]*)(\{\{[<%][^\n]{1,1000})\Z")
_ITEM = Pattern(r"\s*(?:[-+*]|\d{1,9}[.)])\s")
_NEAR = 50
"""Lines above an indented one that are asked whether it is part of a list item."""
_BACKTICKS = Pattern(r"`{3,}")
_VIDEO = Pattern(r"[\w-]{6,32}")
_WORD = Pattern(r"[\w.-]{1,100}")
_NUMBER = Pattern(r"\d{1,25}")


class Shortcode(Value, frozen=True):
    """A shortcode as written."""

    name: str
    arguments: tuple[str, ...] = ()
    """Those without a name, in order."""
    named: Mapping[str, str] = {}
    closing: bool = False
    """Whether it ends what another one of this name opened."""

    def get(self, name: str, place: int = -1) -> str:
        """Return the argument `name`, else the one without a name at `place`, else `""`."""
        if name in self.named:
            return self.named[name].strip()
        return self.arguments[place].strip() if 0 <= place < len(self.arguments) else ""


class Figure(Value, frozen=True):
    """A picture, with what is said of it."""

    target: str
    alt: str = ""
    caption: str = ""
    """Markdown."""
    link: str = ""


class Link(Value, frozen=True):
    """A link in the place of what Hugo would embed."""

    target: str
    text: str


class Words(Value, frozen=True):
    """Only words; `""` for nothing at all."""

    text: str


class Unknown(Value, frozen=True):
    """Nothing that kb can show: it stays as written."""

    message: str
    hint: str


Meaning = Figure | Link | Words | Unknown


def end_of(text: str, start: int) -> int:
    """Return where the shortcode that opens at `start` of `text` ends; `start` where none does."""
    closing = _CLOSING.get(text[start + 2 : start + 3])
    if closing is None or not text.startswith("{{", start):
        return start
    limit = min(start + LONGEST, len(text))
    if text.startswith("/*", start + 3):
        found = text.find("*/" + closing, start + 5, limit)
        return found + 5 if found >= 0 else start
    place = start + 3
    while place < limit and not text.startswith("{{", place):
        if text.startswith(closing, place):
            return place + 3
        piece = _PIECE.match(text, place, limit)
        place = piece.end() if piece is not None else limit
    return start


def is_escaped(written: str) -> bool:
    """Return whether `written` is one that Hugo shows instead of running it: `{{</* x */>}}`."""
    return written.startswith("/*", 3)


def unescaped(text: str) -> str:
    """Return `text` with escaped shortcodes as Hugo shows them, which it does in code, too."""
    return _ESCAPED.sub(r"{{\1\2\3}}", text) if "/*" in text and "{{" in text else text


def parse(written: str) -> Shortcode | None:
    """Return the shortcode that is `written`, None where it is not one that Hugo reads."""
    inner = written[3:-3].strip().removesuffix("/")
    name = _NAME.match(inner)
    if name is None:
        return None
    arguments: list[str] = []
    named: dict[str, str] = {}
    place = name.end()
    while inner[place:].strip():
        found = _ARGUMENT.match(inner, place)
        if found is None:
            return None
        if found[1]:
            named[found[1].lower()] = _value(found[2])
        else:
            arguments.append(_value(found[2]))
        place = found.end()
    return Shortcode(name[2], tuple(arguments), named, bool(name[1]))


def _value(written: str) -> str:
    if written[0] == "`":
        return written[1:-1]
    if written[0] == '"' and len(written) > 1:
        return re.sub(r"\\(.)", r"\1", written[1:-1], flags=re.DOTALL)
    return written


def meaning(written: str) -> Meaning:
    """Return what the shortcode that is `written` shows in a note."""
    shortcode = parse(written)
    if shortcode is None:
        return Unknown("a shortcode cannot be read; it is shown as written", "mend its quotes")
    if shortcode.closing and shortcode.name in _PAIRED:
        return Words("")
    known = None if shortcode.closing else _MEANINGS.get(shortcode.name)
    if known is None:
        return Unknown(
            f"the shortcode `{shortcode.name}` is shown as written: kb does not know it",
            "write plain Markdown in its place, or leave it",
        )
    found = known(shortcode)
    if found is not None:
        return found
    return Unknown(
        f"the shortcode `{shortcode.name}` is shown as written: it does not tell what it shows",
        f"see https://gohugo.io/shortcodes/{shortcode.name}/ for its arguments",
    )


def _figure(shortcode: Shortcode) -> Meaning | None:
    target = shortcode.get("src", 0)
    if not target:
        return None
    title, caption = shortcode.get("title"), shortcode.get("caption")
    credit, credited = shortcode.get("attr"), shortcode.get("attrlink")
    if credit and credited:
        credit = f"[{credit}](<{credited}>)"
    said = [title if not title or title[-1] in ".!?:" else f"{title}."] if caption else [title]
    whole = " ".join(filter(None, [*said, caption, credit]))
    alt = shortcode.get("alt") or caption or title
    return Figure(target, alt, whole, shortcode.get("link"))


def _youtube(shortcode: Shortcode) -> Meaning | None:
    name = shortcode.get("id", 0)
    if _VIDEO.fullmatch(name) is None:
        return None
    start = shortcode.get("start")
    target = f"https://www.youtube.com/watch?v={name}"
    target += f"&t={start}s" if _NUMBER.fullmatch(start) and int(start) else ""
    return Link(target, shortcode.get("title") or target)


def _vimeo(shortcode: Shortcode) -> Meaning | None:
    name = shortcode.get("id", 0)
    if _NUMBER.fullmatch(name) is None:
        return None
    target = f"https://vimeo.com/{name}"
    return Link(target, shortcode.get("title") or target)


def _post(host: str) -> Callable[[Shortcode], Meaning | None]:
    def post(shortcode: Shortcode) -> Meaning | None:
        user, number = shortcode.get("user") or "i", shortcode.get("id", 0)
        if _WORD.fullmatch(user) is None or _NUMBER.fullmatch(number) is None:
            return None
        folder = "i/web" if user == "i" else user
        target = f"https://{host}/{folder}/status/{number}"
        return Link(target, target)

    return post


def _instagram(shortcode: Shortcode) -> Meaning | None:
    name = shortcode.get("id", 0)
    if _VIDEO.fullmatch(name) is None:
        return None
    target = f"https://www.instagram.com/p/{name}/"
    return Link(target, target)


def _gist(shortcode: Shortcode) -> Meaning | None:
    user, name, file = (shortcode.get("", place) for place in range(3))
    if _WORD.fullmatch(user) is None or _WORD.fullmatch(name) is None:
        return None
    target = f"https://gist.github.com/{user}/{name}"
    return Link(target, f"{target} ({file})" if file else target)


def _reference(shortcode: Shortcode) -> Meaning | None:
    target = shortcode.get("path", 0)
    return Link(target, target) if target else None


def _details(shortcode: Shortcode) -> Meaning | None:
    return Words(shortcode.get("summary", 0) or "Details")


_MEANINGS: Mapping[str, Callable[[Shortcode], Meaning | None]] = {
    "figure": _figure,
    "youtube": _youtube,
    "vimeo": _vimeo,
    "vimeo_simple": _vimeo,
    "tweet": _post("twitter.com"),
    "twitter": _post("twitter.com"),
    "twitter_simple": _post("twitter.com"),
    "x": _post("x.com"),
    "x_simple": _post("x.com"),
    "instagram": _instagram,
    "instagram_simple": _instagram,
    "gist": _gist,
    "ref": _reference,
    "relref": _reference,
    "details": _details,
}
_PAIRED = frozenset({"details", "figure"})
"""Known ones that may end with one more; those of `highlight` are read as code before."""


def inline_code(text: str, start: int, end: int) -> tuple[int, str] | None:
    """Return the end and the code of a `highlight` within a line, which begins at `start`.

    `end` is where its opening half ends. None where it is none, or never closed.
    """
    opened = parse(text[start:end])
    if opened is None or opened.name != "highlight" or opened.closing:
        return None
    closing = text.find("{{", end, end + LONGEST)
    stop = end_of(text, closing) if closing >= 0 else closing
    if stop <= closing or not _ends_highlight(text[closing:stop]):
        return None
    return stop, text[end:closing].strip()


def _ends_highlight(written: str) -> bool:
    shortcode = parse(written)
    return shortcode is not None and shortcode.closing and shortcode.name == "highlight"


def fenced(text: str) -> str:
    """Return `text` with its `highlight` shortcodes as fences of code, on the same lines.

    Only a pair whose halves stand alone on their lines is rewritten, and none within a fence.
    """
    if "highlight" not in text or "{{" not in text:
        return text
    lines = text.split("\n")
    ends = [number for number, line in enumerate(lines) if _is_ending(line)]
    fence, place, end = "", 0, 0
    while place < len(lines):
        mark = _FENCE.match(lines[place])
        if fence:
            closes = mark is not None and mark[1].startswith(fence) and not mark[2].strip()
            fence = "" if closes else fence
        elif mark is not None and not ("`" in mark[1] and "`" in mark[2]):
            fence = mark[1]
        elif (opened := _opening(lines[place])) is not None:
            end = bisect_right(ends, place, end)
            if end < len(ends) and not _is_indented_code(lines, place, opened[0]):
                _fence(lines, place, ends[end], *opened)
                place = ends[end]
        place += 1
    return "\n".join(lines)


def _opening(line: str) -> tuple[str, str] | None:
    """Return indentation and language of a line that opens a `highlight` and holds no more."""
    found = _BLOCK.match(line.rstrip())
    if found is None or end_of(found[2], 0) != len(found[2]) or is_escaped(found[2]):
        return None
    shortcode = parse(found[2])
    if shortcode is None or shortcode.name != "highlight" or shortcode.closing:
        return None
    return found[1], shortcode.get("lang", 0) or shortcode.get("type")


def _is_indented_code(lines: list[str], place: int, indent: str) -> bool:
    """Return whether `indent` makes code of a line, as it does where no list item is above it."""
    width = len(indent.expandtabs(4))
    if width < 4:
        return False
    for line in lines[max(0, place - _NEAR) : place][::-1]:
        text = line.expandtabs(4)
        if text.strip() and len(text) - len(text.lstrip()) < width:
            return _ITEM.match(text) is None and not text.startswith(" ")
    return True


def _is_ending(line: str) -> bool:
    if "highlight" not in line:
        return False
    found = _BLOCK.match(line.rstrip())
    whole = found is not None and end_of(found[2], 0) == len(found[2])
    return found is not None and whole and _ends_highlight(found[2])


def _fence(lines: list[str], first: int, last: int, indent: str, language: str) -> None:
    inner = lines[first + 1 : last]
    longest = max((len(run) for line in inner for run in _BACKTICKS.findall(line)), default=2)
    fence = "`" * (longest + 1)
    if not all(line.startswith(indent) for line in inner if line.strip()):
        indent = ""  # else the code would end the item that it is in, and its fence with it
    lines[first] = f"{indent}{fence}{language if _WORD.fullmatch(language) else ''}"
    lines[last] = indent + fence
