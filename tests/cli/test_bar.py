"""A bar for long work on a terminal, and for nobody else."""

import io
import sys
import threading

import pytest

from kb.cli import bar
from kb.cli.bar import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, hidden: bool = False) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(bar, "_BETWEEN", -1.0)
    with Bar(hidden=hidden) as one:
        for number in range(10):
            one.advance("read", number, 10)
            assert threading.active_count() == 1  # or work could not go to other processes
    return stream.getvalue()


def test_long_work_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar, "_AFTER", -1.0)
    assert "Reading notes" in shown(monkeypatch, Terminal())


def test_quick_work_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal()) == ""


def test_nobody_looks_at_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar, "_AFTER", -1.0)
    assert shown(monkeypatch, io.StringIO()) == ""
    assert shown(monkeypatch, Terminal(), hidden=True) == ""
