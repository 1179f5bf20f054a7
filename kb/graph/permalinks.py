"""The URL of everything: readable, stable, one owner each, and never outside the site."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, unquote

from kb.model.normal import normalized
from kb.model.pattern import Pattern
from kb.model.site import Url

LONGEST_SLUG = 80
"""Characters of a slug; longer titles are cut at a word."""
LONGEST_SEGMENT = 200
"""Bytes of one part of a path, with room for a temporary file's ending below the usual 255."""
LONGEST_PATH = 1000
"""Bytes of a whole path, with room for the folder that the site lies in."""

OWN_PAGE = "kb's own page"
OWN_FILE = "kb's own file"
"""Who owns the places that are kb's, in words for people."""
INDEX_PAGES = ("", "events", "talks", "speakers", "topics", "notes", "links", "search")
"""Folders whose own page is made by kb, whatever the notes are called."""
OWN_FOLDERS = ("data", "search", "theme")
"""Folders that belong to kb wholly."""
_OPEN_FOLDER = "notes/"
"""One of `INDEX_PAGES`: no note can make a file of it."""
OWN_FILES = (
    "404.html",
    "_headers",
    "_redirects",
    "atom.xml",
    "feed.json",
    "feed.xml",
    "llms.txt",
    "robots.txt",
    "sitemap.xml",
)
"""Files at the root that belong to kb."""

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)
"""Names that no file may have on Windows, whatever its ending."""
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_HUMP = Pattern(r"(?<=[a-z])(?=[A-Z])")
_FOREIGN = Pattern(r"[^\x00-\x7f]+")
_NO_WORD = Pattern(r"[^a-z0-9]+")
_NOT_IN_PATHS = frozenset(':*?"<>|\\#')


class PathRefused(ValueError):
    """A path that a writer gave and that cannot be used; `str()` says why."""


def fingerprint(*texts: str, length: int = 6) -> str:
    """Return `length` hexadecimal digits that stand for `texts`, the same on every machine."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


def romanise(text: str) -> str:
    """Return `text` in ASCII letters, syllables of other scripts set apart by spaces."""
    return text if text.isascii() else _romanised(text)


@lru_cache(maxsize=16384)
def _romanised(text: str) -> str:
    from anyascii import anyascii  # noqa: PLC0415

    return _FOREIGN.sub(lambda run: _HUMP.sub(" ", anyascii(run.group())), text)


def slug(text: str, fallback: str = "page") -> str:
    """Return `text` as a part of a URL: `[a-z0-9-]+`, at most `LONGEST_SLUG`, never empty.

    A text without any letter or digit gives `fallback` and a fingerprint of it; a longer one is
    cut at a word. The result is no device name of any system.
    """
    words = text.replace("++", " plus plus ").replace("&", " and ")
    if "#" in words:
        words = re.sub(r"(?<=\w)#(?!\w)", " sharp ", words)
    words = words.replace("'", "").replace("’", "")
    name = _NO_WORD.sub("-", romanise(words).lower()).strip("-")
    if len(name) > LONGEST_SLUG:
        head = name[: LONGEST_SLUG + 1]
        cut = head.rfind("-")
        name = head[: cut if cut >= LONGEST_SLUG // 2 else LONGEST_SLUG].strip("-")
    if not name:
        return f"{fallback}-{fingerprint(text)}" if text.strip() else fallback
    return f"{name}-page" if name in _DEVICES else name


def hugo_slug(text: str) -> str:
    """Return `text` as Hugo writes it into a URL: lower case, its own letters kept.

    Spaces become a hyphen unless one stands beside them; of other signs only `. _ - ~ + @` stay.
    Falls back to `slug` where nothing usable is left or the name is longer than a file's may be.
    """
    kept: list[str] = []
    gap = False
    for sign in normalized("NFC", text).lower():
        if sign.isalnum() or sign in "._-~+@" or unicodedata.category(sign) in {"Mn", "Mc"}:
            if gap and sign != "-":
                kept.append("-")
            gap = False
            kept.append(sign)
        elif sign.isspace() and kept and kept[-1] != "-":
            gap = True
    name = "".join(kept).strip(".")
    usable = name.strip("-_~+@.") and len(name.encode()) <= LONGEST_SEGMENT
    return name if usable and name.split(".", 1)[0] not in _DEVICES else slug(text)


def site_path(written: str) -> str:
    """Return the decoded path below the site's root that a writer's `url` or alias names.

    It ends in `/`, or in `.html` or `.htm` for a file; the root is `""`. An `index.html` at the
    end is its folder.

    Raises:
        PathRefused: it could lead out of the site, to another host, or cannot be a file on every
            system.
    """
    if re.search(r"%(?:2e|2f|5c)", written, re.IGNORECASE):
        raise PathRefused("it hides a dot or slash behind `%`")
    try:
        path = normalized("NFC", unquote(written.strip(" "), errors="strict"))
    except UnicodeDecodeError:
        raise PathRefused("its `%` signs are no UTF-8") from None
    if re.match(r"[a-z][a-z0-9+.-]*:|[\\/]{2}", path, re.IGNORECASE):
        raise PathRefused("it leads to another site")
    if re.search(r"%[0-9a-f]{2}", path, re.IGNORECASE):
        raise PathRefused("its `%` signs are doubled")
    if len(path.encode("utf-8", "surrogatepass")) > LONGEST_PATH:
        raise PathRefused(f"it is longer than {LONGEST_PATH} bytes")
    segments = [segment for segment in path.split("/") if segment]
    if segments and segments[-1].lower() == "index.html":
        segments.pop()
        path = "/"
    for segment in segments:
        _check_segment(segment)
    if not segments:
        return ""
    is_file = not path.endswith("/") and segments[-1].lower().endswith((".html", ".htm"))
    return "/".join(segments) + ("" if is_file else "/")


def _check_segment(segment: str) -> None:
    """Raise `PathRefused` where `segment` cannot be a folder's or file's name everywhere."""
    if segment in {".", ".."}:
        raise PathRefused("`.` and `..` are not allowed in it")
    wrong = next((sign for sign in segment if _is_wrong(sign)), "")
    if wrong:
        shown = wrong if wrong.isprintable() else f"U+{ord(wrong):04X}"
        raise PathRefused(f"it holds `{shown}`, which no file name may")
    if segment[0] in ". " or segment[-1] in ". ":
        raise PathRefused("a part of it begins or ends with a dot or a space")
    if segment.split(".", 1)[0].lower() in _DEVICES:
        raise PathRefused(f"`{segment}` is the name of a device on Windows")
    if len(segment.encode("utf-8", "surrogatepass")) > LONGEST_SEGMENT:
        raise PathRefused(f"a part of it is longer than {LONGEST_SEGMENT} bytes")


def _is_wrong(sign: str) -> bool:
    return (
        sign in _NOT_IN_PATHS
        or sign in _BIDI
        or unicodedata.category(sign) in {"Cc", "Cs", "Cn", "Zl", "Zp"}
    )


def url_of(path: str) -> Url:
    """Return the decoded `path` below the root as a `Url`."""
    return Url("/" + quote(path, safe="/-._~@+,="))


def path_of(url: str) -> str:
    """Return the decoded path below the root of a root-relative URL, without query and anchor."""
    if url.isascii() and not ("%" in url or "?" in url or "#" in url):
        return url.lstrip("/")
    bare = url.split("#", 1)[0].split("?", 1)[0]
    return normalized("NFC", unquote(bare)).lstrip("/")


@lru_cache(maxsize=4096)
def place_key(path: str) -> str:
    """Return what makes two decoded paths one place on any disk: no case, one Unicode form."""
    if path.isascii():
        key = path.lower()
    else:
        key = normalized("NFC", normalized("NFC", path).casefold())
    if key.endswith("/index.html"):
        key = key[: -len("index.html")]
    elif key == "index.html":
        key = ""
    return key.rstrip("/")


class Claims:
    """Who owns which place of one site, while its URLs are given out.

    Two places are one where a disk that ignores case or Unicode forms cannot tell them apart, or
    where one would be a file and the other a folder of that name.
    """

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        for name in INDEX_PAGES:
            self.take(f"{name}/" if name else "", OWN_PAGE)
        for name in OWN_FILES:
            self.take(name, OWN_FILE)

    def owner(self, path: str) -> str:
        """Return who is in the way of `path` (decoded), or `""` where nobody is."""
        key = place_key(path)
        found = self._owners.get(key)
        if found is not None:
            return found
        if key.split("/", 1)[0] in OWN_FOLDERS:
            return "kb's own files"
        if not self._is_folder(path) and key in self._folders:
            return self._folders[key]
        above = _parents(key) if self._is_folder(path) is False else (*_parents(key), key)
        return next((self._files[parent] for parent in above if parent in self._files), "")

    def take(self, path: str, owner: str) -> str:
        """Give `path` (decoded) to `owner` unless somebody has it; return who that is, or `""`."""
        taken = self.owner(path) if self._owners else ""
        if taken:
            return taken
        key = place_key(path)
        self._owners[key] = owner
        if self._is_folder(path):
            self._folders.setdefault(key, owner)
        else:
            self._files[key] = owner
        for parent in _parents(key):
            self._folders.setdefault(parent, owner)
        return ""

    def take_free(self, folder: str, names: Iterable[str], owner: str) -> Url:
        """Give the first free one of `folder/NAME/` to `owner` and return it.

        `names` are tried in order; after the last, its fingerprints and then numbers are. Where
        nothing can lie below `folder`, the folder of notes is taken instead.
        """
        if self._is_closed(folder):
            folder = _OPEN_FOLDER
        name = ""
        for name in names:
            if not self.take(f"{folder}{name}/", owner):
                return url_of(f"{folder}{name}/")
        for ending in _endings(owner):
            if not self.take(f"{folder}{name}-{ending}/", owner):
                return url_of(f"{folder}{name}-{ending}/")
        raise AssertionError("the endings never end")

    def _is_closed(self, folder: str) -> bool:
        """Return whether `folder`, or one above it, is a file or kb's own."""
        key = place_key(folder)
        above = (key, *_parents(key))
        return above[-1] in OWN_FOLDERS or any(place in self._files for place in above)

    @staticmethod
    def _is_folder(path: str) -> bool:
        return not path or path.endswith(("/", "/index.html")) or path == "index.html"


def _parents(key: str) -> Iterator[str]:
    """Yield the folders above `key`, nearest first, without the root."""
    while "/" in key:
        key = key.rsplit("/", 1)[0]
        yield key


def _endings(owner: str) -> Iterator[str]:
    yield fingerprint(owner)
    number = 2
    while True:
        yield f"{fingerprint(owner)}-{number}"
        number += 1
