"""From a section of a note to the facts of its session."""

import re
from collections.abc import Sequence

from kb.extraction.heads import kind_of
from kb.extraction.lexicon import fold
from kb.extraction.links import kind_of_link
from kb.extraction.names import GIVEN, likeness
from kb.extraction.outline import Section
from kb.extraction.pictures import mention
from kb.extraction.pieces import Piece, excerpt
from kb.extraction.speakers import Person, read_close
from kb.extraction.zones import Found, person_of_url
from kb.model.facts import (
    Evidence,
    LinkMention,
    PictureMention,
    SessionFacts,
    SessionKind,
    SpeakerMention,
)
from kb.model.note import Lines, Note, Reference
from kb.model.pattern import Pattern
from kb.model.value import Value
from kb.model.vocabulary import LinkRule


class Whereabouts(Value, frozen=True):
    """What the headings above a session tell of it."""

    day: str = ""
    part: str = ""
    track: str = ""
    kind: str = ""
    evidence: Evidence | None = None


def links_of(
    pieces: Sequence[Piece], references: Sequence[Reference], rules: Sequence[LinkRule]
) -> tuple[LinkMention, ...]:
    """Return the http(s) links of `pieces`, in order, each URL once."""
    found: dict[str, LinkMention] = {}
    for piece in pieces:
        if not piece.links:
            continue
        for span in piece.links:
            reference = references[span.number]
            if reference.kind != "link" or reference.code:
                continue
            text = piece.text[span.start : span.end].strip()
            for url in _urls(reference, text):
                shown = "" if text == url or "://" in text else text
                if url in found and (found[url].text or not shown):
                    continue
                context = excerpt(piece.text, 240)
                found[url] = LinkMention(
                    url=url,
                    kind=kind_of_link(url, shown, context, rules),
                    text=shown,
                    context=context,
                    evidence=Evidence(line=piece.line, rule="link", sure=1.0, text=context[:120]),
                )
    return tuple(found.values())


_WHOLE = Pattern(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)


def _urls(reference: Reference, text: str) -> list[str]:
    """The target, and a URL that the link's text spells out where it is another one."""
    urls = []
    target = reference.target.strip()
    if target.lower().startswith(("http://", "https://")) and len(target) > 8:
        urls.append(target)
    if text.lower().startswith("www.") and target.lower() == "http://" + text.lower():
        # Reading gave a scheme to a bare `www.` host: the writer cited no URL.
        return []
    if _WHOLE.match(text) and text != target and not text.endswith(("…", "...")):
        urls.append(text)
    return urls


def pictures_of(
    pieces: Sequence[Piece], references: Sequence[Reference]
) -> tuple[PictureMention, ...]:
    """Return the pictures of `pieces`, in order."""
    found: list[PictureMention] = []
    seen: set[int] = set()
    for piece in pieces:
        for number in piece.pictures:
            if number not in seen and references[number].kind == "picture":
                seen.add(number)
                found.append(mention(references[number]))
    return tuple(found)


def speakers_of(
    section: Section, note: Note, pieces: Sequence[Piece]
) -> tuple[SpeakerMention, ...]:
    """Return the speakers of a section: of its heading, else of the lines below, each once."""
    candidate = section.candidate
    mentions: list[SpeakerMention] = []
    line_text = candidate.head.text[:160]
    by_heading = [
        Found(
            person=person,
            line=candidate.line,
            rule=f"speaker-{candidate.reading.pattern}",
            text=line_text,
            url=_profile(candidate.index, person.name, note, pieces),
        )
        for person in candidate.reading.people
    ]
    below = list(candidate.zone.people)
    first, second = by_heading, below
    if below and candidate.zone.place == "label":
        first, second = below, by_heading if _agree(by_heading, below) else []
    elif below and by_heading and candidate.reading.label in _WEAK_LABELS:
        first, second = below, []
    for found in (*first, *second):
        _add(mentions, found)
    if not mentions:
        _from_urls(mentions, section, note, pieces)
    if not mentions and section.rule == "talk-note":
        mentions = _from_file(section, note) or _from_close(pieces)
    return tuple(mentions)


_WEAK_LABELS = frozenset(
    {"fireside chat", "interview", "ama", "panel", "panel discussion", "demo", "q a"}
)


def _agree(a: Sequence[Found], b: Sequence[Found]) -> bool:
    names = {fold(found.person.name) for found in a}
    return any(fold(found.person.name) in names for found in b)


def _profile(index: int, name: str, note: Note, pieces: Sequence[Piece]) -> str:
    if index < 0 or not name:
        return ""
    piece = pieces[index]
    for span in piece.links:
        words = piece.text[span.start : span.end]
        target = note.references[span.number].target
        if name in words and len(words) < len(name) + 12 and target.startswith("http"):
            return target
    return ""


def _add(mentions: list[SpeakerMention], found: Found) -> None:
    person = found.person
    name = person.name or person.handle
    folded = fold(name)
    for position, old in enumerate(mentions):
        same_handle = person.handle and old.handle.lower() == person.handle.lower()
        if fold(old.name) == folded or same_handle:
            if not person.name:
                return
            mentions[position] = SpeakerMention(
                name=old.name if not old.name.startswith("@") else name,
                evidence=old.evidence,
                organisation=old.organisation or person.organisation,
                role=old.role or person.role,
                handle=old.handle or person.handle,
                url=old.url or found.url,
            )
            return
        if folded and " " not in folded and folded in fold(old.name).split():
            return
    mentions.append(
        SpeakerMention(
            name=name,
            evidence=Evidence(
                line=found.line, rule=found.rule, sure=round(person.sure, 3), text=found.text
            ),
            organisation=person.organisation,
            role=person.role,
            handle=person.handle,
            url=found.url,
        )
    )


def _from_urls(
    mentions: list[SpeakerMention], section: Section, note: Note, pieces: Sequence[Piece]
) -> None:
    candidate = section.candidate
    for piece in pieces[max(0, candidate.index) : candidate.zone.stop]:
        for span in piece.links:
            url = note.references[span.number].target
            person = person_of_url(url)
            if person:
                _add(mentions, Found(person=person, line=piece.line, rule="speaker-url", text=url))


def _from_close(pieces: Sequence[Piece]) -> list[SpeakerMention]:
    """The last lines of a note that is one talk: `Talk given by NAME`."""
    mentions: list[SpeakerMention] = []
    for piece in [piece for piece in pieces if piece.text.strip()][-3:]:
        for person in read_close(piece.text).persons:
            _add(
                mentions,
                Found(person=person, line=piece.line, rule="speaker-close", text=piece.text[:160]),
            )
    return mentions


def _from_file(section: Section, note: Note) -> list[SpeakerMention]:
    """The end of the file's name: after the title's words, or set off from the rest of it."""
    stem = re.sub(r"\.\w+$", "", note.path.rpartition("/")[2])
    words = [word for word in re.split(r"[-_. ]+", stem) if word]
    title = fold(title_of(section)).split()
    told = [fold(word) for word in words]
    rest = words[len(title) :]
    if len(title) < 2 or told[: len(title)] != title or len(rest) not in (2, 4):
        return _from_tail(stem)
    mentions: list[SpeakerMention] = []
    for start in range(0, len(rest), 2):
        person = _named_by(rest[start : start + 2])
        if person is None:
            return []
        _add(mentions, Found(person=person, line=0, rule="speaker-file", text=stem))
    return mentions


def _from_tail(stem: str) -> list[SpeakerMention]:
    """`slow-queries_Gwen_Pratt`, `slow queries - Gwen Pratt`: a name behind another mark."""
    parts = re.split(r"\s+[-–—]\s+|--|__", stem)
    if len(parts) == 1 and "-" in stem and "_" in stem:
        parts = stem.split("_", 1)
    words = [word for word in re.split(r"[-_. ]+", parts[-1]) if word]
    if len(parts) != 2 or not 2 <= len(words) <= 3:
        return []
    capitals = all(word[:1].isupper() for word in words)
    person = _named_by(words)
    if person is None or not (capitals or fold(words[0]) in GIVEN):
        return []
    mentions: list[SpeakerMention] = []
    _add(mentions, Found(person=person, line=0, rule="speaker-file", text=stem))
    return mentions


def _named_by(words: Sequence[str]) -> Person | None:
    """Return the person whose name the words of a file's name are, None where they are not."""
    name = " ".join(word[:1].upper() + word[1:] for word in words)
    weight = likeness(name)
    return Person(name=name, sure=min(0.75, weight)) if weight >= 0.5 else None


def kind_of_session(section: Section, where: Whereabouts) -> tuple[SessionKind, str]:
    """Return the kind of a session and the words that tell it."""
    if section.social:
        return "social", section.candidate.head.text
    candidate = section.candidate
    for words in (candidate.reading.label, candidate.zone.kind_label, candidate.reading.title):
        kind = kind_of(words) if words else None
        if kind:
            return kind, words
    if where.kind:
        return where.kind, where.evidence.text if where.evidence else ""  # type: ignore[return-value]
    return "talk", ""


def notes_of(section: Section, note: Note, pieces: Sequence[Piece]) -> tuple[Lines, ...]:
    """Return the lines of a section that no other field tells."""
    candidate = section.candidate
    first = candidate.line + 1
    if candidate.form == "title":
        first = note.matter.last_line + 1
    elif candidate.index >= 0:
        first = pieces[candidate.index].end + 1
        if candidate.form == "heading":
            first = _after_heading(note, candidate.line) + 1
    consumed = set(candidate.zone.consumed)
    ranges: list[Lines] = []
    start = 0
    for line in range(first, section.end + 1):
        if line in consumed:
            if start:
                ranges.append(Lines(first=start, last=line - 1))
                start = 0
        elif not start:
            start = line
    if start and start <= section.end:
        ranges.append(Lines(first=start, last=section.end))
    own = [piece for piece in pieces if first <= piece.line <= section.end]
    return tuple(
        lines
        for lines in ranges
        if any(piece.line <= lines.last and lines.first <= piece.end for piece in own)
    )


def _after_heading(note: Note, line: int) -> int:
    for block in note.blocks:
        if block.kind == "heading" and block.line <= line <= block.end:
            return block.end
    return line


def abstract_text(lines: Lines | None, pieces: Sequence[Piece]) -> str:
    """Return the plain words of the abstract in `lines`."""
    if lines is None:
        return ""
    words = " ".join(
        piece.text.strip()
        for piece in pieces
        if lines.first <= piece.line <= lines.last and piece.kind != "heading"
    )
    return re.sub(
        r"^(?:abstract|description|summary)\s*[:：]\s*",
        "",
        " ".join(words.split()),
        flags=re.IGNORECASE,
    )


def title_of(section: Section) -> str:
    """Return the title of a section, `""` where the note gives none."""
    candidate = section.candidate
    title = candidate.zone.title or candidate.reading.title
    return title if fold(title) else ""


def session_facts(
    section: Section,
    note: Note,
    pieces: Sequence[Piece],
    rules: Sequence[LinkRule],
    where: Whereabouts,
) -> SessionFacts:
    """Return what `section` tells, without topics and without the writer's hints."""
    candidate = section.candidate
    zone, dressing = candidate.zone, candidate.head.dressing
    inside = pieces[max(0, candidate.index) : section.last]
    title = title_of(section)
    kind, told = kind_of_session(section, where)
    why = [
        Evidence(
            line=zone.title_line or candidate.line,
            rule=f"title-{'below' if zone.title else candidate.reading.pattern}",
            sure=round(min(0.97, max(0.5, candidate.reading.sure)), 3),
            text=candidate.head.text[:160],
        )
    ]
    if told:
        why.append(Evidence(line=candidate.line, rule="kind-words", sure=0.85, text=told[:120]))
    day, part = zone.day or dressing.date or where.day, zone.part or where.part
    if day or part:
        evidence = where.evidence
        if zone.day or dressing.date or evidence is None:
            evidence = Evidence(line=candidate.line, rule="day-head", sure=0.9, text=day or part)
        why.append(evidence)
    start = dressing.slot.start or zone.slot_start
    if start:
        why.append(Evidence(line=candidate.line, rule="time-head", sure=0.9, text=start))
    room = dressing.room or zone.room
    if room:
        why.append(Evidence(line=candidate.line, rule="room-head", sure=0.9, text=room))
    speakers = () if section.social else speakers_of(section, note, pieces)
    return SessionFacts(
        title=title,
        kind=kind,
        line=candidate.line,
        end=max(candidate.line, section.end),
        evidence=Evidence(
            line=candidate.line,
            rule=section.rule,
            sure=round(section.sure, 3),
            text="; ".join(candidate.reasons)[:200],
        ),
        notes=notes_of(section, note, pieces),
        abstract=zone.abstract,
        speakers=speakers,
        links=links_of(inside, note.references, rules),
        pictures=pictures_of(inside, note.references),
        heading=" ".join(
            (pieces[candidate.index].text if candidate.index >= 0 else candidate.head.text).split()
        ),
        anchor=pieces[candidate.index].anchor if candidate.index >= 0 else "",
        abstract_text=abstract_text(zone.abstract, pieces),
        day=day,
        part=part,
        start=start,
        finish=dressing.slot.finish or zone.slot_finish,
        room=room,
        track=zone.track or dressing.track or where.track,
        why=tuple(why),
    )
