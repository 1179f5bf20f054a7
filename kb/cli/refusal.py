"""A command that cannot do what it was asked for."""

import click

FINE, FINDINGS, USAGE, HELD, INTERRUPTED = 0, 1, 2, 75, 130
"""Exit codes: all is well; something is wrong with the notes, or could not be done; wrong usage or
configuration; another build holds the lock; Ctrl-C."""


class Refusal(click.ClickException):
    """One line (or more, the hint), and the exit code in `code`."""

    def __init__(self, message: str, code: int = FINDINGS) -> None:
        super().__init__(message)
        self.code = code
