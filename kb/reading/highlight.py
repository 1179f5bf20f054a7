"""Code in colours: Pygments, with CSS classes."""

from functools import lru_cache

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

_UNCOLOURED = frozenset({"", "w", "p", "n", "nx", "o", "l", "x"})
"""Classes of Pygments that get no tag: blanks, punctuation, operators, names and values that are
nothing in particular. They are half of all tokens."""


class _Formatter(HtmlFormatter[str]):
    def _get_css_classes(self, ttype: object) -> str:
        classes: str = super()._get_css_classes(ttype)  # type: ignore[misc]
        return "" if classes.split(" ", 1)[0] in _UNCOLOURED else classes


_FORMATTER = _Formatter(nowrap=True)


def coloured(code: str, lexer: Lexer) -> str:
    """Return `code` as HTML. Raises whatever a lexer with a defect raises."""
    return pygments.highlight(code, lexer, _FORMATTER)


@lru_cache(maxsize=256)
def lexer_of(name: str) -> Lexer | None:
    """Return what takes code in the language `name` apart; None where Pygments does not know it."""
    try:
        return find_lexer_class_by_name(name)(stripnl=False, ensurenl=True)
    except (ClassNotFound, ImportError, TypeError, ValueError):
        return None
