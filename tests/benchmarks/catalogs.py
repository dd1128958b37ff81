"""What the benchmarks of the catalog share: real fields, the labels of the vocabulary, one table for the README."""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.formats import reader_of
from mappings.catalog.formats.csv_file import read

SHARED = Path(__file__).resolve().parents[3] / "shared"
FIELDS = SHARED / "catalogs" / "fields"
BLIND = Path(__file__).with_name("blind_labels.csv")
SECOND = Path(__file__).with_name("second_labels.csv")
THIRD = Path(__file__).with_name("third_labels.csv")
FOURTH = Path(__file__).with_name("fourth_labels.csv")
FOURTH_FIELDS = Path(__file__).with_name("fourth_fields.csv")
FIFTH = Path(__file__).with_name("fifth_labels.csv")
FIFTH_FIELDS = Path(__file__).with_name("fifth_fields.csv")
SIXTH = Path(__file__).with_name("sixth_labels.csv")
SIXTH_FIELDS = Path(__file__).with_name("sixth_fields.csv")
SEED, EACH = 20260301, 30
WITHIN = {"keys and certificates": "V2X/IoV platform operation"}  # labelled apart from the fourth set on


def real_datasets() -> list[Dataset]:
    """Every dataset of the flat files, in the order of the files."""
    return [d for path in sorted(FIELDS.glob("*.csv")) for d in read(path) if isinstance(d, Dataset)]


@dataclass(frozen=True)
class Row:
    """A field to be matched: where it was drawn from, the dataset it stands in, and its labels (none: empty).

    ``labels`` are those that every set knows: where keys were labelled apart, ``apart`` has them as they were said.
    """

    source: str
    within: Dataset
    column: str
    apart: set[str]

    @property
    def labels(self) -> set[str]:
        return {WITHIN.get(label, label) for label in self.apart}

    @property
    def dataset(self) -> str:
        return self.within.id

    @property
    def description(self) -> str:
        return next((field.description for field in self.within.fields if field.name == self.column), "")


@cache
def every_dataset() -> dict[str, Dataset]:
    """All real datasets by id: the flat files, ODCS and dbt."""
    found = {dataset.id: dataset for dataset in real_datasets()}
    for folder, pattern in (("odcs", "*.yaml"), ("dbt", "manifest*.json")):
        for path in sorted((SHARED / "catalogs" / folder).glob(pattern)):
            found |= {d.id: d for d in reader_of(folder)(path, None) if isinstance(d, Dataset)}
    return found


def dev_rows() -> list[Row]:
    """labelled_dev.csv; a field of a catalog that is not at hand stands alone in its dataset."""
    known = {f"{d.id}.{field.name}": (d, field.name) for d in every_dataset().values() for field in d.fields}
    rows = []
    with (SHARED / "catalogs" / "labelled_dev.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            name, _, column = row["entry"].rpartition(".")
            alone = Dataset(name, name, fields=(Field(column, description=row["description"]),))
            dataset, column = known.get(row["entry"], (alone, column))
            rows.append(Row(row["source"], dataset, column, labels_of(row["labels"])))
    return rows


def blind_rows() -> list[Row]:
    known = every_dataset()
    pairs = zip(draw_slice(), blind_labels(), strict=True)
    return [Row(row["source"], known[row["dataset"]], row["column"], labels) for row, labels in pairs]


def second_rows() -> list[Row]:
    """The rows drawn and labelled after the lexicon was first frozen; development data since they were measured."""
    return _labelled(SECOND)


def third_rows() -> list[Row]:
    """The rows drawn and labelled after it was frozen again; development data since they were measured."""
    return _labelled(THIRD)


def fourth_rows() -> list[Row]:
    """The rows of catalogs that no earlier set knows, drawn by kind and labelled after it was frozen a third time."""
    return _of_its_own_fields(FOURTH, FOURTH_FIELDS, "stratum")


def fifth_rows() -> list[Row]:
    """The rows of other catalogs that no earlier set knows, labelled by one after it was frozen again."""
    return _of_its_own_fields(FIFTH, FIFTH_FIELDS, "source")


def sixth_rows() -> list[Row]:
    """The rows of 29 more catalogs that no earlier set knows, drawn by rule and labelled in two passes of one hand."""
    return _of_its_own_fields(SIXTH, SIXTH_FIELDS, "source")


def _of_its_own_fields(labels: Path, fields: Path, source: str) -> list[Row]:
    known = {dataset.id: dataset for dataset in read(fields) if isinstance(dataset, Dataset)}
    return [Row(row[source], known[row["dataset"]], row["field"], labels_of(row["labels"])) for row in lines_of(labels)]


def _labelled(path: Path) -> list[Row]:
    known = every_dataset()
    return [
        Row(row["dataset"].partition(".")[0], known[row["dataset"]], row["field"], labels_of(row["labels"]))
        for row in lines_of(path)
    ]


def lines_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file of labels; what stands behind # says where they come from."""
    return csv.DictReader(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))


def both_labellers(path: Path) -> list[tuple[frozenset[str], frozenset[str]]]:
    """What was said of each row the first and the second time, each alone."""
    return [(frozenset(labels_of(row["first"])), frozenset(labels_of(row["second"]))) for row in lines_of(path)]


def labels_of(text: str) -> set[str]:
    return set(filter(None, text.split("; "))) - {"none"}


def type_labels() -> dict[str, str]:
    """Data type → the label it has in the labelled catalogs."""
    with (SHARED / "facts" / "data_types.csv").open(encoding="utf-8") as stream:
        return {row["id"]: row["label_in_labelled_catalogs"] for row in csv.DictReader(stream)}


def draw_slice() -> list[dict[str, str]]:
    """The rows that were labelled blind: EACH of every source, by a fixed seed, without those of labelled_dev.csv."""
    with (SHARED / "catalogs" / "labelled_dev.csv").open(encoding="utf-8") as stream:
        seen = {row["entry"] for row in csv.DictReader(stream)}
    draw, rows = random.Random(SEED), []
    for path in sorted(FIELDS.glob("*.csv")):
        with path.open(encoding="utf-8") as stream:
            fresh = [r for r in csv.DictReader(stream) if f"{r['dataset']}.{r['column']}" not in seen]
        rows += draw.sample(fresh, EACH)
    return rows


def blind_labels() -> list[set[str]]:
    """Labels in the order of the draw; none is the empty set."""
    return [labels_of(row["labels"]) for row in lines_of(BLIND)]


def first_sight() -> list[tuple[str, float, bool]]:
    """Dataset, score and rightness of everything that was suggested when a frozen lexicon first met the fields of
    catalogs that had taught it nothing: fourth_labels.csv and fifth_labels.csv.

    Scores are by the weights of today where the same is suggested today, of that day where it no longer is: what has
    been mended since still counts as wrong.
    """
    found = []
    for path in (FOURTH, FIFTH):
        for row in lines_of(path):
            labels = {WITHIN.get(label, label) for label in row["labels"].split("; ")}
            for suggested in filter(None, row["suggested"].split("; ")):
                label, _, score = suggested.rpartition("=")
                found.append((row["dataset"], float(score), label in labels))
    return found


def print_table(header: Sequence[str], rows: Iterator[Sequence[object]] | Sequence[Sequence[object]]) -> None:
    """A Markdown table."""
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
