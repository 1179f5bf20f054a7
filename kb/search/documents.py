"""What can be found: every talk, session, speaker, topic, event, note and link as a `Document`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from kb.model.normal import normalized
from kb.model.note import Block, Lines, Note, select
from kb.model.pattern import Pattern
from kb.model.site import (
    Citation,
    Credit,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    SessionRecord,
    Site,
    Told,
    TopicRecord,
    TopicUse,
    Url,
)
from kb.model.value import Value

KINDS: tuple[str, ...] = ("talk", "session", "speaker", "topic", "event", "note", "link")
"""Kinds of documents, in the order in which lists show them."""


_INHERITED = frozenset({"topic-tag", "topic-category"})
"""Rules by which a talk has the topics of its whole note."""
_GUESSED = "topic-term"
"""The rule by which terms of the text are taken for topics."""


_ITEM = "speaker-item"
"""The rule by which a list's items are speakers: their text is a name and what belongs to it."""
_LABEL = 60
"""Characters of a label; what is longer is a sentence."""


class Document(Value, frozen=True):
    """One thing that a search can find, with everything that may be asked of it. Text is in NFC."""

    kind: str
    """One of `KINDS`."""
    url: str
    """Where a hit leads: a root-relative `Url`; for a link, the link itself."""
    title: str
    names: tuple[str, ...] = ()
    """Other names of the thing itself: aliases, synonyms."""
    speakers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Those that it surely has: not a tag of a note whose talks say their own, nor a term guessed
    from its text where others are given the topic outright."""
    topic_names: tuple[str, ...] = ()
    """Every name and synonym of its topics: what `topic:` compares with, whole."""
    labels: tuple[str, ...] = ()
    """The tags that it bears, as they are written: what `tag:` compares with, whole."""
    speaker_names: tuple[str, ...] = ()
    """Other spellings of its speakers' names."""
    event: str = ""
    event_names: tuple[str, ...] = ()
    """Further names of its event, such as its series and place."""
    date: str = ""
    """ISO date (or its first parts) for ordering and `date:`; `""` where unknown."""
    guessed: bool = False
    """`date` is the best guess there is: good for ordering and asking, never shown."""
    year: int = 0
    days: tuple[str, ...] = ()
    """What `day:` compares with: weekday, ISO date, `day-2`."""
    session_kind: str = ""
    has: tuple[str, ...] = ()
    """Kinds of links it has, and `pictures`, `abstract`, `speakers`, `notes`."""
    language: str = ""
    notes: tuple[str, ...] = ()
    """Paths of the notes that tell of it."""
    page: str = ""
    """For a link: the page that cites it."""
    count: int = 0
    """How many talks a speaker, topic or event has; how many places cite a link."""
    body: tuple[str, ...] = ()
    """Its text, a block each."""

    @property
    def shown_date(self) -> str:
        """The date as far as it is known; `""` where it is not."""
        return "" if self.guessed else self.date


Key = str
"""What tells a document from all others: its kind and URL."""

Thing = SessionRecord | PersonRecord | TopicRecord | EventRecord | NoteRecord | LinkRecord
"""A record that has a document of its own."""


@dataclass(frozen=True)
class Known:
    """What the document of one record may need of others: looked up by key, never gone through."""

    events: Mapping[Url, EventRecord]
    """By URL; so are `sessions` and `topics`."""
    sessions: Mapping[Url, SessionRecord]
    topics: Mapping[Url, TopicRecord]
    pages: Mapping[str, NoteRecord]
    """By `Note.path`; so are `notes`."""
    notes: Mapping[str, Note]
    _labelled: dict[str, bool] = field(default_factory=dict, init=False, repr=False)

    def event(self, url: Url | None) -> EventRecord | None:
        """Return the event of this URL, if there is one."""
        return self.events.get(url) if url else None

    def labelled(self, path: str) -> bool:
        """Return whether some talk of this note says its own topics: its tags are of no talk."""
        known = self._labelled.get(path)
        if known is None:
            page = self.pages.get(path)
            told = (self.sessions.get(url) for url in page.sessions) if page else ()
            known = any(_is_labelled(session) for session in told if session)
            self._labelled[path] = known
        return known


def known_of(site: Site, notes: Mapping[str, Note]) -> Known:
    """Return all of `site` and of the prose in `notes` (by `Note.path`) for looking up."""
    return Known(
        events={event.url: event for event in site.events},
        sessions={session.url: session for session in site.sessions},
        topics={topic.url: topic for topic in site.topics},
        pages={note.path: note for note in site.notes},
        notes=notes,
    )


def documents(site: Site, notes: Mapping[str, Note]) -> tuple[Document, ...]:
    """Return the documents of `site`, with prose from `notes` (by `Note.path`), sorted by URL."""
    known = known_of(site, notes)
    things: tuple[Sequence[Thing], ...] = (
        site.sessions,
        site.people,
        site.topics,
        site.events,
        site.notes,
        site.links,
    )
    made = (document_of(thing, known) for some in things for thing in some)
    found = [document for document in made if document is not None]
    return tuple(sorted(found, key=lambda document: (document.url, document.kind)))


def document_of(thing: Thing, known: Known) -> Document | None:
    """Return the document of one record, from the few others that it names; None where none is.

    A note without prose in `known.notes` has none. What a document is made of: a session's of its
    event, topics and notes, and of the other sessions of these notes (`Known.labelled`); a
    speaker's and a topic's of their sessions' dates; a note's of its event and of where its
    sessions stand in it; a link's of the pages and sessions that cite it.
    """
    if isinstance(thing, SessionRecord):
        return document_of_session(thing, known)
    if isinstance(thing, PersonRecord):
        return document_of_person(thing, known)
    if isinstance(thing, TopicRecord):
        return document_of_topic(thing, known)
    if isinstance(thing, EventRecord):
        return document_of_event(thing)
    if isinstance(thing, LinkRecord):
        return document_of_link(thing, known)
    return document_of_note(thing, known) if thing.path in known.notes else None


def kind_of(thing: Thing) -> str:
    """Return which of `KINDS` the document of `thing` is."""
    if isinstance(thing, SessionRecord):
        return "talk" if thing.is_talk else "session"
    return _KIND_OF[type(thing)]


_KIND_OF: Mapping[type, str] = {
    PersonRecord: "speaker",
    TopicRecord: "topic",
    EventRecord: "event",
    NoteRecord: "note",
    LinkRecord: "link",
}


def key_of(thing: Document | Thing) -> Key:
    """Return the key of a document, or of the one that a record has."""
    return f"{thing.kind if isinstance(thing, Document) else kind_of(thing)} {thing.url}"


def _is_labelled(session: SessionRecord) -> bool:
    return any(told.evidence.explicit for use in session.topics for told in use.told)


def _sure_topics(session: SessionRecord, known: Known) -> list[TopicUse]:
    """Return the topics that `session` surely has."""

    def is_sure(use: TopicUse) -> bool:
        if use.guessed:
            return use.topic not in known.topics or known.topics[use.topic].guessed
        return not use.told or any(_counts(told, known) for told in use.told)

    return list(filter(is_sure, session.topics))


def _counts(told: Told, known: Known) -> bool:
    """Whether a place that tells of a talk's topic tells of this very talk, and no guess."""
    rule = told.evidence.rule
    return rule != _GUESSED and (rule not in _INHERITED or not known.labelled(told.note))


def document_of_session(session: SessionRecord, known: Known) -> Document:
    """Return the document of a talk, or of another session."""
    uses = _sure_topics(session, known)
    event = known.event(session.event)
    day = next((day for day in event.days if day.key == session.day), None) if event else None
    days = [session.day, session.date, day.weekday if day else "", day.date if day else ""]
    body = list(_said_of(session, known))
    pages = (known.pages.get(telling.note) for telling in session.tellings)
    date = session.sort_date or session.date
    return Document(
        kind=kind_of(session),
        url=session.url,
        title=_clean(session.title),
        speakers=_unique(credit.name for credit in session.speakers),
        topics=_unique(use.name for use in uses),
        topic_names=_unique(
            name
            for use in uses
            for name in (use.name, *_synonyms(use, known), *_labels(use, use.told))
        ),
        labels=_unique(
            label
            for use in uses
            for label in _labels(use, (told for told in use.told if _counts(told, known)))
        ),
        speaker_names=_spellings(session.speakers),
        event=_clean(event.title) if event else "",
        event_names=_event_names(event) if event else (),
        date=date or (str(event.year) if event and event.year else ""),
        guessed=bool(date and not session.date),
        year=_year(session.date or (event.year if event else 0) or date),
        days=_unique(days),
        session_kind=session.kind,
        has=_had_by(session, body),
        language=next((page.language for page in pages if page and page.language), ""),
        notes=_unique(telling.note for telling in session.tellings),
        body=_unique(body),
    )


def _said_of(session: SessionRecord, known: Known) -> Iterator[str]:
    """Yield the text of a session, a block each: its abstract, its notes, and what else is told."""
    if session.abstract_text and not any(telling.abstract for telling in session.tellings):
        yield session.abstract_text
    for telling in session.tellings:
        note = known.notes.get(telling.note)
        if note is None:
            continue
        told = tuple(lines for lines in (telling.abstract, *telling.notes) if lines is not None)
        for lines in told:
            yield from _texts(note, lines)
        yield from _left_out(note, telling.lines, told)


def _had_by(session: SessionRecord, body: Sequence[str]) -> tuple[str, ...]:
    """Return what `has:` compares with of a session with this text."""
    found = {citation.kind for citation in session.citations}
    others = {
        "pictures": session.pictures,
        "abstract": session.abstract_text or any(one.abstract for one in session.tellings),
        "speakers": session.speakers,
        "links": session.citations,
        "notes": body,
    }
    return tuple(sorted(found.union(name for name, there in others.items() if there)))


def _labels(use: TopicUse, tellings: Iterable[Told]) -> Iterator[str]:
    """Yield the labels that name a topic, as they are written: others may be spelled otherwise."""
    for told in tellings:
        rule, text = told.evidence.rule, told.evidence.text or use.name
        if (rule in _INHERITED or told.evidence.explicit) and len(text) <= _LABEL:
            yield text


def _spellings(speakers: Sequence[Credit]) -> tuple[str, ...]:
    """Return the items that name speakers, where they say more than the name: `Li Wu (吴丽)`.

    What follows a comma is mostly a firm or a role. One word may as well be the other half of the
    name (`Wu, Li`): then nobody can tell, and both are found. So are two halves in brackets, in
    other letters than the name: `吴丽 (Wu, Li)`.
    """
    written = (
        (credit.name, told.evidence.text)
        for credit in speakers
        for told in credit.told
        if told.evidence.rule == _ITEM and len(told.evidence.text) <= _LABEL
    )
    known = {credit.name for credit in speakers}
    return _unique(
        text
        for name, text in written
        if text not in known and ("," not in text or _is_halved(name, text) or _is_both(name, text))
    )


def _is_halved(name: str, text: str) -> bool:
    first, _, rest = text.partition(",")
    return first.strip() == name and len(rest.split()) == 1


_IN_BRACKETS = Pattern(r"\s*[(（]\s*([^\W\d_][\w.’' -]*), ?([\w.’' -]*[\w.])\s*[)）]")


def _is_both(name: str, text: str) -> bool:
    found = _IN_BRACKETS.fullmatch(text.removeprefix(name))
    if (
        name.isascii()
        or not text.startswith(name)
        or found is None
        or not "".join(found.groups()).isascii()
    ):
        return False
    sizes = sorted(len(half.split()) for half in found.groups())
    return sizes[0] == 1 and sizes[1] <= 2


def _synonyms(use: TopicUse, known: Known) -> tuple[str, ...]:
    return known.topics[use.topic].synonyms if use.topic in known.topics else ()


def document_of_person(person: PersonRecord, known: Known) -> Document:
    """Return the document of a speaker."""
    date, guessed = _earliest(person.sessions, known)
    return Document(
        kind="speaker",
        url=person.url,
        title=_clean(person.name),
        names=_unique(person.aliases),
        date=date,
        guessed=guessed,
        count=person.talks,
        body=_unique((person.about, *person.organisations)),
    )


def document_of_topic(topic: TopicRecord, known: Known) -> Document:
    """Return the document of a topic."""
    date, guessed = _earliest(topic.sessions, known)
    return Document(
        kind="topic",
        url=topic.url,
        title=_clean(topic.name),
        names=_unique(topic.synonyms),
        date=date,
        guessed=guessed,
        count=topic.talks,
        body=_unique((topic.about,)),
    )


def document_of_event(event: EventRecord) -> Document:
    """Return the document of an event."""
    return Document(
        kind="event",
        url=event.url,
        title=_clean(event.title),
        names=_event_names(event),
        date=event.start or event.sort_date or (str(event.year) if event.year else ""),
        guessed=bool(event.sort_date and not event.start),
        year=event.year,
        notes=event.notes,
        count=event.talks,
        body=_unique((event.about, event.place)),
    )


def document_of_note(record: NoteRecord, known: Known) -> Document:
    """Return the document of a note, which has its prose in `known.notes`.

    It is found by its title and by what stands outside its talks: those are found alone.
    """
    told = [
        telling.lines
        for url in record.sessions
        if url in known.sessions
        for telling in known.sessions[url].tellings
        if telling.note == record.path
    ]
    event = known.event(record.event)
    outside = (
        text
        for block in known.notes[record.path].blocks
        for line, text in _leaves(block)
        if not any(line in lines for lines in told)
    )
    has = {citation.kind for citation in record.citations}
    if record.pictures:
        has.add("pictures")
    return Document(
        kind="note",
        url=record.url,
        title=_clean(record.title),
        topics=_unique((*(use.name for use in record.topics), *record.tags)),
        topic_names=_unique((*(use.name for use in record.topics), *record.tags)),
        labels=_unique(record.tags),
        event=_clean(event.title) if event else "",
        date=record.date[:10],
        year=_year(record.date),
        days=_unique((record.day,)),
        has=tuple(sorted(has)),
        language=record.language,
        notes=(record.path,),
        count=len(record.sessions),
        body=_unique((record.description, *outside)),
    )


def document_of_link(link: LinkRecord, known: Known) -> Document:
    """Return the document of a link.

    Most links are cited bare: then what stands around one is its address, which its title tells.
    """
    page = next((_citing_page(citation, known) for citation in link.citations), "")
    title = _clean(link.title) or link.url
    titles = (
        known.sessions[citation.session].title
        for citation in link.citations
        if citation.session is not None and citation.session in known.sessions
    )
    around = (citation.context for citation in link.citations[:3])
    return Document(
        kind="link",
        url=link.url,
        title=title,
        names=() if _shows(title, link.key) else (link.key,),
        date=link.first[:10],
        year=_year(link.first),
        session_kind=link.kind,
        page=page,
        count=len(link.citations),
        body=_unique((*(text for text in around if not _is_address(text, title)), *titles))[:6],
    )


def _shows(title: str, key: str) -> bool:
    """Whether `title` is the address whose canonical form is `key`, spelled like it."""
    bare = title.partition("://")[2] or title
    return bare.removeprefix("www.").rstrip("/") == key


def _is_address(text: str, title: str) -> bool:
    scheme, _, rest = text.partition("://")
    return text == title or (rest == title and scheme.isalnum())


def _citing_page(citation: Citation, known: Known) -> str:
    if citation.session:
        return citation.session
    return known.pages[citation.note].url if citation.note in known.pages else ""


def _texts(note: Note, lines: Lines) -> Iterator[str]:
    """Yield the text of every block of `note` in `lines`."""
    for block in select(note.blocks, lines):
        for _, text in _leaves(block):
            yield text


def _left_out(note: Note, lines: Lines, told: Sequence[Lines]) -> Iterator[str]:
    """Yield the paragraphs of a session that a field was read in, and that are none of its notes.

    `Presented by Ada Quill at the harbour`: somebody may look for these words. Its heading and the
    items of its head are found by what was read in them.
    """
    for block in select(note.blocks, lines):
        if block.kind == "paragraph" and not any(block.line in kept for kept in told):
            yield block.text


def _leaves(block: Block) -> Iterator[tuple[int, str]]:
    """Yield line and text of `block` and of the blocks below it that have text of their own."""
    for inner in block.walk():
        if inner.text:
            yield inner.line, inner.text


def _event_names(event: EventRecord) -> tuple[str, ...]:
    return _unique((event.name, event.place, event.series, event.edition))


def _earliest(urls: Sequence[Url], known: Known) -> tuple[str, bool]:
    """The date of the first of these sessions, which stays when later notes come; if it is a guess.

    Of those of one date the one that is known counts.
    """
    found = (known.sessions[url] for url in urls if url in known.sessions)
    dates = ((one.sort_date or one.date, one.date == "") for one in found)
    return min((date for date in dates if date[0]), default=("", False))


def _year(date: str | int) -> int:
    text = str(date)[:4]
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0


def _clean(text: str) -> str:
    """`text` in NFC on one line."""
    if not text.isascii():
        text = normalized("NFC", text)
    return " ".join(text.split())


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not empty, cleaned, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, map(_clean, texts))))


def path_words(path: str) -> str:
    """Return a note's path as text whose words can be searched for."""
    return unquote(path).replace("/", " ").replace("-", " ").replace("_", " ")
