"""The lexicon (words/): which words of tables and columns speak for which data type, and which speak against.

Owns reading the folder, a file for each data type and four for what they share, and its compiled state. Deciding what a
field is belongs to ``match``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from kb.declarations import load_declaration
from kb.errors import DeclarationError
from kb.vocabulary import load_data_types
from mappings.catalog.forms import Find, Form, form_finder
from mappings.catalog.rule import Bookkeeping, Forms, Names, Rule, Rules, Table, Tables
from mappings.catalog.terms import Splitter, has_chinese, phrases_in, raw_words

PATH = Path(__file__).with_name("words")
_RULE_PARTS = ("words", "needs", "unless")
_AS_TABLE = {"fits", "blocks", "alone"}
_TABLE_PARTS = ("words", "needs", "unless", "keeps", "drops")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """``types``: rules by name, by data type."""

    names: Names
    bookkeeping: Bookkeeping
    forms: Mapping[str, Form]
    tables: Mapping[str, Table]
    types: Mapping[str, Mapping[str, Rule]]

    @cached_property
    def splitter(self) -> Splitter:
        return Splitter(self.names.abbreviations, {word for phrase in self._written for word in raw_words(phrase)})

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
    def speaking(self) -> dict[str, frozenset[str]]:
        """Data type → phrases by which a column's name speaks for it in whatever table."""
        found: dict[str, set[str]] = {}
        for phrase, rules in self.rules.items():
            for data_type, _, rule in rules:
                if "column" in rule.only and not rule.tables:
                    found.setdefault(data_type, set()).add(phrase)
        return {data_type: frozenset(phrases) for data_type, phrases in found.items()}

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
        return frozenset(self.keys(self.names.generic))

    @cached_property
    def vague(self) -> frozenset[str]:
        """Words that name nothing by themselves, those of a mere attribute among them: its status, its type."""
        return self.bare | frozenset(self.keys(self.names.attribute))

    @cached_property
    def passed_over(self) -> frozenset[str]:
        """Words that may stand within a phrase without changing what it means."""
        return frozenset(self.keys(self.names.modifiers))

    @cached_property
    def little(self) -> frozenset[str]:
        """Words that a name may have beside a phrase and still be called nothing but that."""
        return self.bare | self.passed_over

    @cached_property
    def nothing(self) -> frozenset[str]:
        """Words of a dataset's name that say nothing of its columns."""
        return frozenset(self.keys(self.names.hollow))

    @property
    def of_something(self) -> tuple[str, ...]:
        """What a Chinese comment ends with that names an attribute: 类型, 阈值."""
        return self.names.of_something

    @cached_property
    def spelling(self) -> dict[str, str]:
        """Phrases as the files write them, by their ``key``; the key itself where the files have it."""
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
        if not self.passed_over.isdisjoint(words):
            found |= self._phrases_in(tuple(word for word in words if word not in self.passed_over))
        if has_chinese(text):
            found |= {phrase for phrase in self._chinese if phrase in text}
        return found

    @cached_property
    def _phrases_in(self) -> Callable[[tuple[str, ...]], frozenset[str]]:
        """Names of large catalogs repeat: what the same words hold is looked for once."""
        return lru_cache(maxsize=200_000)(lambda words: frozenset(phrases_in(words, self._phrases)))

    @cached_property
    def _written(self) -> frozenset[str]:
        """Every phrase of the files as it is written there."""
        rules = [rule for rules in self.types.values() for rule in rules.values()]
        names, noise = self.names, self.bookkeeping
        groups = [names.generic, names.attribute, names.hollow, noise.whole, noise.ends, noise.any, noise.never]
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
def load_lexicon(folder: Path = PATH) -> Lexicon:
    """The lexicon, checked against the vocabulary. Raises DeclarationError for a type or kind of table nobody has."""
    known, types = load_data_types(), {}
    for path in sorted((folder / "types").glob("*.yml")):
        if path.stem not in known:
            raise DeclarationError(f"{path}: {path.stem} is no data type of the vocabulary")
        types[path.stem] = load_declaration(path, Rules).root
    lexicon = Lexicon(
        load_declaration(folder / "names.yml", Names),
        load_declaration(folder / "bookkeeping.yml", Bookkeeping),
        load_declaration(folder / "forms.yml", Forms).root,
        load_declaration(folder / "tables.yml", Tables).root,
        types,
    )
    _check(lexicon, folder)
    return lexicon


def fingerprint(folder: Path = PATH) -> str:
    """SHA-256 over the names and bytes of all its files: what a measurement names the lexicon by."""
    digest = sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _check(lexicon: Lexicon, folder: Path) -> None:
    kinds: dict[str, Table | Form] = {**lexicon.tables, **lexicon.forms}
    if double := sorted(lexicon.tables.keys() & lexicon.forms.keys()):
        raise DeclarationError(f"{folder / 'forms.yml'}: {double[0]} is a kind of table, too")
    named = {t.gives for t in lexicon.tables.values() if t.gives}
    named |= {type for kind in kinds.values() for type in (*kind.blocks, *kind.fits)}
    if unknown := sorted(named - set(load_data_types())):
        raise DeclarationError(f"{folder / 'tables.yml'}: {unknown[0]} is no data type of the vocabulary")
    for data_type, rules in lexicon.types.items():
        path = folder / "types" / f"{data_type}.yml"
        for name, rule in rules.items():
            if unknown := sorted({*rule.tables, *rule.not_tables} - kinds.keys()):
                raise DeclarationError(f"{path}: {name}: {unknown[0]} is no kind of table or form declared here")
            _refuse_letters(rule.words, lexicon, path)
    for table in lexicon.tables.values():
        _refuse_letters(table.words, lexicon, folder / "tables.yml")


def _refuse_letters(words: tuple[str, ...], lexicon: Lexicon, path: Path) -> None:
    if letters := [word for word in words if len(lexicon.key(word)) < 2]:
        raise DeclarationError(f"{path}: words: {letters[0]!r} is but a letter, digits apart: it would match anything")
