"""What is wrong with a schedule as a whole: nothing of it is used."""


class ScheduleFault(Exception):
    """A file that cannot be used as a schedule; `str()` is one line for a person."""

    def __init__(self, message: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        """How to mend it, in one line."""
        self.line = line
        """1-based; 0 where the whole file is meant."""
        self.column = column
