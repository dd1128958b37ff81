"""What people declare of filings, and where an answer belongs: what cannot be taken is a line, the rest is taken."""

from typing import Any

import pytest

from mappings.exposure.declared import parse_declared
from mappings.exposure.declared_filing import CHANGES

SIGNED = {"by": "legal", "date": "2026-01-01", "expires": "2026-12-31"}


def lines(section: str, **row: Any) -> list[str]:
    declared = parse_declared({"answered": SIGNED, section: [{"id": "x", "entity": "e", **row}]})
    return [f"{r['row']}: {r['why']}" for r in declared.rejected]


@pytest.mark.parametrize(
    ("section", "row", "words"),
    [
        ("transfers", {"outside_negative_list": True}, "no such question"),  # worked out, not answered
        ("transfers", {"recipient_control_changed": True}, "it is asked of a filing"),
        ("transfers", {"changes": "none"}, "it is asked of a filing"),
        ("transfers", {"retention_months": -3}, "retention_months: -3 is negative"),
        ("transfers", {"important_data": {"status": "none", "date": "soon", "authority": "a"}}, "write days as 2026"),
        ("entities", {"ftz": True}, "is not a name"),
        ("filings", {"route": "contract", "transfers": ["t"], "ciio": True}, "it is asked of a transfer or entity"),
        ("filings", {"route": "contract", "transfers": ["t"], "persons": -1}, "persons: -1 is no count"),
        ("filings", {"route": "contract", "transfers": ["t"], "growth_persons": "much"}, "is no number"),
        ("filings", {"route": "contract", "transfers": []}, "the transfers it was made for"),
    ],
)
def test_what_cannot_be_taken_is_a_line(section: str, row: dict[str, Any], words: str) -> None:
    assert any(words in line for line in lines(section, **row)), lines(section, **row)


def test_changes_none_answers_every_change_and_nothing_that_a_change_would_lead_to() -> None:
    declared = parse_declared({"answered": SIGNED, "filings": [
        {"id": "f", "route": "assessment", "entity": "e", "transfers": ["t"], "changes": "none"}]})  # fmt: skip
    (filing,) = declared.filings
    assert {answer.key for answer in filing.answers} == set(CHANGES)
    assert not {"change_affects_security", "growth_persons", "outside_result_or_incident"} & set(CHANGES)
    assert {(a.value, a.by, a.expires) for a in filing.answers} == {(False, "legal", "2026-12-31")}


def test_a_status_of_important_data_expires_with_the_signature_unless_it_has_a_day_of_its_own() -> None:
    own = {"status": "notified", "authority": "示例主管部门", "date": "2025-03-01"}
    declared = parse_declared({"answered": SIGNED, "transfers": [
        {"id": "t", "entity": "e", "important_data": ["none", own]}]})  # fmt: skip
    none, notified = declared.transfers[0].important
    assert (none.authority, none.expires, notified.expires) == ("legal", "2026-12-31", None)
