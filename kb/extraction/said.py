"""Topics that a talk's own lines name: `Topics: queues, retries`."""

import re
from collections.abc import Sequence

from kb.extraction.pieces import Piece
from kb.extraction.topics import Words, labelled
from kb.model.facts import TopicMention
from kb.model.pattern import Pattern

RULE = "explicit-topic-line"

_LINE = Pattern(
    r"^(?:topics|tags|keywords|themen|schlagw(?:orte|örter)|stichw(?:orte|örter)|mots[- ]cl[ée]s"
    r"|th[èe]mes|temas|etiquetas|argomenti)\s*[:：]\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_BETWEEN = Pattern(r"\s*[,;、，；]\s*")
_LONGEST = 60
"""Characters of a topic: what is longer is a sentence, and its line names no topics."""


def names_topics(text: str) -> bool:
    """Return whether a line names topics: `Topics: queues, retries`."""
    marked = ":" in text or "：" in text
    return marked and _LINE.match(" ".join(text.split())) is not None


def said_topics(pieces: Sequence[Piece], words: Words) -> tuple[TopicMention, ...]:
    """Return the topics that lines of `pieces` (one talk's) name, as the vocabulary spells them."""
    found: dict[tuple[str, str], TopicMention] = {}
    for piece in pieces:
        if piece.kind not in {"text", "item", "row"} or piece.quote:
            continue
        if ":" not in piece.text and "：" not in piece.text:
            continue
        line = _LINE.match(" ".join(piece.text.split()))
        if line is None:
            continue
        names = [name for name in map(str.strip, _BETWEEN.split(line["rest"])) if name]
        if max(map(len, names), default=_LONGEST + 1) > _LONGEST:
            continue
        for topic in labelled(names, piece.line, RULE, words, sure=1.0):
            found.setdefault((topic.name, topic.evidence.text), topic)
    return tuple(found.values())
