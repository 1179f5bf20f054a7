"""What the preview knows besides the files: findings, faults, and which note a page shows."""

from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import unquote

from kb.model.finding import Finding
from kb.model.value import Value
from kb.serving.builder import Fault
from kb.serving.editor import Editor
from kb.serving.paths import INDEX, url_of


class Said(Value, frozen=True):
    """All there is to say after one build."""

    number: int = 0
    findings: tuple[Finding, ...] = ()
    fault: Fault | None = None
    failure: str = ""
    """Why nothing at all could be built, where that is so."""
    lines: Mapping[str, str] = {}
    """`Finding.place` → that line of the file."""
    broken: frozenset[str] = frozenset()
    """Notes whose last good pages are shown."""
    shown_notes: Mapping[str, tuple[str, ...]] = {}
    """URL path of a page → the notes it shows."""
    files: Mapping[str, int] = {}
    """URL of a file that is no page → `number` of the build that last changed it."""


MOST_FILES = 500
"""Changed files that are remembered for pages that missed them."""


def changed_files(before: Said, written: Collection[str], number: int) -> dict[str, int]:
    """Return `Said.files` after build `number` wrote the files `written` (paths)."""
    files = dict(before.files)
    for path in sorted(written):
        if not path.endswith(".html"):
            url = url_of(path)
            files.pop(url, None)
            files[url] = number
    return dict(list(files.items())[-MOST_FILES:])


def pages_of(notes: Collection[str], shown_notes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the pages that show any of `notes`: URL path → published file."""
    wanted = frozenset(notes)
    if not wanted:
        return {}
    return {
        url: unquote(url).removeprefix("/") + (INDEX if url.endswith("/") else "")
        for url, shown in shown_notes.items()
        if wanted.intersection(shown)
    }


class Board:
    """Holds the newest of it; replaced whole, never changed in place."""

    def __init__(self, folder: Path, editor: Editor) -> None:
        """`folder` is the site's folder, `editor` makes links that open a file at a line."""
        self.folder = folder
        self.editor = editor
        self.now = Said()
