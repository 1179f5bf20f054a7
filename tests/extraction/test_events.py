import pytest

from kb.extraction.eventnames import event_weight, guess_event
from kb.model.facts import EventFacts
from kb.model.vocabulary import EventEntry, Vocabulary
from tests.extraction.written import facts_of


@pytest.mark.parametrize(
    ("title", "name", "place", "year"),
    [
        ("KeelConf 2023", "KeelConf", "", 2023),
        ("My notes from KeelConf Lund 2023 - Day 2", "KeelConf", "Lund", 2023),
        ("Open Data Days West (2015)", "Open Data Days West", "", 2015),
        ("harbour conference 2014", "harbour conference", "", 2014),
        ("Harbour 2014 conference notes", "Harbour", "", 2014),
        ("DuckCon2017の参加メモ", "DuckCon", "", 2017),
        ("What I saw at CodeMarina 2018", "CodeMarina", "", 2018),
        ("Bericht von der FroschCon 2018", "FroschCon", "", 2018),
        ("Write the Plans Portland 2017 notes", "Write the Plans", "Portland", 2017),
        ("La Keynote de KeelConf Lyon 2021", "KeelConf", "Lyon", 2021),
        ("Post KeelConf", "KeelConf", "", 0),
        ("Types for tables", "", "", 0),
    ],
)
def test_a_title_tells_name_place_and_year(title: str, name: str, place: str, year: int) -> None:
    guess = guess_event(title)
    assert (guess.name, guess.place, guess.year) == (name, place, year)


def event(text: str, path: str = "notes/a.md", vocabulary: Vocabulary | None = None) -> EventFacts:
    facts = facts_of(text, path, vocabulary=vocabulary or Vocabulary())
    assert facts.event is not None
    return facts.event


TALK = "\n\n## Types for tables - Carl Holm\n\nNotes.\n"


def test_title_file_folder_and_urls_are_weighed_together() -> None:
    found = event(
        "# KeelConf (2015)\n\nURL: https://keel.example/tag/keelconf-2017/" + TALK,
        "keelconf-2017/keelconf-2017.md",
    )
    assert (found.name, found.year) == ("KeelConf", 2017)
    rules = {one.rule for one in found.why}
    assert "event-name-heading" in rules
    assert rules & {"event-year-file", "event-year-folder"}


def test_the_folder_names_the_event_of_a_talk_s_note() -> None:
    found = event("# Types for tables - Carl Holm\n\n- a note\n", "keelconf-2019/types.md")
    assert (found.name, found.year) == ("Keelconf", 2019)


def test_the_date_of_a_post_is_the_last_resort() -> None:
    late = '---\ntitle: "KeelConf Lund"\ndate: 2021-01-02\ntags: [conference]\n---\n' + TALK
    assert event(late).year == 2021
    url = late.replace("Notes.", "https://keel.example/sessions/keelconf-2020/types")
    assert event(url).year in (2020, 2021)


def test_the_day_of_a_note_stands_in_its_title() -> None:
    assert event("# KeelConf 2023 - Day 2" + TALK).day == "day-2"
    found = event('---\ntitle: "KeelConf Lund - Tuesday Sessions AM"\n---\n' + TALK)
    assert (found.day, found.part) == ("tuesday", "am")


def test_the_data_file_overrules_and_fills_in() -> None:
    entry = EventEntry(
        name="KeelConf", place="Malmö", year=2023, series="Keel", aliases=("KC23",), line=4
    )
    found = event("# KC23 notes, Day 1" + TALK, vocabulary=Vocabulary(events=(entry,)))
    assert (found.name, found.place, found.year, found.series) == (
        "KeelConf",
        "Malmö",
        2023,
        "Keel",
    )
    assert [one.rule for one in found.why if one.explicit] == ["explicit-events-toml"]


def test_another_year_in_the_data_file_is_another_event() -> None:
    entry = EventEntry(name="KeelConf", year=2019, place="Malmö")
    found = event("# KeelConf 2023" + TALK, vocabulary=Vocabulary(events=(entry,)))
    assert (found.year, found.place) == (2023, "")


def test_front_matter_has_the_last_word() -> None:
    found = event(
        '+++\ntitle = "KeelConf 2023"\n[event]\nname = "Keel Conference"\nyear = 2022\n+++\n' + TALK
    )
    assert (found.name, found.year) == ("Keel Conference", 2022)
    assert found.why[-1].rule == "explicit-front-matter"


@pytest.mark.parametrize(
    ("path", "name", "year"),
    [
        ("2016/NorthPHP/Day 2/queues.md", "NorthPHP", 2016),
        ("talks/TideConf-2018/queues.md", "TideConf", 2018),
        ("somebody/queues.md", "", 0),
    ],
)
def test_folders_tell_the_event_of_a_note_without_one(path: str, name: str, year: int) -> None:
    facts = facts_of("# Queues without tears\n\n- Speaker: Carl Holm\n- one\n- two\n", path)
    assert [talk.title for talk in facts.talks] == ["Queues without tears"]
    found = facts.event
    assert ((found.name, found.year) if found else ("", 0)) == (name, year)


def test_a_writer_s_own_folder_names_no_event() -> None:
    facts = facts_of("# Queues - Carl Holm\n\n- one\n", "somebody/2016/queues.md")
    assert facts.event is not None
    assert (facts.event.name, facts.event.year) == ("", 2016)


def test_a_lone_line_of_name_and_year_is_the_event_s() -> None:
    told = event("# Slow nets - Ada Winther\n\nCoastline Conference 2020\n\n- time")
    assert (told.name, told.year) == ("Coastline Conference", 2020)
    said = "# Slow nets - Ada Winther\n\nCoastline Conference 2020 was wet\n\n- time"
    assert facts_of(said, "notes/a.md").event is None


def test_a_first_line_with_a_year_names_the_event_beside_or_above_a_day() -> None:
    talks = "# Slow nets\nAda Winther, Fjord\n\n- a\n\n# Fast nets\nEmma Holt, Quay\n\n- b"
    told = event(f"QuayWest 2018\n\nOctober 13, 2018\n\n{talks}")
    assert (told.name, told.year) == ("QuayWest", 2018)
    told = event(f"QW2014 - Day 1 - Tuesday June 10, 2014\n\n{talks}")
    assert (told.name, told.year) == ("QW", 2014)
    assert event(f"Written 2018\n\nSome words.\n\n{talks}").name == ""


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My favourite talks of KnotConf 2020", "KnotConf"),
        ("Retour sur NoeudConf 2021", "NoeudConf"),
        ("State of the Knot 2018", "State of the Knot"),
        ("Organising KnotConf 2018: what we learned", "KnotConf"),
    ],
)
def test_what_a_post_is_stands_before_the_name(title: str, name: str) -> None:
    assert guess_event(title).name == name


def test_a_conference_that_is_any_conference_has_no_name() -> None:
    assert event_weight("How to give a conference talk") == 0


def test_a_day_s_number_in_words_is_no_part_of_the_name() -> None:
    assert event("# KnotConf Day Two\n\n## Slow nets - Ada Winther\n\n- a").name == "KnotConf"


def test_a_file_named_after_a_conference_and_year_tells_the_event_of_its_one_talk() -> None:
    facts = facts_of("# Slow nets - Ada Winther\n\n- one\n", "somebody/knotconf_2018.md")
    assert facts.event is not None
    assert (facts.event.name.lower(), facts.event.year) == ("knotconf", 2018)


def test_two_pages_of_one_conference_name_the_event() -> None:
    page = "https://north.knotconf.org/2023/schedule/presentation"
    first = f"## Slow nets ([link]({page}/1/))\n\n- a\n\n"
    second = f"## Fast nets ([link]({page}/2/))\n\n- b\n\n"
    assert event(f"# Friday, Apr 21\n\n{first}{second}").name == "Knotconf"
    assert event(f"# Friday, Apr 21\n\n{first}## Fast nets\n\n- b").name == ""


def test_a_heading_above_dates_names_the_event() -> None:
    days = "## 2012-09-20\n\n### Slow nets - Ada Winther\n\n- a\n\n### Fast nets - Emma Holt\n\n- b"
    assert event(f"# Frosthavn\n\n{days}").name == "Frosthavn"
    assert event(f"# Notes\n\n{days}").name == ""


def test_an_ordinary_post_has_no_event() -> None:
    facts = facts_of('---\ntitle: "Books I read in 2019"\ntags: [books]\n---\n\n## A - B C\n')
    assert facts.event is None
