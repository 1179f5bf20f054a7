"""A command that cannot do what it was asked for."""

import click


class Refusal(click.ClickException):
    """One line (or more, the hint), and the exit code in `code`."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
