"""Which stored comparisons lie between two versions of a work."""

from __future__ import annotations

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row, missing, rows


def events_between(kb: Database, old: str, new: str) -> list[str]:
    """Stored comparisons that lead from version ``old`` to version ``new``, over versions between them if need be.

    The same version twice asks for its edits in place. Raises NotFound for unknown versions and when nothing leads
    from one to the other.
    """
    for version in (old, new):
        if not rows(kb, "select 1 from version where id = ?", [version]):
            raise missing("version", version)
    steps: dict[str, list[Row]] = {}
    for row in rows(kb, "select id, old_version, new_version from event where old_version is not null "
                        "order by occurred_at, id"):  # fmt: skip
        steps.setdefault(row["old_version"], []).append(row)
    if old == new:
        path = [row["id"] for row in steps.get(old, []) if row["new_version"] == old]
    else:
        path = _path(steps, old, new)
    if path:
        return path
    if _path(steps, new, old):
        raise NotFound(f"no comparison from {old} to {new}, only the other way: use --from {new} --to {old}")
    raise NotFound(f"no comparison of {old} and {new} is stored: see `regwatch show {old}` for its neighbours")


def _path(steps: dict[str, list[Row]], old: str, new: str) -> list[str]:
    """The shortest chain of events, found breadth first."""
    reached: dict[str, list[str]] = {old: []}
    queue = [old]
    for version in queue:
        for row in steps.get(version, []):
            if row["new_version"] not in reached:
                reached[row["new_version"]] = [*reached[version], row["id"]]
                queue.append(row["new_version"])
    return reached.get(new, [])
