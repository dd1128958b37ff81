"""Strict YAML → pydantic: what is not understood is refused, with file, line, key and reason.

Owns the reading of declarations; knows nothing of what they declare.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from kb.errors import DeclarationError
from kb.plain_values import NoValues, load_yaml

LARGEST = 20_000_000  # bytes of one declaration; what is larger was never written by a person


class Declaration(BaseModel):
    """Base of everything declared in YAML: unknown keys are errors, values are not changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


D = TypeVar("D", bound=BaseModel)
_KEYS = {"extra_forbidden": "no such key", "missing": "is missing"}


def load_declaration(path: Path, kind: type[D]) -> D:
    """Read one YAML file as ``kind``. Raises DeclarationError with one line for the first fault."""
    try:
        if path.stat().st_size > LARGEST:
            raise DeclarationError(f"{path}: larger than {LARGEST:,} bytes: put the right file back")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return parse_declaration(text, kind, path)


def parse_declaration(text: str, kind: type[D], path: Path) -> D:
    try:
        data = load_yaml(text, strict=True)
    except NoValues as error:
        raise DeclarationError(f"{path}:{f'{error.line}:' if error.line else ''} {error}") from error
    try:
        return kind.model_validate(data if data is not None else {})
    except ValidationError as error:
        first, *others = error.errors()
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        keys = [_said(fault) for fault in others if fault["type"] in _KEYS]  # a key misspelt is one missing, too
        told = "; ".join([_said(first), *keys[:3]])
        raise DeclarationError(f"{path}:{_line_of(node, first['loc'])}: {told}") from error


def _said(fault: ErrorDetails) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "(top)"
    return f"{key}: {_KEYS.get(fault['type']) or fault['msg'].removeprefix('Value error, ')}"


def _line_of(node: yaml.Node | None, place: tuple[Any, ...]) -> int:
    """The line where ``place`` stands, or the nearest enclosing key that exists."""
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
