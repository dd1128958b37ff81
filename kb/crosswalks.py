"""Crosswalks from our data types to the lists of others: the provisions of 2021, GB/T 43697, W3C DPV.

Declared in crosswalks.yml, each with how it was made; what is not declared is not known.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

from kb.declarations import Declaration, load_declaration
from kb.law.works import load_work
from kb.vocabulary import load_data_types

PATH = Path(__file__).with_name("crosswalks.yml")
Match = Literal["exact", "broader", "narrower", "related"]


class Kind(Declaration):
    provision: str
    en: str


class Kinds(Declaration):
    title: str
    work: str
    how: str
    kinds: dict[int, Kind]


class Levels(Declaration):
    title: str
    work: str
    how: str
    certainty: str
    lists: tuple[str, ...]
    types: dict[str, Literal["core", "important", "general"]]


class Terms(Declaration):
    title: str
    how: str
    prefixes: dict[str, str]
    types: dict[str, dict[str, Match]]


class Crosswalks(Declaration):
    """Every type named is of the vocabulary; every list is a declared work."""

    provisions_2021: Kinds
    gbt_43697: Levels
    dpv: Terms

    @field_validator("gbt_43697", "dpv")
    @classmethod
    def types_are_known(cls, value: Levels | Terms) -> Levels | Terms:
        if unknown := sorted(value.types.keys() - load_data_types().keys()):
            raise ValueError(f"no data type {unknown[0]}")
        return value

    @field_validator("provisions_2021", "gbt_43697")
    @classmethod
    def works_are_declared(cls, value: Kinds | Levels) -> Kinds | Levels:
        if load_work(value.work) is None:
            raise ValueError(f"no work {value.work}")
        return value


@cache
def load_crosswalks() -> Crosswalks:
    return load_declaration(PATH, Crosswalks)


def crosswalks_of(data_type: str) -> dict[str, Any]:
    """``{"english": "unofficial", "crosswalks": [...]}``: one row for each counterpart of a data type, with list, term,
    relation and how it was decided.

    A type that is no longer in the vocabulary has none.
    """
    known = load_data_types().get(data_type)
    if known is None:
        return {"english": "unofficial", "crosswalks": []}
    walks = load_crosswalks()
    kinds, levels, dpv = walks.provisions_2021, walks.gbt_43697, walks.dpv
    rows = [
        {"list": kinds.title, "work": kinds.work, "term": kinds.kinds[kind].provision, "name": kinds.kinds[kind].en,
         "relation": "related", "how": kinds.how}
        for kind in known.kinds_of_2021
    ]  # fmt: skip
    if level := levels.types.get(data_type):
        how = f"{' '.join(levels.how.split())} ({levels.certainty})"
        rows.append({"list": levels.title, "work": levels.work, "term": level, "name": f"{level} data, by condition",
                     "relation": "by_condition", "how": how})  # fmt: skip
    for term, relation in dpv.types.get(data_type, {}).items():
        prefix, _, name = term.partition(":")
        rows.append({"list": dpv.title, "work": "", "term": term, "name": dpv.prefixes[prefix] + name,
                     "relation": relation, "how": dpv.how})  # fmt: skip
    return {"english": "unofficial", "crosswalks": rows}
