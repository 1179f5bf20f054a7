"""Code in colours: Pygments, with CSS classes, under a limit of size and time."""

from functools import lru_cache

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from kb.model.pattern import Pattern
from kb.reading.limits import OutOfTime, can_limit, time_limit
from kb.reading.prose import escape, visible

LONGEST = 65_536
"""Characters of one piece of code that are coloured at most; longer code is shown plain."""
SECONDS = 1.0
"""Processor time for one note's code; when it is used up, the rest is shown plain."""
_UNCOLOURED = frozenset({"", "w", "p", "n", "nx", "o", "l", "x"})
"""Classes of Pygments that get no tag: blanks, punctuation, operators, names and values that are
nothing in particular. They are half of all tokens."""


class _Formatter(HtmlFormatter[str]):
    def _get_css_classes(self, ttype: object) -> str:
        classes: str = super()._get_css_classes(ttype)  # type: ignore[misc]
        return "" if classes.split(" ", 1)[0] in _UNCOLOURED else classes


_FORMATTER = _Formatter(nowrap=True)
_MONOTONE = Pattern(r"([^\w\s=#*./+~-])\1{11}|(\S{1,4}?)\2{23}")


class Highlighter:
    """Colours the code of one note, within one budget of time."""

    def __init__(self) -> None:
        self._left = SECONDS

    def colour(self, code: str, language: str) -> tuple[str, bool]:
        """Return `code` as HTML, and whether it is plain because colouring took too long.

        A language that Pygments does not know is plain, too, but not for want of time. Where no
        time limit can be enforced, code of the shapes that lexers hang on is not tried.
        """
        lexer = _lexer(language.lower()) if language else None
        if lexer is None:
            return plain(code), False
        if len(code) > LONGEST or self._left <= 0 or (not can_limit() and _MONOTONE.search(code)):
            return plain(code), True
        try:
            with time_limit(self._left):
                html = pygments.highlight(code, lexer, _FORMATTER)
        except OutOfTime:
            self._left = 0.0
            return plain(code), True
        except Exception:  # noqa: BLE001 - a lexer's own defect must not lose the note
            return plain(code), False
        return visible(html), False


def plain(code: str) -> str:
    """Return `code` as HTML without colours, hidden characters made visible."""
    return visible(escape(code))


@lru_cache(maxsize=256)
def _lexer(name: str) -> Lexer | None:
    try:
        return find_lexer_class_by_name(name)(stripnl=False, ensurenl=True)
    except (ClassNotFound, ImportError, TypeError, ValueError):
        return None
