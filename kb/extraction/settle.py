"""What all notes agree on: who is a speaker, what a handle stands for, which guesses matter.

Nothing here reads a note again. A name that is surely a speaker in one note settles a doubtful line
in another; a guessed topic is kept for what the whole collection says of it; two spellings that
may be one person are told, never joined.
"""

from collections.abc import Mapping, Sequence

from kb.extraction.heads import choose, read_head
from kb.extraction.lexicon import fold
from kb.extraction.names import Company
from kb.extraction.similar import alike
from kb.model.facts import Evidence, Facts, SessionFacts, SpeakerMention, TopicMention
from kb.model.finding import Finding, in_order
from kb.model.value import Value, replace
from kb.model.vocabulary import Vocabulary

SURE = 0.8
MOST_TOPICS = 7
ENOUGH = 0.48
"""How sure a guessed topic must be, with what other talks add to it."""


class _Known(Value, frozen=True):
    """The people that the collection surely knows."""

    names: Mapping[str, str]
    """Folded name to the spelling most used."""
    handles: Mapping[str, str]
    """Handle in lower case to a name."""


def agree(
    facts: Sequence[Facts], vocabulary: Vocabulary, *, guess_topics: bool
) -> tuple[Facts, ...]:
    """Return `facts` in the same order, each weighed with all the others."""
    known = _people(facts, vocabulary)
    counts = _counts(facts)
    named = [_named(one, known) for one in facts]
    suggestions = _suggestions(named, vocabulary)
    return tuple(
        replace(
            one,
            sessions=tuple(
                _topics(session, counts, known, guess_topics=guess_topics)
                for session in one.sessions
            ),
            findings=in_order([*one.findings, *suggestions.get(one.path, ())]),
        )
        for one in named
    )


# -- people ----------------------------------------------------------------------------------


def _people(facts: Sequence[Facts], vocabulary: Vocabulary) -> _Known:
    spellings: dict[str, dict[str, int]] = {}
    handles: dict[str, set[str]] = {}
    for one in facts:
        for session in one.sessions:
            for speaker in session.speakers:
                named = not speaker.name.startswith("@") and " " in speaker.name
                if named and speaker.evidence.sure >= SURE:
                    forms = spellings.setdefault(fold(speaker.name), {})
                    forms[speaker.name] = forms.get(speaker.name, 0) + 1
                if named and speaker.handle:
                    handles.setdefault(speaker.handle.lower(), set()).add(fold(speaker.name))
    names = {
        folded: max(sorted(forms), key=lambda form: forms[form])
        for folded, forms in spellings.items()
    }
    for entry in vocabulary.people:
        for spelling in (entry.name, *entry.aliases):
            if spelling.startswith("@"):
                handles[spelling.lower()] = {fold(entry.name)}
            elif " " in spelling:
                names.setdefault(fold(spelling), spelling)
        names[fold(entry.name)] = entry.name
    return _Known(
        names=names,
        handles={
            handle: names[next(iter(people))]
            for handle, people in handles.items()
            if len(people) == 1 and next(iter(people)) in names
        },
    )


def _named(facts: Facts, known: _Known) -> Facts:
    """Settle the doubtful speakers of one note."""
    sessions = []
    doubtful = [mention for mention in facts.people if fold(mention.name) in known.names]
    for session in facts.sessions:
        if session.is_talk and not session.speakers:
            session = _from_doubtful(session, doubtful)
        if session.is_talk and not session.speakers:
            session = _from_heading(session, known)
        if any(speaker.name.startswith("@") for speaker in session.speakers):
            session = replace(session, speakers=_unmasked(session.speakers, known))
        sessions.append(session)
    return replace(facts, sessions=tuple(sessions))


def _from_doubtful(session: SessionFacts, doubtful: Sequence[SpeakerMention]) -> SessionFacts:
    found = tuple(
        replace(
            mention,
            evidence=replace(
                mention.evidence, rule="speaker-elsewhere", sure=max(0.75, mention.evidence.sure)
            ),
        )
        for mention in doubtful
        if session.line <= mention.evidence.line <= session.end
    )
    return replace(session, speakers=found) if found else session


def _from_heading(session: SessionFacts, known: _Known) -> SessionFacts:
    """Read a heading again, where a name that is known elsewhere stands in it."""
    words = fold(session.heading).split()
    runs = {" ".join(words[start : start + size]) for size in (2, 3) for start in range(len(words))}
    people = runs & known.names.keys()
    if not people or (
        session.title != session.heading and fold(session.title) != fold(session.heading)
    ):
        return session
    reading = choose(read_head(session.heading, (), Company(people=frozenset(people))), {})
    names = {fold(person.name) for person in reading.people}
    if not reading.title or not names or not names <= people or reading.sure < 0.8:
        return session
    return replace(
        session,
        title=reading.title,
        speakers=tuple(
            SpeakerMention(
                name=person.name,
                organisation=person.organisation,
                role=person.role,
                handle=person.handle,
                evidence=Evidence(
                    line=session.line, rule="speaker-elsewhere", sure=0.8, text=session.heading
                ),
            )
            for person in reading.people
        ),
    )


def _unmasked(speakers: Sequence[SpeakerMention], known: _Known) -> tuple[SpeakerMention, ...]:
    """Give a speaker who is only a handle the name that another note has for it."""
    return tuple(
        replace(speaker, name=known.handles[speaker.name.lower()], handle=speaker.name)
        if speaker.name.lower() in known.handles
        else speaker
        for speaker in speakers
    )


def _suggestions(facts: Sequence[Facts], vocabulary: Vocabulary) -> dict[str, tuple[Finding, ...]]:
    """Return, for each note, the spellings in it that may be a person known by another."""
    places: dict[str, list[tuple[Facts, SessionFacts, SpeakerMention]]] = {}
    settled = {fold(entry.name) for entry in vocabulary.people}
    settled.update(fold(alias) for entry in vocabulary.people for alias in entry.aliases)
    for one in facts:
        for session in one.sessions:
            for speaker in session.speakers:
                places.setdefault(speaker.name, []).append((one, session, speaker))
    by_fold: dict[str, str] = {}
    for name in sorted(places, key=lambda n: (-len(places[n]), n)):
        by_fold.setdefault(fold(name), name)
    found: dict[str, list[Finding]] = {}
    for first, second, score in alike(sorted(by_fold.values())):
        if fold(first) in settled and fold(second) in settled:
            continue
        keep, other = sorted((first, second), key=lambda n: (-len(places[n]), -len(n), n))
        one, session, speaker = places[other][0]
        reason = _shared(places[keep], places[other]) or f"{score:.0%} alike"
        found.setdefault(one.path, []).append(
            Finding(
                code="KB202",
                path=one.path,
                line=speaker.evidence.line or session.line,
                message=f"{other} ~ {keep}: {reason}",
                hint=f'if they are one person, add to people.toml: [[people]] name = "{keep}", '
                f'aliases = ["{other}"]',
            )
        )
    return {path: tuple(findings) for path, findings in found.items()}


def _shared(
    first: Sequence[tuple[Facts, SessionFacts, SpeakerMention]],
    second: Sequence[tuple[Facts, SessionFacts, SpeakerMention]],
) -> str:
    titles = {fold(session.title) for _, session, _ in first if session.title}
    for _, session, _ in second:
        if session.title and fold(session.title) in titles:
            return f"both gave “{session.title}”"
    handles = {speaker.handle.lower() for _, _, speaker in first if speaker.handle}
    for _, _, speaker in second:
        if speaker.handle and speaker.handle.lower() in handles:
            return f"both are {speaker.handle}"
    firms = {fold(speaker.organisation) for _, _, speaker in first if speaker.organisation}
    for _, _, speaker in second:
        if speaker.organisation and fold(speaker.organisation) in firms:
            return f"both of {speaker.organisation}"
    return ""


# -- topics ----------------------------------------------------------------------------------


def _counts(facts: Sequence[Facts]) -> dict[str, int]:
    """Return in how many sessions each topic comes, by folded name."""
    counts: dict[str, int] = {}
    for one in facts:
        labels = {fold(topic.name) for topic in one.topics}
        for session in one.sessions:
            for name in {fold(topic.name) for topic in session.topics}:
                counts[name] = counts.get(name, 0) + 1
        for name in labels:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _topics(
    session: SessionFacts, counts: Mapping[str, int], known: _Known, *, guess_topics: bool
) -> SessionFacts:
    """Keep what is told, and the few guesses that matter here or in several sessions."""
    told = [topic for topic in session.topics if not topic.guessed]
    guessed = [
        topic
        for topic in session.topics
        if topic.guessed and guess_topics and fold(topic.name) not in known.names
    ]
    weighed = sorted(
        ((-_weight(topic, counts), fold(topic.name), topic) for topic in guessed),
        key=lambda item: item[:2],
    )
    kept = [topic for weight, _, topic in weighed if -weight >= ENOUGH][:MOST_TOPICS]
    return replace(session, topics=(*told, *kept))


def _weight(topic: TopicMention, counts: Mapping[str, int]) -> float:
    often = counts.get(fold(topic.name), 1) - 1
    return topic.evidence.sure + min(0.25, 0.12 * often)
