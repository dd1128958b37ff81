"""Which instrument a title is about, at which stage and in which edition: titles as the agencies print them."""

from __future__ import annotations

import time

import pytest

from kb.lineage.titles import read_title, stage_of, title_key
from kb.model import Stage

GUIDE = "汽车数据出境安全指引"


@pytest.mark.parametrize(
    "title",
    [
        "汽车数据出境安全指引（2025版）（征求意见稿）",
        "汽车数据出境安全指引(2026 版)",
        "公开征求对《汽车数据出境安全指引（2025版）（征求意见稿）》的意见",
        "工业和信息化部等八部门关于印发《汽车数据出境安全指引（2026版）》的通知",
        "国家互联网信息办公室关于《汽车数据出境安全指引（2025版）（征求意见稿）》公开征求意见的通知_中央网络安全和信息化委员会办公室",
        "关于公布《汽车数据出境安全指引（2026年版）》的公告-国家数据局",
        "关于公开征求《汽车数据出境安全\n指引（征求意见稿）》意见的通知",
        "汽车数据出境安全指引-2025版-征求意见稿-5eaff69fad.md",
        "《汽车数据出境安全指引-2025-版-》-a7542f2463.md",
        "附件1：汽车数据出境安全指引（第三版）",
        "工业和信息化部办公厅关于印发汽车数据出境安全指引（试行）的通知",
        "【《汽车数据出境安全指引》 2026年第41号令】-国家发展和改革委员会",
        "汽车数据出境安全指引（国家互联网信息办公室令第16号，2024年3月22日公布）",
        "GB/T 12345-2025《汽车数据出境安全指引》",
        "GB/T 12345.1—2025 汽车数据出境安全指引",
        "国家互联网信息办公室令第16号 汽车数据出境安全指引",
        "《汽车数据出境安全指引》（征求意见稿）",
        "汽⻋数据出境安全指引",  # the radical that a PDF font left behind
    ],
)
def test_a_draft_its_final_and_the_notices_about_them_share_a_key(title: str) -> None:
    assert title_key(title) == GUIDE


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("中华人民共和国个人信息保护法", "个人信息保护法"),
        ("某某条例（征求意见稿）公开征求意见", "某某条例"),
        ("关于某某条例（征求意见稿）再次向社会公开征求意见的公告", "某某条例"),
        ("某某部关于某某条例（征求意见稿）征求社会意见的公告", "某某条例"),
        ("根据《数据安全法》公开征求对《某某条例（征求意见稿）》的意见", "某某条例"),
        ("关于《甲规定（征求意见稿）》《乙规定（征求意见稿）》公开征求意见的通知", "甲规定"),
        ("全国人民代表大会常务委员会关于修改《中华人民共和国网络安全法》的决定", "网络安全法"),
        ("关于《国务院关于修改〈某某条例〉的决定（征求意见稿）》公开征求意见的通知", "某某条例"),
        ("某某试验区数据出境负面清单（2024年版）——需要申报示例评估的数据清单", "某某试验区数据出境负面清单"),
        ("工业和信息化部 市场监管总局关于加强某车管理的通知", "关于加强某车管理的通知"),
        ("关于征求《某某要求》强制性国家标准（征求意见稿）意见的通知", "某某要求"),
        ("中国（某地）试验区管理清单（负面清单）（2024版）", "中国(某地)试验区管理清单(负面清单)"),
        ("网络安全标准实践指南——某某认证规范（V2.0-202212）", "网络安全标准实践指南——某某认证规范"),
    ],
)  # fmt: skip
def test_the_key_is_the_instrument_that_is_issued_or_consulted_on(title: str, key: str) -> None:
    assert title_key(title) == key


@pytest.mark.parametrize(
    "title",
    [
        "关于贯彻落实《某某办法》的通知",
        "关于做好《某某办法》实施工作的通知",
        "关于《某某办法》有关事项的公告",
        "关于做好《某某办法》宣贯的通知",
        "关于公开征求《某某指南》等89项行业标准报批意见的公示",
    ],
)
def test_a_notice_that_merely_cites_an_instrument_is_not_about_it(title: str) -> None:
    assert title_key(title) == title


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("某某办法（征求意见稿）", Stage.DRAFT),
        ("某某法（草案）", Stage.DRAFT),
        ("某某法（修订草案）", Stage.DRAFT),
        ("某某标准（报批稿）", Stage.APPROVAL_DRAFT),
        ("关于对《某某要求（报批稿）》公开征求意见的通知", Stage.APPROVAL_DRAFT),
        ("某某条例（修订草案送审稿）", Stage.DRAFT),
        ("关于公开征求《某某要求》强制性国家标准制修订计划项目意见的通知", Stage.PLAN),
        ("公开征求对《某某要求》的意见", Stage.DRAFT),
        ("某某办法（试行）（公开征求意见稿，二次）", Stage.SECOND_DRAFT),
        ("某某法（修正草案再次征求意见稿）", Stage.SECOND_DRAFT),
        ("某某法（草案二次审议稿）", Stage.SECOND_DRAFT),
        ("关于再次公开征求《某某办法（征求意见稿）》意见的通知", Stage.SECOND_DRAFT),
        ("某某办法（二次征求意见稿）", Stage.SECOND_DRAFT),
        ("关于修改《某某法》的决定", Stage.AMENDED),
        ("关于修改《某某法》的决定（征求意见稿）", Stage.DRAFT),
        ("某某法（2025年修正）", Stage.AMENDED),
        ("某某条例（修订）", Stage.AMENDED),
        ("关于废止《某某办法》的公告", Stage.REPEALED),
        ("某某办法（已废止）", Stage.REPEALED),
        ("某某办法（试行）", Stage.FINAL),
        ("强制性国家标准制修订管理办法", Stage.FINAL),
        ("关于贯彻《某某条例（征求意见稿）》精神的通知", Stage.FINAL),
    ],
)
def test_the_stage_is_read_from_the_title(title: str, stage: Stage) -> None:
    assert stage_of(title) == stage


def test_the_body_decides_over_a_file_name_that_lost_its_marker() -> None:
    body = "示例\n附件\n某行业数据指引（2025 版）\n（征求意见稿）\n一、总则\n（一）范围"
    assert stage_of("某行业数据指引-2025版-a7542f2463.md", body) == Stage.DRAFT
    assert stage_of("某行业数据指引（2025版）", body.replace("（征求意见稿）\n", "")) == Stage.FINAL


def test_a_body_that_promulgates_is_final_though_its_file_is_named_a_draft() -> None:
    body = "示例部令\n第9号\n《某某办法》已经部务会议通过，现予公布，自2026年1月1日起施行。\n第一条 为了示例。"
    assert stage_of("某某办法（征求意见稿）.pdf", body) == Stage.FINAL


def test_a_marker_behind_the_first_article_does_not_make_a_draft() -> None:
    body = "某某办法\n第一条 为了示例。\n第二条 参照\n乙办法（征求意见稿）\n执行。"
    assert stage_of("某某办法", body) == Stage.FINAL


@pytest.mark.parametrize(
    ("title", "edition"),
    [
        ("某指引（2025版）（征求意见稿）", "2025"), ("某清单（2024 年版）", "2024"), ("某规范条件（2026年本）", "2026"),
        ("某指南（第三版）", "3"), ("某指南第十二版", "12"), ("某指南 v3", "3"), ("某指南（V3.1）", "3"),
        ("某办法（试行）", None), ("关于印发《某指引（2026版）》的通知", "2026"), ("2025年某行动方案", None),
        ("某法（2016）", None),
    ],
)  # fmt: skip
def test_the_edition_is_a_year_or_a_number_or_none(title: str, edition: str | None) -> None:
    assert read_title(title).edition == edition


def test_trial_is_noted_but_no_part_of_the_key() -> None:
    assert read_title("某某办法（试行）").trial
    assert title_key("某某办法（试行）") == title_key("某某办法")
    assert not read_title("某某办法").trial


@pytest.mark.parametrize(
    ("title", "explained"),
    [
        ("《某某办法》答记者问", "某某办法"),
        ("关于《某某办法（征求意见稿）》的起草说明", "某某办法"),
        ("专家解读｜《某某办法》的意义", "某某办法"),
        ("关于《〈某某办法〉政策问答》的解读", "某某办法"),
        ("关于《某某办法》第三条适用问题的复函", "某某办法"),
        ("关于《某某办法（征求意见稿）》公开征求意见情况的反馈", "某某办法"),
        ("某某管理政策法规问答（2026年1月）", None),
    ],
)
def test_an_interpretation_names_what_it_explains_and_is_not_it(title: str, explained: str | None) -> None:
    read = read_title(title)
    assert read.action == "explain"
    assert read.explains == explained
    assert read.key != "某某办法"


@pytest.mark.parametrize("title", ["", "《", "》《", "（征求意见稿）", "《》的意见", "_", "《《某》", "—" * 500])
def test_broken_titles_are_read_without_complaint(title: str) -> None:
    read_title(title)
    assert isinstance(title_key(title), str)


@pytest.mark.parametrize("mark", ["修订草案", "征求意见稿，", "二次审议稿", "再次", "a令a号"])
def test_a_title_that_repeats_itself_without_end_is_read_at_once(mark: str) -> None:
    began = time.process_time()
    read_title(f"某某办法（{mark * 70}")
    assert time.process_time() - began < 2
