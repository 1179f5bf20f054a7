"""The notes that `kb init` puts into an empty folder: short, and showing what kb makes of notes."""

_DAY = """\
+++
title = "Harvest Conf 2024 - Thursday"
date = 2024-10-03
tags = ["operations", "storage"]
+++

#### Backups that somebody has restored

- Ada Quill
- [Slides](https://slides.example.org/backups)

* a backup nobody restored is a hope
 * restore one table a week, by hand
 * write down how long it took
* keep one copy where your own keys cannot delete it

#### Panel: What we stopped monitoring

- Ada Quill
- Teo Marsh

> Three teams tell which alarms they turned off, and what happened then.

* most alarms said what a user would have said first
* Teo: page for symptoms, chart the causes

#### Lunch

Soup, and a long talk about spare disks.
"""

_NEXT = """\
+++
title = "Harvest Conf 2025 - Opening keynote"
date = 2025-10-02
tags = ["operations"]
+++

#### Keynote: Boring systems age well

- Teo Marsh
- <https://video.example.org/boring-systems>

* choose what your next colleague already knows
* the talk on backups of [last year](2024-harvest-conf-thursday.md) still holds
"""

_PEOPLE = """\
# Names that kb should know. One entry a person; every key but the name may be left out.

[[people]]
name = "Ada Quill"
aliases = ["A. Quill"]
about = "Keeps storage running."
"""

SAMPLES: dict[str, str] = {
    "2024-harvest-conf-thursday.md": _DAY,
    "2025-harvest-conf-keynote.md": _NEXT,
    "people.toml": _PEOPLE,
}
"""File name → text."""
