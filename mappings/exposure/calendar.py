"""What falls due in a year: recurring duties of important data and personal information, and those of filings. Pure.

Each due day says whether it counts days or Chinese working days, and is left open where the calendar of holidays ends.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kb.identity import content_id
from mappings.exposure.assess import Exposure
from mappings.exposure.filings import Filing, renewal_window
from mappings.exposure.sentences import Sentence
from mappings.exposure.workdays import shift

AUTO_2021 = "汽车数据安全管理若干规定（试行） 第十三条、第十四条 (automotive-data-provisions@final-2021-08-20)"
RISK = "网络数据安全管理条例 第三十三条 (network-data-security-regulations@final-2024-09-30)"
RISK_2026 = (
    "网络数据安全风险评估办法 第十六条 (network-data-risk-assessment-measures@final-2026-06-18) "
    "[secondary: as the CAC quoted it on 2026-08-20]"
)
TOLD = "数据出境安全管理政策问答（2025年5月） 第2问 (export-policy-qa@final-2025-05-30)"
RENEWAL = "促进和规范数据跨境流动规定 第九条 (cross-border-data-flow-provisions@final-2024-03-22)"
CONTRACT = "个人信息出境标准合同办法 第七条第一款 (pi-standard-contract-measures@final-2023-02-24)"
CERTIFICATE = "个人信息出境认证办法 第八条第二款 (pi-export-certification-measures@final-2025-10-17)"
NOTHING: Mapping[str, Done] = {}
LEAD = 10  # working days after a contract takes effect


@dataclass(frozen=True)
class Done:
    """That a duty was done, as somebody said: ``on`` a day; ``note`` is what it rests on."""

    on: str
    by: str
    note: str = ""


@dataclass(frozen=True)
class Due:
    """``due`` None: not computable, ``why`` says so. ``opens`` is the first day on which it can be done, if any.

    ``state``: open, done, overdue (its day has passed and the filing does not say that it was done) or past (its day
    has passed, and whether it was done is not declared anywhere). ``id`` names it from one day to the next: ``period``
    is the year of what recurs, or the day that it hangs on.
    """

    due: str | None
    opens: str | None
    what: str
    who: str
    why: str
    citation: str
    period: str
    state: str = "open"
    done: Done | None = None

    @property
    def id(self) -> str:
        told = self.what.told if isinstance(self.what, Sentence) else {}
        return content_id("duty", getattr(self.what, "key", self.what), told, self.who, self.period)

    def as_json(self) -> dict[str, Any]:
        """Its fields with ``id``, ``done_on`` and ``done_by``."""
        on, by = (self.done.on, self.done.by) if self.done else (None, None)
        return {"id": self.id, **{key: value for key, value in vars(self).items() if key != "done"},
                "done_on": on, "done_by": by}  # fmt: skip


def calendar_of(
    year: int, exposures: Sequence[Exposure], filings: Sequence[Filing], day: str, done: Mapping[str, Done] = NOTHING
) -> list[Due]:
    """Everything due in ``year``, in order of days; what cannot be computed stands at the end. ``done``: by duty."""
    found = [*_recurring(year, exposures), *_told(year, exposures, filings, day),
             *(due for filing in filings for due in _of_filing(filing, year, day))]  # fmt: skip
    found = [replace(d, state="past") if d.state == "open" and d.due and d.due < day else d for d in found]
    found = [replace(d, state="done", done=done[d.id]) if d.id in done else d for d in found]
    return sorted(found, key=lambda due: (due.due or due.opens or "9999", due.what, due.who))


def _recurring(year: int, exposures: Sequence[Exposure]) -> Iterator[Due]:
    by_entity: dict[str, list[Exposure]] = {}
    for exposure in exposures:
        by_entity.setdefault(exposure.transfer.entity or Sentence("no_entity"), []).append(exposure)
    for entity, own in sorted(by_entity.items()):
        auto = [_important(e) for e in own if e.transfer.automotive is not False]
        every = [_important(e) for e in own]
        if (unsure := _unsure(auto)) is not None:
            yield Due(f"{year}-12-15", None, Sentence("annual_report"), entity, unsure, AUTO_2021, str(year))
        if (unsure := _unsure(every)) is not None:
            yield Due(f"{year}-12-31", None, Sentence("yearly_assessment"), entity, unsure, RISK, str(year))
            if year >= 2026:
                yield Due(None, None, Sentence("hand_in"), entity, Sentence("from_finishing"), RISK_2026, str(year))


def _important(exposure: Exposure) -> bool | None:
    return exposure.decision.important.fact.truth if exposure.decision.important else False


def _unsure(values: Sequence[bool | None]) -> str | None:
    """None: not due. Empty: due. Words: due if an open question is answered with yes."""
    if any(values):
        return ""
    return Sentence("if_important") if None in values else None


def _told(year: int, exposures: Sequence[Exposure], filings: Sequence[Filing], day: str) -> Iterator[Due]:
    """Two months to apply once data are said to be important, where no assessment was filed for the transfer."""
    assessed = {transfer for filing in filings if filing.route == "assessment" for transfer in filing.transfers}
    for exposure in exposures:
        transfer = exposure.transfer
        said = [s for s in transfer.important if s.status in ("notified", "published") and s.date <= day]
        due = _months_after(min(s.date for s in said), 2) if said and transfer.method != "none" else ""
        if due[:4] == str(year) and transfer.id not in assessed:
            what = Sentence("apply", transfer=transfer.id)
            first = min(s.date for s in said)
            yield Due(due, first, what, transfer.entity or Sentence("no_entity"), "", TOLD, first,
                      "overdue" if due < day else "open")  # fmt: skip


def _of_filing(filing: Filing, year: int, day: str) -> Iterator[Due]:
    if filing.route == "contract" and filing.contract_effective:
        due = shift(filing.contract_effective, LEAD)
        if (due.date or filing.contract_effective)[:4] == str(year):
            what = Sentence("file_contract", days=LEAD, date=filing.contract_effective)
            late = filing.granted and due.date and filing.granted > due.date
            why = Sentence("filed_late", date=filing.granted) if late else due.why
            passed = due.date is not None and due.date < day
            state = "done" if filing.granted and filing.granted <= day else "overdue" if passed else "open"
            begins = filing.contract_effective
            yield Due(due.date, begins, what, filing.id, why, CONTRACT, begins, state)
    ends = filing.ends
    if ends and filing.route == "assessment":
        opens = renewal_window(filing)
        if ends[:4] == str(year) or (opens and (opens.date or ends)[:4] == str(year)):
            what = Sentence("extend")
            yield Due(ends, opens.date if opens else None, what, filing.id, opens.why if opens else "", RENEWAL, ends)
    if ends and filing.route == "certification" and (six := _months_before(ends, 6))[:4] == str(year):
        yield Due(six, None, Sentence("renew"), filing.id, "", CERTIFICATE, ends)


def _months_before(day: str, months: int) -> str:
    return _months_after(day, -months)


def _months_after(day: str, months: int) -> str:
    """The same day of another month; where that month has none, its last (民法典 第二百零二条)."""
    y, m, d = (int(part) for part in day.split("-"))
    y, m = y + (m - 1 + months) // 12, (m - 1 + months) % 12 + 1
    return date(y, m, min(d, monthrange(y, m)[1])).isoformat()
