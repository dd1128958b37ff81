"""The keys under which facts are asked and answered, and which of them a condition asks for (measure_keys.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kb.model import Condition

if TYPE_CHECKING:
    from kb.packs_form import DeclaredKey

PATH = Path(__file__).with_name("measure_keys.yml")
Of = Literal["item", "route"]


@dataclass(frozen=True)
class Key:
    """``zh`` and ``en`` are the question; ``counsel`` what to ask a lawyer, where words alone do not decide."""

    key: str
    kind: Literal["truth", "number", "words", "word"]
    about: Literal["entity", "gate", "transfer", "volume", "filing", "derived"]
    zh: str
    en: str
    counsel: tuple[str, str] | None = None


@cache
def load_keys() -> dict[str, Key]:
    return {
        k.key: Key(k.key, k.kind, k.about, k.zh, k.en, (k.counsel.zh, k.counsel.en) if k.counsel else None)
        for k in _declared()
    }


def key_of(condition: Condition, of: Of) -> str | None:
    """The key of a leaf, by its own name in a rule pack or by measure and qualifier as read from a text; else None."""
    return _key_of(condition.measure or "", condition.qualifier, of)


@cache
def _key_of(measure: str, qualifier: str | None, of: Of) -> str | None:
    fitting = [k for k in _declared() if measure in k.measures and k.of in (None, of)]
    for wanted in (qualifier, None):
        for k in fitting:
            if k.qualifier == wanted and (wanted or k.of == of or k.of is None):
                return k.key
    return measure if measure in load_keys() else None


@cache
def _declared() -> tuple[DeclaredKey, ...]:
    from kb.declarations import load_declaration
    from kb.packs_form import DeclaredKeys

    return load_declaration(PATH, DeclaredKeys).keys
