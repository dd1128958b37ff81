"""Import or refresh a catalog, in one transaction.

A catalog (by default the file's stem) is what one import replaces: what it described before and does not describe now
is marked removed, never deleted, and comes back when it is described again. What other catalogs describe stays.
Decisions about links hang on dataset and field names, so a refresh never touches them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.errors import CatalogError
from kb.identity import content_id
from mappings.catalog.dataset import ATTRIBUTES, Dataset, Field, Rejected
from mappings.catalog.formats import guess_format, reader_of
from mappings.catalog.refresh import COUNTED, Described, add_sides, refresh_catalog


@dataclass(frozen=True)
class ImportReport:
    """``datasets``, ``fields`` and ``owners`` are counts of what the files describe. ``new`` and ``removed`` count
    fields, ``changed`` counts fields and datasets, ``unchanged`` fields. ``kept`` are fields that were not described
    any more, but stay because some rows could not be read: one of those may have been theirs. ``moved`` are datasets
    that have another owner than before, or none any more."""

    datasets: int
    fields: int
    owners: int
    new: int
    changed: int
    removed: int
    unchanged: int
    kept: int
    moved: int
    rejected: tuple[Rejected, ...]

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "rejected": [rejected.as_json() for rejected in self.rejected]}


@dataclass(frozen=True)
class _File:
    path: Path
    format: str
    catalog: str
    rejected: tuple[Rejected, ...]


def import_catalog(
    db: Database,
    paths: Sequence[Path],
    *,
    now: str,
    format: str | None = None,
    catalog: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportReport:
    """Read all files, then write once. Raises CatalogError, and has then written nothing.

    ``now`` is an observed time. ``columns`` maps our keys to the headers of a CSV. Two files of one call that describe
    the same field are laid together, the first file's words first.
    """
    catalogs: dict[str, Described] = {}
    sides: list[tuple[str, Dataset]] = []
    files = [_read_file(path, format, catalog or path.stem, columns, catalogs, sides) for path in paths]
    everything = [dataset for one in catalogs.values() for dataset in one.datasets.values()]
    if not everything and not sides:
        raise CatalogError(f"{', '.join(map(str, paths))}: describes no dataset: nothing was imported")
    counts = Counter[str]()
    with db.atomic():
        before = _owners(db)
        for name, one in catalogs.items():
            if one.datasets:
                counts.update(refresh_catalog(db, name, one, now))
        changed, unknown = add_sides(db, (side for _, side in sides), now)
        counts["changed"] += changed
        absent = [
            Rejected(0, f"no catalog has a dataset {side.id!r}: a CSV without fields only adds to datasets", file=file)
            for file, side in sides
            if side.id in unknown
        ]
        files = [replace(f, rejected=(*f.rejected, *(r for r in absent if r.file == f.path.name))) for f in files]
        report = ImportReport(
            datasets=len({dataset.id for dataset in [*everything, *(side for _, side in sides)]}),
            fields=sum(len(fields) for one in catalogs.values() for fields in one.fields.values()),
            owners=len({dataset.attributes.owner.id for dataset in everything if dataset.attributes.owner}),
            moved=sum(before.get(id) not in (None, owner) for id, owner in _owners(db).items()),
            rejected=tuple(rejected for file in files for rejected in file.rejected),
            **{key: counts[key] for key in COUNTED},
        )
        for file in files:
            _record(db, file, report, now)
    return report


def _owners(db: Database) -> dict[str, str | None]:
    return {row["id"]: row["owner"] for row in db.query("select id, owner from dataset where state = 'active'")}


def _read_file(
    path: Path, format: str | None, catalog: str, columns: Mapping[str, str] | None, catalogs: dict[str, Described],
    sides: list[tuple[str, Dataset]],
) -> _File:  # fmt: skip
    if path.is_dir():
        raise CatalogError(f"{path}: is a folder: name the files in it, such as {path}/*.csv")
    if not path.exists():
        raise CatalogError(f"{path}: no such file")
    format = format or guess_format(path)
    rejected: list[Rejected] = []
    one, described = catalogs.setdefault(catalog, Described({}, {})), set[str]()
    for found in reader_of(format)(path, columns):
        if isinstance(found, Rejected):
            rejected.append(replace(found, file=path.name))
        elif found.side:
            sides.append((path.name, found))
        else:
            if found.id in described:
                why = f"{found.id} is described twice in this file: laid together, the first's words first"
                rejected.append(Rejected(0, why, file=path.name))
            described.add(found.id)
            holder = next((other for other in catalogs.values() if found.id in other.datasets), one)
            _lay_together(holder, found)
    for each in catalogs.values():
        each.lost = each.lost or any(row.lost for row in rejected)
    return _File(path, format, catalog, tuple(rejected))


def _lay_together(one: Described, found: Dataset) -> None:
    fields = one.fields.setdefault(found.id, {})
    for field in found.fields:
        old = fields.get(field.name, field)
        fields[field.name] = Field(
            field.name, old.type or field.type, old.unit or field.unit, old.description or field.description
        )
    if (old_dataset := one.datasets.get(found.id)) is None:
        one.datasets[found.id] = found
        return
    gaps = {
        name: getattr(found.attributes, name)
        for name in ATTRIBUTES
        if getattr(old_dataset.attributes, name) in (None, "unknown")
    }
    one.datasets[found.id] = replace(
        old_dataset,
        attributes=replace(old_dataset.attributes, **gaps),
        stated=old_dataset.stated | found.stated,
        silent=old_dataset.silent & found.silent,
    )


def _record(db: Database, file: _File, report: ImportReport, now: str) -> None:
    """What this import did, once: the same file at the same time is the same import."""
    with file.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    id = content_id("import", file.path.name, digest, file.catalog, now)
    db.execute(
        "insert or ignore into catalog_import (id, file, format, catalog, imported_at, datasets, fields, owners, new, "
        "changed, removed) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [id, file.path.name, file.format, file.catalog, now, report.datasets, report.fields, report.owners,
         report.new, report.changed, report.removed],
    )  # fmt: skip
    reasons: dict[int, list[str]] = {}
    for rejected in file.rejected:
        reasons.setdefault(rejected.row, []).append(rejected.why)
    db.conn.executemany(
        "insert or ignore into rejected_row (import, row, why) values (?, ?, ?)",
        [(id, row, "; ".join(why)) for row, why in reasons.items()],
    )
