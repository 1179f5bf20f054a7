"""Bytes of a file to text: UTF-8, line ends of every kind, no control characters."""

from kb.model.finding import Finding
from kb.reading.data import CONTROL

_REPLACED = {0: "\ufffd", 11: " ", 12: " "}


def decode(data: bytes, path: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the text of `data` with `\\n` for line ends; bytes that are no UTF-8 become U+FFFD.

    A carriage return alone is a line end where the file has no other (as old Macs wrote); in other
    files it stays, since TOML forbids it.
    """
    findings: tuple[Finding, ...] = ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        text, line = _replaced(data, fault)
        findings = (_not_utf8(path, line),)
    else:
        if text.count("\0") * 3 > len(text):
            encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
            text = data.decode(encoding, "replace")
            findings = (_not_utf8(path, 1),)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\n" not in text:
            text = text.replace("\r", "\n")
    return text, findings


def _replaced(data: bytes, fault: UnicodeDecodeError) -> tuple[str, int]:
    """Return the text with what cannot be read replaced, and the line of the first such byte."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace"), 1
    before = data[: _offset(fault, data)]
    ends = before.count(b"\n") if b"\n" in data else before.count(b"\r")
    return data.decode("utf-8-sig", "replace"), ends + 1


def _offset(fault: UnicodeDecodeError, data: bytes) -> int:
    """Return where in `data` the fault is: the codec does not count a byte order mark."""
    return fault.start + len(data) - len(fault.object)


def _not_utf8(path: str, line: int) -> Finding:
    return Finding(
        "KB104",
        path,
        "the file is not UTF-8; what cannot be read is shown as \ufffd",
        line,
        hint="save it as UTF-8",
    )


def without_controls(text: str, path: str, first_line: int) -> tuple[str, tuple[Finding, ...]]:
    """Return `text` without control characters, and a finding at the first of them.

    NUL becomes U+FFFD, as CommonMark wants it; form feeds and vertical tabs become blanks, a
    carriage return a line end.
    """
    text = text.replace("\r", "\n")
    # Most text has no other signs that are not printed than these, which is told much faster.
    plain = text.replace("\n", "").replace("\t", "").isprintable()
    first = None if plain else CONTROL.search(text)
    if first is None:
        return text, ()
    line = text.count("\n", 0, first.start())
    column = first.start() - (text.rfind("\n", 0, first.start()) + 1) + 1
    cleaned, count = CONTROL.subn(lambda m: _REPLACED.get(ord(m[0]), ""), text)
    more = f", and {count - 1} more" if count > 1 else ""
    finding = Finding(
        "KB111",
        path,
        f"the control character U+{ord(first[0]):04X} was left out{more}",
        first_line + line,
        column,
        "take it out of the note",
    )
    return cleaned, (finding,)
