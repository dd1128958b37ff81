"""Which data types a field holds, with confidence and reason. Pure: a dataset and the lexicon in, suggestions out.

Two steps, since most wrong guesses on real catalogs are bookkeeping columns of a table that is rightly of interest:
first what kind of table it is, then which of its columns; bookkeeping is left out before any word is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mappings.catalog.calibration import load_calibration
from mappings.catalog.dataset import Dataset
from mappings.catalog.evidence import Evidence, of_table, weigh
from mappings.catalog.field_terms import Terms, read_terms
from mappings.catalog.lexicon import Lexicon, load_lexicon

LEAST = 0.5  # score below which nothing is suggested
MOST_TYPES = 2  # of one field
CLOSE = 0.35  # a second type is suggested only when it is nearly as sure as the first


@dataclass(frozen=True)
class Suggestion:
    """``confidence`` is 0–1, calibrated; ``reason`` says what spoke for it; ``rule_version`` changes with the rule."""

    dataset: str
    field: str
    data_type: str
    confidence: float
    reason: str
    rule: str
    rule_version: str


def suggest_types(dataset: Dataset, lexicon: Lexicon | None = None) -> Iterator[Suggestion]:
    """Suggestions for every field of a dataset, fields in their order, the surest type of a field first."""
    lexicon, calibration = lexicon or load_lexicon(), load_calibration()
    for field, terms in read_terms(dataset, lexicon):
        for found in judge(terms, lexicon):
            confidence = calibration.confidence(found.score)
            yield Suggestion(
                dataset.id, field.name, found.data_type, confidence, found.reason, found.rule, found.version
            )


def judge(terms: Terms, lexicon: Lexicon) -> list[Evidence]:
    """What is to be suggested of a field, the surest type first."""
    blocked = {data_type for table in terms.tables.values() for data_type in table.blocks}
    best: dict[str, Evidence] = {}
    for found in _by_rules(terms, lexicon):
        if found.data_type not in blocked and found.score > best.get(found.data_type, _NOTHING).score:
            best[found.data_type] = found
    if not terms.noise:
        for found in _by_table(terms, claimed=bool(best)):
            if found.score > best.get(found.data_type, _NOTHING).score:
                best[found.data_type] = found
    ranked = sorted(best.values(), key=lambda found: (-found.score, found.data_type))
    return [f for f in ranked[:MOST_TYPES] if f.score >= max(LEAST, ranked[0].score - CLOSE)]


_NOTHING = Evidence("", 0.0, "", "", "")


def _by_rules(terms: Terms, lexicon: Lexicon) -> Iterator[Evidence]:
    words, tables = terms.words, terms.tables
    around = words.path | words.description | words.mention | words.said | words.type
    against = words.path | words.said
    seen: set[str] = set()
    for phrase in sorted(around):
        for data_type, name, rule in lexicon.rules.get(phrase, ()):
            if name in seen or (terms.noise and not rule.always):
                continue
            seen.add(name)
            if (
                (rule.needs and around.isdisjoint(rule.needs))
                or not against.isdisjoint(rule.unless)
                or (rule.tables and tables.keys().isdisjoint(rule.tables))
                or not tables.keys().isdisjoint(rule.not_tables)
            ):
                continue
            if found := weigh(data_type, name, rule, words, tables, lexicon):
                yield found


def _by_table(terms: Terms, claimed: bool) -> Iterator[Evidence]:
    alone = any(table.alone for table in terms.tables.values())
    for kind, table in terms.tables.items():
        if kind in terms.speak and (table.also or not (claimed or alone)):
            yield of_table(kind, table)
