"""A small site that building's tests build, edit and break."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.building.lock import hold
from kb.building.table import Table

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""A PNG of one pixel."""

FILES: dict[str, str] = {
    "site.toml": 'title = "Test notes"\n',
    "content/2024-river.md": """\
+++
title = "River Conf 2024 - Monday"
date = 2024-06-03
tags = ["water"]
+++

#### Pumps without electricity

- Mira Stone
- [Slides](https://slides.example.org/pumps)

* ram pumps lift a tenth of the water
 * ten times as high
* see also [the other day](2024-river-tuesday.md)

![A pump](images/pump.png)

#### Canals in winter

- Jonas Weir

> What ice does to banks, and what it does not.

* cut the reeds in autumn
""",
    "content/2024-river-tuesday.md": """\
+++
title = "River Conf 2024 - Tuesday"
date = 2024-06-04
tags = ["water", "law"]
+++

#### Who owns the rain

- Mira Stone
- https://law.example.org/rain

* it depends on the roof

#### Courts and wells

- Jonas Weir

* nobody may lower a neighbour's water
""",
    "content/2025-river.md": """\
---
title: River Conf 2025 - Monday
date: 2025-06-02
tags: [water]
event:
  name: River Conf
  year: 2025
---

#### Opening of the second year

- Ida Brook

* more mills, fewer speeches

#### Pumps again

- Jonas Weir
- Mira Stone

* last year's pump still runs
""",
    "content/about.md": "# About\n\nWhat these notes are.\n",
    "content/people.toml": '[[people]]\nname = "Mira Stone"\naliases = ["M. Stone"]\n',
}


def make_site(folder: Path) -> Path:
    """Write the site into `folder`; return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    picture = folder / "content" / "images" / "pump.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(PIXEL)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differing(table: Table, output: Path, jobs: int = 1) -> list[str]:
    """Return the paths of files in `output` that do not lie as they were left."""
    with table.looked_at(output, jobs) as answer:
        return answer()


@contextmanager
def held_elsewhere(lock: Path) -> Iterator[int]:
    """Have another process hold the lock file until the block ends; yield its number."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with hold(lock, 0):
                os.write(writer, b"x")
                time.sleep(60)
        finally:
            os._exit(0)
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
