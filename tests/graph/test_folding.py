"""When two spellings mean one thing, and when they must not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.graph.folding import fold, name_key, singular_keys, title_key, topic_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Valim", "jose  valim"),
        ("Taylor, Monty", "Monty Taylor"),
        ("郭 學聰", "郭學聰"),
        ("Jean-Luc Roi", "Jean Luc Roi"),
        ("O’Brien", "O'Brien"),
        ("Łukasz", "Lukasz"),
        ("Straße", "STRASSE"),
        ("e\u0301mile", "Émile"),
        ("İpek", "ipek"),
    ],
)
def test_spellings_of_one_person(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada North", "Ada Norton"),
        ("Ada", "Ada North"),
        ("कमल", "कमला"),
        ("Андрей", "Андреи"),
        ("が", "か"),
        ("李伟", "李薇"),
        ("🎉", "🎈"),
    ],
)
def test_two_persons_stay_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_titles_forget_case_and_signs_only() -> None:
    assert title_key("Q&A: Cells — v2!") == title_key("q and a cells v2")
    assert title_key("C++ now") != title_key("C now")


def test_topics_keep_their_signs() -> None:
    assert len({topic_key(name) for name in ("C", "C++", "C#")}) == 3
    assert topic_key("Open Stack") == topic_key("openstack") == topic_key("Open-Stack")
    assert topic_key(".NET") != topic_key("net")


def test_plurals_are_joined_with_care() -> None:
    assert singular_keys("containers", "Containers") == ("container",)
    assert singular_keys("policies", "policies") == ("policy", "policie")
    assert singular_keys("vms", "VMs") == ("vm",)
    assert singular_keys("aws", "AWS") == ()
    assert singular_keys("dns", "DNS") == ()
    assert singular_keys("business", "business") == ()


@given(st.text(max_size=60))
@example("0ʡ")
@example("ŉ ﬃ ǆ ẞ ＡＢ ª")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text) or not text.strip()
