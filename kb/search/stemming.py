"""Porter's stemmer for English words.

M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980, with the two departures of
his own reference program (`logi` → `log`, and `bli` for `abli`). The published site runs the
same steps in `search-engine.js`; `tests/golden/analysis.json` holds both to the same words.
"""

from functools import lru_cache

from kb.model.pattern import Pattern

_VOWEL = "[aeiouy]"
_CONSONANTS = "[^aeiou][^aeiouy]*"
_VOWELS = "[aeiouy][aeiou]*"

_ONE = Pattern(f"^({_CONSONANTS})?{_VOWELS}{_CONSONANTS}")
"""Measure of at least one."""
_ONLY_ONE = Pattern(f"^({_CONSONANTS})?{_VOWELS}{_CONSONANTS}({_VOWELS})?$")
_TWO = Pattern(f"^({_CONSONANTS})?{_VOWELS}{_CONSONANTS}{_VOWELS}{_CONSONANTS}")
_HAS_VOWEL = Pattern(f"^({_CONSONANTS})?{_VOWEL}")
_SHORT = Pattern(f"^{_CONSONANTS}{_VOWEL}[^aeiouwxy]$")
_DOUBLED = Pattern(r"([^aeiouylsz])\1$")

_STEP_2 = {
    "ational": "ate",
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "izer": "ize",
    "bli": "ble",
    "alli": "al",
    "entli": "ent",
    "eli": "e",
    "ousli": "ous",
    "ization": "ize",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "iveness": "ive",
    "fulness": "ful",
    "ousness": "ous",
    "aliti": "al",
    "iviti": "ive",
    "biliti": "ble",
    "logi": "log",
}
_STEP_3 = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
_SUFFIX_2 = Pattern(f"^(.+?)({'|'.join(_STEP_2)})$")
_SUFFIX_3 = Pattern(f"^(.+?)({'|'.join(_STEP_3)})$")
_SUFFIX_4 = Pattern(
    "^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$"
)
_SUFFIX_ION = Pattern("^(.+?[st])ion$")
_PLURAL = Pattern("^(.+?)(?:(ss|i)es|([^s])s)$")
_PAST = Pattern("^(.+?)(ed|ing)$")
_PLAIN = Pattern("^[a-z]{3,}$")


@lru_cache(maxsize=131_072)
def stem(word: str) -> str:
    """Return the stem of `word`; words that are not three or more of a–z are their own stem."""
    if not _PLAIN.match(word):
        return word
    # A y at the start is a consonant; marking it spares every pattern below that question.
    first_y = word[0] == "y"
    if first_y:
        word = "Y" + word[1:]
    word = _strip_derivations(_strip_inflections(word))
    return word.lower() if first_y else word


SHORTEST_STEM = 2
"""Letters of a stem that ties words together: a single one does not."""


def beginning(root: str) -> str:
    """Return what all words with this stem begin with.

    The stemmer changes no letter of a word that stays in its stem but the last one, and that only
    to `i` (of `y`), `l` (of `bili`) or an added `e`.
    """
    return root[:-1] if root[1:] and root[-1] in "iel" else root


def _strip_inflections(word: str) -> str:
    """Steps 1a, 1b and 1c: plurals, past tenses, and a final y."""
    plural = _PLURAL.match(word)
    if plural:
        word = plural[1] + (plural[2] or plural[3])
    if word.endswith("eed"):
        if _ONE.match(word[:-3]):
            word = word[:-1]
    else:
        past = _PAST.match(word)
        if past and _HAS_VOWEL.match(past[1]):
            word = past[1]
            if word.endswith(("at", "bl", "iz")):
                word += "e"
            elif _DOUBLED.search(word):
                word = word[:-1]
            elif _SHORT.match(word):
                word += "e"
    if word.endswith("y") and _HAS_VOWEL.match(word[:-1]):
        word = word[:-1] + "i"
    return word


def _strip_derivations(word: str) -> str:
    """Steps 2 to 5: endings that make one kind of word from another."""
    for pattern, endings in ((_SUFFIX_2, _STEP_2), (_SUFFIX_3, _STEP_3)):
        found = pattern.match(word)
        if found and _ONE.match(found[1]):
            word = found[1] + endings[found[2]]
    found = _SUFFIX_4.match(word)
    if found:
        if _TWO.match(found[1]):
            word = found[1]
    else:
        found = _SUFFIX_ION.match(word)
        if found and _TWO.match(found[1]):
            word = found[1]
    if word.endswith("e"):
        rest = word[:-1]
        if _TWO.match(rest) or (_ONLY_ONE.match(rest) and not _SHORT.match(rest)):
            word = rest
    if word.endswith("ll") and _TWO.match(word):
        word = word[:-1]
    return word
