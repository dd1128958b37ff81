"""The likeliest data types of a field, suggested or not, each with what spoke for and against it: for a person who
decides by hand. Never written as a suggestion. Pure.

Judged as in ``match``, but nothing is left out for good: a rule that something speaks against, a column that looks like
bookkeeping and a table that says little come behind what is suggested; then likeness to the vocabulary's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kb.vocabulary import load_data_types
from mappings.catalog.calibration import load_calibration
from mappings.catalog.dataset import Dataset
from mappings.catalog.evidence import Evidence, of_table, weigh
from mappings.catalog.field_terms import Terms, read_terms
from mappings.catalog.lexicon import Lexicon, load_lexicon
from mappings.catalog.match import LEAST, judge
from mappings.catalog.terms import raw_words

SHOWN = 3
DOUBTED, LIKE = 0.5, 0.3  # of a score, when something speaks against it; of likeness alone


@dataclass(frozen=True)
class Candidate:
    """``confidence`` is that of the suggestion, None where nothing is suggested; ``against`` is '' for a suggestion."""

    dataset: str
    field: str
    data_type: str
    confidence: float | None
    reason: str
    against: str


def rank_types(dataset: Dataset, lexicon: Lexicon | None = None, most: int = SHOWN) -> Iterator[Candidate]:
    """Up to ``most`` candidates for each field, fields in their order, the likeliest first."""
    lexicon = lexicon or load_lexicon()
    calibration = load_calibration()
    for field, terms in read_terms(dataset, lexicon):
        suggested = {found.data_type: found for found in judge(terms, lexicon)}
        ranked = [
            Candidate(dataset.id, field.name, found.data_type, calibration.confidence(found.score), found.reason, "")
            for found in suggested.values()
        ]
        doubted: dict[str, tuple[Evidence, str]] = {}
        for found, against in (*_doubted(terms, lexicon), *_alike(f"{dataset.name}.{field.name}", field.description)):
            if found.data_type not in suggested and found.score > _score(doubted.get(found.data_type)):
                doubted[found.data_type] = (found, against)
        for found, against in sorted(doubted.values(), key=lambda one: (-one[0].score, one[0].data_type)):
            ranked.append(Candidate(dataset.id, field.name, found.data_type, None, found.reason, against))
        yield from ranked[:most]


def _score(one: tuple[Evidence, str] | None) -> float:
    return one[0].score if one else 0.0


def _doubted(terms: Terms, lexicon: Lexicon) -> Iterator[tuple[Evidence, str]]:
    """Every rule one of whose words stands somewhere, and every kind of table, with what spoke against it."""
    words, tables = terms.words, terms.tables
    everywhere = words.name | words.parent | words.path | words.description | words.mention | words.said | words.type
    blocked = {data_type: kind for kind, table in tables.items() for data_type in table.blocks}
    for phrase in sorted(everywhere):
        for data_type, name, rule in lexicon.rules.get(phrase, ()):
            anywhere = rule.model_copy(update={"only": ("column", "path", "type", "description")})
            if (found := weigh(data_type, name, anywhere, words, tables, lexicon)) is None:
                continue
            hindered = sorted((words.path | words.said).intersection(rule.unless))
            kinds = sorted(set(rule.not_tables) & tables.keys())
            if hindered:
                against = f"“{lexicon.spelling[hindered[0]]}” speaks against it"
            elif kinds or data_type in blocked:
                against = f"not in {kinds[0] if kinds else blocked[data_type]}"
            elif terms.noise:
                against = "looks like bookkeeping"
            else:
                against = "too little speaks for it"
            yield _halved(found), against
    for kind, table in tables.items():
        if table.gives:
            yield _halved(of_table(kind, table)), "looks like bookkeeping" if terms.noise else "other words are surer"


def _halved(found: Evidence) -> Evidence:
    return Evidence(
        found.data_type, round(min(found.score * DOUBTED, LEAST), 3), found.reason, found.rule, found.version
    )


def _alike(name: str, description: str) -> Iterator[tuple[Evidence, str]]:
    """Types whose names and definition share words with the field."""
    said = {*raw_words(name.rpartition(".")[2]), *raw_words(description[:200])}
    around = said | set(raw_words(name))
    for data_type, known in _vocabulary().items():
        if shared := around & known:
            score = LIKE * (len(said & known) + 0.3 * len(shared - said)) / (1 + len(said))
            reason = f"the vocabulary says {', '.join(f'“{word}”' for word in sorted(shared)[:3])}"
            yield Evidence(data_type, round(score, 3), reason, "", ""), "likeness only"


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    found = {}
    for id, data_type in load_data_types().items():
        names = [*data_type.names.exact, *data_type.names.broader, data_type.name_en, data_type.definition]
        words = {word for name in names for word in raw_words(name)}
        found[id] = frozenset(
            word for word in words if len(word) > 2 and word not in ("and", "the", "not", "for", "other")
        )
    return found
