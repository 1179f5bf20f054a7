import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.documents import Document
from kb.search.postings import (
    BANDS,
    BODY,
    ONE,
    SPEAKERS,
    TITLE,
    TOPICS,
    collection,
    places_of,
    postings,
    weight_code,
    weight_of,
)

TALK = Document(
    "talk",
    "/talks/x/",
    "Tides and more tides",
    speakers=("Ada Quill", "Bo Lind"),
    topics=("C++",),
    topic_names=("C++", "cpp"),
    event="Harbour Days",
    year=2016,
    date="2016-06-01",
    days=("monday", "2016-06-01"),
    session_kind="keynote",
    has=("slides", "pictures"),
    notes=("content/harbour-days.md",),
    body=("Ada reads tide tables.", "Tide, tide, tide."),
)
KNOWN = collection([TALK])


def test_a_posting_tells_weight_fields_and_places() -> None:
    found = postings(TALK, KNOWN)
    tides = found["tides"]
    assert tides[1] == TITLE
    assert places_of(tides) == [0, 3]
    assert found["ada"][1] == SPEAKERS | BODY
    assert places_of(found["ada"]) == [BANDS[SPEAKERS], BANDS[BODY]]
    assert found["c++"][1] == TOPICS
    assert len(places_of(found["tide"])) == 4


def test_names_and_blocks_are_no_phrase() -> None:
    found = postings(TALK, KNOWN)
    assert places_of(found["bo"])[0] - places_of(found["quill"])[0] > 1
    assert places_of(found["tide"])[1] - places_of(found["tables"])[0] > 1


def test_a_title_weighs_more_than_a_text() -> None:
    found = postings(TALK, KNOWN)
    assert weight_of(found["more"][0]) > 2 * weight_of(found["reads"][0])


def test_a_long_text_s_words_weigh_less() -> None:
    short = Document("talk", "/a/", "x", body=("harbour " + "rope " * 10,))
    long = Document("talk", "/b/", "x", body=("harbour " + "rope " * 400,))
    known = collection([short, long])
    weights = [weight_of(postings(one, known)["harbour"][0]) for one in (short, long)]
    assert weights[0] > weights[1]


def test_accents_do_not_change_a_text_s_length() -> None:
    plain = Document("talk", "/a/", "x", body=("one two", "three four"))
    other = Document("talk", "/a/", "x", body=("one two", "three four \N{SNOWMAN}"))
    assert postings(plain, KNOWN)["one"] == postings(other, KNOWN)["one"]


@pytest.mark.parametrize(
    "key",
    [
        "c++\tt", "cpp\tt", "#kind:talk", "#kind:keynote", "#year:2016", "#date:2016-06-01",
        "#day:monday", "#has:slide", "#has:picture", "#note:harbour", "#event:Harbour Days",
        "#speaker:Ada Quill", "#topic:C++",
    ],
)  # fmt: skip
def test_keys_are_what_filters_ask(key: str) -> None:
    assert key in postings(TALK, KNOWN)
    assert weight_of(postings(TALK, KNOWN)[key][0]) == 0


def test_a_person_is_called_by_every_name() -> None:
    found = postings(Document("speaker", "/s/", "Ada Quill", names=("A. Quill",)), KNOWN)
    assert {"ada quill\tn", "a. quill\tn"} <= found.keys()
    assert found["quill"][1] == TITLE | SPEAKERS


@given(st.floats(0.01, 5000))
def test_a_code_is_near_its_weight(weight: float) -> None:
    code = weight_code(weight)
    assert 1 <= code <= 255
    assert weight_of(code) == pytest.approx(max(weight, 8 / ONE) * ONE, rel=0.13, abs=1)


@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=30))
def test_any_text_makes_postings_that_can_be_read(body: list[str], title: str) -> None:
    document = Document("talk", "/t/", title, body=tuple(body))
    for term, posting in postings(document, KNOWN).items():
        places = places_of(posting)
        assert places == sorted(places)
        assert bool(places) == ("\t" not in term and term[0] != "#")


def test_the_collection_moves_in_steps() -> None:
    lengths = {
        collection([Document("talk", "/t/", "x", body=("word " * n,))]).body_length
        for n in range(100, 120)
    }
    assert len(lengths) == 1


@pytest.mark.parametrize("text", ["long" * 20 + ".pdf", "a.example/one-two/" + "long" * 30])
def test_a_long_word_and_its_joined_form_that_are_cut_to_one_word_keep_their_places(
    text: str,
) -> None:
    link = Document("link", "https://a.example/", text, names=(text,), body=(text, text))
    for posting in postings(link, KNOWN).values():
        places = places_of(posting)
        assert places == sorted(set(places))
