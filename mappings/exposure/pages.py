"""What a page (or a script) asks of the exposure room, as plain dicts ready for JSON. Reads only; decides nothing.

Each function takes a ``Desk`` (``open_desk(workspace, now)`` with ``now`` as 2026-02-03T00:00:00Z, or
``Desk(workspace, kb, company, day)`` over databases that are open already) and answers one page's question:
``transfers_page`` and ``transfer_page`` what each transfer must do, ``entity_page`` what one company has answered and
counted, ``filing_page`` whether a filing is still good, ``duties_page`` what falls due, ``routes_page`` which routes
change if a version becomes law. Every answer has ``day``, ``notice`` (not legal advice) and, when a version is asked
that is not law, ``mark``: a page has to show both. All of it is the company's: only for people who have signed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kb.errors import NotFound
from mappings.exposure.assess import Exposure
from mappings.exposure.counting import KEYS, THRESHOLDS
from mappings.exposure.desk import Desk
from mappings.exposure.entities import Answer, resolve
from mappings.exposure.filings import Filing, renewal_window
from mappings.exposure.report import NOTICE, as_json, mark_of, question


def transfers_page(desk: Desk, what_if: str | None = None) -> dict[str, Any]:
    """``transfers``: every one with route, why, how many questions are open, and whether its filings cover it
    (``covers`` None: unknown, or no filing). ``totals``: how many take each route."""
    found = desk.expose(what_if) if what_if else desk.in_force
    return {**_head(desk, what_if), "transfers": [_line(desk, e) for e in found],
            "totals": dict(Counter(e.decision.route for e in found))}  # fmt: skip


def transfer_page(desk: Desk, id: str, what_if: str | None = None) -> dict[str, Any]:
    """One transfer in full: all of `regwatch exposure --json`, its filings, answers, the guide's table, its owners'
    fields. Raises NotFound."""
    found = desk.expose(what_if) if what_if else desk.in_force
    exposure = next((e for e in found if e.transfer.id == id), None)
    if exposure is None:
        raise NotFound(f"no transfer {id}: see `regwatch transfer list`")
    t = exposure.transfer
    now = next(e for e in desk.in_force if e.transfer.id == id)
    return {
        **as_json(exposure, desk.day, what_if), "route_in_force": now.decision.route,
        "scenario": t.scenario, "recipient": t.recipient, "country": t.country, "purpose": t.purpose,
        "method": t.method, "storage": t.storage, "retention_months": t.retention_months,
        "carries": [{"dataset": c.dataset, "field": c.field} for c in t.carries],
        "items": [asdict(item) for item in t.items], "important_data": [asdict(s) for s in t.important],
        "answers": _answers((*t.answers, *t.volumes), desk.day), "filings": desk.coverage_json(now),
        "dangling": desk.dangling([exposure]),
    }  # fmt: skip


def entity_page(desk: Desk, id: str) -> dict[str, Any]:
    """One 数据处理者: its answers, what is counted this year beside the thresholds, its transfers, filings, signs of
    splitting and duties of the year. Raises NotFound."""
    entity = desk.entities.get(id)
    own = [e for e in desk.in_force if e.transfer.entity == id]
    if entity is None and not own:
        raise NotFound(f"no entity {id} is declared and no transfer names it: see `regwatch transfer list`")
    general = next((e.general for e in own), {})
    filings = [f for f in desk.filings if id in (f.entity, *f.entities)]
    names = {f.id for f in filings}
    return {
        **_head(desk, None), "entity": id, "name": entity.name if entity else None, "declared": entity is not None,
        "group": entity.group if entity else None,
        "answers": _answers((*entity.answers, *entity.volumes), desk.day) if entity else [],
        "questions": sorted({key for e in own for key in e.decision.missing if key in _ENTITY}),
        "counts": [{"key": key, "low": general[key].low, "high": _finite(general[key].high),
                    "because": general[key].because, "thresholds": list(THRESHOLDS[key])}
                   for key in KEYS if key in general],
        "transfers": [_line(desk, e) for e in own], "filings": [_filing(desk, f) for f in filings],
        "splitting": sorted({sign for e in own for sign in e.splitting}),
        "problems": sorted({problem for e in own for problem in e.problems}),
        "duties": [d for d in duties_page(desk, int(desk.day[:4]))["duties"] if d["who"] in names | {id}],
    }  # fmt: skip


def filing_page(desk: Desk, id: str) -> dict[str, Any]:
    """One filing: what was filed, whether it covers each of its transfers and why, what to answer, what to do, until
    when, and from when an extension may be asked for. Raises NotFound."""
    filing = next((f for f in desk.filings if f.id == id or f.number == id), None)
    if filing is None:
        raise NotFound(f"no filing {id}: see `regwatch transfer filings`")
    opens = renewal_window(filing)
    exposures = {e.transfer.id: e for e in desk.in_force}
    covered = [{"transfer": t, **one} for t in filing.transfers if t in exposures
               for one in desk.coverage_json(exposures[t]) if one["filing"] == filing.id]  # fmt: skip
    return {
        **_head(desk, None), **_filing(desk, filing), "fields": list(filing.fields), "persons": filing.persons,
        "sensitive_persons": filing.sensitive_persons, "recipient": filing.recipient, "purpose": filing.purpose,
        "method": filing.method, "storage": filing.storage, "retention_months": filing.retention_months,
        "contract_effective": filing.contract_effective, "granted": filing.granted,
        "answers": _answers(filing.answers, desk.day), "coverage": covered,
        "undeclared": [t for t in filing.transfers if t not in exposures],
        "extension_opens": opens.date if opens else None, "extension_why": opens.why if opens else "",
    }  # fmt: skip


def duties_page(desk: Desk, year: int) -> dict[str, Any]:
    """``duties`` of a year in order of days, each with ``due`` (None: not computable, ``why`` says so), ``opens``,
    ``state`` (open, overdue, past, done), ``done_on``, ``done_by``, ``what``, ``who``, ``citation``
    and ``id``. Working days are Chinese ones."""
    return {**_head(desk, None), "year": year, "duties": [due.as_json() for due in desk.duties(year)]}


def routes_page(desk: Desk, what_if: str) -> dict[str, Any]:
    """``rows``: each transfer's route now and then, and ``changes``; ``totals`` now → then and how often. Raises
    NotFound when nothing is known of ``what_if``."""
    then = {e.transfer.id: e for e in desk.expose(what_if)}
    rows = [
        {"transfer": e.transfer.id, "entity": e.transfer.entity, "datasets": list(e.transfer.datasets),
         "now": e.decision.route, "then": then[e.transfer.id].decision.route, "why": then[e.transfer.id].decision.why,
         "changes": e.decision.route != then[e.transfer.id].decision.route}
        for e in desk.in_force
    ]  # fmt: skip
    pairs = Counter((row["now"], row["then"]) for row in rows)
    totals = [{"now": now, "then": later, "count": n} for (now, later), n in sorted(pairs.items())]
    return {**_head(desk, what_if), "rows": rows, "changed": sum(row["changes"] for row in rows), "totals": totals}


_ENTITY = {"ciio", "ftz", "ftz_activity", "zone_has_list", "foreign_invested", "persons", "sensitive_persons"}


def _head(desk: Desk, what_if: str | None) -> dict[str, Any]:
    return {"day": desk.day, "what_if": what_if, "mark": mark_of(what_if), "notice": NOTICE}


def _line(desk: Desk, exposure: Exposure) -> dict[str, Any]:
    d, t = exposure.decision, exposure.transfer
    found = [c.covers for c in desk.coverage(exposure)]
    covers = True if True in found else False if found and None not in found else None
    return {"transfer": t.id, "entity": t.entity, "recipient": t.recipient, "datasets": list(t.datasets),
            "route": d.route, "why": d.why, "after_gates": d.after_gates, "missing": [question(k) for k in d.missing],
            "ask_counsel": [{"zh": zh, "en": en} for zh, en in d.ask], "proposed": t.proposed,
            "filings": len(found), "covers": covers}  # fmt: skip


def _filing(desk: Desk, filing: Filing) -> dict[str, Any]:
    return {"filing": filing.id, "number": filing.number, "route": filing.route, "entity": filing.entity,
            "entities": list(filing.entities), "transfers": list(filing.transfers), "valid_to": filing.ends,
            "expired": bool(filing.ends and filing.ends < desk.day)}  # fmt: skip


def _answers(answers: Iterable[Answer], day: str) -> list[dict[str, Any]]:
    """Each answer with its question, and ``problem`` where it does not hold on ``day`` (expired, contradicted)."""
    given = list(answers)
    by_year = {year: resolve([a for a in given if a.year == year], day, "") for year in {a.year for a in given}}
    faults = {(key, year): fact.because for year, resolved in by_year.items()
              for key, fact in resolved.facts.items() if not fact.known}  # fmt: skip
    return [{**question(a.key), "value": a.value, "by": a.by, "date": a.date, "evidence": a.evidence,
             "expires": a.expires, "year": a.year, "basis": a.basis, "problem": faults.get((a.key, a.year))}
            for a in given]  # fmt: skip


def _finite(number: float | None) -> float | None:
    return None if number == float("inf") else number
