"""The rules of deduction (deductions.yml): their form, and what they may name. Applying them is ``deduction``'s."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from kb.declarations import Declaration, load_declaration
from kb.errors import DeclarationError
from kb.identity import content_id
from kb.vocabulary import load_data_types

PATH = Path(__file__).with_name("deductions.yml")


class Pattern(Declaration):
    """Columns with one of: a linked data type, a phrase of their name or Chinese comment, a column type, a unit."""

    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    column_types: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Rule(Declaration):
    """``here`` and ``there`` list ingredients, each with its alternatives; ``gives`` is a data type or nothing that
    the vocabulary has a name for; ``by``: the keys that can bring what is missing, all when empty."""

    name_zh: str
    name_en: str
    reveals: Literal["geographic", "infrastructure", "behavioural"]
    gives: str | None
    here: tuple[tuple[str, ...], ...]
    there: tuple[tuple[str, ...], ...] = ()
    by: tuple[str, ...] = ()


class Deductions(Declaration):
    """An ingredient has several ways, a way several columns that are all needed."""

    ingredients: dict[str, tuple[tuple[Pattern, ...], ...]]
    keys: dict[str, Pattern]
    rules: dict[str, Rule]

    @cached_property
    def phrases(self) -> frozenset[str]:
        patterns = [p for ways in self.ingredients.values() for way in ways for p in way] + list(self.keys.values())
        return frozenset(phrase for pattern in patterns for phrase in (*pattern.words, *pattern.unless))

    def version(self, rule: str) -> str:
        """Changes with the rule and with the ingredients it names."""
        declared = self.rules[rule]
        names = sorted({name for part in (*declared.here, *declared.there) for name in part})
        ways = [[p.model_dump(mode="json") for way in self.ingredients[name] for p in way] for name in names]
        return content_id(declared.model_dump(mode="json"), ways)


@cache
def load_deductions(path: Path = PATH) -> Deductions:
    """The rules, checked. Raises DeclarationError for an ingredient or data type that nobody declares."""
    declared = load_declaration(path, Deductions)
    named = {name for rule in declared.rules.values() for part in (*rule.here, *rule.there) for name in part}
    types = {rule.gives for rule in declared.rules.values() if rule.gives}
    types |= {t for ways in declared.ingredients.values() for way in ways for p in way for t in p.types}
    if unknown := sorted(named - set(declared.ingredients)):
        raise DeclarationError(f"{path}: rules: {unknown[0]} is no ingredient declared here")
    if unknown := sorted({key for rule in declared.rules.values() for key in rule.by} - set(declared.keys)):
        raise DeclarationError(f"{path}: rules: {unknown[0]} is no key declared here")
    if unknown := sorted(types - set(load_data_types())):
        raise DeclarationError(f"{path}: {unknown[0]} is no data type of the vocabulary")
    return declared
