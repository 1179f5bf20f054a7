"""Whatever stands in records, pages stay whole: nothing runs, nothing escapes its place."""

import json
import xml.etree.ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.model.facts import Evidence
from kb.model.note import FrontMatter, Lines, Note
from kb.model.site import (
    Citation,
    Credit,
    DayRecord,
    EventRecord,
    LinkRecord,
    NoteRecord,
    PersonRecord,
    SessionRecord,
    Site,
    Telling,
    Told,
    TopicRecord,
    TopicUse,
    Url,
)
from kb.rendering.site import render_site
from tests.rendering import sample
from tests.rendering.test_site import Reader

THEME = sample.theme()
TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            sample.HOSTILE,
            '" onload="alert(1)',
            "{{ 7 * 7 }}",
            "]]>",
            "<!--",
            "\u202eabc",
            "a\x00b",
            "=1+1",
            "%s%n{0}",
        ]
    ),
)
DATES = st.sampled_from(["", "2017", "2017-05", "2017-05-08", "monday", "0000-00-00"])


def site(words: list[str], date: str) -> Site:
    one, two, three, four, five, six = words
    place = Url("/talks/e/t/")
    told = (Told("n.md", Lines(1, 2), Evidence(1, "rule", 0.5, four)),)
    talk = SessionRecord(
        Url("/talks/e/t/"), one, "talk", Url("/events/e/"),
        (Telling("n.md", Lines(1, 9), (Lines(1, 9),)),), "d", date, date, two, three, four, five,
        six, one, (Credit(Url("/speakers/p/"), two, three, four, told),),
        (TopicUse(Url("/topics/t/"), five, told=told),),
        (Citation("k", f"https://a.example/{six}", one, two, three, place, "n.md", 1),),
    )  # fmt: skip
    return Site(
        (EventRecord(Url("/events/e/"), three, one, four, 2017, five, six, start="2017-05-08",
                     homepage="https://a.example/", about=two,
                     days=(DayRecord("d", five, date, 1.0, (talk.url,)),), sessions=(talk.url,)),),
        (talk,),
        (PersonRecord(Url("/speakers/p/"), two, (three,), (talk.url,), organisations=(four,),
                      links=(five,), about=six),),
        (TopicRecord(Url("/topics/t/"), five, (six,), sessions=(talk.url,), about=one),),
        (LinkRecord("k", f"https://a.example/{six}", one, two, three, talk.citations, date, date),),
        (NoteRecord("n.md", Url("/notes/n/"), one, date, date, two, talk.event,
                    sessions=(talk.url,), authors=(three,), extra={four: five}),),
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXT, min_size=6, max_size=6), DATES)
def test_pages_stay_whole(words: list[str], date: str) -> None:
    notes = {"n.md": Note("n.md", "0", FrontMatter(), words[0])}
    conf = sample.settings(title=words[1], description=words[2], base_url="https://n.example/")
    for output in render_site(site(words, date), notes, conf, THEME):
        if output.path.endswith(".html"):
            page = Reader(output.data)
            assert not page.faults, output.path
            for text in page.json:
                json.loads(text)
        elif output.path.endswith(".xml"):
            ET.fromstring(output.data)
        elif output.path.endswith(".json"):
            json.loads(output.data)
