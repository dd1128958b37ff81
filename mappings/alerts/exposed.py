"""What the law asks of the transfers that carry a dataset: route, filing, and whether the filing still covers it.

Reads the exposure room; decides nothing. A fault there (a broken rule pack) leaves messages without these lines and is
said at the end of the run: owners are told of a change all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.errors import NotFound, RegwatchError

if TYPE_CHECKING:
    from kb.workspace import Workspace

PROPOSED = "proposed:"  # how the exposure room names a transfer that nobody declared


@dataclass(frozen=True)
class Exposed:
    """One transfer. ``covers`` is None when that is not known, or when there is no filing (``filing`` is '' then).

    ``then`` is the route if the version at hand becomes law, '' when that cannot be asked.
    """

    transfer: str
    recipient: str
    route: str
    filing: str
    covers: bool | None
    until: str
    then: str = ""


def exposed_datasets(
    workspace: Workspace, kb: Database, company: Database, day: str, what_if: str | None = None
) -> Mapping[str, Sequence[Exposed]]:
    """Dataset id → the transfers that carry it, on ``day``; nothing where no transfer is declared or proposed."""
    from mappings.exposure.desk import Desk

    desk = Desk(workspace, kb, company, day)
    then: dict[str, str] = {}
    if what_if and desk.transfers:
        try:
            then = {one.transfer.id: one.decision.route for one in desk.expose(what_if)}
        except NotFound:  # nothing that routes depend on has been read of this version
            then = {}
    found: dict[str, list[Exposed]] = {}
    for exposure in desk.in_force:
        transfer, route = exposure.transfer, exposure.decision.route
        later = then.get(transfer.id, "")
        covered = [
            Exposed(transfer.id, transfer.recipient, route, one.filing.number, one.covers, one.filing.ends or "", later)
            for one in desk.coverage(exposure)
        ] or [Exposed(transfer.id, transfer.recipient, route, "", None, "", later)]
        for dataset in transfer.datasets:
            found.setdefault(dataset, []).extend(covered)
    return found


@dataclass
class ExposureBook:
    """What messages say of exposure; asked only when one is composed, once for each version."""

    workspace: Workspace
    kb: Database
    company: Database
    day: str
    fault: str = ""
    known: dict[str, Mapping[str, Sequence[Exposed]]] = field(default_factory=dict)

    def of(self, version: str) -> Mapping[str, Sequence[Exposed]]:
        """Declared transfers only: what is proposed is for the team to declare."""
        if version not in self.known:
            found: Mapping[str, Sequence[Exposed]] = {}
            try:
                if self.company.table("transfer").count:
                    found = exposed_datasets(self.workspace, self.kb, self.company, self.day, version or None)
            except RegwatchError as error:
                self.fault = str(error)
            self.known[version] = {
                dataset: own for dataset, all_ in found.items()
                if (own := [one for one in all_ if not one.transfer.startswith(PROPOSED)])
            }  # fmt: skip
        return self.known[version]
