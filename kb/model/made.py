"""What plugins add to a site."""

from kb.model.output import Output
from kb.model.value import Value


class MadePage(Value, frozen=True):
    """A page of the site, in its theme."""

    url: str
    """Root-relative and percent-encoded: `/bingo/`."""
    title: str
    """Plain text."""
    html: str
    """What stands below the title. It is trusted and printed as it is: escape (`html.escape`) what
    comes from notes. Links to pages of the site are root-relative, as records have them."""
    description: str = ""
    """Plain text, for search engines."""


class MenuEntry(Value, frozen=True):
    """An entry that a plugin adds to the navigation of every page."""

    url: str
    """Root-relative."""
    title: str


Made = MadePage | Output
"""A page, or a file of any kind at a path of the site."""
