"""What the preview knows besides the files: findings, faults, and which note a page shows."""

from collections.abc import Mapping
from pathlib import Path

from kb.model.finding import Finding
from kb.model.value import Value
from kb.serving.builder import Fault
from kb.serving.editor import Editor


class Said(Value, frozen=True):
    """All there is to say after one build."""

    number: int = 0
    findings: tuple[Finding, ...] = ()
    fault: Fault | None = None
    shown_notes: Mapping[str, tuple[str, ...]] = {}
    """URL path of a page → the notes it shows."""


class Board:
    """Holds the newest of it; replaced whole, never changed in place."""

    def __init__(self, folder: Path, editor: Editor) -> None:
        """`folder` is the site's folder, `editor` makes links that open a file at a line."""
        self.folder = folder
        self.editor = editor
        self.now = Said()
