"""The published programme of an event, as a grid."""

import re

from kb.model.site import records_of
from kb.rendering.catalog import Catalog
from kb.rendering.programme import programme_view
from kb.rendering.site import render_site
from kb.rendering.views import GridDay, ProgrammeView
from tests.rendering import sample


def view() -> ProgrammeView:
    site = sample.site()
    catalog = Catalog(records_of(site), {}, sample.settings())
    record = next(one for one in site.events if one.year == 2017)
    found = programme_view(record, catalog.desk(record.url))
    assert found is not None
    return found


def rows(day: GridDay) -> list[tuple[str, list[tuple[list[str], int]]]]:
    return [
        (row.start, [([one.title for one in cell.sessions], cell.span) for cell in row.cells])
        for row in day.rows
    ]


def test_rooms_across_and_times_down() -> None:
    monday = view().days[0]
    assert monday.rooms == ("Quay", "Room 2", "Room 10")
    assert rows(monday) == [
        ("09:00", [(["Opening <b>"], 1), ([], 1), ([], 1)]),
        ("09:30", [(["Fast Boats"], 3), ([], 1), ([], 1)]),
        ("10:00", [(["Slow", "Slower"], 2), ([], 1)]),
        ("10:10", [([], 1)]),
        ("23:00", [([], 1), ([], 1), (["By night"], 1)]),
    ]


def test_every_row_has_the_same_width() -> None:
    for day in view().days:
        open_cells = [0] * len(day.rooms)
        for row in day.rows:
            free = [number for number, left in enumerate(open_cells) if left == 0]
            assert len(row.cells) == len(free)
            for number, cell in zip(free, row.cells, strict=True):
                open_cells[number] = cell.span
            open_cells = [left - 1 for left in open_cells]


def test_noted_talks_lead_to_the_notes_and_others_to_their_own_page() -> None:
    found = view()
    sessions = {
        one.title: one
        for day in found.days
        for row in day.rows
        for cell in row.cells
        for one in cell.sessions
    }
    assert found.noted == 1
    assert sessions["Fast Boats"].noted
    assert sessions["Fast Boats"].href == "../../talks/harbour-2017/fast-boats/"
    assert sessions["Slow"].href == "https://harbour.example/2/"
    assert sessions["Slower"].href == ""


def test_what_has_no_time_or_day_is_there() -> None:
    first, last = view().days
    assert [one.title for one in first.loose] == ["Any time"]
    assert (last.date, last.id) == ("", "programme-undated")


def test_the_page_escapes_and_marks() -> None:
    outputs = render_site(sample.site(), sample.notes(), sample.settings(), sample.theme())
    pages = {output.path: output.data for output in outputs}
    page = pages["events/harbour-2017/index.html"].decode()
    assert "Opening &lt;b&gt;" in page
    assert len(re.findall(r'class="bill noted"', page)) == 1
    assert page.count('<table class="grid">') == 2
    assert 'href="https://harbour.example/schedule/"' in page
