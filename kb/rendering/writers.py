"""Files that no template makes: a view in, bytes out."""

from collections.abc import Callable, Mapping
from typing import Any

from kb.rendering.calendar import to_ics
from kb.rendering.cards import to_png
from kb.rendering.feeds import to_atom, to_json_feed
from kb.rendering.twins import to_markdown
from kb.rendering.views import TextView


def _text(view: TextView) -> bytes:
    return view.data


WRITERS: Mapping[str, Callable[[Any], bytes]] = {
    "calendar.ics": to_ics,
    "card.png": to_png,
    "feed.json": to_json_feed,
    "feed.xml": to_atom,
    "talk.md": to_markdown,
    "text": _text,
}
"""`Page.template` → what makes its bytes from its view."""
QUICK = frozenset({"feed.json", "feed.xml", "talk.md", "text"})
"""Writers that join what the view holds: sooner than a view is seen to be the same again."""
