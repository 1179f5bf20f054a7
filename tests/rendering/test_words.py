"""Words: the same keys in each language, dates and counts as each language writes them."""

import re

import pytest

from kb.rendering.words import MissingWords, Words
from tests.rendering import sample

STRINGS = sample.theme().strings


@pytest.mark.parametrize("language", sorted(set(STRINGS) - {"en"}))
def test_languages_have_the_same_keys_and_holes(language: str) -> None:
    assert set(STRINGS[language]) == set(STRINGS["en"])
    for key, text in STRINGS["en"].items():
        if not key.startswith("date."):
            found = re.findall(r"{(\w+)}", STRINGS[language][key])
            assert sorted(found) == sorted(re.findall(r"{(\w+)}", text)), key


def test_at_least_three_languages() -> None:
    assert {"en", "de", "fr"} <= set(STRINGS)


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 0, "0 talks"),
        ("en", 1, "1 talk"),
        ("en", 12345, "12,345 talks"),
        ("de", 1, "1 Vortrag"),
        ("de", 12345, "12.345 Vorträge"),
        ("fr", 0, "0 exposé"),
        ("fr", 2, "2 exposés"),
    ],
)
def test_counts(language: str, count: int, words: str) -> None:
    assert Words(STRINGS, language).say("count.talks", count) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Monday, 8 May 2017"), ("de", "Montag, 8. Mai 2017"), ("fr", "lundi 8 mai 2017")],
)
def test_days(language: str, words: str) -> None:
    assert Words(STRINGS, language).day("2017-05-08") == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2017-05-08", "2017-05-11", "8–11 May 2017"),
        ("2017-05-08", "2017-05-08", "8 May 2017"),
        ("2017-05-08", "", "8 May 2017"),
        ("2017-04-30", "2017-05-02", "30 April 2017 – 2 May 2017"),
        ("2017", "", "2017"),
        ("2017-05", "", "May 2017"),
        ("soon", "", "soon"),
    ],
)
def test_spans(start: str, end: str, words: str) -> None:
    assert Words(STRINGS, "en").span(start, end) == words


def test_a_language_that_is_not_shipped_speaks_english() -> None:
    words = Words(STRINGS, "nl-BE")
    assert (words.content, words.language) == ("nl-BE", "en")
    assert words.say("nav.talks") == "Talks"


def test_a_country_s_form_of_a_language_is_that_language() -> None:
    words = Words(STRINGS, "de_AT")
    assert (words.content, words.language) == ("de-AT", "de-AT")
    assert words.say("nav.talks") == "Vorträge"


def test_notes_from_right_to_left_are_laid_out_so_whoever_the_words_are_by() -> None:
    assert Words(STRINGS, "ar").direction == "rtl"


def test_a_theme_may_bring_a_language_in_part() -> None:
    words = Words({**STRINGS, "he": {"nav.talks": "הרצאות"}}, "he")
    assert words.say("nav.talks") == "הרצאות"
    assert words.say("nav.topics") == "Topics"
    assert words.direction == "rtl"


def test_missing_words_are_a_fault() -> None:
    with pytest.raises(MissingWords, match=r"nav\.nothing"):
        Words(STRINGS, "en").say("nav.nothing")


def test_a_kind_of_link_of_the_site_is_its_own_word() -> None:
    assert Words(STRINGS, "de").link_kind("bug-tracker") == "bug tracker"


def test_a_site_may_write_its_dates_itself() -> None:
    words = Words(STRINGS, "en", "{month} {day:02}, {year}")
    assert words.date("2017-05-08") == "May 08, 2017"
    assert words.date("2017-05") == "May 2017"
    assert words.span("2017-05-08", "2017-05-11") == "May 08, 2017 – May 11, 2017"
    assert Words(STRINGS, "de", "{year}-{number:02}-{day:02}").date("2017-05-08") == "2017-05-08"
