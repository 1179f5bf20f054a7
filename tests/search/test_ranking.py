import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.documents import Document
from kb.search.memory_index import MemoryIndex
from kb.search.query import parse
from kb.search.ranking import Ranked, logarithm, rank, rarity, saturated
from tests.search.sample import many, sample_documents

SAMPLE = MemoryIndex(sample_documents())


def found(text: str, index: MemoryIndex = SAMPLE, *kinds: str) -> list[str]:
    ranked = rank(parse(text), index, kinds)
    return [index.documents[number].title for number in ranked.documents]


def talk(title: str, *body: str, **more: object) -> Document:
    return Document("talk", f"/talks/{title}/", title, body=body, **more)  # type: ignore[arg-type]


# Words


def test_all_words_come_before_some() -> None:
    index = MemoryIndex(
        [talk("One", "rope " * 9), talk("Two", "rope and chain"), talk("Three", "chain " * 9)]
    )
    assert found("rope chain", index)[0] == "Two"


def test_a_rare_word_tells_more() -> None:
    index = MemoryIndex([*many(50), talk("A", "anchor number"), talk("B", "anchor zeppelin")])
    assert found("anchor zeppelin mast number hull", index)[0] == "B"


def test_a_title_comes_before_a_text() -> None:
    index = MemoryIndex([talk("Rope", "about knots"), talk("Knots", "about rope")])
    assert found("rope", index) == ["Rope", "Knots"]


def test_equals_stand_newest_first() -> None:
    index = MemoryIndex(
        [talk(f"T{year}", "rope", date=f"{year}-01-01") for year in (2012, 2019, 2015)]
    )
    assert found("rope", index) == ["T2019", "T2015", "T2012"]
    assert found("rope sort:-date", index) == ["T2012", "T2015", "T2019"]


def test_other_forms_of_a_word_are_found_after_the_word_itself() -> None:
    index = MemoryIndex([talk("A", "they tested it"), talk("B", "testing it")])
    assert found("testing", index) == ["B", "A"]


def test_other_forms_of_a_name_are_other_names() -> None:
    index = MemoryIndex([talk("A", speakers=("Dan Wells",)), talk("B", speakers=("Dan Well",))])
    assert found("wells", index) == ["A"]


def test_common_words_decide_nothing_unless_alone() -> None:
    index = MemoryIndex([talk("A", "the rope"), talk("B", "the the the")])
    assert found("the rope", index) == ["A"]
    assert set(found("the", index)) == {"A", "B"}


def test_the_last_word_may_be_a_beginning() -> None:
    index = MemoryIndex([talk("A", "lighthouse keeper")])
    assert found("keeper light", index) == ["A"]
    assert rank(parse("light keeper"), index).complete == 0
    assert rank(parse("keeper light"), index).complete == 1


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ligthhouse", "lighthouse"),
        ("lighthose", "lighthouse"),
        ("lighthousse", "lighthouse"),
        ("lightxouse", "lighthouse"),
        ("lghthuse", "lighthouse"),
        ("nightyhousing", ""),
        ("kighthouse", "lighthouse"),
    ],
)
def test_misspelt_words_are_forgiven(wrong: str, right: str) -> None:
    index = MemoryIndex([talk("A", "lighthouse"), talk("B", "rope")])
    units = rank(parse(f"{wrong} "), index).units
    assert [form for unit in units for form, _ in unit.forms] == ([right] if right else [])
    assert units[0].near


def test_a_known_word_is_not_taken_for_another() -> None:
    index = MemoryIndex([talk("A", "rope"), talk("B", "ropes"), talk("C", "robe")])
    assert "C" not in found("rope is", index)


def test_a_topic_s_talks_come_first_when_it_is_named() -> None:
    index = MemoryIndex(
        [
            talk("Web dev web dev", "web dev", year=2014),
            talk("Other", topics=("web dev",), topic_names=("web dev",), year=2014),
        ]
    )
    assert found("web dev 2014", index)[0] == "Other"


def test_what_bears_the_tag_as_it_is_asked_comes_before_the_topic_s_other_spellings() -> None:
    index = MemoryIndex(
        [
            talk(label, topics=("web dev",), topic_names=("web-dev", "web dev"), labels=(label,))
            for label in ("web-dev", "web dev")
        ]
    )
    assert found("web dev", index)[0] == "web dev"
    assert found("web-dev", index)[0] == "web-dev"


def test_a_tag_is_as_it_is_written_and_a_topic_is_every_spelling() -> None:
    names = ("Machine Learning", "machine-learning", "ml")
    index = MemoryIndex(
        [
            talk("A", topics=names[:1], topic_names=names, labels=("machine-learning",)),
            talk("B", topics=names[:1], topic_names=names, labels=("Machine Learning",)),
            talk("C", topics=names[:1], topic_names=names),
        ]
    )
    assert set(found('tag:"machine learning"', index)) == {"B"}
    assert set(found("tag:machine-learning", index)) == {"A"}
    assert set(found("tag:machine*", index)) == {"A", "B"}
    assert set(found("tag:ml", index)) == {"A", "B", "C"}
    assert set(found('topic:"machine-learning"', index)) == {"A", "B", "C"}
    assert set(found('-tag:"machine learning"', index)) == {"A", "C"}


def test_every_spelling_of_a_speaker_finds_the_talk() -> None:
    index = MemoryIndex([talk("A", speakers=("吴丽",), speaker_names=("吴丽 (Li Wu)",)), talk("B")])
    assert found("speaker:wu", index) == ["A"]


# Filters


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("speaker:quill kind:talk", 3),
        ('speaker:"Ada Quill" kind:talk', 3),
        ('speaker:"Quill Ada"', 0),
        ("speaker:qui*", 4),
        ("event:oslo kind:talk", 6),
        ('event:"days oslo" kind:talk', 6),
        ("topic:tides kind:talk", 3),
        ('topic:"pilot boats" kind:talk', 3),
        ('topic:"boats for pilots" kind:talk', 3),
        ("topic:boats kind:talk", 3),
        ('topic:"boats"', 0),
        ("tag:c++ kind:talk", 1),
        ("year:2016 kind:talk", 6),
        ("year:2016..2017 kind:talk", 6),
        ("year:..2018 kind:talk", 11),
        ("year:2017.. kind:talk", 5),
        ("date:2016-06 kind:talk", 6),
        ("date:2016-06-02..2016-06-03", 2),
        ("date:2016..2018-06-07 kind:talk", 7),
        ("day:2016-06-01", 1),
        ("kind:keynote", 1),
        ("kind:speaker", 5),
        ("has:recording", 4),
        ("has:recordings", 4),
        ("-has:recording kind:talk", 7),
        ("note:2018 kind:talk", 5),
        ("title:tides kind:talk", 2),
        ("kind:talk -year:2016 -speaker:quill", 4),
        ("(kind:keynote OR kind:panel)", 2),
        ("kind:keynote OR kind:panel", 2),
        ("-(kind:talk OR kind:link) -kind:note", 12),
    ],
)
def test_filters_let_through_exactly_what_they_say(text: str, count: int) -> None:
    assert len(found(text)) == count


def test_a_phrase_stands_side_by_side() -> None:
    assert found('"tide table is"') == ["Reading the tides by moonlight"]
    assert found('"table tide"') == []
    assert found('"tides"') != []


def test_a_phrase_goes_on_over_the_end_of_a_sentence_and_of_no_paragraph() -> None:
    texts = ("All boats were late. In winter, none sailed", "at all")
    index = MemoryIndex([talk("Ferries", *texts)])
    for text, count in (('"late in winter"', 1), ('"none sailed at"', 0), ('"sailed"', 1)):
        assert len(rank(parse(text), index).documents) == count


def test_a_whole_name_in_quotes_is_found_among_names() -> None:
    assert found('"Ada Quill"')[0] == "Ada Quill"
    assert "Tides, again" in found('"ada quill"')


def test_words_beside_a_filter_rank_and_limit() -> None:
    assert found("moonlight speaker:quill kind:talk") == ["Reading the tides by moonlight"]


def test_kinds_limit() -> None:
    assert {
        SAMPLE.documents[n].kind
        for n in rank(parse("harbour"), SAMPLE, ("topic", "event")).documents
    } == {"topic", "event"}


@pytest.mark.parametrize("text", ["", "   ", "-", "*", "()", '""', "speaker:"])
def test_nothing_asked_is_nothing_found(text: str) -> None:
    assert rank(parse(text), SAMPLE).documents == ()


def test_an_empty_index_answers() -> None:
    assert rank(parse("rope -x year:2016 *"), MemoryIndex([])).documents == ()


@given(st.text(alphabet=st.sampled_from('abtdeis"()-*: 0126.OR')))
def test_a_ranking_is_in_order_and_without_doubles(text: str) -> None:
    ranked = rank(parse(text), SAMPLE)
    assert isinstance(ranked, Ranked)
    assert len(set(ranked.documents)) == len(ranked.documents)
    assert len(ranked.scores) == len(ranked.documents)
    assert all(0 <= number < SAMPLE.size() for number in ranked.documents)


@given(st.sampled_from(["tides", "boats", "radio", "harbour", "quill", "zeppelin"]))
def test_without_a_word_and_with_it_is_everything(word: str) -> None:
    having, lacking = set(found(f'"{word}"')), set(found(f'-"{word}"'))
    assert not having & lacking
    assert len(having | lacking) == len({document.title for document in SAMPLE.documents})


# Arithmetic


@given(st.integers(1, 2**40), st.integers(1, 2**40))
def test_the_logarithm_rises(left: int, right: int) -> None:
    low, high = sorted((left, right))
    assert logarithm(low) <= logarithm(high)


@given(st.integers(0, 40))
def test_powers_of_two_are_exact(power: int) -> None:
    assert logarithm(1 << power) == 64 * power


@given(st.integers(1, 10**6), st.data())
def test_rarer_tells_more_and_never_nothing(size: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, size))
    assert rarity(size, count) > 0
    assert rarity(size, count) >= rarity(size, min(size, count + 1))


@given(st.integers(0, 10**9))
def test_weight_saturates(weight: int) -> None:
    assert 0 <= saturated(weight) < 1024 or weight > 10**5
