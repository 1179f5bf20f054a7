"""Front matter: the keys before a note's text, in TOML, YAML or a header, with Hugo's meaning."""

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kb.model.facts import TALK_KINDS
from kb.model.finding import Finding
from kb.model.note import EventHint, FrontMatter, TalkHint
from kb.model.pattern import Pattern
from kb.reading.data import CONTROL, LANGUAGE, LARGEST, Data, plain
from kb.reading.dates import iso_date
from kb.reading.header import header_end, read_header
from kb.reading.toml import is_key_line, read_toml

MOST = 1_000
"""Words in a list, talks in `[[talks]]`: each makes pages of its own."""
KINDS = ("article", *sorted(TALK_KINDS), "social")
_JSON_FIRST = Pattern(r"\s*\{\s*(?:\"|\}|$)")
_YAML_KEY = Pattern(r"[\w-]+[ \t]*:(?:\s|$)|\s*#|[ \t]+\S|-[ \t]|$")
_YAML_FIRST = Pattern(r"\s*(?:#.*)?\Z|[A-Za-z_][\w -]*:(?:\s|\Z)")
_SCHEME = Pattern(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_UNUSABLE = Pattern(r"[\x00-\x1f\x7f\\]|%2e|%2f|%5c|%00", re.IGNORECASE)

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "publish_date": ("publishdate", "pubdate", "published_at"),
    "expiry_date": ("expirydate", "unpublishdate"),
    "url": ("url", "path", "permalink"),
    "aliases": ("aliases", "alias", "redirect_from"),
    "cover": ("cover", "featured_image", "featureimage", "thumbnail", "image", "banner"),
    "description": ("description", "summary", "excerpt"),
    "authors": ("authors", "author"),
    "categories": ("categories", "category"),
    "tags": ("tags", "tag", "keywords"),
    "language": ("language", "lang", "locale"),
    "speakers": ("speakers", "speaker"),
    "topics": ("topics", "topic"),
}
"""Other generators' names for a key, the one that counts first; names are in lower case."""


class Split(NamedTuple):
    """A note's text, cut in two."""

    format: Literal["toml", "yaml", "header", "none"]
    matter: str
    """Between the fences; a header has none."""
    first_line: int
    """The line of the file that `matter` starts in."""
    last_line: int
    """The line of the closing fence (of the last key, where it is missing); 0 for none."""
    body: str
    closed: bool = True


def split(text: str) -> Split:
    """Cut `text` (with `\\n` for line ends) into front matter and body.

    Blank lines before the opening fence are allowed, as Hugo allows them. A `---` that nothing
    like YAML follows is a rule of the body. An object of JSON is read as YAML, which it is, too.
    """
    lines = text.split("\n")
    opening = next((n for n, line in enumerate(lines) if line.strip()), 0)
    fence = lines[opening].rstrip() if lines else ""
    if _JSON_FIRST.match(fence):
        return _json(text, opening)
    if fence not in {"+++", "---"}:
        end = header_end(lines) if opening == 0 else 0
        if not end:
            return Split("none", "", 1, 0, text)
        return Split("header", "\n".join(lines[:end]), 1, end, "\n".join(lines[end:]))
    kind: Literal["toml", "yaml"] = "toml" if fence == "+++" else "yaml"
    endings = (fence,) if kind == "toml" else (fence, "...")
    closings = [n for n in range(opening + 1, len(lines)) if lines[n].rstrip() in endings]
    if kind == "yaml" and not _looks_like_yaml(lines[opening + 1 :], closed=bool(closings)):
        return Split("none", "", 1, 0, text)
    if not closings:
        return _unclosed(kind, lines, opening)
    closing = closings[0]
    if kind == "toml":
        closing = _toml_closing(lines, opening, closings)
    matter = "\n".join(lines[opening + 1 : closing])
    body = "\n".join(lines[closing + 1 :])
    return Split(kind, matter, opening + 2, closing + 1, body)


def _json(text: str, opening: int) -> Split:
    """Cut an object of JSON off the beginning of `text`; without one all of it is body."""
    start = text.index("{")
    try:
        found, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return Split("none", "", 1, 0, text)
    rest, _, body = text[end:].partition("\n")
    if not isinstance(found, dict) or rest.strip():
        return Split("none", "", 1, 0, text)
    matter = text[start:end].replace("\t", " ")  # YAML takes no tabs
    return Split("yaml", matter, opening + 1, opening + 1 + matter.count("\n"), body)


def _looks_like_yaml(lines: Sequence[str], *, closed: bool) -> bool:
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if closed and first.rstrip() in {"---", "..."}:
        return True
    return _YAML_FIRST.match(first) is not None and bool(first.strip())


def _toml_closing(lines: list[str], opening: int, closings: list[int]) -> int:
    """Return the closing fence: the first, unless a string of several lines holds it."""
    if len(closings) > 1 and not _is_toml(lines[opening + 1 : closings[0]]):
        for closing in closings[1:4]:
            if _is_toml(lines[opening + 1 : closing]):
                return closing
    return closings[0]


def _is_toml(lines: list[str]) -> bool:
    return not read_toml("\n".join(lines)).faults


def _unclosed(kind: Literal["toml", "yaml"], lines: list[str], opening: int) -> Split:
    """Take the lines that look like keys for the front matter and the rest for the body."""
    end = opening + 1
    last = opening
    while end < len(lines):
        line = lines[end]
        fits = is_key_line(line) if kind == "toml" else _YAML_KEY.match(line) is not None
        if not fits or (kind == "toml" and line.lstrip().startswith("# ")):
            break
        if line.strip():
            last = end
        end += 1
    matter = "\n".join(lines[opening + 1 : last + 1])
    body = "\n".join(lines[last + 1 :])
    return Split(kind, matter, opening + 2, last + 1, body, closed=False)


def read_front_matter(parts: Split, path: str) -> tuple[FrontMatter, tuple[Finding, ...]]:
    """Return the keys of `parts.matter` and what is wrong with them. Never raises."""
    if parts.format == "none":
        return FrontMatter(), ()
    reading = _Reading(_data(parts), path, parts)
    return reading.matter(), tuple(reading.findings)


def _data(parts: Split) -> Data:
    if parts.format == "toml":
        return read_toml(parts.matter, salvage=True)
    if parts.format == "header":
        return read_header(parts.matter)
    from kb.reading.yaml import read_yaml  # noqa: PLC0415

    return read_yaml(parts.matter)


class _Reading:
    """Takes known keys out of the data, one by one; what is left is `extra`."""

    def __init__(self, data: Data, path: str, parts: Split) -> None:
        self.findings: list[Finding] = []
        self._data = data
        self._path = path
        self._parts = parts
        self._left = dict(data.values)
        self._names = {name.lower(): name for name in reversed(list(data.values))}
        if not parts.closed:
            fence = "+++" if parts.format == "toml" else "---"
            self._say(
                "KB102",
                (0, 1),
                f"the front matter that `{fence}` opens is never closed",
                f"put a line `{fence}` after the last key",
            )
        for fault in data.faults:
            self._say(
                "KB107" if fault.is_date else "KB101",
                (fault.line, fault.column),
                fault.message
                if fault.is_date
                else f"this is not {parts.format.upper()}: {fault.message}",
                "the line is left out; the other keys count"
                if data.values
                else "mend the line; until then none of the keys counts",
            )

    def matter(self) -> FrontMatter:
        """Return the front matter; call once."""
        self._unpack_taxonomies()
        return FrontMatter(
            format=self._parts.format,
            title=self._text("title"),
            date=self._date("date"),
            publish_date=self._date("publish_date"),
            expiry_date=self._date("expiry_date"),
            draft=self._draft(),
            slug=self._slug(),
            url=self._url(),
            aliases=self._aliases(),
            cover=self._cover(),
            description=self._text("description"),
            weight=self._whole_number("weight"),
            authors=self._texts("authors"),
            categories=self._texts("categories"),
            tags=self._texts("tags"),
            language=self._language(),
            kind=self._kind(),
            speakers=self._texts("speakers"),
            topics=self._texts("topics"),
            event=self._event(),
            talks=self._talks(),
            extra={name: plain(value) for name, value in self._left.items()},
            lines=self._lines(),
            last_line=self._parts.last_line,
        )

    def _lines(self) -> dict[str, int]:
        offset = self._parts.first_line - 1
        return {name: line + offset for name, (line, _) in self._data.places.items()}

    def _say(self, code: str, place: tuple[int, int], message: str, hint: str = "") -> None:
        line = place[0] + self._parts.first_line - 1
        self.findings.append(Finding(code, self._path, message, line, place[1], hint))

    def _wrong(self, name: str, wanted: str, hint: str = "") -> None:
        self._say("KB103", self._data.place(name), f"`{name}` must be {wanted}", hint)

    def _take(self, key: str) -> tuple[str, Any]:
        """Return the name as written, and the value, of the first of a key's names in use."""
        for known in _ALIASES.get(key, (key,)):
            name = self._names.get(known)
            if name is not None and self._left.get(name) is not None:
                return name, self._left.pop(name)
        for known in _ALIASES.get(key, (key,)):
            self._left.pop(self._names.get(known, ""), None)
        return "", None

    def _string(self, name: str, value: Any) -> str | None:
        """Return `value` as text: strings, and in YAML whatever was written without quotes."""
        if isinstance(value, str):
            return self._clean(name, value)
        if name in self._data.raw:
            return self._clean(name, self._data.raw[name])
        return None

    def _clean(self, name: str, text: str) -> str:
        cleaned = CONTROL.sub("", text)
        if cleaned != text:
            self._say(
                "KB111",
                self._data.place(name),
                f"a control character in `{name}` was left out",
                "take it out of the value",
            )
        return cleaned

    def _text(self, key: str) -> str:
        name, value = self._take(key)
        if not name:
            return ""
        text = self._string(name, value)
        if text is None:
            self._wrong(name, "text", f'write {name} = "…"' if self._is_toml else "")
            return ""
        return text.strip()

    def _language(self) -> str:
        name, value = self._take("language")
        text = (self._string(name, value) or "").strip().replace("_", "-") if name else ""
        if name and not LANGUAGE.match(text) and value != "":
            self._wrong(name, "a language tag, such as en or pt-BR")
            return ""
        return text

    @property
    def _is_toml(self) -> bool:
        return self._parts.format == "toml"

    def _texts(self, key: str) -> tuple[str, ...]:
        """Return a list of words; one text is a list, its commas parting the words."""
        name, value = self._take(key)
        return self._words(name, value) if name else ()

    def _words(self, name: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            text = self._string(name, value)
            if text is None and isinstance(value, dict):
                return self._words(name, [value])
            if text is None:
                self._wrong(name, "a list of texts")
                return ()
            return _unique(part.strip() for part in text.split(",", MOST)[:MOST])
        words: list[str] = []
        if len(value) > MOST:
            self._wrong(name, f"a list of at most {MOST:,}", "what stands after these is left out")
        for index, item in enumerate(value[:MOST]):
            word = self._string(f"{name}.{index}", item)
            if word is None and isinstance(item, dict) and isinstance(item.get("name"), str):
                word = item["name"]
            if word is None:
                self._wrong(name, "a list of texts", f"item {index + 1} is {_kind_of(item)}")
            else:
                words.append(word.strip())
        return _unique(words)

    def _date(self, key: str) -> str:
        name, value = self._take(key)
        if not name or value == "":
            return ""
        date = iso_date(self._data.raw.get(name, value) if not _is_date(value) else value)
        if date is None:
            self._say(
                "KB107",
                self._data.place(name),
                f"`{name}` is no date",
                "write it as 2017-05-13 or 2017-05-13T06:40:53Z",
            )
            return ""
        return date

    def _draft(self) -> bool:
        published = self._names.get("published", "")
        hidden = isinstance(self._left.get(published), bool) and not self._left.pop(published)
        name, value = self._take("draft")
        if not name:
            return hidden
        if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        if not isinstance(value, bool):
            self._wrong(name, "true or false")
            return hidden
        return value

    def _whole_number(self, key: str) -> int:
        name, value = self._take(key)
        if not name:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
            self._wrong(name, "a whole number")
            return 0
        return value

    def _slug(self) -> str:
        written = self._left.get(self._names.get("slug", ""))
        if isinstance(written, str) and not _is_path(written):
            self._take("slug")
            slug = "/"
        else:
            slug = self._text("slug")
        parts = slug.split("/")
        if slug.startswith("/") or _SCHEME.match(slug) or not _is_path(slug) or ".." in parts:
            self._wrong("slug", "one part of a URL", "use letters, digits and hyphens")
            return ""
        return slug

    def _url(self) -> str:
        name = next((self._names[n] for n in _ALIASES["url"] if n in self._names), "url")
        url = self._text("url")
        if not is_site_path(url):
            self._wrong(name, "a path in this site", "write it as /blog/my-note/")
            return ""
        return url

    def _aliases(self) -> tuple[str, ...]:
        name = next((self._names[n] for n in _ALIASES["aliases"] if n in self._names), "aliases")
        kept: list[str] = []
        for alias in self._texts("aliases"):
            if is_site_path(alias):
                kept.append(alias)
            else:
                self._wrong(name, "a list of paths in this site", f"“{_shown(alias)}” is none")
        return tuple(kept)

    def _cover(self) -> str:
        name, value = self._take("cover")
        while isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next((value[k] for k in ("image", "src", "url", "feature") if k in value), "")
        if not name or value in ("", [], False):
            return ""
        text = self._string(name, value)
        if text is None:
            self._wrong(name, "the path of a picture")
        return text or ""

    def _kind(self) -> str:
        name = self._names.get("kind", "")
        value = self._left.get(name)
        if value is None:
            return ""
        kind = value.strip().lower() if isinstance(value, str) else ""
        if kind in KINDS:
            self._left.pop(name)
            return kind
        near = difflib.get_close_matches(kind, KINDS, 1, 0.75)
        if near or not isinstance(value, str):
            self._left.pop(name)
            hint = f"did you mean “{near[0]}”?" if near else ""
            self._wrong(name, "one of " + ", ".join(KINDS), hint)
        return ""

    def _event(self) -> EventHint | None:
        name, value = self._take("event")
        if not name:
            return None
        if isinstance(value, str):
            return EventHint(name=value.strip())
        if not isinstance(value, dict):
            self._wrong(name, "a table with name, place and year")
            return None
        fields = self._table(name, value, _EVENT_FIELDS)
        return EventHint(**fields)

    def _talks(self) -> tuple[TalkHint, ...]:
        name, value = self._take("talks")
        if not name:
            return ()
        talks: list[TalkHint] = []
        told = value if isinstance(value, list) else [value]
        if len(told) > MOST:
            self._wrong(name, f"at most {MOST:,}", "what stands after these is left out")
        for index, item in enumerate(told[:MOST]):
            dotted = f"{name}.{index}"
            if isinstance(item, str):
                talks.append(TalkHint(title=item.strip()))
            elif isinstance(item, dict):
                talks.append(TalkHint(**self._table(dotted, item, _TALK_FIELDS)))
            else:
                self._wrong(dotted, "a table with title or line")
        return tuple(talks)

    def _table(
        self, name: str, table: Mapping[str, Any], fields: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the `fields` of `table` that have the right type; say what is wrong."""
        kept: dict[str, Any] = {}
        for key, value in table.items():
            dotted = f"{name}.{key}"
            field = key.lower()
            if field not in fields:
                near = difflib.get_close_matches(field, list(fields), 1)
                hint = f"did you mean `{near[0]}`?" if near else "known: " + ", ".join(fields)
                self._say(
                    "KB103", self._data.place(dotted), f"`{dotted}` is no key of {name}", hint
                )
                continue
            taken = self._field(dotted, value, fields[field])
            if taken is not None:
                kept[field] = taken
        return kept

    def _field(self, name: str, value: Any, wanted: str) -> Any:
        if wanted == "texts":
            return self._words(name, value)
        if wanted == "number":
            if isinstance(value, str) and value.strip().isdigit() and len(value) < 10:
                return int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
                return value
            self._wrong(name, "a whole number")
            return None
        if wanted == "day" and (_is_date(value) or isinstance(value, dt.time)):
            return str(iso_date(value) or value)[:10]
        if wanted == "time" and isinstance(value, dt.time):
            return value.strftime("%H:%M")
        text = self._string(name, value)
        if text is None:
            self._wrong(name, "text")
            return None
        if wanted == "kind" and text.strip().lower() not in KINDS:
            near = difflib.get_close_matches(text.lower(), KINDS, 1)
            self._wrong(
                name,
                "one of " + ", ".join(KINDS),
                f"did you mean “{near[0]}”?" if near else "",
            )
            return None
        return text.strip().lower() if wanted == "kind" else text.strip()

    def _unpack_taxonomies(self) -> None:
        """Lift the tables that Zola and others put categories and tags into."""
        name = self._names.get("taxonomies", "")
        table = self._left.get(name)
        if not isinstance(table, dict):
            return
        del self._left[name]
        for key, value in table.items():
            if key.lower() not in self._names:
                self._left[key] = value
                self._names[key.lower()] = key


_EVENT_FIELDS: Mapping[str, str] = {
    "name": "text",
    "place": "text",
    "year": "number",
    "day": "day",
    "edition": "text",
    "series": "text",
}
_TALK_FIELDS: Mapping[str, str] = {
    "title": "text",
    "line": "number",
    "name": "text",
    "speakers": "texts",
    "topics": "texts",
    "kind": "kind",
    "day": "day",
    "time": "time",
    "room": "text",
    "track": "text",
    "abstract": "text",
    "recording": "text",
    "slides": "text",
}


def is_site_path(path: str) -> bool:
    """Return whether `path` is one that a page of this site may have; `""` is."""
    if path.startswith("//") or _SCHEME.match(path) or not _is_path(path):
        return False
    return ".." not in path.split("/")


def _is_path(text: str) -> bool:
    return _UNUSABLE.search(text) is None


def _is_date(value: Any) -> bool:
    return isinstance(value, dt.date)


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _kind_of(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", dict: "a table"}
    return names.get(type(value), "a list" if isinstance(value, list) else "a date")


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:60])
