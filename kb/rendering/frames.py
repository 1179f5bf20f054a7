"""What is around the content of each page: title, breadcrumbs, feeds, structured data."""

from html import escape
from typing import Any

from kb.model.site import Url
from kb.rendering import structured
from kb.rendering.briefs import shorten
from kb.rendering.catalog import Desk
from kb.rendering.isolation import isolated
from kb.rendering.views import Frame, Html, Ref, Step

_BRIEF = frozenset({"talk", "session"})
"""Kinds of pages of which there are so many that their heads are kept short."""


def frame(
    desk: Desk,
    url: str,
    title: str,
    kind: str,
    section: str = "",
    *,
    description: str = "",
    crumbs: tuple[Ref, ...] = (),
    accent: str = "",
    feed: str = "",
    things: tuple[dict[str, Any], ...] = (),
    twin: str = "",
    image: str = "",
    previous: Ref | None = None,
    following: Ref | None = None,
    steps: tuple[Step, ...] = (),
    index: bool = True,
) -> Frame:
    """Return the frame of the page at `url`.

    Args:
        desk: of the page.
        url: root-relative.
        title: of the page.
        kind: what the page is, see `Frame.kind`.
        section: entry of the navigation.
        description: plain text, cut to 200 characters.
        crumbs: from home to the page above.
        accent: CSS class of the event's colour.
        feed: folder URL of the page's own feeds; `""` where it has none.
        things: JSON-LD beside the breadcrumbs.
        twin: relative URL of the page as Markdown.
        image: root-relative URL of a picture.
        previous: the page before it.
        following: the page after it.
        steps: all pages of the list it is a part of.
        index: whether search engines may list it.
    """
    catalog = desk.catalog
    feeds = desk.feeds("/", catalog.settings.title)
    if kind in _BRIEF:
        feeds = feeds[:1]
    if feed:
        feeds += desk.feeds(feed, title)
    if crumbs:
        things += (structured.breadcrumbs(crumbs),)
    return Frame(
        Url(url),
        desk.root,
        title,
        heading(title, catalog.settings.title),
        kind,
        section,
        shorten(description, 200),
        catalog.absolute(url) if catalog.base else "",
        crumbs,
        accent,
        feeds,
        twin,
        catalog.absolute(image) if image and catalog.base else "",
        previous,
        following,
        structured.block(*things) if things else Html(),
        index,
        steps,
    )


def heading(title: str, site: str) -> str:
    """Return the words for a window's or tab's title: what is long there is cut by everyone."""
    both = f"{isolated(title)} · {site}"
    if title != site and len(escape(both)) <= 70:
        return both
    # Checkers count what stands in the file, where `&` is five characters.
    return shorten(title, max(40, 70 - (len(escape(title)) - len(title))))


def list_frame(
    desk: Desk,
    url: str,
    title: str,
    section: str,
    *,
    number: int,
    first: str,
    labels: tuple[str, ...],
) -> Frame:
    """Return the frame of page `number` (from 1) of the list that starts at `first`."""
    shown = title if number == 1 else f"{title} · {labels[number - 1]}"
    crumbs: tuple[Ref, ...] = (desk.home(),)
    if number > 1:
        crumbs += (Ref(desk.href(first), title),)
    return frame(
        desk,
        url,
        shown,
        "list",
        section,
        description=f"{shown} · {desk.catalog.settings.title}",
        crumbs=crumbs,
        steps=desk.steps(first, labels, number),
    )
