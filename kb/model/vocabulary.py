"""What the writer told kb once for all notes: people, topics, events, kinds of links."""

from kb.model.finding import Finding
from kb.model.value import Value


class PersonEntry(Value, frozen=True, forbid_unknown_fields=True):
    """One `[[people]]` of `content/people.toml`."""

    name: str
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    about: str = ""
    line: int = 0


class TopicEntry(Value, frozen=True, forbid_unknown_fields=True):
    """One `[[topics]]` of `content/topics.toml`."""

    name: str
    synonyms: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    about: str = ""
    ignore: bool = False
    """True: never a topic, whatever the notes say."""
    line: int = 0


class EventEntry(Value, frozen=True, forbid_unknown_fields=True):
    """One `[[events]]` of `content/events.toml`."""

    name: str
    place: str = ""
    year: int = 0
    series: str = ""
    start: str = ""
    """First day, ISO 8601."""
    end: str = ""
    """Last day, ISO 8601."""
    url: str = ""
    about: str = ""
    aliases: tuple[str, ...] = ()
    """Other names (with or without place and year) under which notes speak of this edition."""
    line: int = 0


class LinkRule(Value, frozen=True, forbid_unknown_fields=True):
    """A site's own kind for links: the first rule whose `match` fits decides."""

    match: str
    """`host`, `host/path-prefix` or a glob over `host/path`."""
    kind: str


class Vocabulary(Value, frozen=True):
    """All of it, read from the data files; empty where there are none."""

    people: tuple[PersonEntry, ...] = ()
    topics: tuple[TopicEntry, ...] = ()
    events: tuple[EventEntry, ...] = ()
    link_rules: tuple[LinkRule, ...] = ()
    findings: tuple[Finding, ...] = ()
