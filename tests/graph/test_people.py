"""One person, one record, and never a silent merge."""

from kb.model.vocabulary import PersonEntry, Vocabulary
from tests.graph.builders import event, person, session, site, speaker, told


def names(*spoken: str, entries: tuple[PersonEntry, ...] = ()) -> list[str]:
    talks = [session(f"Talk {n}", name, line=10 * n) for n, name in enumerate(spoken, 1)]
    built = site(told("content/a.md", *talks), vocabulary=Vocabulary(people=entries))
    return [record.name for record in built.people]


def test_spellings_are_joined_where_that_is_safe() -> None:
    assert names("José Valim", "jose valim", "VALIM, José", "José  Valim") == ["José Valim"]


def test_a_name_in_its_parts_is_shown_rather_than_one_glued_together() -> None:
    assert names("AdaNorth", "AdaNorth", "Ada North") == ["Ada North"]
    assert names("AdaNorth", "ada north") == ["AdaNorth"]
    assert names("ada north", "NORTH, Ada", "NORTH, Ada") == ["ada north"]
    assert names("DeShawn", "DeShawn") == ["DeShawn"]


def test_likely_but_uncertain_names_stay_apart() -> None:
    assert len(names("Ada North", "Ada M. North", "A. North", "Ada", "Ada Norton")) == 5


def test_aliases_of_the_data_file_are_joined() -> None:
    entry = PersonEntry(
        name="Ada North",
        aliases=("Ada M. North", "@ada"),
        links=("https://ada.example/",),
        about="Writes.",
    )
    built = site(
        told(
            "content/a.md",
            session("One", "Ada M. North"),
            session("Two", "ADA NORTH", line=30),
        ),
        vocabulary=Vocabulary(people=(entry,)),
    )
    ada = person(built, "Ada North")
    assert len(ada.sessions) == 2
    assert ada.aliases == ("@ada", "ADA NORTH", "Ada M. North")
    assert ada.about == "Writes."
    assert ada.links == ("https://ada.example/",)
    assert {(r.source, r.target) for r in built.redirects} == {
        ("/speakers/ada-m-north/", "/speakers/ada-north/"),
        ("/speakers/ada/", "/speakers/ada-north/"),
    }


def test_an_unused_entry_has_no_page() -> None:
    assert names("Ada North", entries=(PersonEntry(name="Ben Ost"),)) == ["Ada North"]


def test_names_that_give_one_slug_have_two_pages() -> None:
    built = site(told("content/a.md", session("One", "Li Wei"), session("Two", "李伟", line=30)))
    urls = {record.name: record.url for record in built.people}
    assert urls["Li Wei"] == "/speakers/li-wei/"
    assert urls["李伟"].startswith("/speakers/li-wei-")
    alone = site(told("content/a.md", session("Two", "李伟")))
    assert alone.people[0].url == "/speakers/li-wei/"


def test_a_newer_speaker_never_moves_an_older_one() -> None:
    old = told("content/z.md", session("One", "李伟"), date="2016-05-01")
    new = told("content/a.md", session("Two", "Li Wei"), date="2017-05-01")
    urls = {record.name: record.url for record in site(old, new).people}
    assert urls["李伟"] == "/speakers/li-wei/"


def test_a_person_knows_company_places_and_profiles() -> None:
    ada = speaker("Ada North", organisation="Acme", url="https://twitter.com/ada")
    again = speaker("Ada North", organisation="Beta", url="http://www.twitter.com/ada/")
    from_acme = session("One", "Ben Ost")
    newer = session("Two", "Ben Ost", "Cy Vale")
    built = site(
        told(
            "content/a.md",
            type(from_acme)(
                title="One",
                kind="talk",
                line=10,
                end=19,
                evidence=from_acme.evidence,
                speakers=(ada, *from_acme.speakers),
            ),
            event=event("Conf", "", 2016),
            date="2016-02-02",
        ),
        told(
            "content/b.md",
            type(newer)(
                title="Two",
                kind="talk",
                line=10,
                end=19,
                evidence=newer.evidence,
                speakers=(again, *newer.speakers),
            ),
            event=event("Conf", "", 2017),
            date="2017-02-02",
        ),
    )
    record = person(built, "Ada North")
    assert [url.split("/")[-2] for url in record.with_people] == ["ben-ost", "cy-vale"]
    assert record.organisations == ("Beta", "Acme")
    assert len(record.links) == 1
    assert [url.split("/")[2] for url in record.events] == ["conf-2017", "conf-2016"]
    assert [told_.note for told_ in record.told] == ["content/a.md", "content/b.md"]
