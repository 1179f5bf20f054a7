"""Which tellings are one session, and in which order sessions stand."""

from kb.model.facts import Evidence, SessionFacts, SpeakerMention
from kb.model.vocabulary import PersonEntry, Vocabulary
from tests.graph.builders import by_title, event, link, picture, session, site, told

BOSTON = event("Harbour Conf", "Boston", 2017)
LONG = "Cells for all of us"


def count(*pairs: tuple[SessionFacts, str]) -> int:
    """How many sessions there are when each of `pairs` is told by a note of its own on a day."""
    built = site(
        *(
            told(f"content/{n}.md", one, event=event("Harbour Conf", "Boston", 2017, day))
            for n, (one, day) in enumerate(pairs)
        )
    )
    return len(built.sessions)


def test_two_notes_of_one_talk_are_one_session() -> None:
    built = site(
        told("content/b.md", session(LONG, "Ada North"), event=BOSTON, date="2017-05-09"),
        told(
            "content/a.md",
            session("Cells, for all of us!", "ada north", "Ben Ost"),
            event=BOSTON,
            date="2017-05-10",
        ),
    )
    (record,) = built.sessions
    assert record.title == LONG
    assert [telling.note for telling in record.tellings] == ["content/b.md", "content/a.md"]
    assert [credit.name for credit in record.speakers] == ["Ada North", "Ben Ost"]
    assert [told_.note for told_ in record.speakers[0].told] == ["content/b.md", "content/a.md"]
    assert all(note.sessions == (record.url,) for note in built.notes)


def test_other_speakers_days_or_events_are_other_sessions() -> None:
    assert count((session(LONG, "Ada North"), ""), (session(LONG, "Ben Ost"), "")) == 2
    assert count((session(LONG), "2017-05-08"), (session(LONG), "2017-05-09")) == 2
    assert count((session(LONG), "2017-05-08"), (session(LONG), "monday")) == 1
    assert count((session(LONG), "monday"), (session(LONG), "")) == 1


def test_a_title_that_says_little_needs_more() -> None:
    assert count((session("Keynote"), ""), (session("Keynote"), "")) == 2
    assert count((session("Keynote", "Ada North"), ""), (session("Keynote", "Ada North"), "")) == 1
    assert count((session("Lunch"), "monday"), (session("Lunch"), "monday")) == 1
    assert count((session("Lunch"), "monday"), (session("Lunch"), "tuesday")) == 2
    morning, evening = session("Opening", start="09:00"), session("Opening", start="18:00")
    assert count((morning, "monday"), (evening, "monday")) == 2


def test_a_shared_recording_joins() -> None:
    one = session("Keynote", links=[link("https://youtu.be/abcdefgh", "recording")])
    other = session("Keynote", links=[link("http://youtube.com/watch?v=abcdefgh", "recording")])
    assert count((one, ""), (other, "")) == 1


def test_one_note_tells_two_talks_of_one_title_apart() -> None:
    built = site(told("content/a.md", session(LONG, line=10), session(LONG, line=40)))
    assert len(built.sessions) == 2
    again = [session(LONG, "Ada North", line=10), session(LONG, "Ada North", line=40)]
    (record,) = site(told("content/a.md", *again)).sessions
    assert len(record.tellings) == 2
    assert len(record.speakers[0].told) == 2


def test_without_an_event_only_clues_join() -> None:
    plain = site(told("content/a.md", session(LONG)), told("content/b.md", session(LONG)))
    assert len(plain.sessions) == 2
    shared = [told(f"content/{n}.md", session(LONG, "Ada North")) for n in "ab"]
    assert len(site(*shared).sessions) == 1


def test_joined_people_count_as_one() -> None:
    people = Vocabulary(people=(PersonEntry(name="Adaline North", aliases=("Ada North",)),))
    built = site(
        told("content/a.md", session("Keynote", "Ada North"), event=BOSTON),
        told("content/b.md", session("Keynote", "Adaline North"), event=BOSTON),
        vocabulary=people,
    )
    assert len(built.sessions) == 1


def test_the_writers_word_wins_over_another_notes_guess() -> None:
    explicit = Evidence(line=3, rule="explicit-kind", sure=1.0)
    first = session(
        LONG, "Ada North", "Ben Ost", kind="panel", room="Hall 2", abstract_text="x" * 99
    )
    second = SessionFacts(
        title="CELLS for all of us",
        kind="workshop",
        line=10,
        end=19,
        evidence=explicit,
        why=(
            Evidence(line=3, rule="explicit-room", sure=1.0),
            Evidence(line=3, rule="explicit-name", sure=1.0),
            Evidence(line=3, rule="explicit-abstract", sure=1.0),
        ),
        room="Hall 5",
        abstract_text="Short.",
        speakers=(SpeakerMention(name="Ben Ost", evidence=explicit),),
    )
    built = site(
        told("content/a.md", first, event=BOSTON), told("content/b.md", second, event=BOSTON)
    )
    assert built.sessions[0].kind == "workshop"
    assert built.sessions[0].room == "Hall 5"
    assert built.sessions[0].abstract_text == "Short."
    assert built.sessions[0].title == "CELLS for all of us"
    assert [credit.name for credit in built.sessions[0].speakers] == ["Ben Ost"]
    assert [record.name for record in built.people] == ["Ben Ost"]


def test_sessions_stand_in_the_order_of_days_times_and_notes() -> None:
    built = site(
        told(
            "content/b.md",
            session("Tuesday talk", day="2017-05-09"),
            session("Nine", day="2017-05-08", start="9:00", line=30),
            session("After nine", day="2017-05-08", line=50),
            event=BOSTON,
        ),
        told(
            "content/a.md",
            session("Afternoon", day="2017-05-08", part="pm"),
            session("Ten", day="2017-05-08", start="10:00", line=30),
            session("Eight", day="2017-05-08", start="08:00", line=50),
            event=BOSTON,
        ),
    )
    assert [record.title for record in built.sessions] == [
        "Eight",
        "Nine",
        "After nine",
        "Ten",
        "Afternoon",
        "Tuesday talk",
    ]
    (summit,) = built.events
    assert [day.date for day in summit.days] == ["2017-05-08", "2017-05-09"]
    assert sum(len(day.sessions) for day in summit.days) == 6


def test_pictures_date_a_session_that_names_no_day() -> None:
    shown = [picture("p.jpg", "05-08T14:00:00"), picture("q.jpg", "05-08T14:10:00")]
    built = site(
        told("content/a.md", session(LONG, pictures=shown), event=BOSTON, date="2017-05-13"),
        told("content/b.md", session("Other", pictures=shown[:1]), event=BOSTON, date="2017-05-01"),
    )
    assert by_title(built, LONG).date == "2017-05-08"
    assert by_title(built, "Other").date == ""


def test_a_session_without_a_title_is_called_by_what_there_is() -> None:
    untitled = SessionFacts(
        title="", kind="keynote", line=10, end=12, evidence=Evidence(line=10, rule="x", sure=0.5)
    )
    built = site(told("content/a.md", session("", "Ada North"), untitled, event=BOSTON))
    assert sorted(record.title for record in built.sessions) == ["Ada North", "Keynote"]
    assert all(len(record.url.split("/")) == 5 for record in built.sessions)
