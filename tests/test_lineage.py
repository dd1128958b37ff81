"""Which work and version a title belongs to: the real histories of the facts, and near names that must stay apart."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kb.law.works import known_from_declared
from kb.lineage.resolve import KnownVersion, KnownWork, merge_known, resolve_title, version_id
from kb.lineage.titles import read_title
from kb.model import Resolution, Stage

SHARED = Path(__file__).resolve().parents[2] / "shared"
LINEAGE = SHARED / "facts" / "lineage.csv"
STAGES = {
    "draft": Stage.DRAFT, "second draft": Stage.SECOND_DRAFT, "final": Stage.FINAL, "law": Stage.FINAL,
    "amendment draft 1": Stage.DRAFT, "amendment draft 2": Stage.SECOND_DRAFT, "NPCSC bill": Stage.DRAFT,
    "amendment": Stage.AMENDED, "partly overridden": Stage.FINAL, "follow-up draft": Stage.DRAFT,
}  # fmt: skip


def work_of(id: str, *titles: str, date: str | None = None, agencies: tuple[str, ...] = ()) -> KnownWork:
    """A known work with one recorded version for each title."""
    read = [read_title(title) for title in titles]
    versions = tuple(
        KnownVersion(version_id(id, r.stage, r.edition, date), r.stage, r.edition, date, title)
        for r, title in zip(read, titles, strict=True)
    )
    return KnownWork(id, tuple(r.key for r in read), versions, agencies)


def resolve(title: str, *known: KnownWork, **facts: str) -> Resolution:
    return resolve_title(title, known, agency=facts.get("agency"), date=facts.get("date"))


def test_a_final_follows_its_draft_though_the_edition_year_in_the_title_changed() -> None:
    guide = work_of("guide", "汽车数据出境安全指引（2025版）（征求意见稿）", date="2025-06-13")
    found = resolve("工业和信息化部等八部门关于印发《汽车数据出境安全指引（2026版）》的通知", guide, date="2026-02-03")
    assert (found.work, found.relation, found.stage, found.edition) == ("guide", "next_version", "final", "2026")
    assert found.confidence == 1.0
    assert "guide@draft-2025" in found.why


def test_the_same_stage_and_edition_is_the_same_version() -> None:
    guide = work_of("guide", "某行业数据出境指引（2025版）（征求意见稿）", date="2025-06-13")
    assert resolve("公开征求对《某行业数据出境指引（2025版）（征求意见稿）》的意见", guide).relation == "same_version"


@pytest.mark.parametrize(
    ("later", "relation"), [("2022-08-01", "same_version"), ("2023-12-01", "next_version"), ("2022-06", "same_version")]
)
def test_dates_tell_a_copy_of_a_final_from_a_revision_under_the_same_name(later: str, relation: str) -> None:
    known = work_of("m", "某某审查办法", date="2022-06-18")
    assert resolve("某某审查办法", known, date=later).relation == relation


def test_a_second_consultation_under_the_same_name_is_a_new_draft() -> None:
    known = work_of("m", "某某办法（征求意见稿）", date="2021-09-30")
    assert resolve("某某办法（征求意见稿）", known, date="2021-10-10").relation == "same_version"
    assert resolve("某某办法（征求意见稿）", known, date="2022-02-10").relation == "next_version"


def test_a_title_without_its_edition_is_attached_to_no_version_by_guessing() -> None:
    known = work_of("g", "某某申报指南（第一版）", "某某申报指南（第二版）")
    found = resolve("某某申报指南", known)
    assert (found.work, found.relation) == ("g", "unknown")
    assert "g@final-1" in found.why
    assert "g@final-2" in found.why


@pytest.mark.parametrize(
    ("draft", "final", "reason"),
    [
        ("个人信息出境标准合同规定（征求意见稿）", "个人信息出境标准合同办法", "办法 for 规定"),
        ("个人信息出境个人信息保护认证办法（征求意见稿）", "个人信息出境认证办法", "shortened"),
        ("规范和促进数据跨境流动规定（征求意见稿）", "促进和规范数据跨境流动规定", "another order"),
        ("生成式人工智能服务管理办法（征求意见稿）", "生成式人工智能服务管理暂行办法", "same words"),
        ("人脸识别技术应用安全管理规定（试行）（征求意见稿）", "人脸识别技术应用安全管理办法", "办法 for 规定"),
        ("网络安全事件报告管理办法（征求意见稿）", "国家网络安全事件报告管理办法", "same words"),
        ("关于加强某车准入、召回管理的通知（征求意见稿）", "关于进一步加强某车产品准入、召回管理的通知", "same words"),
    ],
)
def test_a_retitled_final_is_joined_to_its_draft_with_the_reason(draft: str, final: str, reason: str) -> None:
    found = resolve(final, work_of("w", draft, date="2023-01-01"), date="2023-09-01")
    assert (found.work, found.relation) == ("w", "next_version")
    assert reason in found.why.replace("规定 for 办法", "办法 for 规定")
    assert 0.8 <= found.confidence < 1.0


NEAR_NAMES = [
    ("中国（北京）自由贸易试验区数据出境负面清单（2024版）", "中国（上海）自由贸易试验区数据出境负面清单（2025版）"),
    ("数据出境安全评估办法", "数据出境安全评估申报指南（第一版）"),
    ("个人信息出境标准合同办法", "个人信息出境标准合同备案指南（第一版）"),
    ("网络数据安全风险评估办法（征求意见稿）", "数据出境安全评估办法"),
    ("个人信息出境标准合同办法（征求意见稿）", "个人信息出境认证办法"),
    ("数据安全法（草案）", "网络安全法"),
    ("汽车数据安全管理若干规定（征求意见稿）", "工业和信息化领域数据安全管理办法（试行）"),
    ("数据出境安全评估申报指南（第二版）", "个人信息出境标准合同备案指南（第二版）"),
    ("工业和信息化领域数据安全管理办法（试行）（征求意见稿）", "工业和信息化领域数据安全风险评估实施细则（试行）"),
    ("数据出境安全评估办法（征求意见稿）", "汽车数据出境安全评估办法"),
    ("网络数据安全管理条例（征求意见稿）", "网络数据安全管理办法"),
    ("促进智能网联汽车发展条例（征求意见稿）", "天津市促进智能网联汽车发展条例"),
    ("某车生产企业及产品准入管理指南（试行）（征求意见稿）", "关于加强某车生产企业及产品准入管理的意见"),
    ("关于促进某车发展维护测绘地理信息安全的通知（征求意见稿）", "关于加强某车有关测绘地理信息安全管理的通知"),
    ("工业和信息化领域数据安全管理办法（征求意见稿）", "自然资源领域数据安全管理办法"),
    ("个人信息和重要数据出境安全评估办法（征求意见稿）", "个人信息出境安全评估办法"),
    ("临港新片区数据跨境场景化一般数据清单", "中国（上海）自由贸易试验区数据出境负面清单（2024版）"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [*NEAR_NAMES, *((b, a) for a, b in NEAR_NAMES)])
def test_different_works_with_near_names_do_not_merge(one: str, other: str) -> None:
    found = resolve(other, work_of("one", one, date="2023-01-01"), date="2023-06-01")
    assert found.work is None
    assert found.relation in ("new_work", "unknown")


def test_an_unsure_title_names_its_candidates_instead_of_guessing() -> None:
    found = resolve("汽车数据出境安全评估办法", work_of("assessment", "数据出境安全评估办法（征求意见稿）"))
    assert (found.work, found.relation) == (None, "unknown")
    assert "assessment" in found.why


def test_two_equally_near_works_are_unknown() -> None:
    twins = [work_of(id, "某某数据安全管理办法（征求意见稿）") for id in ("a", "b")]
    found = resolve("某某数据安全管理办法", *twins)
    assert found.relation == "unknown"
    assert "a (" in found.why
    assert "b (" in found.why


def test_a_title_unlike_any_other_is_a_new_work() -> None:
    found = resolve("示例船舶生产准入许可管理条例（征求意见稿）", *known_from_declared())
    assert (found.work, found.relation, found.stage) == (None, "new_work", Stage.DRAFT)
    assert found.title_key == "示例船舶生产准入许可管理条例"


@pytest.mark.parametrize(
    "title",
    ["《个人信息出境认证办法》答记者问", "关于《个人信息出境认证办法》的解读", "一图读懂《个人信息出境认证办法》",
     "数据出境安全管理政策法规问答（2026年1月）"],
)  # fmt: skip
def test_an_interpretation_is_not_a_version_of_the_work_it_explains(title: str) -> None:
    found = resolve(title, *known_from_declared())
    assert (found.work, found.relation) == (None, "unknown")


def test_a_retitled_text_of_the_same_stage_is_not_joined() -> None:
    known = work_of("w", "某某数据合同办法", date="2023-01-01")
    assert resolve("某某数据合同规定", known, date="2023-09-01").work is None


def test_a_retitled_final_older_than_the_draft_is_not_joined() -> None:
    known = work_of("w", "某某数据合同规定（征求意见稿）", date="2023-01-01")
    assert resolve("某某数据合同办法", known, date="2020-01-01").work is None


def test_a_local_body_does_not_issue_the_next_version_of_a_national_work() -> None:
    known = work_of("w", "网络数据分类管理办法（征求意见稿）", agencies=("cac",))
    assert resolve("网络数据分类管理办法", known, agency="tianjin").work is None
    assert resolve("网络数据分类管理办法", known, agency="state-council").work == "w"


def test_negative_lists_of_one_zone_are_editions_of_one_work() -> None:
    known = work_of(
        "sh", "中国（上海）自由贸易试验区及临港新片区数据出境管理清单（负面清单）（2024版）", date="2025-02-08"
    )
    found = resolve("中国（上海）自由贸易试验区数据出境负面清单（2025版）", known, date="2026-04-24")
    assert (found.work, found.relation, found.edition) == ("sh", "next_version", "2025")


def test_the_stage_that_the_body_states_goes_before_the_title() -> None:
    guide = work_of("guide", "某行业数据出境指引（2025版）（征求意见稿）")
    found = resolve_title("某行业数据出境指引（2025版）", [guide], stage=Stage.DRAFT)
    assert (found.stage, found.relation) == (Stage.DRAFT, "same_version")


def test_a_declared_work_without_any_recorded_version_is_new_under_its_declared_id() -> None:
    found = resolve("汽车数据出境安全指引（2026版）", *known_from_declared())
    assert (found.work, found.relation) == ("auto-data-export-guide", "new_work")


def test_recorded_versions_are_added_to_the_declared_ones() -> None:
    recorded = work_of("auto-data-export-guide", "汽车数据出境安全指引（2025版）（征求意见稿）", date="2025-06-13")
    known = merge_known(known_from_declared(), [recorded])
    assert len(known) == len(known_from_declared())
    assert resolve("汽车数据出境安全指引（2025版）（征求意见稿）", *known).relation == "same_version"
    assert resolve("汽车数据出境安全指引（2026版）", *known).relation == "next_version"


def test_an_empty_title_is_unknown() -> None:
    assert resolve("", *known_from_declared()).relation == "unknown"


def titled_rows() -> list[tuple[dict[str, str], str]]:
    """Every row of the lineage facts with a whole title: a label that says only 第二版 gets its family's name."""
    rows, before = [], ""
    with LINEAGE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            label, family = row["version_label_zh"], row["family_zh"]
            if label.startswith("同上"):
                label = before.replace("（征求意见稿）", "") + label.removeprefix("同上")
            elif len(label) < 6 or label[:4].isdigit():
                label = family if family.endswith(label) else f"{family}（{label.split('（')[0].split('(')[0]}）"
            elif label.startswith("（"):
                label = family + label
            before = label
            rows.append((row, label))
    return rows


@pytest.mark.skipif(not LINEAGE.exists(), reason="the facts are not here")
@pytest.mark.parametrize("declared", [False, True], ids=["from nothing", "with declared works"])
def test_every_step_of_the_real_histories_finds_its_family(declared: bool) -> None:
    """Rows in the order of the facts, all families known together; each step is recorded before the next is asked."""
    known: dict[str, KnownWork] = {work.id: work for work in known_from_declared()} if declared else {}
    family_of: dict[str, str] = {}
    wrong = []
    for row, title in titled_rows():
        family, date = row["family_id"], row["date"][:10] or None
        found = resolve_title(title, list(known.values()), date=date)
        first = row["predecessor_step"] == ""
        expected = "new_work" if first else "override" if row["relation"] == "overrides" else "next_version"
        if row["relation"] == "builds on":  # a follow-up notice is a work of its own
            expected = "new_work"
        id = found.work or (f"new-{len(known)}" if expected == "new_work" else "unresolved")
        joined = family_of.setdefault(id, family) == family and id != "unresolved"
        if not joined or found.stage != STAGES[row["stage"]] or found.relation != expected:
            wrong.append((family, row["step"], title, found))
        version = KnownVersion(
            version_id(id, found.stage, found.edition, date), found.stage, found.edition, date, title
        )
        known = {work.id: work for work in merge_known(known.values(), [KnownWork(id, (found.title_key,), (version,))])}
    assert not wrong


def test_measures_on_a_negative_list_are_not_an_edition_of_the_list() -> None:
    listed = work_of("list", "中国（某地）自由贸易试验区数据出境管理清单（负面清单）（2024版）".replace("某地", "天津"))
    edition = resolve("中国（天津）自由贸易试验区数据出境负面清单（2025版）", listed)
    assert (edition.work, edition.relation) == ("list", "next_version")
    assert resolve("中国（天津）自由贸易试验区数据出境负面清单管理办法（试行）", listed).work is None
