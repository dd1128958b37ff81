"""Several days of application, each with its scope, in the forms that rules and standards use."""

from __future__ import annotations

import pytest

from kb.law.application import read_application

DAY = "2025-01-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("第九条 本办法自2025年1月1日起施行。", []),
        ("本办法自2025年1月1日起施行，其中，第十二条自2026年1月1日起施行。",
         [("2025-01-01", "the whole text", "whole"), ("2026-01-01", "第十二条", "part")]),
        ("对于新申请型式批准的示例车型，自本文件实施之日起开始执行；对于已获得型式批准的示例车型，自本文件实施之日起第13个月开始执行。",
         [("2025-01-01", "新申请型式批准的示例车型", "part"), ("2026-01-01", "已获得型式批准的示例车型", "part")]),
        ("本办法施行前已经开展的示例活动，不符合本办法规定的，应当自本办法施行之日起6个月内完成示例。",
         [("2025-07-01", "本办法施行前已经开展的示例活动", "transition")]),
        ("本通知自发布之日起施行，有效期至2027年12月31日。",
         [("2025-01-01", "the whole text", "whole"), ("2027-12-31", "the whole text", "expiry")]),
        ("本通知自2025年1月1日起施行，有效期五年。",
         [("2025-01-01", "the whole text", "whole"), ("2030-01-01", "the whole text", "expiry")]),
        ("本办法第十二条自2026年1月1日起施行，其他条款自2025年1月1日起施行。",
         [("2026-01-01", "第十二条", "part"), ("2025-01-01", "the whole text", "whole")]),
        ("示例证书有效期3年。本办法自2025年1月1日起施行。", []),
    ],
)  # fmt: skip
def test_every_statement_is_read_with_its_day_and_scope(text: str, said: list[tuple[str, str, str]]) -> None:
    assert [(a.date, a.scope, a.kind) for a in read_application(text, DAY)] == said


def test_a_day_that_hangs_on_an_unknown_one_is_unknown() -> None:
    (found,) = read_application("对于新申请的示例车型，自本文件实施之日起第13个月开始执行。", None)
    assert (found.date, found.scope) == (None, "新申请的示例车型")


def test_the_end_of_a_month_stays_in_its_month() -> None:
    (found,) = read_application("对于示例产品，自本文件实施之日起第2个月开始执行。", "2025-01-31")
    assert found.date == "2025-02-28"


def test_the_words_that_say_it_are_kept() -> None:
    found = read_application("本办法自2025年1月1日起施行，其中第三章自2025年7月1日起施行。", DAY)
    assert found[1].quote.endswith("第三章自2025年7月1日起施行")
