"""Suggestions as a reviewer works through them: a page at a time, singly, in bulk above a confidence, and back again.

Reads, and hands decisions to ``decisions``; each call is a run that ``runs`` can undo.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from kb.errors import NotFound, RegwatchError
from kb.rows import Row
from kb.vocabulary import load_data_types
from mappings.catalog.decisions import STATES, Decision, decide_all
from mappings.catalog.runs import list_runs, touched_links
from mappings.paging import read_page

_WAITING = """
from link left join dataset on dataset.id = link.dataset left join owner on owner.id = dataset.owner
left join field on field.dataset = link.dataset and field.name = link.field
where link.state = 'suggested' and (?1 = '' or link.dataset = ?1) and (?2 = '' or link.data_type = ?2)
and link.confidence >= ?3
"""
_COLUMNS = """
select link.id, link.dataset, dataset.name as dataset_name, dataset.system, dataset.owner, owner.name as owner_name,
  link.field, field.type, field.unit, field.description, link.data_type, link.confidence, link.reason, link.rule
"""


def suggestion_queue(db: Database, *, dataset: str = "", data_type: str = "", above: float = 0.0, page: int = 1) -> Row:
    """A page of suggestions without a decision, the surest first; how many there are, by data type."""
    sql = f"{_COLUMNS} {_WAITING} order by link.confidence desc, link.dataset, link.field, link.data_type"
    found, more = read_page(db, sql, [dataset, data_type, above], page)
    by_type = list(db.query("select data_type, count(*) as n from link where state = 'suggested' group by 1 "
                            "order by 2 desc, 1"))  # fmt: skip
    return {"suggestions": [_named(row) for row in found], "page": page, "more": more, "dataset": dataset,
            "data_type": data_type, "above": above, "types": [_named(row) for row in by_type],
            "count": sum(row["n"] for row in by_type)}  # fmt: skip


def preview_above(db: Database, confidence: float, data_type: str = "") -> Row:
    """What accepting everything from a confidence up would accept: how many, by data type, and in how many datasets."""
    wanted = "from link where state = 'suggested' and (?1 = '' or data_type = ?1) and confidence >= ?2"
    asked = [data_type, confidence]
    types = [_named(row) for row in
             db.query(f"select data_type, count(*) as n {wanted} group by 1 order by 2 desc, 1", asked)]  # fmt: skip
    held = next(iter(db.query(f"select count(distinct dataset) as n {wanted}", asked)))["n"]
    return {"above": confidence, "data_type": data_type, "count": sum(row["n"] for row in types), "datasets": held,
            "types": types}  # fmt: skip


def accept_above(db: Database, confidence: float, expected: int, *, by: str, now: str, data_type: str = "") -> int:
    """Accept what the preview showed; how many. Raises RegwatchError when there is not what it showed any more."""
    wanted = [
        Decision(row["dataset"], row["field"], row["data_type"], "accepted",
                 f"confidence {row['confidence']:.2f}: {row['reason']}")
        for row in db.query(f"{_COLUMNS} {_WAITING}", ["", data_type, confidence])
    ]  # fmt: skip
    if len(wanted) != expected:
        raise RegwatchError(f"{len(wanted)} suggestions are now above {confidence}, not {expected}: look again first")
    what = f"accepted above {confidence}" + (f" {data_type}" if data_type else "")
    return len(decide_all(db, wanted, by=by, now=now, preview=False, strict=True, what=what)[0])


def decide_suggestions(db: Database, ids: Sequence[str], state: str, *, by: str, now: str, why: str = "") -> int:
    """Accept or reject links by their ids, as one run; how many. Raises NotFound, and then decides nothing."""
    if state not in STATES:
        raise RegwatchError(f"a link is accepted or rejected, not {state!r}")
    wanted = []
    for id in ids:
        row = next(iter(db.query("select dataset, field, data_type, reason from link where id = ?", [id])), None)
        if row is None:
            raise NotFound(f"no link {id}: it may have been withdrawn; see the queue")
        said = why or f"on the site: {row['reason']}"
        wanted.append(Decision(row["dataset"], row["field"], row["data_type"], STATES[state], said))
    what = f"{STATES[state]} on the site"
    return len(decide_all(db, wanted, by=by, now=now, preview=False, strict=True, what=what)[0])


def recent_runs(db: Database, page: int = 1, size: int = 50) -> Row:
    """Runs, the latest first."""
    found = list_runs(db)
    start = (page - 1) * size
    return {"runs": found[start : start + size], "page": page, "more": len(found) > start + size}


def one_run(db: Database, run: int) -> Row:
    """One run, and what undoing it would put back, and leave since somebody decided again. Raises NotFound."""
    row = next((one for one in list_runs(db) if one["run"] == run), None)
    if row is None:
        raise NotFound(f"no run {run}")
    touched = touched_links(db, run)
    back = [link for link in touched if not link["later"]]
    return {**row, "decided": [_named(link) for link in touched[:200]], "back": len(back),
            "kept": len(touched) - len(back)}  # fmt: skip


def _named(row: Row) -> Row:
    known = load_data_types().get(row["data_type"])
    return {**row, "name_zh": known.name_zh if known else row["data_type"],
            "name_en": known.name_en if known else row["data_type"]}  # fmt: skip
