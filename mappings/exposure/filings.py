"""A filing (申报、备案、认证), and whether it still covers a transfer. Values and pure decisions.

What makes a new filing necessary: 数据出境安全评估办法 第十四条 and the guide's cases; the amount and scope by
网络数据安全管理条例 第三十八条; validity and renewal by 第九条 of the 2024 provisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from mappings.exposure.evaluate import Fact, all_of, amount, compare, span
from mappings.exposure.transfer import Transfer
from mappings.exposure.workdays import Day, shift

Way = Literal["assessment", "contract", "certification"]
WAYS: dict[str, str] = {"assessment": "assessment", "contract": "contract_or_certification",
                        "certification": "contract_or_certification"}  # fmt: skip
FIELDS = {"id", "number", "route", "entity", "transfers", "fields", "persons", "sensitive_persons", "granted",
          "valid_to", "recipient", "purpose", "method", "contract_effective"}  # fmt: skip
RENEWAL = 60  # working days before expiry: 第九条 of the 2024 provisions; for certificates see packs, six months


@dataclass(frozen=True)
class Filing:
    """``persons`` and ``sensitive_persons`` are the approved amounts of a year; None is "not stated"."""

    id: str
    number: str
    route: Way
    entity: str
    transfers: tuple[str, ...]
    fields: tuple[str, ...] = ()
    persons: float | None = None
    sensitive_persons: float | None = None
    granted: str | None = None
    valid_to: str | None = None
    recipient: str = ""
    purpose: str = ""
    method: str = ""
    contract_effective: str | None = None

    @property
    def ends(self) -> str | None:
        """The last day: as stated, or three years from the result of an assessment (第九条)."""
        if self.valid_to or self.route != "assessment" or not self.granted:
            return self.valid_to
        day = date.fromisoformat(self.granted)
        return day.replace(year=day.year + 3, day=min(day.day, 28) if day.month == 2 else day.day).isoformat()


@dataclass(frozen=True)
class Check:
    """One question about a filing and a transfer; ``met`` true: the filing still fits in this respect."""

    what: str
    met: bool | None
    because: str
    citation: str


@dataclass(frozen=True)
class Coverage:
    filing: Filing
    transfer: str
    covers: bool | None
    checks: tuple[Check, ...]

    def faults(self) -> list[str]:
        return [f"{c.what}: {c.because} [{c.citation}]" for c in self.checks if c.met is not True]


def filing_of(row: Mapping[str, Any]) -> Filing:
    """A declared filing. Raises ValueError with what is wrong."""
    if not isinstance(row.get("route"), str) or row["route"] not in WAYS:
        raise ValueError(f"route {row.get('route')!r} is none of {', '.join(WAYS)}")
    lists = [row.get(name) or [] for name in ("transfers", "fields")]
    if not row.get("entity") or not all(isinstance(told, list) for told in lists) or not lists[0]:
        raise ValueError("a filing names its entity and, as a list, the transfers it was made for")
    told: dict[str, Any] = {}
    for name in ("granted", "valid_to", "contract_effective"):
        if row.get(name) is not None:
            try:
                told[name] = date.fromisoformat(str(row[name])).isoformat()
            except ValueError as error:
                raise ValueError(f"{name}: {error}: write days as 2026-01-31") from error
    for name in ("persons", "sensitive_persons"):
        value = row.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise ValueError(f"{name}: {value!r} is no count")
        told[name] = None if value is None else float(value)
    told.update({name: str(row.get(name) or "") for name in ("recipient", "purpose", "method")})
    return Filing(str(row["id"]), str(row.get("number") or row["id"]), row["route"], str(row["entity"]),
                  tuple(map(str, row["transfers"])), tuple(map(str, row.get("fields") or ())),
                  **told)  # fmt: skip


def check_filing(filing: Filing, transfer: Transfer, route: str, volumes: Mapping[str, Fact], day: str) -> Coverage:
    """Does the filing still cover the transfer on ``day``, with today's route, fields and amounts?"""
    scope = "网络数据安全管理条例 第三十八条 (network-data-security-regulations@final-2024-09-30)"
    valid = "促进和规范数据跨境流动规定 第九条 (cross-border-data-flow-provisions@final-2024-03-22)"
    checks = [_valid(filing, day, valid), _route(filing, route)]
    if filing.fields:
        new = sorted(str(c) for c in transfer.carries if str(c) not in filing.fields and c.dataset not in filing.fields)
        checks.append(Check("fields", not new, f"not filed: {', '.join(new)}" if new else "all filed", scope))
    for what in ("recipient", "purpose", "method"):
        filed, now = getattr(filing, what), getattr(transfer, what)
        if filed:
            checks.append(Check(what, filed == now, f"filed {filed!r}, now {now!r}", scope))
    for key in ("persons", "sensitive_persons"):
        approved = getattr(filing, key)
        if approved is not None:
            checks.append(_amount(key, approved, volumes.get(key, Fact(because="not counted")), scope))
    return Coverage(filing, transfer.id, all_of(tuple(c.met for c in checks)), tuple(checks))


def _valid(filing: Filing, day: str, cite: str) -> Check:
    if filing.granted and filing.granted > day:
        return Check("validity", False, f"granted only on {filing.granted}", cite)
    ends = filing.ends
    if ends is None:
        known = filing.route == "contract"
        return Check("validity", True if known else None, "no end stated" if known else "no end is stated", cite)
    return Check("validity", ends >= day, f"{'expired' if ends < day else 'valid to'} {ends}", cite)


def _route(filing: Filing, route: str) -> Check:
    """An assessment passed also covers what needs only a contract; nothing covers the other way round."""
    cite = "促进和规范数据跨境流动规定 第七条、第八条 (cross-border-data-flow-provisions@final-2024-03-22)"
    if route == "undecided":
        return Check("route", None, "the route of the transfer is undecided", cite)
    fits = route in ("no_filing", "not_regulated") or filing.route == "assessment" or WAYS[filing.route] == route
    return Check("route", fits, f"filed as {filing.route}, now {route}", cite)


def _amount(key: str, approved: float, fact: Fact, cite: str) -> Check:
    if fact.low is None or fact.high is None:
        return Check(key, None, f"approved {amount(approved)}, now {fact.because or 'not counted'}", cite)
    met = compare(fact.low, fact.high, "<=", approved)
    return Check(key, met, f"approved {amount(approved)}, now {span(fact)}", cite)


def renewal_window(filing: Filing) -> Day | None:
    """The first of the 60 working days before expiry in which an extension may be asked for; None without an end."""
    return shift(filing.ends, -RENEWAL) if filing.route == "assessment" and filing.ends else None


def filings_of(transfer: str, filings: Sequence[Filing]) -> list[Filing]:
    return [f for f in filings if transfer in f.transfers]
