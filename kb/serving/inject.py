"""Puts the live script into a page on its way to the browser; the published file has none."""

import hashlib
import re

SCRIPT = "/__kb/live.js"
FIRST = "/__kb/served.js"
_START = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)
_END = re.compile(rb"</body\s*>", re.IGNORECASE)


def fingerprint(data: bytes) -> str:
    """Return what names the bytes of a file: 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def with_live_script(page: bytes, digest: str) -> bytes:
    """Return the HTML `page` with the live script before the last `</body>`, or at the end.

    A small one at the start of the head notes what was sent, before scripts change it.

    `digest` names the page's own bytes; the script tells it to the server, which then knows
    whether the reader has seen the newest page, even after a lost connection.
    """
    tag = (
        f'<script type="module" src="{SCRIPT}" data-kb-page="{digest}" data-kb-own></script>'
    ).encode()
    ends = list(_END.finditer(page))
    at = ends[-1].start() if ends else len(page)
    start = _START.search(page, 0, at)
    if start is None:
        return page[:at] + tag + page[at:]
    first = f'<script src="{FIRST}" data-kb-own></script>'.encode()
    return page[: start.end()] + first + page[start.end() : at] + tag + page[at:]
