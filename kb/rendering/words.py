"""The site's own words, in its language: strings, dates, counts."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property

from kb.model.facts import WEEKDAYS

FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


class MissingWords(LookupError):
    """A key that no language of the theme has."""


class Words:
    """Words of one language; what it lacks comes from English."""

    def __init__(
        self, strings: Mapping[str, Mapping[str, str]], language: str, dates: str = ""
    ) -> None:
        self.content = language.replace("_", "-") or FALLBACK
        """The language of the notes, as site.toml says it."""
        base = self.content.split("-", maxsplit=1)[0].lower()
        chosen = next((name for name in (self.content, base) if name in strings), FALLBACK)
        self.language = self.content if chosen == base else chosen
        """The language of the words."""
        self.direction = "rtl" if base in RIGHT_TO_LEFT else "ltr"
        self.table: dict[str, str] = {**strings.get(FALLBACK, {}), **strings.get(chosen, {})}
        self._own_dates = bool(dates)
        self._dates: dict[tuple[str, str], str] = {}
        if dates:
            self.table["date.long"] = dates

    def say(self, key: str, count: int | None = None, **values: object) -> str:
        """Return the words of `key`; with `count`, of `key.one` or `key.other`, `{n}` filled in.

        Raises:
            MissingWords: no such key.
        """
        if count is not None:
            single = count == 1 or (count == 0 and self.language.startswith("fr"))
            key = f"{key}.one" if single and f"{key}.one" in self.table else f"{key}.other"
            values["n"] = self.number(count)
        try:
            words = self.table[key]
        except KeyError:
            raise MissingWords(f"no words for {key!r}") from None
        return words.format_map(values) if values else words

    @cached_property
    def prose(self) -> Mapping[str, str]:
        """What is said within prose, by what follows `prose.` in its key."""
        own = "prose."
        return {k.removeprefix(own): v for k, v in self.table.items() if k.startswith(own)}

    def number(self, count: int) -> str:
        """Return a number with the language's mark between thousands, from 10,000 on."""
        return (
            f"{count:,}".replace(",", self.table["number.group"]) if count >= 10_000 else str(count)
        )

    def kind(self, kind: str) -> str:
        """Return a session kind in words."""
        return self.table.get(f"kind.{kind}", kind)

    def link_kind(self, kind: str) -> str:
        """Return a link kind in words; a site's own kind is its own word."""
        return self.table.get(f"link.{kind}", kind.replace("-", " "))

    def part(self, part: str) -> str:
        """Return a part of the day in words."""
        return self.table.get(f"part.{part}", part)

    def weekday(self, name: str) -> str:
        """Return an English weekday's name in this language."""
        return self.table.get(f"weekday.{name}", name)

    def date(self, iso: str, pattern: str = "date.long") -> str:
        """Return an ISO date (or its first part) in words: `8 May 2017`, `May 2017`, `2017`."""
        found = self._dates.get((iso, pattern))
        if found is None:
            found = self._dates[iso, pattern] = self._date(iso, pattern)
        return found

    def _date(self, iso: str, pattern: str) -> str:
        parts = iso[:10].split("-")
        if len(parts) == 3 and all(part.isdigit() for part in parts):
            year, month, day = (int(part) for part in parts)
            return self.table[pattern].format(
                day=day,
                month=self._month(month),
                number=month,
                year=year,
                short=self._month(month, "short"),
            )
        if len(parts) == 2 and parts[1].isdigit():
            return self.table["date.month"].format(month=self._month(int(parts[1])), year=parts[0])
        return iso

    def day(self, iso: str) -> str:
        """Return an ISO date with its weekday: `Monday, 8 May 2017`."""
        try:
            weekday = WEEKDAYS[date.fromisoformat(iso).weekday()]
        except ValueError:
            return self.date(iso)
        return self.table["date.day"].format(weekday=self.weekday(weekday), date=self.date(iso))

    def span(self, start: str, end: str) -> str:
        """Return two ISO dates as a range: `8–11 May 2017`."""
        if not end or start == end:
            return self.date(start)
        if start[:7] == end[:7] and len(start) == 10 and not self._own_dates:
            return self.table["date.span"].format(
                first=int(start[8:10]),
                last=int(end[8:10]),
                month=self._month(int(start[5:7])),
                year=start[:4],
            )
        return f"{self.date(start)} – {self.date(end)}"

    def _month(self, number: int, form: str = "month") -> str:
        return self.table.get(f"{form}.{number}", str(number))


def is_day(iso: str) -> bool:
    """Whether a text is a whole date of the calendar."""
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return len(iso) == 10


def next_day(iso: str) -> str:
    """Return the day after an ISO date."""
    return (date.fromisoformat(iso) + timedelta(days=1)).isoformat()
