"""Are these important data? A status with authority and date, and the rules of the guide's data items. Pure.

Nothing here says "no" because nobody has spoken: without a status, or while the list is unread, it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.measure_keys import load_keys
from kb.packs import Citation, Pack, Rule, leaves
from mappings.exposure.case import Case
from mappings.exposure.evaluate import UNKNOWN, Fact, Verdict, any_of, evaluate
from mappings.exposure.sentences import Sentence, join_sentences
from mappings.exposure.transfer import Transfer

SUBCLASS = "listed_important_subclass"


@dataclass(frozen=True)
class Status:
    status: str
    met: bool | None
    because: str
    citation: Citation


@dataclass(frozen=True)
class Important:
    """``fact`` is what conditions on important data are evaluated with; ``items`` the listed items that concern the
    transfer, each with its verdict; ``missing`` keys that could still decide; ``ask`` questions for counsel (zh, en).
    """

    fact: Fact
    statuses: tuple[Status, ...] = ()
    items: tuple[tuple[Rule, Verdict], ...] = ()
    missing: tuple[str, ...] = ()
    ask: tuple[tuple[str, str], ...] = ()


def find_important(case: Case, packs: Sequence[Pack]) -> Important:
    statuses, ask = _statuses(case, packs)
    said = _said(statuses)
    items: list[tuple[Rule, Verdict]] = []
    listed: list[Fact] = []
    for pack in packs:
        if pack.kind != "sector" or case.automotive is False or (pack.read and not pack.items):
            continue
        if not pack.read:
            unread = Sentence("unread_pack", title=pack.title, version=pack.version)
            listed.append(Fact(because=unread if case.automotive else Sentence("automotive_if_so", what=unread)))
            continue
        found = list(_concerned(case, pack))
        items += found
        listed.append(_listed(case, pack, found))
    subclass = _subclass(case)
    fact = _together([said, *listed, *([subclass] if subclass else [])])
    names = {rule.name for pack in packs for rule in pack.items} if case.automotive is not False else set()
    missing = [] if fact.truth is not None else _missing(said, items, case, names)
    if fact.truth is None and subclass and subclass.truth is None:
        missing.append(SUBCLASS)
    ask += [counsel for rule, verdict in items if (counsel := _undefined(verdict))]
    return Important(fact, tuple(statuses), tuple(items), tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(ask)))


def statuses_of(transfer: Transfer, day: str) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Each status that holds on ``day`` with who says so since when, and what is out of date.

    That nobody had said so is overtaken by an authority that says so later; on one day or later it contradicts it.
    """
    begun = [s for s in transfer.important if s.date <= day]
    valid = [s for s in begun if not s.expires or s.expires >= day]
    gone: list[str] = [
        Sentence("status_expired", transfer=transfer.id, status=s.status, authority=s.authority, expires=s.expires)
        for s in begun if s not in valid
    ]  # fmt: skip
    latest = max((s.date for s in valid if s.status != "none"), default="")
    held = [s for s in valid if s.status != "none" or s.date >= latest]
    return tuple((s.status, Sentence("signed", by=s.authority, date=s.date)) for s in held), gone


def _statuses(case: Case, packs: Sequence[Pack]) -> tuple[list[Status], list[tuple[str, str]]]:
    meanings = {name: rule for pack in packs for name, rule in pack.statuses.items()}
    found, ask = [], []
    for name, who in case.statuses:
        rule = meanings.get(name)
        if rule is None:
            continue
        found.append(Status(name, rule.met, Sentence("status_said", status=name, who=who), rule.citation))
        if rule.ask:
            ask.append(rule.ask)
    return found, ask


def _subclass(case: Case) -> Fact | None:
    """A zone's list that names important data publishes them (第二条 of the 2024 provisions: 公开发布)."""
    if case.zone_list is None or case.facts.get("ciio", Fact()).truth:
        return None
    if not any(leaf.measure == SUBCLASS for rule in case.zone_list.assessment for leaf in leaves(rule.condition)):
        return None
    told = case.facts.get(SUBCLASS, UNKNOWN)
    because = Sentence("subclass", title=case.zone_title, key=SUBCLASS, because=told.because)
    return replace(told, because=because)


def _said(statuses: Sequence[Status]) -> Fact:
    if not statuses:
        return Fact(because=Sentence("no_status"))
    because = join_sentences(s.because for s in statuses)
    if any(s.met for s in statuses):
        if any(s.status == "none" for s in statuses):
            return Fact(because=Sentence("statuses_contradict", because=because))
        return Fact(truth=True, because=because)
    return Fact(truth=None if any(s.met is None for s in statuses) else False, because=because)


def _concerned(case: Case, pack: Pack) -> Iterator[tuple[Rule, Verdict]]:
    """The listed items that its own words, or its data types, point to. A rule shared by many is evaluated once.

    A data type that only the rule of an item names (faces in 32 pixels) leads there when none of those has such a rule.
    """
    of_its_type = [rule for rule in pack.items if rule.types & case.types]
    only_by_rule = case.types.difference(*(rule.types | rule.by_condition for rule in of_its_type))
    read: dict[int, Verdict] = {}
    for rule in pack.items:
        by_type = rule.types & case.types or rule.by_condition & only_by_rule
        if rule.name in case.listed_as if case.listed_as else by_type:
            if id(rule.condition) not in read:
                read[id(rule.condition)] = evaluate(rule.condition, case.facts, "item")
            yield rule, read[id(rule.condition)]


def _listed(case: Case, pack: Pack, found: Sequence[tuple[Rule, Verdict]]) -> Fact:
    unknown_names = sorted(set(case.listed_as) - {rule.name for rule in pack.items})
    met = any_of(verdict.met for _, verdict in found)
    because = join_sentences(
        Sentence("rule", rule=rule.name, what=v.because) for rule, v in [(r, v) for r, v in found if v.met is met][:2]
    )
    if case.automotive is None:
        return Fact(because=Sentence("automotive_open")) if met is not False or not found else Fact(truth=False)
    if met:
        return Fact(truth=True, because=because)
    if unknown_names:
        return Fact(because=Sentence("lists_no_such", version=pack.version, names=tuple(unknown_names)))
    if not case.listed_as and not case.types:
        return Fact(because=Sentence("no_link"))
    if not case.listed_as and case.open_fields:
        return Fact(because=Sentence("links_open", fields=case.open_fields[:5]))
    if not found:
        return Fact(truth=False, because=Sentence("lists_none", version=pack.version))
    return Fact(truth=met, because=because)


def _together(facts: Sequence[Fact]) -> Fact:
    met = any_of(fact.truth for fact in facts)
    deciding = [fact.because for fact in facts if fact.truth is met and fact.because]
    unread = [because for because in deciding if because.startswith("in-force text not read")]
    return Fact(truth=met, because=join_sentences(unread or deciding))


def _missing(said: Fact, items: Sequence[tuple[Rule, Verdict]], case: Case, names: set[str]) -> list[str]:
    keys = [] if said.truth is not None else ["important_data"]
    keys += [key for _, verdict in items for key in verdict.missing()]
    placed = case.types or case.listed_as
    if names and (not placed or not names.issuperset(case.listed_as)):
        keys.append("listed_as")
    return keys


def _undefined(verdict: Verdict) -> tuple[str, str] | None:
    """What to ask of a number whose basis the rule leaves open, unless the answer names it."""
    for leaf in verdict.leaves():
        if leaf.key == "vehicles" and leaf.met is not None and ";" not in leaf.because:
            return load_keys()["vehicles"].counsel
    return None
