"""What a spreadsheet makes of text."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def no_formula(text: str) -> str:
    """Return `text` for a cell of a table, with a mark before what would be taken for a formula.

    Notes are not to be trusted, and a formula can start programs.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
