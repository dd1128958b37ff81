"""A small company: one dataset for each data type that a rule of the plot can be about, and who owns it.

Who must be told of what follows from these rows and from what a rule says it is about; the product is not asked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping

from kb.workspace import Workspace
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link
from mappings.db import open_company
from replay_world.wording import Difference

TEAM = "team"
NOW = "2025-01-05T10:00:00Z"
# dataset, field, data type, owner, does it leave the country, is the type personal by its definition
ROWS = (
    ("adas.frames", "image", "exterior-imagery", "vision", "sent", True),
    ("adas.sweeps", "cloud", "point-cloud-radar", "vision", "sent", False),
    ("maps.lanes", "geometry", "map-road-geometry", "maps", "none", False),
    ("tsp.trips", "position", "location-trajectory", "telematics", "accessed_from_abroad", True),
    ("tsp.vehicles", "vin", "vehicle-identifier", "telematics", "sent", True),
    ("cabin.clips", "audio", "cabin-recording", "cabin", "none", True),
    ("cabin.voices", "print", "biometric", "cabin", "none", True),
    ("bms.cells", "voltage", "battery-state", "battery", "unknown", False),
    ("diag.codes", "code", "vehicle-diagnostics", "workshop", "sent", False),
    ("pki.store", "certificate", "keys-certificates", "security", "none", False),
    ("grid.sessions", "pile", "charging-operation", "charging", "none", False),
    ("drive.commands", "command", "control-command", "security", "none", False),
    ("crm.owners", "name", "personal-identity", "sales", "none", True),
)
# Traps: a link that was rejected, and a dataset that nobody decided on. Their owners must never hear of anything.
REJECTED = ("lab.photos", "image", "exterior-imagery", "lab")
UNDECIDED = ("old.tracks", "xyz", "archive")


OWNERS = {row[3] for row in ROWS}


def datasets_of(differences: Iterable[Difference]) -> dict[str, str]:
    """Every dataset that one of the differences is about → who owned it at first."""
    found = {}
    for about in {one.about for one in differences} - {""}:
        for dataset, _, data_type, owner, abroad, personal in ROWS:
            in_scope = (about == "personal-information" and personal) or (about == "every-export" and abroad != "none")
            if about == data_type or in_scope:
                found[dataset] = owner
    return found


def owners_of(differences: Iterable[Difference], moved: Mapping[str, str]) -> set[str]:
    """Who has to be told, once each. ``moved``: dataset → its owner by then, where that is not the first one."""
    return {address(moved.get(dataset, owner)) for dataset, owner in datasets_of(differences).items()}


def unclaimed(differences: Iterable[Difference]) -> bool:
    """Is something in it about nobody's data, and more than a matter of style? Then the team has to know."""
    return any(not one.about and one.grade != "editorial" for one in differences)


def address(owner: str) -> str:
    return f"{owner}@example.invalid"


def set_up(workspace: Workspace, port: int) -> None:
    """Mail by this port of loopback, a catalog, its accepted links and the traps."""
    smtp = f"\nsmtp:\n  host: 127.0.0.1\n  port: {port}\n  sender: regwatch@example.invalid\n"
    text = workspace.config_path.read_text("utf-8").replace("release: analyst\n", "release: automatic\n")
    workspace.config_path.write_text(text + smtp, "utf-8")
    describe_catalog(workspace, {}, NOW)
    with open_company(workspace.company_path) as company:
        for state, links in (("accepted", ROWS), ("rejected", [REJECTED])):
            for dataset, field, data_type, *_ in links:
                decide_link(company, dataset, field, data_type, state, by="data office", now=NOW)


def describe_catalog(workspace: Workspace, moved: Mapping[str, str], now: str) -> None:
    """Import the catalog as it is when the datasets of ``moved`` have gone to other owners."""
    catalog = workspace.root / "catalog.csv"
    with catalog.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["dataset", "column", "type", "owner", "owner_email", "owner_language", "cross_border"])
        for dataset, field, _, first, abroad, *_ in (
            *ROWS,
            (*REJECTED, "sent"),
            (*UNDECIDED[:2], "", *UNDECIDED[2:], "sent"),
        ):
            owner = moved.get(dataset, first)
            rows.writerow([dataset, field, "varchar", owner, address(owner), "zh", abroad])
    with open_company(workspace.company_path) as company:
        import_catalog(company, [catalog], now=now)
