"""People listed under a keynote or a panel."""

from kb.extraction.listed import holds_several
from tests.extraction.written import facts_of, talks

HEAD = """
    # Quayside Conference 2018

    ## A guide to fog - Edda Falk

    - low cloud

    """


def test_each_item_names_a_speaker() -> None:
    note = (
        HEAD
        + """## Keynote

    - Ottilie Brandt: on nothing
    - Emeka Obi (Hamnen)
    - Paula Reiss - small crews
    """
    )
    assert talks(facts_of(note))[1] == ("Keynote", ["Ottilie Brandt", "Emeka Obi", "Paula Reiss"])


def test_the_firm_in_brackets_is_kept() -> None:
    note = HEAD + "## Panel\n\n    - Ottilie Brandt (Hamnen)\n    - Emeka Obi (Farbwerk)\n"
    panel = facts_of(note).talks[1]
    assert [speaker.organisation for speaker in panel.speakers] == ["Hamnen", "Farbwerk"]


def test_notes_are_no_names() -> None:
    note = HEAD + "## Keynote\n\n    - Slow boats: a story\n    - they float\n    - Emeka Obi\n"
    assert talks(facts_of(note))[1] == ("Keynote", [])


def test_only_a_label_for_a_title_may_hold_a_list() -> None:
    assert holds_several("Keynote")
    assert holds_several("Panelists")
    assert not holds_several("A guide to fog")
