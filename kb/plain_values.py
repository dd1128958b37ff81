"""JSON and YAML that others wrote → plain values, or one ValueError that says why not. Knows nothing of their shape.

The libraries alone are not enough: JSON that is nested too deeply raises RecursionError, YAML so nested ends the whole
process, and a few lines of YAML aliases stand for more values than there is memory as soon as somebody prints them.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

DEEPEST = 5_000  # levels; PyYAML's C code needs some 300 bytes of stack for each
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
MOST = 1_000_000  # values, once every alias is spelled out


class NoValues(ValueError):
    """``line`` is where the fault stands, as far as it is known. The words are one line."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(" ".join(why.split()))
        self.line = line


def load_json(data: str | bytes) -> Any:
    """Half of a character (a title cut in two) becomes U+FFFD, as in any other text. Raises NoValues."""
    try:
        value = json.loads(data)
        if _HALF.search(data if isinstance(data, bytes) else data.encode("utf-8", "replace")):
            plain = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
            value = json.loads(plain.decode("utf-16", "replace"))
        return value
    except json.JSONDecodeError as error:
        raise NoValues(f"not JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise NoValues("not JSON: it is nested too deeply") from error
    except ValueError as error:  # no text, or a number of thousands of digits
        raise NoValues(f"cannot be read: {error}") from error


class _Strict(yaml.CSafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{key.value} is there twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_yaml(text: str | bytes, *, strict: bool = False) -> Any:
    """One document, by the safe loader. ``strict``: a key that is there twice is refused, where YAML would let the
    second win in silence. Raises NoValues."""
    try:
        if _may_be_deep(text):
            _check_depth(text)
        loader = (_Strict if strict else yaml.CSafeLoader)(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            if _has_aliases(text):
                _check_size(node)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NoValues(f"not YAML: {error.problem}", line) from error
    except RecursionError as error:
        raise NoValues("not YAML: it is nested too deeply") from error
    except NoValues:
        raise
    except (yaml.YAMLError, ValueError) as error:  # control characters, dates that are none, numbers without end
        raise NoValues(f"cannot be read: {error}") from error


def _has_aliases(text: str | bytes) -> bool:
    return b"*" in text and b"&" in text if isinstance(text, bytes) else "*" in text and "&" in text


def _may_be_deep(text: str | bytes) -> bool:
    """A level takes a bracket, or a column more than the line above."""
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(data) <= DEEPEST:
        return False
    return data.count(b"[") + data.count(b"{") + max(map(len, data.splitlines())) > DEEPEST


def _check_depth(text: str | bytes) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise NoValues("not YAML: it is nested too deeply", _line(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _check_size(root: yaml.Node) -> None:
    """Every node is looked at once; one that stands in itself never ends, and none may stand for more than MOST."""
    sizes: dict[int, int] = {}  # 0 while what is below is being counted
    waiting = [root]
    while waiting:
        node = waiting[-1]
        below = _below(node)
        if id(node) not in sizes:
            sizes[id(node)] = 0
            if any(sizes.get(id(one)) == 0 for one in below):
                raise NoValues("not YAML: an alias stands in what it names", _line(node))
            waiting += [one for one in below if id(one) not in sizes]
            continue
        waiting.pop()
        if not sizes[id(node)]:
            sizes[id(node)] = 1 + sum(sizes[id(one)] for one in below)
        if sizes[id(node)] > MOST:
            raise NoValues(f"not YAML: its aliases stand for more than {MOST:,} values", _line(node))


def _line(place: Any) -> int | None:
    return place.start_mark.line + 1 if place.start_mark else None


def _below(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [one for pair in node.value for one in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
