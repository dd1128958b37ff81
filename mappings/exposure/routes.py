"""What one transfer must do: gates, exemptions, triggers, the band of contract or certification, duties. Pure.

The order is that of the 2024 provisions: 第七条 and 第八条 end by giving way to 第三条 to 第六条. Whatever could
still change the outcome makes it ``undecided``; nothing is taken to be so because nobody answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.measure_keys import load_keys
from kb.packs import Duty, Pack, Rule
from mappings.exposure.case import Case
from mappings.exposure.evaluate import Fact, Facts, Verdict, any_of, evaluate
from mappings.exposure.important import Important, find_important
from mappings.exposure.sentences import Both, Sentence, join_sentences

Route = Literal["assessment", "contract_or_certification", "no_filing", "not_regulated", "undecided"]
UNREAD = "in-force text not read"
_OPEN = "not known"  # worded once all that is missing is known


@dataclass(frozen=True)
class Finding:
    """A rule with its verdict. ``role`` of the rule says what it was for; ``opened`` what opens a gate again."""

    rule: Rule
    verdict: Verdict
    opened: Verdict | None = None

    @property
    def met(self) -> bool | None:
        """As the verdict; of a gate: is it shut. An approval opens it only once it is known to be there."""
        return False if self.opened and self.opened.met else self.verdict.met

    @property
    def because(self) -> str:
        told = [self.verdict.because]
        return join_sentences([*told, self.opened.because] if self.opened and self.verdict.met else told)


@dataclass(frozen=True)
class Decision:
    route: Route
    why: str
    gates: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    important: Important | None = None
    decided_by: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    ask: tuple[tuple[str, str], ...] = ()  # zh, en
    duties: tuple[tuple[Duty, bool | None], ...] = ()
    after_gates: Route | None = None
    unread: tuple[Pack, ...] = ()


@dataclass(frozen=True)
class _Outcome:
    route: Route
    why: str
    by: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()


def decide(case: Case, law: Sequence[Pack], important: Important | None = None) -> Decision:
    """Decide one transfer under the packs that are law (or asked by what-if) on the day.

    ``important`` may be handed in where it has been found already.
    """
    if case.method == "none":
        return Decision("not_regulated", Sentence("no_export"))
    packs = [p for p in law if _concerns(p, case)]
    if not any(p.kind == "national" and p.triggers for p in packs):
        return Decision("undecided", Sentence("no_pack"))
    important = important or find_important(case, packs)
    facts = {**case.facts, "important_data": important.fact}
    gates = _gates(packs, facts)
    unread = tuple(p for p in packs if not p.read and (p.kind == "sector" or case.zone_list is None))
    outcome, findings = _settle(case, packs, facts, unread)
    beside = [Finding(rule, evaluate(rule.condition, facts)) for p in packs for rule in p.beside]
    stopped = [f for f in gates if f.met is not False]
    if outcome.why == _OPEN:
        outcome = replace(outcome, why=Sentence("open", keys=_missing(outcome, important, case)))
    after = outcome.route
    if case.method == "unknown" and outcome.route != "undecided":
        why = Sentence("method_open", route=after, why=outcome.why)
        outcome = _Outcome("undecided", why, outcome.by, ("method", *outcome.missing))
    if stopped:
        outcome = _stop(stopped, outcome)
    return Decision(
        outcome.route, outcome.why, tuple(gates), (*findings, *beside), important, outcome.by,
        _missing(outcome, important, case), tuple(_ask(outcome, important, packs, beside, case)),
        tuple(_duties(packs, facts, after)), after if stopped else None, unread,
    )  # fmt: skip


def _concerns(pack: Pack, case: Case) -> bool:
    if pack.kind == "sector":
        return case.automotive is not False
    return pack.kind in ("national", "filing") or pack.zone == case.zone


def _gates(packs: Sequence[Pack], facts: Facts) -> list[Finding]:
    found: dict[str, Finding] = {}
    for rule in (rule for pack in packs for rule in pack.gates):
        opened = evaluate(rule.unless, facts) if rule.unless else None
        found.setdefault(rule.condition.measure or rule.id, Finding(rule, evaluate(rule.condition, facts), opened))
    return list(found.values())


def _settle(
    case: Case, packs: Sequence[Pack], facts: Facts, unread: Sequence[Pack]
) -> tuple[_Outcome, tuple[Finding, ...]]:
    """The outcome and every rule's verdict. Where one open fact leads to the same route either way, it is decided."""
    outcome, findings = _order(case, packs, facts, unread)
    ciio = facts.get("ciio")
    if outcome.route == "undecided" and (ciio is None or ciio.truth is None):
        either = [_order(case, packs, {**facts, "ciio": Fact(truth=t, because="supposed")}, unread)[0]
                  for t in (True, False)]  # fmt: skip
        if either[0].route == either[1].route != "undecided":
            return replace(either[1], why=Sentence("either_way", why=either[1].why)), findings
    return outcome, findings


def _order(
    case: Case, packs: Sequence[Pack], facts: Facts, unread: Sequence[Pack]
) -> tuple[_Outcome, tuple[Finding, ...]]:
    """Exemptions, triggers, band; a zone's list puts its own numbers in the place of the general ones."""
    ciio = facts.get("ciio", Fact()).truth
    zone = case.zone_list if ciio is not True or case.zone_takes_ciio else None
    if zone and case.zone_takes_ciio:
        facts = {**facts, "ciio": Fact(truth=False, because=Sentence("takes_ciio", title=case.zone_title))}
    listed = [Finding(r, evaluate(r.condition, {**facts, **case.zone_facts})) for r in zone.assessment] if zone else []
    lesser = [Finding(r, evaluate(r.condition, {**facts, **case.zone_facts})) for r in zone.contract] if zone else []
    facts = {**facts, "outside_negative_list": _outside(case, facts, [*listed, *lesser]) if zone else _NO_LIST}
    apart = bool(zone and zone.scenarios)  # a scenario has its own count, the general exemption speaks of the rest
    exempt = [Finding(r, evaluate(r.condition, facts)) for p in packs for r in p.exemptions if not (apart and r.counts)]
    general = [r for p in packs for r in p.triggers if not (zone and r.counts)]
    triggers = [Finding(r, evaluate(r.condition, facts)) for r in general] + listed
    band = lesser if zone else [Finding(r, evaluate(r.condition, facts)) for p in packs for r in p.band]
    findings = (*exempt, *triggers, *band)
    if sure := [f for f in exempt if f.verdict.met and f.rule.citation.known]:
        if zone and ciio is None and not case.zone_takes_ciio and all(_by_list(f) for f in sure):
            return _Outcome("undecided", Sentence("ciio_open"), missing=("ciio",)), findings
        return _Outcome("no_filing", _why("exempt_by", sure), tuple(sure)), findings
    open_ = [f for f in exempt if f.verdict.met is not False]
    route, by, still_open = _by_numbers(triggers, band)
    if route == "assessment" and facts["important_data"].truth and not open_:
        return _Outcome(route, _why(_BY[route], by), tuple(by)), findings  # no zone's list can exempt it: _outside
    if zone and ciio is None and not case.zone_takes_ciio:
        return _Outcome("undecided", Sentence("ciio_open"), missing=("ciio",)), findings
    if case.zone_open and route != "undecided":  # 第六条 comes before 第七条 and 第八条
        why = Sentence("zone_open", keys=case.zone_open, route=route)
        return _Outcome("undecided", why, missing=case.zone_open), findings
    if any(p.kind == "zone" for p in unread):
        return _Outcome("undecided", _unread_why(unread), missing=_keys(open_)), findings
    if still_open and any(_waits_for_text(f, facts) for f in still_open) and unread:
        return _Outcome("undecided", _unread_why(unread), missing=_keys([*open_, *still_open])), findings
    if route == "undecided" and not (still_open or open_):
        counts = ("personal_information", "persons", "sensitive_persons")
        return _Outcome("undecided", Sentence("fits_nothing"), missing=counts), findings
    if open_ or route == "undecided":
        if unread and any(f.verdict.met and not f.rule.citation.known for f in open_):
            return _Outcome("undecided", _unread_why(unread)), findings
        if heard := [f for f in open_ if f.verdict.met]:
            pack = heard[0].rule.id.partition("/")[0]
            why = Sentence("second_hand", pack=pack, why=_why("exempt_by", heard))
            return _Outcome("undecided", why), findings
        waits = [*open_, *still_open]
        return _Outcome("undecided", _OPEN, missing=(*_keys(waits), *case.zone_open)), findings
    return _Outcome(route, _why(_BY[route], by), tuple(by)), findings


_BY: dict[Route, str] = {"assessment": "assessment_by", "contract_or_certification": "contract_or_certification_by"}
_NO_LIST = Fact(truth=False, because=Sentence("no_list"))


def _outside(case: Case, facts: Facts, listed: Sequence[Finding]) -> Fact:
    """Outside the zone's list (第六条第二款): it names none of it, and it is no important data, which 第三十七条 of the
    regulations lets leave by an assessment only."""
    named_or_important = any_of((*(f.verdict.met for f in listed), facts["important_data"].truth))
    outside = None if named_or_important is None else not named_or_important
    named = [f for f in listed if f.verdict.met is not False]
    told = (Sentence("rule", rule=f.rule.id.partition("/")[2], what=f.verdict.because) for f in named)
    why = join_sentences(told) or facts["important_data"].because
    entries = Sentence("outside_list", n=len(listed), title=case.zone_title)
    return Fact(truth=outside, because=entries if outside else why)


def _by_list(finding: Finding) -> bool:
    return finding.rule.condition.measure == "outside_negative_list"


def _by_numbers(triggers: list[Finding], band: list[Finding]) -> tuple[Route, list[Finding], list[Finding]]:
    """The route that triggers and band give, what decided it, and what is still open about it."""
    if met := [f for f in triggers if f.verdict.met]:
        return "assessment", met, []
    if still := [f for f in triggers if f.verdict.met is None]:
        return "undecided", [], still + [f for f in band if f.verdict.met is None]
    if met := [f for f in band if f.verdict.met]:
        return "contract_or_certification", met, []
    if still := [f for f in band if f.verdict.met is None]:
        return "undecided", [], still
    return "undecided", [], []


def _waits_for_text(finding: Finding, facts: Facts) -> bool:
    return "important_data" in set(finding.verdict.missing()) and facts["important_data"].because.startswith(UNREAD)


def _stop(stopped: Sequence[Finding], outcome: _Outcome) -> _Outcome:
    shut = [f for f in stopped if f.met]
    if shut:
        why = join_sentences(
            Sentence(
                "gate_shut",
                gate=f.rule.id.partition("/")[2],
                citation=f.rule.cited,
                stop=Both(f.rule.stop, f.rule.stop_zh),
            )
            for f in shut
        )
        return _Outcome("undecided", why, missing=tuple(f.opened.key for f in shut if f.opened and f.opened.key))
    if outcome.why.startswith(UNREAD):
        return replace(outcome, missing=(*outcome.missing, *_keys(stopped)))
    why = Sentence("gates_open", keys=_keys(stopped), route=outcome.route, why=outcome.why)
    return _Outcome("undecided", why, missing=(*_keys(stopped), *outcome.missing))


def _missing(outcome: _Outcome, important: Important, case: Case) -> tuple[str, ...]:
    keys = list(outcome.missing)
    if "important_data" in keys:
        keys += important.missing
    if case.automotive is None and important.fact.truth is None and "important_data" in keys:
        keys.insert(keys.index("important_data"), "automotive")
    if case.method == "unknown":
        keys.append("method")
    return tuple(dict.fromkeys(keys))


def _ask(
    outcome: _Outcome, important: Important, packs: Sequence[Pack], beside: Sequence[Finding], case: Case
) -> Iterable[tuple[str, str]]:
    known = load_keys()
    asked = list(important.ask)
    for key in (*outcome.missing, *(important.missing if "important_data" in outcome.missing else ())):
        if key in known and (counsel := known[key].counsel):
            asked.append(counsel)
    for pack in packs:
        if pack.beside_note and any(f.verdict.met for f in beside if f.rule.id.startswith(f"{pack.id}/")):
            asked.append(pack.beside_note)
    return dict.fromkeys(asked)


def _duties(packs: Sequence[Pack], facts: Facts, route: Route) -> Iterable[tuple[Duty, bool | None]]:
    """Duties that remain, even where no filing is due; None: due if an open question is answered with yes."""
    for duty in (duty for pack in packs for duty in pack.duties):
        if duty.after and duty.after != route:
            continue
        met = evaluate(duty.condition, facts).met if duty.condition else True
        if met is not False:
            yield duty, met


def _unread_why(unread: Sequence[Pack]) -> str:
    texts = tuple(
        Sentence("unread_text_disputed", title=p.title, version=p.version, begins=p.begins, later=p.disputed_until)
        if p.disputed_until
        else Sentence("unread_text", title=p.title, version=p.version)
        for p in unread
    )
    return Sentence("unread_texts", texts=texts, work=unread[0].work)


def _why(what: str, findings: Sequence[Finding]) -> str:
    rules = tuple(Sentence("rule_because", cited=f.rule.cited, because=f.verdict.because) for f in findings)
    return Sentence(what, rules=rules)


def _keys(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What could still be answered. What is worked out from a zone's list is asked for by the list's own entries."""
    known = load_keys()
    return tuple(dict.fromkeys(key for f in findings for key in f.verdict.missing() if known[key].about != "derived"))
