"""What falls due in a year: recurring duties of important data and personal information, and those of filings. Pure.

Each due day says whether it counts days or Chinese working days, and is left open where the calendar of holidays ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappings.exposure.assess import Exposure
from mappings.exposure.filings import Filing, renewal_window
from mappings.exposure.workdays import shift

AUTO_2021 = "汽车数据安全管理若干规定（试行） 第十三条、第十四条 (automotive-data-provisions@final-2021-08-20)"
RISK = "网络数据安全管理条例 第三十三条 (network-data-security-regulations@final-2024-09-30)"
RISK_2026 = "网络数据安全风险评估办法 (network-data-risk-assessment-measures@final-2026-06-18) [secondary: not read]"
RENEWAL = "促进和规范数据跨境流动规定 第九条 (cross-border-data-flow-provisions@final-2024-03-22)"
CONTRACT = (
    "个人信息出境标准合同办法 (pi-standard-contract-measures@final-2023-02-24) [seen: 10个工作日; article not read]"
)
CERTIFICATE = "个人信息出境认证办法 (pi-export-certification-measures@final-2025-10-17) [seen: six months before]"
LEAD = 10  # working days after a contract takes effect


@dataclass(frozen=True)
class Due:
    """``due`` None: not computable, ``why`` says so. ``opens`` is the first day on which it can be done, if any."""

    due: str | None
    opens: str | None
    what: str
    who: str
    why: str
    citation: str


def calendar_of(year: int, exposures: Sequence[Exposure], filings: Sequence[Filing], day: str) -> list[Due]:
    """Everything due in ``year``, in order of days; what cannot be computed stands at the end."""
    found = [*_recurring(year, exposures), *(due for filing in filings for due in _of_filing(filing, year))]
    return sorted(found, key=lambda due: (due.due or due.opens or "9999", due.what, due.who))


def _recurring(year: int, exposures: Sequence[Exposure]) -> Iterator[Due]:
    by_entity: dict[str, list[Exposure]] = {}
    for exposure in exposures:
        by_entity.setdefault(exposure.transfer.entity or "(no entity)", []).append(exposure)
    for entity, own in sorted(by_entity.items()):
        auto = [_important(e) for e in own if e.transfer.automotive is not False]
        every = [_important(e) for e in own]
        if unsure := _unsure(auto):
            yield Due(f"{year}-12-15", None, "annual report on automotive data, with what was exported", entity,
                      unsure[1:], AUTO_2021)  # fmt: skip
        if unsure := _unsure(every):
            yield Due(f"{year}-12-31", None, "yearly risk assessment of important data", entity, unsure[1:], RISK)
            if year >= 2026:
                yield Due(None, None, "hand in the risk assessment within 20 working days of finishing it", entity,
                          "counted from the day on which the assessment is finished", RISK_2026)  # fmt: skip


def _important(exposure: Exposure) -> bool | None:
    return exposure.decision.important.fact.truth if exposure.decision.important else False


def _unsure(values: Sequence[bool | None]) -> str:
    """Empty: not due. "!": due. "!" and words: due if an open question is answered with yes."""
    if any(values):
        return "!"
    return "!due if it is important data, which is not known" if None in values else ""


def _of_filing(filing: Filing, year: int) -> Iterator[Due]:
    if filing.route == "contract" and filing.contract_effective:
        due = shift(filing.contract_effective, LEAD)
        if (due.date or filing.contract_effective)[:4] == str(year):
            what = f"file the standard contract within {LEAD} working days of {filing.contract_effective}"
            yield Due(due.date, filing.contract_effective, what, filing.id, due.why, CONTRACT)
    ends = filing.ends
    if ends and filing.route == "assessment":
        opens = renewal_window(filing)
        if ends[:4] == str(year) or (opens and (opens.date or ends)[:4] == str(year)):
            what = "ask for an extension within the 60 working days before the result expires"
            yield Due(ends, opens.date if opens else None, what, filing.id, opens.why if opens else "", RENEWAL)
    if ends and filing.route == "certification" and (six := _months_before(ends, 6))[:4] == str(year):
        yield Due(six, None, "renew the certificate six months before it expires", filing.id, "", CERTIFICATE)


def _months_before(day: str, months: int) -> str:
    from datetime import date

    y, m, d = (int(part) for part in day.split("-"))
    y, m = (y, m - months) if m > months else (y - 1, m + 12 - months)
    last = (date(y + m // 12, m % 12 + 1, 1) - date(y, m, 1)).days
    return date(y, m, min(d, last)).isoformat()
