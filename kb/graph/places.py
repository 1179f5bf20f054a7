"""What a path in a note can mean: a page, a note's file, a published file, or nothing."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import unquote, urlsplit

from kb.graph.permalinks import path_of, place_key, slug
from kb.graph.written import Written
from kb.model.normal import normalized
from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.model.settings import Settings
from kb.model.site import Asset, Redirect, Url
from kb.model.value import Value

_NOTE_ENDINGS = ("", ".md", ".markdown", "/index.md", "/_index.md", "/readme.md")
_RELREF = Pattern(
    r"\{\{[<%]\s*(?:rel)?ref\s+(?:path\s*=\s*)?(?:\"([^\"]+)\"|`([^`]+)`|([^\s\"`>%]+))"
    r"[^{}]*?[%>]\}\}(.*)",
    re.DOTALL,
)
_LEADING = Pattern(r"\A(?:\{(?:filename|static|attach)\}|\|(?:filename|static|attach)\|)")
"""What Pelican writes before a path below its content: the path is that of a file."""
_CONTROL = Pattern(r"[\x00-\x1f\x7f]+")
_IGNORED = Pattern(r"[\x00-\x20\x7f]+")
_SCHEME = Pattern(r"([a-zA-Z][a-zA-Z0-9+.-]*):")

Scheme = Literal["web", "safe", "image", "unsafe", "path"]
_SAFE = frozenset(
    {
        "ftp", "ftps", "gemini", "geo", "git", "irc", "ircs", "magnet", "mailto", "matrix",
        "news", "nntp", "sftp", "sip", "sms", "ssh", "tel", "webcal", "xmpp",
    }
)  # fmt: skip


class Page(Value, frozen=True):
    """A page that a link may lead to."""

    url: Url
    title: str
    note: str = ""
    """`Note.path`, where it is a note's page."""


class Found(Value, frozen=True):
    """What a path means."""

    page: Page | None = None
    asset: Asset | None = None
    exact: bool = True
    """False where it was found only by its name, or in another case."""


class Places(Value, frozen=True):
    """All pages and files of a site, by everything that they may be called."""

    content: str
    """Folder of the notes, `""` where it is the site's own."""
    host: str
    """Of the site's `base_url`, `""` where there is none."""
    base: str
    """Path of `base_url`, decoded, without slashes around it."""
    pages: Mapping[str, Page]
    """By `place_key` of the decoded path of their URL, old ones among them."""
    notes: Mapping[str, Page]
    """By `place_key` of the note's path."""
    note_names: Mapping[str, Page | None]
    """By the name of the note's file; None where several have it."""
    urls: Mapping[str, Asset]
    """By `place_key` of the decoded path of their URL."""
    files: Mapping[str, Asset]
    """By `place_key` of the file's path."""
    file_names: Mapping[str, tuple[Asset, ...]]
    """By the folded name of the file."""


def know_places(
    settings: Settings,
    assets: Sequence[Asset],
    pages: Iterable[Page] = (),
    moved: Iterable[Redirect] = (),
) -> Places:
    """Return the places of a site; a page whose URL was `moved` is found under the old one, too."""
    by_url: dict[str, Page] = {}
    by_note: dict[str, Page] = {}
    names: dict[str, Page | None] = {}
    for page in pages:
        by_url[place_key(path_of(page.url))] = page
        if page.note:
            by_note[place_key(page.note)] = page
            name = posixpath.basename(place_key(page.note))
            names[name] = None if name in names else page
    for redirect in moved:
        target = by_url[place_key(path_of(redirect.target))]
        by_url.setdefault(place_key(path_of(redirect.source)), target)
    file_names: dict[str, list[Asset]] = defaultdict(list)
    for asset in assets:
        file_names[posixpath.basename(place_key(asset.path))].append(asset)
    base = urlsplit(settings.base_url)
    folder = posixpath.normpath(settings.content.folder)
    return Places(
        content="" if folder == "." else folder,
        host=(base.hostname or "").removeprefix("www."),
        base=path_of(base.path).strip("/"),
        pages=by_url,
        notes=by_note,
        note_names=names,
        urls={place_key(path_of(asset.url)): asset for asset in assets},
        files={place_key(asset.path): asset for asset in assets},
        file_names={name: tuple(found) for name, found in file_names.items()},
    )


def scheme_of(target: str) -> Scheme:
    """Return what kind of thing `target` is by its scheme: the web, a path, or worse."""
    bare = _IGNORED.sub("", target)
    if bare.startswith("//"):
        return "web"
    found = _SCHEME.match(bare)
    if found is None:
        return "path"
    scheme = found[1].lower()
    if scheme in {"http", "https"}:
        return "web"
    if re.match(r"data:image/(?:png|gif|jpeg|webp|avif)[;,]", bare, re.IGNORECASE):
        return "image"
    return "safe" if scheme in _SAFE else "unsafe"


def whole(target: str) -> str:
    """Return a web address as browsers read it: with its scheme, two slashes, no control signs."""
    bare = _CONTROL.sub("", target).strip()
    if bare.startswith("//"):
        return f"https:{bare}"
    return re.sub(r"^(https?):[\\/]*", r"\1://", bare, flags=re.IGNORECASE)


def own_path(places: Places, target: str) -> str | None:
    """Return the absolute path of a web address that is this site's own, else None."""
    if not places.host:
        return None
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    path = parts.path.lstrip("/")
    under = f"{path}/".startswith(f"{places.base}/") if places.base else True
    if host != places.host or not under:
        return None
    rest = path[len(places.base) :].lstrip("/")
    return f"/{rest}" + (f"#{parts.fragment}" if parts.fragment else "")


def split_target(target: str) -> tuple[str, str]:
    """Return decoded path and anchor of a relative target.

    Hugo's `ref` and `relref` are read, and Pelican's `{filename}`, `{static}` and `{attach}`.
    """
    target = _LEADING.sub("", target)
    shortcode = _RELREF.search(target)
    if shortcode:
        target = (shortcode[1] or shortcode[2] or shortcode[3]) + shortcode[4]
    path, _, anchor = target.strip().partition("#")
    path = path.partition("?")[0]
    decoded = normalized("NFC", unquote(path)).replace("\\", "/")
    return decoded, normalized("NFC", unquote(anchor))


def _inside(*parts: str) -> str | None:
    """Return the parts joined and without `..`, or None where that leads out of the site."""
    joined = posixpath.normpath(posixpath.join("", *parts)).lstrip("/")
    return None if joined == ".." or joined.startswith("../") else joined


def _file_candidates(places: Places, note: str, path: str) -> Iterator[str]:
    if path.startswith("/"):
        found = [_inside(places.content, path.lstrip("/")), _inside(path.lstrip("/"))]
    else:
        found = [
            _inside(posixpath.dirname(note), path),
            _inside(places.content, path),
            _inside(path),
        ]
    yield from (place_key(candidate) for candidate in found if candidate is not None)


def _url_candidates(places: Places, own: Url, path: str) -> Iterator[str]:
    bare = path.lstrip("/")
    if path.startswith("/"):
        found = [_inside(bare)]
        if places.base and f"{bare}/".startswith(f"{places.base}/"):
            found.append(_inside(bare[len(places.base) :].lstrip("/")))
    else:
        folder = path_of(own)
        found = [_inside(folder, path), _inside(posixpath.dirname(folder.rstrip("/")), path)]
        found.append(_inside(path))
    yield from (
        place_key("" if candidate == "." else candidate)
        for candidate in found
        if candidate is not None
    )


def find_page(places: Places, note: str, own: Url, path: str) -> Found | None:
    """Return the page or file that a link's `path` in `note` (at the URL `own`) leads to."""
    by_url = next(
        (places.pages[key] for key in _url_candidates(places, own, path) if key in places.pages),
        None,
    )
    if by_url and path.startswith("/"):
        return Found(page=by_url)
    for candidate in _file_candidates(places, note, path):
        for ending in _NOTE_ENDINGS:
            page = places.notes.get(candidate + ending)
            if page:
                return Found(page=page)
    if by_url:
        return Found(page=by_url)
    name = place_key(posixpath.basename(path.rstrip("/")))
    for ending in _NOTE_ENDINGS[:3]:
        page = places.note_names.get(name + ending)
        if page:
            return Found(page=page)
    return find_asset(places, note, own, path)


def find_asset(places: Places, note: str, own: Url, path: str) -> Found | None:
    """Return the published file that `path` in `note` means.

    Tried in turn: the URL from the root, the file beside the note, from the content folder, from
    the site's folder, relative to the note's page, and at last the only file of that name.
    """
    absolute = path.startswith("/")
    by_file = [(key, places.files) for key in _file_candidates(places, note, path)]
    by_url = [(key, places.urls) for key in _url_candidates(places, own, path)]
    for key, index in by_url + by_file if absolute else by_file + by_url:
        asset = index.get(key)
        if asset:
            written = path.lstrip("./")
            same = asset.path.endswith(written) or path_of(asset.url).endswith(written)
            return Found(asset=asset, exact=same or ".." in path)
    named = places.file_names.get(place_key(posixpath.basename(path)), ())
    return Found(asset=named[0], exact=False) if len(named) == 1 else None


class Anchors(Value, frozen=True):
    """The ids of a note's page."""

    exact: frozenset[str] = frozenset()
    loose: Mapping[str, str] = {}
    """The id of each heading by its words: other programs make other ids of them."""

    def find(self, name: str) -> str:
        """Return the id that `name` means, `""` where there is none."""
        if name in self.exact or not name:
            return name
        words = slug(name)
        return self.loose.get(words) or self.loose.get(_squeezed(words), "")


def anchors_of(note: Note) -> Anchors:
    """Return every id that the note's page has, those in raw HTML among them."""
    exact = {"top"}
    loose: dict[str, str] = {}
    squeezed: dict[str, str] = {}
    for block in note.walk():
        if block.anchor:
            exact.add(block.anchor)
            if block.kind == "heading":
                loose.setdefault(slug(block.anchor), block.anchor)
                loose.setdefault(slug(block.text), block.anchor)
                squeezed.setdefault(_squeezed(slug(block.text)), block.anchor)
        for piece in (block.open, *block.html):
            if isinstance(piece, str) and ("id=" in piece or "name=" in piece):
                exact.update(re.findall(r"\b(?:id|name)=\"([^\"]+)\"", piece))
    return Anchors(exact=frozenset(exact), loose={**squeezed, **loose})


def _squeezed(words: str) -> str:
    """Return a slug without its hyphens: forges drop a dot or a slash where others part words."""
    return words.replace("-", "")


def taken_by_file(
    all_written: Sequence[Written],
    assets: Sequence[Asset],
    note_urls: Mapping[str, Url],
    settings: Settings,
) -> dict[tuple[str, str], str]:
    """Return when the notes' pictures were taken, as the files themselves tell."""
    dated = [asset for asset in assets if asset.taken]
    if not dated:
        return {}
    places = know_places(settings, assets)
    found: dict[tuple[str, str], str] = {}
    for written in all_written:
        facts = written.facts
        mentions = [*facts.pictures, *(p for session in facts.sessions for p in session.pictures)]
        for mention in mentions:
            own = note_urls[written.path]
            asset = find_asset(places, written.path, own, mention.target)
            if asset and asset.asset and asset.asset.taken:
                found[written.path, mention.target] = asset.asset.taken
    return found
