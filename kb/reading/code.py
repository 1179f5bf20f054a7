"""Code of a note as HTML: in colours, under a limit of size and time."""

from collections.abc import Mapping

from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.reading.limits import OutOfTime, can_limit, time_limit
from kb.reading.prose import escape, visible

LONGEST = 65_536
"""Characters of one piece of code that are coloured at most; longer code is shown plain."""
SECONDS = 1.0
"""Processor time for one piece of code; of a note with one that takes more, the rest is plain."""
_MONOTONE = Pattern(r"([^\w\s=#*./+~-])\1{11}|(\S{1,4}?)\2{23}")
Coloured = Mapping[tuple[str, str], str]
"""Language and code → the code as HTML."""


def coloured_in(note: Note) -> Coloured:
    """Return the code that is in colours in `note`, which this kb has read."""
    return {
        (block.marker, block.text): piece
        for top in note.blocks
        for block in top.walk()
        if block.kind == "code" and block.marker
        for piece in block.html
        if isinstance(piece, str) and piece != plain(block.text)
    }


class Highlighter:
    """Colours the code of one note, until a piece of it takes too long."""

    def __init__(self, known: Coloured) -> None:
        """`known` is what was coloured before, and is not coloured again."""
        self._known = known
        self._late = False

    def colour(self, code: str, language: str) -> tuple[str, bool]:
        """Return `code` as HTML, and whether it is plain because colouring took too long.

        A language that Pygments does not know is plain, too, but not for want of time. Where no
        time limit can be enforced, code of the shapes that lexers hang on is not tried.
        """
        if not language:
            return plain(code), False
        hangs = not can_limit() and _MONOTONE.search(code)
        tried = len(code) <= LONGEST and not (self._late or hangs)
        if tried and (language, code) in self._known:
            return self._known[language, code], False
        from kb.reading.highlight import coloured, lexer_of  # noqa: PLC0415

        lexer = lexer_of(language.lower())
        if lexer is None:
            return plain(code), False
        if not tried:
            return plain(code), True
        try:
            with time_limit(SECONDS):
                html = coloured(code, lexer)
        except OutOfTime:
            self._late = True
            return plain(code), True
        except Exception:  # noqa: BLE001 - a lexer's own defect must not lose the note
            return plain(code), False
        return visible(html), False


def plain(code: str) -> str:
    """Return `code` as HTML without colours, hidden characters made visible."""
    return visible(escape(code))
