"""What falls due, in Chinese working days where the rule says 工作日, and whether it was done."""

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
from mappings.exposure.filings import Filing, renewal_window
from mappings.exposure.workdays import last_year, shift

FILING = Filing("f", "no. 1", "assessment", "e", ("t",), granted="2025-06-01")
CONTRACT = replace(FILING, route="contract", granted=None)


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


def test_a_contract_is_done_when_filed_late_when_filed_after_the_day_and_overdue_when_nobody_says() -> None:
    contract = replace(CONTRACT, contract_effective="2025-06-16")  # ten working days: 2025-06-30
    for granted, state, late in (("2025-06-30", "done", False), ("2025-07-01", "done", True), (None, "overdue", False)):
        (due,) = calendar_of(2025, [], [replace(contract, granted=granted)], "2025-08-01")
        assert (due.due, due.state, "after the day" in due.why) == ("2025-06-30", state, late)
    (due,) = calendar_of(2025, [], [contract], "2025-06-30")
    assert due.state == "open"
    assert "第七条" in due.citation


def test_data_said_to_be_important_are_applied_for_within_two_months() -> None:
    """数据出境安全管理政策问答（2025年5月）第2问."""
    told = {"important_data": {"status": "notified", "authority": "示例主管部门", "date": "2025-12-31"}}
    (exposure,) = expose(automotive=False, method="sent", **told)
    for day, state in (("2026-02-28", "open"), ("2026-03-01", "overdue")):
        (due,) = (d for d in calendar_of(2026, [exposure], [], day) if "two months" in d.what)
        assert (due.due, due.opens, due.state) == ("2026-02-28", "2025-12-31", state)
    assert not [d for d in calendar_of(2026, [exposure], [FILING], "2026-02-03") if "two months" in d.what]


def test_a_duty_of_a_day_that_has_passed_is_past_not_open() -> None:
    (report,) = (d for d in calendar_of(2025, expose(automotive=True, important_data="notified"), [], "2026-02-03")
                 if "annual report" in d.what)  # fmt: skip
    assert report.state == "past"
