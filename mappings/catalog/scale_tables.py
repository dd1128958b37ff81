"""Fields and rules as plain tables for an engine: terms found, scores worked out, fields that are judged alike
made one.

Column names and values only; the expression over them is ``scale``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mappings.catalog.dataset import Dataset
from mappings.catalog.evidence import AGREES, FACTORS, SURE, of_table, scopes_of, weigh
from mappings.catalog.field_terms import Terms, read_terms
from mappings.catalog.forms import Form
from mappings.catalog.lexicon import Lexicon
from mappings.catalog.rule import Rule, Table
from mappings.catalog.table_kinds import look_around
from mappings.catalog.terms import has_chinese

if TYPE_CHECKING:
    import pyarrow as pa

Columns = dict[str, list[Any]]


@dataclass
class Prepared:
    """``tables``: field (dataset, field, sig), sig (sig, noise), term (sig, scope, phrase), kind (sig, kind, speaks);
    ``terms`` by sig; ``rules`` by name."""

    tables: dict[str, pa.Table]
    terms: list[Terms]
    rules: dict[str, Rule]
    _reasons: dict[tuple[int, str, str], str] = field(default_factory=dict)

    def reason(self, sig: int, data_type: str, rule: str, lexicon: Lexicon) -> str:
        """In words, why a rule speaks for a type: the same words as ``match`` has."""
        key = (sig, data_type, rule)
        if key not in self._reasons:
            self._reasons[key] = self._word(sig, data_type, rule, lexicon)
        return self._reasons[key]

    def _word(self, sig: int, data_type: str, rule: str, lexicon: Lexicon) -> str:
        terms = self.terms[sig]
        group, _, name = rule.partition("/")
        if group == "table":
            return of_table(name, terms.tables[name]).reason
        found = weigh(data_type, rule, self.rules[rule], terms.words, terms.tables, lexicon)
        return found.reason if found else ""


def prepare_fields(datasets: Iterable[Dataset], lexicon: Lexicon) -> Prepared:
    """Terms of every field; those judged alike share a signature, so that the engine sees each case once."""
    signatures: dict[tuple[frozenset[str], ...], int] = {}
    terms: list[Terms] = []
    fields: Columns = {"dataset": [], "field": [], "sig": []}
    known: dict[tuple[object, str, str, str, str], int] = {}
    for dataset in datasets:
        around = look_around(dataset, lexicon)
        alike = (*_spoken(dataset, lexicon), around)
        keys = [(alike, column.name, column.description, column.type, column.unit) for column in dataset.fields]
        fresh = tuple(column for column, key in zip(dataset.fields, keys, strict=True) if key not in known)
        for column, found in read_terms(replace(dataset, fields=fresh), lexicon, around) if fresh else ():
            sig = signatures.setdefault(found.signature, len(terms))
            if sig == len(terms):
                terms.append(found)
            known[alike, column.name, column.description, column.type, column.unit] = sig
        fields["dataset"] += [dataset.id] * len(keys)
        fields["field"] += [name for _, name, *_ in keys]
        fields["sig"] += [known[key] for key in keys]
    seen: Columns = {"sig": [], "scope": [], "phrase": []}
    kinds: Columns = {"sig": [], "kind": [], "speaks": []}
    for sig, found in enumerate(terms):
        for scope in (*FACTORS, "said"):
            for phrase in getattr(found.words, scope):
                _add(seen, sig=sig, scope=scope, phrase=phrase)
        for kind in found.tables:
            _add(kinds, sig=sig, kind=kind, speaks=kind in found.speak)
    sigs: Columns = {"sig": list(range(len(terms))), "noise": [found.noise for found in terms]}
    return Prepared({
        "field": _table(fields, sig="int64"), "sig": _table(sigs, sig="int64", noise="bool"),
        "term": _table(seen, sig="int64"), "kind": _table(kinds, sig="int64", speaks="bool"),
    }, terms, {name: rule for _, name, rule in _keyed(lexicon)})  # fmt: skip


def _spoken(dataset: Dataset, lexicon: Lexicon) -> tuple[object, ...]:
    """All that the surroundings say: orders_2024_01 and orders_2024_02 say the same of their columns."""
    name = tuple(lexicon.splitter.split(part) for part in dataset.name.split("."))
    raw = dataset.name if has_chinese(dataset.name) else ""
    return name, raw, frozenset(lexicon.find(dataset.id)), dataset.attributes.system, dataset.attributes.description


def prepare_rules(lexicon: Lexicon) -> dict[str, pa.Table]:
    """The lexicon as tables; ``place`` is the order in which ``match`` asks."""
    rule: Columns = {k: [] for k in ("place", "rule", "version", "data_type", "always", "needs_words", "needs_table")}
    scope: Columns = {"place": [], "scope": [], "plain": [], "agreeing": []}
    lists: dict[str, Columns] = {name: {"place": [], "phrase": []} for name in ("word", "needs", "unless")}
    lists |= {name: {"place": [], "kind": []} for name in ("in_table", "not_in_table")}
    for place, (data_type, name, one) in enumerate(_keyed(lexicon)):
        _add(rule, place=place, rule=name, version=one.version, data_type=data_type, always=one.always,
             needs_words=bool(one.needs), needs_table=bool(one.tables))  # fmt: skip
        for where in dict.fromkeys(scopes_of(one)):
            plain = one.weight * FACTORS[where]
            _add(scope, place=place, scope=where, plain=round(min(SURE, plain), 2),
                 agreeing=round(min(SURE, plain + AGREES), 2))  # fmt: skip
        for key, phrases in (("word", one.words), ("needs", one.needs), ("unless", one.unless)):
            for phrase in phrases:
                _add(lists[key], place=place, phrase=phrase)
        for key, kinds in (("in_table", one.tables), ("not_in_table", one.not_tables)):
            for kind in kinds:
                _add(lists[key], place=place, kind=kind)
    gives: Columns = {k: [] for k in ("kind", "data_type", "score", "also", "rule", "version", "place")}
    blocks: Columns = {"kind": [], "data_type": []}
    agrees: Columns = {"kind": [], "data_type": []}
    alone: Columns = {"kind": []}
    for place, (kind, table) in enumerate(lexicon.kinds.items()):
        if table.gives:
            _add(gives, kind=kind, data_type=table.gives, score=float(table.weight), also=table.also,
                 rule=f"table/{kind}", version=table.version, place=place)  # fmt: skip
            _add(agrees, kind=kind, data_type=table.gives)
    everything: dict[str, Table | Form] = {**lexicon.kinds, **lexicon.forms}
    for kind, declared in everything.items():
        if declared.alone:
            _add(alone, kind=kind)
        for column, data_types in ((blocks, declared.blocks), (agrees, declared.fits)):
            for data_type in data_types:
                _add(column, kind=kind, data_type=data_type)
    tables = {name: _table(columns, place="int64") for name, columns in lists.items()}
    return tables | {
        "rule": _table(rule, place="int64", always="bool", needs_words="bool", needs_table="bool"),
        "scope": _table(scope, place="int64", plain="float64", agreeing="float64"),
        "gives": _table(gives, score="float64", also="bool", place="int64"),
        "blocks": _table(blocks), "agrees": _table(agrees), "alone": _table(alone),
    }  # fmt: skip


def _keyed(lexicon: Lexicon) -> list[tuple[str, str, Rule]]:
    """Every rule once, in the order of the lexicon."""
    found = {name: (data_type, name, rule) for rules in lexicon.rules.values() for data_type, name, rule in rules}
    order = [f"{data_type}/{name}" for data_type, rules in lexicon.types.items() for name in rules]
    return [found[name] for name in order if name in found]


def _add(columns: Columns, **values: Any) -> None:
    for key, value in values.items():
        columns[key].append(value)


def _table(columns: Columns, **types: str) -> pa.Table:
    """Strings unless said otherwise, so that an empty table has its types, too."""
    import pyarrow as pa

    schema = pa.schema([(name, pa.type_for_alias(types.get(name, "string"))) for name in columns])
    return pa.table(columns, schema=schema)
