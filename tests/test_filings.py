"""Does a filing still cover its transfer, and what falls due, in Chinese working days where the rule says 工作日."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.law.works import known_from_declared
from kb.packs import load_packs
from mappings.exposure import calendar, filings
from mappings.exposure.assess import Exposure, Links, assess
from mappings.exposure.calendar import calendar_of
from mappings.exposure.declared import parse_declared
from mappings.exposure.evaluate import Fact
from mappings.exposure.filings import Filing, check_filing, filing_of, renewal_window
from mappings.exposure.transfer import Carried, Transfer
from mappings.exposure.workdays import last_year, shift

TRANSFER = Transfer("t", "e", recipient="R", purpose="p", method="sent", carries=(Carried("d", "a"),))
FILING = Filing("f", "no. 1", "assessment", "e", ("t",), ("d/a",), persons=100_000, granted="2025-06-01",
                recipient="R", purpose="p", method="sent")  # fmt: skip
AMOUNT = {"persons": Fact(low=90_000, high=90_000)}


def covers(filing: Filing = FILING, transfer: Transfer = TRANSFER, route: str = "assessment", **more: Any) -> Any:
    return check_filing(filing, transfer, route, more.get("amount", AMOUNT), more.get("day", "2026-02-03"))


def test_an_approved_transfer_is_covered_until_it_is_widened() -> None:
    assert covers().covers is True
    wider = replace(TRANSFER, carries=(Carried("d", "a"), Carried("d", "b")))
    assert covers(transfer=wider).covers is False
    (fault,) = covers(transfer=wider).faults()
    assert "not filed: d/b" in fault
    assert "第三十八条" in fault


@pytest.mark.parametrize("change", [{"recipient": "S"}, {"purpose": "q"}, {"method": "accessed_from_abroad"}])
def test_another_recipient_purpose_or_method_is_not_covered(change: dict[str, Any]) -> None:
    assert covers(transfer=replace(TRANSFER, **change)).covers is False


def test_the_approved_amount_is_included_and_a_range_across_it_is_unknown() -> None:
    for low, high, met in ((100_000, 100_000, True), (100_001, 100_001, False), (90_000, 110_000, None)):
        assert covers(amount={"persons": Fact(low=low, high=high)}).covers is met
    assert covers(amount={}).covers is None


def test_a_contract_does_not_cover_what_needs_an_assessment_and_an_assessment_covers_less() -> None:
    contract = replace(FILING, route="contract", granted=None)
    assert covers(contract, route="contract_or_certification").covers is True
    assert covers(contract, route="assessment").covers is False
    assert covers(route="contract_or_certification").covers is True
    assert covers(route="undecided").covers is None


def test_a_result_is_good_for_three_years_from_its_day() -> None:
    assert FILING.ends == "2028-06-01"
    assert covers(day="2028-06-01").covers is True
    assert covers(day="2028-06-02").covers is False
    assert covers(day="2025-05-31").covers is False
    assert replace(FILING, granted="2024-02-29").ends == "2027-02-28"


def test_a_certificate_without_an_end_is_unknown() -> None:
    certificate = replace(FILING, route="certification", granted=None)
    assert covers(certificate, route="contract_or_certification").covers is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"route": "pigeon"}, "pigeon"),
        ({"route": "contract", "entity": "e"}, "transfers"),
        ({"route": "contract", "entity": "e", "transfers": ["t"], "granted": "soon"}, "granted"),
        ({"route": "contract", "entity": "e", "transfers": ["t"], "persons": -1}, "no count"),
    ],
)
def test_a_filing_that_cannot_be_taken_says_why(row: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        filing_of({"id": "f", **row})


@pytest.mark.parametrize(
    ("start", "days", "day"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday made a working day for the Spring Festival
        ("2026-02-14", 1, "2026-02-24"),  # the holiday lasts to the 23rd
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2025-06-16", 10, "2025-06-30"),
    ],
)
def test_working_days_leave_out_holidays_and_count_the_days_made_up_for_them(start: str, days: int, day: str) -> None:
    assert shift(start, days).date == day


def test_where_the_years_of_the_calendar_end_there_is_a_line_and_no_day() -> None:
    beyond = shift(f"{last_year()}-12-30", 10)
    assert beyond.date is None
    assert f"(2004–{last_year()})" in beyond.why
    opens = renewal_window(FILING)
    assert opens
    assert opens.date is None
    assert "60 working days before 2028-06-01" in opens.why


def test_a_renewal_opens_sixty_working_days_before_the_end() -> None:
    opens = renewal_window(replace(FILING, valid_to="2026-06-30"))
    assert opens
    assert opens.date == "2026-04-01"
    assert shift(opens.date, 60).date == "2026-06-30"


def expose(**row: Any) -> list[Exposure]:
    declared = parse_declared({"transfers": [{"id": "t", "entity": "e", **row}],
                               "answered": {"by": "legal", "date": "2026-01-01"}})  # fmt: skip
    return assess(declared.transfers, {}, Links(), load_packs(), "2026-02-03")


def test_the_annual_report_is_due_by_15_december_for_important_automotive_data() -> None:
    (report,) = (d for d in calendar_of(2026, expose(automotive=True, important_data="notified"), [], "2026-02-03")
                 if "annual report" in d.what)  # fmt: skip
    assert (report.due, report.who, report.why) == ("2026-12-15", "e", "")
    assert "第十三条" in report.citation
    unsure = calendar_of(2026, expose(automotive=True), [], "2026-02-03")
    assert any(d.due == "2026-12-15" and "not known" in d.why for d in unsure)
    assert calendar_of(2026, expose(automotive=False, important_data="none"), [], "2026-02-03") == []


def test_a_contract_is_filed_within_ten_working_days_of_taking_effect() -> None:
    contract = replace(FILING, route="contract", granted=None, contract_effective="2026-09-29")
    (due,) = calendar_of(2026, [], [contract], "2026-02-03")
    assert due.due == "2026-10-19"  # the working days of 2026 leave out 1 to 7 October and count the 10th
    late = replace(contract, contract_effective="2026-12-25")
    (open_,) = calendar_of(2026, [], [late], "2026-02-03")
    assert open_.due is None
    assert "2027" in open_.why


def test_a_certificate_is_renewed_six_months_before_its_end() -> None:
    certificate = replace(FILING, route="certification", granted=None, valid_to="2027-03-31")
    (due,) = calendar_of(2026, [], [certificate], "2026-02-03")
    assert due.due == "2026-09-30"


def test_everything_that_falls_due_cites_a_declared_version() -> None:
    declared = {version.id for work in known_from_declared() for version in work.versions}
    words = "\n".join(Path(module.__file__).read_text("utf-8") for module in (calendar, filings))
    cited = set(re.findall(r"\(([a-z-]+@[a-z0-9-]+)\)", words))
    assert len(cited) > 5
    assert cited <= declared
