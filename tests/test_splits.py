"""Splits and merges: one provision that became several, several that became one; each part with its own marks."""

import pytest
from law_texts import provisions

from kb.comparing.compare import compare_texts, comparison_json
from kb.model import Comparison

A = "示例处理者应当建立示例数据安全管理制度，明确负责人和管理机构，每年至少培训8小时。"
B = "示例处理者委托他人处理示例数据的，应当对受托人进行监督，并在合同中约定双方的责任。"
C = "任何组织和个人发现违法行为的，可以向示例部门投诉、举报，示例部门应当及时处理。"
D = "本规定所称示例数据，是指示例车辆在运行中产生的影像、轨迹和诊断信息。"


def law(*articles: str) -> str:
    return "\n".join(f"第{'一二三四五六七八九'[at]}条 {text}" for at, text in enumerate(articles))


def compare(old: str, new: str) -> Comparison:
    return compare_texts(provisions(old), provisions(new))


def rows(comparison: Comparison) -> list[tuple[str, str | None, str | None, list[tuple[str, str]]]]:
    return [
        (row["kind"], row["old"], row["new"], [(edit["from"], edit["to"]) for edit in row["changes"]])
        for row in comparison_json(comparison)["provisions"]
        if row["kind"] != "moved"
    ]


def test_an_article_cut_in_two_is_split_and_neither_added_nor_removed() -> None:
    comparison = compare(law(D, A + "\n" + B, C), law(D, A, B, C))
    assert rows(comparison) == [("split", "第二条", "第二条", []), ("split", "第二条", "第三条", [])]
    assert [c.grade for c in comparison.provisions if c.kind == "split"] == ["renumbered", "renumbered"]


def test_each_part_of_a_split_has_its_own_marks_and_grade() -> None:
    changed = B.replace("应当", "可以")
    comparison = compare(law(D, A + B, C), law(D, A.replace("8小时", "16小时"), changed, C))
    assert rows(comparison) == [
        ("split", "第二条", "第二条", [("8", "16")]),
        ("split", "第二条", "第三条", [("应当", "可以")]),
    ]
    assert [c.grade for c in comparison.provisions if c.kind == "split"] == ["deadline", "substantive"]


def test_two_articles_put_together_are_merged() -> None:
    comparison = compare(law(D, A, B, C), law(D, A + "\n" + B.replace("监督", "管理"), C))
    assert rows(comparison) == [("merged", "第二条", "第二条", []), ("merged", "第三条", "第二条", [("监督", "管理")])]


@pytest.mark.parametrize(("old", "new"), [((D, A + "\n" + B, C), (D, A, B, C)), ((D, A, B, C), (D, B + A, C))])
def test_the_runs_of_the_parts_cover_them(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    for change in compare(law(*old), law(*new)).provisions:
        if change.kind in ("split", "merged"):
            part = change.new if change.kind == "split" else change.old
            assert part
            spans = [run.new if change.kind == "split" else run.old for run in change.runs]
            assert "".join(part.text[slice(*span)] for span in spans) == part.text


def test_a_new_article_beside_a_shortened_one_is_added() -> None:
    comparison = compare(law(D, A + "\n" + B), law(D, A, C))
    assert [(kind, new) for kind, _, new, _ in rows(comparison)] == [("modified", "第二条"), ("added", "第三条")]
