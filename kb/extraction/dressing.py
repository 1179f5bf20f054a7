"""What stands around the wording of a heading: numbers, codes, times, rooms, decoration."""

import re
import unicodedata

from kb.extraction.clock import HINT, TIME, Slot, find_date, is_only_time, read_slot
from kb.extraction.lexicon import WEEKDAYS, fold
from kb.model.pattern import Pattern
from kb.model.value import Value, replace


class Dressing(Value, frozen=True):
    """What was taken off a heading before it was read."""

    start: int = 0
    end: int = 0
    """Where its wording begins and ends."""
    slot: Slot = Slot()
    room: str = ""
    track: str = ""
    """A short word in brackets before it: `(DevOps) …`."""
    code: str = ""
    numbered: bool = False
    media: bool = False
    """`(Slides)` or `[video]` stood at its end."""
    date: str = ""


_NUMBERING = Pattern(
    r"(?:day|tag|jour|día|dia|giorno)\s?\d{1,2}[-–—\s]+[01]\d\s+[-–—]?\s*(?=\S)|"
    r"(?:#\s?)?\d{1,3}(?:\.\d{1,2}){0,2}\s*[.)\]]\s+(?=\S)|\(\d{1,3}\)\s+|#\d{1,3}\s*[:.–-]?\s+"
    r"|0\d\s*[-–—:.]\s*|\d{1,2}\s+[-–—]\s+(?=\S)|(?-i:[A-Z]{1,3})[.)]\s+(?=\S)|"
    r"[ivx]{1,4}[.)]\s+(?=\S)|\[[ xX]\]\s+"
    r"|(?:talk|session|vortrag|presentation|lecture|conférence|charla|"
    r"セッション|chapter|chapitre|kapitel|capítulo|part|partie|teil|parte|episode|épisode)"
    r"\s*(?:#|no\.?\s*|nr\.?\s*)?"
    r"\d{1,3}\s*(?:[:.)]|\s[-–—])\s*(?=\S)|\d{1,2}️?⃣\s*",
    re.IGNORECASE,
)
_FIELD = Pattern(
    r"(?:notes (?:from|on|of) (?:a|the) (?:talk|session|keynote|workshop)|(?:my\s+)?notes|"
    r"talk notes|session notes|conference notes|recap|"
    r"live\s?blog|talk|title|session|session title|talk title|titel|titre|"
    r"título|topic|thema|vortrag)\s*[:：]\s*(?=\S)",
    re.IGNORECASE,
)
_CODE = r"[A-Z]{2,5}\s?-?\d{2,4}(?:-[A-Z0-9]{1,3})?"
_CODE_TAIL = Pattern(rf"\s*[\[(]({_CODE})[\])]\s*$")
_CODE_HEAD = Pattern(
    rf"[\[(]({_CODE})[\])]\s*[:\-–—]?\s*(?=\S)|"
    rf"([A-Z]{{2,5}}-?\d{{3,4}}(?:-[A-Z0-9]{{1,3}})?)\s*(?:[:|]|"
    rf"\s[-–—])\s+(?=\S)|([A-Z]{{3}}[1-9]\d\d(?:-R\d?)?)\s+(?=[A-Z])"
)
_MEDIA = Pattern(
    r"\s*[\[(|]?\s*(?<![\w-])(?:(?:slides?|video|recording|deck|audio|pdf|notes|links?|"
    r"youtube|folien|スライド|資料|动画)"
    r"(?:\s*(?:,|&|and|/|\||\+)\s*|\s*)){1,3}[\])]\s*$",
    re.IGNORECASE,
)
_LENGTH = Pattern(
    r"\s*[\[(]\s*~?\d{1,3}\s*(?:min(?:utes?|s)?\.?|分|hours?|h|mn)\s*[\])]\s*$", re.IGNORECASE
)
_RATING = Pattern(r"\s*[\[(]\s*\d(?:[.,]\d)?\s*/\s*(?:5|10)\s*[\])]\s*$")
ROOM_WORD = (
    r"(?:room|hall|stage|auditorium|theat(?:er|re)|ballroom|track|raum|saal|"
    r"hörsaal|salle|sala|aula|会場|ルーム)"
)
_BARE_ROOM = Pattern(
    rf"\s+(?:@|in|[-–—|])\s+(?P<bare>{ROOM_WORD}\s+[\w.-]{{1,12}})\s*$", re.IGNORECASE
)
_ROOM_TAIL = Pattern(
    rf"\s*[\[(]\s*(?P<room>(?:{ROOM_WORD}\b[^\])]{{0,24}}|"
    rf"[^\])]{{1,18}}\b{ROOM_WORD}))\s*[\])]\s*$|{_BARE_ROOM.pattern}",
    re.IGNORECASE,
)
_ROOM_HEAD = Pattern(
    rf"[\[(]\s*(?P<room>(?:{ROOM_WORD}\b[^\])]{{0,24}}|"
    rf"[^\])]{{1,18}}\b{ROOM_WORD}))\s*[\])]\s*[:–—-]?\s*(?=\S)",
    re.IGNORECASE,
)
_TRACK_HEAD = Pattern(r"[\[(]\s*([^\W\d_][\w&/+. -]{1,14}?)\s*[\])]\s*[:–—-]?\s*(?=\w)")
_ABOUT_TAIL = Pattern(
    r"\s*[\[(]\s*(?:(?:my|talk|session|conference)\s+)?(?:notes?\b|talk\b|live\b|"
    r"from\b|at\b|@\s|recap\b)[^\])]*[\])]\s*$",
    re.IGNORECASE,
)
_DATE_HEAD = Pattern(
    r"[\[(]?(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}[\])]?\s*(?:[:|]|\s[-–—])?\s+(?=\S)"
)
_URL_TAIL = Pattern(r"\s*(?:\s[-–—|]|[:：])?\s+[<(\[]?https?://[^\s<>]+$")
_BRACKET_TAIL = Pattern(r"\s*[\[(]([^\[\]()]{6,48})[\])]\s*$")
_ROOM_ALONE = Pattern(
    rf"(?i:(?<!\w){ROOM_WORD}(?:\s+[\w.-]{{1,12}})?|(?<!\w)[\w.-]{{1,16}}\s+{ROOM_WORD}(?!\w))"
    r"|(?<![\w.])[A-Z]{1,4}[.-]?\d[\w.-]*"
)
"""A room by its word, or by its number: `Room 4`, `Blue Hall`, `UD2.120`."""
_AROUND_ROOM = " ,;:@|/·-–—"
_DIVIDER = Pattern(r"\s[-–—|,]\s")
_DATE_TAIL = Pattern(
    r"\s*[\[(]([^\[\]()]{4,32})[\])]\s*$|\s+[-–—|,]\s+([^-–—|,]{4,32}(?:,\s*\d{4})?)\s*$"
)


def _is_decoration(character: str) -> bool:
    if character in "#*_~`•·▪►▶→⇒✓✔★☆◆◇■□●○※️⃣‍":
        return True
    if character in "™®©℠":
        return False
    return unicodedata.category(character) in ("So", "Cf", "Mn", "Cc") or (
        unicodedata.category(character) == "Sk" and character not in "^`"
    )


def is_media(text: str) -> bool:
    """Return whether `text` only says `slides`, `video` or the like: no title."""
    return bool(_MEDIA.fullmatch(text.strip()) or _MEDIA.fullmatch(f"({text.strip()})"))


def undress(text: str) -> Dressing:
    """Return where the wording of a heading is, and what was around it."""
    undresser = _Undresser(text)
    while undresser.step():
        pass
    return undresser.dressing()


def undress_title(text: str, *, numbered: bool) -> Dressing:
    """Return the same of a heading that is all title: only time, room, length and links go.

    `numbered` says that a number before it is the writer's own, and goes, too.
    """
    told = undress(text)
    undresser = _Undresser(text)
    undresser.trim()
    if numbered and (m := _NUMBERING.match(text, undresser.start)) and not TIME.match(m[0]):
        undresser.start = m.end()
    while undresser.around_title():
        undresser.trim()
    return replace(told, start=undresser.start, end=undresser.end)


class _Undresser:
    """Takes one thing after the other off both ends of a heading."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.start, self.end = 0, len(text)
        self.slot, self.room, self.code, self.date = Slot(), "", "", ""
        self.track = ""
        self.numbered = self.media = False

    def dressing(self) -> Dressing:
        """Return what was found, and where the wording is."""
        return Dressing(
            start=self.start,
            end=self.end,
            slot=self.slot,
            room=self.room,
            track=self.track,
            code=self.code,
            numbered=self.numbered,
            media=self.media,
            date=self.date,
        )

    def step(self) -> bool:
        """Take off what comes next; False where nothing is left to take."""
        before = (self.start, self.end)
        self.trim()
        rest = self.text[self.start : self.end]
        taken = self.front(rest) or self.back(rest) or self.time(rest) or self.day(rest)
        return taken or (self.start, self.end) != before

    def trim(self) -> None:
        """Take off space and decoration; `C#` and closing code marks stay."""
        text = self.text
        while self.start < self.end and _is_loose(text[self.start]):
            if text[self.start] == "#" and _NUMBERING.match(text, self.start, self.end):
                break
            self.start += 1
        while self.end > self.start and _is_loose(text[self.end - 1]):
            last = text[self.end - 1]
            sharp = last == "#" and self.end - self.start > 1 and text[self.end - 2].isalpha()
            if sharp or last in "`_*":
                break
            self.end -= 1

    def front(self, rest: str) -> bool:
        """Numbers, labels such as `Talk:`, session codes and rooms before the wording."""
        if (m := _NUMBERING.match(rest)) and not TIME.match(rest):
            self.numbered = True
        elif (":" in rest or "：" in rest) and (m := _FIELD.match(rest)):
            pass
        elif (m := _CODE_HEAD.match(rest)) and not self.code:
            self.code = m[1] or m[2] or m[3]
        elif rest[:1] not in ("[", "("):
            return False
        elif (m := _ROOM_HEAD.match(rest)) and not self.room:
            self.room = m["room"].strip()
        elif (m := _TRACK_HEAD.match(rest)) and not self.track and len(rest) - m.end() > 8:
            self.track = m[1].strip()
        else:
            return False
        self.start += m.end()
        return True

    def back(self, rest: str) -> bool:
        """Session codes, `(Slides)`, durations, ratings and rooms behind it."""
        if "://" in rest and (m := _URL_TAIL.search(rest)) and m.start():
            self.end = self.start + m.start()
            return True
        if rest.rstrip()[-1:] not in (")", "]"):
            m = _BARE_ROOM.search(rest)
            if not m or not m.start() or self.room:
                return False
            self.room = m["bare"].strip()
        elif (m := _CODE_TAIL.search(rest)) and m.start() and not self.code:
            self.code = m[1]
        elif (m := _MEDIA.search(rest)) and m.start():
            self.media = True
        elif self.slot_and_room(rest):
            return True
        elif (m := _ROOM_TAIL.search(rest)) and m.start() and not self.room:
            self.room = (m["room"] or m["bare"]).strip()
        else:
            m = _ABOUT_TAIL.search(rest) or _LENGTH.search(rest) or _RATING.search(rest)
            if not m or not m.start():
                return False
        self.end = self.start + m.start()
        return True

    def around_title(self) -> bool:
        """Take off a time at either end, or what stands in brackets behind and is no wording."""
        rest = self.text[self.start : self.end]
        if self.time(rest):
            return True
        if not rest.endswith((")", "]")):
            return False
        m = _ROOM_TAIL.search(rest) or _MEDIA.search(rest) or _LENGTH.search(rest)
        if not m or not m.start():
            return False
        self.end = self.start + m.start()
        return True

    def time(self, rest: str) -> bool:
        """A time at either end, or a time and a room in brackets behind."""
        found = None if self.slot.start else _time_at_edge(rest)
        if not found:
            return rest[-1:] in (")", "]") and self.slot_and_room(rest)
        self.slot = found[0]
        self.start, self.end = self.start + found[1], self.start + found[2]
        return True

    def slot_and_room(self, rest: str) -> bool:
        """`(K.3.601 11:40 - 12:10)`: a time, and beside it a room, a day or both."""
        if self.slot.start:
            return False
        m = _BRACKET_TAIL.search(rest)
        when = TIME.search(m[1]) if m and m.start() and HINT.search(m[1]) else None
        if m is None or when is None:
            return False
        left = f"{m[1][: when.start()]} {m[1][when.end() :]}".strip(_AROUND_ROOM)
        room = _ROOM_ALONE.search(left)
        day = (left[: room.start()] + left[room.end() :]).strip(_AROUND_ROOM) if room else left
        if not (is_only_time(day) or all(word in WEEKDAYS for word in fold(day).split())):
            return False
        self.slot = read_slot(when)
        self.room = self.room or (room[0].strip() if room else "")
        self.end = self.start + m.start()
        return True

    def day(self, rest: str) -> bool:
        """A date before a colon or dash, or behind a dash, a comma or in brackets."""
        if not self.date and (m := _DATE_HEAD.match(rest)) and (found := find_date(m[0])):
            self.date, self.start = found.iso, self.start + m.end()
            return True
        ended = rest.rstrip()[-1:] in (")", "]") or _DIVIDER.search(rest)
        m = _DATE_TAIL.search(rest) if ended and not self.date else None
        words = (m[1] or m[2]) if m else ""
        if not m or not m.start() or not is_only_time(words):
            return False
        found = find_date(words)
        self.date = found.iso if found else ""
        self.end = self.start + m.start()
        return True


def _is_loose(character: str) -> bool:
    return not character.isalnum() and (character.isspace() or _is_decoration(character))


_EDGE_HEAD = Pattern(r"[\s\[(]*")
_EDGE_TAIL = Pattern(r"\s*[\])]?\s*(?:[-–—|:：,]+\s+|\s+)?[\])]?\s*")


_BEFORE_TIME = Pattern(
    r"(?:\s*[\[(]\s*|\s+[-–—|@,]\s+|(?<!\byou)(?<!\bme)(?<!\bus)(?<!\bhim)(?<!\bher)(?<!\bthem)"
    r"(?<!\bit)\s+at\s+)\Z",
    re.IGNORECASE,
)
"""What stands before a time at the end. `Who pages you at 3am` is a sentence, no programme."""


def _time_at_edge(rest: str) -> tuple[Slot, int, int] | None:
    """Find a time at the start or the end of `rest`; return it and the wording left."""
    if not HINT.search(rest):
        return None
    head = _EDGE_HEAD.match(rest)
    m = TIME.match(rest, head.end() if head else 0)
    if m:
        tail = _EDGE_TAIL.match(rest, m.end())
        stop = tail.end() if tail else m.end()
        if stop < len(rest):
            return read_slot(m), stop, len(rest)
        return None
    for m in TIME.finditer(rest):
        before = _BEFORE_TIME.search(rest, 0, m.start())
        if before and before.start() and not rest[m.end() :].strip(" )]"):
            return read_slot(m), 0, before.start()
    return None
