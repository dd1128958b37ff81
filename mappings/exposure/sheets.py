"""What pages add to the answers of ``pages``: a page at a time, linked data types, versions that can be cited.

Reads only, plain dicts; each carries the notice that it is no legal advice, and the mark of a what-if.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sqlite_utils import Database

from kb.rows import Row, rows
from mappings.catalog.inheritance import links_of_fields
from mappings.exposure import pages
from mappings.exposure.assess import Exposure
from mappings.exposure.desk import Desk
from mappings.exposure.report import NOTICE

ORDER = ("assessment", "contract_or_certification", "undecided", "no_filing", "not_regulated")
SHOWN = 200  # of what is rarely so many
_CITED = re.compile(r"\(([a-z0-9-]+@[a-z0-9-]+)\)")


def list_transfers(desk: Desk, *, route: str = "", page: int = 1, size: int = 50) -> Row:
    """A page of transfers, what needs most first; declared ones before those only proposed from the catalog."""
    found = sorted(desk.in_force, key=lambda e: (e.transfer.proposed, ORDER.index(e.decision.route), e.transfer.id))
    wanted = [e for e in found if route in ("", e.decision.route)]
    start = (page - 1) * size
    counts: Counter[str] = Counter(e.decision.route for e in found)
    return {"transfers": [_line(desk, e) for e in wanted[start : start + size]], "page": page, "route": route,
            "more": len(wanted) > start + size, "count": len(found), "notice": NOTICE, "day": desk.day,
            "proposed": sum(e.transfer.proposed for e in found),
            "routes": [{"route": name, "n": counts[name]} for name in ORDER if counts[name]],
            "filings": [{"id": f.id, "number": f.number, "ends": f.ends} for f in desk.filings],
            "entities": [{"id": id, "name": e.name} for id, e in desk.entities.items()]}  # fmt: skip


def transfer_sheet(desk: Desk, id: str, what_if: str | None = None) -> Row:
    """One transfer in full; conditions apart by whether they decided, are not known, or were only looked at."""
    told = pages.transfer_page(desk, id, what_if)
    conditions = told["conditions"]
    return {**told, "carries": [_carried(desk, one) for one in told["carries"][:SHOWN]],
            "decided": [c for c in conditions if c["decided"]],
            "open": [c for c in conditions if not c["decided"] and c["met"] is None],
            "others": [c for c in conditions if not c["decided"] and c["met"] is not None],
            "known": known_versions(desk, told)}  # fmt: skip


def entity_sheet(desk: Desk, id: str) -> Row:
    """A legal entity; its transfers as the list of transfers shows them."""
    told = pages.entity_page(desk, id)
    own = [e for e in desk.in_force if e.transfer.entity == id]
    return {**told, "transfers": [_line(desk, e) for e in own[:SHOWN]], "count": len(own),
            "known": known_versions(desk, told["duties"])}  # fmt: skip


def filing_sheet(desk: Desk, id: str) -> Row:
    told = pages.filing_page(desk, id)
    return {**told, "known": known_versions(desk, told)}


def what_if(desk: Desk, version: str) -> Row:
    """The route of every transfer now, and if ``version`` were law; those that change first. Raises NotFound."""
    told = pages.routes_page(desk, version)
    lines = sorted(told["rows"], key=lambda row: (not row["changes"], row["transfer"]))
    totals = sorted(told["totals"], key=lambda row: (row["now"] == row["then"], -row["count"]))
    return {**told, "version": version, "rows": lines[:SHOWN], "totals": totals, "count": len(lines)}


def routes_of(desk: Desk, version: str) -> list[tuple[Exposure, Exposure]]:
    """Each transfer by the law in force and as if ``version`` were law; those whose route changes first."""
    pairs = list(zip(desk.in_force, desk.expose(version), strict=True))
    return sorted(pairs, key=lambda pair: (pair[0].decision.route == pair[1].decision.route, pair[0].transfer.id))


def askable(desk: Desk) -> list[Row]:
    """Versions that a what-if can be asked of, drafts first: those with a rule pack or data items."""
    packs = {pack.version: pack.title for pack in desk.law() if pack.kind == "sector"}
    read = {row["id"]: row for row in rows(desk.kb, _ASKABLE)}
    listed = [{"version": id, "title": row["title"], "stage": row["stage"]} for id, row in read.items()]
    listed += [{"version": id, "title": title, "stage": _stage(id)} for id, title in packs.items() if id not in read]
    return sorted(listed, key=lambda row: ("draft" not in row["stage"], row["version"]))


def duties(desk: Desk, year: int) -> Row:
    """What falls due in a year, by month; what has no day stands apart."""
    told = pages.duties_page(desk, year)
    months: dict[str, list[Row]] = {}
    for due in told["duties"]:
        months.setdefault((due["due"] or "")[:7], []).append(due)
    return {**told, "undated": months.pop("", []), "known": known_versions(desk, told["duties"]),
            "months": [{"month": month, "duties": months[month]} for month in sorted(months)]}  # fmt: skip


def transfers_of(company: Database, dataset: str) -> list[Row]:
    """Declared transfers that carry a dataset, with the route as it was when last looked at (None: not yet)."""
    return rows(company, _CARRYING, [dataset])


def known_versions(desk: Desk, told: Any) -> list[str]:
    """The versions cited in an answer that kb.db has, so that a page may lead to them."""
    cited = sorted(set(_CITED.findall(str(told))))
    marks = ",".join("?" * len(cited))
    return [row["id"] for row in rows(desk.kb, f"select id from version where id in ({marks})", cited)]


def _line(desk: Desk, exposure: Exposure) -> Row:
    d, t = exposure.decision, exposure.transfer
    covers = [c.covers for c in desk.coverage(exposure)]
    return {"transfer": t.id, "entity": t.entity, "recipient": t.recipient, "scenario": t.scenario, "method": t.method,
            "country": t.country, "proposed": t.proposed, "route": d.route, "why": d.why,
            "stopped": [f.rule.id.partition("/")[2] for f in d.gates if f.met], "missing": len(d.missing),
            "ask": len(d.ask), "filed": len(covers),
            "covers": True if True in covers else None if None in covers else False}  # fmt: skip


def _carried(desk: Desk, carried: Row) -> Row:
    """A carried field or dataset, with the data types that accepted links give it."""
    head = rows(desk.company, "select name, owner, system from dataset where id = ?", [carried["dataset"]])
    held = links_of_fields(desk.company, carried["dataset"], [carried["field"]] if carried["field"] else [])
    there = {"name": carried["dataset"], "owner": None, "system": None, **(head[0] if head else {})}
    return {**carried, **there, "there": bool(head), "types": sorted({link.data_type for link in held if link.holds})}


def _stage(version: str) -> str:
    return version.partition("@")[2].partition("-")[0]


_CARRYING = """
select transfer.id as transfer, transfer.recipient, exposure_seen.route, exposure_seen.seen_at from transfer
left join exposure_seen on exposure_seen.transfer = transfer.id
where exists (select 1 from json_each(transfer.carries) as carried where carried.value ->> 0 = ?) order by transfer.id
"""
_ASKABLE = """
select version.id, version.title, version.stage from version
where exists (select 1 from data_item where data_item.text = version.text and conditions is not null)
"""
