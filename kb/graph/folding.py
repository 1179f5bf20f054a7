"""When two spellings mean one thing: titles, names and topics without case, accents and signs."""

import unicodedata
from functools import lru_cache

from kb.graph.permalinks import romanise
from kb.model.normal import normalized
from kb.model.pattern import Pattern

_WORD = Pattern(r"[a-z0-9]+")
_ACCENTS = frozenset("\u0300\u0301\u0308\u0313\u0314\u0342\u0345")
"""Accents that Greek and Cyrillic writers leave out; a breve makes another letter."""


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    """Return one folded sign: a Latin letter without accents, any letter or mark, or a space."""
    if unicodedata.name(sign, "").startswith("LATIN"):
        roman = "".join(_WORD.findall(romanise(sign).lower()))
        return roman or (sign if sign.isalnum() else " ")
    if "\u0300" <= sign <= "\u036f":
        return ""
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) > 1 and _ACCENTS.issuperset(parts[1:]):
        return parts[0]
    kept = sign.isalnum() or unicodedata.category(sign)[0] == "M"
    return sign if kept else " "


def fold(text: str) -> str:
    """Return the words of `text` in lower case without accents and signs, joined by one space.

    A text of signs only (an emoji) is returned as it is, so that it stays different from others.
    """
    if text.isascii():
        folded = " ".join(_WORD.findall(text.lower().replace("'", "")))
    else:
        plain = normalized("NFKC", text).replace("’", "").replace("'", "").casefold()
        plain = normalized("NFC", plain)
        folded = " ".join("".join(map(_plain, plain)).split())
    return folded or " ".join(text.casefold().split())


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return what makes two spellings one person: no case, accents, spacing, and `Last, First`."""
    last, comma, first = name.partition(",")
    if comma and "," not in first and first.strip():
        name = f"{first} {last}"
    return fold(name).replace(" ", "")


def title_key(title: str) -> str:
    """Return what makes two spellings one title."""
    return fold(title.replace("&", " and ").replace("++", " plus plus ").replace("#", " sharp "))


@lru_cache(maxsize=65536)
def topic_key(name: str) -> str:
    """Return what makes two spellings one topic; `C`, `C++` and `C#` stay three."""
    words = title_key(name)
    if name.strip().startswith(".") and words:
        words = f"dot {words}"
    return words.replace(" ", "")


def singular_keys(key: str, name: str) -> tuple[str, ...]:
    """Return the keys that a plural topic `key` may be joined with, likeliest first.

    A short word is no plural (`AWS`, `DNS`) unless written like one (`VMs`).
    """
    if not key.endswith("s") or key.endswith("ss"):
        return ()
    marked = len(name) > 2 and name.endswith("s") and name[-2].isupper()
    found = []
    if len(key) > 5 and key.endswith("ies"):
        found.append(f"{key[:-3]}y")
    if len(key) > 4 or marked:
        found.append(key[:-1])
    return tuple(found)
