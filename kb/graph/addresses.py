"""Who gets which URL: notes as their writers want it, everything else by name, nothing twice."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kb.graph.events import Edition
from kb.graph.folding import title_key
from kb.graph.patterns import (
    DEFAULT_PATTERN,
    fill,
    language_folder,
    lists_of,
    own_name,
    pattern_for,
    spot_of,
    unknown_placeholder,
)
from kb.graph.people import People
from kb.graph.permalinks import (
    INDEX_PAGES,
    LONGEST_SLUG,
    OWN_FILE,
    OWN_FILES,
    Claims,
    PathRefused,
    fingerprint,
    path_of,
    site_path,
    slug,
    url_of,
)
from kb.graph.places import Page
from kb.graph.sessions import Joined, kind_of, title_of
from kb.graph.things import Things
from kb.graph.topics import Topics
from kb.graph.written import Written
from kb.model.finding import Finding
from kb.model.settings import PLACEHOLDERS, ContentSettings, Settings
from kb.model.site import Asset, Url
from kb.model.value import Value, replace

REPLACEABLE = frozenset({"404.html", "_headers", "_redirects", "robots.txt"})
"""Files of kb's own that a site may bring itself."""


class Addresses(Value, frozen=True):
    """Every URL that was given out."""

    notes: Mapping[str, Url]
    """By note path."""
    events: Mapping[str, Url]
    """By `Edition.key`."""
    sessions: tuple[Url, ...]
    """In the order of the sessions handed in."""
    people: Mapping[str, Url]
    """By person key."""
    topics: Mapping[str, Url]
    """By topic key."""


class _Wish(Value, frozen=True):
    """The place that a note should have."""

    written: Written
    path: str
    rank: int
    """0 where the writer gave the URL, 1 for a slug, 2 where it is the file's name."""
    line: int

    @property
    def order(self) -> tuple[int, str, str]:
        """Who goes first: the plainest wish, then the oldest note, so that a new one moves none."""
        return (self.rank, self.written.date or "9999", self.written.path)


def placed_assets(
    assets: Sequence[Asset], all_written: Sequence[Written], settings: Settings
) -> list[Asset]:
    """Return `assets`, those of a bundle (`index.md` and what lies beside it) below its page.

    A note's folder is a bundle where the site has a pattern of its own, as blogs have, whose
    pictures were published there. In kb's own pattern files stay where they lie.
    """
    bundles: dict[str, tuple[str, Written]] = {}
    for written in all_written:
        spot = spot_of(written.path, settings.content)
        if spot.is_bundle and pattern_for(spot, settings) != DEFAULT_PATTERN:
            prefix = language_folder(spot, settings)  # the site's own language has the files
            folder = posixpath.dirname(written.path)
            if folder not in bundles or prefix < bundles[folder][0]:
                bundles[folder] = (prefix, written)
    if not bundles:
        return list(assets)
    lists = lists_of(all_written, settings.content)
    pages = {
        folder: _wish(written, settings, lists, []).path for folder, (_, written) in bundles.items()
    }
    return [_in_bundle(asset, pages) for asset in assets]


def _in_bundle(asset: Asset, pages: Mapping[str, str]) -> Asset:
    """Return `asset` below the page of the bundle that it lies in; `pages` are by folder."""
    folder = posixpath.dirname(asset.path)
    while folder and folder not in pages:
        folder = posixpath.dirname(folder)
    if not folder:
        return asset
    page, below = pages[folder], asset.path.removeprefix(f"{folder}/")
    base = page if page.endswith("/") or not page else f"{posixpath.splitext(page)[0]}/"
    return replace(asset, url=url_of(f"{base}{below}"))


def address_assets(assets: Sequence[Asset], claims: Claims) -> tuple[list[Asset], list[Finding]]:
    """Give each asset its place; of two that want one place the last by path has it.

    So a static folder's file wins over one among the notes, as its place is the plainer wish.
    """
    kept: list[Asset] = []
    findings: list[Finding] = []
    for asset in sorted(assets, key=lambda asset: asset.path, reverse=True):
        path = path_of(asset.url)
        taken = claims.take(path, asset.path)
        if not taken or (taken == OWN_FILE and path in REPLACEABLE):
            kept.append(asset)
        else:
            findings.append(
                Finding(
                    code="KB301",
                    path=asset.path,
                    message=f"{asset.url} is wanted by {asset.path}, and taken by {taken}",
                    hint="rename or move the file; it is not published now",
                )
            )
    return sorted(kept, key=lambda asset: (asset.url, asset.path)), findings


def address_notes(
    all_written: Sequence[Written], settings: Settings, claims: Claims
) -> tuple[dict[str, Url], list[Finding]]:
    """Give each note its URL: `url`, else the site's pattern with slug, date, title and folder.

    A note without `slug` has its file's name; in a pattern of the site's own its title, as with
    Hugo, so that a blog's URLs stay.

    Two notes that want one URL both keep a page: the one whose writer asked for it more plainly,
    and of equals the older one, has the URL, the other one with an ending. A warning tells where
    only the names of their files, in different folders, are one.
    """
    findings: list[Finding] = []
    content = settings.content
    lists = lists_of(all_written, content)
    findings.extend(
        Finding(
            code="KB307",
            path="site.toml",
            message=f"[permalinks]: `:{unknown}` is no placeholder",
            hint="it may be " + ", ".join(f":{name}" for name in sorted(PLACEHOLDERS)),
        )
        for pattern in sorted({settings.permalinks.notes, *settings.permalinks.sections.values()})
        if (unknown := unknown_placeholder(pattern))
    )
    wishes = [_wish(written, settings, lists, findings) for written in all_written]
    urls: dict[str, Url] = {}
    owners: dict[str, _Wish] = {}
    for wish in sorted(wishes, key=lambda wish: wish.order):
        note = wish.written.path
        taken = claims.take(wish.path, note)
        if not taken:
            urls[note] = url_of(wish.path)
            owners[note] = wish
            continue
        rival = owners.get(taken)
        folder, names = _other_names(wish, content)
        urls[note] = claims.take_free(folder, names, note)
        if rival and wish.rank == 2 and not _same_place(wish, rival, content):
            findings.append(_namesake(note, taken, urls))
            continue
        findings.append(
            Finding(
                code="KB301",
                path=note,
                line=wish.line,
                message=f"{url_of(wish.path)} is wanted by {note} and by {taken}; "
                f"{note} is at {urls[note]} now",
                hint="give one of the two another `slug`",
            )
        )
    return urls, findings


def _namesake(note: str, other: str, urls: Mapping[str, Url]) -> Finding:
    return Finding(
        code="KB309",
        path=note,
        message=f"{note} and {other} have one name; {note} is at {urls[note]}, as {other} is at "
        f"{urls[other]}",
        hint="give one of the two a `slug`, or put :section into [permalinks] notes in site.toml",
    )


def _wish(
    written: Written, settings: Settings, lists: frozenset[str], findings: list[Finding]
) -> _Wish:
    matter = written.note.matter
    if matter.url.strip():
        line = matter.lines.get("url") or matter.lines.get("path", 0)
        try:
            path = site_path(matter.url)
            if path and not path.endswith("/") and not path.endswith((".html", ".htm")):
                path += "/"
            return _Wish(written=written, path=path, rank=0, line=line)
        except PathRefused as refused:
            findings.append(_refusal(written, "url", matter.url, str(refused), line))
    rank, line = 2, 0
    own_slug = matter.slug.strip()
    if own_slug:
        line = matter.lines.get("slug", 0)
        try:
            if "/" in own_slug:
                raise PathRefused("a slug is one part of a path, without `/`")
            site_path(own_slug)
            rank = 1
        except PathRefused as refused:
            findings.append(_refusal(written, "slug", own_slug, str(refused), line))
            own_slug = ""
    spot = spot_of(written.path, settings.content)
    pattern = pattern_for(spot, settings)
    if unknown_placeholder(pattern):
        pattern = DEFAULT_PATTERN
    path = language_folder(spot, settings)
    if not (path and spot.is_list and not spot.folder):
        path += fill(
            pattern,
            written,
            spot,
            own_slug,
            lists=lists,
            dates=settings.permalinks.dated_names,
        )
    return _Wish(written=written, path=path, rank=rank, line=line)


def _refusal(written: Written, key: str, value: str, why: str, line: int) -> Finding:
    return Finding(
        code="KB307",
        path=written.path,
        line=line,
        message=f"{key} = {value!r} cannot be used: {why}",
        hint=f"the page has the URL that it would have without `{key}`",
    )


def _same_place(wish: _Wish, rival: _Wish, content: ContentSettings) -> bool:
    own, other = wish.written.path, rival.written.path
    names = {slug(own_name(spot_of(path, content))) for path in (own, other)}
    return len(names) == 1 or rival.rank < 2


def _other_names(wish: _Wish, content: ContentSettings) -> tuple[str, tuple[str, ...]]:
    """Return folder and names for a note whose first place is taken, from its path."""
    folder, name = posixpath.split(wish.path.rstrip("/"))
    stem = posixpath.splitext(name)[0] if name.endswith((".html", ".htm")) else name
    stem = stem or "note"
    parts = own_name(spot_of(wish.written.path, content)).split("/")
    endings = [
        "-".join(part for part in parts[-depth:] if part != stem)
        for depth in range(1, len(parts) + 1)
    ]
    names = [f"{stem}-{slug(ending)}" for ending in endings if ending]
    names.append(f"{stem}-{fingerprint(wish.written.path)}")
    return f"{folder}/" if folder else "", tuple(names)


def address_events(editions: Iterable[Edition], claims: Claims) -> dict[str, Url]:
    """Give each event `/events/EVENT/`: name, place and year, an edition where that is taken."""
    urls: dict[str, Url] = {}
    for edition in editions:
        name = event_slug(edition.title)
        names = [name]
        names.extend(f"{name}-{slug(text)}" for text in (edition.edition, edition.place) if text)
        urls[edition.key] = claims.take_free("events/", names, edition.key)
    return urls


def event_slug(title: str) -> str:
    """Return the slug of an event; never one under which talks of no event stand."""
    name = slug(title, "event")
    return f"{name}-event" if name == "other" or re.fullmatch(r"\d{4}", name) else name


def address_sessions(
    sessions: Sequence[Joined], events: Mapping[str, Url], people: People, claims: Claims
) -> tuple[Url, ...]:
    """Give each session its URL, those of the oldest notes first.

    Of several that one title would give one URL, the later ones are told apart by their speakers,
    then their day, then a fingerprint of what they are.
    """
    urls: dict[int, Url] = {}
    for place in sorted(range(len(sessions)), key=lambda place: sessions[place].age):
        joined = sessions[place]
        first = joined.parts[0]
        url = events.get(joined.event)
        if url:
            folder = path_of(url).removeprefix("events/")
        else:
            folder = f"{_year(joined)}/"
        kind = kind_of(joined)
        folder = f"{'events' if kind == 'social' else 'talks'}/{folder}"
        speakers = [mention.name for part in joined.parts for mention in part.session.speakers]
        name = slug(title_of(joined), "session" if kind == "social" else "talk")
        names = [name]
        if speakers:
            names.append(f"{name}-{slug(people.names.get(people.key(speakers[0]), speakers[0]))}")
        if joined.day.key:
            names.append(f"{name}-{slug(joined.day.key)}")
        names = [text[: LONGEST_SLUG * 2] for text in names]
        names.append(f"{name}-{fingerprint(*_content(joined, speakers))}")
        urls[place] = claims.take_free(folder, names, f"{first.path}|{first.index}")
    return tuple(urls[place] for place in range(len(sessions)))


def _content(joined: Joined, speakers: Sequence[str]) -> tuple[str, ...]:
    """Return what a session is, as words that do not change when other notes do."""
    session = joined.parts[0].session
    links = [link.url for part in joined.parts for link in part.session.links]
    return (joined.parts[0].path, title_key(session.title), *speakers, session.start, *links[:1])


def _year(joined: Joined) -> str:
    """Return what stands for the event in the URL of a session of none: a year, or `other`."""
    first = joined.parts[0]
    event = first.written.facts.event
    year = (event.year if event else 0) or int(first.written.date[:4] or 0)
    return f"{year:04d}" if year else "other"


def address_people(people: People, keys: Iterable[str], claims: Claims) -> dict[str, Url]:
    """Give each of the people in `keys` `/speakers/NAME/`.

    Of several whose names are one in ASCII, the first in `keys` has the plain one.
    """
    urls: dict[str, Url] = {}
    for key in keys:
        urls[key] = _named("speakers/", people.names[key], key, "speaker", claims)
    return urls


def address_topics(topics: Topics, keys: Iterable[str], claims: Claims) -> dict[str, Url]:
    """Give each of the topics in `keys` `/topics/TOPIC/`."""
    urls: dict[str, Url] = {}
    for key in sorted(keys, key=lambda key: (not key.isascii(), key)):
        urls[key] = _named("topics/", topics.names[key], key, "topic", claims)
    return urls


def _named(folder: str, text: str, key: str, kind: str, claims: Claims) -> Url:
    name = slug(text, kind)
    return claims.take_free(folder, (name, f"{name}-{fingerprint(key)}"), key)


def address_things(things: Things, notes: Mapping[str, Url], claims: Claims) -> Addresses:
    """Give everything else its URL; `notes` have theirs."""
    events = address_events(things.editions, claims)
    sessions = address_sessions(things.sessions, events, things.people, claims)
    oldest = sorted(
        zip(things.sessions, things.speakers, strict=True), key=lambda pair: pair[0].age
    )
    spoke = dict.fromkeys(key for _, speakers in oldest for key in speakers)
    return Addresses(
        notes=notes,
        events=events,
        sessions=sessions,
        people=address_people(things.people, spoke, claims),
        topics=address_topics(things.topics, things.shown_topics, claims),
    )


def known_pages(things: Things, addresses: Addresses) -> Iterator[Page]:
    """Yield every page that a link may lead to."""
    for name in INDEX_PAGES:
        yield Page(url=url_of(f"{name}/" if name else ""), title=name.title())
    for name in OWN_FILES:
        yield Page(url=url_of(name), title=name)
    for written in things.all_written:
        url = addresses.notes[written.path]
        yield Page(url=url, title=written.note.title, note=written.path)
    for joined, url in zip(things.sessions, addresses.sessions, strict=True):
        yield Page(url=url, title=title_of(joined))
    for edition in things.editions:
        yield Page(url=addresses.events[edition.key], title=edition.title)
    for key, url in addresses.people.items():
        yield Page(url=url, title=things.people.names[key])
    for key, url in addresses.topics.items():
        yield Page(url=url, title=things.topics.names[key])
