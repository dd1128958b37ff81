"""A filing (申报、备案、认证), and whether it still covers a transfer. Values and pure decisions.

Validity, route and who filed are decided here; what has changed since, and what a change calls for, in ``refiling``.
Results of an assessment are good for three years by 第九条 of the 2024 provisions, for two by 第十四条 of the measures
of 2022 under which older ones were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mappings.exposure.entities import Answer
from mappings.exposure.evaluate import all_of
from mappings.exposure.sentences import Sentence
from mappings.exposure.transfer import Transfer
from mappings.exposure.workdays import Day, shift

Way = Literal["assessment", "contract", "certification"]
WAYS: dict[str, str] = {"assessment": "assessment", "contract": "contract_or_certification",
                        "certification": "contract_or_certification"}  # fmt: skip
RENEWAL = 60  # working days before expiry: 第九条 of the 2024 provisions; for certificates see packs, six months
THREE_YEARS_FROM = "2024-03-22"  # the day of the 2024 provisions
VALID = "促进和规范数据跨境流动规定 第九条 (cross-border-data-flow-provisions@final-2024-03-22)"
VALID_CONTRACT = "个人信息出境标准合同办法 第六条第三款、第八条 (pi-standard-contract-measures@final-2023-02-24)"
VALID_CERTIFICATE = "个人信息出境认证办法 第八条第二款 (pi-export-certification-measures@final-2025-10-17)"
ROUTE = "促进和规范数据跨境流动规定 第七条、第八条 (cross-border-data-flow-provisions@final-2024-03-22)"
GROWN = "数据出境安全管理政策法规问答（2026年1月） 第1问 (export-policy-qa@final-2026-01-30)"
JOINT = "数据出境安全管理政策问答（2025年4月） 第8问 (export-policy-qa@final-2025-04-09)"


@dataclass(frozen=True)
class Filing:
    """``persons`` and ``sensitive_persons`` are the approved amounts of a year; None is "not stated".

    ``entities``: other companies of the group for which ``entity`` filed too (合并申报). ``retention_months`` and
    ``storage`` are those abroad. ``answers`` say what has changed since: keys that are about a filing.
    """

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
    entities: tuple[str, ...] = ()
    retention_months: float | None = None
    storage: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def ends(self) -> str | None:
        """The last day: as stated, or three years from the day of an assessment's result or of a certificate."""
        if self.valid_to or self.route == "contract" or not self.granted:
            return self.valid_to
        return _years_after(self.granted, 3)


@dataclass(frozen=True)
class Check:
    """One question about a filing and a transfer; ``met`` true: the filing still fits in this respect.

    ``missing`` are keys whose answer could decide it, ``ask`` what to ask counsel (zh, en).
    """

    what: str
    met: bool | None
    because: str
    citation: str
    missing: tuple[str, ...] = ()
    ask: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Coverage:
    """``then``: what has to be done (zh, en) once a change calls for it. ``extension``: may the result be extended."""

    filing: Filing
    transfer: str
    covers: bool | None
    checks: tuple[Check, ...]
    then: tuple[str, str] | None = None
    extension: tuple[Check, ...] = ()

    @property
    def extendable(self) -> bool | None:
        """May the result be extended rather than asked for anew? None also where nothing can be extended."""
        return all_of(tuple(c.met for c in self.extension)) if self.extension else None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for c in self.checks for key in c.missing))

    @property
    def ask(self) -> tuple[tuple[str, str], ...]:
        return tuple(dict.fromkeys(question for c in self.checks for question in c.ask))

    def faults(self) -> list[str]:
        """What no longer fits, then what is not known, and last, in one line, what nobody has answered."""
        open_ = [c for c in self.checks if c.met is None]
        unasked = [c for c in open_ if c.missing and all(p.endswith(": not answered") for p in c.because.split("; "))]
        told = [c for c in self.checks if c.met is False] + [c for c in open_ if c not in unasked]
        keys = dict.fromkeys(key for c in unasked for key in c.missing)
        last = [Sentence("not_answered_keys", keys=tuple(keys))] if keys else []
        return [*(Sentence("checked", check=c.what, what=c.because, citation=c.citation) for c in told), *last]


def check_validity(filing: Filing, day: str) -> Check:
    cite = {"assessment": VALID, "contract": VALID_CONTRACT, "certification": VALID_CERTIFICATE}[filing.route]
    for begins, what in ((filing.granted, "granted_only"), (filing.contract_effective, "contract_only")):
        if begins and begins > day:
            return Check("validity", False, Sentence(what, date=begins), cite)
    ends = filing.ends
    if ends is None:
        known = filing.route == "contract"
        because = Sentence("no_end_set" if known else "no_end")
        return Check("validity", True if known else None, because, cite)
    if filing.route == "assessment" and not filing.valid_to and (filing.granted or "") < THREE_YEARS_FROM:
        two = _years_after(filing.granted or "", 2)
        if two < day <= ends:
            because = Sentence("two_years", day=THREE_YEARS_FROM, end=two)
            return Check("validity", None, because, cite)
    opens = renewal_window(filing)
    asked = opens and opens.date and opens.date <= day <= ends
    due = Sentence("extension_since", date=opens.date) if opens and asked else ""
    return Check("validity", ends >= day, Sentence("expired" if ends < day else "valid", end=ends, due=due), cite)


def check_route(filing: Filing, route: str) -> Check:
    """An assessment passed also covers what needs only a contract; nothing covers the other way round."""
    if route == "undecided":
        return Check("route", None, Sentence("route_undecided"), ROUTE)
    if route in ("no_filing", "not_regulated"):
        return Check("route", True, Sentence("filed_none_due", way=filing.route, route=route), ROUTE)
    if filing.route == "assessment" or WAYS[filing.route] == route:
        return Check("route", True, Sentence("filed_as", way=filing.route, route=route), ROUTE)
    because = Sentence("filed_apply", way=filing.route, route=route)
    return Check("route", False, because, f"{ROUTE}; {GROWN}")


def check_entity(filing: Filing, transfer: Transfer, groups: Mapping[str, str | None]) -> Check:
    """Who filed: the entity of the transfer itself, or a company of its group that filed for it as well."""
    if transfer.entity is None:
        return Check("entity", None, Sentence("no_entity_named"), JOINT)
    if transfer.entity == filing.entity:
        return Check("entity", True, Sentence("filed_by", entity=filing.entity), JOINT)
    if transfer.entity not in filing.entities:
        return Check("entity", False, Sentence("filed_not_for", entity=filing.entity, other=transfer.entity), JOINT)
    ours, theirs = groups.get(transfer.entity), groups.get(filing.entity)
    if not ours or not theirs:
        nameless = transfer.entity if not ours else filing.entity
        return Check("entity", None, Sentence("group_unknown", entity=nameless), JOINT)
    if ours == theirs:
        return Check("entity", True, Sentence("filed_one_group", entity=filing.entity), JOINT)
    because = Sentence("filed_two_groups", entity=filing.entity, ours=ours, theirs=theirs)
    return Check("entity", False, because, JOINT)


def renewal_window(filing: Filing) -> Day | None:
    """The first of the 60 working days before expiry in which an extension may be asked for; None without an end."""
    return shift(filing.ends, -RENEWAL) if filing.route == "assessment" and filing.ends else None


def _years_after(start: str, years: int) -> str:
    """The same day of the month so many years later (民法典 第二百零二条); 29 February becomes the last of February."""
    day = date.fromisoformat(start)
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day).isoformat()
