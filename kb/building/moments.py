"""Which notes are shown at a moment: drafts, future and expired ones as Hugo treats them."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from kb.building.options import Options
from kb.model.finding import Finding
from kb.model.note import FrontMatter, Note
from kb.model.settings import BuildSettings


def right_now() -> str:
    """Return the moment that builds go by: SOURCE_DATE_EPOCH, else the clock; ISO 8601, UTC.

    Raises:
        ValueError: SOURCE_DATE_EPOCH is no number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        now = datetime.fromtimestamp(int(given), UTC) if given else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise ValueError(f"SOURCE_DATE_EPOCH is no number of seconds: {given!r}") from fault
    return now.isoformat(timespec="seconds")


def built_at(
    now: str, settings: BuildSettings, *, drafts: bool = False, future: bool = False
) -> Options:
    """Return how a site is built at the moment `now`: as `settings` say, and what else is asked."""
    return Options(
        now=now,
        drafts=drafts or settings.drafts,
        future=future or settings.future,
        jobs=settings.jobs,
    )


def moment(text: str) -> datetime | None:
    """Return the moment of an ISO 8601 date or time (UTC where it names no zone), or None."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)


def why_left_out(note: Note, options: Options) -> Finding | None:
    """Return why the note is no part of the build, or None where it is part of it."""
    matter = note.matter
    now = moment(options.now)
    published, expires = _published(matter), moment(matter.expiry_date)
    if matter.draft and not options.drafts:
        reason, key, hint = "a draft", "draft", "Take draft out, or build with --drafts."
    elif now and published and published > now and not options.future:
        reason, key = f"dated in the future ({published:%Y-%m-%d})", "date"
        hint = "It appears in a build of that day, or with --future."
    elif now and expires and expires <= now:
        reason, key, hint = f"expired ({expires:%Y-%m-%d})", "expiryDate", "Change expiryDate."
    elif (key := _unrendered(matter.extra)) and not options.drafts:
        reason, hint = "not for a page of its own", f"Take {key} out, or build with --drafts."
    else:
        return None
    line = matter.lines.get(key, 0)
    return Finding("KB115", note.path, f"the note is {reason} and left out", line, hint=hint)


def _unrendered(extra: Mapping[str, Any]) -> str:
    """Return the key by which Hugo makes no page of a note, `""` where it makes one."""
    for key in ("build", "_build"):
        table = extra.get(key)
        if isinstance(table, dict) and table.get("render") in {"never", "link", False}:
            return key
    return "headless" if extra.get("headless") is True else ""


def _published(matter: FrontMatter) -> datetime | None:
    return moment(matter.publish_date or matter.date)


def unchanged_between(notes: Iterable[Note], options: Options) -> tuple[str, str]:
    """Return the moments between which the same of `notes` are shown, as ISO 8601 or `""`.

    The first is the last moment up to now at which one appeared or expired, the second the next
    one; both in the spelling of `Options.now` (UTC), so that they compare as text.
    """
    now = moment(options.now)
    if now is None:
        return "", ""
    turns = [
        turn
        for note in notes
        for turn in (
            None if options.future else _published(note.matter),
            moment(note.matter.expiry_date),
        )
        if turn is not None
    ]
    since = max((turn for turn in turns if turn <= now), default=None)
    until = min((turn for turn in turns if turn > now), default=None)
    return _spelled(since), _spelled(until)


def _spelled(turn: datetime | None) -> str:
    return turn.astimezone(UTC).isoformat(timespec="seconds") if turn else ""
