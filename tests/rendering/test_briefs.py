"""What lists show of things is told by briefs, and needs no records."""

from kb.model.note import Lines
from kb.model.site import (
    Citation,
    Credit,
    Picture,
    SessionRecord,
    Site,
    Told,
    TopicUse,
    Url,
    records_of,
)
from kb.model.value import decode, encode, replace
from kb.rendering.briefs import Reading, SessionBrief, briefs_of, compacted, session_brief
from tests.rendering import sample

RECORD = sample.site().sessions[0]


def cited(kind: str) -> Citation:
    return Citation("key", "https://one.example/", kind, "", "", None, "a.md", 1)


def picture(asset: str | None) -> Picture:
    return Picture(Url(asset) if asset else None, "pier.jpg", "", "a.md", 1)


def read(record: SessionRecord) -> Reading:
    return briefs_of(records_of(Site(sessions=(record,)))).reading[record.url]


def test_a_brief_tells_what_a_session_has() -> None:
    many = tuple(map(cited, ("wiki", "code", "recording", "code")))
    pictures = (picture(None), picture("/pier.jpg"))
    assert session_brief(replace(RECORD, citations=many, pictures=pictures)).has == (
        "recording",
        "code",
        "pictures",
    )
    assert session_brief(replace(RECORD, citations=(), pictures=pictures[:1])).has == ()


def test_a_brief_tells_guessed_topics_from_those_that_are_named() -> None:
    one, other = Url("/topics/one/"), Url("/topics/other/")
    uses = (TopicUse(one, "One", guessed=True), TopicUse(other, "Other"))
    brief = session_brief(replace(RECORD, topics=uses))
    assert brief.topics == (one, other)
    assert brief.named == (TopicUse(other, "Other"),)


def test_a_brief_names_speakers_without_telling_where_notes_do() -> None:
    told = Told("a.md", Lines(1, 2), sample.evidence(1, "Ada"))
    speaker = Credit(Url("/speakers/ada/"), "Ada", "Harbour", "host", (told,))
    brief = session_brief(replace(RECORD, speakers=(speaker,)))
    assert brief.speakers == (Credit(speaker.person, "Ada", "Harbour", "host"),)


def test_what_is_to_be_read_is_neither_recording_nor_slides_nor_programme() -> None:
    kinds = ("recording", "paper", "slides", "schedule", "wiki")
    record = replace(RECORD, citations=tuple(map(cited, kinds)))
    assert read(record) == Reading((cited("paper"), cited("wiki")))
    assert read(replace(RECORD, citations=(cited("slides"),))) == Reading(())


def test_what_briefs_have_in_common_is_held_once() -> None:
    briefs = [session_brief(one) for one in sample.site().sessions]
    copies = decode(encode(briefs), tuple[SessionBrief, ...])
    made = [*compacted(copies)]
    assert made == briefs
    days = [one for one in made if one.event == made[0].event]
    assert len(days) > 1
    assert len({id(one.event) for one in days}) == 1
    topics = [topic for one in made for topic in one.topics]
    assert len({id(topic) for topic in topics}) == len(set(topics)) < len(topics)
    named = [use for one in made for use in one.named]
    assert len({id(use) for use in named}) == len(set(named)) < len(named)
