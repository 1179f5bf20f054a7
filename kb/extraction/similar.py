"""How alike two spellings are; the only file that imports rapidfuzz."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kb.extraction.lexicon import fold


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice most like `word`, `""` where none is like it."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    options = list(choices)
    found = process.extractOne(
        fold(word), [fold(option) for option in options], scorer=fuzz.WRatio, score_cutoff=70
    )
    return options[found[2]] if found else ""


def alike(names: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of `names` that may be one person, with how alike they are (0 to 1).

    Equal after folding is no pair: those are joined without asking. Names of one word are left out.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415

    forms = [_form(fold(name)) for name in names]
    order = sorted(range(len(names)), key=lambda i: (forms[i].text, names[i]))
    by_word: dict[str, list[int]] = {}
    for i in order:
        for word in forms[i].every:
            by_word.setdefault(word, []).append(i)
        by_word.setdefault(forms[i].joined[:4] + "…", []).append(i)
    pairs: dict[tuple[int, int], float] = {}
    for group in by_word.values():
        if len(group) > 60:
            continue
        for place, a in enumerate(group):
            first = forms[a]
            if len(first.words) < 2:
                continue
            for b in group[place + 1 :]:
                score = _alike(first, forms[b], fuzz.ratio)
                if score:
                    pairs[a, b] = score
    return tuple(
        (names[a], names[b], score) for (a, b), score in sorted(pairs.items(), key=lambda p: p[0])
    )


class _Form(NamedTuple):
    """A folded name, ready to be compared with many."""

    text: str
    words: list[str]
    every: frozenset[str]
    in_order: list[str]
    joined: str


def _form(folded: str) -> _Form:
    words = folded.split()
    return _Form(folded, words, frozenset(words), sorted(words), "".join(words))


def _alike(a: _Form, b: _Form, ratio_of: Callable[[str, str], float]) -> float:
    first, second = a.words, b.words
    if len(second) < 2 or a.text == b.text:
        return 0.0
    if a.in_order == b.in_order or a.joined == b.joined:
        return 0.95
    if first[-1] == second[-1] and first[0][0] == second[0][0]:
        if first[0] == second[0] or min(len(first[0]), len(second[0])) == 1:
            return 0.85
        short, long = sorted((first[0], second[0]), key=len)
        if long.startswith(short) and len(short) >= 3:
            return 0.8
    size, other = len(a.text), len(b.text)
    if 2 * min(size, other) < 0.87 * (size + other):
        return 0.0  # whatever they share, the longer one has too much of its own
    ratio = ratio_of(a.text, b.text) / 100
    return ratio if ratio >= 0.88 else 0.0
