"""Works as lawyers file them; one work along its life, on a chosen day, with everything that can be taken away."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from kb import queries
from kb.law.disputes import open_claims
from kb.law.standing import name_standing
from kb.law.works import load_works
from kb.overview.shelf import choices, keep, shelf
from kb.overview.timeline import timeline
from pages.language import Language
from pages.pictures import draw_timeline
from pages.registry import Page, Picture
from pages.visit import Row, Visit

SHOWN = 40
FILTERS = ("agency", "level", "validity", "number", "words")


async def works(visit: Visit) -> Row:
    """All works, or those that the filters keep; with ``in_force`` the law of that day."""
    day = day_given(visit.args.get("in_force"))
    chosen = {name: visit.args.get(name, "").strip() or None for name in FILTERS}

    def ask(db: Database) -> tuple[list[Row], Row]:
        found = shelf(db, day or visit.today)
        return found, choices(found)

    listed, counted = await visit.kept_kb(f"shelf {day}", ask)
    kept = keep(listed, **chosen) if any(chosen.values()) else listed
    if day:
        law = [{**work, "versions": [v for v in work["versions"] if v["validity"] in LAW]} for work in kept]
        kept = [work for work in law if work["versions"]]
    number = visit.page
    return {
        "in_force": day, **chosen, "choices": counted, "count": len(kept), "page": number,
        "works": kept[(number - 1) * SHOWN : number * SHOWN], **neighbours(visit, number, len(kept) > number * SHOWN),
    }  # fmt: skip


LAW = ("in_force", "partly_overridden", "disputed")


async def work(visit: Visit) -> Row:
    id, chosen = visit.args["id"], day_given(visit.args.get("in_force"))
    day = chosen or visit.today

    def ask(db: Database) -> Row:
        row = queries.work(db, id, in_force=day)
        claims = open_claims(db)
        for version in row["versions"]:
            version |= name_standing(version, row["versions"], claims, day)
            whole = queries.version(db, version["id"])
            version |= {name: whole[name] for name in ("disputed", "publications", "declared")}
        law = [v for v in row["versions"] if v["validity"] in LAW]
        speaking = (law or [v for v in row["versions"] if v["read"]] or row["versions"] or [None])[-1]
        return {**row, "day": day, "chosen": chosen, "law": law, "speaking": speaking,
                "items": queries.items(db, speaking["id"]) if speaking and speaking["read"] else [],
                "relations": relations(db, id)}  # fmt: skip

    return await visit.kept_kb(f"work {id} {day}", ask)


def relations(db: Database, id: str) -> list[Row]:
    """What reviewers declared that this work does to others, and others to it; ``here``: the other one is recorded."""
    titles = {row["id"]: row["title"] for row in db.query("select id, title from work")}
    found = []
    for other in load_works().values():
        for relation in other.relations:
            if id in (other.id, relation.work) and other.id != relation.work:
                away = relation.work if other.id == id else other.id
                declared = load_works().get(away)
                title = titles.get(away) or (declared.title_zh if declared else away)
                found.append({"kind": relation.kind, "by_this": other.id == id, "work": away, "title": title,
                              "title_en": declared.title_en if declared else None, "note": relation.note,
                              "here": away in titles})  # fmt: skip
    return found


async def work_timeline(visit: Visit) -> str:
    id, language, width = visit.args["id"], picture_language(visit), picture_width(visit)

    def draw(db: Database) -> str:
        return draw_timeline(timeline(db, id), visit.today, language, width)

    return await visit.kept_kb(f"timeline {id} {language} {width}", draw)


def picture_language(visit: Visit) -> Language:
    return "zh" if visit.args.get("in") == "zh" else "en"


def picture_width(visit: Visit) -> int:
    given = visit.args.get("width", "")
    return min(1600, max(280, int(given))) if given.isascii() and given.isdecimal() and len(given) < 6 else 900


def day_given(value: str | None) -> str | None:
    """A date that was typed, if it is one."""
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        return None


def neighbours(visit: Visit, number: int, more: bool) -> Row:
    """Where the page before and the page after of a list are."""
    return {"previous": visit.address(page=number - 1) if number > 1 else None,
            "next": visit.address(page=number + 1) if more else None}  # fmt: skip


PAGES = (
    Page("/works", "works.html", works),
    Page("/work/(?P<id>[^/]+?)", "work.html", work),
    Picture("/work/(?P<id>[^/]+?)/timeline", work_timeline),
)
