"""Words for people, on stderr: plain where nobody looks, coloured on a terminal."""

import os
import sys
from collections.abc import Iterable
from typing import TextIO

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
SEVERITIES = {"error": "red", "warning": "yellow", "hint": "cyan"}
"""The worst first, each with its style."""


def coloured(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal whose owner wants colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, *names: str, stream: TextIO) -> str:
    """Return `text` in the styles `names`, where `stream` shows any."""
    if not coloured(stream):
        return text
    return f"\033[{';'.join(_STYLES[name] for name in names)}m{text}\033[0m"


def printable(text: str) -> str:
    """Return `text` without what would move the cursor or hide words on a terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def say(text: str = "", *names: str) -> None:
    """Tell a person something, in the styles `names`."""
    shown = printable(text)
    sys.stderr.write(f"{styled(shown, *names, stream=sys.stderr) if names else shown}\n")


def say_all(lines: Iterable[tuple[str, str]]) -> None:
    """Tell a person many things at once, each with its style: stderr would send off each line."""
    shown = (styled(printable(text), style, stream=sys.stderr) for text, style in lines)
    sys.stderr.write("".join(f"{line}\n" for line in shown))


def many(count: int, what: str) -> str:
    """Return how many there are of `what`, in words."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def fail(message: str, hint: str = "") -> None:
    """Tell a person why something is not done, and what to do about it."""
    sys.stderr.write(f"{styled('kb:', 'red', 'bold', stream=sys.stderr)} {printable(message)}\n")
    if hint:
        sys.stderr.write(f"    {printable(hint)}\n")


def put(text: str) -> None:
    """Print data; a terminal gets no control characters."""
    sys.stdout.write(f"{printable(text) if sys.stdout.isatty() else text}\n")


def emit(data: bytes) -> None:
    """Print a whole file of text as it is; a terminal gets no control characters."""
    if sys.stdout.isatty():
        sys.stdout.write(printable(data.decode("utf-8", "replace").replace("\r\n", "\n")))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
