"""What one note may say at most."""

import pytest

from kb.extraction import bounds
from kb.extraction.bounds import within_bounds
from kb.model.facts import (
    Evidence,
    Facts,
    LinkMention,
    PictureMention,
    SessionFacts,
    SpeakerMention,
    TopicMention,
)

SEEN = Evidence(line=3, rule="r", sure=1.0)


def speakers(*names: str) -> tuple[SpeakerMention, ...]:
    return tuple(SpeakerMention(name, SEEN) for name in names)


def topics(*names: str) -> tuple[TopicMention, ...]:
    return tuple(TopicMention(name, SEEN) for name in names)


def links(*urls: str) -> tuple[LinkMention, ...]:
    return tuple(LinkMention(url, "article", "", "", SEEN) for url in urls)


def session(title: str, **more: object) -> SessionFacts:
    return SessionFacts(title, "talk", 3, 4, SEEN, **more)  # type: ignore[arg-type]


def test_what_is_within_bounds_is_the_same_object() -> None:
    facts = Facts("n.md", sessions=(session("A", speakers=speakers("Ann Smith")),))
    assert within_bounds(facts) is facts


def test_the_first_of_what_is_too_much_counts_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = {"sessions": 2, "speakers": 3, "topics": 3, "links": 2, "pictures": 1}
    monkeypatch.setattr(bounds, "MOST", most)
    monkeypatch.setattr(bounds, "MOST_SPEAKERS", 2)
    facts = Facts(
        "n.md",
        topics=topics("a", "b"),
        links=links("https://a.example/"),
        pictures=(PictureMention("a.png", "", 1), PictureMention("b.png", "", 2)),
        sessions=(
            session("A", speakers=speakers("A A", "B B", "C C"), topics=topics("c", "d")),
            session("B", speakers=speakers("D D", "E E"), links=links("b", "c")),
            session("C"),
        ),
    )
    found = within_bounds(facts)
    assert [one.title for one in found.sessions] == ["A", "B"]
    assert [[who.name for who in one.speakers] for one in found.sessions] == [
        ["A A", "B B"],
        ["D D"],
    ]
    told_topics = [*found.topics, *found.sessions[0].topics, *found.sessions[1].topics]
    assert [topic.name for topic in told_topics] == ["a", "b", "c"]
    assert [link.url for link in (*found.links, *found.sessions[1].links)] == [
        "https://a.example/",
        "b",
    ]
    assert [picture.target for picture in found.pictures] == ["a.png"]
    told = sorted(finding.message.split(";")[0] for finding in found.findings)
    assert {finding.code for finding in found.findings} == {"KB208"}
    assert told == [
        "the note tells of more than 1 pictures",
        "the note tells of more than 2 links",
        "the note tells of more than 2 sessions",
        "the note tells of more than 2 speakers of one session, or 3 in all",
        "the note tells of more than 3 topics",
    ]
