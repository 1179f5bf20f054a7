"""Hostile input kept beside a checkout, and how much of it a run takes.

`make test` takes a bounded sample, `make hostile` (KB_HOSTILE=whole) takes all of it.
"""

import base64
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
WHOLE = os.environ.get("KB_HOSTILE", "") == "whole"
"""Whether all of every corpus is tried."""


def rows(shared: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of the corpus `name`."""
    with (shared / "hostile" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def content(row: dict[str, Any]) -> bytes:
    """Return the bytes of a row, by whichever name its corpus has them."""
    if "b64" in row:
        return base64.b64decode(row["b64"])
    if "parts" in row:
        text = "".join(part * times for part, times in row["parts"])
    else:
        text = next(str(row[k]) for k in ("markdown", "payload", "text", "value") if k in row)
    if "fence" in row:
        text = f"```{row['fence']}\n{text}\n```\n"
    return text.encode("utf-8", "surrogatepass")


def some(items: Sequence[T], most: int) -> Sequence[T]:
    """Return all of `items`, or at most about `most` of them, evenly spread."""
    return items if WHOLE else items[:: max(1, len(items) // most)]
