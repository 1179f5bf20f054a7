"""Entries of the data files that no note uses, or that claim one name, are told with their line."""

from kb.model.vocabulary import EventEntry, PersonEntry, TopicEntry, Vocabulary
from tests.graph.builders import event, session, site, told, topic


def test_an_entry_that_is_used_nowhere_is_a_warning_at_its_line() -> None:
    vocabulary = Vocabulary(
        people=(
            PersonEntry(name="Ada North", aliases=("A. North",), line=3),
            PersonEntry(name="Nobody", line=7),
        ),
        topics=(
            TopicEntry(name="Nova", broader=("Cloud",), line=1),
            TopicEntry(name="Cloud", line=5),
            TopicEntry(name="Rain", line=9),
            TopicEntry(name="summit", ignore=True, line=12),
        ),
        events=(
            EventEntry(name="Harbour Conf", year=2017, line=2),
            EventEntry(name="Harbour Conf", year=2019, line=8),
        ),
    )
    built = site(
        told(
            "content/a.md",
            session("One", "A. North", topics=[topic("nova")]),
            event=event("Harbour Conf", "", 2017),
        ),
        vocabulary=vocabulary,
    )
    assert [(finding.code, finding.place) for finding in built.findings] == [
        ("KB204", "content/events.toml:8:1"),
        ("KB204", "content/people.toml:7:1"),
        ("KB204", "content/topics.toml:9:1"),
    ]
    assert "Harbour Conf 2019" in built.findings[0].message


def test_a_name_that_two_entries_claim_belongs_to_the_one_that_is_called_so() -> None:
    vocabulary = Vocabulary(
        people=(
            PersonEntry(name="Ada North", aliases=("Ben Ost", "Addy"), line=1),
            PersonEntry(name="Ben Ost", aliases=("addy",), line=5),
        ),
        topics=(
            TopicEntry(name="Nova", synonyms=("compute",), line=1),
            TopicEntry(name="Compute", line=4),
        ),
    )
    built = site(
        told(
            "content/a.md",
            session("One", "ben ost", "Addy", topics=[topic("compute"), topic("nova")]),
        ),
        vocabulary=vocabulary,
    )
    assert [record.name for record in built.people] == ["Ada North", "Ben Ost"]
    assert [record.name for record in built.topics] == ["Compute", "Nova"]
    assert [(finding.code, finding.place) for finding in built.findings] == [
        ("KB308", "content/people.toml:1:1"),
        ("KB308", "content/people.toml:5:1"),
        ("KB308", "content/topics.toml:1:1"),
    ]
    assert "Ben Ost is said to be Ada North" in built.findings[0].message
