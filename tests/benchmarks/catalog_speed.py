"""How long catalogs take: import of 100,000 and 1,000,000 columns, matching of all real fields. Run by hand:

    .venv/bin/python -m tests.benchmarks.catalog_speed

The large catalogs are the real fields again and again under other dataset names, with one broken row in the middle.
"""

import csv
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mappings.catalog.dataset import Dataset
from mappings.catalog.formats.csv_file import read
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import suggest_links
from mappings.catalog.match import suggest_types
from mappings.db import open_company
from tests.benchmarks.catalogs import FIELDS, print_table

NOW = "2026-01-01T00:00:00Z"


def rows() -> Iterator[list[str]]:
    """Real fields without end; each round under dataset names of its own."""
    number = 0
    while True:
        for path in sorted(FIELDS.glob("*.csv")):
            with path.open(encoding="utf-8") as stream:
                for row in csv.DictReader(stream):
                    yield [f"{row['dataset']}_{number}", row["column"], row["type"], row["unit"], row["description"]]
        number += 1


def write(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["dataset", "column", "type", "unit", "description"])
        for place, row in enumerate(islice(rows(), size)):
            writer.writerow(row)
            if place == size // 2:
                stream.write('broken,row,"never closed\n')


def main() -> None:
    table: list[list[object]] = []
    opendbc = [d for d in read(FIELDS / "opendbc.csv") if isinstance(d, Dataset)]
    started = time.perf_counter()
    found = [s for dataset in opendbc for s in suggest_types(dataset)]
    table.append([f"match {sum(len(d.fields) for d in opendbc):,} signals of opendbc ({len(found):,} suggestions)",
                  f"{time.perf_counter() - started:.1f} s", "10 s", memory()])  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for size, bar in ((100_000, "20 s"), (1_000_000, "–")):
            path = Path(folder) / f"{size}.csv"
            write(path, size)
            with open_company(Path(folder) / f"{size}.db") as db:
                started = time.perf_counter()
                report = import_catalog(db, [path], now=NOW)
                said = f"import {report.fields:,} columns, {len(report.rejected)} rejected"
                table.append([said, f"{time.perf_counter() - started:.1f} s", bar, memory()])
                if size == 100_000:
                    started = time.perf_counter()
                    import_catalog(db, [path], now=NOW)
                    table.append(
                        ["the same again, nothing changed", f"{time.perf_counter() - started:.1f} s", "–", memory()]
                    )
                    started = time.perf_counter()
                    count = len(suggest_links(db, now=NOW))
                    took = f"{time.perf_counter() - started:.1f} s"
                    table.append([f"suggest for them ({count:,} links written)", took, "–", memory()])
    print_table(["what", "time", "bar", "peak memory so far"], table)


def memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"


if __name__ == "__main__":
    main()
