"""Runs: decisions made in one call, that stand and fall together.

Owns the table ``decision_run``. Undoing a run puts each of its links back to what was decided before it; what was
decided later stays. Nothing is deleted: an undone run is kept with who took it back and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from mappings.catalog.links import restore_decision


@dataclass(frozen=True)
class Undone:
    """Links that were put back, with the state they have now, and links that somebody decided again since."""

    restored: list[dict[str, Any]]
    kept: list[dict[str, Any]]


def begin_run(db: Database, what: str, *, by: str, now: str) -> int:
    """A new run; ``what`` says in words what was called for."""
    sql = "insert into decision_run (what, decided_by, decided_at) values (?, ?, ?) returning id"
    return int(next(iter(db.execute(sql, [what, by, now])))[0])


def list_runs(db: Database) -> list[dict[str, Any]]:
    """All runs, the latest first, with how many links each decided."""
    return list(db.query(
        "select id as run, what, decided_by, decided_at, "
        "(select count(*) from link_decision where run = decision_run.id) as links, undone_by, undone_at "
        "from decision_run order by id desc"
    ))  # fmt: skip


def undo_run(db: Database, run: int, *, by: str, now: str, preview: bool = False) -> Undone:
    """Take a run back. Raises NotFound when there is none, or when it was undone before."""
    row = next(iter(db.query("select * from decision_run where id = ?", [run])), None)
    if row is None:
        raise NotFound(f"no run {run}: see `regwatch map runs`")
    if row["undone_at"]:
        raise NotFound(f"run {run} was undone by {row['undone_by']} at {row['undone_at']}")
    touched = [(link["id"], link["later"]) for link in touched_links(db, run)]
    with db.atomic():
        db.execute("savepoint undoing")
        db.execute("update decision_run set undone_by = ?, undone_at = ? where id = ?", [by, now, run])
        for id, _ in touched:
            restore_decision(db, id)  # what was decided later stands, and is what it goes back to
        report = Undone(*([_link(db, id) for id, later in touched if bool(later) is kept] for kept in (False, True)))
        if preview:
            db.execute("rollback to undoing")
    return report


def touched_links(db: Database, run: int) -> list[dict[str, Any]]:
    """The links that a run decided, with their state now; ``later``: somebody has decided again since."""
    return list(db.query(_TOUCHED, {"run": run}))


_TOUCHED = """
select link.id, link.dataset, link.field, link.data_type, link.state,
  exists (select 1 from link_decision as after left join decision_run on decision_run.id = after.run
  where after.link = made.link and after.id > made.last and decision_run.undone_at is null) as later
from (select link, max(id) as last from link_decision where run = :run group by link) as made
join link on link.id = made.link order by link.dataset, link.field, link.data_type
"""


def _link(db: Database, id: str) -> dict[str, Any]:
    return next(iter(db.query("select dataset, field, data_type, state from link where id = ?", [id])))
