"""What the law asks of the transfers that carry a dataset: route, filing, and whether the filing still covers it.

Reads the exposure room; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

if TYPE_CHECKING:
    from kb.workspace import Workspace


@dataclass(frozen=True)
class Exposed:
    """One transfer. ``covers`` is None when that is not known, or when there is no filing (``filing`` is '' then)."""

    transfer: str
    recipient: str
    route: str
    filing: str
    covers: bool | None
    until: str


def exposed_datasets(workspace: Workspace, kb: Database, company: Database, day: str) -> Mapping[str, list[Exposed]]:
    """Dataset id → the transfers that carry it, on ``day``; nothing where no transfer is declared or proposed."""
    from mappings.exposure.desk import Desk

    desk = Desk(workspace, kb, company, day)
    found: dict[str, list[Exposed]] = {}
    for exposure in desk.in_force:
        transfer, route = exposure.transfer, exposure.decision.route
        covered = [
            Exposed(transfer.id, transfer.recipient, route, one.filing.number, one.covers, one.filing.ends or "")
            for one in desk.coverage(exposure)
        ] or [Exposed(transfer.id, transfer.recipient, route, "", None, "")]
        for dataset in transfer.datasets:
            found.setdefault(dataset, []).extend(covered)
    return found
