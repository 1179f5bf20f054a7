"""One note's facts; `settle` then lets all notes' facts agree with each other."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fnmatch import fnmatchcase

from kb.extraction.bounds import within_bounds
from kb.extraction.clock import find_date, find_day_number, find_part, find_weekday
from kb.extraction.events import read_event
from kb.extraction.explicit import Maker, obey
from kb.extraction.heads import kind_of
from kb.extraction.hints import directives, note_kind, note_speakers, unknown_directives
from kb.extraction.lexicon import fold
from kb.extraction.names import Company
from kb.extraction.outline import Outline, outline, section_at
from kb.extraction.pieces import Piece, footnotes_of, pieces_of
from kb.extraction.roles import holds_lightning
from kb.extraction.said import said_topics
from kb.extraction.sessions import (
    Whereabouts,
    links_of,
    pictures_of,
    session_facts,
)
from kb.extraction.setting import Setting, read_setting
from kb.extraction.settle import agree
from kb.extraction.topics import Words, guesses, known, labelled, words_of
from kb.model.facts import (
    EventFacts,
    Evidence,
    Facts,
    SessionFacts,
    SpeakerMention,
    TopicMention,
)
from kb.model.finding import Finding, in_order
from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.model.settings import ContentSettings
from kb.model.value import Value, replace
from kb.model.vocabulary import Vocabulary

__all__ = ["ExtractionOptions", "extract", "is_selected", "settle"]


class ExtractionOptions(Value, frozen=True):
    """What may be guessed."""

    guess_topics: bool = True
    """Whether terms found in the text become topics."""
    guess_talks: bool = True
    """False: only talks that front matter names."""
    selected: bool = True
    """Whether the note may hold talks at all (see `is_selected`)."""


def is_selected(note: Note, content: ContentSettings) -> bool:
    """Return whether `site.toml` lets `note` hold talks: by category, tag or section.

    Where none of the three is set, every note may. A `section` is a folder below the content
    folder, or a glob over the note's path.
    """
    if not (content.categories or content.tags or content.sections):
        return True
    matter = note.matter
    if {fold(c) for c in content.categories} & {fold(c) for c in matter.categories}:
        return True
    if {fold(t) for t in content.tags} & {fold(t) for t in matter.tags}:
        return True
    path = note.path
    if content.folder not in ("", ".") and path.startswith(content.folder.strip("/") + "/"):
        path = path[len(content.folder.strip("/")) + 1 :]
    for section in content.sections:
        folder = section.strip("/")
        if path.startswith(folder + "/") or fnmatchcase(path, folder):
            return True
    return False


def extract(note: Note, vocabulary: Vocabulary, options: ExtractionOptions) -> Facts:
    """Return what `note` says of its event, sessions, speakers, topics and links.

    Never raises for what a note holds. The facts of one note are one note's view: `settle` weighs
    names, days and guessed topics over all of them.
    """
    pieces = pieces_of(note)
    headings = [piece for piece in pieces if piece.kind == "heading" and not piece.depth]
    company = _company(note, pieces, vocabulary)
    setting = read_setting(note, pieces, headings)
    kind = note_kind(note.matter)
    found = Outline()
    if options.selected and kind != "article" and options.guess_talks:
        found = outline(note, pieces, company, setting)
    sessions = tuple(
        session_facts(section, note, pieces, vocabulary.link_rules, where)
        for section, where in zip(found.sections, _whereabouts(found, pieces), strict=True)
    )
    findings: tuple[Finding, ...] = ()
    if (options.selected and kind != "article") or note.matter.talks:
        sessions, findings = obey(
            note,
            pieces,
            sessions,
            comments=directives(note),
            speakers=note_speakers(note.matter),
            kind=kind,
            make=_maker(note, pieces, company, setting, vocabulary),
        )
        findings = (*findings, *unknown_directives(note))
    titled = found.single and any(
        section.candidate.form == "title" or not note.matter.title for section in found.sections
    )
    event = _event(note, pieces, vocabulary, setting, sessions, single=titled)
    words = words_of(vocabulary.topics)
    topics = _note_topics(note, words)
    never = _never(note, sessions, event)
    sessions = tuple(
        _with_topics(
            note, pieces, session, lower=company.lower, never=never, words=words, options=options
        )
        for session in sessions
    )
    covered = {line for one in sessions for line in range(one.line, one.end + 1)}
    footnotes = footnotes_of(note)
    if found.single and len(sessions) == 1 and footnotes:
        sessions = (_with_footnotes(sessions[0], note, footnotes, vocabulary),)
        footnotes = ()
    rest = [*(piece for piece in pieces if piece.line not in covered), *footnotes]
    findings = in_order([*findings, *_doubts(note, sessions)])
    return within_bounds(
        Facts(
            path=note.path,
            event=event,
            sessions=sessions,
            topics=topics,
            links=links_of(rest, note.references, vocabulary.link_rules),
            pictures=pictures_of(rest, note.references),
            people=_doubtful(found, sessions),
            findings=findings,
        )
    )


def _with_footnotes(
    session: SessionFacts, note: Note, footnotes: Sequence[Piece], vocabulary: Vocabulary
) -> SessionFacts:
    """Return the only session of a note with the links of its footnotes."""
    known = {link.url for link in session.links}
    told = links_of(footnotes, note.references, vocabulary.link_rules)
    links = (*session.links, *(link for link in told if link.url not in known))
    return replace(session, links=links)


def _maker(
    note: Note,
    pieces: Sequence[Piece],
    company: Company,
    setting: Setting,
    vocabulary: Vocabulary,
) -> Maker:
    """Return a function that makes the session which the writer says begins at a piece."""

    def make(index: int) -> SessionFacts:
        section = section_at(note, pieces, company, setting, index)
        return session_facts(section, note, pieces, vocabulary.link_rules, Whereabouts())

    return make


def settle(
    facts: Sequence[Facts], vocabulary: Vocabulary, options: ExtractionOptions
) -> tuple[Facts, ...]:
    """Return `facts` in the same order, after all notes have weighed in: names and topics."""
    return agree(facts, vocabulary, guess_topics=options.guess_topics)


_LOWER = Pattern(r"(?<![\w./@#-])[^\W\d_A-Z][^\W\d_A-Z]++(?![\w/@])")


def _lower(text: str) -> frozenset[str]:
    """Return the folded words that `text` uses in lower case."""
    words = set(text.split())
    whole = set(filter(str.isascii, filter(str.isalpha, words)))
    found = {word for word in filter(str.islower, whole) if len(word) > 1}
    for word in _LOWER.findall(" ".join(words - whole)):
        if word.isascii():
            found.add(word)
        elif word == word.lower():
            found.add(fold(word))
    return frozenset(found)


def _company(note: Note, pieces: Sequence[Piece], vocabulary: Vocabulary) -> Company:
    """Gather what the note and the vocabulary tell about names."""
    text = "\n".join([piece.text for piece in pieces if piece.kind not in ("code", "heading")])
    people = {fold(entry.name) for entry in vocabulary.people}
    people.update(fold(alias) for entry in vocabulary.people for alias in entry.aliases)
    speakers, _ = note_speakers(note.matter)
    people.update(fold(name) for name in speakers if " " in name)
    for hint in note.matter.talks:
        people.update(fold(name) for name in hint.speakers or ())
    return Company(lower=_lower(text), people=frozenset(people - {""}))


def _whereabouts(found: Outline, pieces: Sequence[Piece]) -> list[Whereabouts]:
    """Return, for each section, what the headings above it tell: day, half, track, kind."""
    heads = [
        (number, piece)
        for number, piece in enumerate(pieces)
        if piece.kind == "heading" and not piece.depth
    ]
    taken = {section.candidate.index for section in found.sections}
    result = []
    for section in found.sections:
        index = section.candidate.index
        level = section.candidate.level
        day = part = track = kind = ""
        evidence: Evidence | None = None
        for number, piece in reversed(heads):
            if number >= index or number in taken:
                continue
            text = piece.text
            found_day = _day_of(text)
            if found_day and not day and len(text.split()) < 10:
                day = found_day
                evidence = Evidence(line=piece.line, rule="day-heading", sure=0.85, text=text)
            if not part and len(text.split()) < 6:
                part = find_part(text)
                evidence = evidence or (
                    Evidence(line=piece.line, rule="day-heading", sure=0.8, text=text)
                    if part
                    else None
                )
            if piece.level < level:
                level = piece.level
                singular = re.sub(r"s$", "", fold(text))
                plural_kind = kind_of(singular) if len(singular.split()) < 4 else None
                if holds_lightning(text):
                    plural_kind = "lightning"
                if plural_kind in ("lightning", "keynote", "workshop", "panel") and not kind:
                    kind = plural_kind
                    evidence = evidence or Evidence(
                        line=piece.line, rule="kind-heading", sure=0.7, text=text
                    )
                if re.match(r"(?i)\W*(?:track|room|stage)\b", text) and not track:
                    track = " ".join(text.split())
            if day and level <= 1:
                break
        result.append(Whereabouts(day=day, part=part, track=track, kind=kind, evidence=evidence))
    return result


def _day_of(text: str) -> str:
    date = find_date(text)
    if date and date.iso:
        return date.iso
    number = find_day_number(text)
    weekday = find_weekday(text)
    return weekday or (f"day-{number}" if number else "")


def _event(
    note: Note,
    pieces: Sequence[Piece],
    vocabulary: Vocabulary,
    setting: Setting,
    sessions: Sequence[SessionFacts],
    *,
    single: bool,
) -> EventFacts | None:
    if not sessions and setting.weight < 1.5 and not note.matter.event:
        return None
    event = read_event(
        note,
        pieces,
        vocabulary,
        talk_title=single,
        talks=sessions,
        setting=setting,
    )
    named = setting.title_is_event >= (1.5 if setting.plain else 2.3)
    if event and not sessions and not note.matter.event and not named:
        explicit = any(evidence.explicit for evidence in event.why)
        return event if explicit else None
    return event


def _note_topics(note: Note, words: Words) -> tuple[TopicMention, ...]:
    matter = note.matter
    lines = matter.lines
    mentions: dict[tuple[str, str], TopicMention] = {}
    for labels, key, rule, sure in (
        (matter.topics, "topics", "explicit-topics", 1.0),
        (matter.tags, "tags", "topic-tag", 0.9),
        (matter.categories, "categories", "topic-category", 0.8),
    ):
        for topic in labelled(labels, lines.get(key, 1), rule, words, sure=sure):
            mentions.setdefault((fold(topic.name), topic.evidence.text), topic)
    return tuple(mentions.values())


def _never(
    note: Note, sessions: Sequence[SessionFacts], event: EventFacts | None
) -> frozenset[str]:
    """Return the folded words that are no topics: of the event and of people."""
    never = {fold(event.name), fold(event.place), *fold(event.name).split()} if event else set()
    for session in sessions:
        for speaker in session.speakers:
            never.update((fold(speaker.name), *fold(speaker.name).split()))
    never.update(fold(author) for author in note.matter.authors)
    return frozenset(never - {""})


def _with_topics(
    note: Note,
    pieces: Sequence[Piece],
    session: SessionFacts,
    *,
    lower: frozenset[str],
    never: frozenset[str],
    words: Words,
    options: ExtractionOptions,
) -> SessionFacts:
    """Add the topics of the vocabulary and those of the text, unless the writer named them."""
    if any(topic.evidence.explicit for topic in session.topics):
        return session
    start = bisect_left(pieces, session.line, key=_line)
    inside = pieces[start : bisect_right(pieces, session.end, key=_line)]
    said = said_topics(inside, words)
    if said:
        return replace(session, topics=said)
    mentions = {fold(topic.name): topic for topic in (*session.topics, *known(inside, words))}
    if options.guess_topics and session.is_talk:
        for topic in guesses(
            session.title, inside, note.references, lower=lower, never=never, words=words
        ):
            mentions.setdefault(fold(topic.name), topic)
    return replace(session, topics=tuple(mentions.values()))


def _line(piece: Piece) -> int:
    return piece.line


DOUBT = 0.5
"""Below this, kb says that it is not sure."""


def _doubts(note: Note, sessions: Sequence[SessionFacts]) -> list[Finding]:
    """Say what was guessed on thin evidence, and how the writer settles it in a word."""
    findings = []
    for session in sessions:
        shown = session.title or session.heading
        if session.is_talk and session.evidence.sure < DOUBT:
            findings.append(
                Finding(
                    code="KB203",
                    path=note.path,
                    line=session.line,
                    message=f"“{shown}” may be a talk",
                    hint="write <!-- kb: talk --> or <!-- kb: not a talk --> below its heading",
                )
            )
        findings.extend(
            Finding(
                code="KB203",
                path=note.path,
                line=speaker.evidence.line or session.line,
                message=f"{speaker.name} may be a speaker of “{shown}”",
                hint=f"a line “Speaker: {speaker.name}” says so",
            )
            for speaker in session.speakers
            if speaker.evidence.sure < DOUBT
        )
    return findings


def _doubtful(found: Outline, sessions: Sequence[SessionFacts]) -> tuple[SpeakerMention, ...]:
    """Names that may be speakers, for `settle` to weigh with other notes."""
    lines = {session.line for session in sessions if not session.speakers and session.is_talk}
    mentions: list[SpeakerMention] = []
    for section in found.sections:
        if section.candidate.line not in lines:
            continue
        mentions.extend(
            SpeakerMention(
                name=doubt.person.name or doubt.person.handle,
                handle=doubt.person.handle,
                organisation=doubt.person.organisation,
                role=doubt.person.role,
                evidence=Evidence(
                    line=doubt.line,
                    rule=doubt.rule,
                    sure=round(doubt.person.sure, 3),
                    text=doubt.text,
                ),
            )
            for doubt in section.candidate.zone.doubtful
        )
    return tuple(mentions)
