"""What a few notes with other words make of the site that the last build knew.

What that build kept is read where it is needed, and nothing else is. Where the outcome cannot be
promised to be that of learning everything anew, there is none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from kb.building.files import FileFault, Found
from kb.building.inputs import Digests
from kb.building.learning import (
    Read,
    Run,
    extraction_options,
    facts_key_of,
    name_of,
    note_of,
    read_one,
    recall,
    vocabulary_of,
)
from kb.building.memo import Memo
from kb.building.programmes import programmes_of
from kb.building.scan import Scan
from kb.building.snapshot import Lost, Snapshot
from kb.extraction.settle import Agreement, recounted, settled, share_of, with_counts
from kb.graph.crosslinks import REFERENCE_CODES
from kb.graph.revise import Change, Known, Revision, revise
from kb.graph.weighing import Vocabulary as Words
from kb.graph.written import Written
from kb.model.finding import Finding, in_order
from kb.model.note import Note
from kb.model.settings import Settings
from kb.model.site import Records
from kb.model.value import Value, decode, encode, replace
from kb.model.vocabulary import Vocabulary
from kb.rendering.briefs import HAS
from kb.schedules.filling import additions, fill

MOST = 16
"""Notes that may have changed; of more, the long way costs little more."""
_ALIKE = "KB202"


class Recalled(Mapping[str, Note]):
    """The notes of the last build, read when they are asked for, with some of them replaced.

    Asking for one that the memo has lost raises `Lost`.
    """

    def __init__(
        self,
        recall_note: Callable[[str], Read | None],
        paths: Mapping[str, str],
        changed: Mapping[str, Note],
    ) -> None:
        """`recall_note` returns what is kept of the note at a path; `paths` has all of them."""
        self._recall = recall_note
        self._paths = paths
        self._notes = dict(changed)

    def __getitem__(self, path: str) -> Note:
        if path not in self._paths:
            raise KeyError(path)
        if path not in self._notes:
            read = self._recall(path)
            if read is None:
                raise Lost(path)
            self._notes[path] = read.note
        return self._notes[path]

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def recaller(
    memo: Memo, code: str, settings: Settings, digests: Mapping[str, str]
) -> Callable[[str], Read | None]:
    """Return what finds, by its path, what `memo` keeps of a note of a build with `digests`."""
    return lambda path: recall(memo, name_of(code, settings, path, digests[path]))


class _Packed(Value, frozen=True, array_like=True):
    """What two processes that hold the same snapshot need not both find out."""

    revision: Revision
    changes: tuple[Change, ...]
    recounts: Mapping[str, int]
    reworded: bool


@dataclass(frozen=True)
class Revised:
    """What a few notes make of the site."""

    snapshot: Snapshot
    records: Records
    notes: Mapping[str, Note]
    revision: Revision
    changes: Sequence[Change]
    recounts: Mapping[str, int]
    """Topics that come in another number of sessions, as `recounted` tells."""
    reworded: bool
    """Whether sessions have other words, as far as those tell which are alike."""

    @classmethod
    def unpacked(cls, run: Run, snapshot: Snapshot, data: bytes) -> "Revised":
        """Return what `packed` made `data` of."""
        return cls.of(run, snapshot, decode(data, _Packed))

    @classmethod
    def of(cls, run: Run, snapshot: Snapshot, told: _Packed) -> "Revised":
        """Return what `told` makes of the site that `snapshot` has kept."""
        known = snapshot.outline.digests
        recall_note = recaller(run.memo, run.code, run.project.settings, known)
        changed = {change.after.path: change.after.note for change in told.changes}
        return cls(
            snapshot=snapshot,
            records=snapshot.records(told.revision),
            notes=Recalled(recall_note, known, changed),
            revision=told.revision,
            changes=told.changes,
            recounts=told.recounts,
            reworded=told.reworded,
        )

    def packed(self) -> bytes:
        """Return what a process needs to know of this that holds the same snapshot."""
        return encode(_Packed(self.revision, tuple(self.changes), self.recounts, self.reworded))


class Reading(NamedTuple):
    """What a build of a few notes has learned."""

    revised: Revised
    reads: Mapping[str, tuple[str, Read]]
    """By path: what the note was called in the memo, and what it says now."""
    words: Words
    """Of all sessions."""
    findings: tuple[Finding, ...]
    """Of the whole build."""


def changed_notes(snapshot: Snapshot, scan: Scan, digests: Digests) -> Sequence[Found]:
    """Return the notes that changed since `snapshot`; none where only the long way will do."""
    known = snapshot.outline.digests
    then = {**snapshot.outline.others, **known}
    found = [one for one in scan.notes if digests.known.get(one.path) != then.get(one.path)]
    few = len(found) <= MOST and not digests.findings
    return found if few and all(one.path in snapshot.shelves["notes"] for one in found) else ()


def read_changes(
    run: Run,
    snapshot: Snapshot,
    found: Sequence[Found],
    scan: Scan,
    digests: Digests,
    *,
    findings: Sequence[Finding],
) -> Reading | None:
    """Return what the `changed_notes` that were `found` make of `snapshot`; None for the long way.

    `findings` are those of the last build.
    """
    project, settings = run.project, run.project.settings
    known = snapshot.outline.digests
    common, likeness, agreement = snapshot.common, snapshot.likeness, snapshot.agreement
    if common is None or likeness is None or agreement is None:
        return None
    vocabulary, _ = vocabulary_of(project, scan)
    reads = _reads(run, found, digests, known, vocabulary)
    if reads is None:
        return None
    recounts = recounted(
        agreement,
        [share_of(before.facts) for _, before, _ in reads],
        [share_of(after.facts) for _, _, after in reads],
    )
    if recounts is None:
        return None
    now_agreed = with_counts(agreement, recounts)
    guess = extraction_options(settings).guess_topics
    programmes, _ = programmes_of(project, scan)
    announced = additions(programmes)

    def told(read: Read, agreed: Agreement) -> Written:
        said = settled(read.facts, agreed, guess_topics=guess)
        return Written(note=read.note, facts=fill(said, announced))

    changes = tuple(
        Change(before=told(before, agreement), after=told(after, now_agreed))
        for _, before, after in reads
    )
    site = Known(
        records=snapshot.records(),
        notes=Recalled(recaller(run.memo, run.code, settings, known), known, {}),
        arrows=snapshot.arrows,
        asked=common.asked,
        owners=common.owners,
        fates=common.fates,
        likeness=likeness,
        host=(urlsplit(settings.base_url).hostname or "").removeprefix("www."),
        findings=findings,
    )
    revised = revise(changes, site, frozenset(HAS))
    if revised is None:
        return None
    revision, words = revised
    now = _findings(findings, reads, changes, revision)
    if now is None:
        return None
    reworded = words != likeness.vocabulary
    return Reading(
        Revised.of(run, snapshot, _Packed(revision, changes, recounts, reworded)),
        {after.note.path: (name, after) for name, _, after in reads},
        words,
        now,
    )


def _reads(
    run: Run,
    found: Iterable[Found],
    digests: Digests,
    known: Mapping[str, str],
    vocabulary: Vocabulary,
) -> list[tuple[str, Read, Read]] | None:
    """Return of each note its old name in the memo, what it said and says; None if one is lost."""
    settings = run.project.settings
    facts_key = facts_key_of(vocabulary, settings)
    reads: list[tuple[str, Read, Read]] = []
    for one in found:
        name = name_of(run.code, settings, one.path, known[one.path])
        before = recall(run.memo, name)
        if before is None or before.facts_key != facts_key:
            return None
        try:
            source = note_of(run.project.root, one, settings.content.max_bytes)
        except FileFault:
            return None
        if source.digest != digests.known.get(one.path):
            return None  # it has changed since it was hashed
        said = read_one(source, settings, vocabulary, run.project.plugins, before.note)
        after = Read(facts_key, *said)
        reads.append((name, before, after))
    return reads


# -- findings ----------------------------------------------------------------------------------


def _findings(
    before: Sequence[Finding],
    reads: Sequence[tuple[str, Read, Read]],
    changes: Sequence[Change],
    revision: Revision,
) -> tuple[Finding, ...] | None:
    """Return the findings of the whole build; None where one cannot be told for sure."""
    paths = {after.note.path for _, _, after in reads}
    now = [one for one in before if one.path not in paths]
    now += revision.findings
    for (_, was, after), change in zip(reads, changes, strict=True):
        path = after.note.path
        own = {*was.note.findings, *was.facts.findings}
        now += [*after.note.findings, *after.facts.findings]
        for finding in before:
            if finding.path != path or finding in own or finding.code in REFERENCE_CODES:
                continue
            if finding.code == _ALIKE:
                now.append(replace(finding, line=_line_of(finding, change)))
            elif finding.line <= after.note.matter.last_line:
                now.append(finding)  # the front matter is as it was
            else:
                return None
    return in_order(now)


def _line_of(finding: Finding, change: Change) -> int:
    """Return where the name now stands that `finding` says may be another's."""
    name = finding.message.partition(" ~ ")[0]
    for session in change.after.facts.sessions:
        for speaker in session.speakers:
            if speaker.name == name:
                return speaker.evidence.line or session.line
    return finding.line
