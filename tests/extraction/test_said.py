from tests.extraction.written import facts_of

NOTE = """
    +++
    title = "NordCode 2020, Monday"
    tags = ["conference", "monday"]
    +++

    #### Queues that forgive

    - Ada Quill
    - Topics: queues, retries; C++, web development

    Notes about queues that forgive a crash.

    #### Boats without sails

    - Bo Lind

    Topics: a sentence that goes on and on and is surely no name of a thing, whatever it says.
    """


def test_a_line_of_topics_says_what_its_talk_is_about() -> None:
    first, second = facts_of(NOTE).talks
    assert [topic.name for topic in first.topics] == [
        "queues",
        "retries",
        "C++",
        "web development",
    ]
    assert all(topic.evidence.rule == "explicit-topic-line" for topic in first.topics)
    assert {topic.evidence.line for topic in first.topics} == {9}
    assert not any(topic.evidence.explicit for topic in second.topics)


def test_each_spelling_of_a_topic_is_kept() -> None:
    spelled = NOTE.replace("queues, retries; C++", "dead letters, dead-letters, retries; C++")
    talk, _ = facts_of(spelled).talks
    found = [(topic.name, topic.evidence.text) for topic in talk.topics]
    assert found[:3] == [
        ("dead letters", "dead letters"),
        ("dead letters", "dead-letters"),
        ("retries", "retries"),
    ]


def test_a_name_before_the_title_said_again_is_the_speaker() -> None:
    spelled = NOTE.replace("- Bo Lind\n", "- Quentin Marsh-Ivory: Boats without\n")
    _, talk = facts_of(spelled).talks
    assert [speaker.name for speaker in talk.speakers] == ["Quentin Marsh-Ivory"]
    assert talk.title == "Boats without sails"
