"""What a programme adds, put into the front matter of the notes: `kb match --write`."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence

from kb.building.files import FileFault, read_file, write_whole
from kb.building.learning import Knowledge, read_one
from kb.building.matching import File, added_to
from kb.building.project import Project
from kb.extraction.hints import hint_for
from kb.model.facts import Facts, SessionFacts
from kb.model.note import Note, Source
from kb.model.schedule import Programme
from kb.model.value import Value
from kb.reading.decoding import decode
from kb.reading.front_matter import split
from kb.schedules.filling import additions, fill, places_of
from kb.schedules.folding import fold
from kb.schedules.matter import Addition, Fact, Fences, MatterFault, with_additions

FIELDS = ("speakers", "day", "time", "room", "track", "abstract", "recording")
"""Keys of `[[talks]]` that a programme can give."""


class Edit(Value, frozen=True):
    """A note that is to be written anew, or why it is not."""

    path: str
    fields: tuple[str, ...] = ()
    """Keys that are added, over all its talks."""
    before: bytes = b""
    after: bytes = b""
    """`b""` where the note is left as it is."""
    reason: str = ""
    """Why facts were left out of it; `""` where none were."""


def edits(
    project: Project, knowledge: Knowledge, files: Sequence[File], fields: Sequence[str]
) -> tuple[Edit, ...]:
    """Return what is to become of each note that the programmes add `fields` to; writes nothing.

    `knowledge` is what the notes say without any programme.
    """
    programmes: list[Programme] = [file.programme for file in files]
    known = additions(programmes)
    notes = knowledge.prose
    found: list[Edit] = []
    for facts in knowledge.facts:
        if facts.path in known:
            wanted, reasons = _wanted(notes[facts.path], facts, fill(facts, known), fields)
            if wanted or reasons:
                found.append(_edit(project, knowledge, notes[facts.path], wanted, reasons))
    return tuple(found)


def write_edits(project: Project, found: Sequence[Edit]) -> None:
    """Write the notes anew, each as a whole; one that changed meanwhile is left as it is.

    Raises:
        FileFault: a note changed, or the disk refused; the notes before it are written.
    """
    for edit in found:
        if edit.after:
            _replace(project, edit)


def _wanted(
    note: Note, before: Facts, after: Facts, fields: Sequence[str]
) -> tuple[list[Addition], list[str]]:
    """Return what each talk of a note gets, and which talks cannot be named there."""
    titles = Counter(fold(one.title) for one in before.sessions if one.title)
    titles += Counter(
        fold(one.heading) for one in before.sessions if fold(one.heading) != fold(one.title)
    )
    found: list[Addition] = []
    reasons: list[str] = []
    for old, new in zip(before.sessions, after.sessions, strict=True):
        facts = {key: fact for key, fact in _facts(old, new) if key in fields}
        if not facts:
            continue
        entry = hint_for(note.matter.talks, old.title, old.heading, old.line)
        title = old.heading or old.title
        if entry < 0 and (not fold(title) or titles[fold(title)] > 1):
            shown = f"“{title}”" if title else f"the talk in line {old.line}"
            reasons.append(f"{shown} has no title of its own in the note")
            continue
        line = note.matter.lines.get(f"talks.{entry}", 0) if entry >= 0 else 0
        found.append(Addition(title, entry, line, facts))
    return found, reasons


def _facts(old: SessionFacts, new: SessionFacts) -> Iterator[tuple[str, Fact]]:
    """Yield what `new` says and `old` does not, as `[[talks]]` has it."""
    for key in added_to(old, new):
        if key == "speakers":
            yield key, tuple(one.name for one in new.speakers)
        elif key == "time":
            yield key, f"{new.start}–{new.finish}" if new.finish else new.start
        elif key == "abstract":
            yield key, new.abstract_text
        elif key == "recording":
            added = new.links[len(old.links) :]
            yield key, next(one.url for one in added if one.kind == "recording")
        else:
            yield key, str(getattr(new, key))


def _edit(
    project: Project,
    knowledge: Knowledge,
    note: Note,
    wanted: Sequence[Addition],
    reasons: Sequence[str],
) -> Edit:
    reason = "; ".join(reasons)
    if not wanted:
        return Edit(note.path, reason=reason)
    try:
        data = read_file(
            project.root, _name(project, note.path), project.settings.content.max_bytes
        )
    except FileFault as fault:
        return Edit(note.path, reason=f"it cannot be read: {fault.reason}")
    if hashlib.sha256(data).hexdigest() != note.digest:
        return Edit(note.path, reason="it has changed since it was read; run kb match again")
    text, _ = decode(data, note.path)
    parts = split(text)
    if parts.format == "yaml":
        return Edit(note.path, reason="its front matter is YAML, and kb writes TOML only")
    if parts.format == "header":
        return Edit(note.path, reason="its keys stand without fences, and kb writes TOML only")
    if parts.format == "toml" and not parts.closed:
        return Edit(note.path, reason="its front matter is never closed")
    fences = Fences(parts.first_line, parts.last_line)
    placed = [
        Addition(one.talk, one.entry, one.line - fences.first if one.line else -1, one.facts)
        for one in wanted
    ]
    try:
        after = with_additions(data, fences, placed)
    except MatterFault as fault:
        return Edit(note.path, reason=str(fault))
    if not _reads_alike(project, knowledge, note, after):
        return Edit(note.path, reason="with these lines kb would find other talks in it")
    fields = dict.fromkeys(key for one in wanted for key in one.facts)
    return Edit(note.path, tuple(fields), data, after, reason)


def _reads_alike(project: Project, knowledge: Knowledge, note: Note, data: bytes) -> bool:
    """Return whether the note as it is to be tells of the talks that it tells of now."""
    source = Source(note.path, hashlib.sha256(data).hexdigest(), data)
    read, facts = read_one(source, knowledge.settings, knowledge.vocabulary, project.plugins)
    before = next(one for one in knowledge.facts if one.path == note.path)
    shift = read.lines - note.lines
    return [(one.talk, one.number) for one in places_of(facts)] == [
        (one.talk, one.number) for one in places_of(before)
    ] and [one.line for one in facts.sessions] == [one.line + shift for one in before.sessions]


def _name(project: Project, path: str) -> str:
    """Return how the disk spells the note at `path`, links resolved."""
    real = os.path.realpath(project.root / path)
    return os.path.relpath(real, project.root)


def _replace(project: Project, edit: Edit) -> None:
    """Put the new bytes of a note in the place of those that were read, its rights kept.

    Raises:
        FileFault: it has other bytes by now, or the disk refused.
    """
    name = _name(project, edit.path)
    if read_file(project.root, name) != edit.before:
        raise FileFault(edit.path, "it has changed meanwhile, and was left as it is")
    try:
        write_whole(project.root / name, edit.after, sync=True)
    except FileFault as fault:
        raise FileFault(edit.path, fault.reason) from fault
