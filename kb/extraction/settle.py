"""What all notes agree on: who is a speaker, what a handle stands for, which guesses matter.

Nothing here reads a note again. A name that is surely a speaker in one note settles a doubtful line
in another; a guessed topic is kept for what the whole collection says of it; two spellings that
may be one person are told, never joined.
"""

from collections import Counter
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


class Agreement(Value, frozen=True):
    """What all notes agree on, as far as it settles what a single one says."""

    names: Mapping[str, str]
    """The people that the collection surely knows: folded name to the spelling most used."""
    handles: Mapping[str, str]
    """Handle in lower case to a name."""
    counts: Mapping[str, int]
    """In how many sessions each topic comes, by folded name."""


class Share(Value, frozen=True):
    """What one note brings to the agreement: notes of equal shares settle all others alike."""

    names: tuple[str, ...]
    """Of those who are surely speakers, as written, once for each mention."""
    handles: tuple[tuple[str, str], ...]
    """Handle in lower case and folded name."""
    topics: tuple[str, ...]
    """Folded, once for each session and once for the whole note."""


def agree(
    facts: Sequence[Facts], vocabulary: Vocabulary, *, guess_topics: bool
) -> tuple[Facts, ...]:
    """Return `facts` in the same order, each weighed with all the others."""
    agreement = agreement_of(facts, vocabulary)
    named = [_named(one, agreement) for one in facts]
    suggestions = _suggestions(named, vocabulary)
    return tuple(
        replace(
            _weighed(one, agreement, guess_topics=guess_topics),
            findings=in_order([*one.findings, *suggestions.get(one.path, ())]),
        )
        for one in named
    )


def share_of(facts: Facts) -> Share:
    """Return what a note that says `facts` on its own brings to the agreement of all."""
    speakers = [
        speaker
        for session in facts.sessions
        for speaker in session.speakers
        if not speaker.name.startswith("@") and " " in speaker.name
    ]
    topics = [sorted({fold(topic.name) for topic in facts.topics})]
    topics += [sorted({fold(topic.name) for topic in one.topics}) for one in facts.sessions]
    return Share(
        names=tuple(speaker.name for speaker in speakers if speaker.evidence.sure >= SURE),
        handles=tuple(
            (speaker.handle.lower(), fold(speaker.name)) for speaker in speakers if speaker.handle
        ),
        topics=tuple(name for names in topics for name in names),
    )


def agreement_of(facts: Sequence[Facts], vocabulary: Vocabulary) -> Agreement:
    """Return what all notes agree on, each saying one of `facts` on its own."""
    shares = [share_of(one) for one in facts]
    names, handles = _people(shares, vocabulary)
    return Agreement(names=names, handles=handles, counts=_counts(shares))


def recounted(
    agreement: Agreement, before: Sequence[Share], after: Sequence[Share]
) -> Mapping[str, int] | None:
    """Return the counts of topics that become others where some notes bring `after` for `before`.

    `before` and `after` are of the same notes. None where notes besides these may be settled
    otherwise: other people, or a topic of theirs that now comes more or less often, as far as that
    matters to it.
    """
    if [(one.names, one.handles) for one in before] != [(one.names, one.handles) for one in after]:
        return None
    was = Counter(name for one in before for name in one.topics)
    now = Counter(name for one in after for name in one.topics)
    counts: dict[str, int] = {}
    for name in sorted(was.keys() | now.keys()):
        old = agreement.counts.get(name, 0)
        new = old - was[name] + now[name]
        if old > was[name] and _more(old) != _more(new):
            return None
        if old != new:
            counts[name] = new
    return counts


def with_counts(agreement: Agreement, counts: Mapping[str, int]) -> Agreement:
    """Return `agreement` with other counts of some topics."""
    if not counts:
        return agreement
    return replace(agreement, counts={**agreement.counts, **counts})


def settled(facts: Facts, agreement: Agreement, *, guess_topics: bool) -> Facts:
    """Return what one note says, weighed with all others; its findings are as they were."""
    return _weighed(_named(facts, agreement), agreement, guess_topics=guess_topics)


def _weighed(facts: Facts, agreement: Agreement, *, guess_topics: bool) -> Facts:
    sessions = tuple(
        _topics(session, agreement, guess_topics=guess_topics) for session in facts.sessions
    )
    return replace(facts, sessions=sessions)


# -- people ----------------------------------------------------------------------------------


def _people(
    shares: Sequence[Share], vocabulary: Vocabulary
) -> tuple[dict[str, str], dict[str, str]]:
    """Return `Agreement.names` and `Agreement.handles`."""
    spellings: dict[str, dict[str, int]] = {}
    handles: dict[str, set[str]] = {}
    for share in shares:
        for name in share.names:
            forms = spellings.setdefault(fold(name), {})
            forms[name] = forms.get(name, 0) + 1
        for handle, folded in share.handles:
            handles.setdefault(handle, set()).add(folded)
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
    return names, {
        handle: names[next(iter(people))]
        for handle, people in handles.items()
        if len(people) == 1 and next(iter(people)) in names
    }


def _named(facts: Facts, known: Agreement) -> Facts:
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


def _runs(heading: str) -> set[str]:
    """Return the folded words of a heading by twos and threes: one of them may be a name."""
    words = fold(heading).split()
    return {" ".join(words[start : start + size]) for size in (2, 3) for start in range(len(words))}


def _from_heading(session: SessionFacts, known: Agreement) -> SessionFacts:
    """Read a heading again, where a name that is known elsewhere stands in it."""
    people = _runs(session.heading) & known.names.keys()
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


def _unmasked(speakers: Sequence[SpeakerMention], known: Agreement) -> tuple[SpeakerMention, ...]:
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


def _counts(shares: Sequence[Share]) -> dict[str, int]:
    """Return `Agreement.counts`."""
    counts: dict[str, int] = {}
    for share in shares:
        for name in share.topics:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _topics(session: SessionFacts, agreement: Agreement, *, guess_topics: bool) -> SessionFacts:
    """Keep what is told, and the few guesses that matter here or in several sessions."""
    told = [topic for topic in session.topics if not topic.guessed]
    guessed = [
        topic
        for topic in session.topics
        if topic.guessed and guess_topics and fold(topic.name) not in agreement.names
    ]
    weighed = sorted(
        ((-_weight(topic, agreement.counts), fold(topic.name), topic) for topic in guessed),
        key=lambda item: item[:2],
    )
    kept = [topic for weight, _, topic in weighed if -weight >= ENOUGH][:MOST_TOPICS]
    return replace(session, topics=(*told, *kept))


def _weight(topic: TopicMention, counts: Mapping[str, int]) -> float:
    return topic.evidence.sure + _more(counts.get(fold(topic.name), 1))


def _more(count: int) -> float:
    """What it adds to a guessed topic that it comes `count` times."""
    return min(0.25, 0.12 * (count - 1))
