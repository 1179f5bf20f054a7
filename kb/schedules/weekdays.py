"""Weekdays of dates. What knows zones of time and HTML is `times`, which takes longer to load."""

from datetime import date

from kb.model.facts import WEEKDAYS


def weekday_of(day: str) -> str:
    """Return the weekday of an ISO date, English and in lower case; `""` where it is none."""
    try:
        return WEEKDAYS[date.fromisoformat(day).weekday()]
    except ValueError:
        return ""
