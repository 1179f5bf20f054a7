"""Text that turns the direction of writing, kept from turning what stands around it.

The characters are those of the Unicode Bidirectional Algorithm (UAX #9, 2.1 to 2.4). An override
in a title would otherwise show the words after it backwards (CVE-2021-42574 does so with code).
"""

import re
from urllib.parse import quote

from kb.model.pattern import Pattern

_TURNS = Pattern("[\u202a-\u202e\u2066-\u2069]")
_EMBEDS = "\u202a\u202b\u202d\u202e"
"""They reach to the end of the paragraph, or of the isolate they stand in."""
_STARTS = "\u2066\u2067\u2068"
_FIRST_STRONG, _END = "\u2068", "\u2069"
_ADDRESS = Pattern(r"(?:[a-z][a-z0-9+.-]*:|[/.#?])\S*\Z", re.IGNORECASE)


def isolated(text: str) -> str:
    """Return `text` so that what turns the direction of writing in it ends with it.

    In an address such characters are percent-encoded instead, as browsers show them.
    """
    if text.isascii() or not _TURNS.search(text):
        return text
    if _ADDRESS.match(text):
        return _TURNS.sub(lambda found: quote(found[0]), text)
    kept: list[str] = []
    depth = 0
    loose = False
    for sign in text:
        if sign == _END and not depth:
            continue  # it would end the isolate around the text
        depth += (sign in _STARTS) - (sign == _END)
        loose |= not depth and sign in _EMBEDS
        kept.append(sign)
    inner = "".join(kept) + _END * depth
    return f"{_FIRST_STRONG}{inner}{_END}" if loose else inner
