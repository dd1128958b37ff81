"""Rule packs: gates, exemptions, triggers, bands, data items and duties as reviewed data with citations.

Declared in packs/<id>.yml and read strictly. Owns the turning of declarations into conditions; evaluating them belongs
to those who know the facts.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kb.errors import DeclarationError
from kb.measure_keys import load_keys
from kb.model import Comparator, Condition

if TYPE_CHECKING:
    from kb.packs_form import Cite, DeclaredPack, DeclaredRule, Form

DECLARED = Path(__file__).with_name("packs")
Role = Literal["gate", "exemption", "trigger", "band", "beside", "item", "zone", "change", "extension"]
COMPARATORS: dict[str, Comparator] = {"at_least": ">=", "more_than": ">", "below": "<", "at_most": "<="}


@dataclass(frozen=True)
class Citation:
    """Work and version, provision as printed, and how sure we are of it."""

    version: str
    title: str
    provision: str
    quote: str
    certainty: str
    source: str

    @property
    def known(self) -> bool:
        """False when the text was not read: such a rule never decides by itself."""
        return self.certainty in ("verbatim", "seen", "extracted")

    def __str__(self) -> str:
        mark = "" if self.known else f" [{self.certainty}]"
        return f"{self.title + ' ' if self.title else ''}{self.provision} ({self.version}){mark}"


def cited(citation: Citation, also: Sequence[Citation]) -> str:
    return "; ".join(map(str, (citation, *also)))


@dataclass(frozen=True)
class Rule:
    """``id`` is unique among the packs: ``<pack>/<rule>``. ``counts``: it turns on persons counted over the year."""

    id: str
    role: Role
    condition: Condition
    citation: Citation
    uncounted: bool = False
    stop: str = ""
    stop_zh: str = ""  # the same in Chinese, where the pack says it
    types: frozenset[str] = frozenset()
    by_condition: frozenset[str] = frozenset()  # data types that only its rule names
    name: str = ""
    also: tuple[Citation, ...] = ()
    unless: Condition | None = None  # at a gate: what opens it again

    @functools.cached_property
    def cited(self) -> str:
        """Everywhere it is written, in one line."""
        return cited(self.citation, self.also)

    @functools.cached_property
    def counts(self) -> bool:
        return any(leaf.measure in ("persons", "sensitive_persons") for leaf in leaves(self.condition))


@dataclass(frozen=True)
class StatusRule:
    met: bool | None
    citation: Citation
    ask: tuple[str, str] | None


@dataclass(frozen=True)
class Duty:
    id: str
    zh: str
    en: str
    condition: Condition | None  # None: always
    citation: Citation
    after: str | None
    also: tuple[Citation, ...] = ()

    @functools.cached_property
    def cited(self) -> str:
        return cited(self.citation, self.also)


@dataclass(frozen=True)
class SectorList:
    sector: str
    scenarios: tuple[str, ...]
    assessment: tuple[Rule, ...]
    contract: tuple[Rule, ...]


@dataclass(frozen=True)
class Pack:
    """``begins`` None is a draft. ``read`` False: the text was not read, only what others report of it."""

    id: str
    title: str
    kind: Literal["national", "sector", "zone", "filing"]
    version: str
    read: bool
    citation: Citation
    sector: str | None = None
    begins: str | None = None
    ends: str | None = None
    disputed_until: str | None = None
    gates: tuple[Rule, ...] = ()
    exemptions: tuple[Rule, ...] = ()
    triggers: tuple[Rule, ...] = ()
    band: tuple[Rule, ...] = ()
    beside: tuple[Rule, ...] = ()
    beside_note: tuple[str, str] | None = None
    statuses: dict[str, StatusRule] = field(default_factory=dict, hash=False)
    items: tuple[Rule, ...] = ()
    duties: tuple[Duty, ...] = ()
    zone: str | None = None
    excludes_ciio: bool = False
    sectors: tuple[SectorList, ...] = ()
    zone_names: frozenset[str] = frozenset()  # every way to write the zone, in small letters
    filing: str | None = None  # the kind of filing whose changes it rules
    changes: tuple[Rule, ...] = ()
    extension: tuple[Rule, ...] = ()
    then: tuple[str, str] | None = None
    known: tuple[tuple[str, str, str], ...] = ()

    @property
    def work(self) -> str:
        return self.version.partition("@")[0]


def load_packs(*folders: Path) -> tuple[Pack, ...]:
    """Packs that ship, and those of further folders (a company's own), which replace one that ships by its id.

    Raises DeclarationError with file and line.
    """
    return tuple({pack.id: pack for folder in (DECLARED, *folders) for pack in _load_folder(folder)}.values())


@functools.cache
def _load_folder(folder: Path) -> tuple[Pack, ...]:
    from kb.declarations import load_declaration
    from kb.packs_form import DeclaredPack

    packs = []
    for path in sorted(folder.glob("*.yml")):
        declared = load_declaration(path, DeclaredPack)
        if declared.id != path.stem:
            raise DeclarationError(f"{path}:1: id: {declared.id} is not the name of the file: rename one of them")
        packs.append(_pack(declared))
    return tuple(packs)


def law_of_day(packs: Sequence[Pack], day: str, what_if: str | None = None) -> tuple[Pack, ...]:
    """The packs that are law on ``day``. ``what_if`` puts one version in the place of its work's others."""
    law = [p for p in packs if p.begins is not None and p.begins <= day and not (p.ends and p.ends <= day)]
    if what_if is None:
        return tuple(law)
    work = what_if.partition("@")[0]
    return tuple([p for p in law if p.work != work] + [p for p in packs if p.version == what_if])


def leaves(condition: Condition) -> Iterator[Condition]:
    if condition.logic is None:
        yield condition
    for part in condition.of:
        yield from leaves(part)


def _pack(d: DeclaredPack) -> Pack:
    def cite(c: Cite) -> Citation:
        version = c.version or d.version
        title = d.title if version == d.version else d.titles.get(version.partition("@")[0], "")
        return Citation(version, title, c.provision, c.quote,
                        c.certainty or d.certainty, c.source or d.source)  # fmt: skip

    def rules(declared: Sequence[DeclaredRule], role: Role) -> tuple[Rule, ...]:
        return tuple(
            Rule(f"{d.id}/{r.id}", role, _condition(r.when, d), cite(r.cite), r.uncounted, r.stop, r.stop_zh,
                 also=tuple(map(cite, r.also)), unless=_condition(r.unless, d) if r.unless else None)
            for r in declared
        )  # fmt: skip

    conditions = {name: _condition(form, d) for name, form in d.rules.items()}
    whole = Citation(d.version, d.title, d.title, "", d.certainty, d.source)
    items = tuple(
        Rule(f"{d.id}/item-{n}", "item", conditions[i.rule],
             Citation(d.version, d.title, i.provision, i.name, d.certainty, d.source),
             types=frozenset(i.types), by_condition=frozenset(i.by_condition), name=i.name)
        for n, i in enumerate(d.items, 1)
    )  # fmt: skip
    duties = tuple(
        Duty(
            f"{d.id}/{x.id}",
            x.zh,
            x.en,
            None if x.always else _condition(x.when, d),
            cite(x.cite),
            x.after,
            tuple(map(cite, x.also)),
        )
        for x in d.duties
    )
    note = d.beside_note
    return Pack(
        d.id, d.title, d.kind, d.version, d.text == "read", whole, d.sector, d.from_, d.until, d.disputed_until,
        rules(d.gates, "gate"), rules(d.exemptions, "exemption"), rules(d.triggers, "trigger"), rules(d.band, "band"),
        rules(d.beside, "beside"), (note.zh, note.en) if note else None,
        {n: StatusRule(s.met, cite(s.cite), (s.ask.zh, s.ask.en) if s.ask else None) for n, s in d.statuses.items()},
        items, duties, d.zone.name if d.zone else None, bool(d.zone and d.zone.excludes_ciio),
        tuple(SectorList(s.sector, s.scenarios, rules(s.assessment, "zone"), rules(s.contract, "zone"))
              for s in d.sectors),
        frozenset(name.casefold() for name in (d.zone.name, *d.zone.names)) if d.zone else frozenset(),
        d.filing, rules(d.changes, "change"), rules(d.extension, "extension"),
        (d.then.zh, d.then.en) if d.then else None,
        tuple((k.fact, k.value, k.certainty) for k in d.known),
    )  # fmt: skip


def _condition(form: Form, pack: DeclaredPack) -> Condition:
    if form.key is None:
        logic: Literal["any", "all"] = "all" if form.all is not None else "any"
        parts = tuple(_condition(part, pack) for part in (form.all or form.any or ()))
        return Condition(form.quote, logic, parts)
    known = load_keys().get(form.key)
    if known is None:
        raise DeclarationError(f"packs/{pack.id}.yml: key: no {form.key}: declare it in kb/measure_keys.yml")
    if known.kind == "number":
        for name, comparator in COMPARATORS.items():
            if (value := getattr(form, name)) is not None:
                return Condition(form.quote, measure=form.key, comparator=comparator, value=value)
        return Condition(form.quote, measure=form.key)  # no threshold: evaluates to unknown, and says so
    negated: Comparator | None = None if form.is_ else "="
    return Condition(form.quote, measure=form.key, comparator=negated, value=None if form.is_ else 0.0)
