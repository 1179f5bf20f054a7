"""Which of a session's links is its recording."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from kb.model.pattern import Pattern
from kb.schedules.plain import address

_HOSTS = Pattern(
    r"(?:.*\.)?(?:youtube\.com|youtu\.be|vimeo\.com|media\.ccc\.de|video\.fosdem\.org"
    r"|av\.tib\.eu|peertube\..*|archive\.org)"
)
_NAMES = Pattern(r"\b(?:recording|video|aufzeichnung|youtube|media\.ccc\.de)\b", re.IGNORECASE)
_FILES = (".mp4", ".webm", ".ogv", ".mkv")


def recording_among(links: Iterable[tuple[str, str]]) -> str:
    """Return the first of `links` (URL and what it is called) that is a recording, else `""`."""
    for url, called in links:
        safe = address(url)
        if not safe:
            continue
        parts = urlsplit(safe)
        known = _HOSTS.fullmatch((parts.hostname or "").lower()) is not None
        if known or _NAMES.search(called) or parts.path.lower().endswith(_FILES):
            return safe
    return ""
