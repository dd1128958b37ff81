"""One version with its text in parts, one event between versions, one fact with its source, captured bytes; exports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from kb import queries
from kb.law.standing import standing_on
from kb.law.works import load_work
from pages.registry import File, Page
from pages.visit import Row, Visit

PART = 24_000  # characters of provisions on one page, some 72 kB of UTF-8
ITEMS = 40  # data items on one page


async def version(visit: Visit) -> Row:
    """``at`` (an eid, or the anchor of an item) opens the part that holds it; ``page`` the part by its number."""
    id, at = visit.args["id"], visit.args.get("at", "")

    def ask(db: Database) -> tuple[Row, list[dict[str, Any]]]:
        row = queries.version(db, id)
        row = {**standing_on(db, row, visit.today), **row}
        return {**row, "jsonld": json_ld(row)}, divide(queries.provisions(db, id), queries.items(db, id))

    row, parts = await visit.kept_kb(f"version {id}", ask)
    number = min(_holding(parts, at) or visit.page, len(parts))
    shown = parts[number - 1]
    return {**row, "outline": shown["outline"], "items": shown["items"], "part": number,
            "parts": [{"number": n, "name": part["name"]} for n, part in enumerate(parts, 1)]}  # fmt: skip


def divide(outline: Sequence[Row], items: Sequence[Row]) -> list[dict[str, Any]]:
    """A long text in parts that a page can bear: items first, then provisions; a part begins with a whole unit."""
    parts: list[dict[str, Any]] = [
        {"items": items[start : start + ITEMS], "outline": [], "name": _span(items[start : start + ITEMS], "number")}
        for start in range(0, len(items), ITEMS)
    ]  # fmt: skip
    size = 0
    units: list[Row] = []
    for unit in outline:
        length = len(unit["body"] or "") + 40
        if units and size + length > PART:
            parts.append({"items": [], "outline": units, "name": _span(units, "number")})
            size, units = 0, []
        size, units = size + length, [*units, unit]
    if units:
        parts.append({"items": [], "outline": units, "name": _span(units, "number")})
    if len(parts) == 2 and parts[0]["items"] and parts[1]["outline"] and len(items) * 400 + size <= PART:
        parts = [{"items": parts[0]["items"], "outline": parts[1]["outline"], "name": ""}]
    return parts or [{"items": [], "outline": [], "name": ""}]


def _span(rows: Sequence[Row], name: str) -> str:
    numbers = [row[name] for row in rows if row[name]]
    return f"{numbers[0]} – {numbers[-1]}" if len(numbers) > 1 else "".join(numbers)


def _holding(parts: Sequence[dict[str, Any]], at: str) -> int | None:
    for number, part in enumerate(parts, 1):
        if any(row["id"].rpartition("#")[2] == at for row in (*part["items"], *part["outline"])):
            return number
    return None


def json_ld(row: Row) -> str:
    """The version as schema.org Legislation, without its text, safe inside a script element."""
    from kb.standards.jsonld import legislation

    work = load_work(row["work"])
    relations = [relation.model_dump() for relation in work.relations] if work else []
    said = json.dumps(legislation(row, (), relations), ensure_ascii=False)
    return said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


async def items_csv(visit: Visit) -> tuple[str, bytes, str]:
    from kb.standards.export import standard_of

    id = visit.args["id"]
    data, _ = await visit.kb(lambda db: standard_of(db, "items", id, "csv", day=visit.today))
    return f"{id}-items.csv", data, "text/csv; charset=utf-8"


async def text_docx(visit: Visit) -> tuple[str, bytes, str]:
    """整理版: the text as it stands."""
    from kb.comparing.chosen import compare_readings, load_version
    from kb.comparing.sheet_docx import sheet_docx
    from kb.comparing.sheets import make_sheet

    id = visit.args["id"]

    def ask(db: Database) -> bytes:
        title = queries.version(db, id)["title"]
        side = load_version(db, id)
        return sheet_docx(make_sheet(compare_readings(side, side), "整理版", title, title))

    return f"{id}.docx", await visit.kb(ask), DOCX


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def event(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.event(db, visit.args["id"]))


async def fact(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.fact_source(db, visit.args["id"]))


async def source(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.capture(db, visit.args["id"]))


PAGES = (
    Page("/version/(?P<id>[^/]+?)", "version.html", version),
    Page("/event/(?P<id>[^/]+?)", "event.html", event),
    Page("/fact/(?P<id>[^/]+?)", "fact.html", fact),
    Page("/source/(?P<id>[0-9a-f]{64})", "source.html", source),
    File(r"/version/(?P<id>[^/]+)/items\.csv", items_csv),
    File(r"/version/(?P<id>[^/]+)/text\.docx", text_docx),
)
