"""Does a filing still cover its transfer, and what falls due, in Chinese working days where the rule says 工作日."""

from dataclasses import replace
from typing import Any

import pytest

from kb.packs import law_of_day, load_packs
from mappings.exposure.declared_filing import CHANGES, filing_of
from mappings.exposure.entities import Answer
from mappings.exposure.evaluate import Fact
from mappings.exposure.filings import Coverage, Filing
from mappings.exposure.refiling import check_filing
from mappings.exposure.transfer import Carried, Transfer

TRANSFER = Transfer("t", "e", recipient="R", purpose="p", method="sent", carries=(Carried("d", "a"),))
NONE = tuple(Answer(key, False, "legal", "2025-01-01") for key in CHANGES)  # `changes: none`
FILING = Filing("f", "no. 1", "assessment", "e", ("t",), ("d/a",), persons=100_000, granted="2025-06-01",
                recipient="R", purpose="p", method="sent", answers=NONE)  # fmt: skip
CONTRACT = replace(FILING, route="contract", granted=None)
AMOUNT = {"persons": Fact(low=90_000, high=90_000)}


def covers(filing: Filing = FILING, transfer: Transfer = TRANSFER, route: str = "assessment", **more: Any) -> Coverage:
    day = more.get("day", "2026-02-03")
    return check_filing(filing, transfer, route, more.get("amount", AMOUNT), day, law_of_day(load_packs(), day),
                        more.get("groups"), more.get("facts"))  # fmt: skip


def after(filing: Filing, **changes: bool | None) -> Filing:
    """The filing with these answers in the place of "nothing has changed"."""
    kept = tuple(answer for answer in filing.answers if answer.key not in changes)
    return replace(filing, answers=kept + tuple(Answer(k, v, "legal", "2026-01-01") for k, v in changes.items()))


def test_an_approved_transfer_is_covered_until_it_is_widened() -> None:
    assert covers().covers is True
    wider = replace(TRANSFER, carries=(Carried("d", "a"), Carried("d", "b")))
    assert covers(transfer=wider).covers is False
    (fault,) = covers(transfer=wider).faults()
    assert "not filed: d/b" in fault
    assert "第三十八条" in fault


@pytest.mark.parametrize("change", [{"recipient": "S"}, {"purpose": "q"}, {"method": "accessed_from_abroad"}])
def test_another_recipient_purpose_or_method_is_not_covered(change: dict[str, Any]) -> None:
    other = replace(TRANSFER, **change)
    assert covers(replace(FILING, answers=()), other).covers is False
    # somebody has signed that nothing changed: other words may mean the same, another way of leaving cannot
    assert covers(transfer=other).covers is (False if "method" in change else None)


def test_what_nobody_says_about_changes_is_unknown_and_asked() -> None:
    silent = covers(replace(FILING, answers=()))
    assert silent.covers is None
    assert silent.ask == ()  # counsel is asked of a change that there is
    assert {"recipient_control_changed", "recipient_law_changed", "own_control_changed"} <= set(silent.missing)
    assert "recipient_control_changed" in silent.faults()[-1]
    assert covers().covers is True


ASSESSED = "数据出境安全评估办法 第十四条第一款"
CONTRACTED = "个人信息出境标准合同办法 第八条第一款"


@pytest.mark.parametrize(
    ("change", "cited"),
    [
        ("recipient_use_changed", "第（一）项"),
        ("recipient_law_changed", "第（二）项"),
        ("force_majeure", "第（二）项"),
        ("own_control_changed", "第（二）项"),
        ("recipient_control_changed", "第（二）项"),
        ("contract_changed", "第（二）项"),
        ("other_change", "第（三）项"),
    ],
)
def test_such_a_change_forces_a_new_assessment_only_where_it_affects_the_security(change: str, cited: str) -> None:
    """第十四条第一款: … 影响出境数据安全的. Whether it does has no standard: counsel is asked."""
    for affects, met in ((True, False), (False, True), (None, None)):
        said = covers(after(FILING, **{change: True, "change_affects_security": affects}))
        assert said.covers is met
        found = [c for c in said.checks if c.met is met and f"{change} is true" in c.because]
        if met is not True:
            (check,) = found
            assert check.citation.startswith(f"{ASSESSED}{cited}")
            assert bool(check.ask) is (met is None)
    assert covers(after(FILING, **{change: True})).covers is None


def test_longer_retention_abroad_forces_a_new_assessment_whatever_it_affects() -> None:
    filed = replace(FILING, retention_months=24)
    assert covers(filed, replace(TRANSFER, retention_months=24)).covers is True
    assert covers(filed, replace(TRANSFER, retention_months=12)).covers is True
    longer = covers(filed, replace(TRANSFER, retention_months=36))
    assert longer.covers is False
    assert "第十四条第一款第（一）项" in longer.faults()[0]
    assert longer.then
    assert "重新申报" in longer.then[0]


@pytest.mark.parametrize("change", ["purpose_changed", "method_changed", "scope_widened", "sensitivity_changed",
                                    "storage_changed", "recipient_use_changed", "retention_extended"])  # fmt: skip
def test_a_contract_is_supplemented_and_filed_again_after_any_of_these_changes(change: str) -> None:
    plain = replace(CONTRACT, recipient="", purpose="", method="", fields=())
    said = covers(after(plain, **{change: True}), route="contract_or_certification")
    assert said.covers is False
    assert f"{CONTRACTED}第（一）项" in said.faults()[0]


def test_a_contract_after_a_change_of_law_or_control_depends_on_the_rights_of_individuals() -> None:
    for change, cited in (("recipient_law_changed", "第（二）项"), ("recipient_control_changed", "第（三）项")):
        said = covers(after(CONTRACT, **{change: True}), route="contract_or_certification")
        assert said.covers is None
        assert said.ask
        sure = covers(
            after(CONTRACT, **{change: True, "change_affects_rights": True}), route="contract_or_certification"
        )
        assert f"{CONTRACTED}{cited}" in sure.faults()[0]


def test_more_persons_than_forecast_in_a_contract_are_counsels_question_not_a_breach_by_themselves() -> None:
    """第八条 names no amount; 第三十八条 of the regulations speaks of assessments only."""
    grown = {"persons": Fact(low=150_000, high=150_000)}
    assert covers(CONTRACT, route="contract_or_certification", amount=grown).covers is None
    assert covers(amount=grown).covers is False
    assert "第三十八条" not in str(covers(CONTRACT, route="contract_or_certification", amount=grown).faults())


def test_a_certificate_no_longer_fits_what_is_outside_its_scope() -> None:
    certificate = replace(FILING, route="certification", granted="2026-01-15")
    wider = replace(TRANSFER, carries=(Carried("d", "a"), Carried("d", "b")))
    assert covers(certificate, route="contract_or_certification").covers is True
    assert "个人信息出境认证办法 第十条第一款" in covers(certificate, wider, "contract_or_certification").faults()[0]


def test_one_company_files_for_others_of_its_group_only() -> None:
    """数据出境安全管理政策问答（2025年4月）第8问: 同属一家集团公司 … 合并申报."""
    mine = replace(TRANSFER, entity="sub")
    groups = {"e": "G", "sub": "G"}
    assert covers(transfer=mine, groups=groups).covers is False
    together = replace(FILING, entities=("sub",))
    assert covers(together, mine, groups=groups).covers is True
    assert covers(together, mine, groups={"e": "G", "sub": "H"}).covers is False
    assert covers(together, mine, groups={"e": "G"}).covers is None
    assert covers(transfer=replace(TRANSFER, entity=None)).covers is None


def test_a_result_is_extended_only_with_a_fifth_more_persons_at_most_and_nothing_changed() -> None:
    """数据出境安全评估申报指南（第三版） 三、（一）."""
    clean = {"documents_lack_article_9": False, "outside_result_or_incident": False}
    personal = {"personal_information": Fact(truth=True), "important_data": Fact(truth=False)}

    def extendable(growth: float | None, **more: bool) -> bool | None:
        filing = after(FILING, **{**clean, **more})
        if growth is not None:
            filing = replace(filing, answers=(*filing.answers, Answer("growth_persons", growth, "legal", "2026-01-01")))
        return covers(filing, facts=personal).extendable

    assert extendable(20.0) is True
    assert extendable(20.1) is False
    assert extendable(None) is None
    assert extendable(0.0, recipient_changed=True) is False
    assert extendable(0.0, outside_result_or_incident=True) is False
    assert covers(CONTRACT, route="contract_or_certification").extendable is None


def test_a_result_of_the_two_years_of_2022_is_unsure_in_its_third_year() -> None:
    old = replace(FILING, granted="2023-06-01")
    assert [covers(old, day=day).covers for day in ("2025-06-01", "2025-06-02", "2026-06-02")] == [True, None, False]
    assert covers(replace(old, valid_to="2026-06-01"), day="2025-06-02").covers is True


def test_a_contract_covers_nothing_before_it_takes_effect() -> None:
    later = replace(CONTRACT, contract_effective="2026-03-01")
    assert covers(later, route="contract_or_certification").covers is False
    assert covers(later, route="contract_or_certification", day="2026-03-01").covers is True


def test_the_approved_amount_is_included_and_a_range_across_it_is_unknown() -> None:
    for low, high, met in ((100_000, 100_000, True), (100_001, 100_001, False), (90_000, 110_000, None)):
        assert covers(amount={"persons": Fact(low=low, high=high)}).covers is met
    assert covers(replace(FILING, answers=()), amount={}).covers is None
    assert covers(amount={}).covers is None
    both = {**AMOUNT, "sensitive_persons": Fact(low=5, high=5)}
    assert covers(amount=both).covers is None  # the filing states no amount of sensitive persons


def test_a_contract_does_not_cover_what_needs_an_assessment_and_an_assessment_covers_less() -> None:
    assert covers(CONTRACT, route="contract_or_certification").covers is True
    assert covers(CONTRACT, route="assessment").covers is False
    assert "2026年1月" in covers(CONTRACT, route="assessment").faults()[0]  # what left since 1 January comes along
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
