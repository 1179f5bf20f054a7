"""What `revise` makes of other words in a few notes is what weaving all of them anew makes."""

import os
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.extraction.extract import ExtractionOptions, extract, settle
from kb.graph.build import Woven, weave
from kb.graph.crosslinks import REFERENCE_CODES
from kb.graph.related import Likeness
from kb.graph.revise import Change, Known, Record, Revision, revise, without_reasons
from kb.graph.weighing import Vocabulary as Words
from kb.graph.written import Written
from kb.model.finding import Finding
from kb.model.note import Note, Source
from kb.model.settings import Settings
from kb.model.site import Records, records_of
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note
from tests.graph.builders import asset

MONDAY = """\
+++
title = "Mill Days 2019 - Monday"
date = 2019-03-04
tags = ["mills"]
+++

Before all talks, see [Tuesday](tuesday.md).

#### Wheels That Turn Twice

- Ada Lindqvist
- https://www.youtube.com/watch?v=wheels12345

* Overshot wheels want little water
* See [the gear tool](https://github.com/mill/gears)

![](/images/wheel.jpg)

#### Ropes for Everyone

- Ben Ost

* Splicing beats knots, says [Wheels](#wheels-that-turn-twice)
* A picture that is not there: ![](/images/nope.jpg)
* Galera and etcd in the loft
"""
TUESDAY = """\
+++
title = "Mill Days 2019 - Tuesday"
date = 2019-03-05
+++

## Sails in Storms

Speakers: Ada Lindqvist, Cleo Marsh

- Galera and etcd again, as in [Ropes](monday.md#ropes-for-everyone)
- And https://www.youtube.com/watch?v=wheels12345 of Monday

## Millstones

Speaker: Cleo Marsh

- Dressing a stone takes a week
- [Nowhere](nowhere.md)
"""
LATER = """\
+++
title = "Weir Summit 2020"
date = 2020-05-01
+++

### Keynote: Millstones revisited

* Cleo Marsh

1. See https://github.com/mill/gears and the [mill](https://mill.example/a)
2. Kestrel over the weir
"""
NOTES = {"later.md": LATER, "monday.md": MONDAY, "tuesday.md": TUESDAY}
ASSETS = (asset("static/images/wheel.jpg", "/images/wheel.jpg"),)
SHOWN = frozenset({"recording", "slides", "code"})
SETTINGS = Settings()
NOTHING = Vocabulary()


def read(texts: Mapping[str, str]) -> tuple[Written, ...]:
    notes = [
        read_note(Source(path, path, text.encode()), ReadingOptions())
        for path, text in sorted(texts.items())
    ]
    options = ExtractionOptions()
    facts = settle([extract(note, NOTHING, options) for note in notes], NOTHING, options)
    return tuple(Written(note=note, facts=said) for note, said in zip(notes, facts, strict=True))


def woven(written: Sequence[Written]) -> Woven:
    notes = [one.note for one in written]
    return weave(notes, [one.facts for one in written], ASSETS, NOTHING, SETTINGS)


def known_of(made: Woven, notes: Mapping[str, Note]) -> Known:
    return Known(
        records=bare(records_of(made.site)),
        notes=notes,
        arrows=made.arrows,
        asked=made.asked,
        owners=made.owners,
        likeness=made.likeness,
        host="",
        findings=made.site.findings,
    )


def bare(records: Records) -> Records:
    return Records(
        events={url: without_reasons(one) for url, one in records.events.items()},
        sessions={url: without_reasons(one) for url, one in records.sessions.items()},
        people={url: without_reasons(one) for url, one in records.people.items()},
        topics={url: without_reasons(one) for url, one in records.topics.items()},
        links=dict(records.links),
        notes=dict(records.notes),
        redirects=records.redirects,
        urls=records.urls,
        talks=records.talks,
    )


def with_revision(
    known: Known, revision: Revision, words: Words, notes: Mapping[str, Note]
) -> Known:
    links = {**known.records.links, **revision.links}
    return Known(
        records=Records(
            events=known.records.events,
            sessions={**known.records.sessions, **revision.sessions},
            people=known.records.people,
            topics=known.records.topics,
            links={key: one for key, one in links.items() if one is not None},
            notes={**known.records.notes, **revision.notes},
            redirects=known.records.redirects,
            urls=known.records.urls,
            talks=known.records.talks,
        ),
        notes=notes,
        arrows={**known.arrows, **revision.arrows},
        asked=known.asked,
        owners=known.owners,
        likeness=Likeness(known.likeness.company, words),
        host="",
        findings=found_now(known.findings, revision),
    )


def found_now(findings: Sequence[Finding], revision: Revision) -> list[Finding]:
    kept = [
        one for one in findings if one.path not in revision.notes or one.code not in REFERENCE_CODES
    ]
    return sorted({*kept, *revision.findings}, key=repr)


def same(known: Known, made: Woven) -> None:
    """Fail unless `known` is what `made` tells."""
    wanted = bare(records_of(made.site))
    for name in ("events", "sessions", "people", "topics", "links", "notes"):
        have: Mapping[str, Record] = getattr(known.records, name)
        want: Mapping[str, Record] = getattr(wanted, name)
        assert {**have} == {**want}, name
    assert known.arrows == made.arrows
    assert known.owners == made.owners
    assert sorted(known.findings, key=repr) == sorted(made.site.findings, key=repr)


def changed(before: Sequence[Written], after: Sequence[Written]) -> list[Change]:
    return [
        Change(before=was, after=now) for was, now in zip(before, after, strict=True) if was != now
    ]


def step(known: Known, before: Sequence[Written], after: Sequence[Written]) -> Known | None:
    revised = revise(changed(before, after), known, SHOWN)
    notes = {one.path: one.note for one in after}
    return with_revision(known, *revised, notes) if revised is not None else None


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("monday.md", "little water", "little water, and much patience"),
        ("monday.md", "* Splicing", "* A new first point\n* Splicing"),
        ("monday.md", "* Galera and etcd in the loft\n", ""),
        ("monday.md", "Before all talks", "Kestrel first. Before all talks"),
        ("tuesday.md", "a week", "a week, see https://stones.example/dressing"),
        ("tuesday.md", "takes a week", "takes [a while](https://mill.example/a)"),
        ("later.md", "https://mill.example/a", "https://mill.example/b"),
        ("later.md", "Kestrel over", "Galera, etcd and kestrel over"),
    ],
)
def test_other_words_are_told_without_weaving_all(path: str, old: str, new: str) -> None:
    before = read(NOTES)
    after = read({**NOTES, path: NOTES[path].replace(old, new, 1)})
    assert before != after
    known = known_of(woven(before), {one.path: one.note for one in before})
    now = step(known, before, after)
    assert now is not None
    same(now, woven(after))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("monday.md", "#### Ropes for Everyone", "#### Ropes for Some"),
        ("monday.md", "- Ben Ost", "- Ben Ost, Cleo Marsh"),
        ("monday.md", 'tags = ["mills"]', 'tags = ["wheels"]'),
        ("monday.md", "2019-03-04", "2019-03-03"),
        ("monday.md", "![](/images/wheel.jpg)", ""),
        ("monday.md", "[Tuesday](tuesday.md)", "[Later](later.md)"),
        ("monday.md", "#### Wheels That Turn Twice", "#### Wheels That Turn  Twice {#w}"),
        ("tuesday.md", "a week", "a week: https://slides.example.org/deck.pdf"),
    ],
)
def test_what_other_pages_are_made_of_is_left_to_weaving(path: str, old: str, new: str) -> None:
    before = read(NOTES)
    after = read({**NOTES, path: NOTES[path].replace(old, new, 1)})
    assert before != after
    known = known_of(woven(before), {one.path: one.note for one in before})
    assert step(known, before, after) is None


POOL = (
    "* Galera and kestrel",
    "And again https://github.com/mill/gears",
    "* [Nowhere](nowhere.md) at all",
    "[Tuesday](tuesday.md) said so. Twice.",
    "![](/images/nope.jpg)",
    "#### Another Talk",
    "- Ben Ost",
    "",
    "etcd splicing millstones",
    "https://slides.example.org/deck.pdf",
    "> quoted by Shade and Shade and Shade",
)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(sorted(NOTES)),
        st.integers(6, 30),
        st.sampled_from(["put", "drop", "add"]),
        st.sampled_from(POOL),
    ),
    min_size=1,
    max_size=8,
)


def edited(text: str, place: int, how: str, words: str) -> str:
    lines = text.split("\n")
    place = min(place, len(lines) - 1)
    if how == "put":
        lines.insert(place, words)
    elif how == "drop":
        del lines[place]
    else:
        lines[place] += f" {words}"
    return "\n".join(lines)


@settings(max_examples=int(os.environ.get("KB_REVISIONS", "60")), deadline=None)
@given(EDITS)
def test_any_edits_are_told_as_weaving_tells_them(
    edits: list[tuple[str, int, str, str]],
) -> None:
    texts = dict(NOTES)
    before = read(texts)
    known = known_of(woven(before), {one.path: one.note for one in before})
    for path, place, how, words in edits:
        texts[path] = edited(texts[path], place, how, words)
        after = read(texts)
        made = woven(after)
        now = step(known, before, after)
        if now is not None:
            same(now, made)
        known = now or known_of(made, {one.path: one.note for one in after})
        before = after
