"""One topic, one record: synonyms, plurals, and what stands above what."""

from kb.model.vocabulary import TopicEntry, Vocabulary
from tests.graph.builders import by_title, session, site, told, topic, topic_named


def test_synonyms_case_and_plurals_are_one_topic() -> None:
    vocabulary = Vocabulary(topics=(TopicEntry(name="Kubernetes", synonyms=("k8s",)),))
    built = site(
        told(
            "content/a.md",
            session("One", topics=[topic("k8s"), topic("Container")]),
            session("Two", topics=[topic("kubernetes"), topic("containers")], line=30),
            session("Three", topics=[topic("AWS"), topic("aw")], line=50),
        ),
        vocabulary=vocabulary,
    )
    assert [record.name for record in built.topics] == ["aw", "AWS", "Container", "Kubernetes"]
    assert len(topic_named(built, "Kubernetes").sessions) == 2
    assert topic_named(built, "Container").synonyms == ("containers",)
    assert [redirect.source for redirect in built.redirects] == ["/topics/k8s/"]


def test_an_ignored_topic_is_nowhere() -> None:
    vocabulary = Vocabulary(topics=(TopicEntry(name="summit", synonyms=("event",), ignore=True),))
    built = site(
        told(
            "content/a.md",
            session("One", topics=[topic("Summit"), topic("events")]),
            topics=[topic("event", line=3)],
        ),
        vocabulary=vocabulary,
    )
    assert [record.name for record in built.topics] == ["events"]
    assert [use.name for use in by_title(built, "One").topics] == ["events"]


def test_broader_and_narrower_topics_name_each_other_without_circles() -> None:
    entries = (
        TopicEntry(name="Nova", broader=("OpenStack", "Nova")),
        TopicEntry(name="OpenStack", broader=("Cloud",)),
        TopicEntry(name="Cloud", broader=("Nova",)),
    )
    built = site(
        told("content/a.md", session("One", topics=[topic("nova")])),
        vocabulary=Vocabulary(topics=entries),
    )
    assert [record.name for record in built.topics] == ["Nova", "OpenStack"]
    nova, openstack = built.topics
    assert (nova.broader, nova.narrower) == ((openstack.url,), ())
    assert (openstack.broader, openstack.narrower) == ((), (nova.url,))


def test_a_chain_of_broader_topics_has_a_page_each() -> None:
    entries = (
        TopicEntry(name="Nova", broader=("OpenStack",)),
        TopicEntry(name="OpenStack", broader=("Cloud", "Unlisted")),
        TopicEntry(name="Cloud"),
        TopicEntry(name="Unused"),
    )
    built = site(
        told("content/a.md", session("One", topics=[topic("nova")])),
        vocabulary=Vocabulary(topics=entries),
    )
    assert [record.name for record in built.topics] == ["Cloud", "Nova", "OpenStack"]
    assert not any(record.guessed for record in built.topics)


def test_a_topic_is_guessed_only_while_nobody_says_it() -> None:
    guessed, said = topic("Shade", guessed=True), topic("shade")
    alone = site(told("content/a.md", session("One", topics=[guessed])))
    assert topic_named(alone, "Shade").guessed
    assert alone.sessions[0].topics[0].guessed
    both = site(
        told("content/a.md", session("One", topics=[guessed]), session("Two", topics=[said]))
    )
    assert not topic_named(both, "Shade").guessed
    assert by_title(both, "One").topics[0].guessed


def test_the_first_words_about_a_topic_come_first() -> None:
    built = site(
        told("content/new.md", session("New", topics=[topic("Shade")]), date="2018-01-01"),
        told("content/old.md", session("Old", topics=[topic("Shade")]), date="2016-01-01"),
    )
    record = topic_named(built, "Shade")
    assert [told_.note for told_ in record.told] == ["content/old.md", "content/new.md"]
    assert [url.split("/")[-2] for url in record.sessions] == ["new", "old"]


def test_tags_of_the_whole_note_reach_its_talks_and_words_in_its_text_do_not() -> None:
    built = site(
        told(
            "content/a.md",
            session("One"),
            topics=[topic("Clouds", line=3), topic("Rain", line=50)],
        )
    )
    assert [use.name for use in built.sessions[0].topics] == ["Clouds"]
    assert [use.name for use in built.notes[0].topics] == ["Clouds", "Rain"]


def test_a_lunch_is_not_about_what_heads_its_note() -> None:
    built = site(
        told(
            "content/a.md",
            session("One"),
            session("Lunch", line=30, kind="social"),
            topics=[topic("Clouds", line=3)],
        )
    )
    assert by_title(built, "Lunch").topics == ()
    assert topic_named(built, "Clouds").sessions == (by_title(built, "One").url,)
