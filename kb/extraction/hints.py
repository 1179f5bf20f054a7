"""What the writer says outright: front matter and comments. It always wins."""

import difflib
import re
from collections.abc import Iterator, Sequence

from kb.extraction.lexicon import fold
from kb.model.facts import TALK_KINDS
from kb.model.finding import Finding
from kb.model.note import FrontMatter, Note, TalkHint
from kb.model.pattern import Pattern
from kb.model.value import Value

_DIRECTIVE = Pattern(r"^\s*kb\s*:\s*(?P<words>.+?)\s*$", re.IGNORECASE | re.DOTALL)
_SPEAKER_KEYS = ("speaker", "presenter", "presenters", "presented_by", "talk_by")
_KINDS = TALK_KINDS | {"social"}
_SAYINGS = ("talk", "not a talk", *sorted(_KINDS - {"talk"}))
"""What a directive may say, for a person who mistyped it."""


class Directive(Value, frozen=True):
    """A comment `<!-- kb: … -->`."""

    line: int
    talk: bool
    """False: `not a talk`."""
    kind: str = ""
    words: str = ""
    """What it says, as written."""


def directives(note: Note) -> tuple[Directive, ...]:
    """Return what the comments of `note` say: `talk`, `not a talk`, or a kind of session."""
    found = []
    for line, said in _sayings(note):
        words = fold(said)
        if words in ("not a talk", "no talk", "not talk", "ignore"):
            found.append(Directive(line=line, talk=False, words=said))
        elif words in ("talk", "a talk"):
            found.append(Directive(line=line, talk=True, words=said))
        elif words in _KINDS:
            found.append(Directive(line=line, talk=words != "social", kind=words, words=said))
    return tuple(found)


def _sayings(note: Note) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each comment that begins as a directive."""
    for line, comment in note.comments:
        if match := _DIRECTIVE.match(comment):
            yield line, " ".join(match["words"].split())


def unknown_directives(note: Note) -> Iterator[Finding]:
    """Yield what to say of comments that begin as directives and are none: nothing is done."""
    known = {one.line for one in directives(note)}
    for line, said in _sayings(note):
        if line not in known:
            near = difflib.get_close_matches(fold(said), _SAYINGS, 1)
            hint = f"did you mean `{near[0]}`?" if near else "known: " + ", ".join(_SAYINGS)
            yield Finding("KB209", note.path, f"nothing is called `kb: {said}`", line, hint=hint)


def note_speakers(matter: FrontMatter) -> tuple[tuple[str, ...], int]:
    """Return the speakers that front matter names, and the line of the key."""
    if matter.speakers:
        return tuple(map(_unlinked, matter.speakers)), matter.lines.get("speakers", 1)
    for key in _SPEAKER_KEYS:
        value = matter.extra.get(key)
        if isinstance(value, str) and value.strip():
            return (_unlinked(value),), matter.lines.get(key, 1)
        if isinstance(value, (list, tuple)):
            names = tuple(_unlinked(str(item)) for item in value if str(item).strip())
            if names:
                return names, matter.lines.get(key, 1)
    return (), 0


_WIKILINK = Pattern(r"\[\[(?:[^|\]]*\|)?([^|\]]+)\]\]")


def _unlinked(name: str) -> str:
    """Return a name without the marks of a link between notes: `[[Ada Quill]]`."""
    return _WIKILINK.sub(r"\1", name).strip()


def note_kind(matter: FrontMatter) -> str:
    """Return `kind` of the front matter, in lower case: `article`, a session kind, or `""`."""
    return matter.kind.strip().lower()


def hint_for(hints: Sequence[TalkHint], title: str, heading: str, line: int) -> int:
    """Return the number of the first hint that means this section, -1 where none does."""
    names = {fold(title), fold(heading)} - {""}
    for number, hint in enumerate(hints):
        if hint.line and hint.line == line:
            return number
        if not hint.line and hint.title and fold(hint.title) in names:
            return number
    return -1
