"""How text becomes words: one specification for the index, the terminal and the browser.

1. *Fold* the whole text, before it is cut into words: compatibility forms apart (NFKD), marks off,
   letters that no decomposition reaches by a table (ł ø đ ß æ œ ı þ ð), lower case.
2. *Words* are runs of letters and digits. A run's Chinese and Japanese parts become overlapping
   pairs of characters, since nothing separates words there.
3. *Joined forms* are words besides their parts: `c++`, `c#`, `.net`, `ci/cd`, `node.js`, `at&t`.
4. *Stems* (Porter) tie the words of one family together; names are never stemmed.

`search-engine.js` does the same, and `tests/golden/analysis.json` holds both to it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kb.model.normal import normalized
from kb.model.pattern import Pattern
from kb.model.value import Value

WORD_LIMIT = 48
"""Characters of a word that count: what is longer is a key or a hash, not a word."""

STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "how", "i", "if",
    "in", "into", "is", "it", "its", "of", "on", "or", "our", "so", "that", "the", "their",
    "then", "there", "these", "this", "to", "was", "we", "were", "what", "when", "where",
    "which", "who", "why", "will", "with", "you", "your",
})  # fmt: skip
"""Words that decide nothing: a query leaves them out unless it has no others."""

_TABLE = {
    "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ς": "σ", "’": "'", "‘": "'",
    "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "•": "*",
}  # fmt: skip
_HANGUL = range(0xAC00, 0xD7A4)


class _Folds(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = fold_character(chr(code))
        self[code] = folded
        return folded


def fold_character(character: str) -> str:
    """Return what one character (of text in NFC) folds to: none, one or several characters."""
    if ord(character) in _HANGUL:
        return character
    apart = unicodedata.normalize("NFKD", character)
    kept = "".join(part for part in apart if not unicodedata.category(part).startswith("M"))
    return "".join(_TABLE.get(part, part) for part in kept.lower())


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return `text` as it is compared: without accents, in lower case."""
    if text.isascii():
        return text.lower()
    return normalized("NFC", text).translate(_FOLDS)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded `text` (in NFC) and, for each of its characters, its place in `text`."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    pieces: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = _FOLDS[ord(character)]
        pieces.append(folded)
        places.extend([place] * len(folded))
    return "".join(pieces), places


_CJK = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN_OR_GAP = Pattern(r"[^\W_]+|\x1a")
_CJK_CHARACTER = Pattern(f"[{_CJK}]")
_PARTS = Pattern(f"[{_CJK}]+|[^{_CJK}]+")
_JOINED = Pattern(
    r"(?<![^\W_])(?<![^\W_][./&])(?:"
    r"[a-z][a-z0-9]*(?:\+\+|\#)(?![^\W\d_])"  # c++, c#, c++11
    r"|[^\W_]+[./&][^\W_]+(?![./&]?[^\W_])"  # node.js, ci/cd, at&t, 3.11
    r"|(?<![./&])\.[a-z]{2,}(?![^\W_]|[./&][^\W_])"  # .net
    r")"
)


class Word(Value, frozen=True):
    """A word and where it stands."""

    text: str
    place: int
    """Its number among the words of the text, from 0; a joined form has its first part's."""
    start: int
    """Offset of its first character in the folded text."""
    end: int


def words(folded: str) -> Iterator[Word]:
    """Yield the words of folded text in order, a joined form right before its first part."""
    joined = list(_JOINED.finditer(folded))
    joined.reverse()
    place = 0
    for run in _RUN_OR_GAP.finditer(folded):
        while joined and joined[-1].start() < run.end():
            form = joined.pop()
            yield Word(form[0][:WORD_LIMIT], place, form.start(), form.end())
        text = run[0]
        if text == GAP:
            place += 1
            continue
        if text.isascii() or not _CJK_CHARACTER.search(text):
            yield Word(text[:WORD_LIMIT], place, run.start(), run.end())
            place += 1
            continue
        for part in _PARTS.finditer(text):
            start = run.start() + part.start()
            if not _CJK_CHARACTER.match(part[0]) or len(part[0]) == 1:
                yield Word(part[0][:WORD_LIMIT], place, start, start + len(part[0]))
                place += 1
                continue
            for offset in range(len(part[0]) - 1):
                pair = part[0][offset : offset + 2]
                yield Word(pair, place, start + offset, start + offset + 2)
                place += 1


GAP = "\x1a"
"""Not a word: a place between two texts that are analysed together."""
APART = f" {GAP} {GAP} "
"""Joins texts that are analysed together: no phrase reaches across it."""
_MAY_JOIN = Pattern(r"[./&+#](?:(?<=[./&])[a-z0-9]|(?<=\+)\+|(?<=\#))")
"""Matches in ASCII text within whatever `_JOINED` matches, and is quicker: it begins with a set."""
_ONLY_WORDS = bytes(
    code if (chr(code).isascii() and chr(code).isalnum()) or chr(code) == GAP else ord(" ")
    for code in range(256)
)
"""What keeps of folded ASCII text the words and gaps, and makes spaces of all else."""


def placed(folded: str, first: int = 0) -> Iterable[tuple[str, int]]:
    """Return (word, place) of every word of folded text, places counted from `first`.

    The same words as `words` yields, joined forms before all others, and perhaps `GAP` where it
    stands.
    """
    runs, joined = runs_of(folded)
    pairs = zip(runs, range(first, first + len(runs)), strict=True)
    return [*((form, first + place) for form, place in joined), *pairs] if joined else pairs


def runs_of(folded: str) -> tuple[list[str], list[tuple[str, int]]]:
    """Return what stands at each place of folded text, and its joined forms with their places.

    At a place is a word, or `GAP`. It is what indexing runs for every text.
    """
    if not folded.isascii() and _CJK_CHARACTER.search(folded):
        found = [*words(folded)]
        at = {word.place: word for word in found}
        runs = [at[place].text if place in at else GAP for place in range(max(at, default=-1) + 1)]
        return runs, [(word.text, word.place) for word in found if at[word.place] is not word]
    ascii_only = folded.isascii()
    if ascii_only and folded.count(GAP) == 2 * folded.count(APART):
        runs = folded.encode().translate(_ONLY_WORDS).decode().split()  # a third of the time
    else:
        runs = _RUN_OR_GAP.findall(folded)
    if len(folded) > WORD_LIMIT and max(map(len, runs), default=0) > WORD_LIMIT:
        runs = [run[:WORD_LIMIT] for run in runs]
    if not ascii_only:
        return runs, list(_forms(folded, _JOINED.finditer(folded)))
    return runs, list(_joined(folded)) if _MAY_JOIN.search(folded) else []


def _joined(folded: str) -> Iterator[tuple[str, int]]:
    """Yield the joined forms of folded ASCII text with the places of their first parts."""
    return _forms(folded, _spots(folded))


def _spots(folded: str) -> Iterator[re.Match[str]]:
    """Yield where the joined forms of folded ASCII text are."""
    end = 0
    for spot in _MAY_JOIN.finditer(folded):
        if spot.start() < end:
            continue
        # No form reaches across a space, so only what stands between two is looked at closely.
        start = folded.rfind(" ", end, spot.start()) + 1 or end
        end = folded.find(" ", spot.end())
        if end < 0:
            end = len(folded)
        yield from _JOINED.finditer(folded, start, end)


def _forms(folded: str, spots: Iterable[re.Match[str]]) -> Iterator[tuple[str, int]]:
    """Yield what was found at `spots`, with the places of the first parts."""
    place = done = 0
    for form in spots:
        place += len(_RUN_OR_GAP.findall(folded, done, form.start()))
        done = form.start()
        yield form[0][:WORD_LIMIT], place


@lru_cache(maxsize=16_384)
def key(text: str) -> str:
    """Return the whole of a name or topic as it is compared: folded, single spaces."""
    return " ".join(fold(text).split())
