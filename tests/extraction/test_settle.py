from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.extraction.extract import extract, settle
from kb.extraction.settle import agreement_of, recounted, share_of, with_counts
from kb.extraction.settle import settled as settled_alone
from kb.model.facts import Facts
from kb.model.vocabulary import PersonEntry, TopicEntry, Vocabulary
from tests.extraction.written import NOTHING, OPTIONS, note_of, settled, talks

SURE = """
# KeelConf 2023

## Kites - Rosa Diaz

Notes.

## Types for tables - Velma Quist (@vquist)

Notes.
"""


def test_a_name_known_elsewhere_settles_a_doubtful_heading() -> None:
    doubtful = "# KeelConf 2022\n\n## Keynote\n\nVelma Quist\nsome words follow here\n"
    alone, _ = settled([note_of(doubtful, "a.md"), note_of("x", "b.md")])
    assert talks(alone) == [("Keynote", [])]
    both = settled([note_of(doubtful, "a.md"), note_of(SURE, "b.md")])
    assert talks(both[0]) == [("Keynote", ["Velma Quist"])]
    assert both[0].talks[0].speakers[0].evidence.rule == "speaker-elsewhere"


def test_a_handle_takes_the_name_it_has_elsewhere() -> None:
    masked = "# KeelConf 2021\n\n## Kites again - @vquist\n\nNotes.\n"
    first, _ = settled([note_of(masked, "a.md"), note_of(SURE, "b.md")])
    (speaker,) = first.talks[0].speakers
    assert (speaker.name, speaker.handle) == ("Velma Quist", "@vquist")


def test_two_spellings_are_told_and_never_joined() -> None:
    other = SURE.replace("2023", "2020").replace("Velma Quist", "Velma Qvist")
    first, second = settled([note_of(SURE, "a.md"), note_of(other, "b.md")])
    findings = [*first.findings, *second.findings]
    assert [finding.code for finding in findings] == ["KB202"]
    assert "Types for tables" in findings[0].message
    assert "people.toml" in findings[0].hint
    names = {s.name for facts in (first, second) for t in facts.talks for s in t.speakers}
    assert {"Velma Quist", "Velma Qvist"} <= names


def test_spellings_that_the_data_file_knows_are_not_told() -> None:
    entry = PersonEntry(name="Velma Quist", aliases=("Velma Qvist",))
    other = SURE.replace("Velma Quist", "Velma Qvist")
    notes = [note_of(SURE, "a.md"), note_of(other, "b.md")]
    found = settled(notes, vocabulary=Vocabulary(people=(entry,)))
    assert [finding for facts in found for finding in facts.findings] == []


TOPICS = """
# KeelConf 2023

## Scaling with Flumen - Carl Holm

We run Flumen in three regions, and Flumen survives. Many of us use BigTide, too.
[Flumen](https://github.com/carl/flumen) is small.

* Lots of work
* Many eyes

## Quiet nights - Rosa Diaz

The alerts come from BigTide; we tuned BigTide for months.
"""


def test_guessed_topics_are_names_of_things_and_marked() -> None:
    (facts,) = settled([note_of(TOPICS)])
    first, second = facts.talks
    assert {t.name for t in first.topics} == {"Flumen", "BigTide"}
    assert {t.name for t in second.topics} == {"BigTide"}
    assert all(t.guessed and t.evidence.rule == "topic-term" for t in first.topics)


def test_a_linked_handle_is_no_topic() -> None:
    text = """# KeelConf 2023

## Quiet nights

Speaker: Rosa Diaz ([@rosad](https://social.example/rosad))

* sleep
"""
    (facts,) = settled([note_of(text)])
    assert [one.topics for one in facts.talks] == [()]


def test_the_vocabulary_names_topics_and_keeps_others_out() -> None:
    vocabulary = Vocabulary(
        topics=(
            TopicEntry(name="Alerting", synonyms=("alert", "alerts")),
            TopicEntry(name="BigTide", ignore=True),
            TopicEntry(name="Go"),
        )
    )
    (facts,) = settled([note_of(TOPICS)], vocabulary=vocabulary)
    assert [(t.name, t.guessed) for t in facts.talks[1].topics] == [("Alerting", False)]
    assert "Go" not in {t.name for t in facts.talks[0].topics}


def test_order_of_notes_does_not_matter() -> None:
    a, b = note_of(SURE, "a.md"), note_of(TOPICS, "b.md")
    assert settled([a, b]) == tuple(reversed(settled([b, a])))
    assert settled([a, b], vocabulary=NOTHING) == settled([a, b])


def _collection() -> list[Facts]:
    texts = {
        "a.md": "# Talks\n\n## Pumps\n\n- Mira Stone (@mira)\n\n* about Sluice and Sluice\n",
        "b.md": "# More\n\n## Canals with Mira Stone\n\n* first\n* Sluice\n\n## Ice\n\n- @mira\n",
        "c.md": "---\ntags: [water]\n---\n\n## Weirs\n\n- Speaker: Jonas Weir\n\n* Sluice again\n",
    }
    notes = [note_of(text, path) for path, text in texts.items()]
    return [extract(note, NOTHING, OPTIONS) for note in notes]


def test_what_one_note_says_is_settled_alone_as_with_all_others() -> None:
    facts = _collection()
    agreement = agreement_of(facts, NOTHING)
    alone = [settled_alone(one, agreement, guess_topics=True) for one in facts]
    together = settle(facts, NOTHING, OPTIONS)
    assert [one.sessions for one in alone] == [one.sessions for one in together]


def test_notes_of_one_share_change_nothing_for_others() -> None:
    facts = _collection()
    text = "# Talks\n\n## Pumps\n\n- Mira Stone (@mira)\n\n* about Sluice and Sluice\n* two\n"
    longer = extract(note_of(text, "a.md"), NOTHING, OPTIONS)
    assert longer != facts[0]
    assert share_of(longer) == share_of(facts[0])
    assert agreement_of([longer, *facts[1:]], NOTHING) == agreement_of(facts, NOTHING)
    other = extract(note_of("## Pumps\n\n- Ida Brook\n\n* one\n", "a.md"), NOTHING, OPTIONS)
    assert share_of(other) != share_of(facts[0])


def _told(number: int, terms: Sequence[str]) -> Facts:
    lines = "".join(f"* we looked at {term}, and {term} again\n" for term in terms)
    text = f"# KeelConf 2023\n\n## Pumps and boats\n\n- Speaker: Mira Stone\n\n{lines}\n"
    return extract(note_of(f"{text}## Kites - Rosa Diaz\n", f"{number}.md"), NOTHING, OPTIONS)


TERMS = st.lists(st.sampled_from(["Sluice", "Weir3", "OpenDyke"]), max_size=3)


@settings(deadline=None)
@given(st.lists(TERMS, min_size=2, max_size=7), TERMS)
def test_other_counts_settle_all_notes_as_counting_anew(
    terms: list[list[str]], instead: list[str]
) -> None:
    facts = [_told(number, some) for number, some in enumerate(terms)]
    after = _told(0, instead)
    agreement = agreement_of(facts, NOTHING)
    counts = recounted(agreement, [share_of(facts[0])], [share_of(after)])
    anew = agreement_of([after, *facts[1:]], NOTHING)
    if counts is None:
        assert anew != agreement
        return
    now = with_counts(agreement, counts)
    assert {name: count for name, count in now.counts.items() if count} == anew.counts
    for one in (after, *facts[1:]):
        of_all = settled_alone(one, anew, guess_topics=True)
        assert settled_alone(one, now, guess_topics=True) == of_all
    for one in facts[1:]:
        assert settled_alone(one, agreement, guess_topics=True) == settled_alone(
            one, anew, guess_topics=True
        )


def test_what_others_say_too_counts_for_them() -> None:
    facts = [_told(number, ["Sluice"]) for number in range(2)]
    agreement = agreement_of(facts, NOTHING)
    shares = [share_of(facts[0])], [share_of(_told(0, ["Weir3"]))]
    assert recounted(agreement, *shares) is None
    many = agreement_of([*facts, *(_told(number, ["Sluice"]) for number in range(2, 9))], NOTHING)
    assert recounted(many, *shares) == {"sluice": many.counts["sluice"] - 1, "weir3": 1}
    other = extract(note_of("## Pumps\n\n- Ida Brook\n\n* one\n", "0.md"), NOTHING, OPTIONS)
    assert recounted(many, [share_of(facts[0])], [share_of(other)]) is None
