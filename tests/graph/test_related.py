"""Which other talks a reader may want, and why."""

from collections.abc import Sequence
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.graph import related as module
from kb.graph.related import (
    COMMON,
    MOST,
    OF_ONE_EVENT,
    Likeness,
    Subject,
    likeness,
    related,
    revised,
)
from kb.graph.weighing import words_of
from kb.model.site import Related, Url
from kb.model.value import decode, encode, replace


def subject(
    number: int,
    text: str = "",
    *,
    event: str = "",
    speakers: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    is_talk: bool = True,
) -> Subject:
    return Subject(
        url=Url(f"/talks/{number}/"),
        event=event,
        speakers=tuple((Url(f"/speakers/{name}/"), name) for name in speakers),
        topics=tuple((Url(f"/topics/{name}/"), name) for name in topics),
        texts=(text,),
        is_talk=is_talk,
    )


def relate(subjects: Sequence[Subject]) -> dict[Url, tuple[Related, ...]]:
    return related(likeness(subjects))


def reasons(*subjects: Subject) -> dict[str, tuple[str, ...]]:
    """Why others are related to the first."""
    return {other.session: other.reasons for other in relate(subjects)[subjects[0].url]}


def test_the_same_speaker_relates() -> None:
    assert reasons(
        subject(1, speakers=("Ada",)), subject(2, speakers=("Ada", "Ben")), subject(3)
    ) == {"/talks/2/": ("Also by Ada",)}


def test_a_rare_topic_relates_and_a_common_one_hardly() -> None:
    others = [subject(n, topics=("cloud",)) for n in range(3, 40)]
    found = relate([subject(1, topics=("cloud", "shade")), subject(2, topics=("shade",)), *others])
    (first, *_) = found[Url("/talks/1/")]
    assert (first.session, first.reasons) == ("/talks/2/", ("Both about shade",))
    assert first.score > 3 * max((r.score for r in found[Url("/talks/3/")]), default=0.0) or all(
        r.session != "/talks/3/" for r in found[Url("/talks/1/")]
    )


def test_rare_words_in_common_relate_and_everyday_words_do_not() -> None:
    filler = [subject(n, f"filler{n} talk{n} about something") for n in range(10, 30)]
    found = reasons(
        subject(1, "We should really look at galera and etcd replication today"),
        subject(2, "People think galera replication beats etcd and they should look"),
        subject(3, "We should really look at people today and think"),
        *filler,
    )
    assert list(found) == ["/talks/2/"]
    assert found[Url("/talks/2/")] == ("Both say: etcd, galera, replication",)


def test_names_of_speakers_are_no_words_in_common() -> None:
    found = reasons(
        subject(1, "Ada shows zebra and quagga", speakers=("Ada",)),
        subject(2, "Ada shows zebra and quagga again", speakers=("Ada",)),
        *(subject(n, f"other{n}") for n in range(3, 20)),
    )
    assert found == {"/talks/2/": ("Also by Ada", "Both say: quagga, zebra")}


def test_at_most_a_few_and_two_of_one_event() -> None:
    many = [subject(n, event=f"e{n // 5}", speakers=("Ada",)) for n in range(1, 60)]
    found = relate(many)[Url("/talks/1/")]
    assert len(found) == MOST
    events = [int(other.session.split("/")[2]) // 5 for other in found]
    assert max(events.count(event) for event in events) <= OF_ONE_EVENT
    assert "/talks/1/" not in {other.session for other in found}


def test_a_lunch_is_never_suggested() -> None:
    assert (
        reasons(subject(1, speakers=("Ada",)), subject(2, speakers=("Ada",), is_talk=False)) == {}
    )


def test_other_scripts_have_words_too() -> None:
    assert words_of("量子計算の話 Nova") == ["Nova", "量子", "子計", "計算", "算の", "の話"]
    assert words_of("It's node.js, C++ -- e.g. 3D or i18n.") == [
        "It's",
        "node.js",
        "C++",
        "e.g",
        "i18n",
    ]
    filler = [subject(n, f"fill{n}") for n in range(10, 30)]
    assert "/talks/2/" in reasons(subject(1, "量子計算入門"), subject(2, "量子計算"), *filler)


def test_the_order_of_sessions_does_not_matter() -> None:
    some = [
        subject(n, f"galera etcd w{n % 7}", event=f"e{n % 3}", speakers=(f"s{n % 5}",))
        for n in range(40)
    ]
    assert relate(some) == relate(some[::-1])


def test_what_too_many_share_finds_nobody() -> None:
    crowd = [subject(n, "galera", topics=("cloud",)) for n in range(COMMON + 2)]
    assert not any(relate(crowd).values())


def test_a_speaker_of_very_many_talks_relates_to_the_nearest() -> None:
    crowd = [subject(n, speakers=("Ada",)) for n in range(3 * COMMON)]
    found = relate(crowd)
    assert all(len(others) == MOST for others in found.values())


WORDS = st.lists(st.sampled_from(["etcd", "galera", "raft", "cells", "shade", "the"]), max_size=7)
GIVEN = st.sampled_from([(), ("Ada",), ("Ada", "Ben")])
SUBJECTS = st.lists(
    st.builds(
        lambda words, event, speakers, topics, is_talk: subject(
            0, " ".join(words), event=event, speakers=speakers, topics=topics, is_talk=is_talk
        ),
        WORDS,
        st.sampled_from(["e1", "e2", ""]),
        GIVEN,
        st.sampled_from([(), ("water",), ("ice", "water")]),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
).map(lambda many: [replace(one, url=Url(f"/talks/{n}/")) for n, one in enumerate(many)])


@given(SUBJECTS, st.lists(st.dictionaries(st.integers(0, 29), WORDS, max_size=4), max_size=3))
def test_other_words_of_some_talks_are_as_if_all_were_weighed_anew(
    subjects: list[Subject], edits: list[dict[int, list[str]]]
) -> None:
    _compare_with_weighing_anew(subjects, edits)


POOL = tuple(f"{a}{b}x" for a in ("etcd", "galera", "raft", "cells") for b in "abcdefghij")


@pytest.mark.parametrize("common", [1, 2, 3, COMMON])
@given(st.integers())
def test_words_that_few_or_too_many_share_are_weighed_as_if_anew(common: int, seed: int) -> None:
    dice = Random(seed)

    def words() -> list[str]:
        return dice.choices(POOL, k=dice.randint(0, 8))

    subjects = [
        subject(
            number,
            " ".join(words()),
            event=dice.choice(("e1", "e2", "")),
            speakers=dice.choice(((), (), (), ("Ada",))),
            topics=dice.choice(((), (), ("water",), ("ice", "water"))),
            is_talk=dice.random() < 0.8,
        )
        for number in range(dice.randint(12, 40))
    ]
    edits = [
        {dice.randrange(len(subjects)): words() for _ in range(dice.randint(1, 2))}
        for _ in range(3)
    ]
    with patch.object(module, "COMMON", common):
        _compare_with_weighing_anew(subjects, edits)


def _compare_with_weighing_anew(subjects: list[Subject], edits: list[dict[int, list[str]]]) -> None:
    known = likeness(subjects)
    shown = related(known)
    for edit in edits:
        texts = {n: (" ".join(words),) for n, words in edit.items() if n < len(subjects)}
        subjects = [replace(one, texts=texts.get(n, one.texts)) for n, one in enumerate(subjects)]
        known, found = revised(decode(encode(known), Likeness), texts)
        shown |= found
        assert shown == relate(subjects)
        assert related(known) == shown
