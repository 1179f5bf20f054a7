"""`site.toml` as values: every key, its type, its default and its meaning.

The string below each field is its documentation: docs/site-toml.md and the comments that `kb init`
writes are made from them (tests hold that they agree).
"""

from collections.abc import Mapping
from typing import Any

from kb.model.value import Value

PLACEHOLDERS = (
    "year",
    "month",
    "monthname",
    "day",
    "weekday",
    "weekdayname",
    "yearday",
    "section",
    "sections",
    "path",
    "slug",
    "title",
    "filename",
    "slugorfilename",
    "slugortitle",
    "contentbasename",
    "slugorcontentbasename",
)
"""What a permalink pattern may hold, each after a colon."""


class ContentSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[content]`: which files are notes."""

    folder: str = "content"
    """Folder of the notes, relative to site.toml; `.` for the folder itself."""
    static: tuple[str, ...] = ("static",)
    """Folders whose files are published from the root, as Hugo does."""
    include: tuple[str, ...] = ("**/*.md", "**/*.markdown")
    """Globs, relative to `folder`: what may be a note."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are no notes, whatever `include` says."""
    categories: tuple[str, ...] = ()
    """Only posts with one of these categories are searched for talks."""
    tags: tuple[str, ...] = ()
    """Only posts with one of these tags are searched for talks."""
    sections: tuple[str, ...] = ()
    """Only posts in one of these folders (relative to `folder`) are searched for talks."""
    languages: Mapping[str, str] = {}
    """Languages of the notes: `de = "german"` for a folder, `de = ""` for names like `it.de.md`."""
    articles: bool = True
    """Whether notes without talks get a page too."""
    max_bytes: int = 2_097_152
    """Largest note that is read, in bytes."""


class MarkdownSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[markdown]`: how the body is read."""

    lists: str = "nested"
    """`nested`: one space more than the marker above nests an item; `commonmark`: it does not."""
    linkify: bool = True
    """Whether bare URLs become links."""


class ExtractionSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[extraction]`: what kb may guess."""

    guess_topics: bool = True
    """Whether terms found in the text become topics (marked as guessed)."""
    topic_pages: int = 0
    """How many talks a guessed topic needs before it gets a page. 0: 1 to 3, as there are talks."""
    guess_talks: bool = True
    """False: only talks that front matter `[[talks]]` names."""


class PermalinkSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[permalinks]`: URL patterns, with Hugo's placeholders."""

    notes: str = "/notes/:slug/"
    """Of `:year :month :day :slug :title :filename :section`; a blog's old URLs may be kept."""
    sections: Mapping[str, str] = {}
    """Patterns for the notes of single folders: `posts = "/:year/:month/:slug/"`."""
    terms: Mapping[str, str] = {}
    """Old pages of tags: `tags = "/tags/:slug/"` leads them to the topic, or to all notes."""
    dated_names: bool = False
    """Whether a date that a file's name begins with is the note's, and no part of its slug."""
    language_folder: bool = False
    """Whether the site's own language stands in URLs, too, as others do: `/en/`."""


class ThemeSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[theme]`: how the site looks."""

    name: str = "default"
    """Folder below `themes/`; a file it lacks comes from the built-in theme."""
    cards: str = "all"
    """Pictures for links on other sites: `all` events, talks and speakers, `events`, or `none`."""
    dates: str = ""
    """How dates are written, such as `{month} {day}, {year}`; the language's way where empty."""


class FeedSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[feeds]`: Atom and JSON feeds."""

    limit: int = 30
    """How many entries a feed holds."""
    also: tuple[str, ...] = ()
    """Further addresses of the site's Atom feed, such as `/index.xml` of a Hugo blog."""


class BuildSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[build]`: what `kb build` does unless told otherwise."""

    output: str = "public"
    """Folder that is written, relative to site.toml."""
    drafts: bool = False
    """Whether drafts are built."""
    future: bool = False
    """Whether notes dated in the future are built."""
    jobs: int = 0
    """Worker processes; 0 for one per core."""


class SearchSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[search]`: the search of this machine, and of the published site."""

    engine: str = "whoosh"
    """What keeps the index: `whoosh`, or `tantivy` for 50,000 talks and more (an extra, `fast`)."""
    browser: bool = True
    """Whether the published site can be searched: its index for browsers, its page, its fields."""


class ServeSettings(Value, frozen=True, forbid_unknown_fields=True):
    """`[serve]`: the preview."""

    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback shows the preview to others."""
    port: int = 8000
    """Port to listen on; the next free one is taken where it is in use."""
    editor: str = ""
    """Editor that links in the preview open: `vscode`, `idea`, `sublime`, or a URL pattern."""


class Settings(Value, frozen=True, forbid_unknown_fields=True):
    """`site.toml`, whole."""

    title: str = "Conference notes"
    """Name of the site."""
    description: str = ""
    """One sentence about it, for the home page and feeds."""
    author: str = ""
    """Whose notes these are."""
    base_url: str = ""
    """Where it will be published, `https://example.org/notes/`; feeds and the sitemap need it."""
    language: str = "en"
    """Language of the notes and of the site's own words (BCP 47)."""
    content: ContentSettings = ContentSettings()
    markdown: MarkdownSettings = MarkdownSettings()
    extraction: ExtractionSettings = ExtractionSettings()
    permalinks: PermalinkSettings = PermalinkSettings()
    theme: ThemeSettings = ThemeSettings()
    feeds: FeedSettings = FeedSettings()
    build: BuildSettings = BuildSettings()
    search: SearchSettings = SearchSettings()
    serve: ServeSettings = ServeSettings()
    redirects: Mapping[str, str] = {}
    """Old paths and where they lead now: `"/posts/" = "/notes/"`."""
    link_kinds: Mapping[str, str] = {}
    """Own kinds of links: `"host/path" = "kind"`."""
    plugins: Mapping[str, Mapping[str, Any]] = {}
    """`[plugins.NAME]`: what an installed plugin is told; `enabled = false` switches it off."""
    params: Mapping[str, Any] = {}
    """Anything; handed to templates as `site.params`."""
