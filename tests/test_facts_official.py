"""The facts of the official texts, as read by hand from each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.lineage.facts import read_facts
from kb.reading import read_document

TEXTS = Path(__file__).resolve().parents[2] / "shared" / "texts"

AUTO = ("汽车数据出境安全指引（2025版）（征求意见稿）", "draft", "2025", None, None, None, None, (), "consultation")
BY_HAND = {
    # file: title, stage, edition, document number, signed, effective, comments close, agencies, kind
    "auto_data_export_guide_2025_draft.extracted.md": AUTO,
    "auto_data_export_guide_2025_draft.rebuilt.pdf": AUTO,
    "automotive_data_provisions_2021.txt": (
        "汽车数据安全管理若干规定（试行）", "final", None,
        "国家互联网信息办公室、国家发展和改革委员会、工业和信息化部、公安部、交通运输部令第7号",
        "2021-08-16", "2021-10-01", None, ("cac", "ndrc", "miit", "mps", "mot"), "rule"),
    "cross_border_flow_provisions_2024.txt": (
        "促进和规范数据跨境流动规定", "final", None, "国家互联网信息办公室令第16号", "2024-03-22", "2024-03-22", None,
        ("cac",), "rule"),
    "export_assessment_filing_guide_v3_2025.md": (
        "数据出境安全评估申报指南（第三版）", "final", "3", None, None, None, None, (), "rule"),
    "network_data_risk_assessment_draft_2025.md": (
        "网络数据安全风险评估办法（征求意见稿）", "draft", None, None, "2025-12-06", None, "2026-01-05", ("cac",),
        "consultation"),
    "network_data_security_regulations_2024.md": (
        "网络数据安全管理条例", "final", None, "国务院令第790号", "2024-09-24", "2025-01-01", None, ("state-council",),
        "rule"),
    "pipl_2021.md": (
        "中华人民共和国个人信息保护法", "final", None, "主席令第91号", "2021-08-20", "2021-11-01", None, ("npcsc",),
        "rule"),
    "sh_ftz_negative_list_2024.md": (
        "中国（上海）自由贸易试验区及临港新片区数据出境管理清单（负面清单）（2024版）", "final", "2024", None, None,
        None, None, (), "rule"),
    "pair_certification/draft.txt": (
        "个人信息出境个人信息保护认证办法（征求意见稿）", "draft", None, None, None, None, None, ("cac",),
        "consultation"),
    "pair_certification/final.txt": (
        "个人信息出境认证办法", "final", None, "国家互联网信息办公室、国家市场监督管理总局令第20号", "2025-10-14",
        "2026-01-01", None, ("cac", "samr"), "rule"),
}  # fmt: skip


@pytest.mark.skipif(not TEXTS.exists(), reason="the official texts are not here")
@pytest.mark.parametrize("name", BY_HAND)
def test_the_facts_of_the_official_texts_are_those_read_by_hand(name: str) -> None:
    path = TEXTS / name
    f = read_facts(read_document(path.read_bytes(), name=path.name))
    read = (f.title, f.stage, f.edition, f.doc_number, f.signed, f.effective, f.comments_close, f.agencies, f.kind)
    assert read == BY_HAND[name]
