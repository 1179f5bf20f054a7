"""The data files: entries with lines, wrong ones told and left out."""

import pytest

from kb.model.note import Source
from kb.model.vocabulary import EventEntry, LinkRule, PersonEntry, TopicEntry, Vocabulary
from kb.reading.vocabulary import read_vocabulary


def source(text: str, path: str = "content/people.toml") -> Source:
    return Source(path, "", text.encode())


def people(text: str) -> Vocabulary:
    return read_vocabulary(source(text), None, None, {})


def test_without_files_it_is_empty() -> None:
    assert read_vocabulary(None, None, None, {}) == Vocabulary()


def test_all_three_files_and_the_kinds_of_links() -> None:
    vocabulary = read_vocabulary(
        source(
            '[[people]]\nname = "Ada Doe"\naliases = ["A. Doe", "A. Doe"]\nlinks = ["https://a.example/"]\n'
        ),
        source(
            '\n[[topics]]\nname = "Kubernetes"\nsynonyms = "k8s"\nbroader = ["Containers"]\n'
            '[[topics]]\nname = "misc"\nignore = true\n'
        ),
        source(
            '[[events]]\nname = "PyCon"\nplace = "Florence"\nyear = 2018\nstart = 2018-04-19\n'
            'end = "22 April 2018"\naliases = ["PyCon Nove"]\n'
        ),
        {"b.example/x": "slides", "a.example": "recording"},
    )
    assert vocabulary == Vocabulary(
        people=(PersonEntry("Ada Doe", ("A. Doe",), ("https://a.example/",), line=1),),
        topics=(
            TopicEntry("Kubernetes", ("k8s",), ("Containers",), line=2),
            TopicEntry("misc", ignore=True, line=6),
        ),
        events=(
            EventEntry(
                "PyCon",
                "Florence",
                2018,
                "",
                "2018-04-19",
                "2018-04-22",
                aliases=("PyCon Nove",),
                line=1,
            ),
        ),
        link_rules=(LinkRule("b.example/x", "slides"), LinkRule("a.example", "recording")),
    )


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("[[people]]\naliases = ['x']\n", "KB113", 1),
        ("[[people]]\nname = ''\n", "KB113", 1),
        ("[[people]]\nname = 7\n", "KB113", 2),
        ("[[people]]\nname = 'A'\nalias = ['x']\n", "KB113", 3),
        ("[[people]]\nname = 'A'\naliases = [1]\n", "KB113", 3),
        ("[[people]]\nname = 'A'\nline = 5\n", "KB113", 3),
        ("\n[[person]]\nname = 'A'\n", "KB113", 2),
        ("people = ['A']\n", "KB113", 1),
        ("[people]\nname = 'A'\n", "KB113", 1),
        ("[[people]]\nname = 'A'\n[[people]]\nname = 'a'\n", "KB113", 3),
        ("[[people]]\nname = 'A'\nabout = \n", "KB118", 3),
    ],
)
def test_an_entry_of_the_wrong_shape_is_told_at_its_line(text: str, code: str, line: int) -> None:
    findings = people(text).findings
    assert code in [finding.code for finding in findings if finding.line == line]
    assert {finding.severity for finding in findings} == {"error"}


def test_the_good_entries_and_keys_count_all_the_same() -> None:
    vocabulary = people(
        "[[people]]\nname = 'A'\nalias = 'x'\nabout = 'Hi'\n[[people]]\n[[people]]\nname = 'B'\n"
    )
    assert [(p.name, p.about, p.line) for p in vocabulary.people] == [("A", "Hi", 1), ("B", "", 6)]
    assert vocabulary.findings[0].hint == "did you mean `aliases`?"


def test_editions_of_one_name_are_several_events() -> None:
    vocabulary = read_vocabulary(
        None,
        None,
        source(
            "[[events]]\nname='S'\nyear=2016\n[[events]]\nname='S'\nyear=2017\n[[events]]\nname='S'\nyear=2017\n"
        ),
        {},
    )
    assert [event.year for event in vocabulary.events] == [2016, 2017]
    assert [finding.line for finding in vocabulary.findings] == [7]


def test_a_day_that_is_none_is_told() -> None:
    vocabulary = read_vocabulary(None, None, source("[[events]]\nname='S'\nstart='soon'\n"), {})
    assert [finding.line for finding in vocabulary.findings] == [3]
    assert vocabulary.events[0].start == ""


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JAVA\tSCRIPT:x", "data:text/html,x", "file:///x"]
)
def test_an_address_that_no_page_may_link_to_is_told(url: str) -> None:
    read = read_vocabulary(
        source(f"[[people]]\nname = 'A B'\nlinks = ['{url}', 'https://a.example/']\n"),
        None,
        source(f"[[events]]\nname = 'C'\nurl = '{url}'\n", "content/events.toml"),
        {},
    )
    assert read.people[0].links == ("https://a.example/",)
    assert read.events[0].url == ""
    assert [(finding.code, finding.line) for finding in read.findings] == [("KB113", 3)] * 2
