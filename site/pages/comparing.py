"""Two versions side by side, in the three views that lawyers know, filtered by grade, and as DOCX."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from kb import queries
from kb.errors import NotFound
from kb.overview.shelf import keep
from pages.registry import File, Page
from pages.visit import Row, Visit

VIEWS = {"side": "对照版", "notes": "编注版", "clean": "整理版"}
CHOICES = 40  # works offered


async def compare(visit: Visit) -> Row:
    old, new = visit.args.get("old", ""), visit.args.get("new", "")
    if not (old and new):
        return {"old": None, "new": None, **await choose(visit)}
    view = visit.args.get("view") if visit.args.get("view") in VIEWS else "side"
    if view != "side":
        sheet = await visit.kept_kb(f"sheet {view} {old} {new}", lambda db: _sheet(db, old, new, str(view)))
        return {**sheet, "view": view, "links": _links(visit)}
    from kb.comparing.side_by_side import compare_versions

    found = await visit.kept_kb(f"compare {old} {new}", lambda db: compare_versions(db, old, new))
    grade, everything = visit.args.get("grade") or None, "all" in visit.args
    number = 0
    sections: dict[str, list[Row]] = {}
    for name in ("item_rows", "provision_rows"):
        sections[name], number = _shown(found[name], grade, everything, number)
    return {**found, **sections, "view": view, "grade": grade, "all": everything, "rows": number,
            "links": _links(visit)}  # fmt: skip


def _shown(runs: list[Row], grade: str | None, everything: bool, number: int) -> tuple[list[Row], int]:
    """The runs that are shown, every changed row with its number, by which it can be linked."""
    shown = []
    for run in runs:
        if not run["changed"]:
            if grade is None:
                shown.append({**run, "rows": run["rows"] if everything else [], "count": len(run["rows"])})
            continue
        rows = []
        for row in run["rows"]:
            number += 1
            if grade in (None, row["grade"] or "substantive"):
                rows.append({**row, "number": number})
        if rows:
            shown.append({**run, "rows": rows, "count": len(rows)})
    return shown, number


def _links(visit: Visit) -> Row:
    """The same comparison in other views, and with or without what did not change."""
    def to(**changes: Any) -> str:
        return visit.address(**{"grade": None, "all": None, **changes})

    return {**{name: to(view=name if name != "side" else None) for name in VIEWS},
            "docx": to().replace("/compare?", "/compare.docx?"), "everything": to(all="1"), "changes": to(),
            "grades": {grade: to(grade=grade) for grade in ("threshold", "deadline", "substantive", "editorial",
                                                            "renumbered")}}  # fmt: skip


def _sheet(db: Database, old: str, new: str, view: str) -> Row:
    from dataclasses import asdict

    from kb.comparing.chosen import compare_readings, load_version
    from kb.comparing.sheets import make_sheet
    from kb.comparing.side_by_side import head_of

    sides = head_of(db, old), head_of(db, new)
    comparison = compare_readings(load_version(db, old), load_version(db, new), preambles=True)
    made = asdict(make_sheet(comparison, VIEWS[view], sides[0]["title"], sides[1]["title"]))
    return {"old": sides[0], "new": sides[1], "sheet": {**made, "old": sides[0]["title"], "new": sides[1]["title"]}}


async def compare_docx(visit: Visit) -> tuple[str, bytes, str]:
    from kb.comparing.chosen import compare_readings, load_version
    from kb.comparing.sheet_docx import sheet_docx
    from kb.comparing.sheets import make_sheet
    from kb.comparing.side_by_side import head_of
    from pages.version import DOCX

    old, new = visit.args.get("old", ""), visit.args.get("new", "")
    view = VIEWS.get(visit.args.get("view", ""), VIEWS["side"])

    def ask(db: Database) -> bytes:
        names = [f"{head_of(db, id)['title']} {head_of(db, id)['published'] or ''}".strip() for id in (old, new)]
        comparison = compare_readings(load_version(db, old), load_version(db, new), preambles=True)
        return sheet_docx(make_sheet(comparison, view, *names))

    return f"{view} {new}.docx", await visit.kb(ask), DOCX


async def choose(visit: Visit) -> Row:
    """What a form that asks for two versions offers: one work's, or the works whose titles have the words typed."""
    words, id = visit.args.get("words", "").strip(), visit.args.get("work", "")
    works = await visit.kept_kb("works", queries.works)
    read = [work for work in works if sum(version["read"] for version in work["versions"])]
    if id:
        read = [work for work in read if work["id"] == id]
        if not read:
            raise NotFound(f"no version of {id} has been read: see `regwatch works`")
    found = keep(read, words=words or None)
    return {"words": words, "work": id or None, "count": len(found), "works": found[:CHOICES]}


PAGES = (
    Page("/compare", "compare.html", compare),
    File(r"/compare\.docx", compare_docx),
)
