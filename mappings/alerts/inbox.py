"""Alerts as people read them on the site: a page of the team's, or what one owner has: datasets, alerts and dates.

Reads only, plain dicts. How an alert stands is ``standing``: composed, sent, delivered, acknowledged, or what failed.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row
from mappings.alerts.calendars import owner_days
from mappings.paging import read_page

_ALERTS = """
select alert.id, alert.owner, owner.name as owner_name, alert.event, alert.kind, alert.subject, alert.state,
  alert.nature, alert.due, alert.composed_at, alert.sent_at, alert.delivered_at, alert.last_error,
  acknowledged_at, acknowledged_by, acknowledgement.decision, acknowledgement.until, acknowledgement.reassigned_to
from alert left join owner on owner.id = alert.owner left join acknowledgement on acknowledgement.alert = alert.id
"""
_STATES = {
    "": "1",
    "open": "acknowledged_at is null and coalesce(alert.nature, '') <> 'notice'",
    "action": "acknowledged_at is null and alert.nature = 'action'",
    "counsel": "acknowledgement.decision = 'needs_counsel'",
    "promised": "acknowledgement.decision = 'will_act'",
    "acknowledged": "acknowledged_at is not null",
    "undelivered": "alert.state in ('dead', 'bounced', 'composed')",
}


def list_alerts(db: Database, *, owner: str = "", state: str = "", page: int = 1) -> Row:
    """A page of alerts, the newest first. ``state`` is one of _STATES; one that is not is none."""
    state = state if state in _STATES else ""
    sql = f"{_ALERTS} where {_STATES[state]} and (?1 = '' or alert.owner = ?1) order by composed_at desc, alert.id"
    found, more = read_page(db, sql, [owner], page)
    return {"alerts": [{**row, "standing": standing(row)} for row in found], "page": page, "more": more,
            "owner": owner, "state": state, "states": list(_STATES)}  # fmt: skip


def standing(alert: Row) -> str:
    """The furthest that an alert has come; what failed is said before what was reached."""
    if alert["acknowledged_at"]:
        return "acknowledged"
    if alert["state"] in ("dead", "bounced"):
        return str(alert["state"])
    return "delivered" if alert["delivered_at"] else str(alert["state"])


def one_alert(db: Database, id: str, *, owner: str | None = None) -> Row:
    """An alert as it was composed, why it reached its owner, and each attempt; ``owner``: only if it is theirs.

    ``owners``: to whom the team may pass it on; an owner names one by id. Raises NotFound, for what is another's too.
    """
    from mappings.queries import alert

    found = alert(db, id)
    if owner is not None and found["owner"] != owner:
        raise NotFound(f"no alert {id}")
    others = "select id, name from owner where id <> ? order by name, id limit 500"
    listed = list(db.query(others, [found["owner"]])) if owner is None else []
    return {**found, "standing": standing(found), "owners": listed}


def owner_page(db: Database, owner: str, *, today: str, page: int = 1) -> Row:
    """What one owner has: open alerts, a page of datasets, days from ``today`` on, answers given. Raises NotFound."""
    head = next(iter(db.query("select id, name, email, language from owner where id = ?", [owner])), None)
    if head is None:
        raise NotFound(f"no owner {owner} in the catalog")
    datasets, more = read_page(db, _DATASETS, [owner], page)
    mine = f"{_ALERTS} where alert.owner = ? and acknowledged_at is"
    open_ = db.query(f"{mine} null order by alert.nature <> 'action', alert.due is null, alert.due, composed_at desc "
                     "limit 100", [owner])  # fmt: skip
    answered = db.query(f"{mine} not null order by acknowledged_at desc limit 20", [owner])
    days = sorted((vars(day) for day in owner_days(db, owner) if day.date >= today), key=lambda day: day["date"])
    return {**head, "open": [{**row, "standing": standing(row)} for row in open_],
            "answered": [{**row, "standing": standing(row)} for row in answered],
            "datasets": datasets, "page": page, "more": more, "days": days}  # fmt: skip


_DATASETS = """
select dataset.id, name, system, storage_region, cross_border, recipient,
  (select count(*) from field where field.dataset = dataset.id and field.state <> 'removed') as fields,
  (select count(*) from link where link.dataset = dataset.id and link.state = 'suggested') as suggested,
  (select group_concat(distinct data_type) from link
   where link.dataset = dataset.id and link.state = 'accepted') as data_types
from dataset where owner = ? and state <> 'removed' order by name, dataset.id
"""
