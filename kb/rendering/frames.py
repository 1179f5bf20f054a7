"""What is around the content of each page: title, breadcrumbs, feeds, structured data."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, TypeVar

from kb.model.site import Url
from kb.rendering import structured
from kb.rendering.briefs import shorten
from kb.rendering.catalog import Catalog, Desk, Thing, name_of
from kb.rendering.isolation import isolated
from kb.rendering.views import Frame, Html, Ref, Step
from kb.rendering.words import Words

T = TypeVar("T")

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


def list_parts(
    section: str,
    chunks: Sequence[tuple[T, ...]],
    labels: tuple[str, ...],
    catalog: Catalog,
    words: Words,
) -> Iterator[tuple[tuple[T, ...], Desk, Frame]]:
    """Yield each page of the list of a section: a chunk of it, the page's desk, and its frame."""
    first, title = f"/{section}/", words.say(f"nav.{section}")
    for number, chunk in enumerate(chunks, 1):
        url = catalog.step_url(first, number)
        desk = catalog.desk(url)
        shown, crumbs = _of_part(title, (desk.home(),), desk.href(first), labels, number)
        around = frame(
            desk,
            url,
            shown,
            "list",
            section,
            description=f"{shown} · {catalog.settings.title}",
            crumbs=crumbs,
            steps=desk.steps(first, labels, number),
        )
        yield chunk, desk, around


def thing_parts(
    thing: Thing,
    kind: str,
    chunks: Sequence[tuple[T, ...]],
    catalog: Catalog,
    words: Words,
    *,
    description: str,
    accent: str = "",
    things: tuple[dict[str, Any], ...] = (),
    image: str = "",
) -> Iterator[tuple[tuple[T, ...], Desk, Frame]]:
    """Yield each page of `thing`, as `list_parts` does; what describes it is on the first alone.

    `kind` is that of the pages; the other arguments are as in `frame`.
    """
    title, section = name_of(thing), f"{kind}s"
    labels = numbered_labels(len(chunks), words)
    for number, chunk in enumerate(chunks, 1):
        url = catalog.step_url(thing.url, number)
        desk = catalog.desk(url)
        above = (desk.home(), Ref(desk.href(f"/{section}/"), words.say(f"nav.{section}")))
        shown, crumbs = _of_part(title, above, desk.href(thing.url), labels, number)
        around = frame(
            desk,
            url,
            shown,
            kind,
            section,
            description=description,
            crumbs=crumbs,
            accent=accent,
            feed=thing.url,
            things=things if number == 1 else (),
            image=image,
            steps=desk.steps(thing.url, labels, number),
        )
        yield chunk, desk, around


def numbered_labels(count: int, words: Words) -> tuple[str, ...]:
    """Return what `count` pages of one thing are called among themselves."""
    return tuple(words.say("page", number=number) for number in range(1, count + 1))


def _of_part(
    title: str, above: tuple[Ref, ...], first: str, labels: tuple[str, ...], number: int
) -> tuple[str, tuple[Ref, ...]]:
    """Return title and breadcrumbs of page `number`: below the `first` one, where it is another."""
    if number == 1:
        return title, above
    return f"{title} · {labels[number - 1]}", (*above, Ref(first, title))
