"""People out of a line, field or heading: names, handles, firms and roles, with how sure."""

import re

from kb.extraction.lexicon import FIELD_LABELS, fold, word_set
from kb.extraction.names import (
    COMMON,
    GIVEN,
    HANDLE,
    NOBODY,
    PRODUCTS,
    PRONOUNS,
    Company,
    is_organisation,
    is_role,
    is_wordy,
    likeness,
    resembles,
    tidy,
)
from kb.model.pattern import Pattern
from kb.model.value import Value


class Person(Value, frozen=True):
    """A person as a piece of text names them."""

    name: str
    """`""` where only a handle is given."""
    sure: float
    organisation: str = ""
    role: str = ""
    handle: str = ""


class People(Value, frozen=True):
    """Everyone a piece of text names."""

    persons: tuple[Person, ...] = ()
    sure: float = 0.0
    """How sure it is that the text names people and nothing else: the least sure of them."""


_BRACKETS = Pattern(r"[(\[（［]([^()\[\]（）［］]*)[)\]）］]")
_JOIN = Pattern(
    r"\s*(?:[;；、/+]|\s&amp;\s|\s&\s|&(?=\s)|\s\+\s)\s*|\s+(?:and|und|et|y|e|"
    r"en|och|og|with|と|和)\s+"
)
_COMMA = Pattern(r"\s*[,，]\s*(?:(?:and|und|et|&)\s+)?")
_LABEL = Pattern(
    r"^\W{0,3}(?P<label>[^\W\d_][\w()/’' &-]{0,28}?)\s*(?P<mark>[:：]|"
    r"\s[-–—]\s)\s*(?P<rest>\S.*)?$",
    re.DOTALL,
)
_BY = Pattern(
    r"^\W{0,3}(?:(?:presented|given|held|a talk|talk|presentation|delivered|"
    r"hosted|led|moderated|pr[ée]sent[ée]e?|anim[ée]e?|gehalten|vorgetragen|presentad[oa]|"
    r"apresentad[oa]|presentat[oa])\s+){0,2}"
    r"(?:by|von|par|por|door|di|av)\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AT = Pattern(r"\s+(?:from|at|of|@|von|bei|chez|de)\s+(?P<place>\S.*)$")


def read_label(text: str) -> tuple[str, str] | None:
    """Return the field and the rest of a line such as `Speakers: A and B`, or None.

    The field is one of `FIELD_LABELS`' values. A dash counts as a colon after a known label only.
    """
    match = _LABEL.match(text) if _may_be_labelled(text) else None
    if not match:
        return None
    words = match["label"]
    label = fold(_PLURAL.sub(r"\1", words) if "(" in words else words)
    field = FIELD_LABELS.get(label)
    if field is None or (label in {"by", "with", "von", "par", "por", "who"} and not match["rest"]):
        return None
    if ":" not in match["mark"] and "：" not in match["mark"] and field not in {"speaker", "room"}:
        return None
    return field, (match["rest"] or "").strip()


_PLURAL = Pattern(r"\((s|en|innen|e)\)")
_WIDE_MARK = Pattern(r"[：–—]")


def _may_be_labelled(text: str) -> bool:
    """Return whether `text` has a mark that may stand behind a label."""
    return ":" in text or "-" in text or not (text.isascii() or _WIDE_MARK.search(text) is None)


def read_by(text: str) -> str | None:
    """Return what follows `by` at the start of a line, or None."""
    match = _BY.match(text)
    return match["rest"].strip() if match else None


_CLOSE = Pattern(r"\W*(?:talk|presentation|session|keynote|given|presented)\b", re.IGNORECASE)


def read_close(text: str) -> People:
    """Return whom a last line names: `Talk given by Ada Quill`, `Speaker: Ada Quill`."""
    label = read_label(text) if len(text) < 160 and "peaker" in text else None
    if label and label[0] == "speaker" and label[1]:
        return read_people(label[1], bonus=0.3)
    name = read_by(text) if _CLOSE.match(text) else None
    people = read_people(name, bonus=0.2, single=True) if name else People()
    return people if people.sure >= 0.5 else People()


def read_people(
    text: str,
    company: Company = NOBODY,
    *,
    bonus: float = 0.0,
    single: bool = False,
    told: bool = False,
) -> People:
    """Return the people that `text` names, and how sure it is that it names nothing else.

    `bonus` is what the place tells (after `by`, beside other speakers); `single` says that a lone
    given name or a handle without its `@` may stand here; `told` says that the writer names people
    here (`Speaker:`), so that a name of any shape is one.
    """
    text = _strip(text)
    if not text or len(text) > 240:
        return People()
    persons: list[Person] = []
    for part in _parts(text):
        found = _chunk(part, company, bonus, single=single, told=told)
        if found is None and persons and ";" in text and len(part) < 60:
            persons[-1] = _attach(persons[-1], part)
            continue
        if found is None and persons and (mate := _mate(part, persons[-1], company)):
            persons.append(mate)
            continue
        if found is None and persons and "," in text and (len(part) < 30 or is_role(part)):
            persons[-1] = _attach(persons[-1], part)
            continue
        if found is None:
            return People()
        persons.extend(found)
    if not persons or len(persons) > 12:
        return People()
    return People(persons=tuple(persons), sure=min(person.sure for person in persons))


def _mate(part: str, before: Person, company: Company) -> Person | None:
    """Return who is named by one name alone, joined to somebody named in full: `… & Surya`."""
    full = before.sure >= 0.5 and " " in before.name
    full = full and not before.organisation and not before.role
    if not full or not _ONE.fullmatch(part.strip()) or is_organisation(part):
        return None
    sure = _lone(part.strip(), company)
    return Person(name=part.strip(), sure=max(0.5, sure)) if sure else None


_ONE = Pattern(r"[^\W\d_a-z][^\W\d_A-Z]{2,15}")
_PAIR = Pattern(
    r"([^\W\d_a-z][^\W\d_A-Z]{1,14})\s*(?:&|\+|and|und|et|y)\s*([^\W\d_a-z][^\W\d_A-Z]{1,14})"
)


def read_pair(text: str, company: Company = NOBODY, *, known: bool = False) -> People:
    """Return the two people whom `text` names by given names alone: `Ana & Ben`.

    One of them has to be a common given name; both, where they have to be `known`.
    """
    match = _PAIR.fullmatch(_strip(text))
    if not match:
        return People()
    folded = [fold(name) for name in match.groups()]
    common = len(set(folded) & GIVEN)
    if common < (2 if known else 1) or any(
        name not in GIVEN and (name in COMMON or name in PRODUCTS or name in company.lower)
        for name in folded
    ):
        return People()
    return People(persons=tuple(Person(name=n, sure=0.72) for n in match.groups()), sure=0.72)


_OTHERS = Pattern(r",?\s+et al\b\.?\s*$")


def _strip(text: str) -> str:
    text = text.replace("\u00a0", " ").replace("\u200b", "").replace("／", " | ").strip()
    text = text.strip("*_~`|·•–—- \t\n")
    if "et al" in text:
        text = _OTHERS.sub("", text)
    return " ".join(text.split()).rstrip(".:;,").strip()


def _parts(text: str) -> list[str]:
    """Split at joints that are outside brackets; commas are left to `_chunk`."""
    if not _BRACKETS.search(text):
        return [part for part in _joined(text) if part and part.strip()]
    holes: list[str] = []

    def hide(match: re.Match[str]) -> str:
        holes.append(match.group(0))
        return f"\ue000{len(holes) - 1}\ue001"

    masked = _BRACKETS.sub(hide, text)
    parts = [part for part in _joined(masked) if part and part.strip()]
    return [re.sub(r"\ue000(\d+)\ue001", lambda m: holes[int(m[1])], part) for part in parts]


_APART = Pattern(r"[-–—|]")
_BETWEEN = Pattern(r"\s+[-–—|]+\s+")
_JOINTS = ("and", "und", "et", "y", "e", "en", "och", "og", "with", "と", "和")
_JOINING = Pattern(r"[;；、/+&]|\s(?:" + "|".join(_JOINTS) + r")\s")


def _joined(text: str) -> list[str]:
    return _JOIN.split(text) if _JOINING.search(text) else [text]


def _bared(part: str) -> tuple[str, list[str], list[str]]:
    """Return `part` without what stands in brackets and without handles, and both."""
    asides: list[str] = []
    handles: list[str] = []
    bare = part
    if any(bracket in part for bracket in "([（［"):
        asides = [aside.strip() for aside in _BRACKETS.findall(part)]
        bare = _BRACKETS.sub(" ", bare)
    if "@" in part:
        handles = [match.group(0) for match in HANDLE.finditer(part)]
        bare = HANDLE.sub(" ", bare)
    bare = " " + bare.strip(" -–—|") + " "
    if _APART.search(bare):
        bare = _BETWEEN.sub(", ", bare)
    return bare.strip(), asides, handles


def _chunk(
    part: str, company: Company, bonus: float, *, single: bool, told: bool
) -> list[Person] | None:
    """Read what stands between two joints: people, or a person with firm and role."""
    bare, asides, handles = _bared(_SUFFIX.sub(" ", part))
    found = _COMMA.split(bare) if "," in bare or "，" in bare else (bare,)
    pieces = [piece.strip() for piece in found if piece.strip(" .-–—|")]
    persons: list[Person] = []
    for position, piece in enumerate(pieces):
        first = position == 0
        person = _one(piece, company, bonus, single=single and first, told=told and first)
        if persons and _is_written_alike(piece, persons[-1].name):
            persons.append(Person(name=tidy(piece), sure=persons[-1].sure))
        elif person and (not persons or not _belongs(piece, person, persons, company)):
            persons.append(person)
        elif persons:
            persons[-1] = _attach(persons[-1], piece)
        else:
            return None
    if not persons:
        return [Person(name="", handle=handle, sure=0.7) for handle in handles] or None
    if len(persons) == 1 and not persons[0].name.isascii() and _is_also(asides, company):
        persons = [_surer(persons[0], 0.35)]
    for aside in asides:
        if not HANDLE.fullmatch(aside) and not PRONOUNS.match(aside):
            persons[-1] = _attach(persons[-1], HANDLE.sub("", aside).strip(" ,-–—"))
    if handles and len(handles) == len(persons):
        persons = [
            _with(person, handle=handle) for person, handle in zip(persons, handles, strict=True)
        ]
    elif handles:
        persons[-1] = _with(persons[-1], handle=handles[0])
    return persons


_HYPHENATED = Pattern(r"[^\W\d_]+ [^\W\d_]{1,6}-[^\W\d_]{1,6}")
"""A family name and a given one of two syllables: `Park Yu-na`."""


def _is_written_alike(piece: str, name: str) -> bool:
    """Whether a piece has the uncommon form of the name before it, whatever its words are."""
    if not (_HYPHENATED.fullmatch(piece) and _HYPHENATED.fullmatch(name)):
        return False
    return piece[0].isupper() and not (is_organisation(piece) or is_role(piece))


_SUFFIX = Pattern(r"\s*,\s+(?=(?:Jr|Sr)\b\.?|(?:II|III|IV)\b)")
"""The comma before what belongs to a name: `Ada Quill, Jr.`."""


def _is_also(asides: list[str], company: Company) -> bool:
    """Whether a name stands in brackets: the same person's, in Latin letters."""
    return len(asides) == 1 and asides[0].isascii() and likeness(asides[0], company) >= 0.5


def _surer(person: Person, more: float) -> Person:
    return Person(
        name=person.name,
        sure=min(0.97, person.sure + more),
        organisation=person.organisation,
        role=person.role,
        handle=person.handle,
    )


def _with(person: Person, *, handle: str) -> Person:
    return Person(
        name=person.name,
        sure=min(0.98, person.sure + (0.4 if resembles(handle, person.name) else 0.25)),
        organisation=person.organisation,
        role=person.role,
        handle=handle,
    )


def _one(piece: str, company: Company, bonus: float, *, single: bool, told: bool) -> Person | None:
    """Read one person, with the firm after `from` or `at`."""
    organisation = ""
    weight = likeness(piece, company)
    if weight < 0.5 and (match := _AT.search(piece)):
        before = likeness(piece[: match.start()], company)
        if before > weight:
            piece, organisation, weight = piece[: match.start()], match["place"].strip(), before
    if told and weight < 0.5 and _SINGLE.match(piece):
        weight = 0.2 if is_organisation(piece) else 0.5
    elif single and weight < 0.3 and _SINGLE.match(piece) and " " not in piece:
        weight = 0.0 if is_organisation(piece) else max(weight, _lone(piece, company))
    if weight <= 0.12:
        return None
    sure = min(0.97, weight + bonus)
    return Person(name=tidy(piece), sure=sure, organisation=organisation)


def _lone(piece: str, company: Company) -> float:
    folded = fold(piece)
    if is_wordy(folded):
        return 0.0
    if (
        any(folded in known for known in (COMMON, PRODUCTS, company.lower))
        or folded in FIELD_LABELS
    ):
        return 0.0
    return 0.3


_SINGLE = Pattern(r"^[^\W\d][\w.’'-]{1,24}(?:\s[^\W\d][\w.’'-]{1,24}){0,3}$")


def _belongs(piece: str, person: Person, before: list[Person], company: Company) -> bool:
    """Whether a later piece is the firm or role of the person before it, rather than a person."""
    if is_organisation(piece) or is_role(piece) or fold(piece) in company.places:
        return True
    return " " not in piece.strip() or person.sure < min(0.6, before[-1].sure - 0.2)


_LINKED = word_set(
    "site website web homepage blog profile bio contact email mail slides deck video recording"
)
"""Words that stand beside a name to link to something, and name neither firm nor role."""


def _attach(person: Person, piece: str) -> Person:
    piece = piece.strip(" ,;-–—|")
    if not piece or fold(piece) in _LINKED:
        return person
    role, organisation = person.role, person.organisation
    if is_role(piece) and not role:
        for joint in (" at ", " @ ", " bei ", " chez ", ", "):
            if joint in piece:
                piece, _, place = piece.partition(joint)
                organisation = organisation or place.strip()
                break
        role = piece.strip()
    else:
        organisation = organisation or piece
    return Person(
        name=person.name,
        sure=person.sure,
        organisation=organisation,
        role=role,
        handle=person.handle,
    )
