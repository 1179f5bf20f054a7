"""`site.toml` to `Settings`: every key checked, every fault told with its line."""

import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.pattern import Pattern
from kb.model.settings import PLACEHOLDERS, Settings
from kb.model.value import Value, ValueFault, convert
from kb.reading.data import LANGUAGE, Data, not_toml, plain
from kb.reading.decoding import decode
from kb.reading.toml import read_toml

_PLACEHOLDER = Pattern(r":([a-z]+)")
_BASE_URL = Pattern(r"https?://[^\s/?#]+(?:/[^\s?#]*)?\Z")
_DATE_FIELD = Pattern(r"\{(?:(?:day|number)(?::02)?|month|short|year)\}")
_LISTS = ("nested", "commonmark")
_CARDS = ("all", "events", "none")
_ENGINES = ("whoosh", "tantivy")
_WANTED: Mapping[str, str] = {
    "str": "text in quotes",
    "bool": "true or false",
    "int": "a whole number",
    "tuple": "a list of texts in quotes",
    "Mapping": "a table",
}


def read_settings(source: Source | None) -> tuple[Settings, tuple[Finding, ...]]:
    """Return the settings of `source` (None: no site.toml) and what is wrong with it.

    Never raises. A key that is wrong keeps its default; whether to go on is the caller's choice.
    """
    if source is None:
        return Settings(), ()
    text, findings = decode(source.data, source.path)
    data = read_toml(text)
    reading = _Reading(data, source.path, list(findings))
    settings = reading.table(Settings, data.values, "")
    return settings, tuple(reading.findings)


def place_of(source: Source, name: str) -> tuple[int, int]:
    """Return line and column (1-based) of the dotted key `name`, (0, 0) where it is not written."""
    text, _ = decode(source.data, source.path)
    return read_toml(text).places.get(name, (0, 0))


def unusable(name: str, value: Any) -> str:
    """Return why the setting `name` (dotted) cannot be `value`, of its type; `""` if it can."""
    wrong = _CHECKS[name](value) if name in _CHECKS else ""
    if not wrong and name in _ITEM_CHECKS:
        wrong = next(filter(None, (_ITEM_CHECKS[name](*item) for item in value.items())), "")
    return wrong


def known_keys() -> Mapping[str, tuple[str, ...]]:
    """Return the keys of site.toml by table, `""` holding those above every table."""
    hints = get_type_hints(Settings)
    tables = {name: kind for name, kind in hints.items() if _is_table(kind)}
    keys = {"": tuple(name for name in Settings.__struct_fields__ if name not in tables)}
    for name, kind in tables.items():
        keys[name] = tuple(kind.__struct_fields__)
    return keys


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Value)


class _Reading:
    """Checks one site.toml."""

    def __init__(self, data: Data, path: str, findings: list[Finding]) -> None:
        self._data = data
        self._path = path
        self.findings = findings
        findings.extend(not_toml(data, path, "mend the line; until then no setting counts"))

    def table(self, kind: type[Any], values: Mapping[str, Any], prefix: str) -> Any:
        """Return a `kind` made of those `values` that are right."""
        hints = get_type_hints(kind)
        kept: dict[str, Any] = {}
        for key, value in values.items():
            name = prefix + key
            if key not in hints:
                self._unknown(name, key, hints)
            elif _is_table(hints[key]):
                if isinstance(value, Mapping):
                    kept[key] = self.table(hints[key], value, name + ".")
                else:
                    self._wrong(name, f"must be a table: [{name}] with its keys below")
            else:
                checked = self._checked(name, value, hints[key])
                if checked is not None:
                    kept[key] = checked
        return kind(**kept)

    def _checked(self, name: str, value: Any, kind: Any) -> Any:
        try:
            converted = convert(plain(value), kind)
        except ValueFault:
            if isinstance(value, Mapping) and "Mapping" in str(kind):
                self._wrong_items(name, value)
                return None
            family = getattr(kind, "__name__", str(kind).rpartition(".")[2]).partition("[")[0]
            self._wrong(name, f"must be {_WANTED.get(family, 'of another type')}")
            return None
        check = _CHECKS.get(name)
        wrong = check(converted) if check is not None else ""
        if wrong:
            self._wrong(name, wrong)
            return None
        check_item = _ITEM_CHECKS.get(name)
        if check_item is None:
            return converted
        items = {key: check_item(key, item) for key, item in converted.items()}
        for key, wrong in items.items():
            if wrong:
                self._wrong(f"{name}.{key}", wrong)
        return None if any(items.values()) else converted

    def _wrong_items(self, name: str, table: Mapping[str, Any]) -> None:
        for key, value in table.items():
            if not isinstance(value, str):
                self._wrong(f"{name}.{key}", f"must be {_WANTED['str']}")

    def _unknown(self, name: str, key: str, hints: Mapping[str, Any]) -> None:
        import difflib  # noqa: PLC0415

        known = [
            f"{table}.{field}" if table else field
            for table, fields in known_keys().items()
            for field in fields
        ]
        elsewhere = [full for full in known if full.rpartition(".")[2] == key]
        near = (
            elsewhere
            or difflib.get_close_matches(key, list(hints), 1)
            or difflib.get_close_matches(name, known, 1, 0.7)
        )
        prefix = name[: len(name) - len(key)]
        meant = near[0] if near and (near[0] in known or not prefix) else prefix + "".join(near[:1])
        hint = f"did you mean `{meant}`?" if near else "docs/site-toml.md lists all keys"
        self._say(name, f"`{name}` is no setting", hint)

    def _wrong(self, name: str, what: str) -> None:
        self._say(name, f"`{name}` {what}", "docs/site-toml.md describes it")

    def _say(self, name: str, message: str, hint: str) -> None:
        line, column = self._data.place(name)
        self.findings.append(Finding("KB117", self._path, message, line, column, hint))


def _check_lists(value: str) -> str:
    return "" if value in _LISTS else 'must be "nested" or "commonmark"'


def _check_cards(value: str) -> str:
    return "" if value in _CARDS else 'must be "all", "events" or "none"'


def _check_engine(value: str) -> str:
    return "" if value in _ENGINES else 'must be "whoosh" or "tantivy"'


def _check_language(value: str) -> str:
    return "" if LANGUAGE.match(value) else "must be a language tag, such as en or pt-BR"


def _check_base_url(value: str) -> str:
    if not value or _BASE_URL.match(value):
        return ""
    return "must be an address such as https://example.org/notes/"


def _check_permalink(value: str) -> str:
    unknown = [name for name in _PLACEHOLDER.findall(value) if name not in PLACEHOLDERS]
    if unknown:
        return f"has no placeholder `:{unknown[0]}`; known: :" + " :".join(PLACEHOLDERS)
    if not value.startswith("/") or value.startswith("//") or ".." in value.split("/"):
        return "must be a path that begins with one `/`"
    names = (":slug", ":title", ":filename", ":contentbasename", ":path")
    if not any(name in value for name in names):
        return "must hold :slug, :title, :filename or :path, or all notes get one URL"
    return ""


def _check_section(folder: str, pattern: str) -> str:
    return _check_folder(folder.strip("/") or ".") or _check_permalink(pattern)


def _check_term(_key: str, pattern: str) -> str:
    names = _PLACEHOLDER.findall(pattern)
    wrong = _check_permalink(pattern)
    if not wrong and (len(names) != 1 or names[0] not in {"slug", "title"}):
        return "must hold :slug once, and no other placeholder"
    return wrong


def _check_redirect(source: str, target: str) -> str:
    for path in (source, target):
        if not path.startswith("/") or path.startswith("//") or ".." in path.split("/"):
            return f"holds {path!r}, which is no path of this site that begins with `/`"
    return ""


def _check_tongue(tag: str, folder: str) -> str:
    wrong = _check_language(tag)
    return wrong or (_check_folder(folder) if folder else "")


def _check_feeds(value: tuple[str, ...]) -> str:
    for path in value:
        wrong = re.fullmatch(r"/?(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.xml", path) is None
        if wrong or path.strip("/") in {"atom.xml", "feed.xml", "sitemap.xml"}:
            return f"holds {path!r}, which is no path of a feed, such as `/index.xml`"
    return ""


def _check_folder(value: str) -> str:
    parts = value.replace("\\", "/").split("/")
    if not value or value.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", value):
        return "must be a folder inside the site's folder"
    return ""


def _check_folders(value: tuple[str, ...]) -> str:
    return next((wrong for wrong in map(_check_folder, value) if wrong), "")


def _check_dates(value: str) -> str:
    names = _DATE_FIELD.findall(value)
    if value and (not names or re.search(r"[{}]", _DATE_FIELD.sub("", value))):
        return "must be made of {day}, {month}, {short}, {number}, {year}, {day:02} and {number:02}"
    return ""


def _check_theme(value: str) -> str:
    return "" if re.fullmatch(r"[\w][\w.-]*", value) else "must be the name of a folder in themes/"


def _between(least: int, most: int) -> Callable[[int], str]:
    def check(value: int) -> str:
        return "" if least <= value <= most else f"must be from {least} to {most}"

    return check


_CHECKS: Mapping[str, Callable[[Any], str]] = {
    "language": _check_language,
    "base_url": _check_base_url,
    "content.folder": _check_folder,
    "content.static": _check_folders,
    "content.max_bytes": _between(1, 1_073_741_824),
    "markdown.lists": _check_lists,
    "extraction.topic_pages": _between(0, 1_000_000),
    "permalinks.notes": _check_permalink,
    "theme.name": _check_theme,
    "feeds.also": _check_feeds,
    "feeds.limit": _between(1, 10_000),
    "build.jobs": _between(0, 1024),
    "search.engine": _check_engine,
    "theme.cards": _check_cards,
    "theme.dates": _check_dates,
    "serve.port": _between(0, 65_535),
}
_ITEM_CHECKS: Mapping[str, Callable[[str, str], str]] = {
    "content.languages": _check_tongue,
    "permalinks.sections": _check_section,
    "permalinks.terms": _check_term,
    "redirects": _check_redirect,
}
"""Of tables whose keys are the writer's own: what is wrong with one key and its value."""
