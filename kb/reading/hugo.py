"""The configuration of a Hugo blog, as far as its notes, files and addresses depend on it.

https://gohugo.io/configuration/ tells the keys, which Hugo reads in any case; TOML, YAML and JSON
say the same; files in `config/` say parts of it. What kb has no setting for is a finding.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.pattern import Pattern
from kb.model.settings import PLACEHOLDERS
from kb.model.value import Value
from kb.reading.data import LANGUAGE, Data, Fault, plain
from kb.reading.decoding import decode
from kb.reading.settings import unusable
from kb.reading.toml import read_toml
from kb.reading.yaml import read_yaml

NAMES = ("hugo", "config")
"""What the main file may be called, the newer name first."""
ENDINGS = (".toml", ".yaml", ".yml", ".json")
FOLDERS = ("config/_default", "config/production")
"""Where parts of it may lie; the later one counts."""
_MARKS = frozenset(
    {
        "baseurl", "buildfuture", "contentdir", "defaultcontentlanguage", "disablekinds",
        "languagecode", "markup", "paginate", "pagination", "permalinks", "publishdir",
        "taxonomies", "uglyurls",
    }
)  # fmt: skip
"""Keys by which a `config.toml` is Hugo's, rather than another program's."""
_TABLES = frozenset(
    {
        "build", "caches", "cascade", "deployment", "frontmatter", "httpcache", "imaging",
        "languages", "markup", "mediatypes", "menu", "menus", "minify", "module", "outputformats",
        "outputs", "page", "pagination", "params", "permalinks", "privacy", "related", "security",
        "segments", "server", "services", "sitemap", "taxonomies",
    }
)  # fmt: skip
"""Files of a configuration folder that are called for the table they hold."""
_TOKEN = Pattern(r":([a-z]+)(\[[^\]/]*\])?")
_LAYOUT = Pattern(r":(2006|01|02)(?!\w)")
_LAYOUT_PARTS = {"2006": ":year", "01": ":month", "02": ":day"}
_DATES = ("dateformat", "date_format", "dateform", "datefmt")
_DATE_PARTS: Mapping[str, str] = {
    "2006": "{year}", "January": "{month}", "Jan": "{short}", "01": "{number:02}", "02": "{day:02}",
    "1": "{number}", "2": "{day}",
}  # fmt: skip
_DATE_TOKEN = Pattern(r"2006|January|Jan|Monday|Mon|MST|15|0[1-6]|[1-6]|PM|pm|Z07:?00|-07:?00")
_LOST: Mapping[str, str] = {
    "enableemoji": "`:smile:` in notes stays as written",
    "disablepathtolower": "kb writes addresses in lower case",
    "removepathaccents": "kb keeps accents in addresses",
    "canonifyurls": "kb writes relative links",
    "enablegitinfo": "dates come from front matter and file names",
    "ignorefiles": "write them as globs into [content] exclude of site.toml",
    "cascade": "write the keys into the notes' front matter",
}
"""Settings that change what a note shows, or where, and that kb has nothing for."""


class Tongue(Value, frozen=True):
    """A language of the blog."""

    tag: str
    """The key of its table, which its URLs have."""
    folder: str = ""
    """Of its notes; `""` where the names of files tell it."""


class Blog(Value, frozen=True):
    """What is said of a blog, in the words of `kb.model.settings` where there are any."""

    title: str = ""
    description: str = ""
    author: str = ""
    base_url: str = ""
    language: str = ""
    dates: str = ""
    content: str = "content"
    static: tuple[str, ...] = ("static",)
    published: str = "public"
    """The folder that Hugo writes."""
    languages: tuple[Tongue, ...] = ()
    """All of them, the blog's own first; none where there is one only."""
    language_folder: bool = False
    pages: Mapping[str, str] = {}
    """Patterns by folder."""
    lists: Mapping[str, str] = {}
    """Where the list of a folder is, if elsewhere than at the folder."""
    terms: Mapping[str, str] = {}
    """Patterns by taxonomy."""
    term_lists: tuple[str, ...] = ()
    """Where the list of a taxonomy is, if elsewhere than above its terms."""
    ugly: bool = False
    dated_names: bool = False
    drafts: bool = False
    future: bool = False
    linkify: bool = True
    feed: str = "index.xml"
    """What a feed is called in its folder; `""` for none."""
    feed_limit: int = 0
    findings: tuple[Finding, ...] = ()


def is_hugos(sources: Sequence[Source]) -> bool:
    """Return whether `sources` are the configuration of Hugo, not of a program like it."""
    for source in sources:
        path = PurePosixPath(source.path)
        if path.stem == "hugo" or len(path.parts) > 1:
            return True
        data = _read(source)
        keys = {key.lower() for key in data.values}
        if (_MARKS & keys and "base_url" not in keys) or (
            data.faults and b"baseURL" in source.data
        ):
            return True
    return False


def read_blog(sources: Sequence[Source]) -> Blog:
    """Return what `sources` say, the later ones over the earlier. Never raises.

    A file that cannot be read is an error among the findings; what is not taken over, a hint.
    """
    reading = _Reading()
    for source in sources:
        reading.add(source)
    return reading.blog()


def _read(source: Source) -> Data:
    text, _ = decode(source.data, source.path)
    ending = PurePosixPath(source.path).suffix
    if ending == ".toml":
        return read_toml(text)
    if ending == ".json":
        return _read_json(text)
    return read_yaml(text)


def _read_json(text: str) -> Data:
    try:
        found = json.loads(text) if text.strip() else {}
    except json.JSONDecodeError as fault:
        return Data(faults=(Fault(fault.lineno, fault.colno, fault.msg.lower()),))
    except (RecursionError, ValueError):
        return Data(faults=(Fault(1, 1, "nested too deeply, or a number too long"),))
    if not isinstance(found, dict):
        return Data(faults=(Fault(1, 1, "an object in braces is expected"),))
    places: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for key in re.finditer(r'"([\w/.-]{1,100})"\s*:', line):
            places.setdefault(key[1], (number, key.start() + 1))
    return Data(values=found, places=places)


class _Reading:
    """Puts the files together and takes out of them what there is a setting for."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._places: dict[str, tuple[str, int, int]] = {}
        self._findings: list[Finding] = []
        self._first = ""

    def add(self, source: Source) -> None:
        """Lay what `source` says over what is known."""
        self._first = self._first or source.path
        data = _read(source)
        for fault in data.faults:
            ending = PurePosixPath(source.path).suffix[1:].upper().replace("YML", "YAML")
            message = f"this is not {ending}: {fault.message}"
            hint = "mend the line; nothing was written"
            self._findings.append(
                Finding("KB132", source.path, message, fault.line, fault.column, hint)
            )
        values = plain(dict(data.values))
        prefix = self._prefix(source.path)
        places = {
            ".".join([*prefix, key]).lower(): (source.path, *place)
            for key, place in data.places.items()
        }
        for key in reversed(prefix):
            values = {key: values}
        self._places.update(places)
        self._values = _over(self._values, _lowered(values))

    @staticmethod
    def _prefix(path: str) -> list[str]:
        """Return the table that a file of a configuration folder holds, by its name."""
        name = PurePosixPath(path)
        if len(name.parts) == 1:
            return []
        stem, _, tag = name.stem.partition(".")
        if stem in NAMES or stem.lower() not in _TABLES:
            return ["languages", tag] if tag and stem in NAMES else []
        return ["languages", tag, stem] if tag and stem != "languages" else [stem]

    def _text(self, *names: str) -> str:
        """Return the first text among the dotted `names`."""
        for name in names:
            value: Any = self._values
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())
        return ""

    def _table(self, name: str, within: Mapping[str, Any] | None = None) -> dict[str, Any]:
        value = (self._values if within is None else within).get(name)
        return value if isinstance(value, dict) else {}

    def _flag(self, name: str) -> bool:
        return self._values.get(name) is True

    def _lost(self, name: str, message: str, hint: str) -> None:
        """Tell that the dotted key `name` is not taken over."""
        name = name.lower()
        short = name.rpartition(".")[2]
        path, line, column = self._places.get(name, self._places.get(short, (self._first, 0, 0)))
        self._findings.append(Finding("KB131", path, message, line, column, hint))

    def _usable(self, name: str, setting: str, value: str) -> str:
        """Return `value` where kb's `setting` takes it; else `""`, and tell of the key `name`."""
        wrong = unusable(setting, value) if value else ""
        if wrong:
            self._lost(
                name, f"{name} = {value!r} is not taken over: it {wrong}", _SET.format(setting)
            )
        return "" if wrong else value

    def blog(self) -> Blog:
        """Return all of it."""
        own, languages = self._languages()
        local = f"languages.{own}."
        kinds = self._names("disablekinds")
        pages, lists, terms, term_lists = self._permalinks(kinds)
        content = self._folder("contentdir", "content")
        static = self._static()
        mounted = self._mounts()
        tag = self._text(f"{local}locale", f"{local}languagecode", "locale", "languagecode") or own
        self._tell_of_lost()
        return Blog(
            title=self._text(f"{local}title", "title"),
            description=self._text(
                f"{local}params.description", "params.description", f"{local}description",
                "description", "params.subtitle",
            ),
            author=self._author(local),
            base_url=self._base_url(),
            language=self._usable("languageCode", "language", tag.replace("_", "-")),
            dates=self._dates(local),
            content=mounted.get("content", [content])[0] if not languages else content,
            static=tuple(mounted.get("static", static)),
            published=self._folder("publishdir", "public"),
            languages=self._placed(languages, mounted),
            language_folder=self._flag("defaultcontentlanguageinsubdir") and len(languages) > 1,
            pages=pages,
            lists=lists,
            terms=terms,
            term_lists=term_lists,
            ugly=self._flag("uglyurls"),
            dated_names=":filename" in self._names("frontmatter.date"),
            drafts=self._flag("builddrafts"),
            future=self._flag("buildfuture"),
            linkify=self._linkify(),
            feed="" if "rss" in kinds or self._flag("disablerss") else self._feed(),
            feed_limit=self._feed_limit(),
            findings=tuple(self._findings),
        )  # fmt: skip

    def _names(self, name: str) -> tuple[str, ...]:
        """Return a list of words, in lower case."""
        value: Any = self._values
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        items = value if isinstance(value, list) else [value]
        return tuple(item.lower() for item in items if isinstance(item, str))

    def _base_url(self) -> str:
        url = self._text("baseurl")
        if url in {"", "/"}:
            return ""
        return self._usable("baseURL", "base_url", url)

    def _author(self, local: str) -> str:
        return self._text(
            f"{local}params.author.name", f"{local}params.author", "params.author.name",
            "params.author", "author.name", "author", "params.authorname",
        )  # fmt: skip

    def _dates(self, local: str) -> str:
        """Return how the theme writes dates, in the words of `[theme] dates`."""
        for name in _DATES:
            written = self._text(f"{local}params.{name}", f"params.{name}")
            if not written:
                continue
            pattern = _date_pattern(written)
            if pattern:
                return self._usable(f"params.{name}", "theme.dates", pattern)
            message = f"params.{name} = {written!r} is not taken over: kb writes day, month, year"
            self._lost(f"params.{name}", message, _SET.format("theme.dates"))
        return ""

    def _folder(self, name: str, default: str) -> str:
        """Return a folder inside the blog."""
        folder = self._text(name).rstrip("/").removeprefix("./") or default
        return self._usable(name, "content.folder", folder) or default

    def _static(self) -> list[str]:
        found: list[str] = []
        tables = [self._values, *(t for t in self._table("languages").values())]
        for table in tables:
            for number in ("", *range(11)):
                value = table.get(f"staticdir{number}") if isinstance(table, dict) else None
                for item in value if isinstance(value, list) else [value]:
                    folder = item.rstrip("/").removeprefix("./") if isinstance(item, str) else ""
                    if folder and self._usable("staticDir", "content.folder", folder):
                        found.append(folder)
        return list(dict.fromkeys(found)) or ["static"]

    def _mounts(self) -> dict[str, list[str]]:
        """Return the folders that modules mount as content and static, by what they stand for."""
        found: dict[str, list[str]] = {}
        mounts = self._table("module").get("mounts")
        for mount in mounts if isinstance(mounts, list) else []:
            source, target = (
                str(mount.get(key, "")).strip("/") if isinstance(mount, dict) else ""
                for key in ("source", "target")
            )
            root = target.split("/", 1)[0]
            if root not in {"content", "static"} or not source:
                continue
            if target != root or unusable("content.folder", source):
                message = f"the mount of {source} at {target} is not taken over"
                self._lost("module.mounts.0", message, "kb reads content and static whole")
            else:
                found.setdefault(root, []).append(source)
                if isinstance(tag := mount.get("lang"), str):
                    found.setdefault(f"content {tag.lower()}", []).append(source)
        if len(found.get("content", ())) > 1 and not self._table("languages"):
            message = f"of several folders of content only {found['content'][0]} is taken over"
            self._lost("module.mounts.0", message, "kb reads one folder of notes")
        return {key: list(dict.fromkeys(folders)) for key, folders in found.items()}

    def _languages(self) -> tuple[str, list[Tongue]]:
        """Return the tag of the blog's own language, and all languages where there are several."""
        own = self._text("defaultcontentlanguage").lower() or "en"
        off = self._names("disablelanguages")
        found: list[Tongue] = []
        for tag, table in self._table("languages").items():
            if not isinstance(table, dict) or table.get("disabled") is True or tag in off:
                continue
            if not LANGUAGE.match(tag):
                message = f"the language {tag!r} is not taken over: its name is no language tag"
                self._lost(f"languages.{tag}", message, "its notes are read as any other ones")
                continue
            folder = table.get("contentdir")
            folder = folder.strip("/").removeprefix("./") if isinstance(folder, str) else ""
            found.append(Tongue(tag, folder))
            if isinstance(table.get("baseurl"), str):
                message = f"languages.{tag}.baseURL is not taken over: a kb site has one address"
                self._lost(f"languages.{tag}.baseurl", message, f"its pages stand below /{tag}/")
        if found and own not in {one.tag for one in found}:
            own = found[0].tag if len(found) == 1 else own
        found.sort(key=lambda one: (one.tag != own, one.tag))
        return own, found if len(found) > 1 else []

    @staticmethod
    def _placed(languages: list[Tongue], mounted: Mapping[str, list[str]]) -> tuple[Tongue, ...]:
        return tuple(
            Tongue(one.tag, one.folder or mounted.get(f"content {one.tag}", [""])[0])
            for one in languages
        )

    def _permalinks(
        self, kinds: tuple[str, ...]
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str], tuple[str, ...]]:
        """Return patterns of pages, places of lists, patterns of terms, places of their lists."""
        written = self._values.get("permalinks")
        table = self._table("permalinks")
        if isinstance(written, list):
            message = "permalinks written as a list of targets are not taken over"
            self._lost("permalinks.0", message, _SET.format("permalinks.sections"))
        plain_ones = {key: value for key, value in table.items() if isinstance(value, str)}
        pages = {**plain_ones, **self._table("page", table)}
        terms = {**plain_ones, **self._table("term", table)}
        taxonomies = self._taxonomies(kinds)
        kept_terms = {
            name: pattern
            for name in taxonomies
            if (pattern := self._pattern(f"permalinks.term.{name}", "permalinks.terms",
                                         terms.get(name, f"/{name}/:slug/")))
        }  # fmt: skip
        kept_pages = {
            name: pattern
            for name, value in pages.items()
            if name not in taxonomies
            and (pattern := self._pattern(f"permalinks.page.{name}", "permalinks.sections", value))
        }
        fixed = {
            kind: {
                name: f"/{value.strip('/')}/"
                for name, value in self._table(kind, table).items()
                if isinstance(value, str) and ":" not in value
            }
            for kind in ("section", "taxonomy")
        }
        lists = tuple(fixed["taxonomy"][name] for name in taxonomies if name in fixed["taxonomy"])
        return kept_pages, fixed["section"], kept_terms, lists

    def _taxonomies(self, kinds: tuple[str, ...]) -> list[str]:
        if "term" in kinds or "taxonomyterm" in kinds:
            return []
        table = self._values.get("taxonomies")
        if not isinstance(table, dict):
            return ["categories", "tags"]
        return sorted({name for name in table.values() if isinstance(name, str) and name})

    def _pattern(self, name: str, setting: str, written: Any) -> str:
        """Return a pattern of Hugo's as kb has it, `""` (and a finding) where it has not."""
        if not isinstance(written, str) or not written.strip():
            return ""
        pattern = _LAYOUT.sub(lambda found: _LAYOUT_PARTS[found[1]], written.strip())
        pattern = "/" + pattern.lstrip("/")
        if not pattern.endswith(("/", ".html", ".htm")):
            pattern += "/"
        strange = [one[0] for one in _TOKEN.finditer(pattern) if one[1] not in PLACEHOLDERS]
        wrong = f"holds {strange[0]}, which kb does not know" if strange else ""
        if not wrong and ":" in _TOKEN.sub("", pattern):
            wrong = "holds a `:` that kb does not know"
        wrong = wrong or unusable(setting, {name.rpartition(".")[2]: pattern})
        if not wrong:
            return pattern
        short = name.removeprefix("permalinks.").rpartition(".")[2]
        known = name if name.lower() in self._places else f"permalinks.{short}"
        message = f"the permalink {written!r} of {short} is not taken over: it {wrong}"
        self._lost(known, message, _SET.format(setting))
        return ""

    def _linkify(self) -> bool:
        goldmark = self._table("goldmark", self._table("markup"))
        return self._table("extensions", goldmark).get("linkify") is not False

    def _feed(self) -> str:
        """Return the name of the feeds' file, `""` where the home page has none."""
        outputs = self._table("outputs").get("home")
        if isinstance(outputs, list) and "rss" not in [str(one).lower() for one in outputs]:
            return ""
        rss = self._table("rss", self._table("outputformats"))
        name = rss.get("basename", "index")
        return f"{name}.xml" if isinstance(name, str) and re.fullmatch(r"[\w-]+", name) else ""

    def _feed_limit(self) -> int:
        rss = self._table("rss", self._table("services"))
        for value in (rss.get("limit"), self._values.get("rsslimit")):
            if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000:
                return value
        return 0

    def _tell_of_lost(self) -> None:
        """Tell of settings that change the blog's pages and that kb has nothing for."""
        for key, hint in _LOST.items():
            if self._values.get(key) not in (None, False, [], {}):
                self._lost(key, f"the setting {key} is not taken over", hint)
        ugly = self._values.get("uglyurls")
        if isinstance(ugly, dict) and any(ugly.values()):
            message = "uglyURLs of single sections are not taken over"
            self._lost("uglyurls", message, _SET.format("permalinks.sections"))
        handler = self._text("markup.defaultmarkdownhandler")
        if handler and handler not in {"goldmark", "blackfriday"}:
            message = f"notes are read as Markdown, not by {handler}"
            self._lost(
                "markup.defaultmarkdownhandler", message, "docs/site-toml.md tells of [markdown]"
            )
        for tag, table in self._table("languages").items():
            if isinstance(table, dict) and "permalinks" in table:
                message = f"the permalinks of the language {tag} are not taken over"
                self._lost(f"languages.{tag}.permalinks", message, "one pattern holds for all")


_SET = "set [{}] in site.toml yourself"


def _lowered(value: Any) -> Any:
    """Return tables with their keys in lower case, as Hugo has them."""
    if isinstance(value, dict):
        return {key.lower(): _lowered(item) for key, item in value.items()}
    return value


def _over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two tables as one, of which `above` counts."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _over(old, value) if both and old is not None else value
    return merged


def _date_pattern(layout: str) -> str:
    """Return a layout of Go's (`January 2, 2006`) in the words of `[theme] dates`.

    `""` where it tells no day, month and year, or more than they.
    """
    parts: list[str] = []
    place = 0
    used: set[str] = set()
    for found in _DATE_TOKEN.finditer(layout):
        part = _DATE_PARTS.get(found[0])
        if part is None:
            return ""
        parts += [layout[place : found.start()], part]
        used.add(part)
        place = found.end()
    pattern = "".join([*parts, layout[place:]])
    return pattern if "{year}" in used and len(used) >= 2 else ""


def parts_first(paths: Iterable[str]) -> Iterator[str]:
    """Yield the files of a configuration in the order in which they count, the least first."""
    order = {folder: number for number, folder in enumerate(FOLDERS, 1)}
    known = [
        path
        for path in paths
        if PurePosixPath(path).suffix in ENDINGS
        and (
            str(PurePosixPath(path).parent) in order
            or ("/" not in path and PurePosixPath(path).stem in NAMES)
        )
    ]
    yield from sorted(
        known,
        key=lambda path: (
            order.get(str(PurePosixPath(path).parent), 0),
            PurePosixPath(path).stem not in NAMES,
            path,
        ),
    )
