"""Write one catalog over what stood there: new, changed, removed, unchanged.

Rows keep their ids and ``first_seen``; nothing is deleted. Reading files belongs to ``importer``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from kb.identity import content_id
from mappings.catalog.dataset import ATTRIBUTES, Dataset, Field, Owner

COUNTED = ("new", "changed", "removed", "unchanged", "kept")


@dataclass
class Described:
    """One catalog as its files describe it: datasets by id, fields by name. ``lost``: rows of it could not be read."""

    datasets: dict[str, Dataset]
    fields: dict[str, dict[str, Field]]
    lost: bool = False


def refresh_catalog(db: Database, name: str, one: Described, now: str) -> dict[str, int]:
    """Write what a catalog describes and mark the rest of it removed; COUNTED → how many. Part of one transaction."""
    owners = [dataset.attributes.owner for dataset in one.datasets.values() if dataset.attributes.owner]
    _write_owners(db, owners, now)
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    counts["changed"] += _write_datasets(db, name, one.datasets.values(), now)
    stored = {row["id"]: row for row in db.query("select id, digest, state, type, description from field")}
    rows = []
    for dataset, fields in one.fields.items():
        for ordinal, field in enumerate(fields.values()):
            old = stored.get(content_id("field", dataset, field.name))
            if old and (silent := one.datasets[dataset].silent):
                field = replace(field, **{said: getattr(field, said) or old[said] for said in silent})
            row = _field_row(name, dataset, field, ordinal, now)
            same = old is not None and old["digest"] == row["digest"]
            back = old is None or old["state"] == "removed"
            counts["new" if back else "unchanged" if same else "changed"] += 1
            rows.append(row)
    _upsert(db, "field", rows)
    return counts | _remove_rest(db, name, one, now)


def add_sides(db: Database, sides: Iterable[Dataset], now: str) -> tuple[int, list[str]]:
    """Write what side files state over what stands there; how many datasets changed, and the ids that nobody has."""
    changed, unknown = 0, []
    for side in sides:
        stored = next(iter(db.query("select * from dataset where id = ?", [side.id])), None)
        if stored is None:
            unknown.append(side.id)
            continue
        said = {name: getattr(side.attributes, name) for name in sorted(side.stated)}
        if owner := side.attributes.owner:
            _write_owners(db, [owner], now)
            said["owner"] = owner.id
        if any(stored[name] != value for name, value in said.items()):
            row = {key: stored[key] for key in ("id", "name", *ATTRIBUTES)} | said
            db.table("dataset").update(side.id, said | {"digest": content_id("dataset", row)})
            changed += 1
    return changed, unknown


def _field_row(catalog: str, dataset: str, field: Field, ordinal: int, now: str) -> dict[str, Any]:
    return {
        "id": content_id("field", dataset, field.name), "dataset": dataset, "name": field.name, "type": field.type,
        "unit": field.unit, "description": field.description, "ordinal": ordinal, "digest": field.digest,
        "state": "active", "catalog": catalog, "first_seen": now, "last_seen": now,
    }  # fmt: skip


def _write_owners(db: Database, owners: Iterable[Owner], now: str) -> None:
    rows = [
        {"id": owner.id, "name": owner.name, "email": owner.email, "language": owner.language,
         "first_seen": now, "last_seen": now}
        for owner in owners
    ]  # fmt: skip
    _upsert(db, "owner", rows)


def _write_datasets(db: Database, catalog: str, datasets: Iterable[Dataset], now: str) -> int:
    """Write the stated attributes of each dataset; how many that stood there have changed."""
    stored = {row["id"]: row for row in db.query("select * from dataset")}
    changed, rows = 0, []
    for dataset in datasets:
        old = stored.get(dataset.id, {})
        said = {name: getattr(dataset.attributes, name) for name in ATTRIBUTES}
        said["owner"] = dataset.attributes.owner.id if dataset.attributes.owner else None
        kept = {name: old[name] for name in ATTRIBUTES if old and name not in dataset.stated}
        row = {"id": dataset.id, "name": dataset.name, **said, **kept}
        row["digest"] = content_id("dataset", row)
        changed += bool(old) and old["state"] == "active" and old["digest"] != row["digest"]
        rows.append({**row, "catalog": catalog, "state": "active", "first_seen": now, "last_seen": now})
    _upsert(db, "dataset", rows)
    return changed


def _remove_rest(db: Database, catalog: str, one: Described, now: str) -> dict[str, int]:
    """Mark what this catalog described before and does not describe now; nothing when rows of it were lost."""
    described = {content_id("field", dataset, name) for dataset, fields in one.fields.items() for name in fields}
    gone = [
        (row["id"], row["dataset"])
        for row in db.query("select id, dataset from field where catalog = ? and state = 'active'", [catalog])
        if row["id"] not in described
    ]
    if one.lost:
        return {"removed": 0, "kept": len(gone)}
    db.conn.executemany("update field set state = 'removed' where id = ?", [(id,) for id, _ in gone])
    suspects = {dataset for _, dataset in gone} | {
        row["id"] for row in db.query("select id from dataset where catalog = ? and state = 'active'", [catalog])
    }
    db.conn.executemany(
        "update dataset set state = 'removed' where id = ? "
        "and not exists (select 1 from field where field.dataset = dataset.id and state = 'active')",
        [(id,) for id in suspects - set(one.datasets)],
    )
    return {"removed": len(gone), "kept": 0}


def _upsert(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or replace everything but ``first_seen`` of those that stand there; of an owner only what is said,
    since another dataset may say more of the same owner."""
    if not rows:
        return
    columns = list(rows[0])
    value = 'coalesce(excluded."{0}", "{0}")' if table == "owner" else 'excluded."{0}"'
    replaced = ", ".join(f'"{c}" = {value.format(c)}' for c in columns if c not in ("id", "first_seen"))
    names, places = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
    db.conn.executemany(
        f'insert into "{table}" ({names}) values ({places}) on conflict (id) do update set {replaced}',
        [tuple(row.values()) for row in rows],
    )
