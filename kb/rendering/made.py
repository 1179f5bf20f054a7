"""Pages and files that plugins make, in the site's frame."""

from collections.abc import Iterable, Iterator

from kb.model.made import Made, MadePage
from kb.model.pattern import Pattern
from kb.rendering.catalog import Catalog, output_path
from kb.rendering.frames import frame
from kb.rendering.views import Html, MadeView, Page, TextView

_ROOTED = Pattern(r'(<[a-zA-Z][^<>]*?\s(?:href|src)=["\'])/(?!/)')


def made_pages(made: Iterable[Made], catalog: Catalog) -> Iterator[Page]:
    """Yield what plugins made; links from the site's root suit the place of the page."""
    for one in made:
        if not isinstance(one, MadePage):
            yield Page(one.path, "text", None, TextView(one.data))
            continue
        desk = catalog.desk(one.url)
        around = frame(
            desk,
            one.url,
            one.title,
            "made",
            description=one.description or one.title,
            crumbs=(desk.home(),),
        )
        body = Html(_ROOTED.sub(rf"\g<1>{desk.root}", one.html))
        yield Page(output_path(one.url), "made.html", around, MadeView(one.title, body))
