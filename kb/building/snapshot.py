"""The site as the last build knew it, kept so that a few records can be read and replaced.

Only for builds that change a few notes (`building/revising.py`): a whole build makes all of it
anew. Every part says of which build it is, so that parts of two builds never come together.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, cast

from kb.building.fresh import state_name
from kb.building.memo import Memo
from kb.building.project import Project
from kb.building.shelf import Shelf, Spoiled, write_all
from kb.extraction.settle import Agreement, with_counts
from kb.graph.build import Woven
from kb.graph.crosslinks import Arrow
from kb.graph.links import Fate
from kb.graph.related import Company, Likeness, Subject
from kb.graph.revise import Revision, without_reasons
from kb.graph.weighing import Vocabulary
from kb.model.lazy import Lazy
from kb.model.site import (
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    Records,
    Redirect,
    SessionRecord,
    Site,
    TopicRecord,
    Url,
)
from kb.model.value import Value, ValueFault, decode, digest, encode, replace

T = TypeVar("T")

_SHELVES = ("events", "sessions", "people", "topics", "links", "notes", "arrows")
COMMON, COMPANY, VOCABULARY = _PARTS = ("common", "company", "vocabulary")
"""What is kept in one piece, beside the records of `_SHELVES`."""


class Outline(Value, frozen=True):
    """What is known of all records at once."""

    digests: Mapping[str, str]
    """Note path → SHA-256 of the file that the build has read."""
    others: Mapping[str, str]
    """The same of notes that it has read and left out: drafts, say."""
    note_urls: frozenset[str]
    redirects: tuple[Redirect, ...]
    talks: int
    """How many sessions are talks."""
    newest: frozenset[str]
    """Paths of the notes that the feeds of the site tell."""


class _Header(Value, frozen=True):
    stamp: str
    """The build it is of."""
    stamps: Mapping[str, str]
    """Of each part: the build that wrote it last."""
    outline: Outline
    recounts: Mapping[str, int] = {}
    """Topics that now come in another number of sessions than `_Common.agreement` says."""


class _Common(Value, frozen=True, array_like=True):
    """What no change of words alters."""

    asked: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, Url]
    agreement: Agreement
    fates: Mapping[str, Fate] = {}


class _Company(Value, frozen=True, array_like=True):
    """A `Company` as it is kept: of ten thousand subjects, a few are looked at."""

    urls: tuple[Url, ...]
    packed: tuple[bytes, ...]
    talks: bytes
    speakers: Mapping[str, bytes]
    topics: Mapping[str, bytes]

    @classmethod
    def of(cls, known: Company) -> "_Company":
        """Return `known`, packed."""
        packed = tuple(map(encode, known.subjects))
        return cls(known.urls, packed, known.talks, known.speakers, known.topics)

    def unpacked(self) -> Company:
        """Return what was packed."""
        packed = self.packed
        unpacked = cache(lambda number: decode(packed[number], Subject))
        subjects = Lazy(unpacked, range(len(packed)))
        return Company(self.urls, subjects, self.talks, self.speakers, self.topics)


class Lost(Exception):
    """Something that the last build kept is not there any more; the long way does without it."""


class Kept(Mapping[str, T], Generic[T]):
    """Records of one kind by key, read when they are asked for, with some of them replaced."""

    def __init__(
        self,
        shelf: Mapping[str, bytes],
        kind: Any,
        changes: Mapping[str, T | None],
        order: Callable[[T], Any] | None = None,
    ) -> None:
        """Looking up what is damaged raises `Lost`, so that it is not taken for missing.

        `kind` is the type `T`; None among `changes` is a record that is gone.

        Where new records may come, `order` tells the order of all of them.
        """
        self._shelf = shelf
        self._kind = kind
        self._changes = changes
        self._order = order
        self._read: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        if key in self._changes:
            changed = self._changes[key]
            if changed is None:
                raise KeyError(key)
            return changed
        if key not in self._read:
            try:
                self._read[key] = decode(self._shelf[key], self._kind)
            except (Spoiled, ValueFault) as fault:
                raise Lost(key) from fault
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        if key in self._changes:
            return self._changes[key] is not None  # type: ignore[index]
        return key in self._shelf

    def __iter__(self) -> Iterator[str]:
        keys = [key for key in self._shelf if key in self]
        keys += [key for key in self._changes if key not in self._shelf and key in self]
        order = self._order
        return iter(keys if order is None else sorted(keys, key=lambda key: order(self[key])))

    def __len__(self) -> int:
        new = sum(1 for key in self._changes if key not in self._shelf and key in self)
        gone = sum(1 for key in self._changes if key in self._shelf and key not in self)
        return len(self._shelf) + new - gone


class Urls(Collection[str]):
    """The URLs of all records: of those on some shelves, and of notes."""

    def __init__(self, shelves: Collection[Collection[str]], notes: Collection[str]) -> None:
        self._all = (*shelves, notes)

    def __contains__(self, url: object) -> bool:
        return any(url in some for some in self._all)

    def __iter__(self) -> Iterator[str]:
        return (url for some in self._all for url in some)

    def __len__(self) -> int:
        return sum(map(len, self._all))


def snapshot_name(project: Project) -> str:
    """Return where what the last build knew is kept."""
    return f"{state_name(project)}-known"


def link_order(record: LinkRecord) -> tuple[int, str]:
    """Return what links are ordered by: the most cited first."""
    return -len(record.citations), record.key


@dataclass(frozen=True)
class Snapshot:
    """What is kept of one build."""

    memo: Memo
    name: str
    header: _Header
    shelves: Mapping[str, Shelf]

    @property
    def outline(self) -> Outline:
        """What is known of all records at once."""
        return self.header.outline

    @classmethod
    def open(cls, memo: Memo, name: str, stamp: str) -> "Snapshot | None":
        """Return what is kept under `name` of the build `stamp`; None where it is not all there."""
        header = memo.value(f"{name}/header", _Header)
        if header is None or header.stamp != stamp:
            return None
        shelves: dict[str, Shelf] = {}
        for part in _SHELVES:
            shelf = Shelf.open(memo, f"{name}/{part}", header.stamps.get(part, ""))
            if shelf is None:
                return None
            shelves[part] = shelf
        return cls(memo, name, header, shelves)

    @property
    def is_whole(self) -> bool:
        """Whether all is there that is kept in one piece; it is read now, for copies, too."""
        return self.common is not None and self.likeness is not None

    @cached_property
    def common(self) -> _Common | None:
        """What no change of words alters; None where it is lost."""
        return self._part(COMMON, _Common)

    @cached_property
    def agreement(self) -> Agreement | None:
        """What all notes agree on; None where it is lost."""
        common = self.common
        return with_counts(common.agreement, self.header.recounts) if common is not None else None

    @cached_property
    def _company(self) -> _Company | None:
        return self._part(COMPANY, _Company)

    @cached_property
    def likeness(self) -> Likeness | None:
        """Of all sessions; None where it is lost."""
        company = self._company
        vocabulary = self._part(VOCABULARY, Vocabulary)
        if company is None or vocabulary is None:
            return None
        return Likeness(company.unpacked(), vocabulary)

    def _part(self, part: str, kind: type[T]) -> T | None:
        data = self.memo.view(f"{self.name}/{part}")
        mark = _mark(self.header.stamps.get(part, ""))
        if data is None or data[: len(mark)] != mark:
            return None
        try:
            return decode(data[len(mark) :], kind)
        except ValueFault:
            return None

    @property
    def arrows(self) -> Mapping[str, tuple[Arrow, ...]]:
        """By note path, as in `Woven`."""
        return Kept(self.shelves["arrows"], tuple[Arrow, ...], {})

    def records(self, revision: Revision | None = None) -> Records:
        """Return all records, with those that `revision` changes."""
        sessions = revision.sessions if revision else {}
        links = revision.links if revision else {}
        notes = revision.notes if revision else {}
        shelves = self.shelves
        urls = [shelves[part] for part in ("events", "sessions", "people", "topics")]
        return Records(
            events=_kept(shelves["events"], EventRecord),
            sessions=_kept(shelves["sessions"], SessionRecord, sessions),
            people=_kept(shelves["people"], PersonRecord),
            topics=_kept(shelves["topics"], TopicRecord),
            links=Kept(shelves["links"], LinkRecord, links, link_order),
            notes=Kept(shelves["notes"], NoteRecord, notes),
            redirects=self.outline.redirects,
            urls=Urls(urls, self.outline.note_urls),
            talks=self.outline.talks,
        )

    def revise(
        self,
        revision: Revision,
        digests: Mapping[str, str],
        recounts: Mapping[str, int],
        stamp: str,
        *,
        reworded: bool,
    ) -> None:
        """Keep the snapshot as that of the build `stamp`, which made `revision` of it.

        `digests` are those of the notes that changed, `recounts` of topics whose counts did.
        Where it is `reworded`, `keep_words` is to be called, too, before or after.

        Raises:
            FileFault: the disk does not take it.
        """
        changes: dict[str, Mapping[str, object]] = {
            "sessions": {url: without_reasons(one) for url, one in revision.sessions.items()},
            "links": revision.links,
            "notes": revision.notes,
            "arrows": revision.arrows,
        }
        stamps = dict(self.header.stamps)
        for part, records in changes.items():
            if records:
                packed = {
                    key: None if record is None else encode(record)
                    for key, record in records.items()
                }
                self.shelves[part].revise(packed, stamp)
                stamps[part] = stamp
        if reworded:
            stamps[VOCABULARY] = stamp
        outline = replace(self.outline, digests={**self.outline.digests, **digests})
        header = _Header(stamp, stamps, outline, {**self.header.recounts, **recounts})
        self.memo.put(f"{self.name}/header", encode(header))

    def keep_words(self, vocabulary: Vocabulary, stamp: str) -> None:
        """Keep the words of all sessions as those of the build `stamp`, which has other ones.

        Raises:
            FileFault: the disk does not take it.
        """
        _put(self.memo, f"{self.name}/{VOCABULARY}", stamp, encode(vocabulary))


def _kept(
    shelf: Mapping[str, bytes], kind: type[T], changes: Mapping[Url, T] | None = None
) -> Mapping[Url, T]:
    by_text = cast(Mapping[str, T | None], changes or {})
    return cast(Mapping[Url, T], Kept(shelf, kind, by_text))  # the keys of these are URLs


def parts_of(
    woven: Woven, agreement: Agreement
) -> Iterator[tuple[str, Iterable[tuple[str, bytes]]]]:
    """Yield the parts of a snapshot of what a whole build knows: name, and records by key."""
    site: Site = woven.site
    yield "events", ((one.url, encode(without_reasons(one))) for one in site.events)
    yield "sessions", ((one.url, encode(without_reasons(one))) for one in site.sessions)
    yield "people", ((one.url, encode(without_reasons(one))) for one in site.people)
    yield "topics", ((one.url, encode(without_reasons(one))) for one in site.topics)
    yield "links", ((one.key, encode(one)) for one in site.links)
    yield "notes", ((one.path, encode(one)) for one in site.notes)
    yield "arrows", ((path, encode(arrows)) for path, arrows in woven.arrows.items())
    common = _Common(woven.asked, woven.owners, agreement, woven.fates)
    yield COMMON, ((COMMON, encode(common)),)
    yield COMPANY, ((COMPANY, encode(_Company.of(woven.likeness.company))),)
    yield VOCABULARY, ((VOCABULARY, encode(woven.likeness.vocabulary)),)


def write_snapshot(
    memo: Memo,
    name: str,
    stamp: str,
    outline: Outline,
    part: Callable[[str], Mapping[str, bytes]],
) -> None:
    """Keep what the whole build `stamp` knows: its `outline`, and each `part` of `parts_of`.

    Raises:
        FileFault: the disk does not take it.
    """
    for shelf in _SHELVES:
        write_all(memo, f"{name}/{shelf}", stamp, part(shelf).items())
    for single in _PARTS:
        _put(memo, f"{name}/{single}", stamp, part(single)[single])
    header = _Header(stamp, dict.fromkeys((*_SHELVES, *_PARTS), stamp), outline)
    memo.put(f"{name}/header", encode(header))


def _put(memo: Memo, name: str, stamp: str, data: bytes) -> None:
    memo.put(name, _mark(stamp), data)


def _mark(stamp: str) -> bytes:
    return digest(stamp).encode()
