"""From files to knowledge: notes read, talks found, everything linked; nothing rendered."""

import contextlib
import hashlib
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from kb.building.files import FileFault, Found, read_beginning, read_file, read_source
from kb.building.inputs import Digests, unreadable
from kb.building.memo import Memo
from kb.building.moments import unchanged_between, why_left_out
from kb.building.options import Hooks, Options
from kb.building.programmes import programmes_of
from kb.building.project import Project
from kb.building.scan import LARGEST_DATA, LEDGER, VOCABULARY_FILES, Placed, Scan
from kb.building.scratch import Filed
from kb.building.workers import cores, spread
from kb.extraction.extract import ExtractionOptions, extract, is_selected, settle
from kb.extraction.settle import Agreement, agreement_of
from kb.graph.build import Woven, weave
from kb.model.facts import Facts
from kb.model.finding import Finding, in_order
from kb.model.ledger import Ledger
from kb.model.note import Note, Source
from kb.model.schedule import Programme
from kb.model.settings import Settings
from kb.model.site import Asset, Site
from kb.model.value import Value, ValueFault, decode, digest, encode, interned, replace
from kb.model.vocabulary import Vocabulary
from kb.plugins.gathered import Plugins
from kb.reading.ledger import read_ledger
from kb.reading.limits import OutOfTime, time_limit
from kb.reading.notes import ReadingOptions, read_note
from kb.reading.privacy import stripped
from kb.reading.svg import inert
from kb.reading.vocabulary import read_vocabulary
from kb.schedules.filling import additions, fill, without_note

_SPARE = 500
"""Readings of notes that are kept besides those of today: a checkout may go and come back."""
NOTES = "notes"
"""Where the memo keeps what was read of notes."""
_WHOLE = 64
"""How many whole notes are held at a time, where they lie apart."""
_KEPT, _LOST = b"k", b"l"
"""How an answer of a worker begins: what the memo keeps of a note follows, or a finding."""
_PICTURES = "pictures"
SECONDS = 1.5
"""Processor time in which a note must have told what it says of talks."""
LARGEST_PICTURE = 67_108_864
"""Bytes; larger ones are published as they are, unseen."""
_DRAWING = ".svg"
_PICTURE = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".tif", ".tiff", ".bmp", _DRAWING)


@dataclass(frozen=True)
class Run:
    """One run of the pipeline: what its stages may use."""

    project: Project
    options: Options
    hooks: Hooks
    memo: Memo
    code: str
    """What tells this kb from another, part of every key of the memo."""
    stage: Callable[[str], AbstractContextManager[None]]
    """Held while a stage works; adds up how long each took."""
    key: str = ""
    """Of this build, as in `State`; `""` where nothing is published."""


@dataclass(frozen=True)
class Knowledge:
    """All that the notes say, linked."""

    settings: Settings
    vocabulary: Vocabulary
    ledger: Ledger
    programmes: tuple[Programme, ...]
    """What conferences announced, by path of its file."""
    notes: tuple[Note, ...]
    """The notes that are part of the build, by path; without their blocks, if these lie apart."""
    prose: Mapping[str, Note]
    """The whole notes by path."""
    bodies: Mapping[str, bytes] | None
    """The same, encoded, if they lie apart."""
    others: Mapping[str, str]
    """Path of each note that was read and is no part of the build → SHA-256 of the file."""
    facts: tuple[Facts, ...]
    """What each of `notes` says, in the same order, after all have agreed."""
    woven: Woven
    agreement: Agreement
    """Of what each of `notes` says on its own."""
    placed: Mapping[str, Placed]
    """Files that may be published, by path."""
    private: Mapping[str, str]
    """Path of each picture that tells of its owner → SHA-256 of what is published instead."""
    findings: tuple[Finding, ...]
    """Of files, notes, facts and site, in order, without doubles."""
    left_out: int
    since: str
    until: str
    """Between these moments the knowledge is the same."""

    @property
    def site(self) -> Site:
        """All records."""
        return self.woven.site


class Read(Value, frozen=True):
    """What is known of a note."""

    facts_key: str
    note: Note
    facts: Facts


class _Kept(Value, frozen=True):
    """A `Read` as the memo keeps it: most of a note need not be taken apart for what it says."""

    facts_key: str
    head: Note
    """The note without its blocks."""
    note: bytes
    """The whole note, encoded."""
    facts: Facts

    @classmethod
    def of(cls, read: Read) -> "_Kept":
        """Return `read` as it is kept."""
        return cls(read.facts_key, replace(read.note, blocks=()), encode(read.note), read.facts)

    def whole(self) -> Read:
        """Return what is known of the note.

        Raises:
            ValueFault: the note is none.
        """
        return Read(self.facts_key, decode(self.note, Note), self.facts)


class _Seen(Value, frozen=True, array_like=True):
    """What the memo keeps of a picture."""

    width: int = 0
    height: int = 0
    taken: str = ""
    published: str = ""
    """SHA-256 of what is published in its place, without the camera's data; `""` if the same."""


def learn(
    run: Run, scan: Scan, inputs: Digests, bodies: MutableMapping[str, bytes] | None = None
) -> Knowledge:
    """Return what the notes found by `scan` say.

    Where there are `bodies`, the whole notes are put there by path, encoded, and what is held of
    each is the rest: blocks take most of the memory that a note takes, and few are looked at again.

    Raises:
        FileFault: the memo's disk refused.
        WorkerFault: a worker process died.
    """
    settings = run.project.settings
    with run.stage("read"):
        beside = _beside(run, scan)
        vocabulary = beside.vocabulary
        known = [found for found in scan.notes if found.path in inputs.known]
        read, read_findings = _read_all(run, known, inputs, vocabulary, bodies)
        assets, private = _assets(run, scan, inputs)
    reasons = {one.note.path: why_left_out(one.note, run.options) for one in read}
    since, until = unchanged_between((one.note for one in read), run.options)
    shown = [
        one
        for one in read
        if reasons[one.note.path] is None and (settings.content.articles or one.facts.sessions)
    ]
    notes = tuple(one.note for one in shown)
    held = {note.path: note for note in notes}
    others = {one.note.path: one.note.digest for one in read if one.note.path not in held}
    of_notes = [finding for one in read for finding in one.note.findings]
    with run.stage("settle"):
        announced = additions(beside.programmes)
        said = [one.facts for one in shown]
        del read, shown
        agreement = agreement_of(said, vocabulary)
        settled = settle(said, vocabulary, extraction_options(settings))
        del said  # all of it is held no more, and that is much
        facts = tuple(fill(one, announced) for one in settled)
        del settled
    with run.stage("graph"):
        prose: Mapping[str, Note] = (
            held if bodies is None else Filed(bodies, Note, _WHOLE, held.keys())
        )
        woven = weave(
            notes,
            facts,
            assets,
            vocabulary,
            settings,
            ledger=beside.ledger,
            programmes=beside.programmes,
            prose=prose,
        )
    findings = [
        *run.project.findings,
        *scan.findings,
        *inputs.findings,
        *beside.findings,
        *without_note(announced, (found.path for found in scan.notes)),
        *read_findings,
        *(_active(path) for path in private if _is_drawing(path)),
        *(reason for reason in reasons.values() if reason is not None),
        *of_notes,
        *(finding for one in facts for finding in one.findings),
        *woven.site.findings,
    ]
    return Knowledge(
        settings=settings,
        vocabulary=vocabulary,
        ledger=beside.ledger,
        programmes=beside.programmes,
        notes=notes,
        prose=prose,
        bodies=bodies,
        others=others,
        facts=facts,
        woven=woven,
        agreement=agreement,
        placed={placed.found.path: placed for placed in scan.assets},
        private=private,
        findings=in_order(findings),
        left_out=sum(reason is not None for reason in reasons.values()),
        since=since,
        until=until,
    )


class _Beside(NamedTuple):
    """What the files beside the notes tell."""

    vocabulary: Vocabulary
    ledger: Ledger
    programmes: tuple[Programme, ...]
    findings: tuple[Finding, ...]


def _beside(run: Run, scan: Scan) -> _Beside:
    vocabulary, unread = vocabulary_of(run.project, scan)
    ledger = ledger_of(run.project, scan)
    programmes, wrong = programmes_of(run.project, scan) if run.options.programmes else ((), [])
    findings = (*unread, *wrong, *vocabulary.findings, *ledger.findings)
    return _Beside(vocabulary, ledger, programmes, findings)


def vocabulary_of(project: Project, scan: Scan) -> tuple[Vocabulary, list[Finding]]:
    """Return what the data files tell, and the findings of files that cannot be read."""
    sources: dict[str, Source] = {}
    findings: list[Finding] = []
    for found in scan.data:
        name = found.path.rsplit("/", 1)[-1]
        if name not in VOCABULARY_FILES:
            continue
        try:
            sources[name] = read_source(project.root, found.name, LARGEST_DATA, found.path)
        except FileFault as fault:
            findings.append(unreadable(fault, found.path))
    people, topics, events = (sources.get(name) for name in VOCABULARY_FILES)
    kinds = link_kinds(project.settings, project.plugins)
    return read_vocabulary(people, topics, events, kinds), findings


def link_kinds(settings: Settings, plugins: Plugins) -> dict[str, str]:
    """Return the own kinds of links: the site's, which count first, and those of its plugins."""
    own = settings.link_kinds
    return {**own, **{key: kind for key, kind in plugins.link_kinds.items() if key not in own}}


def ledger_of(project: Project, scan: Scan) -> Ledger:
    """Return what is known of links; a file that cannot be read is a finding of the ledger."""
    for found in scan.data:
        if found.path.rsplit("/", 1)[-1] == LEDGER:
            try:
                source = read_source(project.root, found.name, LARGEST_DATA, found.path)
                return read_ledger(source)
            except FileFault as fault:
                return Ledger(findings=(unreadable(fault, found.path),))
    return Ledger()


def note_of(folder: Path, found: Found, most: int) -> Source:
    """Return the note `found` below `folder`, read: its beginning, where it has above `most` bytes.

    Raises:
        FileFault: it cannot be read.
    """
    data, size = read_beginning(folder, found.name, most)
    cut = size if size > len(data) else 0
    return Source(found.path, hashlib.sha256(data).hexdigest(), data, cut)


def read_one(
    source: Source,
    settings: Settings,
    vocabulary: Vocabulary,
    plugins: Plugins,
    before: Note | None = None,
) -> tuple[Note, Facts]:
    """Return the note that `source` holds, and what it says on its own.

    `before` is as `read_note` takes it.
    """
    note = read_note(source, reading_options(settings), before)
    return note, facts_of(note, settings, vocabulary, plugins)


def facts_of(note: Note, settings: Settings, vocabulary: Vocabulary, plugins: Plugins) -> Facts:
    """Return what `note` says on its own; nothing, and a finding, where telling takes too long."""
    return plugins.extract(note, _facts_of(note, settings, vocabulary))


def _facts_of(note: Note, settings: Settings, vocabulary: Vocabulary) -> Facts:
    options = extraction_options(settings, selected=is_selected(note, settings.content))
    try:
        with time_limit(SECONDS):
            return extract(note, vocabulary, options)
    except OutOfTime:
        return Facts(note.path, findings=(_too_slow(note.path),))


def _too_slow(path: str) -> Finding:
    return Finding(
        "KB116",
        path,
        f"looking for talks took more than {SECONDS:g} seconds; the note is shown without any",
        1,
        hint="split the note; thousands of headings, names or items in one are no talk's notes",
    )


def _read_all(
    run: Run,
    found: Sequence[Found],
    inputs: Digests,
    vocabulary: Vocabulary,
    bodies: MutableMapping[str, bytes] | None,
) -> tuple[list[Read], list[Finding]]:
    """Return the notes `found` with what they say, in order; from the memo where it has them.

    `bodies` are as in `learn`.
    """
    settings, memo, options = run.project.settings, run.memo, run.options
    plugins = run.project.plugins
    facts_key = facts_key_of(vocabulary, settings)
    names = [name_of(run.code, settings, one.path, inputs.known[one.path]) for one in found]
    results: dict[int, Read] = {}
    copies: dict[str | float, Any] = {}

    def take(number: int, kept: _Kept) -> None:
        facts = interned(kept.facts, copies)
        if bodies is None:
            note = decode(kept.note, Note)
        else:
            bodies[kept.head.path] = kept.note
            note = interned(kept.head, copies)
        results[number] = Read(kept.facts_key, note, facts)

    for number, name in enumerate(names):
        kept = None if options.full else memo.value(f"{NOTES}/{name}", _Kept)
        if kept is None:
            continue
        with contextlib.suppress(ValueFault):
            if kept.facts_key != facts_key:
                note = decode(kept.note, Note)
                said = facts_of(note, settings, vocabulary, plugins)
                kept = _Kept.of(Read(facts_key, note, said))
                _keep(memo, name, kept)
            take(number, kept)
    missing = [number for number in range(len(found)) if number not in results]

    def work(number: int) -> bytes:
        try:
            source = note_of(run.project.root, found[number], settings.content.max_bytes)
        except FileFault as fault:
            return _LOST + encode(unreadable(fault, found[number].path))
        # Nothing holds the note while its bytes are copied: of a large one, both take much memory.
        read = read_one(source, settings, vocabulary, plugins)
        return _KEPT + _keep(memo, names[number], _Kept.of(Read(facts_key, *read)))

    lost: list[Finding] = []
    answers = spread(work, missing, options.jobs or cores())
    for done, (place, data) in enumerate(answers, start=1):
        run.hooks.progress("read", done, len(missing))
        if data.startswith(_KEPT):
            take(missing[place], decode(data[1:], _Kept))
        else:
            lost.append(decode(data[1:], Finding))
    memo.keep_only(NOTES, frozenset(names), besides=len(names) + _SPARE)
    return [results[number] for number in sorted(results)], lost


def name_of(code: str, settings: Settings, path: str, digest_of_file: str) -> str:
    """Return under what name the memo keeps a note; `code` is the kb that has read it."""
    return digest(code, reading_options(settings), path, digest_of_file)[:40]


def facts_key_of(vocabulary: Vocabulary, settings: Settings) -> str:
    """Return what the facts of a note depend on beside the note."""
    return digest(vocabulary, settings.content, settings.extraction)


def remember(memo: Memo, name: str, read: Read) -> None:
    """Keep what was read of a note under `name`.

    Raises:
        FileFault: the disk does not take it.
    """
    _keep(memo, name, _Kept.of(read))


def _keep(memo: Memo, name: str, kept: _Kept) -> bytes:
    """Keep a note under `name`; return the bytes that are kept."""
    data = encode(kept)
    memo.put(f"{NOTES}/{name}", data)
    return data


def recall(memo: Memo, name: str) -> Read | None:
    """Return the note that the memo keeps under `name`, None where it has none."""
    kept = memo.value(f"{NOTES}/{name}", _Kept)
    try:
        return kept.whole() if kept is not None else None
    except ValueFault:
        return None


def _assets(run: Run, scan: Scan, inputs: Digests) -> tuple[tuple[Asset, ...], dict[str, str]]:
    """Return the files that may be published, with the sizes of pictures, and `private`."""
    private: dict[str, str] = {}
    kept = None if run.options.full else run.memo.value(_PICTURES, dict[str, _Seen])
    before = kept or {}
    sizes: dict[str, _Seen] = {}
    assets: list[Asset] = []
    for placed in scan.assets:
        found = placed.found
        key = inputs.known.get(found.path)
        if key is None:
            continue
        seen = _Seen()
        if found.path.lower().endswith(_PICTURE):
            name = f"svg {key}" if _is_drawing(found.path) else key
            seen = before.get(name) or _looked_at(run.project.root, found)
            sizes[name] = seen
        if seen.published:
            private[found.path] = seen.published
        assets.append(
            Asset(
                found.path, placed.url, key, found.stamp.size, seen.width, seen.height, seen.taken
            )
        )
    if sizes != before:
        run.memo.put(_PICTURES, encode(sizes))
    return tuple(assets), private


def _looked_at(folder: Path, found: Found) -> _Seen:
    try:
        data = read_file(folder, found.name, LARGEST_PICTURE)
    except FileFault:
        return _Seen()
    shown = publishable(found.path, data)
    published = "" if shown == data else hashlib.sha256(shown).hexdigest()
    if _is_drawing(found.path):
        return _Seen(published=published)
    from kb.reading.images import ImageInfo, inspect  # noqa: PLC0415

    info = inspect(data) or ImageInfo(0, 0)
    return _Seen(info.width, info.height, info.taken, published)


def publishable(path: str, data: bytes) -> bytes:
    """Return what is published of the asset `data`: no camera's data, nothing that runs."""
    return inert(data) if _is_drawing(path) else stripped(data)


def _is_drawing(path: str) -> bool:
    return path.lower().endswith(_DRAWING)


def _active(path: str) -> Finding:
    return Finding(
        "KB119",
        path,
        "the drawing holds script, or loads from elsewhere; it is published without",
        hint="save it as plain SVG, or as a picture",
    )


def reading_options(settings: Settings) -> ReadingOptions:
    """Return how notes of a site with these settings are read."""
    return ReadingOptions(
        lists=settings.markdown.lists,
        linkify=settings.markdown.linkify,
        max_bytes=settings.content.max_bytes,
    )


def extraction_options(settings: Settings, *, selected: bool = True) -> ExtractionOptions:
    """Return what may be guessed in notes of a site with these settings.

    `selected` tells whether the one note that is read may hold talks at all.
    """
    return ExtractionOptions(
        guess_topics=settings.extraction.guess_topics,
        guess_talks=settings.extraction.guess_talks,
        selected=selected,
    )
