"""argv → calls → exit code; the only floor that prints."""

import os
import sys
from types import TracebackType

from kb.building.memory import uncollected

with uncollected(last=True):
    from kb.cli.app import ReaderGone, run
    from kb.cli.refusal import FINDINGS, FINE, INTERRUPTED

__all__ = ["main"]


def main() -> int:
    """Run the command that the process was started with; return its exit code.

    Where all went as it should, the process ends here: to give back one by one the millions of
    values that a build holds takes longer than many a build.
    """
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        _say("kb: interrupted")
        return INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        # Nothing is wrong, and nothing more can be said: not even by Python at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        _say(f"kb: {where}{fault.strerror or fault}")
        return FINDINGS
    except Exception as fault:  # noqa: BLE001 - a fault of kb's own is one line, too
        if os.environ.get("KB_TRACE"):
            sys.__excepthook__(type(fault), fault, fault.__traceback__)
        where = _innermost(fault.__traceback__)
        _say(f"kb: internal fault: {type(fault).__name__}: {fault} ({where})")
        _say("    This is an error in kb; KB_TRACE=1 shows where it comes from.")
        return FINDINGS
    os._exit(code)


def _innermost(trace: TracebackType | None) -> str:
    """Return where a fault was raised; the library that tells it costs each start 3 ms."""
    where = ""
    while trace is not None:
        where = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return where


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
