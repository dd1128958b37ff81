"""One importer for each catalog format: a module with ``read(path, columns) -> datasets and rejected rows``."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Rejected

Reader = Callable[[Path, Mapping[str, str] | None], Iterator[Dataset | Rejected]]
FORMATS = {
    "csv": "csv_file", "odcs": "odcs", "datahub": "datahub", "openmetadata": "openmetadata", "dbt": "dbt", "vss": "vss",
}  # fmt: skip


def reader_of(format: str) -> Reader:
    """The reader of a format. Raises CatalogError for one that does not exist."""
    if format not in FORMATS:
        raise CatalogError(f"no catalog format {format!r}: choose one of {', '.join(FORMATS)}")
    read: Reader = importlib.import_module(f"mappings.catalog.formats.{FORMATS[format]}").read
    return read


def guess_format(path: Path) -> str:
    """The format by the file's ending and, for JSON, its first keys. Raises CatalogError when it is none of ours."""
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return "vss" if _is_vss(path) else "csv"
    if ending in (".yaml", ".yml"):
        return "odcs"
    if ending == ".json":
        return _guess_json(path)
    raise CatalogError(f"{path}: {ending or 'no ending'} is no catalog that is known by its name: say it with --format")


def _guess_json(path: Path) -> str:
    head = _head(path, 200_000)
    words = {
        "datahub": '"aspectName"|"proposedSnapshot"', "dbt": '"dbt_schema_version"', "odcs": '"DataContract"',
    }  # fmt: skip
    for format, either in words.items():
        if any(word in head for word in either.split("|")):
            return format
    if '"fullyQualifiedName"' in head:
        return "openmetadata"
    if '"children"' in head and '"branch"' in head:
        return "vss"
    known = ", ".join(format for format in FORMATS if format != "csv")
    raise CatalogError(f"{path}: is JSON of no known catalog ({known}): say it with --format")


def _is_vss(path: Path) -> bool:
    from mappings.catalog.formats.vss import is_vss_header

    first = _head(path, 10_000).partition("\n")[0]
    return is_vss_header([cell.strip('"\r\n ') for cell in first.split(",")])


def _head(path: Path, size: int) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(size).decode("utf-8-sig", "replace")
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror}") from error
