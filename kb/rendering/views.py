"""What templates may see: one frozen view a page, and nothing else.

Every template is handed three names: `page` (a `Frame`), `site` (a `SiteView`) and `view` (the
class named beside the template in `VIEWS`). All URLs in them are ready to print: relative to the
page, percent-encoded. All text is plain text and escaped by the template engine, except `Html`.
docs/theming.md is made from the strings below.
"""

from collections.abc import Mapping
from typing import Any

from kb.model.site import Url
from kb.model.value import Value, digest


class Seen(Value, frozen=True, array_like=True):
    """What templates see. It is encoded for its digest alone, without the names of its fields."""


class Html(Seen, frozen=True):
    """Safe HTML, printed as it is."""

    text: str = ""

    def __html__(self) -> str:
        """Return the HTML; template engines ask for this to learn that it is safe."""
        return self.text

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


# Small parts ------------------------------------------------------------------------------------


class Ref(Seen, frozen=True):
    """A thing by name, with a link to its page where it has one."""

    href: str
    """`""` where it has no page."""
    text: str
    note: str = ""
    """A few words more: role and organisation of a speaker, place and year of an event."""
    count: int = 0
    """How many (talks, uses): what the list it stands in counts."""
    accent: str = ""
    """CSS class of the event's colour."""
    guessed: bool = False
    """kb found it in the text; no note and no vocabulary says so."""


class Step(Seen, frozen=True):
    """One page of a list that is split, or one letter or year of it."""

    href: str
    text: str
    current: bool = False


class FeedRef(Seen, frozen=True):
    """A feed that belongs to the page."""

    href: str
    title: str
    type: str
    """Media type."""


class LinkView(Seen, frozen=True):
    """A URL that was cited."""

    href: str
    text: str
    """`""` where nobody gave it a name and its kind says enough."""
    kind: str
    """`recording`, `slides`, `code`, …"""
    host: str
    context: str = ""
    """The words around it."""
    count: int = 0
    """How many talks and notes cite it."""
    first: str = ""
    """ISO date of the first citation."""
    last: str = ""
    cited: tuple[Ref, ...] = ()
    """Who cites it: the first few."""
    more: int = 0
    """How many more do."""
    dead: bool = False
    """Whether it is known to be gone for good."""
    archive: str = ""
    """Where a copy of what is gone may be."""


class PictureView(Seen, frozen=True):
    """A picture of this site."""

    href: str
    alt: str
    width: int
    """Pixels; 0 where unknown."""
    height: int
    taken: str = ""
    """ISO 8601, or the part of it that is known."""
    sizes: str = ""
    """It in several sizes, for `srcset`; `""` where it has one."""
    small: str = ""
    """Its smallest size, for a strip."""
    medium: str = ""
    """The one that fills a column."""
    large: str = ""
    """The one that fills a window."""


class Origin(Seen, frozen=True):
    """Where something was read: a note and its lines."""

    href: str
    title: str
    path: str
    first: int
    last: int


class BacklinkView(Seen, frozen=True):
    """A place elsewhere that links here."""

    href: str
    title: str
    sentence: str


class Row(Seen, frozen=True, cache_hash=True):
    """A session in a list; the part `parts/rows.html` shows it, everywhere."""

    href: str
    title: str
    kind: str
    """`keynote`, `talk`, `panel`, `forum`, `workshop`, `lightning` or `social`."""
    speakers: tuple[Ref, ...] = ()
    """The first few."""
    more: int = 0
    """How many more there are."""
    event: Ref | None = None
    date: str = ""
    """ISO date, where known."""
    weekday: str = ""
    """English, lower case, where known."""
    number: int = 0
    """`3` for the third day, where only that is known."""
    part: str = ""
    """`am`, `pm`, `evening`."""
    start: str = ""
    """`14:30`."""
    finish: str = ""
    room: str = ""
    has: tuple[str, ...] = ()
    """Of `recording slides code pictures`: what there is."""
    order: str = ""
    """Sort key by time."""


class Slot(Seen, frozen=True):
    """What happened at one time of a day."""

    start: str = ""
    finish: str = ""
    part: str = ""
    rows: tuple[Row, ...] = ()


class Day(Seen, frozen=True):
    """One day of an event."""

    id: str
    date: str
    weekday: str
    number: int = 0
    """`3` for the third day, where only that is known."""
    timed: bool = False
    """Whether any of its slots has a time or half of the day."""
    slots: tuple[Slot, ...] = ()


class Announced(Seen, frozen=True):
    """A session as the conference announced it."""

    href: str
    """Of the noted talk; else of its page on the conference's site; `""` where it has none."""
    title: str
    noted: bool = False
    """Whether the notes tell of it."""
    speakers: str = ""
    start: str = ""
    finish: str = ""
    room: str = ""
    track: str = ""


class GridCell(Seen, frozen=True):
    """One room at one time."""

    sessions: tuple[Announced, ...] = ()
    """None where nothing was; several where they overlap."""
    span: int = 1
    """Over how many rows it goes."""


class GridRow(Seen, frozen=True):
    """What began at one time, room by room; a cell that goes on from above is not repeated."""

    start: str
    cells: tuple[GridCell, ...]


class GridDay(Seen, frozen=True):
    """One day of a programme."""

    id: str
    date: str
    """`""` where it is not told."""
    rooms: tuple[str, ...]
    rows: tuple[GridRow, ...]
    loose: tuple[Announced, ...] = ()
    """Sessions without a time."""


class ProgrammeView(Seen, frozen=True):
    """The published programme of an event."""

    source: Ref
    """What it was called, and where it was published; both may be missing."""
    noted: int
    """How many of its sessions the notes tell of."""
    days: tuple[GridDay, ...]


class Since(Seen, frozen=True):
    """What changed since the edition before."""

    event: Ref
    new_topics: tuple[Ref, ...] = ()
    gone_topics: tuple[Ref, ...] = ()
    new_people: tuple[Ref, ...] = ()
    back_people: tuple[Ref, ...] = ()
    """Who spoke at both."""
    gone_people: tuple[Ref, ...] = ()


class Year(Seen, frozen=True):
    """One year of a timeline."""

    year: str
    """`""` where no date is known."""
    rows: tuple[Row, ...] = ()
    topics: tuple[Ref, ...] = ()


class Bar(Seen, frozen=True):
    """One column of a small chart."""

    label: str
    count: int
    height: int
    """1 to 100, of the highest."""


class Group(Seen, frozen=True):
    """Rows under one heading."""

    head: Ref
    rows: tuple[Row, ...]


class EventCard(Seen, frozen=True):
    """An event in a list."""

    href: str
    title: str
    place: str
    year: str
    start: str
    end: str
    accent: str
    talks: int
    people: int
    series: str = ""


class NoteRow(Seen, frozen=True):
    """A note in a list."""

    href: str
    title: str
    date: str
    description: str = ""
    talks: int = 0
    event: Ref | None = None


class Told(Seen, frozen=True):
    """The notes of one note about a session."""

    origin: Origin
    notes: Html
    abstract: Html
    id: str = ""
    """The id of its heading in the note, for links that lead there."""


class Mention(Seen, frozen=True):
    """When a topic was met first or last, and in which words."""

    row: Row
    date: str
    sentence: str = ""


class Entry(Seen, frozen=True):
    """One entry of a feed, written already: it is the same in many feeds."""

    updated: str
    """RFC 3339."""
    atom: str
    """An element of Atom."""
    json: str
    """An object of JSON Feed."""


# Whole pages ------------------------------------------------------------------------------------


class Frame(Seen, frozen=True):
    """What every page has around its content: name `page` in templates."""

    url: Url
    """Root-relative: `/talks/some-event/some-talk/`."""
    root: str
    """Relative path to the site's root, ending in `/`: `../../../`."""
    title: str
    heading: str
    """For `<title>`: the title with the site's, in at most 70 characters."""
    kind: str
    """`home`, `event`, `talk`, `speaker`, `topic`, `links`, `note`, `list`, `search`, `404`…"""
    section: str = ""
    """Which entry of the navigation it belongs to."""
    description: str = ""
    canonical: str = ""
    """Complete URL; `""` where site.toml names no base_url."""
    crumbs: tuple[Ref, ...] = ()
    """From home to the page above this one."""
    accent: str = ""
    """CSS class of the event's colour."""
    feeds: tuple[FeedRef, ...] = ()
    twin: str = ""
    """The page as Markdown."""
    image: str = ""
    """Complete URL of a picture for cards on other sites."""
    previous: Ref | None = None
    following: Ref | None = None
    structured: Html = Html()
    """JSON-LD."""
    index: bool = True
    """Whether search engines may list it."""
    steps: tuple[Step, ...] = ()
    """All pages of the list, where it is split."""


class SiteView(Seen, frozen=True):
    """The site: name `site` in templates."""

    title: str
    description: str = ""
    author: str = ""
    language: str = "en"
    base_url: str = ""
    sections: tuple[str, ...] = ()
    """Entries of the navigation: those of `events talks speakers topics links notes` it has."""
    params: Mapping[str, Any] = {}
    """`[params]` of site.toml."""
    menu: tuple[Ref, ...] = ()
    """Entries that plugins add to the navigation; their URLs are root-relative, for `|rel`."""
    search: bool = True
    """Whether it has a search page, and what it asks."""


class HomeView(Seen, frozen=True):
    """`/`."""

    events: tuple[EventCard, ...] = ()
    fresh: tuple[Row, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    people: tuple[Ref, ...] = ()
    """Heard most."""
    rising: tuple[Ref, ...] = ()
    """Topics on the rise."""
    topics: tuple[Ref, ...] = ()
    """Topics of most talks."""
    links: tuple[LinkView, ...] = ()
    """Most cited."""
    talk_count: int = 0
    people_count: int = 0
    event_count: int = 0
    topic_count: int = 0
    link_count: int = 0


class EventsView(Seen, frozen=True):
    """`/events/`."""

    events: tuple[EventCard, ...]


class EventView(Seen, frozen=True):
    """`/events/EVENT/`."""

    title: str
    name: str
    place: str
    year: str
    start: str
    end: str
    edition: str
    series: str
    homepage: str
    about: str
    talk_count: int
    days: tuple[Day, ...]
    people: tuple[Ref, ...]
    topics: tuple[Ref, ...]
    pictures: tuple[PictureView, ...]
    links: tuple[LinkView, ...]
    notes: tuple[NoteRow, ...]
    since: Since | None = None
    calendar: str = ""
    """Its .ics file; `""` where nothing of it is dated."""
    booklet: str = ""
    """The page with the notes of all its sessions; `""` where it has but one."""
    programme: ProgrammeView | None = None
    """What the conference announced."""


class Chapter(Seen, frozen=True):
    """One session in a booklet."""

    row: Row
    speakers: tuple[Ref, ...]
    abstract: str
    """Plain text, where no note gives it as prose."""
    told: tuple[Told, ...]


class BookletView(Seen, frozen=True):
    """An event with the notes of all its sessions, `/events/EVENT/booklet/`."""

    title: str
    place: str
    year: str
    start: str
    end: str
    days: tuple[tuple[Day, tuple[Chapter, ...]], ...]


class TalkView(Seen, frozen=True):
    """`/talks/EVENT/TALK/`, and `/events/EVENT/SESSION/` for a social session."""

    row: Row
    speakers: tuple[Ref, ...]
    topics: tuple[Ref, ...]
    track: str
    recording: LinkView | None
    poster: PictureView | None
    links: tuple[LinkView, ...]
    """All but the recording, by kind."""
    abstract: str
    """Plain text, where no note gives it as prose."""
    told: tuple[Told, ...]
    pictures: tuple[PictureView, ...]
    related: tuple[tuple[Row, tuple[str, ...]], ...]
    """Other sessions, each with the reasons why."""
    backlinks: tuple[BacklinkView, ...]
    citation: str
    language: str = ""
    """Of the notes, where it is not the site's."""
    announced: tuple[str, ...] = ()
    """What the page has from the published programme: of `speaker day time room track abstract
    recording`."""
    programme: str = ""
    """Where the event's page shows that programme."""


class TalksView(Seen, frozen=True):
    """`/talks/`."""

    groups: tuple[Group, ...]
    total: int


class SpeakersView(Seen, frozen=True):
    """`/speakers/`."""

    people: tuple[Ref, ...]
    total: int


class SpeakerView(Seen, frozen=True):
    """`/speakers/NAME/`."""

    name: str
    aliases: tuple[str, ...]
    organisations: tuple[str, ...]
    about: str
    links: tuple[LinkView, ...]
    years: tuple[Year, ...]
    topics: tuple[Ref, ...]
    with_people: tuple[Ref, ...]
    events: tuple[Ref, ...]
    talk_count: int
    cited: tuple[LinkView, ...] = ()
    """Links of the talks."""


class TopicsView(Seen, frozen=True):
    """`/topics/`."""

    topics: tuple[Ref, ...]
    total: int


class TopicView(Seen, frozen=True):
    """`/topics/TOPIC/`."""

    name: str
    synonyms: tuple[str, ...]
    broader: tuple[Ref, ...]
    narrower: tuple[Ref, ...]
    about: str
    guessed: bool
    first: Mention | None
    last: Mention | None
    bars: tuple[Bar, ...]
    years: tuple[Year, ...]
    people: tuple[Ref, ...]
    events: tuple[Ref, ...]
    links: tuple[LinkView, ...]
    notes: tuple[NoteRow, ...]
    talk_count: int


class LinksView(Seen, frozen=True):
    """`/links/`."""

    kinds: tuple[tuple[str, int, str], ...]
    """Kind, how many, where they start."""
    hosts: tuple[Ref, ...]
    groups: tuple[tuple[str, tuple[LinkView, ...]], ...]
    """Kind and links."""
    total: int


class NotesView(Seen, frozen=True):
    """`/notes/`."""

    years: tuple[tuple[str, tuple[NoteRow, ...]], ...]
    total: int


class NoteView(Seen, frozen=True):
    """A note's own page."""

    title: str
    date: str
    updated: str
    description: str
    authors: tuple[str, ...]
    event: Ref | None
    topics: tuple[Ref, ...]
    cover: PictureView | None
    body: Html
    id: str
    """The id of a heading that the title stands for."""
    talks: tuple[Row, ...]
    backlinks: tuple[BacklinkView, ...]
    path: str
    language: str = ""
    draft: bool = False
    extra: Mapping[str, Any] = {}
    """Front matter that kb does not know."""


class MadeView(Seen, frozen=True):
    """A page that a plugin makes."""

    title: str
    body: Html


class SearchView(Seen, frozen=True):
    """`/search/`."""

    years: tuple[str, ...] = ()
    """Newest first."""
    events: tuple[Ref, ...] = ()
    kinds: tuple[str, ...] = ()


class MissingView(Seen, frozen=True):
    """`/404.html`."""

    home: str


class RedirectView(Seen, frozen=True):
    """An old URL's page, which leads on to the new one."""

    href: str
    """Relative to this page."""
    title: str = ""
    canonical: str = ""


class FeedView(Seen, frozen=True):
    """A feed, Atom or JSON."""

    id: str
    title: str
    subtitle: str
    home: str
    """The page it is a feed of."""
    self_url: str
    updated: str
    author: str
    language: str
    entries: tuple[Entry, ...] = ()


class TwinView(Seen, frozen=True):
    """A talk as Markdown."""

    title: str
    facts: tuple[tuple[str, str], ...]
    body: str
    """Markdown."""


class CalendarEntry(Seen, frozen=True):
    """One session in an event's calendar."""

    uid: str
    title: str
    date: str
    start: str
    finish: str
    room: str
    speakers: tuple[str, ...]
    url: str
    abstract: str = ""


class CalendarView(Seen, frozen=True):
    """An event's calendar."""

    title: str
    place: str
    start: str
    end: str
    url: str
    uid: str
    entries: tuple[CalendarEntry, ...] = ()


class CardView(Seen, frozen=True):
    """A picture of a thing, for links to it on other sites."""

    title: str
    above: str = ""
    below: str = ""
    accent: str = ""
    """CSS class of the event's colour."""


class TextView(Seen, frozen=True):
    """A file that is text already: robots.txt, `_headers`, data files."""

    data: bytes


View = (
    HomeView
    | EventsView
    | EventView
    | BookletView
    | TalkView
    | TalksView
    | SpeakersView
    | SpeakerView
    | TopicsView
    | TopicView
    | LinksView
    | NotesView
    | NoteView
    | MadeView
    | SearchView
    | MissingView
    | RedirectView
    | FeedView
    | TwinView
    | CalendarView
    | CardView
    | TextView
)

VIEWS: Mapping[str, type[Value]] = {
    "home.html": HomeView,
    "events.html": EventsView,
    "event.html": EventView,
    "booklet.html": BookletView,
    "talk.html": TalkView,
    "talks.html": TalksView,
    "speakers.html": SpeakersView,
    "speaker.html": SpeakerView,
    "topics.html": TopicsView,
    "topic.html": TopicView,
    "links.html": LinksView,
    "notes.html": NotesView,
    "note.html": NoteView,
    "made.html": MadeView,
    "search.html": SearchView,
    "404.html": MissingView,
    "redirect.html": RedirectView,
}
"""Every template that makes a page, and the view it is handed."""


class Page(Seen, frozen=True):
    """A file to be made: a template (or writer) and the only thing that it may see."""

    path: str
    """`Output.path`."""
    template: str
    """A name in `VIEWS`, or in `kb.rendering.writers.WRITERS` for what is no template."""
    frame: Frame | None
    """None for what is no HTML page."""
    view: View

    def key(self, closure: str) -> str:
        """Return the digest of everything that the file is made from: equal keys, equal bytes.

        `closure` tells of all that the template is made from.
        """
        return digest((self.template, closure, self.frame, self.view))
