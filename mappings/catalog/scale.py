"""The match as one Ibis expression, on an engine that the company already has: DuckDB embedded, others by connection.

Decides exactly as ``match`` does; tests hold the two together. Words are found in Python beforehand (``scale_tables``)
and every score is a number of a table, so that no regular expression and no rounding runs in the engine.
Needs the extra: pip install regwatch[scale].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kb.errors import CatalogError
from mappings.catalog.calibration import load_calibration
from mappings.catalog.dataset import Dataset
from mappings.catalog.lexicon import Lexicon, load_lexicon
from mappings.catalog.match import CLOSE, LEAST, MOST_TYPES, Suggestion
from mappings.catalog.scale_tables import Prepared, prepare_fields, prepare_rules

if TYPE_CHECKING:
    import ibis.expr.types as ir


def engine_match(url: str) -> Callable[[Iterable[Dataset]], Iterator[Suggestion]]:
    """A matcher on ``duckdb``, in memory, or on the engine of an Ibis URL: the suggestions of ``suggest_types`` for all
    datasets, in no order. Raises CatalogError when the extra is not installed or the engine cannot be reached."""
    try:
        import ibis
        from ibis.common.exceptions import IbisError
    except ImportError as error:
        raise CatalogError("matching on an engine needs Ibis: pip install 'regwatch[scale]'") from error
    try:
        connection = ibis.duckdb.connect() if url == "duckdb" else ibis.connect(url)
    except (IbisError, ImportError, OSError, ValueError) as error:
        raise CatalogError(f"{url}: no engine: {str(error).splitlines()[0] if str(error) else 'unknown'}") from error
    return lambda datasets: suggest_at_scale(datasets, connection)


def suggest_at_scale(
    datasets: Iterable[Dataset], connection: Any, lexicon: Lexicon | None = None
) -> Iterator[Suggestion]:  # fmt: skip
    """Fields made ready and matched on an Ibis backend."""
    lexicon = lexicon or load_lexicon()
    yield from run_match(prepare_fields(datasets, lexicon), lexicon, connection)


def run_match(prepared: Prepared, lexicon: Lexicon, connection: Any) -> Iterator[Suggestion]:
    """Fields made ready, matched on an engine."""
    import ibis

    confidence = load_calibration().confidence
    tables = {name: ibis.memtable(table) for name, table in {**prepared.tables, **prepare_rules(lexicon)}.items()}
    judged = match_expression(tables)
    fields = tables["field"]
    joined = judged.join(fields, "sig").select("dataset", "field", "sig", "data_type", "score", "rule", "version")
    for batch in connection.to_pyarrow(joined).to_batches():
        for row in batch.to_pylist():
            reason = prepared.reason(row["sig"], row["data_type"], row["rule"], lexicon)
            sure = confidence(row["score"])
            yield Suggestion(row["dataset"], row["field"], row["data_type"], sure, reason, row["rule"], row["version"])


def match_expression(t: dict[str, ir.Table]) -> ir.Table:
    """sig, data_type, score, rule, version: up to MOST_TYPES for each signature."""
    import ibis

    evidence = _best(ibis.union(_by_rules(t), _by_tables(t, _by_rules(t))))
    by_sig = ibis.window(group_by="sig", order_by=[evidence.score.desc(), evidence.data_type])
    ranked = evidence.mutate(
        place=ibis.row_number().over(by_sig), top=evidence.score.max().over(ibis.window(group_by="sig"))
    )
    floor = ranked.top - ibis.literal(CLOSE, "float64")
    least = ibis.literal(LEAST, "float64")
    kept = ranked.filter((ranked.place < MOST_TYPES) & (ranked.score >= least) & (ranked.score >= floor))
    return kept.select("sig", "data_type", "score", "rule", "version")


def _by_rules(t: dict[str, ir.Table]) -> ir.Table:
    """What each rule says of a signature, weighed by the best scope one of its words stands in."""
    import ibis

    term, word = t["term"], t["word"]
    around = (
        term.filter(term.scope.isin(["path", "description", "mention", "said", "type"]))
        .select("sig", "phrase")
        .distinct()
    )
    against = term.filter(term.scope.isin(["path", "said"])).select("sig", "phrase").distinct()
    hits = term.join(word, "phrase").join(t["scope"], ["place", "scope"])
    found = hits.group_by(["sig", "place"]).aggregate(plain=hits.plain.max(), agreeing=hits.agreeing.max())
    first = around.join(word, "phrase")
    first = first.group_by(["sig", "place"]).aggregate(first=first.phrase.min())
    found = found.join(first, ["sig", "place"]).join(t["rule"], "place").join(t["sig"], "sig")
    found = found.filter(~found.noise | found.always)
    for flag, condition in (
        ("needs_words", around.join(t["needs"], "phrase")),
        ("needs_table", t["kind"].join(t["in_table"], "kind")),
    ):
        met = condition.select("sig", "place").distinct()
        asked = found.filter(found[flag]).semi_join(met, ["sig", "place"])
        found = found.filter(~found[flag]).union(asked)
    for hindrance in (against.join(t["unless"], "phrase"), t["kind"].join(t["not_in_table"], "kind")):
        found = found.anti_join(hindrance.select("sig", "place").distinct(), ["sig", "place"])
    blocked = t["kind"].join(t["blocks"], "kind").select("sig", "data_type").distinct()
    found = found.anti_join(blocked, ["sig", "data_type"])
    agreeing = t["kind"].join(t["agrees"], "kind").select("sig", "data_type").distinct().mutate(agrees=True)
    found = found.left_join(agreeing, ["sig", "data_type"])
    score = found.agrees.notnull().ifelse(found.agreeing, found.plain)
    return found.mutate(score=score, source=ibis.literal(0, "int64")).select(
        "sig", "data_type", "score", "source", "first", "place", "rule", "version"
    )


def _by_tables(t: dict[str, ir.Table], claimed: ir.Table) -> ir.Table:
    """What kinds of table say of columns that say nothing themselves, or beside what they say."""
    import ibis

    kind, alone = t["kind"], t["alone"]
    given = kind.filter(kind.speaks).join(t["gives"], "kind").join(t["sig"], "sig")
    given = given.filter(~given.noise)
    free = given.filter(~given.also).anti_join(claimed.select("sig").distinct(), "sig")
    free = free.anti_join(kind.join(alone, "kind").select("sig").distinct(), "sig")
    both = given.filter(given.also).union(free)
    return both.mutate(source=ibis.literal(1, "int64"), first=ibis.literal("")).select(
        "sig", "data_type", "score", "source", "first", "place", "rule", "version"
    )


def _best(evidence: ir.Table) -> ir.Table:
    """The surest evidence of each type; of equals what ``match`` meets first."""
    import ibis

    order = [evidence.score.desc(), evidence.source, evidence["first"], evidence.place]
    window = ibis.window(group_by=["sig", "data_type"], order_by=order)
    numbered = evidence.mutate(nth=ibis.row_number().over(window))
    return numbered.filter(numbered.nth == 0).drop("nth")
