"""What the commands work with: a workspace's transfers, entities, links, filings and law on one day. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlite_utils import Database

from kb.clock import legal_day
from kb.db import open_kb
from kb.errors import NotFound
from kb.packs import Pack, law_of_day
from kb.workspace import Workspace, find_workspace
from mappings.db import open_company
from mappings.exposure.assess import Exposure, assess
from mappings.exposure.calendar import Done, Due, calendar_of
from mappings.exposure.counting import KEYS
from mappings.exposure.done import load_done
from mappings.exposure.entities import Entity
from mappings.exposure.evaluate import Fact
from mappings.exposure.filings import Check, Coverage, Filing
from mappings.exposure.law import load_law
from mappings.exposure.refiling import check_filing
from mappings.exposure.report import question
from mappings.exposure.sentences import Sentence
from mappings.exposure.store import (
    crossing,
    load_entities,
    load_filings,
    load_links,
    load_transfers,
    missing_fields,
    propose_transfers,
    staying_datasets,
)
from mappings.exposure.transfer import Transfer


@dataclass
class Desk:
    workspace: Workspace
    kb: Database
    company: Database
    day: str

    @cached_property
    def transfers(self) -> list[Transfer]:
        """The declared transfers, and one proposed for each dataset that leaves without being declared."""
        declared = load_transfers(self.company)
        return [*declared, *propose_transfers(self.company, declared)]

    @cached_property
    def filings(self) -> list[Filing]:
        return load_filings(self.company)

    def law(self, what_if: str | None = None) -> tuple[Pack, ...]:
        return load_law(self.kb, self.workspace.root / "packs", what_if)

    @cached_property
    def entities(self) -> dict[str, Entity]:
        return load_entities(self.company)

    @cached_property
    def _law_of_day(self) -> tuple[Pack, ...]:
        return law_of_day(self.law(), self.day)

    @cached_property
    def _volumes(self) -> dict[str, Mapping[str, Fact]]:
        return {e.transfer.id: e.volumes for e in self.in_force}

    @cached_property
    def _filings_of(self) -> Mapping[str, list[Filing]]:
        found: dict[str, list[Filing]] = defaultdict(list)
        for filing in self.filings:
            for transfer in filing.transfers:
                found[transfer].append(filing)
        return found

    @cached_property
    def _groups(self) -> dict[str, str | None]:
        return {id: entity.group for id, entity in self.entities.items()}

    @cached_property
    def in_force(self) -> list[Exposure]:
        return self.expose(None)

    def expose(self, what_if: str | None) -> list[Exposure]:
        links = load_links(self.company)
        return assess(self.transfers, self.entities, links, self.law(what_if), self.day, what_if)

    def duties(self, year: int) -> list[Due]:
        """What falls due in a year, and what of it was done."""
        return calendar_of(year, self.in_force, self.filings, self.day, self._done)

    @cached_property
    def _done(self) -> dict[str, Done]:
        return load_done(self.company)

    def select(self, found: Sequence[Exposure], names: Sequence[str], entity: str | None) -> list[Exposure]:
        """Those that are, or carry, one of the names. Raises NotFound for a name that is neither."""
        known = {e.transfer.id for e in found} | {d for e in found for d in e.transfer.datasets}
        if unknown := [name for name in names if name not in known]:
            said = crossing(self.company, unknown[0])
            if said is not None:
                raise NotFound(
                    f"no transfer carries dataset {unknown[0]}, and the catalog says of its leaving China: {said}; set "
                    "cross_border in the catalog, or declare a transfer with `regwatch transfer import`"
                )
            raise NotFound(f"no transfer and no exported dataset {unknown[0]}: see `regwatch transfer list`")
        if entity and not any(e.transfer.entity == entity for e in found):
            raise NotFound(f"no transfer of an entity {entity}: see `regwatch transfer list`")
        wanted = set(names)
        return [
            e for e in found
            if entity in (None, e.transfer.entity) and (not wanted or wanted & {e.transfer.id, *e.transfer.datasets})
        ]  # fmt: skip

    def dangling(self, found: Sequence[Exposure]) -> list[str]:
        """Where transfers and catalog disagree, a line each."""
        transfers = [e.transfer for e in found]
        return [
            *(Sentence("not_in_catalog", transfer=id, place=place)
              for id, place in missing_fields(self.company, transfers)),
            *(Sentence("marked_staying", transfer=id, dataset=dataset)
              for id, dataset in staying_datasets(self.company, transfers)),
        ]  # fmt: skip

    def coverage(self, exposure: Exposure) -> list[Coverage]:
        """Does each filing made for the transfer still cover it, by today's route, fields and amounts?"""
        route = exposure.decision.after_gates or exposure.decision.route
        important = exposure.decision.important
        facts = {**exposure.facts, **({"important_data": important.fact} if important else {})}
        return [
            check_filing(filing, exposure.transfer, route, self._amounts(filing), self.day, self._law_of_day,
                         self._groups, facts)
            for filing in self._filings_of[exposure.transfer.id]
        ]  # fmt: skip

    def _amounts(self, filing: Filing) -> dict[str, Fact]:
        """What the transfers of a filing amount to this year: they may share persons, so this is a range."""
        own = [self._volumes[id] for id in filing.transfers if id in self._volumes]
        amounts = {}
        for key in KEYS:
            told = [v[key] for v in own if key in v and v[key].low is not None]
            if told and len(told) == len(own):
                amounts[key] = Fact(low=max(f.low or 0 for f in told), high=sum(f.high or 0 for f in told))
        return amounts

    def coverage_json(self, exposure: Exposure) -> list[dict[str, Any]]:
        return [
            {"filing": c.filing.id, "number": c.filing.number, "covers": c.covers, "valid_to": c.filing.ends,
             "checks": [_check_json(check) for check in c.checks], "faults": c.faults(),
             "then": {"zh": c.then[0], "en": c.then[1]} if c.then and c.covers is not True else None,
             "missing": [question(key) for key in c.missing],
             "ask_counsel": [{"zh": zh, "en": en} for zh, en in c.ask],
             "extendable": c.extendable, "extension": [_check_json(check) for check in c.extension]}
            for c in self.coverage(exposure)
        ]  # fmt: skip


def _check_json(check: Check) -> dict[str, Any]:
    return {"what": check.what, "met": check.met, "because": check.because, "citation": check.citation}


@contextmanager
def open_desk(workspace: str, now: str) -> Iterator[Desk]:
    found = find_workspace(workspace)
    with closing(open_kb(found.kb_path)) as kb, closing(open_company(found.company_path)) as company:
        yield Desk(found, kb, company, legal_day(now))
