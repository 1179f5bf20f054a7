"""Compiled templates are taken from this person's kb alone, and only as it left them."""

import marshal
from pathlib import Path
from types import CodeType

import pytest

from kb.building.compiled import keep_compiled, read_compiled
from kb.building.memo import Memo, secret_key
from kb.model.value import encode

CODE = "this kb"


def compiled(text: str) -> CodeType:
    return compile(text, "template", "eval")


def only(folder: Path) -> Path:
    (path,) = (folder / "kb" / "templates").iterdir()
    return path


def test_what_was_kept_is_read_by_the_same_kb_alone(own_state: Path) -> None:
    keep_compiled(CODE, {}, {"a": compiled("1 + 1")})
    kept = read_compiled(CODE)
    assert eval(kept["a"]) == 2
    assert read_compiled("another kb") == {}
    keep_compiled(CODE, kept, {"b": compiled("2 + 1")})
    assert read_compiled(CODE).keys() == {"a", "b"}


def test_nothing_is_written_where_nothing_is_new(own_state: Path) -> None:
    keep_compiled(CODE, {}, {"a": compiled("1")})
    before = only(own_state).stat().st_mtime_ns
    keep_compiled(CODE, read_compiled(CODE), {"a": compiled("1")})
    assert only(own_state).stat().st_mtime_ns == before


@pytest.mark.parametrize("cut", [b"", b"x" * 40, None])
def test_what_is_damaged_is_not_read(own_state: Path, cut: bytes | None) -> None:
    keep_compiled(CODE, {}, {"a": compiled("1")})
    path = only(own_state)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if cut is None else cut)
    assert read_compiled(CODE) == {}


def test_what_another_key_seals_is_not_read(own_state: Path) -> None:
    keep_compiled(CODE, {}, {"a": compiled("1")})
    name = f"templates/{only(own_state).name}"
    planted = encode({"a": marshal.dumps(compiled("planted"))})
    Memo(own_state / "kb", b"another" * 4).put(name, planted)
    assert read_compiled(CODE) == {}


def test_templates_that_are_no_code_are_not_read(own_state: Path) -> None:
    keep_compiled(CODE, {}, {"a": compiled("1")})
    name = f"templates/{only(own_state).name}"
    for wrong in (b"no message", encode({"a": b"no code"}), encode({"a": b""})):
        Memo(own_state / "kb", secret_key()).put(name, wrong)
        assert read_compiled(CODE) == {}
