"""Templates as they were compiled, so that a build that makes ten pages need not compile them.

They are code, so they are never taken from a site's folder, which may be somebody else's work: they
lie beside this person's key, and are sealed by it.
"""

import contextlib
import marshal
from collections.abc import Mapping
from types import CodeType

from kb.building.files import FileFault
from kb.building.memo import Memo, own_folder, secret_key
from kb.model.value import digest, encode

_FOLDER = "templates"
_MOST = 200
"""Templates that are kept at most: whoever writes a theme changes one a hundred times."""
_OTHERS = 3
"""Files of other kbs (or Pythons) that are kept, too."""


def read_compiled(code: str) -> Mapping[str, CodeType]:
    """Return the templates that the kb with this `code_stamp` has compiled, by their keys."""
    kept = _memo().value(_name(code), dict[str, bytes]) or {}
    try:
        return {key: marshal.loads(one) for key, one in kept.items()}  # noqa: S302 - sealed by us
    except (ValueError, EOFError, TypeError):  # of another kb, whatever it was
        return {}


def keep_compiled(code: str, known: Mapping[str, CodeType], used: Mapping[str, CodeType]) -> None:
    """Keep the templates that were `used` besides those that were `known`, if there is a new one.

    Where the disk does not take them, the next build compiles them again.
    """
    if used.keys() <= known.keys():
        return
    found = [*((key, one) for key, one in known.items() if key not in used), *used.items()]
    kept = {key: marshal.dumps(one) for key, one in found[-_MOST:]}
    memo = _memo()
    with contextlib.suppress(FileFault, OSError):
        memo.put(_name(code), encode(kept))
        memo.keep_only(_FOLDER, frozenset({_name(code).rpartition("/")[2]}), besides=_OTHERS)


def _memo() -> Memo:
    return Memo(own_folder(), secret_key())


def _name(code: str) -> str:
    return f"{_FOLDER}/{digest(code)[:16]}"
