"""The site's records by URL, and a desk for each page that turns them into parts of views.

A `Desk` knows how deep its pages lie, so that every URL it writes is relative: up to the root, and
down from there. Parts are made once for each depth and kept: a talk's row is the same value on the
pages of all speakers and topics, and what a template makes of it can be kept, too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import cached_property
from itertools import islice, pairwise
from typing import TypeVar
from urllib.parse import unquote

from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.model.settings import Settings
from kb.model.site import (
    SIZES,
    Backlink,
    Citation,
    Credit,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    Picture,
    Records,
    TopicRecord,
    Url,
    smaller_sizes,
)
from kb.model.value import replace
from kb.rendering.accents import accent
from kb.rendering.briefs import PROGRAMME, Briefs, SessionBrief, briefs_of
from kb.rendering.hrefs import fit
from kb.rendering.views import (
    BacklinkView,
    Entry,
    EventCard,
    FeedRef,
    LinkView,
    NoteRow,
    Origin,
    PictureView,
    Ref,
    Row,
    Step,
)

T = TypeVar("T")

Thing = EventRecord | PersonRecord | TopicRecord
"""What has sessions, and with them pages and feeds of its own."""

_HOST = Pattern(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)")
"""RFC 3986, appendix B."""

_BARE = Pattern(r"[?#]")

ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"
SPEAKERS = 5
"""How many speakers a row names."""
ROWS = 200
"""How many rows a page of a list holds at most."""


def output_path(url: str) -> str:
    """Return the file of a root-relative URL: decoded, `index.html` where it names a folder."""
    path = unquote(_BARE.split(url, 1)[0]).lstrip("/")
    if not path or path.endswith("/"):
        return path + "index.html"
    last = path.rsplit("/", 1)[-1]
    return path if "." in last else path + "/index.html"


def root_of(url: str) -> str:
    """Return the relative path from the page at `url` to the site's root, ending in `/`."""
    depth = output_path(url).count("/")
    return "../" * depth or "./"


def relative(url: str, root: str) -> str:
    """Return a root-relative URL as seen from a page whose way to the root is `root`."""
    return f"{root}{url[1:]}" if url.startswith("/") else url


def day_number(key: str) -> int:
    """Return 3 for the day `day-3`, 0 for one that is told otherwise."""
    number = key.removeprefix("day-")
    return int(number) if number.isdigit() else 0


def name_of(thing: Thing) -> str:
    """Return what `thing` is called on its pages."""
    return thing.title if isinstance(thing, EventRecord) else thing.name


def in_chunks(items: tuple[T, ...], size: int = ROWS) -> list[tuple[T, ...]]:
    """Return `items` in chunks of almost equal length, none above `size`; one chunk if empty."""
    count = max(1, -(-len(items) // size))
    bounds = [len(items) * number // count for number in range(count + 1)]
    return [items[start:end] for start, end in pairwise(bounds)]


class Catalog:
    """Records by URL, path and key, and what is computed from them once."""

    def __init__(
        self,
        records: Records,
        notes: Mapping[str, Note],
        settings: Settings,
        briefs: Briefs | None = None,
        entries: MutableMapping[str, Entry] | None = None,
    ) -> None:
        """`briefs` are those of `records`, where they were made before.

        `entries` is where to keep entries of feeds, by what their links begin with and the URL.
        """
        self.notes = notes
        self.settings = settings
        self.sessions = records.sessions
        self.events = records.events
        self.people = records.people
        self.topics = records.topics
        self.links = records.links
        self.briefs = briefs if briefs is not None else briefs_of(records)
        self.entries = entries if entries is not None else {}
        self.records = records.notes
        self.redirects = records.redirects
        self.talk_count = records.talks
        self.base = settings.base_url.rstrip("/")
        self.taken = records.urls
        self._desks: dict[str, Desk] = {}
        self._years: dict[Url, str] = {}

    @cached_property
    def old_urls(self) -> Mapping[str, tuple[Url, ...]]:
        """URL of a page → those that lead on to it."""
        found: dict[str, list[Url]] = defaultdict(list)
        for one in self.redirects:
            found[one.target].append(one.source)
        return {target: tuple(sources) for target, sources in found.items()}

    def year_of(self, event: Url | None) -> str:
        """Return the year of the event at a URL, `""` where nobody knows."""
        if event is None:
            return ""
        found = self._years.get(event)
        if found is None:
            record = self.events.get(event)
            found = self._years[event] = str(record.year or "") if record is not None else ""
        return found

    def desk(self, url: str) -> "Desk":
        """Return the desk for the page at `url`: one for all pages as deep as it is."""
        root = root_of(url)
        if root not in self._desks:
            self._desks[root] = Desk(self, root)
        return self._desks[root]

    def forget(self) -> None:
        """Let go the parts of views that were made; they are made again where they are needed."""
        self._desks.clear()

    def absolute(self, url: str) -> str:
        """Return the complete URL, or `url` as it is where site.toml names no base_url."""
        return f"{self.base}{url}" if self.base else url

    def briefs_among(self, urls: Iterable[Url]) -> list[SessionBrief]:
        """Return the briefs of those of the sessions at `urls` that there are."""
        return [one for one in map(self.briefs.sessions.get, urls) if one is not None]

    def reading(self, urls: Iterable[Url]) -> Iterator[Citation]:
        """Yield what sessions cite beside their own recordings and slides, which rows mention."""
        found = (self.briefs.reading.get(url) for url in urls)
        return (citation for one in found if one is not None for citation in one.cited)

    def booklet_url(self, record: EventRecord) -> Url:
        """Return the URL of an event's booklet, clear of all records."""
        name = f"{record.url}booklet/"
        while name in self.taken:
            name = name[:-1] + "-/"
        return Url(name)

    def step_url(self, url: str, number: int) -> Url:
        """Return the URL of page `number` (from 1) of the list at `url`, clear of all records."""
        if number == 1:
            return Url(url)
        name = f"{url}page-{number}/"
        while name in self.taken:
            name = name[:-1] + "-/"
        return Url(name)


class Desk:
    """Makes parts of views for the pages of one depth."""

    def __init__(self, catalog: Catalog, root: str) -> None:
        self.catalog = catalog
        self.root = root
        self._rows: dict[Url, Row] = {}
        self._events: dict[Url, Ref] = {}

    def href(self, url: str) -> str:
        """Return the relative URL of a root-relative one (with or without anchor)."""
        return relative(url, self.root)

    # references

    def event(self, url: Url | None) -> Ref | None:
        """Return a reference to an event, None where there is no such page."""
        if url is None or url not in self.catalog.events:
            return None
        if url not in self._events:
            record = self.catalog.events[url]
            self._events[url] = Ref(
                self.href(url),
                record.title,
                " ".join(part for part in (record.place, str(record.year or "")) if part),
                record.talks,
                accent(record.title),
            )
        return self._events[url]

    def event_refs(self, urls: Iterable[Url]) -> tuple[Ref, ...]:
        """Return references to events, each counting its talks."""
        return tuple(ref for ref in map(self.event, urls) if ref)

    def events_counted(
        self, urls: Iterable[Url], sessions: Iterable[SessionBrief]
    ) -> tuple[Ref, ...]:
        """Return references to events, each counting those of `sessions` that are its talks."""
        counts = Counter(one.event for one in sessions if one.is_talk)
        refs = ((url, self.event(url)) for url in urls)
        return tuple(replace(ref, count=counts[url]) for url, ref in refs if ref)

    def is_talk(self, url: Url) -> bool:
        """Whether the session at `url` is a talk."""
        brief = self.catalog.briefs.sessions.get(url)
        return brief is not None and brief.is_talk

    def person(self, url: Url, count: int | None = None) -> Ref | None:
        """Return a reference to a person, counting their talks unless `count` says otherwise."""
        brief = self.catalog.briefs.people.get(url)
        if brief is None:
            return None
        number = brief.talks if count is None else count
        return Ref(self.href(url), brief.name, brief.organisation, number)

    def topic(self, url: Url, count: int | None = None) -> Ref | None:
        """Return a reference to a topic, counting its talks unless `count` says otherwise."""
        brief = self.catalog.briefs.topics.get(url)
        if brief is None:
            return None
        number = brief.talks if count is None else count
        return Ref(self.href(url), brief.name, "", number, "", brief.guessed)

    def people_counted(self, counts: Mapping[Url, int], limit: int = 0) -> tuple[Ref, ...]:
        """Return people, most often first, each with their count."""
        order = sorted(counts, key=lambda url: (-counts[url], url))
        chosen = order[:limit] if limit else order
        return tuple(ref for ref in (self.person(url, counts[url]) for url in chosen) if ref)

    def topics_counted(self, counts: Mapping[Url, int], limit: int = 0) -> tuple[Ref, ...]:
        """Return topics, most used first, each with its count."""
        order = sorted(counts, key=lambda url: (-counts[url], url))
        chosen = order[:limit] if limit else order
        return tuple(ref for ref in (self.topic(url, counts[url]) for url in chosen) if ref)

    def session(self, url: Url | None) -> Ref | None:
        """Return a reference to a session, None where there is no such page."""
        brief = self.catalog.briefs.sessions.get(url) if url else None
        return Ref(self.href(brief.url), brief.title) if brief else None

    # rows and cards

    def row(self, url: Url) -> Row:
        """Return the session at `url` as a row."""
        found = self._rows.get(url)
        if found is None:
            found = self._rows[url] = self._row(self.catalog.briefs.sessions[url])
        return found

    def rows(self, urls: Iterable[Url]) -> tuple[Row, ...]:
        """Return sessions as rows."""
        return tuple(map(self.row, urls))

    def _row(self, brief: SessionBrief) -> Row:
        return Row(
            self.href(brief.url),
            brief.title,
            brief.kind,
            tuple(map(self.credit, brief.speakers[:SPEAKERS])),
            max(0, len(brief.speakers) - SPEAKERS),
            self.event(brief.event),
            brief.date,
            self._weekday(brief),
            day_number(brief.day),
            brief.part,
            brief.start,
            brief.finish,
            brief.room,
            brief.has,
            f"{brief.date or brief.sort_date}T{brief.start}",
        )

    def credit(self, credit: Credit) -> Ref:
        """Return a speaker of a session."""
        return Ref(
            self.href(credit.person) if credit.person in self.catalog.people else "",
            credit.name,
            ", ".join(part for part in (credit.role, credit.organisation) if part),
        )

    def _weekday(self, brief: SessionBrief) -> str:
        event = self.catalog.events.get(brief.event) if brief.event else None
        if event is not None:
            for day in event.days:
                if day.key == brief.day:
                    return day.weekday
        return ""

    def event_card(self, record: EventRecord) -> EventCard:
        """Return an event as a card."""
        title = record.title
        return EventCard(
            self.href(record.url),
            title,
            record.place,
            str(record.year or ""),
            record.start,
            record.end,
            accent(title),
            record.talks,
            len(record.people),
            record.series or record.name,
        )

    def note_row(self, record: NoteRecord) -> NoteRow:
        """Return a note as a row."""
        return NoteRow(
            self.href(record.url),
            record.title,
            record.date[:10],
            record.description,
            sum(1 for one in record.sessions if self.is_talk(one)),
            self.event(record.event),
        )

    def note_rows(self, paths: Iterable[str], most: int = 0) -> tuple[NoteRow, ...]:
        """Return notes as rows; no more than `most`."""
        found = filter(None, map(self.catalog.records.get, paths))
        return tuple(map(self.note_row, islice(found, most or None)))

    def year(self, brief: SessionBrief) -> str:
        """Return the year of a session, `""` where nothing tells it."""
        return self.catalog.year_of(brief.event) or (brief.date or brief.sort_date)[:4]

    # links, pictures, places

    def citation(self, citation: Citation) -> LinkView:
        """Return one use of a link."""
        brief = self.catalog.briefs.links.get(citation.link)
        text = citation.text or (brief.title if brief else "")
        if says_nothing(text, citation.url, citation.kind):
            text = "" if citation.kind in PROGRAMME else bare(citation.url)
        return LinkView(
            fit(citation.url),
            text,
            citation.kind,
            host_of(citation.url),
            citation.context,
            dead=brief is not None and brief.dead,
            archive=fit(brief.archive) if brief and brief.archive else "",
        )

    def citations(self, citations: Iterable[Citation], most: int = 0) -> tuple[LinkView, ...]:
        """Return uses of links, each link once, in the order of the text; no more than `most`."""
        first: dict[str, Citation] = {}
        for citation in citations:
            if fit(citation.url):
                kept = first.setdefault(citation.link, citation)
                if not kept.text and citation.text:
                    first[citation.link] = citation
        return tuple(map(self.citation, islice(first.values(), most or None)))

    def link(self, record: LinkRecord, show: int = 3) -> LinkView:
        """Return a link with those who cite it."""
        cited: dict[str, Ref] = {}
        for citation in record.citations:
            ref = self.session(citation.session)
            if ref is None and citation.note in self.catalog.records:
                note = self.catalog.records[citation.note]
                ref = Ref(self.href(note.url), note.title)
            if ref is not None:
                cited.setdefault(ref.href, ref)
        refs = tuple(cited.values())
        text = record.title
        if says_nothing(text, record.url, record.kind):
            # A recording that nobody named is that of the talk which cites it.
            text = refs[0].text if refs and record.kind in PROGRAMME else bare(record.url)
        return LinkView(
            fit(record.url),
            text,
            record.kind,
            record.host.removeprefix("www."),
            "",
            len(refs) or len(record.citations),
            record.first,
            record.last,
            refs[:show],
            max(0, len(refs) - show),
            record.dead,
            fit(record.archive) if record.archive else "",
        )

    def profile(self, url: str) -> LinkView:
        """Return a profile of a person."""
        return LinkView(fit(url), bare(url), "profile", host_of(url))

    def picture(self, picture: Picture) -> PictureView | None:
        """Return a picture, None where there is no file of this site."""
        if picture.asset is None:
            return None
        href = self.href(picture.asset)
        return PictureView(
            href,
            picture.alt,
            picture.width,
            picture.height,
            picture.taken,
            source_set(href, picture.width),
            *(_size(href, picture.width, wanted) for wanted in SIZES),
        )

    def pictures(self, pictures: Iterable[Picture]) -> tuple[PictureView, ...]:
        """Return pictures, each file once."""
        found: dict[str, PictureView] = {}
        for picture in pictures:
            view = self.picture(picture)
            if view is not None:
                found.setdefault(view.href, view)
        return tuple(found.values())

    def origin(self, path: str, first: int, last: int, anchor: str = "") -> Origin:
        """Return a place in a note."""
        record = self.catalog.records.get(path)
        if record is None:
            return Origin("", path, path, first, last)
        href = self.href(record.url) + (f"#{anchor}" if anchor else "")
        return Origin(href, record.title, path, first, last)

    def backlinks(self, backlinks: Iterable[Backlink]) -> tuple[BacklinkView, ...]:
        """Return places that link here."""
        return tuple(
            BacklinkView(self.href(one.page), one.title, one.sentence) for one in backlinks
        )

    # what pages have around them

    def feeds(self, url: str, title: str) -> tuple[FeedRef, ...]:
        """Return the two feeds below a folder."""
        return (
            FeedRef(self.href(f"{url}feed.xml"), title, ATOM),
            FeedRef(self.href(f"{url}feed.json"), title, JSON_FEED),
        )

    def home(self) -> Ref:
        """Return the first breadcrumb."""
        return Ref(self.href("/"), self.catalog.settings.title)

    def steps(self, url: str, labels: tuple[str, ...], current: int) -> tuple[Step, ...]:
        """Return all pages of the list at `url`; none where it has one page only."""
        if len(labels) < 2:
            return ()
        return tuple(
            Step(self.href(self.catalog.step_url(url, number)), label, number == current)
            for number, label in enumerate(labels, 1)
        )


def bare(url: str) -> str:
    """Return a URL as people say it: no scheme, no `www.`, no last slash."""
    text = url.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return text or url


def source_set(href: str, width: int) -> str:
    """Return a picture's sizes for `srcset` (HTML, 4.8.4.3); `""` where it has but one."""
    sizes = smaller_sizes(href, width)
    # Much larger than the largest size, it is a camera's: nobody's window is as wide.
    own = ((width, href),) if sizes and width * 5 < SIZES[-1] * 6 else ()
    return ", ".join(f"{name} {size}w" for size, name in (*sizes, *own))


def _size(href: str, width: int, wanted: int) -> str:
    """Return the largest size of a picture that is no wider than `wanted` pixels, or its own."""
    fitting = [name for size, name in smaller_sizes(href, width) if size <= wanted]
    return fitting[-1] if fitting and width > wanted else href


def host_of(url: str) -> str:
    """Return the host of a URL as people say it, `""` where it has none."""
    found = _HOST.match(url)
    return found[1].removeprefix("www.") if found else ""


def says_nothing(text: str, url: str, kind: str) -> bool:
    """Whether a link's text tells no more than its URL and kind do."""
    words = text.strip(" :").casefold()
    return (
        not words
        or words in {kind, f"{kind}s", "here", "link", "video"}
        or ("/" in words and (bare(words) == bare(url).casefold()))
    )
