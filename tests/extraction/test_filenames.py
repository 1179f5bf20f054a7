"""What a path says of a note."""

import pytest

from kb.extraction.filenames import names_conference, read_path


@pytest.mark.parametrize(
    ("path", "kind", "conference"),
    [
        ("2015-fjorddays.md", "event", False),
        ("ada/QuayFest.md", "event", False),
        ("ada/cssconf-eu.md", "event", False),
        ("quayconf/day1.md", "day", True),
        ("a/Lightning Talks.md", "lightning", False),
        ("a/lightning-talks-4-12.md", "lightning", False),
        ("orka21/InvitedTalks.md", "talks", False),
        ("LoomCon-2018/dyeing.md", "talk", True),
        ("2018/tidejs/talks/nets.md", "talk", True),
        ("a/README.md", "", False),
        ("summit-hike.md", "talk", False),
        ("a/Day 2 - 03 - Compasses.md", "talk", True),
        ("a/day-2.md", "day", False),
        ("a/Day 2 - 3 ideas.md", "talk", False),
        ("holidays/2019.md", "", False),
    ],
)
def test_a_path_says_what_the_file_holds(path: str, kind: str, conference: bool) -> None:
    told = read_path(path)
    assert (told.kind, told.conference) == (kind, conference)


@pytest.mark.parametrize(
    ("path", "several"),
    [
        ("QuayFest.md", True),
        ("lightning-talks.md", True),
        ("quayconf/day-2.md", True),
        ("bootcamp/day-2.md", False),
        ("site/talks.md", False),
        ("quayconf/slow-boats.md", False),
    ],
)
def test_some_names_say_that_several_talks_follow(path: str, several: bool) -> None:
    assert read_path(path).several is several


@pytest.mark.parametrize("word", ["holidays", "birthdays", "conf", "conference room"])
def test_words_that_only_look_like_conferences(word: str) -> None:
    assert not names_conference(word)
