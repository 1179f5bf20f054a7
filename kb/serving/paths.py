"""From a request's target to a file of the site: pure, and unable to leave it.

The target is decoded once, and what is odd in it is refused. What it names is then opened part by
part below the output folder, following no link (`kb.building.files`).
"""

from collections.abc import Callable
from typing import Literal
from unicodedata import category
from urllib.parse import quote, unquote_to_bytes

from kb.model.value import Value

INDEX = "index.html"
LONGEST = 4_096
"""Characters of a target that are looked at: no published path comes near it."""
HIDDEN = frozenset({"_headers", "_redirects"})
"""Files of the output that tell a host what to do, and that no host publishes."""


_QUERY = "/?:@!$&'()*+,;=-._~%"
"""What stands in a query as it is (RFC 3986, 3.4); anything else is encoded."""

Read = Callable[[str], bytes | None]
"""Gives the bytes of a published file by its path below the output folder, or None."""


class Found(Value, frozen=True):
    """What a target leads to."""

    kind: Literal["file", "redirect", "missing"]
    path: str = ""
    """The file below the output folder (`file`), or the URL to go to (`redirect`)."""
    data: bytes = b""


MISSING = Found("missing")


def decode(target: str) -> tuple[str, ...] | None:
    """Return the parts of the path that `target` (origin form, `/a/b?c`) names.

    The last part is `""` where the path ends in a slash. None where it is no path of a site: not
    absolute, not UTF-8, with an empty, hidden or parent part, a control character, or a backslash
    (which separates parts on another system).
    """
    raw = target.partition("?")[0]
    if len(raw) > LONGEST or not raw.startswith("/") or "#" in raw:
        return None
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeError:
        return None
    if "\\" in path or any(category(character) == "Cc" for character in path):
        return None
    parts = tuple(path[1:].split("/"))
    if any(not part or part.startswith(".") for part in parts[:-1]) or parts[-1].startswith("."):
        return None
    return parts


def find(target: str, read: Read) -> Found:
    """Return which published file answers `target`, and its bytes.

    A folder is answered by its `index.html`; without its trailing slash it is a redirect to the
    same URL with one, so that relative links of the page stay right.
    """
    parts = decode(target)
    if parts is None or parts[0] in HIDDEN:
        return MISSING
    path = "/".join(parts)
    if not parts[-1]:
        data = read(path + INDEX)
        return MISSING if data is None else Found("file", path + INDEX, data)
    data = read(path)
    if data is not None:
        return Found("file", path, data)
    if read(f"{path}/{INDEX}") is not None:
        query = target.partition("?")[2]
        return Found("redirect", url_of(path + "/") + (f"?{quote(query, _QUERY)}" if query else ""))
    return MISSING


def url_of(path: str) -> str:
    """Return the root-relative URL of a file below the output folder (`a/index.html` → `/a/`)."""
    if path == INDEX or path.endswith("/" + INDEX):
        path = path.removesuffix(INDEX)
    return "/" + quote(path, safe="/-._~")
