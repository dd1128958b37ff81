"""What one rule, or one kind of table, says of a field: a score by where its words stand, and the reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.catalog.field_terms import Words
from mappings.catalog.lexicon import Lexicon
from mappings.catalog.rule import Rule, Table

SURE, AGREES = 0.97, 0.05  # nothing is ever surer; what a table of the same type adds
# What a word is worth by where it stands: a Chinese comment usually is the column's name, an English one is prose.
# A name that needs its parent to say anything (status, type) is often of another thing than the parent; a phrase that
# is but a part of a name often qualifies another; a single word in English prose is often mentioned and not meant.
FACTORS = {"column": 1.0, "comment": 0.95, "part": 0.93, "type": 0.9, "path": 0.8, "description": 0.8, "parent": 0.75}
FACTORS["mention"] = 0.65
PARTS = {"column": ("part", "parent"), "description": ("mention",)}  # where a rule looks, too
SPOKEN = {"part": "column", "parent": "column with what it belongs to", "mention": "description"}


@dataclass(frozen=True)
class Evidence:
    """``score`` says how much speaks for it; ``calibration`` knows what a score has meant."""

    data_type: str
    score: float
    reason: str
    rule: str
    version: str


def weigh(
    data_type: str, name: str, rule: Rule, words: Words, tables: Mapping[str, Table], lexicon: Lexicon
) -> Evidence | None:
    """What one rule says of a field, or nothing when none of its words stands where it looks."""
    hits = {s: found for s in scopes_of(rule) if (found := getattr(words, s).intersection(rule.words))}
    if not hits:
        return None
    scope = max(hits, key=FACTORS.__getitem__)
    agreeing = [kind for kind, table in tables.items() if table.gives == data_type or data_type in table.fits]
    score = min(SURE, rule.weight * FACTORS[scope] + (AGREES if agreeing else 0))
    said = ", ".join(
        f"“{lexicon.spelling[phrase]}”" for phrase in sorted(hits[scope], key=lambda phrase: (-len(phrase), phrase))[:3]
    )
    reason = f"{SPOKEN.get(scope, scope)} says {said}"
    if agreeing:
        reason += f"; {'its form fits:' if agreeing[0] in lexicon.forms else 'table of kind'} {agreeing[0]}"
    return Evidence(data_type, round(score, 2), reason, name, rule.version)


def scopes_of(rule: Rule) -> tuple[str, ...]:
    """Where a rule's words count: where it says, what belongs to that, and Chinese comments."""
    return (*rule.only, *(part for whole, parts in PARTS.items() if whole in rule.only for part in parts), "comment")


def of_table(kind: str, table: Table) -> Evidence:
    """What a kind of table says of a column that says nothing itself."""
    reason = f"column of a table of kind {kind}, no word of its own"
    return Evidence(table.gives or "", table.weight, reason, f"table/{kind}", table.version)
