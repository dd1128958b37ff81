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
PART = 18_000  # characters of both sides on one page


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
    parts = divide(found["item_rows"], found["provision_rows"], grade, everything)
    number = min(visit.page, len(parts))
    return {**found, **parts[number - 1], "view": view, "grade": grade, "all": everything, "part": number,
            "parts": [{"number": n, "link": visit.address(page=n), "chosen": n == number}
                      for n in range(1, len(parts) + 1)], "links": _links(visit)}  # fmt: skip


def divide(items: list[Row], provisions: list[Row], grade: str | None, everything: bool) -> list[Row]:
    """The runs that are shown, in parts that a page can bear; every changed row with its number, for links to it."""
    parts: list[Row] = [{"item_rows": [], "provision_rows": []}]
    number = size = 0
    before: Row = {}
    for name, runs in (("item_rows", items), ("provision_rows", provisions)):
        for run in runs:
            if not run["changed"] and grade is None:
                if not everything:
                    parts[-1][name].append({**run, "rows": [], "count": len(run["rows"])})
                    continue
            elif not run["changed"]:
                continue
            for row in run["rows"]:
                number += run["changed"]
                if grade not in (None, row["grade"] or "substantive"):
                    continue
                length = 200 + sum(len(words) for field in row["fields"] for side in ("old", "new")
                                   for _, words in field[side])  # fmt: skip
                if size and size + length > PART:
                    parts.append({"item_rows": [], "provision_rows": []})
                    size, before = 0, {}
                size += length
                shown = {**row, "number": number if run["changed"] else None, "next": None}
                if run["changed"]:
                    before["next"], before = number, shown
                parts[-1][name].append({**run, "rows": [shown], "count": 1})
    return parts


def _links(visit: Visit) -> Row:
    """The same comparison in other views, and with or without what did not change."""

    def to(**changes: Any) -> str:
        return visit.address(**{"grade": None, "all": None, "page": None, **changes})

    return {**{name: to(view=name if name != "side" else None) for name in VIEWS},
            "docx": to().replace("/compare?", "/compare.docx?"), "everything": to(all="1"), "changes": to(),
            "grades": {grade: to(grade=grade) for grade in ("threshold", "deadline", "substantive", "editorial",
                                                            "renumbered")}}  # fmt: skip


def _sheet(db: Database, old: str, new: str, view: str) -> Row:
    from dataclasses import asdict

    from kb.comparing.chosen import compare_readings, load_version
    from kb.comparing.headlines import headlines_by_topic
    from kb.comparing.sheets import make_sheet
    from kb.comparing.side_by_side import head_of

    sides = head_of(db, old), head_of(db, new)
    comparison = compare_readings(load_version(db, old), load_version(db, new), preambles=True)
    made = asdict(make_sheet(comparison, VIEWS[view], sides[0]["title"], sides[1]["title"]))
    topics = headlines_by_topic(comparison) if made["headlines"] else {}
    made |= {"old": sides[0]["title"], "new": sides[1]["title"]}
    return {"old": sides[0], "new": sides[1], "topics": topics, "sheet": made}


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
    read = await visit.kept_kb("choose", _read_works)
    if id:
        read = [work for work in read if work["id"] == id]
        if not read:
            raise NotFound(f"no version of {id} has been read: see `regwatch works`")
    found = keep(read, words=words or None)
    return {"words": words, "work": id or None, "count": len(found), "works": found[:CHOICES]}


def _read_works(db: Database) -> list[Row]:
    return [work for work in queries.works(db) if any(version["read"] for version in work["versions"])]


PAGES = (
    Page("/compare", "compare.html", compare),
    File(r"/compare\.docx", compare_docx),
)
