"""One million fields on DuckDB: terms made in Python, then one expression. Needs the extra `scale`. Run by hand:

    .venv/bin/python -m tests.benchmarks.catalog_scale [ENGINE]

The fields are all real ones again and again under other dataset names. ENGINE is duckdb or pyspark, which is local and
only asked for the real fields once, whether it gives the same links.
"""

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice

import ibis

from mappings.catalog.dataset import Dataset
from mappings.catalog.lexicon import load_lexicon
from mappings.catalog.match import Suggestion, suggest_types
from mappings.catalog.scale import run_match, suggest_at_scale
from mappings.catalog.scale_tables import prepare_fields
from tests.benchmarks.catalogs import print_table, real_datasets

SIZE = 1_000_000


def many(size: int) -> Iterator[Dataset]:
    """Real datasets under ever new names until there are ``size`` fields."""
    datasets, left = real_datasets(), size
    for number in count():
        for dataset in datasets:
            fields = tuple(islice(dataset.fields, left))
            yield replace(dataset, id=f"{dataset.id}_{number}", name=f"{dataset.name}_{number}", fields=fields)
            left -= len(fields)
            if not left:
                return


def on_duckdb() -> None:
    lexicon, connection = load_lexicon(), ibis.duckdb.connect()
    started = time.perf_counter()
    prepared = prepare_fields(many(SIZE), lexicon)
    made = time.perf_counter()
    found = sum(1 for _ in run_match(prepared, lexicon, connection))
    done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print_table(["fields", "judged alike", "links", "terms", "match", "together", "peak memory"], [
        [f"{SIZE:,}", f"{len(prepared.terms):,}", f"{found:,}", f"{made - started:.1f} s", f"{done - made:.1f} s",
         f"{done - started:.1f} s (bar 30 s)", f"{memory:,.0f} MB (bar 2,048 MB)"],
    ])  # fmt: skip


def on_pyspark() -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    datasets = real_datasets()
    python = keyed(s for dataset in datasets for s in suggest_types(dataset))
    started = time.perf_counter()
    spark = keyed(suggest_at_scale(datasets, ibis.pyspark.connect(session)))
    print_table(["engine", "fields", "links", "the same as Python", "time"], [
        ["PySpark local", f"{sum(len(d.fields) for d in datasets):,}", f"{len(spark):,}", spark == python,
         f"{time.perf_counter() - started:.1f} s"],
    ])  # fmt: skip


def keyed(found: Iterator[Suggestion]) -> dict[tuple[str, str, str], Suggestion]:
    return {(s.dataset, s.field, s.data_type): s for s in found}


if __name__ == "__main__":
    on_pyspark() if sys.argv[1:] == ["pyspark"] else on_duckdb()
