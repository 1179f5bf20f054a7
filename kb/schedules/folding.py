"""Titles and names without case, accents, signs and order: what likeness is measured on."""

import unicodedata
from functools import lru_cache

from kb.model.normal import normalized
from kb.model.pattern import Pattern
from kb.model.value import Value

_CUT = Pattern(r"\s*[:|–—]\s+|\s+[-–—/]+\s+|\s*[(\[]|[?!.]\s+")
"""Where a title may end and its subtitle begin."""
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_HANDLE = Pattern(r"\(.*?\)|\[.*?\]|@\S+")


class Title(Value, frozen=True):
    """A title, ready to be compared with many."""

    whole: str
    ordered: str
    """Its words in alphabetical order."""
    head: str
    """Without the subtitle; the same as `whole` where it has none."""
    tail: str
    """The subtitle, `""` where it has none."""

    @property
    def words(self) -> list[str]:
        """Its words, each as often as it stands there."""
        return self.whole.split()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return the words of `text` in lower case without accents and signs, one space between."""
    if text.isascii():
        plain = text.lower()
    else:
        spelled = normalized("NFKD", text.casefold()).translate(_SPELLED)
        plain = "".join(sign for sign in spelled if not unicodedata.combining(sign))
    plain = plain.replace("&", " and ").replace("'", "").replace("’", "")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


@lru_cache(maxsize=65536)
def title_of(text: str) -> Title:
    """Return the title `text` in the forms that are compared."""
    whole = fold(text)
    if not whole:
        whole = " ".join(text.casefold().split())  # of signs only: an emoji
    cut = _CUT.search(text)
    head = fold(text[: cut.start()]) if cut else whole
    tail = fold(text[cut.end() :]) if cut else ""
    return Title(whole, " ".join(sorted(whole.split())), head or whole, tail)


@lru_cache(maxsize=65536)
def name_of(text: str) -> str:
    """Return the words of a person's name in alphabetical order, so that no order counts."""
    return " ".join(sorted(fold(_HANDLE.sub(" ", text)).split())) or fold(text)
