"""Which formats there are to export. A new one is a function of `Material` and a row here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.exporting.bibliography import to_bibliography
from kb.exporting.database import to_database
from kb.exporting.document import to_document
from kb.exporting.hugo import Prose, to_hugo
from kb.exporting.material import Material
from kb.exporting.outline import to_outline
from kb.exporting.pyvideo import to_pyvideo
from kb.exporting.spreadsheets import to_tables
from kb.model.output import Output
from kb.model.site import records_of
from kb.rendering.calendar import calendar_of_site
from kb.rendering.catalog import Catalog
from kb.rendering.fragments import note_fragment, session_fragments


class Format(NamedTuple):
    """One way out."""

    what: str
    """What is written, in a line for people."""
    make: Callable[[Material], Iterable[Output]]
    """Makes the files, always in the same order and with the same bytes; one for a `file`."""
    holds: str = "file"
    """`file` or `folder`."""
    binary: bool = False
    """Whether a terminal or pipe has no use for it."""

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "binary file" if self.binary else self.holds


def _to_calendar(material: Material) -> Iterator[Output]:
    """Yield `site.ics`; published sites have a calendar for each event, and this is all of them."""
    catalog = Catalog(records_of(material.site), material.notes, material.settings)
    yield Output("site.ics", calendar_of_site(catalog))


def _to_hugo(material: Material) -> Iterator[Output]:
    """Yield the files of a theme component, with prose as published sites have it."""
    catalog = Catalog(records_of(material.site), material.notes, material.settings)
    prose = Prose(
        lambda record: session_fragments(record, catalog),
        lambda record: note_fragment(record, catalog),
    )
    return to_hugo(material, prose)


FORMATS: Mapping[str, Format] = {
    "json": Format("every record and all text in one document, with a JSON Schema", to_document),
    "sqlite": Format("tables, foreign keys and full-text search", to_database, binary=True),
    "csv": Format("a table for each kind of thing", to_tables, holds="folder"),
    "bibtex": Format("an entry for each talk", to_bibliography),
    "opml": Format("links by event and talk, and feeds", to_outline),
    "ics": Format("a calendar of all events and sessions that have a date", _to_calendar),
    "pyvideo": Format("PyVideo's records of talks with a recording", to_pyvideo, holds="folder"),
    "hugo": Format("pages, data, partials and shortcodes for Hugo", _to_hugo, holds="folder"),
}
"""Name → format, in the order in which help lists them."""
