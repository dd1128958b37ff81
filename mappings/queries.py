"""Named questions about company.db, for the command line and the site: plain dicts and lists, ready for JSON.

Reads only. Data types, events and changes are ids of kb.db, named by who asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row

if TYPE_CHECKING:
    from mappings.alerts.impact import Dataset, Link

_DATASETS = """
select dataset.*, owner.name as owner_name, owner.email as owner_email,
  (select count(*) from field where field.dataset = dataset.id and field.state <> 'removed') as fields,
  (select count(*) from link where link.dataset = dataset.id and link.state = 'accepted') as accepted,
  (select count(*) from link where link.dataset = dataset.id and link.state = 'suggested') as suggested,
  (select group_concat(distinct link.data_type) from link
   where link.dataset = dataset.id and link.state = 'accepted') as data_types
from dataset left join owner on owner.id = dataset.owner
"""
_OF_TYPE = """
select dataset.id, dataset.name, owner.name as owner_name, count(*) as links from link
join dataset on dataset.id = link.dataset left join owner on owner.id = dataset.owner
where link.data_type = ? and link.state = 'accepted' group by dataset.id order by dataset.name, dataset.id
"""
_ALERTS = """
select alert.id, alert.owner, owner.name as owner_name, alert.address, alert.event, alert.kind, alert.language,
  alert.subject, alert.state, alert.nature, alert.due, alert.composed_at, alert.sent_at, alert.delivered_at,
  alert.attempts, alert.last_error, alert.next_attempt_at,
  acknowledged_at, acknowledged_by, acknowledgement.decision, acknowledgement.until, acknowledgement.reassigned_to,
  acknowledgement.note,
  (select count(distinct dataset) from alert_line where alert_line.alert = alert.id) as datasets,
  (select count(distinct change) from alert_line where alert_line.alert = alert.id) as changes
from alert left join owner on owner.id = alert.owner left join acknowledgement on acknowledgement.alert = alert.id
"""


def datasets(db: Database) -> list[Row]:
    """Datasets with their owner, how many fields and links they have, and the data types accepted for them."""
    return [
        _dataset(row) for row in db.query(f"{_DATASETS} order by dataset.state = 'removed', dataset.name, dataset.id")
    ]


def dataset(db: Database, id: str) -> Row:
    """One dataset with its fields in order, and all its links: suggested, accepted and rejected."""
    row = _first(db, f"{_DATASETS} where dataset.id = ?", id)
    if row is None:
        raise NotFound(f"no dataset {id}: see `regwatch map check` or the catalog")
    return {
        **_dataset(row),
        "columns": list(db.query("select * from field where dataset = ? order by ordinal, id", [id])),
        "links": list(db.query("select * from link where dataset = ? order by field, state, data_type", [id])),
        "alerts": list(db.query(f"{_ALERTS} where alert.id in (select alert from alert_line where dataset = ?) "
                                "order by composed_at desc", [id])),
    }  # fmt: skip


def datasets_of_type(db: Database, data_type: str) -> list[Row]:
    """Datasets with accepted links to a data type: id, name, owner_name, and how many links."""
    return list(db.query(_OF_TYPE, [data_type]))


def alerts(db: Database, *, owner: str | None = None, state: str | None = None) -> list[Row]:
    """Alerts, those not acknowledged first, then the newest. ``state``: open, acknowledged, or a delivery state."""
    wanted = list(
        db.query(
            f"{_ALERTS} where ?1 is null or ?1 in (alert.owner, alert.address) "
            "order by acknowledged_at is not null, composed_at desc, alert.id",
            [owner],
        )
    )
    if state == "open":
        return [row for row in wanted if not row["acknowledged_at"] and row["nature"] != "notice"]
    if state == "acknowledged":
        return [row for row in wanted if row["acknowledged_at"]]
    return [row for row in wanted if state in (None, row["state"])]


def alert(db: Database, id: str) -> Row:
    """One alert as it was composed, why it reached its owner line by line, and each attempt to deliver it."""
    row = _first(db, f"{_ALERTS} where alert.id = ?", id)
    if row is None:
        raise NotFound(f"no alert {id}: see `regwatch alert list`")
    return {
        **row,
        "body": next(db.query("select coalesce(words, body) as body from alert where id = ?", [id]))["body"],
        "lines": list(
            db.query(
                "select alert_line.*, dataset.name as dataset_name from alert_line left join dataset "
                "on dataset.id = alert_line.dataset where alert = ? order by dataset_name, field, alert_line.id",
                [id],
            )
        ),
        "deliveries": list(db.query("select * from delivery where alert = ? order by attempted_at, id", [id])),
    }


def owners(db: Database) -> list[Row]:
    """Owners with how many datasets they have and how many alerts they have not acknowledged."""
    return list(
        db.query(
            "select owner.*, (select count(*) from dataset where dataset.owner = owner.id) as datasets, "
            "(select count(*) from alert where alert.owner = owner.id and alert.id not in "
            "(select alert from acknowledgement)) as open_alerts from owner order by name, id"
        )
    )


def impacts_between(
    kb: Database, old: str, new: str, links: Sequence[Link], datasets: Mapping[str, Dataset],
    transfers: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Row], int]:  # fmt: skip
    """What the stored changes from one version to another touch, gravest first, and how many changes touch nothing.

    ``links`` and ``datasets`` are those of load_reach(), ``transfers`` those of transfers_of_datasets(). Raises
    NotFound when no comparison leads from old to new.
    """
    from mappings.alerts.between import events_between

    return impacts_of_events(kb, events_between(kb, old, new), links, datasets, transfers)


def impacts_of_events(
    kb: Database, events: Sequence[str], links: Sequence[Link], datasets: Mapping[str, Dataset],
    transfers: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Row], int]:  # fmt: skip
    """The same for events by id: also edits in place, interpretations and overrides. Raises NotFound."""
    from mappings.alerts.evidence import load_story
    from mappings.alerts.reach import impacts_of

    listed: list[Row] = []
    unclaimed = 0
    for event in events:
        changes = {change.id: change for change in load_story(kb, event).changes}
        ids, impacts = impacts_of(kb, event, links, datasets)
        unclaimed += len(set(ids) - {impact.change for impact in impacts})
        order = {change: place for place, change in enumerate(changes)}
        for impact in sorted(impacts, key=lambda impact: (order[impact.change], impact.data_type, impact.dataset)):
            change = changes[impact.change]
            where = " ".join(part for part in (change.place, change.label) if part)
            listed.append(
                {
                    **asdict(impact),
                    "event": event,
                    "grade": change.grade,
                    "where": where,
                    "dataset_name": datasets[impact.dataset].name,
                    "system": datasets[impact.dataset].system or "",
                    "transfers": list((transfers or {}).get(impact.dataset, ())),
                }
            )
    return listed, unclaimed


def transfers_of_datasets(db: Database) -> dict[str, list[str]]:
    """Dataset id → the declared transfers that carry one of its fields, by id."""
    from mappings.exposure.store import load_transfers

    found: dict[str, list[str]] = {}
    for transfer in load_transfers(db):
        for dataset in transfer.datasets:
            found.setdefault(dataset, []).append(transfer.id)
    return found


def _dataset(row: Row) -> Row:
    return {**row, "data_types": sorted(row["data_types"].split(",")) if row["data_types"] else []}


def _first(db: Database, sql: str, id: str) -> Row | None:
    return next(iter(db.query(sql, [id])), None)
