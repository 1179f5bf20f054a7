"""Lists of facts right below headings: names, then links and labelled lines."""

import pytest

from tests.extraction.written import facts_of

HEAD = '+++\ntitle = "QuarryCon 2021"\n+++\n\n'
PAIR = """
#### Sort late, label early

- {name}
- [https://videos.example/watch?v=1](https://videos.example/watch?v=1)

Sort.

#### What moves below

- Marit Løken
- [https://videos.example/watch?v=2](https://videos.example/watch?v=2)

Move.
"""


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("pebblepusher", "pebblepusher"),
        ("林小石", "林小石"),
        ("Gero v. Stein", "Gero v. Stein"),
        ("Gennaro Di Brino", "Gennaro Di Brino"),
        ("QuarryQueen99", "QuarryQueen99"),
        ("林小石 Stone42", "林小石 Stone42"),
    ],
)
def test_an_item_before_the_recording_is_a_speaker_whatever_it_looks_like(
    item: str, name: str
) -> None:
    talks = facts_of(HEAD + PAIR.format(name=item)).talks
    assert [speaker.name for speaker in talks[0].speakers] == [name]


@pytest.mark.parametrize(
    "title",
    [
        "Walls that last by Marit Løken",
        "Marit Løken: Keynote",
        "Walls that last - Marit Løken (QuarryCon 2021)",
        "(Dry) walls that last",
        "[Workshop] Walls that last (March 2020)",
        "Dr. Wall, or the end of mortar",
        "Talks",
        "Lunch for walls",
    ],
)
def test_the_heading_above_such_a_list_is_all_title(title: str) -> None:
    talks = facts_of(
        HEAD + PAIR.format(name="Marit Løken").replace("What moves below", title)
    ).talks
    assert [talk.title for talk in talks] == ["Sort late, label early", title]
    assert [speaker.name for speaker in talks[1].speakers] == ["Marit Løken"]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("10:30 - Walls that last", "Walls that last"),
        ("Walls that last (Room 12)", "Walls that last"),
        ("Walls that last [video]", "Walls that last"),
    ],
)
def test_times_rooms_and_links_are_no_title(heading: str, title: str) -> None:
    note = HEAD + PAIR.format(name="Marit Løken").replace("What moves below", heading)
    assert facts_of(note).talks[1].title == title


def test_numbers_go_where_the_writer_counts_and_stay_where_the_programme_does() -> None:
    counted = PAIR.replace("Sort late", "1. Sort late").replace("What", "2. What")
    programme = PAIR.replace("Sort late", "31. Sort late").replace("What", "34. What")
    assert [talk.title for talk in facts_of(HEAD + counted.format(name="Ada Holm")).talks] == [
        "Sort late, label early",
        "What moves below",
    ]
    assert [talk.title for talk in facts_of(HEAD + programme.format(name="Ada Holm")).talks] == [
        "31. Sort late, label early",
        "34. What moves below",
    ]


def test_a_sponsor_is_no_speaker() -> None:
    third = PAIR.format(name="Ada Holm").replace("Sort late", "Stack late")
    note = HEAD + PAIR.format(name="Sponsored by MegaQuarry") + third
    assert {s.name for talk in facts_of(note).talks for s in talk.speakers} == {
        "Ada Holm",
        "Marit Løken",
    }


VIDEO = "[https://videos.example/watch?v=1](https://videos.example/watch?v=1)"
PLAIN = "[https://quarry.example/about](https://quarry.example/about)"


@pytest.mark.parametrize(
    ("items", "talks"),
    [
        (("QuarryCon Team", VIDEO), ["QuarryCon 2021 Q&A"]),
        (("QuarryCon Team", PLAIN), []),
        (("MegaQuarry Ltd", "Stone Academy", VIDEO), ["QuarryCon 2021 Q&A"]),
        (("Some words of ours on how it went.", VIDEO), []),
    ],
)
def test_a_team_before_the_recording_names_nobody_and_gave_a_talk(
    items: tuple[str, ...], talks: list[str]
) -> None:
    note = "\n".join(["#### QuarryCon 2021 Q&A", "", *(f"- {item}" for item in items)])
    found = facts_of(f"{HEAD}{note}\n\nWe answer whatever people ask.\n")
    assert [talk.title for talk in found.talks] == talks
    assert [speaker.name for talk in found.talks for speaker in talk.speakers] == []


def test_a_firm_beside_a_name_leaves_the_speaker() -> None:
    talks = facts_of(HEAD + PAIR.format(name="Ottilie Grahn (Stone Academy)")).talks
    assert [speaker.name for speaker in talks[0].speakers] == ["Ottilie Grahn"]


def test_a_list_of_points_is_no_list_of_facts() -> None:
    note = HEAD + PAIR.replace("- {name}\n", "- Build walls slowly. They fall fast.\n")
    assert {s.name for talk in facts_of(note).talks for s in talk.speakers} == {"Marit Løken"}


def test_the_lists_of_lightning_talks_stay_one_session() -> None:
    note = HEAD + PAIR.format(name="Rosa Okoye").replace(
        "Sort late, label early", "Lightning Talks"
    )
    note = note.replace("Sort.", "* 00:00 - Welcome - Rosa Okoye\n* 02:10 - A wall - Tor Ek")
    assert [talk.title for talk in facts_of(note).talks] == ["Lightning Talks", "What moves below"]


def test_cities_in_a_talk_are_not_the_place_of_the_event() -> None:
    note = HEAD + PAIR.format(name="Ada Holm").replace("Sort.", "She works in Berlin.")
    event = facts_of(note).event
    assert event is not None
    assert event.place == ""


def test_sessions_of_a_day_name_the_event_before_them() -> None:
    note = HEAD.replace("QuarryCon 2021", "Stone Circle - Tuesday Sessions, part 2")
    event = facts_of(note + PAIR.format(name="Ada Holm")).event
    assert event is not None
    assert (event.name, event.day) == ("Stone Circle", "tuesday")


def test_a_year_beside_the_name_outweighs_the_year_of_writing() -> None:
    note = HEAD.replace('title = "Q', 'date = 2022-01-04\ntitle = "Q') + PAIR.format(
        name="Ada Holm"
    )
    event = facts_of(note, "2022/2022-01-04-quarrycon.md").event
    assert event is not None
    assert event.year == 2021


def test_a_number_in_place_of_a_name_names_nobody_and_leaves_the_title_whole() -> None:
    other = PAIR.format(name="Ada Holm")
    numbered = PAIR.replace("Sort late, label early", "Lime by Ada Holm").format(name="001")
    talk = facts_of(HEAD + other + numbered).talks[2]
    assert (talk.title, [speaker.name for speaker in talk.speakers]) == (
        "Lime by Ada Holm",
        ["Ada Holm"],
    )


def test_a_plus_joins_two_names() -> None:
    talks = facts_of(HEAD + PAIR.format(name="Anne-Belle + Ivar")).talks
    assert [speaker.name for speaker in talks[0].speakers] == ["Anne-Belle", "Ivar"]


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("- 林小石、林大山\n", "石頭怎麼說話"),
        ("", "石頭怎麼說話"),
    ],
)
def test_a_first_heading_of_title_name_and_event_is_a_talk(item: str, title: str) -> None:
    note = f"""{HEAD}#### 石頭怎麼說話｜林小石、林大山｜Stone Stories｜QuarryCon 2021

{item}- {VIDEO}

石頭

#### 牆｜王長石｜Stone Stories｜QuarryCon 2021

- [https://videos.example/watch?v=2](https://videos.example/watch?v=2)

牆
"""
    talks = facts_of(note).talks
    assert [(talk.title, [s.name for s in talk.speakers]) for talk in talks] == [
        (title, ["林小石", "林大山"]),
        ("牆", ["王長石"]),
    ]


def test_a_first_heading_of_event_and_name_is_no_talk() -> None:
    note = f"{HEAD}## QuarryCon 2021 | Marit Løken\n\n- {VIDEO}\n"
    for title, name in (("Walls that last", "Ada Holm"), ("Lime", "Carl Holm")):
        note += f"\n## {title} | {name}\n\n- {VIDEO}\n\nStones.\n"
    assert [talk.title for talk in facts_of(note).talks] == ["Walls that last", "Lime"]


def test_a_first_heading_may_name_the_event_and_be_a_talk_as_the_others_are() -> None:
    first = "Walls that last - Marit Løken (QuarryCon 2021)"
    note = f"""{HEAD}#### {first}

- [https://videos.example/watch?v=1](https://videos.example/watch?v=1)

Speaker: Marit Løken

Sort.

#### Mortar - Ada Holm (QuarryCon 2021)

- [https://videos.example/watch?v=2](https://videos.example/watch?v=2)

Speaker: Ada Holm
"""
    assert [talk.heading for talk in facts_of(note).talks] == [
        first,
        "Mortar - Ada Holm (QuarryCon 2021)",
    ]
