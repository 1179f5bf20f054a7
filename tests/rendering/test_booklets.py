"""Booklets: all sessions of an event with their notes, once each, under one set of ids."""

import dataclasses
from html import escape

from kb.model.site import Url, records_of
from kb.rendering.catalog import Catalog
from kb.rendering.site import render_site
from tests.rendering import sample
from tests.rendering.test_site import Reader


def test_a_booklet_holds_the_notes_of_every_session() -> None:
    outputs = render_site(sample.site(), sample.notes(), sample.settings(), sample.theme())
    files = {output.path: output.data for output in outputs}
    page = Reader(files["events/harbour-2017/booklet/index.html"])
    text = files["events/harbour-2017/booklet/index.html"].decode()
    for session in sample.site().sessions:
        if session.event == "/events/harbour-2017/":
            assert f'{session.url.split("/")[-2]}/">{escape(session.title)}</a></h3>' in text
    assert text.count('<article class="chapter">') == 5
    assert "They are slow." in text
    assert len(page.ids) == len(set(page.ids))
    assert page.metas["robots"] == "noindex"
    assert b'href="../../events/harbour-2017/booklet/"' in files["events/harbour-2017/index.html"]


def test_an_event_of_one_session_has_none() -> None:
    outputs = render_site(sample.site(), sample.notes(), sample.settings(), sample.theme())
    assert "events/harbour-2016/booklet/index.html" not in {one.path for one in outputs}


def test_a_session_called_booklet_keeps_its_page() -> None:
    records = records_of(sample.site())
    urls = {*records.urls, "/events/harbour-2017/booklet/"}
    catalog = Catalog(dataclasses.replace(records, urls=urls), {}, sample.settings())
    event = sample.site().events[0]
    assert catalog.booklet_url(event) == Url("/events/harbour-2017/booklet-/")
