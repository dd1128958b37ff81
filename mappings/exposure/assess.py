"""All transfers of all entities on one day: facts gathered, persons counted, each transfer decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from kb.measure_keys import load_keys
from kb.packs import Pack, law_of_day
from kb.vocabulary import DataType, load_data_types
from mappings.exposure.case import Case
from mappings.exposure.counting import KEYS, Count, Flow, count_persons, signs_of_splitting
from mappings.exposure.entities import Answer, Entity, Resolved, resolve
from mappings.exposure.evaluate import Fact, any_of, evaluate
from mappings.exposure.important import Important, find_important, statuses_of
from mappings.exposure.routes import Decision, decide
from mappings.exposure.sentences import Sentence
from mappings.exposure.transfer import Transfer
from mappings.exposure.zone import find_zone


@cache
def _data_types() -> dict[str, DataType]:
    return load_data_types()


@dataclass(frozen=True)
class Links:
    """What accepted links say of the carried fields, and which fields have only suggestions.

    Keys are ``dataset/field``; those of a whole dataset hold all its fields.
    """

    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    undecided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Exposure:
    """The decision for one transfer. ``estimates`` are the coming years' counts, which the filing guide asks for."""

    transfer: Transfer
    entity: Entity | None
    decision: Decision
    counts: Mapping[str, Fact]
    general: Mapping[str, Fact]  # the entity's count of the year, apart from what a zone's list counts by itself
    estimates: Mapping[int, Mapping[str, Fact]]
    problems: tuple[str, ...]
    splitting: tuple[str, ...]
    facts: Mapping[str, Fact]
    volumes: Mapping[str, Fact]  # its own counts of the year


def assess(
    transfers: Sequence[Transfer],
    entities: Mapping[str, Entity],
    links: Links,
    packs: Sequence[Pack],
    day: str,
    what_if: str | None = None,
) -> list[Exposure]:
    """Decide every transfer as of ``day``. All transfers must be given, since persons are counted over an entity's."""
    law = law_of_day(packs, day, what_if)
    zones = frozenset(name for pack in packs for name in pack.zone_names)
    year = int(day[:4])
    shared = {id: resolve(entity.answers, day, id) for id, entity in entities.items()}
    gathered = [
        _gather(t, entities.get(t.entity or ""), shared.get(t.entity or "", Resolved()), links, law, zones, day, year)
        for t in transfers
    ]
    important = [find_important(g.case, law) for g in gathered]
    flows = [_flow(g, i, law) for g, i in zip(gathered, important, strict=True)]
    signs = signs_of_splitting(flows)
    by_entity: dict[str, list[int]] = {}
    for place, g in enumerate(gathered):
        by_entity.setdefault(g.transfer.entity or f"(none) {g.transfer.id}", []).append(place)
    found: dict[int, Exposure] = {}
    for places in by_entity.values():
        entity = gathered[places[0]].entity
        counts = _counts([gathered[p] for p in places], [flows[p] for p in places], entity, day, year)
        for place in places:
            found[place] = _expose(gathered[place], important[place], counts, law, signs)
    return [found[place] for place in range(len(gathered))]


@dataclass(frozen=True)
class _Gathered:
    transfer: Transfer
    entity: Entity | None
    case: Case
    volumes: Mapping[str, Fact]
    estimates: Mapping[int, Mapping[str, Fact]]
    problems: tuple[str, ...]


def _gather(
    t: Transfer, entity: Entity | None, shared: Resolved, links: Links, law: Sequence[Pack], zones: frozenset[str],
    day: str, year: int,
) -> _Gathered:  # fmt: skip
    own = resolve(t.answers, day, t.id)
    volumes, faults = _volumes(t.volumes, day, year, t.id)
    problems = [*own.problems, *shared.problems, *faults]
    if entity is None:
        nameless = Sentence("nameless_transfer", transfer=t.id)
        problems.append(Sentence("undeclared_entity", entity=t.entity) if t.entity else nameless)
    facts = {**shared.facts, **own.facts}
    for key in shared.facts.keys() & own.facts.keys():
        here, there = own.facts[key], shared.facts[key]
        if load_keys()[key].about == "entity" and (here.truth, here.words) != (there.truth, there.words):
            facts[key] = Fact(because=Sentence("transfer_and_entity_differ"))
            problems.append(Sentence("problem", subject=t.id, key=key, what=facts[key].because))
    types = frozenset().union(*(links.types.get(str(c), frozenset()) for c in t.carries)) if t.carries else frozenset()
    undecided = tuple(f for c in t.carries for f in links.undecided.get(str(c), ()))
    problems += _derive(facts, volumes, types, undecided, t.id)
    sector = t.sector or ("automotive" if t.automotive else None)
    statuses, told = statuses_of(t, day)
    problems += [*told, *_contradicted(facts, statuses, law, t.id)]
    case = Case(
        t.id, facts, t.automotive, t.method, types=types, listed_as=t.listed_as, open_fields=undecided,
        statuses=statuses, **find_zone(facts, sector, t.list_scenario, law, zones),
    )  # fmt: skip
    later = sorted({a.year for a in t.volumes if a.year and a.year > year})
    estimates = {y: _volumes(t.volumes, day, y, t.id)[0] for y in later}
    return _Gathered(t, entity, case, volumes, estimates, tuple(dict.fromkeys(problems)))


def _volumes(answers: Iterable[Answer], day: str, year: int, subject: str) -> tuple[dict[str, Fact], tuple[str, ...]]:
    resolved = resolve([a for a in answers if a.year == year], day, f"{subject} {year}")
    return dict(resolved.facts), resolved.problems


def _derive(
    facts: dict[str, Fact], volumes: Mapping[str, Fact], types: frozenset[str], undecided: Sequence[str], id: str
) -> Iterable[str]:
    """What links and counts say of facts that nobody answered. An answer stands, but its contradiction is named."""
    known = _data_types()
    kinds = {t: known[t].personal for t in types if t in known}
    persons, sensitive = (volumes.get(key, Fact()) for key in KEYS)
    none_at_all = persons.high == 0 and sensitive.high == 0
    for key, levels, sent, none in (
        ("personal_information", ("yes", "sensitive"), (persons.low or 0) + (sensitive.low or 0), none_at_all),
        ("sensitive_personal_information", ("sensitive",), sensitive.low or 0, sensitive.high == 0),
    ):
        linked = tuple(sorted(t for t, level in kinds.items() if level in levels))
        told = facts.get(key)
        if told is None:
            if linked or sent:
                how = Sentence("by_links", types=linked) if linked else Sentence("by_counts")
                facts[key] = Fact(truth=True, because=how)
            elif none:
                facts[key] = Fact(truth=False, because=Sentence("counts_are_zero"))
        elif told.truth is False and sent:
            facts[key] = Fact(because=Sentence("persons_though_no", because=told.because))
            yield Sentence("problem", subject=id, key=key, what=facts[key].because)
        elif told.truth is False and linked:
            yield Sentence("links_though_no", transfer=id, key=key, because=told.because, types=linked)
    if facts.get("personal_information", Fact()).truth is False:
        facts.setdefault(
            "sensitive_personal_information", Fact(truth=False, because=Sentence("no_personal_information"))
        )
    elif facts.get("sensitive_personal_information", Fact()).truth:
        facts.setdefault("personal_information", Fact(truth=True, because=Sentence("is_sensitive")))
    if (
        persons.low is not None
        and sensitive.low is not None
        and persons.high is not None
        and sensitive.high is not None
    ):
        low, high = max(persons.low, sensitive.low), persons.high + sensitive.high
        facts.setdefault("subject_persons", Fact(low=low, high=high, because=Sentence("own_counts")))
    if types and not undecided and not any(known[t].surveying for t in types if t in known):
        none_linked = Fact(truth=False, because=Sentence("no_surveying_link"))
        facts.setdefault("unprocessed_surveying_data", none_linked)


def _contradicted(
    facts: dict[str, Fact], statuses: Sequence[tuple[str, str]], law: Sequence[Pack], id: str
) -> Iterable[str]:
    """Data in transit hold nothing of China (第四条): what an authority calls important data cannot be among them."""
    if (
        not facts.get("overseas_origin", Fact()).truth
        or facts.get("domestic_data_introduced", Fact()).truth is not False
    ):
        return
    sure = {name for pack in law for name, rule in pack.statuses.items() if rule.met}
    for name, who in statuses:
        if name in sure:
            because = Sentence("china_in_transit", status=name, who=who)
            facts["domestic_data_introduced"] = Fact(because=because)
            yield Sentence("problem", subject=id, key="domestic_data_introduced", what=because)


def _flow(g: _Gathered, important: Important, law: Sequence[Pack]) -> Flow:
    """What the transfer adds to its entity's count; nothing where it is exempt."""
    facts = {**g.case.facts, "important_data": important.fact}
    exempt = any_of(
        tuple(evaluate(r.condition, facts).met for p in law for r in p.exemptions if r.uncounted and _speaks(p, g.case))
    )
    volumes = dict(g.volumes)
    for key, truth in zip(KEYS, ("personal_information", "sensitive_personal_information"), strict=True):
        if facts.get(truth, Fact()).truth is False and key not in volumes:
            volumes[key] = Fact(low=0, high=0, because=Sentence("carries_none"))
    if g.transfer.method == "none":
        volumes = {key: Fact(low=0, high=0, because=Sentence("nothing_leaves")) for key in KEYS}
    group = g.entity.group if g.entity else None
    return Flow(g.transfer.id, g.transfer.entity or g.transfer.id, volumes, exempt, group,
                g.transfer.recipient, g.transfer.purpose)  # fmt: skip


def _speaks(pack: Pack, case: Case) -> bool:
    return pack.kind == "national" or (pack.kind == "sector" and case.automotive is True)


def _counts(
    gathered: Sequence[_Gathered], flows: Sequence[Flow], entity: Entity | None, day: str, year: int
) -> dict[int | None, Count]:
    """The entity's count under None, and under the id() of a part of a zone's list the count inside that part.

    A scenario of a list is counted apart (除第…项以外的个人信息), and not again in the entity's general count.
    """
    stated, faults = _volumes(entity.volumes, day, year, entity.id) if entity else ({}, ())
    apart = [g.case.zone_list is not None and bool(g.case.zone_list.scenarios) for g in gathered]
    rest = [replace(f, uncounted=True) if own else f for f, own in zip(flows, apart, strict=True)]
    general = count_persons(rest, stated, year)
    general = replace(general, problems=(*faults, *general.problems))
    counts: dict[int | None, Count] = {None: general}
    for part in {id(g.case.zone_list): g.case.zone_list for g in gathered if g.case.zone_list}.values():
        inside = [f for g, f in zip(gathered, flows, strict=True) if g.case.zone_list is part]
        counts[id(part)] = count_persons(inside, {}, year) if part.scenarios else general
    return counts


def _expose(
    g: _Gathered, important: Important, counts: Mapping[int | None, Count], law: Sequence[Pack], signs: Sequence[str]
) -> Exposure:
    general = counts[None]
    facts = {**g.case.facts, **general.facts}
    inside = counts.get(id(g.case.zone_list)) if g.case.zone_list else None
    case = replace(g.case, facts=facts, zone_facts=inside.facts if inside else {})
    problems = (*g.problems, *general.problems, *(inside.problems if inside else ()))
    decision = decide(case, law, important)
    problems += tuple(dict.fromkeys(_faults_of_rules(decision)))
    splitting = tuple(sign for sign in signs if g.transfer.id in sign)
    used = {**general.facts, **case.zone_facts}
    return Exposure(
        g.transfer, g.entity, decision, used, general.facts, g.estimates, problems, splitting, facts, g.volumes
    )


def _faults_of_rules(decision: Decision) -> Iterable[str]:
    """Conditions that no answer can decide: a measure without a key, a threshold that the pack leaves out."""
    judged = [(f.rule, f.verdict) for f in decision.findings]
    judged += decision.important.items if decision.important else ()
    for rule, verdict in judged:
        if verdict.met is None and verdict.plan.faulty():
            for leaf in verdict.leaves():
                if leaf.plan.faulty():
                    yield Sentence("rule_fault", citation=rule.citation, because=leaf.because)
