"""What counsel gets of a transfer: titled tables of the guide's items, links, conditions, questions, filings, captures.

Gathers and orders; laying it out as DOCX or XLSX belongs to ``evidence_pack``. Reads only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mappings.exposure.assess import Exposure
from mappings.exposure.desk import Desk
from mappings.exposure.evaluate import span
from mappings.exposure.report import NOTICE, ROUTE_ZH, as_json, mark_of
from mappings.exposure.sentences import Language, Sentence, in_language, load_names

# 数据出境安全评估申报指南（第三版） 附件4 二（二）3
GUIDE_HEAD = ("序号", "数据项名称", "内容描述", "出境必要性", "示例", "备注")
_LINKS = """
select link.dataset, link.field, link.data_type, link.state, link.confidence, link.reason, link.decided_by,
  link.decided_at, link.why, field.description
from link left join field on field.dataset = link.dataset and field.name = link.field
where link.dataset = ? and link.state <> 'suggested' order by link.field, link.data_type
"""
_FIELDS = """
select name, description from field where dataset = ? and ? in ('', name) and state = 'active' order by ordinal
"""
_CAPTURES = """
select distinct version.id as version, document.url, capture.digest, capture.captured_at, witness.similarity
from version join witness on witness.text = version.text join document on document.id = witness.document
join capture on capture.id = witness.capture
where version.id = ?1 or (version.work = ?2 and version.stage = ?3 and (?3 <> 'draft' or ?1 = version.id)
  and not exists (select 1 from version v where v.id = ?1) and (version.edition is null or instr(?1, version.edition)))
order by capture.captured_at
"""


@dataclass(frozen=True)
class Sheet:
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def widths(sheet: Sheet) -> list[float]:
    """The share of each column, together 1: by the words of its cells, and no word of up to 16 letters is broken."""
    needed = []
    for column in zip(sheet.head, *sheet.rows, strict=True):
        cells = ["" if value is None else str(value) for value in column]
        word = max((len(w) for cell in cells for w in re.findall(r"[!-~]+", cell)), default=0)
        needed.append(max(9, min(18, word + 3), min(45, sum(map(width_of, cells)) / len(cells))))
    return [need / sum(needed) for need in needed]


def width_of(words: str) -> int:
    """How wide words are, in letters: a Chinese character is as wide as two."""
    return sum(2 if ch > "\u2e7f" else 1 for ch in words)


def _of_note(condition: dict[str, Any]) -> int:
    """What decided first, then what is open or met, then what is not met."""
    return 0 if condition["decided"] else 2 if condition["met"] is False else 1


def gather(exposure: Exposure, desk: Desk, what_if: str | None, language: Language = "en") -> list[Sheet]:
    """The sheets of one transfer, sentences in that language. Every one of them is there even when it has no rows:
    nothing was found is said."""
    told = as_json(exposure, desk.day, what_if)
    sheets = [
        _summary(exposure, told, desk, what_if),
        Sheet("数据项清单 Data items", GUIDE_HEAD, tuple(_items(exposure, desk))),
        Sheet("映射 Links", ("dataset", "field", "data type", "state", "reason", "decided by", "on", "why"),
              tuple(_links(exposure, desk))),
        Sheet("条件 Conditions", ("role", "condition", "met", "because", "quoted", "citation", "certainty"),
              tuple((_role(c), c["condition"], _met(c["met"]), c["because"], c.get("quote", ""), c["citation"],
                     c.get("certainty", "")) for c in [*_gates(told), *sorted(told["conditions"], key=_of_note)])),
        Sheet("答复 Answers", ("subject", "question", "answer", "by", "on", "evidence", "expires", "basis"),
              tuple(_answers(exposure))),
        Sheet("问题 Questions", ("for", "中文", "English"),
              tuple([(Sentence("missing_role", key=q["key"]), q["zh"], q["en"]) for q in told["missing"]]
                    + [(Sentence("named", name="counsel"), q["zh"], q["en"]) for q in told["ask_counsel"]])),
        Sheet("义务 Duties", ("duty", "due", "义务", "citation"),
              tuple((d["en"], _met(d["due"]), d["zh"], d["citation"]) for d in told["duties"])),
        Sheet("申报 Filings", ("filing", "covers", "asked", "still fits", "because", "citation"),
              tuple(_filings(exposure, desk))),
        Sheet("留存 Captures", ("version", "address", "SHA-256", "captured at"), tuple(_captures(exposure, desk))),
    ]  # fmt: skip
    return [in_words(sheet, language) for sheet in sheets]


def in_words(sheet: Sheet, language: Language) -> Sheet:
    """The sheet with its sentences and, in Chinese, the names of its columns."""
    named = tuple(load_names().get(f"column {name}", name) for name in sheet.head) if language == "zh" else sheet.head
    return replace(sheet, head=named, rows=in_language(sheet.rows, language))


def _summary(exposure: Exposure, told: dict[str, Any], desk: Desk, what_if: str | None) -> Sheet:
    t, e = exposure.transfer, exposure.entity
    rows = [
        ("出境场景 Transfer", t.id), ("场景 Scenario", t.scenario),
        ("数据处理者 Entity", f"{e.name} ({e.id})" if e else t.entity or "unknown"),
        ("境外接收方 Recipient", " ".join(filter(None, (t.recipient, t.country)))), ("目的 Purpose", t.purpose),
        ("方式 Method", t.method), ("日期 Day", desk.day), ("版本 Version", told["version"] or ""),
        ("路径 Route", f"{ROUTE_ZH[told['route']]} {told['route']}"), ("理由 Why", told["why"]),
        *((f"数量 {key}", f"{span(fact)} ({fact.because})") for key, fact in exposure.counts.items()),
        *(("存疑 Problem", problem) for problem in (*told["problems"], *told["splitting"])),
        ("声明 Notice", NOTICE),
    ]  # fmt: skip
    if mark := mark_of(what_if):
        rows.insert(0, ("WHAT-IF", mark))
    return Sheet("概要 Summary", ("", ""), tuple(rows))


def _items(exposure: Exposure, desk: Desk) -> Iterator[tuple[Any, ...]]:
    """The guide's own table: as declared, or else the carried fields with their descriptions from the catalog."""
    if exposure.transfer.items:
        for n, item in enumerate(exposure.transfer.items, 1):
            yield n, item.name, item.content, item.necessity, item.example, item.remark
        return
    n = 0
    for carried in exposure.transfer.carries:
        for row in desk.company.query(_FIELDS, [carried.dataset, carried.field]):
            n += 1
            yield n, row["name"], row["description"] or "", "", "", Sentence("from_catalog", dataset=carried.dataset)


def _links(exposure: Exposure, desk: Desk) -> Iterator[tuple[Any, ...]]:
    carried = {(c.dataset, c.field) for c in exposure.transfer.carries}
    for dataset in exposure.transfer.datasets:
        for row in desk.company.query(_LINKS, [dataset]):
            if (dataset, "") in carried or (dataset, row["field"]) in carried:
                yield (dataset, row["field"], row["data_type"], row["state"], row["reason"] or "",
                       row["decided_by"] or "", row["decided_at"] or "", row["why"] or "")  # fmt: skip


def _filings(exposure: Exposure, desk: Desk) -> Iterator[tuple[Any, ...]]:
    """Every check of every filing, then whether its result may be extended, then what to ask and to do."""
    for c in desk.coverage(exposure):
        named = Sentence("filing_named", number=c.filing.number, way=c.filing.route,
                         end=c.filing.ends or Sentence("no_end_stated"))  # fmt: skip
        for k in c.checks:
            yield named, _met(c.covers), Sentence("named", name=k.what), _met(k.met), k.because, k.citation
        for k in c.extension:
            yield named, _met(c.covers), Sentence("extension_role", what=k.what), _met(k.met), k.because, k.citation
        for zh, en in c.ask:
            yield named, _met(c.covers), Sentence("named", name="counsel"), "", f"{zh} {en}", ""
        if c.then and c.covers is False:
            yield named, _met(c.covers), "then 须", "", " ".join(c.then), ""


def _role(condition: dict[str, Any]) -> str:
    decided = condition.get("decided")
    return Sentence("decided_role" if decided else "as_role", role=condition["role"])


def _gates(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**gate, "role": "gate"} for gate in told["gates"]]


def _answers(exposure: Exposure) -> Iterator[tuple[Any, ...]]:
    subjects = [(exposure.transfer.id, (*exposure.transfer.answers, *exposure.transfer.volumes))]
    if exposure.entity:
        subjects.append((exposure.entity.id, (*exposure.entity.answers, *exposure.entity.volumes)))
    for subject, answers in subjects:
        for a in answers:
            key = f"{a.key} {a.year}" if a.year else a.key
            value = "unknown" if a.value is None else str(a.value)
            yield subject, key, value, a.by, a.date, a.evidence, a.expires or "", a.basis
    for status in exposure.transfer.important:
        yield exposure.transfer.id, "important_data", status.status, status.authority, status.date, "", "", ""


def _captures(exposure: Exposure, desk: Desk) -> Iterator[tuple[Any, ...]]:
    """Every cited version with the bytes it was read from; "not recorded" where kb.db has none."""
    d = exposure.decision
    cited = [f.rule.citation.version for f in (*d.decided_by, *d.findings, *d.gates)]
    cited += [rule.citation.version for rule, _ in (d.important.items if d.important else ())]
    for version in dict.fromkeys(cited):
        work, _, label = version.partition("@")
        rows = list(desk.kb.query(_CAPTURES, [version, work, label.partition("-")[0]]))
        for row in rows:  # a version may be recorded under another of its dates: its own id is shown
            yield row["version"], row["url"], row["digest"], row["captured_at"]
        if not rows:
            yield version, Sentence("not_recorded"), "", ""


def _met(value: bool | None) -> str:
    return {True: "yes 是", False: "no 否", None: "unknown 未知"}[value]
