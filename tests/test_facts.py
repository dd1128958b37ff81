"""What documents say of themselves: own samples (示例) in the forms that agencies use."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from kb.lineage.facts import Facts, read_facts
from kb.model import Document, Stage, Status


def facts_of(body: str, title: str = "", **meta: str) -> Facts:
    return read_facts(Document(format="text", status=Status.READ, title=title, body=body, meta=meta))


ORDER = """示例规章_中央网络安全和信息化委员会办公室
首页
2025年10月17日 18:00
来源：
中国网信网
国家互联网信息办公室
中华人民共和国公安部
令
第20号
《某某数据示例管理办法》已经2025年7月21日国家互联网信息办公室室务会议审议通过，并经公安部同意，现予公布，自2026年1月1日起施行。
国家互联网信息办公室主任 某某
公安部部长 某某
2025年10月14日
某某数据示例管理办法
第一条 为了示例，根据《某某条例》（国务院令第790号）制定本办法。
第二条 2022年7月7日公布的《乙办法》（国家互联网信息办公室令第11号）与本办法不一致的，适用本办法。
第三条 本办法自2026年1月1日起施行。
"""

CONSULTATION = """为示例，国家互联网信息办公室起草了《某某数据示例评估办法（征求意见稿）》，现向社会公开征求意见。
1.通过电子邮件方式发送至：example@example.invalid。
意见反馈截止时间为2026年1月5日。
附件：某某数据示例评估办法（征求意见稿）
国家互联网信息办公室
2025年12月6日
某某数据示例评估办法
（征求意见稿）
第一条 为了示例，制定本办法。
第二条 评估机构应当于2027年3月1日前报送意见。
第三条 本办法自 年 月 日起施行。
"""


def test_a_joint_order_gives_its_number_signers_and_dates() -> None:
    assert asdict(facts_of(ORDER, "某某数据示例管理办法_中央网络安全和信息化委员会办公室")) == {
        "title": "某某数据示例管理办法", "stage": Stage.FINAL, "edition": None,
        "doc_number": "国家互联网信息办公室、公安部令第20号", "signed": "2025-10-14", "published": "2025-10-17",
        "effective": "2026-01-01", "comments_close": None, "agencies": ("cac", "mps"), "kind": "rule",
    }  # fmt: skip


def test_a_consultation_gives_the_title_of_its_draft_not_of_the_notice() -> None:
    notice = "国家互联网信息办公室关于《某某数据示例评估办法（征求意见稿）》公开征求意见的通知"
    assert asdict(facts_of(CONSULTATION, notice)) == {
        "title": "某某数据示例评估办法（征求意见稿）", "stage": Stage.DRAFT, "edition": None, "doc_number": None,
        "signed": "2025-12-06", "published": None, "effective": None, "comments_close": "2026-01-05",
        "agencies": ("cac",), "kind": "consultation",
    }  # fmt: skip


def test_facts_do_not_need_the_title_of_the_page() -> None:
    assert facts_of(CONSULTATION).title == "某某数据示例评估办法（征求意见稿）"
    assert facts_of(ORDER).title == "某某数据示例管理办法"


def test_a_draft_filed_under_the_name_of_the_final_is_a_draft() -> None:
    facts = facts_of(
        "附件\n某行业数据示例\n指引（2025 版）\n（征求意见稿）\n一、总则", "某行业数据示例指引（2025版）.pdf"
    )
    assert (facts.title, facts.stage) == ("某行业数据示例指引（2025版）（征求意见稿）", Stage.DRAFT)
    assert (facts.edition, facts.kind) == ("2025", "consultation")


def test_a_title_over_several_lines_is_put_together() -> None:
    facts = facts_of(
        "— 1 —\n中国（某地）示例试验区及新片区\n数据示例管理清单（2024 版）\n说 明\n一、示例清单是指示例。"
    )
    assert (facts.title, facts.edition) == ("中国（某地）示例试验区及新片区数据示例管理清单（2024版）", "2024")


def test_without_a_title_in_the_body_the_notice_says_what_it_is_about() -> None:
    body = "现公开征求意见。请于2026年10月14日前反馈意见。\n附件：示例修订部分.pdf\n工业和信息化部无线电管理局"
    facts = facts_of(body, "公开征求对《中华人民共和国某某示例规定（征求意见稿）》的意见")
    assert facts.title == "中华人民共和国某某示例规定（征求意见稿）"
    assert (facts.comments_close, facts.agencies) == ("2026-10-14", ("miit",))


def test_a_deadline_is_found_below_a_heading_that_repeats_the_title() -> None:
    body = "网页\n某某示例办法（征求意见稿）\n" + CONSULTATION
    assert facts_of(body, "公开征求对《某某示例办法（征求意见稿）》的意见").comments_close == "2026-01-05"


def test_a_date_in_the_articles_of_a_draft_is_no_deadline() -> None:
    body = CONSULTATION.replace("意见反馈截止时间为2026年1月5日。", "")
    assert facts_of(body, "公开征求对《某某数据示例评估办法（征求意见稿）》的意见").comments_close is None


def test_a_date_in_a_plain_notice_is_no_consultation_deadline() -> None:
    facts = facts_of("请于2026年9月20日前将申报意见反馈。", "关于组织开展某某申报工作的通知")
    assert (facts.comments_close, facts.kind) == (None, "notice")


@pytest.mark.parametrize(
    ("last", "effective"),
    [
        ("本办法自2026年7月1日起施行。", "2026-07-01"),
        ("本办法自\n2026\n年\n7\n月\n1\n日\n起施行。", "2026-07-01"),
        ("本办法自二〇二六年七月一日起实施。", "2026-07-01"),
        ("本办法自2026年7月起施行。", "2026-07"),
        ("本办法自年月日起施行。", None),
        ("本办法自  年  月  日起生效。", None),
        ("本办法由某某负责解释。", None),
    ],
)
def test_the_effective_date_is_what_the_text_says_and_nothing_else(last: str, effective: str | None) -> None:
    assert facts_of(f"某某示例办法\n第一条 为了示例。\n第二条 {last}").effective == effective


@pytest.mark.parametrize(("after", "effective"), [
    ("30日后", "2024-04-22"), ("三十日后", "2024-04-22"), ("六个月后", "2024-09-23"), ("满六个月", None)])  # fmt: skip
def test_a_rule_that_takes_effect_some_time_after_its_issue_counts_from_that_day(
    after: str, effective: str | None
) -> None:
    body = f"某某示例办法\n第一条 为了示例。\n第二条 本办法自公布之日起{after}施行。"
    assert facts_of(body).effective is None
    assert facts_of(body, PubDate="2024-03-22").effective == effective


def test_the_day_of_one_article_is_not_that_of_the_rule() -> None:
    body = "某某示例办法\n第一条 为了示例。\n第二条 本办法第一条自2027年1月1日起施行"
    assert facts_of(f"{body}。").effective is None
    assert facts_of(f"{body}，其他条款自2026年5月1日起施行。").effective == "2026-05-01"


def test_in_force_on_publication_needs_a_publication_date() -> None:
    body = "某某示例规定\n第一条 为了示例。\n第二条 本规定自公布之日起施行。"
    assert facts_of(body).effective is None
    assert facts_of(body, PubDate="2024-03-22 18:00").effective == "2024-03-22"
    assert (
        facts_of(body.replace("\n", "\n（国家互联网信息办公室令第16号，2024年3月22日公布并施行）\n", 1)).effective
        == "2024-03-22"
    )


@pytest.mark.parametrize(
    ("head", "number", "agencies"),
    [
        ("工信部网安﹝2022﹞166号", "工信部网安〔2022〕166号", ()),
        ("工信部网安(2022)166号", "工信部网安〔2022〕166号", ()),
        ("发文字号：国数政策[2026]6号", "国数政策〔2026〕6号", ()),
        ("国家互联网信息办公室令\n第16号", "国家互联网信息办公室令第16号", ("cac",)),
        ("中华人民共和国国务院令\n第 790 号", "国务院令第790号", ("state-council",)),
        ("中华人民共和国主席令\n（第九十一号）\n已由全国人民代表大会常务委员会通过", "主席令第91号", ("npcsc",)),
        ("国家互联网信息办公室 公安部公告\n2023年第2号", "国家互联网信息办公室、公安部公告2023年第2号", ("cac", "mps")),
        ("中华人民共和国某某示例总局令\n第261号", "某某示例总局令第261号", ()),
        ("国家互联网信息办公室\n中华人民共和国公安部\n国家某某示例局\n中国某某示例委员会\n令\n第8号",
         "国家互联网信息办公室、公安部、国家某某示例局、中国某某示例委员会令第8号", ("cac", "mps")),
        ("根据《乙办法》（国家互联网信息办公室令第11号）和国发〔2025〕11号文件", None, ()),
        ("GB/T 44464-2024", "GB/T 44464-2024", ()),
    ],
)  # fmt: skip
def test_a_document_number_is_its_own_or_none(head: str, number: str | None, agencies: tuple[str, ...]) -> None:
    facts = facts_of(f"{head}\n某某示例办法\n第一条 为了示例，根据国务院令第588号和工信部网安〔2021〕1号制定。")
    assert (facts.doc_number, facts.agencies) == (number, agencies)


def test_the_signature_of_a_notice_stands_at_its_end() -> None:
    body = """工业和信息化部 国家数据局
关于加强某某示例管理的通知
工信部联通装〔2025〕45号
各省：2024年1月1日以来，示例。
一、总体要求
二、主要任务
三、组织实施。本通知自印发之日起施行。
工业和信息化部  国家数据局
2025年2月25日
（此件公开发布）"""
    facts = facts_of(body, "工业和信息化部 国家数据局关于加强某某示例管理的通知")
    assert (facts.signed, facts.agencies, facts.kind) == ("2025-02-25", ("miit", "nda"), "rule")
    assert (facts.doc_number, facts.title) == ("工信部联通装〔2025〕45号", "关于加强某某示例管理的通知")
    assert (facts.published, facts.effective) == (None, None)


def test_a_date_alone_is_no_signature() -> None:
    assert facts_of("某某示例指南\n打印日期\n2025年2月25日\n一、总则").signed is None


def test_an_issuer_above_the_title_is_no_part_of_it() -> None:
    assert facts_of("国家互联网信息办公室\n某某示例办法\n第一条 为了示例。").title == "某某示例办法"


@pytest.mark.parametrize(
    ("line", "meta", "published"),
    [
        ("发布时间：2024-10-03 来源：某网", {}, "2024-10-03"),
        ("2025年12月06日 16:00 来源： 某网", {}, "2025-12-06"),
        ("发布日期：2026.02.03", {}, "2026-02-03"),
        ("", {"PubDate": "2026.07.08"}, "2026-07-08"),
        ("2023年11月28日审议通过", {}, None),
    ],
)
def test_the_publication_date_is_a_labelled_one(line: str, meta: dict[str, str], published: str | None) -> None:
    assert facts_of(f"{line}\n某某示例办法\n第一条 为了示例。", **meta).published == published


def test_a_labelled_signing_date_is_read() -> None:
    assert facts_of("成文日期：2022年12月08日\n某某示例办法\n第一条 为了示例。").signed == "2022-12-08"


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("《某某办法》答记者问", "一、问：示例？", "interpretation"),
        ("数据示例政策法规问答（2026年1月）", "问：示例？", "interpretation"),
        ("关于某某委员会换届及征集委员的通知", "一、甲\n二、乙\n三、丙", "notice"),
        ("关于侵害用户权益行为的APP通报（2026年第4批）", "示例", "notice"),
        ("关于印发《某某指引（2026版）》的通知", "现印发给你们。", "rule"),
        ("关于修改《某某办法》的决定", "一、将第三条修改为示例。", "rule"),
        ("某某示例管理暂行办法", "第一条 示例", "rule"),
        ("公开征求对《某某规范条件（征求意见稿）》的意见", "示例", "consultation"),
    ],
)
def test_the_kind_tells_rules_from_what_is_said_about_them(title: str, body: str, kind: str) -> None:
    assert facts_of(body, title).kind == kind


def test_an_amending_decision_keeps_its_own_title() -> None:
    facts = facts_of("一、将第三条修改为示例。", "全国人民代表大会常务委员会关于修改《某某示例法》的决定")
    assert (facts.title, facts.stage) == ("全国人民代表大会常务委员会关于修改《某某示例法》的决定", Stage.AMENDED)
    assert facts.agencies == ("npcsc",)


def test_a_decree_of_an_amending_decision_bears_the_title_of_the_decision() -> None:
    decision = "全国人民代表大会常务委员会关于修改《中华人民共和国某某示例法》的决定"
    told = f"《{decision.replace('《', '〈').replace('》', '〉')}》已由全国人民代表大会常务委员会通过，现予公布。"
    head = f"中华人民共和国主席令\n第九十一号\n{told}\n中华人民共和国主席 某某\n2026年1月5日\n{decision}\n"
    facts = facts_of(f"{head}某次会议决定对《中华人民共和国某某示例法》作如下修改：\n一、将第三条修改为示例。")
    assert (facts.title, facts.stage, facts.doc_number) == (decision, Stage.AMENDED, "主席令第91号")


def test_who_answers_the_questions_is_the_agency_of_an_interpretation() -> None:
    asked = "近日，国家互联网信息办公室有关负责人就相关问题回答了记者提问。\n一、问：示例？"
    facts = facts_of(asked, "某某示例规定答记者问")
    assert (facts.agencies, facts.kind) == (("cac",), "interpretation")


@pytest.mark.parametrize("body", ["", "\n\n", "。", "第一条", "《", "2025年13月40日", "令第号", "a" * 50_000])
def test_a_document_that_says_nothing_has_no_facts(body: str) -> None:
    facts = facts_of(body)
    assert (facts.doc_number, facts.signed, facts.published, facts.effective, facts.agencies) == (
        None,
        None,
        None,
        None,
        (),
    )


def test_a_huge_body_is_read_at_its_head_and_end() -> None:
    body = "某某示例办法\n第一条 为了示例。\n" + "数据，" * 500_000 + "\n第二条 本办法自2026年7月1日起施行。"
    facts = facts_of(body)
    assert (facts.title, facts.effective) == ("某某示例办法", "2026-07-01")


def test_a_rule_that_calls_itself_by_a_longer_name_still_says_when_it_applies() -> None:
    lines = ["示例数据出境指引（2026版）", "一、范围", "二、要求", "三、实施日期", "本示例指引自2026年4月1日起施行。"]
    document = Document("text", Status.READ, body="\n".join(lines))
    assert read_facts(document).effective == "2026-04-01"
