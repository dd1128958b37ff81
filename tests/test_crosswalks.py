"""Crosswalks name only what exists on both sides, and say how they were made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.crosswalks import PATH, Crosswalks, crosswalks_of, load_crosswalks
from kb.declarations import parse_declaration
from kb.errors import DeclarationError
from kb.vocabulary import load_data_types

# Terms of DPV 2.0 and its pd extension (w3id.org/dpv, Community Group report of 2024-08-01) that we point to.
DPV = {
    "dpv:CollectedData", "dpv:CommerciallyConfidentialData", "dpv:ConfidentialData", "dpv:DerivedData",
    "dpv:IntellectualPropertyData", "dpv:NonPersonalData", "pd:Biometric", "pd:Contact", "pd:DeviceBased",
    "pd:DeviceSoftware", "pd:FacialPrint", "pd:Fingerprint", "pd:GPSCoordinate", "pd:Identifying", "pd:IPAddress",
    "pd:Location", "pd:Name", "pd:OfficialID", "pd:Picture", "pd:ServiceConsumptionBehavior", "pd:Transaction",
    "pd:TravelHistory", "pd:UID", "pd:Username", "pd:VehicalLicenseNumber", "pd:Vehicle", "pd:VehicleUsage",
    "pd:VoiceCommunicationRecording",
}  # fmt: skip


def test_every_term_is_one_of_the_dpv() -> None:
    named = {term for terms in load_crosswalks().dpv.types.values() for term in terms}
    assert named == DPV


def test_every_type_has_a_dpv_term_and_every_kind_of_2021_is_named() -> None:
    walks = load_crosswalks()
    assert set(walks.dpv.types) == set(load_data_types())
    kinds = {kind for data_type in load_data_types().values() for kind in data_type.kinds_of_2021}
    assert set(walks.provisions_2021.kinds) == {1, 2, 3, 4, 5, 6}
    assert kinds <= set(walks.provisions_2021.kinds)


def test_a_type_that_is_on_no_list_has_no_level() -> None:
    lists = {row["list"][:6] for row in crosswalks_of("software-package")["crosswalks"]}
    assert not any(name.startswith("GB/T") for name in lists)
    assert "security-vulnerability" not in load_crosswalks().gbt_43697.types, "the draft guide exempts it"


def test_a_row_says_list_term_relation_and_how() -> None:
    found = crosswalks_of("charging-operation")
    assert found["english"] == "unofficial"
    rows = {row["term"]: row for row in found["crosswalks"]}
    assert set(rows) == {"第三条（三）", "important", "pd:ServiceConsumptionBehavior", "pd:Transaction"}
    assert rows["important"]["how"].endswith("(unverified)"), "the text of the standard was not read"
    assert rows["pd:Transaction"]["name"] == "https://w3id.org/dpv/pd#Transaction"
    assert all(row["how"] for row in rows.values())
    assert crosswalks_of("no-longer-there")["crosswalks"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("biometric: important", "biometry: important", "no data type biometry"),
        ("work: gbt-43697", "work: gbt-43698", "no work gbt-43698"),
        ("battery-state: important", "battery-state: grave", "gbt_43697.types.battery-state"),
    ],
)
def test_a_crosswalk_to_nothing_is_refused(old: str, new: str, said: str) -> None:
    text = Path(PATH).read_text("utf-8")
    assert old in text
    with pytest.raises(DeclarationError, match=re.escape(said)):
        parse_declaration(text.replace(old, new, 1), Crosswalks, PATH)
