"""An exposure as JSON and as lines of a table. Every one of them says what it is and what it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb.measure_keys import Key, load_keys
from kb.model import Condition
from kb.packs import Citation
from mappings.exposure.assess import Exposure
from mappings.exposure.evaluate import SIGNS, Fact, Verdict, amount
from mappings.exposure.routes import Finding
from mappings.exposure.sentences import Both, Language, Sentence, in_language

NOTICE = "Decision support, not legal advice. 仅供决策参考，不构成法律意见。"
OTHER = {
    "automotive": ("是否为汽车设计、生产、销售、使用、运维过程中的数据？", "Are these automotive data?"),
    "listed_as": ("对应指引中的哪些数据项？", "Which listed items are they? Accept links or name them."),
    "sector": ("属于负面清单的哪个行业领域？", "Which sector of the zone's list does it belong to?"),
    "zone_list": ("该自由贸易试验区现行负面清单的内容：写入工作区的 packs/。",
                  "The zone's list itself: write it into packs/ of the workspace."),
    "method": ("如何出境：传输至境外、自境外访问（访问行为发生在境外）、在境外处理，还是不出境？",
               "How do they leave: sent, accessed from abroad (the access itself being abroad), processed abroad, "
               "or not at all?"),
}  # fmt: skip
ROUTE_ZH = {"assessment": "申报数据出境安全评估", "contract_or_certification": "订立标准合同或者通过认证",
            "no_filing": "免予申报", "not_regulated": "不属于出境", "undecided": "未定"}  # fmt: skip
ESTIMATE = "数据出境安全评估申报指南（第三版） 附件4 二（二）6 (export-assessment-filing-guide@final-3)"
COLUMNS = ("transfer", "dataset", "entity", "route", "why", "missing")


def mark_of(what_if: str | None) -> str | None:
    """What stands on every output that asks a version which is not law."""
    return Sentence("what_if", version=what_if) if what_if else None


def as_json(exposure: Exposure, day: str, what_if: str | None) -> dict[str, Any]:
    """One transfer as `regwatch exposure --json` prints it."""
    d, t = exposure.decision, exposure.transfer
    return {
        "transfer": t.id, "dataset": ", ".join(t.datasets) or None, "datasets": list(t.datasets), "entity": t.entity,
        "version": what_if or _version(exposure), "what_if": what_if, "mark": mark_of(what_if), "day": day,
        "gates": [{"gate": f.rule.id.partition("/")[2], **_finding(f), "stop": Both(f.rule.stop, f.rule.stop_zh)}
                  for f in d.gates],
        "route": d.route, "why": d.why, "after_gates": d.after_gates,
        "conditions": list(conditions(exposure)),
        "duties": [{"duty": duty.id, "due": due, "zh": duty.zh, "en": duty.en, "citation": duty.cited}
                   for duty, due in d.duties],
        "counts": {key: {"low": f.low, "high": None if f.high == float("inf") else f.high, "because": f.because}
                   for key, f in exposure.counts.items()},
        "estimates": {str(year): {key: [f.low, f.high] for key, f in facts.items()}
                      for year, facts in exposure.estimates.items()},
        "filing_needs": filing_needs(exposure, int(day[:4])),
        "missing": [question(key) for key in d.missing],
        "ask_counsel": [{"zh": zh, "en": en} for zh, en in d.ask],
        "problems": list(exposure.problems), "splitting": list(exposure.splitting),
        "proposed": t.proposed, "notice": NOTICE,
    }  # fmt: skip


def as_row(exposure: Exposure, what_if: str | None) -> dict[str, Any]:
    """One line for people; the mark of a what-if stands in every line."""
    d, t = exposure.decision, exposure.transfer
    route = Sentence("route_unread", route=d.route) if d.why.startswith("in-force text not read") else d.route
    route = Sentence("route_what_if", route=route) if what_if else route
    return {"transfer": t.id, "dataset": ", ".join(t.datasets), "entity": t.entity, "why": d.why,
            "route": route, "missing": ", ".join(d.missing)}  # fmt: skip


def filing_needs(exposure: Exposure, year: int) -> list[str]:
    """What an application for assessment asks for and nobody has given: estimates of the coming three years."""
    personal = exposure.facts.get("personal_information", Fact()).truth is not False
    if exposure.decision.route != "assessment" or not personal:
        return []
    return [
        Sentence("estimate", year=later, citation=ESTIMATE)
        for later in range(year + 1, year + 4)
        if not exposure.estimates.get(later)
    ]


def as_text(exposure: Exposure, day: str, what_if: str | None, language: Language = "en") -> str:
    """One transfer in full, for people."""
    told = in_language(as_json(exposure, day, what_if), language)
    law = in_language(told["mark"] or Sentence("law_in_force", day=day), language)
    lines = [f"{told['transfer']}  {law}", f"  route     {told['route']}",
             f"  why       {told['why']}"]  # fmt: skip
    lines += [f"  gate      {g['gate']}: {_word(g['met'])}, {g['because']} [{g['citation']}]" for g in told["gates"]]
    for c in told["conditions"]:
        if c["decided"] or c["met"] is not False:
            role = "decided" if c["decided"] else c["role"]
            lines.append(f"  {role:9} {c['condition']}: {_word(c['met'])}, {c['because']} [{c['citation']}]")
    lines += [f"  needed    {need}" for need in told["filing_needs"]]
    lines += [f"  missing   {q['key']}: {q['zh']} {q['en']}" for q in told["missing"]]
    lines += [f"  counsel   {q['zh']} {q['en']}" for q in told["ask_counsel"]]
    lines += [f"  duty      {d['en']}: {_word(d['due'])} [{d['citation']}]" for d in told["duties"]]
    return "\n".join(lines)


def filing_lines(covered: Sequence[Mapping[str, Any]]) -> list[str]:
    """The filings made for a transfer as lines for people, from the JSON of their coverage."""
    lines = []
    for c in covered:
        then = [f"then {c['then']['zh']} {c['then']['en']}"] if c["then"] and c["covers"] is False else []
        said = "; ".join([*c["faults"], *then])
        lines.append(f"  filing    {c['number']} covers: {_word(c['covers'])}{', ' if said else ''}{said}")
        lines += [f"  counsel   {q['zh']} {q['en']}" for q in c["ask_counsel"]]
    return lines


def _word(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def conditions(exposure: Exposure) -> Iterator[dict[str, Any]]:
    """Every condition that was looked at, with the number it turned on and where it is written."""
    d = exposure.decision
    decided = {f.rule.id for f in d.decided_by}
    by_items = any(leaf.key == "important_data" and leaf.facts["important_data"].truth and leaf.met
                   for f in d.decided_by for leaf in f.verdict.leaves())  # fmt: skip
    for finding in d.findings:
        yield {**_finding(finding), "role": finding.rule.role, "decided": finding.rule.id in decided}
    for pack in d.unread:
        yield {"condition": Sentence("whatever_it_says", title=pack.title), "met": None, "because": Sentence("unread"),
               "citation": str(pack.citation), "role": "unread", "decided": False, "parts": [],
               "second_hand": [f"{fact}: {value} [{sure}]" for fact, value, sure in pack.known]}  # fmt: skip
    if d.important:
        for status in d.important.statuses:
            yield {"condition": Sentence("status", status=status.status), "met": status.met, "because": status.because,
                   "citation": str(status.citation), "role": "status",
                   "decided": by_items and status.met is True, "parts": []}  # fmt: skip
        for rule, verdict in d.important.items:
            yield {**_finding(Finding(rule, verdict)), "role": "item", "decided": by_items and verdict.met is True}


def question(key: str) -> dict[str, str]:
    """What to answer, in both languages. Counts say that they are given by year."""
    known = load_keys().get(key)
    zh, en = (known.zh, known.en) if isinstance(known, Key) else OTHER.get(key, (key, key))
    return {"key": key, "zh": zh, "en": en}


def describe(condition: Condition) -> str:
    """A condition in one line: persons ≥ 1,000,000 and not ciio."""
    known = _DESCRIBED.get(id(condition))
    if known is None:
        known = _DESCRIBED[id(condition)] = (condition, _describe(condition))
    return known[1]


# By identity and beside the condition, as plans are kept (evaluate.py): a rule is described for many transfers.
_DESCRIBED: dict[int, tuple[Condition, str]] = {}


def _describe(condition: Condition) -> str:
    if condition.logic:
        parts = tuple(Sentence("bracketed", what=describe(p)) if p.logic else describe(p) for p in condition.of)
        joined = Sentence({"all": "all_of", "any": "any_of"}[condition.logic], parts=parts)
        return Sentence("labelled", label=condition.qualifier, what=joined) if condition.qualifier else joined
    name = condition.measure or "?"
    if condition.comparator == "=" and condition.value == 0 and (name not in load_keys() or is_truth(name)):
        return Sentence("negated", name=name)
    if condition.comparator and condition.value is not None:
        return Sentence("compared", name=name, sign=SIGNS[condition.comparator], amount=amount(condition.value))
    return Sentence("named", name=name)


def is_truth(key: str) -> bool:
    return load_keys()[key].kind == "truth"


def _finding(finding: Finding) -> dict[str, Any]:
    rule, verdict = finding.rule, finding.verdict
    name = rule.name or rule.id.partition("/")[2]
    named = Sentence("rule", rule=name, what=describe(rule.condition))
    return {"condition": named, "met": finding.met, "because": finding.because,
            "citation": rule.cited, "quote": rule.citation.quote, "certainty": rule.citation.certainty,
            "parts": _parts(verdict)}  # fmt: skip


def _parts(verdict: Verdict) -> list[dict[str, Any]]:
    if not verdict.parts:
        return []
    return [{"condition": describe(leaf.condition), "met": leaf.met, "because": leaf.because,
             "quote": leaf.condition.quote} for leaf in verdict.leaves()]  # fmt: skip


def _version(exposure: Exposure) -> str | None:
    """The version that decided, or whose text is missing."""
    d = exposure.decision
    if d.route == "undecided" and d.unread and d.why.startswith("in-force text not read"):
        return d.unread[0].version
    cited: Sequence[Citation] = [f.rule.citation for f in (*d.decided_by, *d.findings)]
    return cited[0].version if cited else None
