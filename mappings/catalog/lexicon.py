"""The lexicon (lexicon.yml): which words of tables and columns speak for which data type, and which speak against.

Owns its form and its compiled state. Deciding what a field is belongs to ``match``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field as Key
from pydantic import model_validator

from kb.declarations import Declaration, load_declaration
from kb.errors import DeclarationError
from kb.identity import content_id
from kb.vocabulary import load_data_types
from mappings.catalog.forms import Find, Form, form_finder
from mappings.catalog.terms import Splitter, has_chinese, phrases_in, raw_words

PATH = Path(__file__).with_name("lexicon.yml")
ENGINE = "4"  # raise when match.py decides otherwise on the same words
Scope = Literal["column", "path", "description", "type"]
_RULE_PARTS = ("words", "needs", "unless")
_AS_TABLE = {"fits", "blocks", "alone"}
_TABLE_PARTS = ("words", "needs", "unless", "keeps", "drops")


class Rule(Declaration):
    """Words that speak for a data type.

    ``only``: where they are looked for, ``type`` being the column's type (``GeoPoint``); Chinese words of a description
    count as the column's, since a Chinese comment usually is its name. ``needs``: one of these must stand in the path,
    type or description. ``unless``: none of these may stand in the path. ``tables``, ``not_tables``: kinds of table or
    forms of column it holds in or does not. ``always``: even for a column that looks like bookkeeping.
    """

    words: tuple[str, ...]
    weight: float = Key(gt=0, le=1)
    only: tuple[Scope, ...] = ("column",)
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    not_tables: tuple[str, ...] = ()
    always: bool = False

    @model_validator(mode="after")
    def _short_words_match_columns_only(self) -> Rule:
        # One short word in a path floods a whole catalog: a file name with "cad" in it hit 2,697 signals.
        if "path" in self.only and (short := [w for w in self.words if len(w) < 4 and not has_chinese(w)]):
            raise ValueError(f"{short[0]!r} has fewer than four letters: it may match the column only")
        return self

    @cached_property
    def version(self) -> str:
        """Changes when the rule does, and with it every decision that may be looked at again."""
        return content_id(ENGINE, self.model_dump(mode="json"))


class Table(Declaration):
    """A kind of table, found by its words, or by its columns: a phrase of each of ``siblings`` in the names of some.

    ``gives``: the type of its columns that no rule claims and that are no bookkeeping; with ``also``, of those that a
    rule claims too. ``keeps``: columns that are no bookkeeping here. ``drops``: columns that say nothing here.
    ``blocks``: types that no column of it has. ``fits``: types that it makes surer. ``alone``: other kinds found with
    it give nothing, but for those that are ``also``; its columns stand by their own words.
    """

    words: tuple[str, ...]
    siblings: tuple[tuple[str, ...], ...] = ()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    gives: str | None = None
    weight: float = Key(default=0.6, gt=0, le=1)
    keeps: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    alone: bool = False
    also: bool = False

    @cached_property
    def version(self) -> str:
        return content_id(ENGINE, self.model_dump(mode="json"))


class Bookkeeping(Declaration):
    """Columns that hold no data of interest: the whole name, its last words, or any word of it; ``never``: whole names
    that say nothing whatever stands around them."""

    whole: tuple[str, ...]
    ends: tuple[str, ...]
    any: tuple[str, ...]
    never: tuple[str, ...]


class Lexicon(Declaration):
    abbreviations: dict[str, str]
    generic: tuple[str, ...]
    attribute: tuple[str, ...]
    modifiers: tuple[str, ...]
    hollow: tuple[str, ...]
    bookkeeping: Bookkeeping
    forms: dict[str, Form]
    tables: dict[str, Table]
    types: dict[str, dict[str, Rule]]

    @cached_property
    def splitter(self) -> Splitter:
        return Splitter(self.abbreviations, {word for phrase in self._written for word in raw_words(phrase)})

    @cached_property
    def rules(self) -> dict[str, list[tuple[str, str, Rule]]]:
        """Phrase → the (data type, rule id, rule) that it speaks for; phrases in the form of ``key``."""
        index: dict[str, list[tuple[str, str, Rule]]] = {}
        for data_type, rules in self.types.items():
            for name, rule in rules.items():
                keyed = rule.model_copy(update={part: self.keys(getattr(rule, part)) for part in _RULE_PARTS})
                for phrase in keyed.words:
                    index.setdefault(phrase, []).append((data_type, f"{data_type}/{name}", keyed))
        return index

    @cached_property
    def kinds(self) -> dict[str, Table]:
        """Kinds of table by id, phrases in the form of ``key``."""
        return {
            name: table.model_copy(
                update={part: self.keys(getattr(table, part)) for part in _TABLE_PARTS}
                | {"siblings": tuple(map(self.keys, table.siblings))}
            )
            for name, table in self.tables.items()
        }

    @cached_property
    def _forms(self) -> tuple[Find, dict[str, Table]]:
        tables = {name: Table(words=(), **one.model_dump(include=_AS_TABLE)) for name, one in self.forms.items()}
        return form_finder(self.forms, self.keys), tables

    def forms_of(self, type: str, unit: str, name: str) -> dict[str, Table]:
        """The forms of a column by type, unit and name (as ``key``), each as a kind of table of that one column."""
        find, tables = self._forms
        return {form: tables[form] for form in find(type, unit, name)}

    @cached_property
    def noise(self) -> Bookkeeping:
        parts = ("whole", "ends", "any", "never")
        return self.bookkeeping.model_copy(update={part: self.keys(getattr(self.bookkeeping, part)) for part in parts})

    @cached_property
    def bare(self) -> frozenset[str]:
        """Words that name nothing by themselves, but the very thing that stands before them: its value, its maximum."""
        return frozenset(self.keys(self.generic))

    @cached_property
    def vague(self) -> frozenset[str]:
        """Words that name nothing by themselves, those of a mere attribute among them: its status, its type."""
        return self.bare | frozenset(self.keys(self.attribute))

    @cached_property
    def _passed_over(self) -> frozenset[str]:
        return frozenset(self.keys(self.modifiers))

    @cached_property
    def nothing(self) -> frozenset[str]:
        """Words of a dataset's name that say nothing of its columns."""
        return frozenset(self.keys(self.hollow))

    @cached_property
    def spelling(self) -> dict[str, str]:
        """Phrases as the file writes them, by their ``key``; the key itself where the file has it."""
        written = {self.key(phrase): phrase for phrase in sorted(self._written, reverse=True)}
        return {key: key if key in self._written else phrase for key, phrase in written.items()}

    def key(self, phrase: str) -> str:
        """A phrase in the form in which names are compared; Chinese stays as it is."""
        return phrase if has_chinese(phrase) else " ".join(self.splitter.split(phrase))

    def keys(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(self.key, phrases)))

    def find(self, text: str) -> set[str]:
        """Every phrase of the lexicon that occurs in a name or text; the parts of a path may make one together, and a
        modifier may stand within it: the wheel speed of ``wheel_rear_left_speed``."""
        words = tuple(word for part in text.split(".") for word in self.splitter.split(part))
        found = set(self._phrases_in(words))
        if not self._passed_over.isdisjoint(words):
            found |= self._phrases_in(tuple(word for word in words if word not in self._passed_over))
        if has_chinese(text):
            found |= {phrase for phrase in self._chinese if phrase in text}
        return found

    @cached_property
    def _phrases_in(self) -> Callable[[tuple[str, ...]], frozenset[str]]:
        """Names of large catalogs repeat: what the same words hold is looked for once."""
        return lru_cache(maxsize=200_000)(lambda words: frozenset(phrases_in(words, self._phrases)))

    @cached_property
    def _written(self) -> frozenset[str]:
        """Every phrase of the file as it is written there."""
        rules = [rule for rules in self.types.values() for rule in rules.values()]
        noise = self.bookkeeping
        groups = [self.generic, self.attribute, self.hollow, noise.whole, noise.ends, noise.any, noise.never]
        groups += [getattr(rule, part) for rule in rules for part in _RULE_PARTS]
        groups += [getattr(table, part) for table in self.tables.values() for part in _TABLE_PARTS]
        groups += [group for table in self.tables.values() for group in table.siblings]
        return frozenset(phrase for group in groups for phrase in group)

    @cached_property
    def _phrases(self) -> frozenset[str]:
        return frozenset(self.key(phrase) for phrase in self._written if not has_chinese(phrase))

    @cached_property
    def _chinese(self) -> tuple[str, ...]:
        return tuple(phrase for phrase in self._written if has_chinese(phrase))


@cache
def load_lexicon(path: Path = PATH) -> Lexicon:
    """The lexicon, checked against the vocabulary. Raises DeclarationError for a type or kind of table nobody has."""
    lexicon = load_declaration(path, Lexicon)
    known = load_data_types()
    named = {*lexicon.types} | {t.gives for t in lexicon.tables.values() if t.gives}
    kinds: dict[str, Table | Form] = {**lexicon.tables, **lexicon.forms}
    if double := sorted(lexicon.tables.keys() & lexicon.forms.keys()):
        raise DeclarationError(f"{path}: forms: {double[0]} is a kind of table, too")
    named |= {type for kind in kinds.values() for type in (*kind.blocks, *kind.fits)}
    if unknown := sorted(named - set(known)):
        raise DeclarationError(f"{path}: types: {unknown[0]} is no data type of the vocabulary")
    tables = {
        t for rules in lexicon.types.values() for rule in rules.values() for t in (*rule.tables, *rule.not_tables)
    }
    if unknown := sorted(tables - kinds.keys()):
        raise DeclarationError(f"{path}: tables: {unknown[0]} is no kind of table or form declared here")
    words = [word for rules in lexicon.types.values() for rule in rules.values() for word in rule.words]
    words += [word for table in lexicon.tables.values() for word in table.words]
    if letters := [word for word in words if len(lexicon.key(word)) < 2]:
        raise DeclarationError(f"{path}: words: {letters[0]!r} is but a letter, digits apart: it would match anything")
    return lexicon
