"""YAML (https://yaml.org/spec/1.1/): data, the place of every key, and faults as values.

Only the node graph is taken from PyYAML; values are made here. So no tag can make an object, an
alias cannot blow up, an impossible date stays text, and every key knows where it stands.
"""

import datetime as dt
import math
from typing import Any

import yaml

from kb.model.pattern import Pattern
from kb.reading.data import Data, Fault

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_NODES = 20_000
_DEEPEST = 60
_DATE = Pattern(r"\d{4}-\d\d-\d\d\Z")
_INTEGER = Pattern(r"[-+]?\d{1,18}\Z")
_TRUE = frozenset({"true", "yes", "on"})
_PREFIX = "tag:yaml.org,2002:"


class _TooMuch(Exception):
    """The document has a shape that is not read; carries the node and the reason."""

    def __init__(self, node: yaml.Node, reason: str) -> None:
        super().__init__(reason)
        self.node = node


def read_yaml(text: str) -> Data:
    """Return what `text` says. Never raises. A document that is no mapping has no values."""
    try:
        too_much = _too_much(text)
        if too_much is not None:
            return Data(faults=(too_much,))
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        if fault.context_mark is not None and mark is not None and _is_end(text, mark):
            mark = fault.context_mark  # where the quote or bracket opens that nothing closes
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 0)
        return Data(faults=(Fault(line, column, fault.problem or "this is not YAML"),))
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        return Data(faults=(Fault(line, 0, "a character that YAML does not allow"),))
    except (yaml.YAMLError, RecursionError, ValueError) as fault:
        return Data(faults=(Fault(1, 0, str(fault).split("\n")[0] or "nested too deeply"),))
    if node is None:
        return Data()
    if not isinstance(node, yaml.MappingNode):
        return Data(faults=(Fault(node.start_mark.line + 1, 1, "`key: value` lines expected"),))
    reading = _Reading()
    try:
        values = reading.value(node, "", 0)
    except _TooMuch as fault:
        mark = fault.node.start_mark
        return Data(faults=(Fault(mark.line + 1, mark.column + 1, str(fault)),))
    return Data(values, reading.places, reading.raw, tuple(reading.faults))


def _is_end(text: str, mark: yaml.Mark) -> bool:
    rest = "\n".join(text.split("\n")[mark.line :])
    return not rest[mark.column :].strip()


def _too_much(text: str) -> Fault | None:
    """Return a fault where `text` is too deep to be composed, which recurses in C, unlimited."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or number > 2 * _MOST_NODES:
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 0)
            return Fault(line, column, "too many or too deeply nested values")
    return None


class _Reading:
    """Makes the values of one document."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[int, int]] = {}
        self.raw: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._nodes = 0

    def value(self, node: yaml.Node, name: str, depth: int) -> Any:
        """Return the value of `node`, which stands under the dotted `name`."""
        self._nodes += 1
        if self._nodes > _MOST_NODES or depth > _DEEPEST:
            raise _TooMuch(node, "too many or too deeply nested values")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, name, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(item, f"{name}.{index}", depth + 1)
                for index, item in enumerate(node.value)
            ]
        if not isinstance(node, yaml.ScalarNode):
            raise _TooMuch(node, "a value of an unknown shape")
        if not node.style:  # no quotes: None or '', depending on the loader
            self.raw[name] = node.value
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, name: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = key_node.start_mark
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(mark.line + 1, mark.column + 1, "a key must be one word"))
                continue
            if key_node.tag == _PREFIX + "merge":
                merged = self.value(value_node, name, depth + 1)
                for part in merged if isinstance(merged, list) else [merged]:
                    if isinstance(part, dict):
                        values = {**part, **values}
                continue
            key = key_node.value
            dotted = f"{name}.{key}" if name else key
            if dotted in self.places:
                self.faults.append(
                    Fault(mark.line + 1, mark.column + 1, f"the key `{key}` is there twice")
                )
            self.places[dotted] = (mark.line + 1, mark.column + 1)
            values[key] = self.value(value_node, dotted, depth + 1)
        return values


def _scalar(node: yaml.ScalarNode) -> Any:
    """Return a scalar by the type that YAML resolves it to; what fits no type stays text."""
    kind = str(node.tag).removeprefix(_PREFIX)
    text = str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int":
        return int(text) if _INTEGER.match(text) else text
    if kind == "float":
        try:
            number = float(text.replace("_", ""))
        except ValueError:
            return text
        return number if math.isfinite(number) else text
    if kind == "timestamp" and _DATE.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text
