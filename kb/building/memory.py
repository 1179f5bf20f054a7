"""How Python looks after memory while a build works."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected(*, last: bool = False) -> Iterator[None]:
    """Keep Python from looking for circles among values that have none.

    What a `last` block leaves is never looked through either: it lives as long as the process.

    A build holds millions of small values; looking through them again and again takes longer than
    reading them (ten times as long, for a memo of 1,400 notes).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if last:
                gc.freeze()
            gc.enable()
