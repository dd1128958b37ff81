"""What has changed since a filing was made, and what a change calls for by the rule packs of filings. Pure.

Facts come from comparing the filing with the transfer of today and from answers; what neither says is unknown, until
somebody signs that nothing has changed (``changes: none``). Which change counts, and where that is written, is data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.measure_keys import load_keys
from kb.normalise import fold
from kb.packs import Pack, Rule
from mappings.exposure.counting import KEYS
from mappings.exposure.entities import resolve
from mappings.exposure.evaluate import Fact, Facts, all_of, amount, compare, evaluate, span
from mappings.exposure.filings import Check, Coverage, Filing, check_entity, check_route, check_validity
from mappings.exposure.sentences import Sentence, join_sentences
from mappings.exposure.transfer import Transfer


def check_filing(
    filing: Filing,
    transfer: Transfer,
    route: str,
    volumes: Mapping[str, Fact],
    day: str,
    law: Sequence[Pack],
    groups: Mapping[str, str | None] | None = None,
    facts: Facts | None = None,
) -> Coverage:
    """Does the filing still cover the transfer on ``day``, with today's route, fields and amounts?

    ``law`` are the packs of the day; ``groups`` the group of each entity; ``facts`` what is known of the transfer.
    """
    packs = [pack for pack in law if pack.filing == filing.route]
    changed = change_facts(filing, transfer, volumes, day)
    checks = [check_validity(filing, day), check_entity(filing, transfer, groups or {}), check_route(filing, route)]
    checks += [_check(rule, changed) for pack in packs for rule in pack.changes]
    if not packs:
        checks.append(Check("changes", None, Sentence("no_change_pack", way=filing.route), ""))
    extension = [_check(rule, {**(facts or {}), **changed}) for pack in packs for rule in pack.extension]
    return Coverage(filing, transfer.id, all_of(tuple(c.met for c in checks)), tuple(checks),
                    next((pack.then for pack in packs), None), tuple(extension))  # fmt: skip


def change_facts(filing: Filing, transfer: Transfer, volumes: Mapping[str, Fact], day: str) -> Facts:
    """Each key about a filing that is known on ``day``. What the two show outweighs an answer, words apart: where
    words differ and somebody says that nothing has changed, it is unknown."""
    answered = resolve(filing.answers, day, filing.id).facts
    shown = {
        "purpose_changed": _words("purpose", filing.purpose, transfer.purpose),
        "recipient_changed": _words("recipient", filing.recipient, transfer.recipient),
        "storage_changed": _words("storage", filing.storage, transfer.storage),
        "method_changed": _words("method", filing.method, "" if transfer.method == "unknown" else transfer.method),
        "scope_widened": _fields(filing, transfer),
        "retention_extended": _retention(filing.retention_months, transfer.retention_months),
        "amount_exceeded": _amounts(filing, volumes),
    }
    facts = {**shown, **answered}
    for key, fact in shown.items():
        told = answered.get(key, Fact())
        if fact.truth and told.truth is False and key in ("purpose_changed", "recipient_changed", "storage_changed"):
            facts[key] = Fact(because=Sentence("though_no_change", shown=fact.because, told=told.because))
        elif (
            key == "amount_exceeded"
            and told.truth is not True
            and (filing.persons, filing.sensitive_persons) != (None, None)
        ):
            facts[key] = fact  # what is counted is no matter of words: a range that goes across stays unknown
        elif fact.truth is not None and not (told.truth and fact.truth is False):
            facts[key] = fact
    return facts


def _check(rule: Rule, facts: Facts) -> Check:
    verdict = evaluate(rule.condition, facts)
    missing = tuple(dict.fromkeys(verdict.missing()))
    changed = [leaf.because for leaf in verdict.leaves() if leaf.met] if verdict.met is None else []
    ask = tuple(known for key in missing if (known := load_keys()[key].counsel)) if changed else ()
    because = join_sentences(dict.fromkeys((*changed, verdict.because)))
    return Check(rule.id.partition("/")[2], None if verdict.met is None else not verdict.met, because,
                 rule.cited, missing, ask)  # fmt: skip


def _words(what: str, filed: str, now: str) -> Fact:
    if not filed or not now:
        return Fact(because=Sentence("transfer_states_no" if filed else "filing_states_no", what=what))
    same = fold(filed).split() == fold(now).split()
    because = Sentence("as_filed", what=what) if same else Sentence("filed_now", filed=filed, now=now)
    return Fact(truth=not same, because=because)


def _fields(filing: Filing, transfer: Transfer) -> Fact:
    if not filing.fields or not transfer.carries:
        return Fact(because=Sentence("transfer_no_fields" if filing.fields else "filing_no_fields"))
    new = sorted(str(c) for c in transfer.carries if str(c) not in filing.fields and c.dataset not in filing.fields)
    because = Sentence("fields_not_filed", fields=tuple(new)) if new else Sentence("fields_filed")
    return Fact(truth=bool(new), because=because)


def _retention(filed: float | None, now: float | None) -> Fact:
    if filed is None or now is None:
        return Fact(because=Sentence("filing_no_retention" if filed is None else "transfer_no_retention"))
    return Fact(truth=now > filed, because=Sentence("retention", filed=amount(filed), now=amount(now)))


def _amounts(filing: Filing, volumes: Mapping[str, Fact]) -> Fact:
    """Above the approved amount of either kind of persons; a kind that was not filed must not leave at all."""
    found: list[Fact] = []
    not_counted = Sentence("not_counted")
    stated = any(getattr(filing, key) is not None for key in KEYS)
    for key in KEYS:
        approved, fact = getattr(filing, key), volumes.get(key, Fact(because=not_counted))
        if approved is None:
            if fact.high and stated:
                found.append(Fact(because=Sentence("amount_not_stated", key=key, now=span(fact))))
        elif fact.low is None or fact.high is None:
            now = fact.because or not_counted
            found.append(Fact(because=Sentence("amount", key=key, approved=amount(approved), now=now)))
        else:
            because = Sentence("amount", key=key, approved=amount(approved), now=span(fact))
            found.append(Fact(truth=compare(fact.low, fact.high, ">", approved), because=because))
    if not found:
        return Fact(because=Sentence("no_amount"))
    above = [f for f in found if f.truth] or [f for f in found if f.truth is None] or found
    return Fact(truth=above[0].truth, because=join_sentences(f.because for f in above))
