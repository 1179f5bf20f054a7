"""Carries out what the writer says: it overrules everything that was guessed."""

from collections.abc import Callable, Sequence

from kb.extraction.clock import TIME, find_date, find_weekday, read_slot
from kb.extraction.hints import Directive, hint_for
from kb.extraction.lexicon import fold
from kb.extraction.links import kind_of_link
from kb.extraction.pieces import Piece
from kb.extraction.similar import nearest
from kb.model.facts import (
    Evidence,
    LinkMention,
    SessionFacts,
    SessionKind,
    SpeakerMention,
    TopicMention,
)
from kb.model.finding import Finding
from kb.model.note import Note, TalkHint
from kb.model.value import replace

KINDS: tuple[SessionKind, ...] = (
    "keynote",
    "talk",
    "panel",
    "forum",
    "workshop",
    "lightning",
    "social",
)
Maker = Callable[[int], SessionFacts]
"""Makes the session that begins with the heading (or line) at a number of a piece; -1: the note."""


def obey(
    note: Note,
    pieces: Sequence[Piece],
    sessions: Sequence[SessionFacts],
    *,
    comments: Sequence[Directive],
    speakers: tuple[tuple[str, ...], int],
    kind: str,
    make: Maker,
) -> tuple[tuple[SessionFacts, ...], tuple[Finding, ...]]:
    """Return the sessions after everything that the writer said, and what could not be done.

    `comments` are the note's directives, `speakers` its front matter's speakers with their line,
    `kind` its front matter's kind.
    """
    found = list(sessions)
    for comment in comments:
        found = _directive(found, pieces, comment, make)
    wanted = _kind(kind)
    names, line = speakers
    talks = [session for session in found if session.is_talk]
    if (wanted and len(talks) != 1) or (names and not found and pieces):
        found = [make(-1)]
    if wanted:
        evidence = Evidence(
            line=note.matter.lines.get("kind", 1), rule="explicit-kind", sure=1.0, text=kind
        )
        found = [
            replace(session, kind=wanted, why=(*session.why, evidence))
            if session.is_talk or len(found) == 1
            else session
            for session in found
        ]
    if names and sum(session.is_talk for session in found) == 1:
        found = [
            replace(session, speakers=_speakers(names, line, session.speakers, "explicit-speakers"))
            if session.is_talk
            else session
            for session in found
        ]
    found, findings = _hints(note, pieces, found, make)
    found.sort(key=lambda session: session.line)
    return tuple(found), findings


def _kind(word: str) -> SessionKind | None:
    return next((kind for kind in KINDS if kind == word), None)


# -- comments --------------------------------------------------------------------------------


def _directive(
    sessions: list[SessionFacts], pieces: Sequence[Piece], comment: Directive, make: Maker
) -> list[SessionFacts]:
    target = _target(pieces, sessions, comment.line)
    if target < 0:
        return sessions
    line = pieces[target].line
    here = next((session for session in sessions if session.line == line), None)
    text = f"<!-- kb: {comment.words} -->"
    evidence = Evidence(line=comment.line, rule="explicit-comment", sure=1.0, text=text)
    if not comment.talk and not comment.kind:
        return [session for session in sessions if session is not here]
    kind = _kind(comment.kind)
    if here is None:
        return _inserted(sessions, replace(make(target), evidence=evidence), kind)
    changed = replace(here, evidence=evidence)
    if kind:
        changed = replace(changed, kind=kind)
    elif changed.kind == "social":
        changed = replace(changed, kind="talk")
    return [changed if session is here else session for session in sessions]


def _target(pieces: Sequence[Piece], sessions: Sequence[SessionFacts], line: int) -> int:
    """Number of the piece that a comment in `line` means: the heading right above or below it,
    else the session or heading it stands under."""
    starts = {session.line for session in sessions}
    heads = [
        number
        for number, piece in enumerate(pieces)
        if piece.kind == "heading" or piece.line in starts
    ]
    above = max((n for n in heads if pieces[n].line <= line), default=-1)
    below = min((n for n in heads if pieces[n].line > line), default=-1)
    if above >= 0 and line - pieces[above].line <= 2:
        return above
    if below >= 0 and pieces[below].line - line <= 2:
        return below
    return above


def _inserted(
    sessions: list[SessionFacts], new: SessionFacts, kind: SessionKind | None
) -> list[SessionFacts]:
    """Add a session; one that it begins within ends before it, one that begins in it is its end."""
    if kind:
        new = replace(new, kind=kind)
    after = min((s.line for s in sessions if s.line > new.line), default=0)
    if after and new.end >= after:
        new = _cut(new, after - 1)
    kept = [
        _cut(session, new.line - 1) if session.line < new.line <= session.end else session
        for session in sessions
    ]
    return sorted([*kept, new], key=lambda session: session.line)


def _cut(session: SessionFacts, end: int) -> SessionFacts:
    """Let a session end earlier; what stood after its new end is no longer its own."""
    return replace(
        session,
        end=end,
        notes=tuple(
            lines if lines.last <= end else replace(lines, last=end)
            for lines in session.notes
            if lines.first <= end
        ),
        links=tuple(link for link in session.links if link.evidence.line <= end),
        pictures=tuple(picture for picture in session.pictures if picture.line <= end),
    )


# -- [[talks]] -------------------------------------------------------------------------------


def _hints(
    note: Note, pieces: Sequence[Piece], sessions: list[SessionFacts], make: Maker
) -> tuple[list[SessionFacts], tuple[Finding, ...]]:
    findings = []
    used: set[int] = set()
    for number, hint in enumerate(note.matter.talks):
        line = note.matter.lines.get(f"talks.{number}", note.matter.lines.get("talks", 1))
        place = next(
            (
                i
                for i, session in enumerate(sessions)
                if hint_for([hint], session.title, session.heading, session.line) == 0
            ),
            -1,
        )
        if place < 0:
            target = _heading_of(hint, pieces)
            if target >= 0:
                sessions = _inserted(sessions, make(target), None)
                wanted = pieces[target].line
                place = next(i for i, session in enumerate(sessions) if session.line == wanted)
        if place < 0 or place in used:
            findings.append(_missing(note, hint, line, sessions, pieces))
            continue
        used.add(place)
        sessions[place] = _told(sessions[place], hint, line)
    return sessions, tuple(findings)


def _heading_of(hint: TalkHint, pieces: Sequence[Piece]) -> int:
    for number, piece in enumerate(pieces):
        if hint.line and piece.line == hint.line:
            return number
        if not hint.line and hint.title and fold(piece.text) == fold(hint.title):
            return number
    return -1


def _missing(
    note: Note,
    hint: TalkHint,
    line: int,
    sessions: Sequence[SessionFacts],
    pieces: Sequence[Piece],
) -> Finding:
    named = f"“{hint.title}”" if hint.title else f"line {hint.line}"
    choices = [words for session in sessions for words in (session.title, session.heading)]
    choices.extend(piece.text for piece in pieces if piece.kind == "heading")
    near = nearest(hint.title, [choice for choice in choices if choice]) if hint.title else ""
    advice = f"did you mean “{near}”?" if near else "use the heading as written, or its line number"
    return Finding(
        code="KB201",
        path=note.path,
        line=line,
        message=f"no section of this note is the talk {named}",
        hint=advice,
    )


def _told(session: SessionFacts, hint: TalkHint, line: int) -> SessionFacts:
    """Return `session` with every field that `hint` gives."""
    why = list(session.why)
    changes: dict[str, object] = {}

    def say(field: str, text: str, **values: object) -> None:
        changes.update(values)
        why.append(Evidence(line=line, rule=f"explicit-{field}", sure=1.0, text=text))

    if hint.name:
        say("name", hint.name, title=hint.name)
    kind = _kind(hint.kind.lower())
    if kind:
        say("kind", hint.kind, kind=kind)
    if hint.day:
        date = find_date(hint.day)
        day = (date.iso if date else "") or find_weekday(hint.day) or hint.day.lower()
        say("day", hint.day, day=day)
    if hint.time and (match := TIME.search(hint.time)):
        slot = read_slot(match)
        say("time", hint.time, start=slot.start, finish=slot.finish or session.finish)
    if hint.room:
        say("room", hint.room, room=hint.room)
    if hint.track:
        say("track", hint.track, track=hint.track)
    if hint.abstract:
        say("abstract", hint.abstract[:120], abstract_text=hint.abstract)
    if hint.speakers is not None:
        changes["speakers"] = _speakers(hint.speakers, line, session.speakers, "explicit-talk")
    if hint.topics is not None:
        changes["topics"] = tuple(
            TopicMention(
                name=topic,
                evidence=Evidence(line=line, rule="explicit-talk", sure=1.0, text=topic),
            )
            for topic in hint.topics
        )
    links = [
        _link(url, kind_word, line)
        for url, kind_word in ((hint.recording, "recording"), (hint.slides, "slides"))
        if url
    ]
    if links:
        told = {link.url for link in links}
        rest = tuple(link for link in session.links if link.url not in told)
        changes["links"] = (*links, *rest)
    evidence = Evidence(
        line=line, rule="explicit-talk", sure=1.0, text=hint.title or f"line {hint.line}"
    )
    return replace(session, evidence=evidence, why=tuple(why), **changes)


def _link(url: str, kind: str, line: int) -> LinkMention:
    return LinkMention(
        url=url,
        kind=kind or kind_of_link(url),
        text="",
        context="",
        evidence=Evidence(line=line, rule="explicit-talk", sure=1.0, text=url),
    )


def _speakers(
    names: Sequence[str], line: int, known: Sequence[SpeakerMention], rule: str
) -> tuple[SpeakerMention, ...]:
    """Return the speakers that the writer names, with what the text tells about each."""
    mentions = []
    for name in names:
        old = next((k for k in known if fold(k.name) == fold(name)), None)
        evidence = Evidence(line=line, rule=rule, sure=1.0, text=name)
        mentions.append(
            replace(old, name=name, evidence=evidence)
            if old
            else SpeakerMention(
                name=name, evidence=evidence, handle=name if name.startswith("@") else ""
            )
        )
    return tuple(mentions)
