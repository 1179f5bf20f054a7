"""How alike two spellings are; the only file that imports rapidfuzz."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from kb.extraction.lexicon import fold


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice most like `word`, `""` where none is like it."""
    options = list(choices)
    found = process.extractOne(
        fold(word), [fold(option) for option in options], scorer=fuzz.WRatio, score_cutoff=70
    )
    return options[found[2]] if found else ""


def alike(names: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of `names` that may be one person, with how alike they are (0 to 1).

    Equal after folding is no pair: those are joined without asking. Names of one word are left out.
    """
    folded = [fold(name) for name in names]
    order = sorted(range(len(names)), key=lambda i: (folded[i], names[i]))
    by_word: dict[str, list[int]] = {}
    for i in order:
        for word in set(folded[i].split()):
            by_word.setdefault(word, []).append(i)
        by_word.setdefault(folded[i].replace(" ", "")[:4] + "…", []).append(i)
    pairs: dict[tuple[int, int], float] = {}
    for group in by_word.values():
        if len(group) > 60:
            continue
        for place, a in enumerate(group):
            for b in group[place + 1 :]:
                if (a, b) not in pairs and folded[a] != folded[b]:
                    score = _alike(folded[a], folded[b])
                    if score:
                        pairs[a, b] = score
    return tuple(
        (names[a], names[b], score) for (a, b), score in sorted(pairs.items(), key=lambda p: p[0])
    )


def _alike(a: str, b: str) -> float:
    first, second = a.split(), b.split()
    if len(first) < 2 or len(second) < 2:
        return 0.0
    if sorted(first) == sorted(second):
        return 0.95
    if "".join(first) == "".join(second):
        return 0.95
    if first[-1] == second[-1] and first[0][0] == second[0][0]:
        if first[0] == second[0] or min(len(first[0]), len(second[0])) == 1:
            return 0.85
        short, long = sorted((first[0], second[0]), key=len)
        if long.startswith(short) and len(short) >= 3:
            return 0.8
    ratio = fuzz.ratio(a, b) / 100
    return ratio if ratio >= 0.88 else 0.0
