"""The last day for comments in every form in which notices state it; none is guessed (kb/lineage/closing.py)."""

from __future__ import annotations

import pytest

from kb.lineage.closing import moves_closing
from kb.lineage.facts import read_facts
from kb.model import Document, Status

NAME = "示例车载影像管理办法"


def closing_of(sentence: str, published: str | None = None) -> str | None:
    body, title = f"现向社会公开征求意见。{sentence}", "公开征求对《某办法（征求意见稿）》的意见"
    return read_facts(Document(format="text", status=Status.READ, title=title, body=body), published).comments_close


@pytest.mark.parametrize(
    ("sentence", "close"),
    [
        ("意见反馈截止日期为2026年8月28日。", "2026-08-28"),
        ("意见反馈截止时间为 2026 年 5 月 3 日。", "2026-05-03"),
        ("请于2026年8月25日前将意见反馈给起草部门。", "2026-08-25"),
        ("请于2025年7月13日（星期日）前反馈意见。", "2025-07-13"),
        ("此次公开征求意见的时间为2026年3月1日至2026年3月31日。", "2026-03-31"),
        ("此次公开征求意见的时间为2026年3月1日至3月31日。", "2026-03-31"),
        ("征集期限：公开征求意见，截止：二〇二六年三月三十一日。", "2026-03-31"),
        ("请于7月13日前反馈意见。", None),
        ("请在本通知发布之日起30日内反馈意见。", None),
        ("欢迎提出意见。", None),
    ],
)
def test_every_form_of_a_deadline_is_read_and_none_is_guessed(sentence: str, close: str | None) -> None:
    assert closing_of(sentence) == close


@pytest.mark.parametrize(
    ("sentence", "close"),
    [
        ("即日起至2026年2月10日，可以提出意见。", "2026-02-10"),
        ("请于2月10日前反馈意见。", "2026-02-10"),
        ("请于1月10日（星期日）前反馈意见。", "2027-01-10"),
        ("请于今年2月10日前反馈意见。", "2026-02-10"),
        ("请于今年1月10日前反馈意见。", None),
        ("请于2月30日前反馈意见。", None),
        ("请在本通知发布之日起30日内反馈意见。", "2026-03-02"),
        ("征求意见期限为自公布之日起一个月。", "2026-02-28"),
        ("请在公告之日起15个工作日内反馈意见。", None),
        ("感谢支持。本办法自发布之日起30日后施行。", None),
        ("意见反馈截止日期延长至2026年2月10日。", "2026-02-10"),
        ("根据反馈意见，过渡期调整为2027年1月1日。请于2026年2月10日前反馈意见。", "2026-02-10"),
    ],
)
def test_a_day_without_its_year_and_a_period_count_from_the_day_that_the_page_names(
    sentence: str, close: str | None
) -> None:
    assert closing_of(sentence, "2026-01-31") == close


@pytest.mark.parametrize(("title", "moves"), [
    (f"关于延长《{NAME}（征求意见稿）》公开征求意见时间的公告", True),
    (f"关于《{NAME}（征求意见稿）》延长征求意见期限的通知", True),
    (f"关于调整《{NAME}（征求意见稿）》意见征求截止时间的公告", True),
    (f"关于《{NAME}（征求意见稿）》公开征求意见的通知", False),
    ("关于公开征求《示例数据保存期限调整办法（征求意见稿）》意见的通知", False),
    ("关于延长示例试点期限的通知", False),
])  # fmt: skip
def test_what_a_title_says_of_the_day(title: str, moves: bool) -> None:
    assert moves_closing(title) is moves
