"""The head of a session: what stands between its heading and the notes proper.

Speaker lines, the session's URL, time, room, a quoted abstract, labelled fields, in any order. The
first line that is none of these ends it.
"""

import re
from collections.abc import Sequence

from kb.extraction.clock import (
    HINT,
    TIME,
    find_date,
    find_part,
    find_weekday,
    is_only_time,
    read_slot,
)
from kb.extraction.dressing import ROOM_WORD
from kb.extraction.lexicon import FIELD_LABELS, KIND_LINES, fold
from kb.extraction.links import is_session_page, kind_of_link
from kb.extraction.names import HANDLE, Company, is_organisation, is_role, resembles
from kb.extraction.pieces import Piece
from kb.extraction.speakers import People, Person, read_by, read_label, read_people
from kb.model.note import Lines, Reference
from kb.model.pattern import Pattern
from kb.model.value import Value


class Found(Value, frozen=True):
    """A person found in a head, with where and how."""

    person: Person
    line: int
    rule: str
    text: str
    url: str = ""


class Zone(Value, frozen=True):
    """What the lines under a heading tell of the session."""

    people: tuple[Found, ...] = ()
    doubtful: tuple[Found, ...] = ()
    """Lines that may name people, if the rest of the note says so."""
    place: str = ""
    """Where the people stand: `item`, `text`, `strong`, `heading`, `quote`, `label`, `handle`."""
    doubtful_place: str = ""
    pages: int = 0
    """Links to recordings, slides or schedule entries."""
    facts: bool = False
    """A list of facts stands right below (see `factlists`)."""
    told: bool = False
    """A labelled field (`Speaker:`, `Room:`) stands in it."""
    media: bool = False
    """A line of nothing but links such as `Slides` or `Video`."""
    abstract: Lines | None = None
    consumed: tuple[int, ...] = ()
    """Lines that the fields here tell."""
    absorbed: tuple[int, ...] = ()
    """Numbers of headings that belong to the head."""
    title: str = ""
    """A title that stands in the head, under a heading that is a name."""
    title_line: int = 0
    slot_start: str = ""
    slot_finish: str = ""
    room: str = ""
    track: str = ""
    day: str = ""
    part: str = ""
    kind_label: str = ""
    stop: int = 0
    """Number of the first piece after the head."""


_SPEECH = Pattern(
    r"^\s*(?:\([^)]{0,40}\)\s*|,[^,]{2,60},\s*)?(?:then\s+|also\s+|first\s+|"
    r"briefly\s+)?(?:talked|talks|spoke|speaks|presented|presents|presenting|"
    r"gave|gives|"
    r"shared|shares|showed|shows|introduced|introduces|demonstrated|demoed|discussed|explained|"
    r"explains|walked|took the stage|opened|kicked|delivered|closed|told|"
    r"discusses|described|hielt|sprach|stellte|a présenté|a parlé|habló|"
    r"presentó|ha parlato)\b"
)
_VERB = Pattern(
    r"\s+(?:[a-z]{3,}ed|[a-z]{3,}s|sent|built|wrote|made|led|took|began|ran|"
    r"went|came|brought|taught|thinks?|believes?)\s+[a-z]"
)
_HANDLES = Pattern(
    r"^[\s(\[]*(?:by\s+)?(@\w[\w.-]*(?:\s*(?:,|&|and|/|\+)\s*@\w[\w.-]*)*)[\s)\].]*$"
)
_HANDLE_ROLE = Pattern(
    r"^\W{0,3}(?P<handle>@\w[\w.-]*)\s*(?:\s[-–—|]\s|,\s|\()\s*(?P<role>[^@:]{3,60})$"
)
_HANDLE_SITE = Pattern(
    r"^(?P<named>[^\W\d_][^@:]{3,40}\s\W?@\w[\w.-]*\W?)\s+(?:https?://)?[\w-]+(?:\.[\w-]+)+/?\S*$"
)
"""A line such as `Ada Quill @adaq quill.example`: a name, a handle and a site."""
_ICONS = Pattern(r"^(?:[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+\s*)+")
"""Pictures before a line: `🎤 Ada Quill`."""
_FIRST_ROLE = Pattern(r"^(?P<name>[^\W\d_a-z][^\W\d_A-Z]{2,15}), (?P<role>[^,:.]{3,50})$")
_SLOT_ROOM = Pattern(
    rf"^(?P<slot>(?:[^\W\d_]+,?\s+)?{TIME.pattern}(?:,?\s+[^\W\d_]+)?)\s*[,@|–—-]\s*"
    rf"(?P<room>[\w .-]{{0,24}}\b{ROOM_WORD}\b[\w .-]{{0,12}})$",
    re.IGNORECASE,
)
"""A line such as `9am Friday, Cedar Room B`."""
_SPEAKER_URL = Pattern(
    r"/(?:speakers?|presenters?|people|sprecher|intervenants?)/([^/?#]+)", re.IGNORECASE
)
_LINK_WORDS = Pattern(
    r"[\s\[\](){}|,;:·•/&+–—-]|\b(?:slides?|video|videos|recording|youtube|code|"
    r"github|repo|blog|deck|link|links|here|notes|"
    r"abstract|tbd|tba|website|twitter|paper|pdf|and|talk|page|session|program|"
    r"schedule|transcript|materials?|resources?|watch|view|on|the|at|see|more|"
    r"info|demo|workshop|html|source|folien|aufzeichnung)\b",
    re.IGNORECASE,
)


_LOOSE = Pattern(r"\W*(?:by|with|name|authors?|hosts?|who|von|par|por|featuring)\b", re.IGNORECASE)


class _Reader:
    """Reads one head; `index` is the number of the next piece."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        index: int,
        stop: int,
        references: Sequence[Reference],
        company: Company,
        *,
        named: bool,
        untitled: bool,
        level: int,
    ) -> None:
        self.pieces = pieces
        self.index = index
        self.limit = stop
        above = pieces[index - 1] if index else None
        self.above = fold(above.text) if above is not None and above.kind == "heading" else ""
        self.references = references
        self.company = company
        self.named = named
        self.untitled = untitled
        self.level = level
        self.people: list[Found] = []
        self.doubtful: list[Found] = []
        self.place = self.doubtful_place = ""
        self.pages = 0
        self.told = self.media = False
        self.abstract: Lines | None = None
        self.consumed: list[int] = []
        self.absorbed: list[int] = []
        self.title, self.title_line = "", 0
        self.fields: dict[str, str] = {}
        self.seen = 0

    def read(self) -> Zone:
        while self.index < self.limit and self.seen < 14:
            piece = self.pieces[self.index]
            if not self.step(piece):
                break
        if not self.people and not self.named:
            self.later()
        return Zone(
            people=tuple(self.people),
            doubtful=tuple(self.doubtful),
            place=self.place,
            doubtful_place=self.doubtful_place,
            pages=self.pages,
            told=self.told,
            media=self.media,
            abstract=self.abstract,
            consumed=tuple(self.consumed),
            absorbed=tuple(self.absorbed),
            title=self.title,
            title_line=self.title_line,
            slot_start=self.fields.get("start", ""),
            slot_finish=self.fields.get("finish", ""),
            room=self.fields.get("room", ""),
            track=self.fields.get("track", ""),
            day=self.fields.get("day", ""),
            part=self.fields.get("part", ""),
            kind_label=self.fields.get("kind", ""),
            stop=self.index,
        )

    def later(self) -> None:
        """A labelled speaker line counts below an abstract, too."""
        for place in range(self.index, min(self.limit, self.index + 16)):
            piece = self.pieces[place]
            if piece.kind in ("heading", "rule"):
                return
            label = read_label(piece.text) if len(piece.text) < 160 else None
            if label and label[0] == "speaker" and not _LOOSE.match(piece.text):
                stop, self.index = self.index, place
                if self.labelled(piece, *label):
                    self.consumed.append(piece.line)
                self.index = stop
                return

    # each of the following returns whether the head goes on

    def step(self, piece: Piece) -> bool:
        if piece.kind == "heading":
            return self.heading(piece)
        if piece.kind == "code":
            return False
        if piece.kind == "rule":
            self.index += 1
            return self.seen == 0
        if not piece.text.strip():
            self.index += 1
            return True
        if piece.quote and not self.quoted(piece):
            return False
        if piece.quote:
            return True
        if piece.depth > 1 and not self.told:
            return False
        done = self.line(piece) or self.aside()
        if not done and self.subtitle(piece):
            return True
        if done:
            self.consumed.append(piece.line)
            self.index += 1
            self.seen += 1
        return done

    def aside(self) -> bool:
        """A short first line right above `Abstract` or `Speakers`: a kind or track of sessions."""
        piece = self.pieces[self.index]
        after = self.pieces[self.index + 1] if self.index + 1 < self.limit else None
        if self.seen or after is None or after.kind != "heading" or piece.kind != "text":
            return False
        return len(piece.text.split()) <= 4 and FIELD_LABELS.get(fold(after.text)) in (
            "abstract",
            "speaker",
        )

    def subtitle(self, piece: Piece) -> bool:
        """A short line between the heading and the names, in one paragraph with them."""
        after = self.pieces[self.index + 1] if self.index + 1 < self.limit else None
        if self.seen or self.named or after is None or piece.kind != "text":
            return False
        if after.block != piece.block or len(piece.text) > 80 or ":" in piece.text:
            return False
        beyond = self.pieces[self.index + 2] if self.index + 2 < self.limit else None
        last = beyond is None or beyond.block != piece.block or "@" in beyond.text
        people = read_people(after.text, self.company)
        if not last or people.sure < (0.72 if len(people.persons) < 2 else 0.5):
            return False
        self.index += 1
        self.seen += 1
        return True

    def heading(self, piece: Piece) -> bool:
        words = fold(piece.text)
        field = FIELD_LABELS.get(words)
        if field == "speaker" or words in ("about the speaker", "about the speakers"):
            return self.under_label(piece)
        if field == "abstract" and self.abstract is None:
            return self.under_abstract(piece)
        if field in ("links", "room", "time") and piece.level > self.level and self.seen:
            return False
        if self.seen and self.people:
            return False
        label = read_label(piece.text)
        if label and label[0] == "speaker" and label[1]:
            people = read_people(label[1], self.company, bonus=0.3, told=True)
            if people.persons:
                self.found(people, piece, "speaker-label", "heading")
                return self.absorb(piece)
        if self.named or self.people or piece.level < self.level:
            return False
        words_left = _without_dates(piece.text)
        people = read_people(words_left, self.company)
        by = read_by(piece.text)
        if by:
            people = read_people(by, self.company, bonus=0.3, single=True)
        people = self.linked(people, piece)
        if people.persons and people.sure >= 0.5 and len(piece.text) < 120:
            date = find_date(piece.text)
            if date and date.iso:
                self.fields.setdefault("day", date.iso)
            self.found(people, piece, "speaker-heading", "heading")
            return self.absorb(piece)
        if people.persons and people.sure >= 0.25 and self.seen == 0:
            self.doubt(people, piece, "heading")
        return False

    def absorb(self, piece: Piece) -> bool:
        self.absorbed.append(self.index)
        self.consumed.append(piece.line)
        self.index += 1
        self.seen += 1
        return True

    def under_label(self, piece: Piece) -> bool:
        """`### Speakers`, then the names in lines, items or a table."""
        place = self.index + 1
        found = False
        while place < self.limit and place < self.index + 8:
            line = self.pieces[place]
            if line.kind == "heading" or line.kind in ("code", "rule"):
                break
            people = read_people(
                _name_part(line.text), self.company, bonus=0.25, told=len(line.text) < 60
            )
            if not people.persons or people.sure < 0.45:
                break
            self.found(people, line, "speaker-section", "label")
            self.consumed.append(line.line)
            found = True
            place += 1
        if found:
            self.absorbed.append(self.index)
            self.consumed.append(piece.line)
            self.index = place
            self.seen += 1
        return found

    def under_abstract(self, piece: Piece) -> bool:
        place = self.index + 1
        first = last = 0
        while place < self.limit and self.pieces[place].kind in ("text", "item"):
            line = self.pieces[place]
            label = read_label(line.text)
            if label and label[0] == "speaker":
                break
            first, last = first or line.line, line.end
            place += 1
        if first and self.leading_name(place):
            return True
        if not first:
            return False
        self.abstract = Lines(first=first, last=last)
        self.absorbed.append(self.index)
        self.consumed.extend(range(piece.line, last + 1))
        self.index = place
        self.seen += 1
        return True

    def leading_name(self, stop: int) -> bool:
        """Right below `Abstract`, the first items may be the names of the speakers."""
        if self.named or self.people:
            return False
        heading = self.index
        place = heading + 1
        while place < min(stop, heading + 5):
            line = self.pieces[place]
            people = self.linked(read_people(line.text, self.company), line)
            if line.kind != "item" or not people.persons or people.sure < 0.5:
                break
            self.found(people, line, "speaker-section", "item")
            self.consumed.append(line.line)
            place += 1
        if place == heading + 1:
            return False
        self.absorbed.append(heading)
        self.consumed.append(self.pieces[heading].line)
        self.index, self.seen = stop, self.seen + 1
        if place < stop:
            first, last = self.pieces[place].line, self.pieces[stop - 1].end
            self.abstract = Lines(first=first, last=last)
            self.consumed.extend(range(first, last + 1))
        return True

    def quoted(self, piece: Piece) -> bool:
        """A quote in a head is the abstract, or holds speaker lines."""
        block = [
            number
            for number in range(self.index, self.limit)
            if self.pieces[number].quote and self.pieces[number].line <= piece.container
        ]
        end = (block[-1] if block else self.index) + 1
        if len(block) == 1 and self.line(piece, quote=True):
            self.consumed.append(piece.line)
            self.index += 1
            self.seen += 1
            return True
        if 1 < len(block) <= 6 and self.quoted_lines(block):
            return True
        words = " ".join(self.pieces[number].text for number in block)
        after = self.pieces[end] if end < self.limit else None
        labelled = bool(after and after.kind in ("text", "item") and read_label(after.text))
        told = self.seen or self.named or self.pages or labelled or len(words) >= 80
        if self.abstract is None and len(words) >= 40 and told:
            self.abstract = Lines(first=piece.line, last=self.pieces[end - 1].end)
            self.consumed.extend(range(piece.line, self.pieces[end - 1].end + 1))
            self.index = end
            self.seen += 1
            return True
        return False

    def quoted_lines(self, block: Sequence[int]) -> bool:
        """Short lines of a quote, each of them one of a head: speaker, time, recording."""
        if any(len(self.pieces[number].text) > 120 for number in block):
            return False
        start = self.index
        for number in block:
            self.index = number
            if not self.line(self.pieces[number], quote=True):
                break
            self.consumed.append(self.pieces[number].line)
            self.seen += 1
        else:
            self.index = block[-1] + 1
        return self.index > start

    def line(self, piece: Piece, *, quote: bool = False) -> bool:
        text = " ".join(piece.text.split())
        if not text.isascii():
            text = _ICONS.sub("", text)
        label = read_label(text)
        if label is None and piece.lead and fold(piece.lead) in FIELD_LABELS:
            label = FIELD_LABELS[fold(piece.lead)], text[len(piece.lead) :].strip(" :–—-")
        if label:
            return self.labelled(piece, *label)
        if self.only_links(piece, text):
            return True
        if is_only_time(text):
            self.timed(text)
            return True
        if HINT.search(text) and (match := _SLOT_ROOM.match(text)):
            self.timed(match["slot"])
            self.fields.setdefault("room", match["room"].strip())
            return True
        if len(text) < 40 and fold(text) in KIND_LINES:
            self.fields.setdefault("kind", fold(text))
            return True
        if "@" in text and self.handled(piece, text):
            return True
        if "@" in text and (match := _HANDLE_SITE.match(text)):
            text = match["named"]
        return (
            self.names(piece, text, quote=quote) if len(text) < 200 else self.sentence(piece, text)
        )

    def handled(self, piece: Piece, text: str) -> bool:
        """A line of handles, or of one handle and what its owner does."""
        if match := _HANDLES.match(text):
            self.handles(match[1], piece)
            return True
        if (match := _HANDLE_ROLE.match(text)) and is_role(match["role"]) and not self.named:
            person = Person(name="", handle=match["handle"], role=match["role"], sure=0.75)
            self.found(People(persons=(person,), sure=0.75), piece, "speaker-handle", "handle")
            return True
        return False

    def labelled(self, piece: Piece, field: str, rest: str) -> bool:
        """A line such as `Speaker: …`; returns whether the head goes on."""
        size = len(rest)
        if field == "speaker":
            return self.told_speakers(piece, rest)
        if field == "title":
            if size > 3 and not self.title:
                self.title, self.title_line = rest, piece.line
            self.told = True
            return bool(rest)
        if field == "abstract":
            return self.told_abstract(piece, rest)
        if field == "event":
            self.told = True
            return 0 < size < 100
        if field == "links":
            self.count(piece)
            return bool(piece.links) or size < 60
        if field in ("time", "date"):
            self.timed(rest)
            return size < 60
        if field in ("room", "track"):
            if 0 < size < 50:
                self.fields.setdefault(field, rest)
                self.told = self.told or field == "room"
            return 0 < size < 80
        return self.seen > 0 and size < 80

    def told_speakers(self, piece: Piece, rest: str) -> bool:
        people = read_people(rest, self.company, bonus=0.35, told=True)
        if not people.persons and (match := HANDLE.search(rest)):
            people = People(persons=(Person(name="", handle=match[0], sure=0.9),), sure=0.9)
        if not people.persons:
            people = read_people(_name_part(rest), self.company, bonus=0.3, told=True)
        if not people.persons:
            return (not rest and self.told_below()) or (self.seen > 0 and not rest)
        self.found(people, piece, "speaker-label", "label")
        self.told = True
        return True

    def told_below(self) -> bool:
        """`Speakers:` and nothing behind it: the items right below are names."""
        place = self.index + 1
        while place < min(self.limit, self.index + 9) and self.pieces[place].kind == "item":
            line = self.pieces[place]
            people = read_people(line.text, self.company, bonus=0.25, told=len(line.text) < 60)
            if not people.persons or people.sure < 0.5:
                break
            self.found(people, line, "speaker-label", "label")
            self.consumed.append(line.line)
            place += 1
        if place == self.index + 1:
            return False
        self.index, self.told = place - 1, True
        return True

    def told_abstract(self, piece: Piece, rest: str) -> bool:
        """`Abstract: …` and the rest of its paragraph."""
        if self.abstract is not None or len(rest) <= 20:
            return False
        end = self.index
        while end + 1 < self.limit and self.pieces[end + 1].block == piece.block:
            end += 1
        self.abstract = Lines(first=piece.line, last=self.pieces[end].end)
        self.consumed.extend(range(piece.line, self.pieces[end].end + 1))
        self.index = end
        return True

    def only_links(self, piece: Piece, text: str) -> bool:
        """A line of nothing but links, bare or with words such as `Slides`."""
        if not piece.links:
            return False
        left = piece.text
        for span in reversed(piece.links):
            left = left[: span.start] + " " + left[span.end :]
        left = _ICONS.sub("", left.strip())
        bare = all(
            "://" in piece.text[span.start : span.end]
            or piece.text[span.start : span.end].startswith("www.")
            for span in piece.links
        )
        worded = not bare and all(
            not _LINK_WORDS.sub("", piece.text[span.start : span.end]).strip()
            or is_session_page(self.references[span.number].target)
            for span in piece.links
        )
        if not (bare or worded) or (left.strip() and _LINK_WORDS.sub("", left).strip()):
            return False
        if bare and not self.count(piece) and self.seen == 0 and len(piece.links) > 3:
            return False
        if worded:
            self.media = True
            self.count(piece)
        return True

    def count(self, piece: Piece) -> int:
        pages = sum(
            kind_of_link(self.references[span.number].target, piece.text[span.start : span.end])
            in ("recording", "slides", "schedule")
            for span in piece.links
        )
        self.pages += pages
        return pages

    def timed(self, text: str) -> None:
        match = TIME.search(text)
        if match:
            slot = read_slot(match)
            self.fields.setdefault("start", slot.start)
            self.fields.setdefault("finish", slot.finish)
        date = find_date(text)
        day = (date.iso if date else "") or find_weekday(text)
        if day:
            self.fields.setdefault("day", day)
        part = find_part(text) if not match else ""
        if part:
            self.fields.setdefault("part", part)

    def handles(self, text: str, piece: Piece) -> None:
        handles = HANDLE.findall(text)
        nameless = [found for found in self.people if not found.person.handle]
        if self.people and len(nameless) >= len(handles):
            for handle in handles:
                place = self.people.index(nameless.pop(0))
                found = self.people[place]
                self.people[place] = _handled(found, handle)
            return
        if self.people or self.named:
            self.place = self.place or "handle"
            self.doubtful.extend(
                Found(
                    person=Person(name="", handle=handle, sure=0.5),
                    line=piece.line,
                    rule="speaker-handle",
                    text=text,
                )
                for handle in handles
            )
            return
        people = tuple(Person(name="", handle=handle, sure=0.75) for handle in handles)
        self.found(People(persons=people, sure=0.75), piece, "speaker-handle", "handle")

    def names(self, piece: Piece, text: str, *, quote: bool = False) -> bool:
        by = read_by(text)
        said = by or self.before_title(text)
        words = said or _without_dates(text)
        enclosed = len(words) > 4 and words[0] in "([（" and words[-1] in ")]）"
        if enclosed:
            words = words[1:-1]
        bonus = 0.12 if enclosed else 0.05 if self.seen == 0 or self.people else 0.0
        if said:
            bonus = 0.3
        elif piece.strong or piece.emphasis:
            bonus = 0.15
        if self.told and self.people and not said:
            return False
        people = self.named_by(piece, words, bonus, by=bool(by), said=bool(said))
        if not people.persons:
            return self.untitled_line(piece, text) or self.sentence(piece, text)
        place = "strong" if piece.strong or piece.emphasis else "quote" if quote else piece.kind
        needed = 0.5
        if not said and not self.followed(piece) and not (piece.strong or piece.emphasis):
            needed = 0.72 if not self.people else 0.65
        if self.named and not said:
            needed = 0.3 if self.repeated(people) else max(needed, 0.72)
        elif all(person.role for person in people.persons) and len(text) < 100:
            needed = min(needed, 0.56)
        if people.sure >= needed:
            rule = "speaker-by" if by else f"speaker-{place}"
            self.found(people, piece, rule, place)
            return True
        if people.sure >= 0.12 and not self.people and not self.doubtful:
            self.doubt(people, piece, place)
        return False

    def named_by(self, piece: Piece, words: str, bonus: float, *, by: bool, said: bool) -> People:
        """Return whom a line of names names; `by` and `said` tell that it says so."""
        people = self.linked(read_people(words, self.company, bonus=bonus, single=said), piece)
        if by and people.sure < 0.5:
            people = _linked_by(piece) or people
        if not people.persons and (match := _FIRST_ROLE.match(words)) and is_role(match["role"]):
            people = read_people(words, self.company, bonus=0.3, single=True)
        return people

    def repeated(self, people: People) -> bool:
        """Whether the heading has all these names, too."""
        names = (fold(person.name) for person in people.persons)
        return all(name and f" {name} " in f" {self.above} " for name in names)

    def before_title(self, text: str) -> str | None:
        """Return what stands before the title, said again: `Ada Quill: Ropes that forgive`."""
        name, colon, title = text.partition(": ")
        again = fold(title)
        if colon and len(again.split()) > 1 and f"{self.above} ".startswith(f"{again} "):
            return name
        return None

    def untitled_line(self, piece: Piece, text: str) -> bool:
        """Under a heading that is only a name, a line set off from the rest is the title."""
        if not self.untitled or self.title or self.seen > 2:
            return False
        quoted = text[:1] in '"“„«「『' and text.rstrip(".")[-1:] in '"”“»」』'
        linked = len(piece.links) == 1 and piece.links[0].end - piece.links[0].start >= 0.9 * len(
            text
        )
        if (
            not (piece.strong or piece.emphasis or quoted or linked)
            or not 2 <= len(text.split()) < 25
        ):
            return False
        self.title, self.title_line = text, piece.line
        return True

    def followed(self, piece: Piece) -> bool:
        """Whether the line stands alone: nothing but head lines goes on in its block or list."""
        place = self.index + 1
        if place >= self.limit:
            return True
        after = self.pieces[place]
        if after.block == piece.block:
            return (
                bool(after.links)
                or bool(_HANDLES.match(after.text))
                or (
                    len(after.text) < 30 and bool(read_people(after.text, self.company).sure >= 0.5)
                )
            )
        if piece.kind == "item":
            if after.kind != "item" or after.depth < piece.depth:
                return True
            if after.depth > piece.depth:
                return False
            alone = all("://" in after.text[s.start : s.end] for s in after.links) and after.links
            return bool(alone) or read_people(after.text, self.company).sure >= 0.5
        return True

    def sentence(self, piece: Piece, text: str) -> bool:
        """The first sentence of the notes says who spoke: `Monty Taylor talked about …`."""
        if self.people or self.named or self.seen > 6:
            return False
        if piece.links and piece.links[0].start <= 1:
            span = piece.links[0]
            head, rest = piece.text[: span.end], piece.text[span.end :]
            if _SPEECH.match(rest):
                people = read_people(head, self.company, bonus=0.3)
                if people.persons and people.sure >= 0.5:
                    self.found(people, piece, "speaker-sentence", "sentence")
            return False
        match = re.match(r"((?:[^\W\d_][\w.’'-]*\s+){2,4})(.*)$", text)
        if match:
            words = match[1].split()
            for size in (3, 2, 4):
                rest = text[len(" ".join(words[:size])) :]
                if len(words) >= size and (_SPEECH.match(rest) or _VERB.match(rest)):
                    people = read_people(" ".join(words[:size]), self.company)
                    if people.persons and people.sure >= (0.55 if _SPEECH.match(rest) else 0.82):
                        self.found(people, piece, "speaker-sentence", "sentence")
                        break
        return False

    def linked(self, people: People, piece: Piece) -> People:
        """A name that is a link to a profile or home page is surer."""
        if not people.persons or not piece.links or people.sure < 0.12:
            return people
        covered = sum(span.end - span.start for span in piece.links)
        if covered < 0.4 * len(piece.text.strip()):
            return people
        kinds = {kind_of_link(self.references[span.number].target) for span in piece.links}
        bonus = 0.3 if "profile" in kinds else 0.05
        return People(persons=people.persons, sure=min(0.97, people.sure + bonus))

    def found(self, people: People, piece: Piece, rule: str, place: str) -> None:
        urls = _urls(people, piece, self.references)
        for person, url in zip(people.persons, urls, strict=True):
            self.people.append(
                Found(
                    person=_sure(person, people.sure),
                    line=piece.line,
                    rule=rule,
                    text=" ".join(piece.text.split())[:160],
                    url=url,
                )
            )
        self.place = self.place or place

    def doubt(self, people: People, piece: Piece, place: str) -> None:
        self.doubtful.extend(
            Found(
                person=_sure(person, people.sure),
                line=piece.line,
                rule=f"speaker-{place}",
                text=" ".join(piece.text.split())[:160],
            )
            for person in people.persons
        )
        self.doubtful_place = place


_JOINTS = Pattern(r"\W*(?:by|von|par|por|door)?\W*(?:(?:and|und|et|y|e|en|&|,)\W*)*", re.IGNORECASE)


def _linked_by(piece: Piece) -> People | None:
    """`by [a name of any shape](url)`: whoever is linked, where the line is nothing else."""
    left = piece.text
    persons = []
    for span in reversed(piece.links):
        words = piece.text[span.start : span.end].strip()
        left = left[: span.start] + " " + left[span.end :]
        if not _LINKED_NAME.fullmatch(words) or is_organisation(words):
            return None
        handle = words if words.startswith("@") else ""
        persons.append(Person(name="" if handle else words, handle=handle, sure=0.72))
    if not persons or not _JOINTS.fullmatch(left):
        return None
    return People(persons=tuple(reversed(persons)), sure=0.72)


_LINKED_NAME = Pattern(r"@?[^\W\d_][\w.’'-]*(?: [^\W\d_][\w.’'-]*){0,2}")


def _sure(person: Person, sure: float) -> Person:
    return Person(
        name=person.name,
        sure=max(person.sure, sure),
        organisation=person.organisation,
        role=person.role,
        handle=person.handle,
    )


def _handled(found: Found, handle: str) -> Found:
    person = found.person
    return Found(
        person=Person(
            name=person.name,
            sure=min(0.98, person.sure + (0.4 if resembles(handle, person.name) else 0.25)),
            organisation=person.organisation,
            role=person.role,
            handle=handle,
        ),
        line=found.line,
        rule=found.rule,
        text=found.text,
        url=found.url,
    )


def _urls(people: People, piece: Piece, references: Sequence[Reference]) -> list[str]:
    urls = []
    for person in people.persons:
        url = ""
        for span in piece.links:
            words = piece.text[span.start : span.end]
            if person.name and person.name in words:
                url = references[span.number].target
                break
        urls.append(url if url.startswith(("http://", "https://")) else "")
    return urls


def _without_dates(text: str) -> str:
    date = find_date(text)
    if date and not text[date.end :].strip(" )].,"):
        text = text[: date.start].rstrip(" ,-–—|([")
    return text


def _name_part(text: str) -> str:
    """The part of a longer line that may be the name: before a dash, comma, colon or `is`."""
    return re.split(r"\s+[-–—|]\s+|:\s|\s+(?:is|works|was|has)\s+", text, maxsplit=1)[0]


def read_zone(
    pieces: Sequence[Piece],
    index: int,
    stop: int,
    references: Sequence[Reference],
    company: Company,
    *,
    named: bool,
    level: int,
    untitled: bool = False,
) -> Zone:
    """Return what stands between a heading and the notes, from piece `index` up to `stop`.

    `named` says that the heading itself names the speakers, `untitled` that it gives no title;
    `level` is the heading's.
    """
    reader = _Reader(
        pieces, index, stop, references, company, named=named, untitled=untitled, level=level
    )
    return reader.read()


def person_of_url(url: str) -> Person | None:
    """Return the person whom a speaker's page names in its URL (`/speaker/ValeraZakharov`)."""
    match = _SPEAKER_URL.search(url)
    if not match:
        return None
    slug = re.sub(r"\.html?$", "", match[1])
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[-_+.]|%20", " ", slug)).split()
    words = [word for word in words if not word.isdecimal()]
    if not 2 <= len(words) <= 4 or not all(word.isalpha() for word in words):
        return None
    return Person(name=" ".join(word[:1].upper() + word[1:] for word in words), sure=0.65)
