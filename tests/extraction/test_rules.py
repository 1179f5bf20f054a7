import re
from collections.abc import Iterator
from pathlib import Path

from kb.extraction.rules import RULES
from kb.model.facts import Evidence, Facts
from tests.extraction.written import facts_of, file_note, settled, talks

SAMPLES = Path(__file__).parent / "samples"
ROW = re.compile(r"^\| `([\w-]+)` \| (.+) \|$", re.MULTILINE)


def evidence(facts: Facts) -> Iterator[Evidence]:
    for session in facts.sessions:
        yield session.evidence
        yield from session.why
        yield from (speaker.evidence for speaker in session.speakers)
        yield from (link.evidence for link in session.links)
        yield from (topic.evidence for topic in session.topics)
    yield from (topic.evidence for topic in facts.topics)
    yield from (link.evidence for link in facts.links)
    yield from (person.evidence for person in facts.people)
    if facts.event:
        yield from facts.event.why


def test_the_guide_lists_every_rule_with_its_meaning(checkout: Path) -> None:
    guide = (checkout / "docs" / "extraction.md").read_text(encoding="utf-8")
    rows = {name: meaning.replace("\\|", "|") for name, meaning in ROW.findall(guide)}
    assert rows == RULES


def test_every_fact_of_the_samples_names_a_rule_of_the_list() -> None:
    used = set()
    for path in sorted(SAMPLES.rglob("*.md")):
        for facts in settled([file_note(SAMPLES, path)]):
            for one in evidence(facts):
                used.add(one.rule)
                assert one.rule in RULES, (path.name, one)
                assert 0 < one.sure <= 1, (path.name, one)
                assert one.explicit == (one.rule.startswith("explicit"))
    assert len(used) > 40, "the samples should show most rules at work"


def test_only_what_the_writer_said_is_certain() -> None:
    facts = facts_of(
        """
        +++
        title = "NordCode 2020 notes"
        topics = ["queues"]
        +++

        ## Two queues are too many - Bo Ek
        """
    )
    certain = {one.rule for one in evidence(facts) if one.sure == 1}
    assert certain == {"explicit-topics"}


def blocks(guide: str) -> list[str]:
    return re.findall(r"```markdown\n(.*?)```", guide, re.DOTALL)


def test_the_examples_of_the_guide_are_read_as_it_says(checkout: Path) -> None:
    guide = (checkout / "docs" / "extraction.md").read_text(encoding="utf-8")
    first, lightning, table, fields, single, comments = blocks(guide)
    title = "# KeelConf Lund 2023 notes\n\n"
    boring = facts_of(title + first).talks[0]
    assert boring.title == "Boring is a feature"
    assert [speaker.name for speaker in boring.speakers] == ["Ottilie Grahn"]
    assert boring.abstract_text == "Why we chose the dullest tools there are, and what it saved us."
    assert [link.kind for link in boring.links] == ["schedule"]
    assert talks(facts_of(title + lightning)) == [
        ("Refinements, refined", ["Ada Winther"]),
        ("A gem a day", ["Jesper Holt"]),
    ]
    assert talks(facts_of(title + table)) == [
        ("Feature stores for the rest of us", ["Nadia Okafor"])
    ]
    assert talks(facts_of(title + fields)) == [("Tiny binaries, big pleasure", ["Owen Harcastle"])]
    assert talks(facts_of(single)) == [("The long tail of latency", ["Gwendolyn Pratt"])]
    told = facts_of(title + "## Zero trust - Ann Lee\n\nText.\n\n" + comments)
    assert [(s.title, s.kind) for s in told.sessions] == [
        ("Zero trust", "talk"),
        ("Lunch with the maintainers", "panel"),
    ]


def test_the_guide_s_ways_to_name_a_speaker_all_work(checkout: Path) -> None:
    guide = (checkout / "docs" / "extraction.md").read_text(encoding="utf-8")
    heads = re.findall(r"`## ([^`]*Ottilie Grahn[^`]*)`", guide)
    assert len(heads) >= 4
    for head in heads:
        found = talks(facts_of(f"# KeelConf Lund 2023\n\n## {head}\n\nNotes.\n"))
        assert found == [("Boring is a feature", ["Ottilie Grahn"])], head
