"""Stage, level and validity as lawyers name them, on a day; what nobody says is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from kb.law.clocks import date_in
from kb.law.standing import level_of, name_standing, terms, validity_of
from kb.law.works import load_works
from kb.law.works_form import Level, Stands

Row = dict[str, Any]


def version(id: str, **facts: Any) -> Row:
    work, _, label = id.partition("@")
    row = dict.fromkeys(("edition", "doc_number", "signed", "published", "effective", "repealed", "in_force", "text"))
    return {**row, "id": id, "work": work, "stage": label.split("-")[0], "title": "示例办法", "agencies": [], **facts}


def term(row: Row, day: str, *others: Row, claims: Any = None) -> str:
    return validity_of(row, [row, *others], claims or {}, day).term


DRAFT = version("w-sample@draft", published="2024-01-02")
FINAL = version("w-sample@final", published="2024-06-01", effective="2024-09-01")
LATER = version("w-sample@final-2", edition="2", published="2025-06-01", effective="2025-09-01")
AMENDED = version("w-sample@amended", published="2025-06-01", effective="2025-09-01")


def test_a_text_goes_through_its_life() -> None:
    assert term(DRAFT, "2024-02-01") == "not_adopted"
    assert term(DRAFT, "2024-07-01", FINAL) == "superseded"
    assert term(FINAL, "2024-08-31") == "not_yet_effective"
    assert term(FINAL, "2024-09-01") == "in_force"
    assert term(FINAL, "2025-09-01", LATER) == "superseded"
    assert term(FINAL, "2025-09-01", AMENDED) == "amended"
    assert term(version("w-sample@final", effective="2024-09-01", repealed="2025-01-01"), "2025-01-01") == "repealed"
    assert term(version("w-sample@final", published="2024-06-01"), "2025-01-01") == "unknown"


def test_a_disputed_date_is_disputed_only_while_sources_differ_about_the_day() -> None:
    guide = next(work for work in load_works().values() if work.id == "auto-data-export-guide")
    final = version("auto-data-export-guide@final-2026", edition="2026", published="2026-02-03")
    claims = {final["id"]: [date_in(claim.value) for claim in guide.disputed[0].claims]}
    assert term(final, "2026-01-01", claims=claims) == "not_yet_effective"
    assert term(final, "2026-03-01", claims=claims) == "disputed"
    assert term(final, "2026-07-01", claims=claims) == "in_force"


def test_a_declared_edition_that_nobody_has_read_ends_the_one_that_was() -> None:
    first = version(
        "export-assessment-filing-guide@final-2", edition="2", published="2024-03-22", effective="2024-03-22"
    )
    assert term(first, "2025-06-26") == "in_force"
    assert validity_of(first, [first], {}, "2025-06-27").why == "by export-assessment-filing-guide@final-3"


def test_rules_that_another_prevails_over_are_partly_overridden_and_rounds_of_answers_stand_beside_each_other() -> None:
    measures = version("export-assessment-measures@final-2022-07-07", published="2022-07-07", effective="2022-09-01")
    assert term(measures, "2024-03-21") == "in_force"
    assert term(measures, "2024-03-22") == "partly_overridden"
    answers = version("export-policy-qa@final-2025-04-09", published="2025-04-09")
    assert term(answers, "2026-08-01") == "in_force"


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"doc_number": "主席令第12号", "agencies": ["npcsc"]}, "law"),
        ({"doc_number": "国务院令第800号", "title": "示例条例"}, "administrative_regulation"),
        ({"doc_number": "国家互联网信息办公室、公安部令第99号"}, "departmental_rule"),
        ({"doc_number": "工信部网安〔2026〕99号"}, "normative_document"),
        ({"doc_number": "沪网信〔2026〕9号", "agencies": ["shanghai"]}, "local_list"),
        ({"title": "上海市示例条例", "agencies": ["shanghai"]}, "local_regulation"),
        ({"doc_number": "GB/T 99999-2026"}, "recommended_standard"),
        ({"doc_number": "GB 99999-2026"}, "mandatory_standard"),
        ({"doc_number": "YD/T 9999-2026"}, "industry_standard"),
        ({"title": "示例清单"}, None),
    ],
)
def test_the_level_of_an_undeclared_work_is_told_by_its_number_and_issuer(facts: Row, level: str | None) -> None:
    assert level_of(version("w-sample@final", **facts))[0] == level


def test_what_reviewers_note_of_a_trial_stands_beside_its_validity() -> None:
    trial = version("lingang-general-data-list@final-2024-05-17", published="2024-05-17", effective="2024-05-17")
    assert "whether it was prolonged is not known" in name_standing(trial, [trial], {}, "2026-01-01")["validity_why"]


def test_trial_is_said_by_the_title_and_the_declared_level_goes_first() -> None:
    provisions = version(
        "automotive-data-provisions@final-2021-08-20", title="汽车数据安全管理若干规定（试行）",
        published="2021-08-20", effective="2021-10-01", agencies=["cac", "miit"],
    )  # fmt: skip
    named = name_standing(provisions, [provisions], {}, "2026-01-01")
    assert (named["stage_zh"], named["trial"]) == ("试行", True)
    assert (named["level_zh"], named["validity_zh"]) == ("部门规章", "现行有效")
    assert named["agencies_zh"] == ["国家互联网信息办公室", "工业和信息化部"]


def test_every_declared_term_has_its_chinese_name() -> None:
    assert set(Level.__args__) == set(terms()["levels"])  # type: ignore[attr-defined]
    assert set(Stands.__args__) <= set(terms()["validity"])  # type: ignore[attr-defined]


def test_why_a_version_stands_is_said_in_chinese_too() -> None:
    coming = version("w-sample@final", effective="2026-04-01", published="2026-02-03")
    said = name_standing(coming, [coming], {}, "2026-02-10")
    assert (said["validity_why"], said["validity_why_zh"]) == ("takes effect on 2026-04-01", "2026-04-01起施行")
    assert said["level_how_zh"] == terms()["reasons"]["level_unknown"]["zh"]
