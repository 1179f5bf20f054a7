"""Let atheris look for bytes that break a target: `python -m tests.fuzz NAME SECONDS [FOLDER]`.

What is new is kept in FOLDER, the corpus; what breaks the target is written beside it, as
FOLDER/NAME-crash-…. Ends with 0 when nothing was found, else with another number and the reason.
"""

import hashlib
import sys
from pathlib import Path

import atheris

LONGEST = {"note": 3000, "query": 600, "request": 2000, "import": 3000, "schedule": 4000}
"""Bytes of an input at most."""
SLOW = 20
"""Seconds of the clock after which an input hangs; instrumented code is several times slower."""

with atheris.instrument_imports(
    include=[
        "kb",
        "markdown_it",
        "mdit_py_plugins",
        "tomli",
        "yaml",
        "tomlkit",
        "icalendar",
        "tests.fuzz.targets",
    ]
):
    from tests.fuzz.seeds import PIECES, SEEDS
    from tests.fuzz.targets import TARGETS_BY_NAME


def _escaped(piece: bytes) -> str:
    return "".join(rf"\x{byte:02x}" for byte in piece)


def main(name: str, seconds: int, folder: Path) -> None:
    """Fuzz the target `name` for `seconds`; does not return."""
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[name]:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = folder / f"{name}.dict"
    words.write_text("".join(f'"{_escaped(piece)}"\n' for piece in PIECES[name]))
    options = [
        sys.argv[0],
        f"-dict={words}",
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST[name]}",
        f"-timeout={SLOW}",
        f"-artifact_prefix={folder}/{name}-",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup(options, TARGETS_BY_NAME[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else "build/fuzz"))
