"""Which formats there are. A new one is a function of `Material` and a row here."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from kb.exporting.document import to_document
from kb.exporting.material import Material
from kb.model.output import Output


class Format(NamedTuple):
    """One way out."""

    what: str
    """What is written, in a line for people."""
    make: Callable[[Material], Iterable[Output]]
    """Makes the files, always in the same order and with the same bytes; one for a `file`."""
    holds: str = "file"
    """`file` or `folder`."""
    binary: bool = False
    """Whether a terminal or pipe has no use for it."""

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "binary file" if self.binary else self.holds


FORMATS: Mapping[str, Format] = {
    "json": Format("every record and all text in one document, with a JSON Schema", to_document),
}
"""Name → format, in the order in which help lists them."""
