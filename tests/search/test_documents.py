import unicodedata
from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec
import pytest

from kb.model.facts import Evidence
from kb.model.note import Lines
from kb.model.site import Citation, Site, Told, TopicUse
from kb.search.browser_index import row_of
from kb.search.documents import (
    Document,
    Known,
    Thing,
    document_of,
    documents,
    key_of,
    known_of,
    path_words,
)
from tests.search.sample import sample_documents, site


def of(url_part: str) -> Document:
    return next(document for document in sample_documents() if url_part in document.url)


def test_every_thing_of_the_site_is_a_document() -> None:
    found, _ = site()
    kinds = [document.kind for document in sample_documents()]
    assert kinds.count("talk") == len(found.sessions)
    assert kinds.count("speaker") == len(found.people)
    assert kinds.count("topic") == len(found.topics)
    assert kinds.count("event") == len(found.events)
    assert kinds.count("note") == len(found.notes)
    assert kinds.count("link") == len(found.links)


def test_hits_count_talks_and_no_lunches() -> None:
    found, notes = site()
    known = known_of(found, notes)
    things = (found.people[0], found.topics[0], found.events[0])
    told = [msgspec.structs.replace(one, talks=1) for one in things]
    assert all(len(one.sessions) > 1 for one in things)
    assert [made.count for one in told if (made := document_of(one, known))] == [1, 1, 1]


def test_a_talk_knows_what_may_be_asked_of_it() -> None:
    found = of("pilot-boats-for-small-ports")
    assert found.speakers == ("Bo Łukasiewicz",)
    assert found.topic_names == ("pilot boats", "boats for pilots")
    assert found.event == "Harbour Days Oslo 2016"
    assert (found.year, found.date, found.session_kind) == (2016, "2016-06-02", "keynote")
    assert found.notes == ("content/harbour-2016.md",)
    assert found.body[0].startswith("Small ports need small boats.")


def test_a_talk_s_text_is_without_its_title_and_its_neighbours() -> None:
    found = of("tides-again")
    assert len(found.body) == 1
    assert found.title not in found.body[0]


def test_a_note_is_found_by_what_stands_outside_its_talks() -> None:
    assert of("/notes/harbour-2016/").body == ("Rain on every single morning.",)


def test_a_link_leads_where_it_leads_and_tells_who_cites_it() -> None:
    found = of("https://example.org/0")
    assert found.session_kind == "recording"
    assert found.page.endswith("/reading-the-tides-by-moonlight/")
    assert "The recording is worth an hour." in found.body


def test_the_address_of_a_link_that_is_cited_bare_is_no_text_of_it() -> None:
    found, notes = site()
    link = found.links[0]
    bare = msgspec.structs.replace(link.citations[0], context="https://www.example.org/tides")
    said = msgspec.structs.replace(link.citations[0], context="At https://www.example.org/tides")

    def of_link(title: str, *citations: Citation) -> Document:
        changed = msgspec.structs.replace(
            link,
            key="example.org/tides",
            url="https://www.example.org/tides",
            title=title,
            citations=citations,
        )
        shown: Site = msgspec.structs.replace(found, links=(changed,))
        return next(one for one in documents(shown, notes) if one.kind == "link")

    shown = of_link("www.example.org/tides", bare, said)
    assert (shown.names, shown.body[0]) == ((), "At https://www.example.org/tides")
    named = of_link("The tide tables", bare)
    assert (named.names, named.body[0]) == (("example.org/tides",), bare.context)


@pytest.mark.parametrize(
    ("key", "title", "names"),
    [
        ("x.com", "Netflix.com", ("x.com",)),
        ("t.co", "Pinterest.com pins", ("t.co",)),
        ("t.co", "t.co", ()),
        ("t.co", "https://www.t.co/", ()),
        ("t.co", "Why t.co is slow", ("t.co",)),
    ],
)
def test_a_link_is_found_by_its_address_unless_that_is_its_title(
    key: str, title: str, names: tuple[str, ...]
) -> None:
    found, notes = site()
    link = msgspec.structs.replace(found.links[0], key=key, url=f"https://{key}/", title=title)
    shown: Site = msgspec.structs.replace(found, links=(link,))
    (document,) = (one for one in documents(shown, notes) if one.kind == "link")
    assert document.names == names


def test_counts_are_of_talks() -> None:
    assert of("/speakers/person-0/").count == 3
    assert of("/events/harbour-days-oslo-2016/").count == 6


def test_texts_are_in_one_form() -> None:
    for document in sample_documents():
        for text in (document.title, *document.body, *document.speakers):
            assert unicodedata.is_normalized("NFC", text)
            assert text == " ".join(text.split())


def with_topics(*uses: TopicUse) -> Document:
    found, notes = site()
    first = msgspec.structs.replace(found.sessions[0], topics=uses)
    changed: Site = msgspec.structs.replace(found, sessions=(first, *found.sessions[1:]))
    return next(d for d in documents(changed, notes) if d.url == first.url)


def use(name: str, rule: str, *, guessed: bool = False) -> TopicUse:
    found, _ = site()
    topic = next(topic for topic in found.topics if topic.name == name)
    note = found.sessions[0].tellings[0].note
    told = Told(note, Lines(1, 1), Evidence(1, rule, 0.9))
    return TopicUse(topic.url, name, guessed, (told,))


@pytest.mark.parametrize(
    ("uses", "names"),
    [
        ((use("tides", "topic-tag"),), ("tides",)),
        ((use("tides", "topic-tag"), use("C++", "explicit-topic-line")), ("C++",)),
        ((use("tides", "topic-vocabulary"), use("C++", "explicit-talk")), ("tides", "C++")),
        ((use("tides", "topic-term", guessed=True),), ()),
        ((use("tides", "topic-tag"), use("C++", "topic-category")), ("tides", "C++")),
    ],
)
def test_a_topic_counts_where_the_talk_surely_has_it(
    uses: tuple[TopicUse, ...], names: tuple[str, ...]
) -> None:
    assert with_topics(*uses).topics == names


def test_a_topic_is_found_as_it_was_written_too() -> None:
    written = use("tides", "topic-tag")
    told = msgspec.structs.replace(
        written.told[0], evidence=Evidence(1, "topic-tag", 0.9, "high-tides")
    )
    found = with_topics(msgspec.structs.replace(written, told=(told,)))
    assert found.topic_names == ("tides", "high-tides")


def test_labels_are_the_talk_s_own_words_for_its_topics() -> None:
    own = use("tides", "explicit-topic-line")
    inherited = use("tides", "topic-tag").told[0]
    written = msgspec.structs.replace(
        own.told[0], evidence=Evidence(1, "explicit-topic-line", 1.0, "High Tides")
    )
    both = msgspec.structs.replace(own, told=(written, inherited))
    assert with_topics(both).labels == ("High Tides",)
    assert with_topics(use("tides", "topic-vocabulary")).labels == ()


def test_a_guess_does_not_make_a_note_s_tag_the_talk_s() -> None:
    guess = use("tides", "topic-term").told[0]
    tag = use("tides", "topic-tag")
    both = msgspec.structs.replace(tag, told=(guess, *tag.told))
    assert with_topics(both, use("C++", "explicit-topic-line")).topics == ("C++",)


def test_a_speaker_is_found_by_all_that_the_item_says() -> None:
    found, notes = site()
    credit = found.sessions[0].speakers[0]
    told = Told("a.md", Lines(3, 3), Evidence(3, "speaker-item", 0.9, "Ada Quill (阿达)"))
    firm = Told("b.md", Lines(3, 3), Evidence(3, "speaker-item", 0.9, "Ada Quill, Quay Ltd"))
    spelled = msgspec.structs.replace(credit, told=(told, firm))
    first = msgspec.structs.replace(found.sessions[0], speakers=(spelled,))
    document = document_of(first, known_of(found, notes))
    assert document is not None
    assert document.speaker_names == ("Ada Quill (阿达)",)


def _spellings_of(name: str, item: str) -> tuple[str, ...]:
    """Return the other spellings of a speaker whom an item of a list names."""
    found, notes = site()
    told = Told("a.md", Lines(3, 3), Evidence(3, "speaker-item", 0.9, item))
    credit = msgspec.structs.replace(found.sessions[0].speakers[0], name=name, told=(told,))
    first = msgspec.structs.replace(found.sessions[0], speakers=(credit,))
    changed: Site = msgspec.structs.replace(found, sessions=(first, *found.sessions[1:]))
    return next(d for d in documents(changed, notes) if d.url == first.url).speaker_names


def test_one_word_behind_a_speaker_s_comma_may_be_the_other_half_of_the_name() -> None:
    assert _spellings_of("Quill", "Quill, Ada-Lu") == ("Quill, Ada-Lu",)
    assert _spellings_of("Quill", "Quill, Quay Ltd") == ()
    assert _spellings_of("Quill", "Quill, pilot, Quay") == ()


@pytest.mark.parametrize(
    ("name", "item", "found"),
    [
        ("阿达", "阿达 (Ada-Lu, Quill)", True),
        ("阿达", "阿达（Quill, Ada Lu）", True),
        ("阿达", "阿达 (Quay Ltd, Porto Novo)", False),
        ("阿达", "阿达 (Quay, pilot, Porto)", False),
        ("阿达", "阿达 (Quill, 船长)", False),
        ("Ada Quill", "Ada Quill (Quay, Porto)", False),
    ],
)
def test_both_halves_of_a_name_in_other_letters_may_stand_in_brackets(
    name: str, item: str, found: bool
) -> None:
    assert (_spellings_of(name, item) == (item,)) is found


def test_lines_that_a_field_was_read_in_are_found_too() -> None:
    found, notes = site()
    first = found.sessions[0]
    telling = msgspec.structs.replace(first.tellings[0], notes=(), abstract=None)
    document = document_of(
        msgspec.structs.replace(first, tellings=(telling,)), known_of(found, notes)
    )
    assert document is not None
    assert document.body == of("reading-the-tides-by-moonlight").body


def test_a_path_is_words() -> None:
    assert path_words("content/2017-05_monday%20am.md") == "content 2017 05 monday am.md"


K = TypeVar("K")
V = TypeVar("V")


class Few(Mapping[K, V]):
    """Answers what it is asked for, and cannot be gone through."""

    def __init__(self, held: Mapping[K, V]) -> None:
        self.held = held

    def __getitem__(self, key: K) -> V:
        return self.held[key]

    def __iter__(self) -> Iterator[K]:
        raise AssertionError("gone through")

    def __len__(self) -> int:
        raise AssertionError("counted")


def test_a_document_is_made_alone_from_what_it_names() -> None:
    found, notes = site()
    whole = known_of(found, notes)
    known = Known(
        events=Few(whole.events),
        sessions=Few(whole.sessions),
        topics=Few(whole.topics),
        pages=Few(whole.pages),
        notes=Few(whole.notes),
    )
    all_things: tuple[Thing, ...] = (
        *found.sessions, *found.people, *found.topics, *found.events, *found.notes, *found.links,
    )  # fmt: skip
    alone = {key_of(thing): document_of(thing, known) for thing in all_things}
    assert alone == {key_of(document): document for document in documents(found, notes)}


def test_a_note_without_prose_has_no_document() -> None:
    found, _ = site()
    assert document_of(found.notes[0], known_of(found, {})) is None


def test_a_guessed_date_is_for_ordering_and_asking_and_never_shown() -> None:
    found, notes = site()
    sure = next(one for one in found.sessions if one.date)
    known = known_of(found, notes)
    guess = document_of(msgspec.structs.replace(sure, date="", sort_date=sure.date), known)
    told = document_of(sure, known)
    assert guess is not None
    assert told is not None
    assert (guess.date, guess.shown_date) == (sure.date, "")
    assert (told.date, told.shown_date) == (sure.date, sure.date)
    assert sure.date not in row_of(guess)
    assert sure.date in row_of(told)
