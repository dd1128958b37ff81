"""Legal dates in every form in which documents print them."""

from __future__ import annotations

import pytest

from kb.lineage.dates import find_dates, read_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021年8月16日", "2021-08-16"),
        ("2021 年 8 月 16 日", "2021-08-16"),
        ("会议于\n2021\n年\n8\n月\n20\n日通过", "2021-08-20"),
        ("二〇二五年六月十三日", "2025-06-13"),
        ("二○二五年十二月三十一日", "2025-12-31"),
        ("2025年12⽉06⽇ 16:00", "2025-12-06"),
        ("2026-02-03 09:12", "2026-02-03"),
        ("2026.02.03", "2026-02-03"),
        ("2026/4/9", "2026-04-09"),
        ("2024年5月", "2024-05"),
        ("2021年2月30日", None),
        ("自 年 月 日起", None),
        ("20260708133949899211227", None),
        ("12026-02-03", None),
        ("1234年5月6日", None),
        ("2026-02/03", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_it_is_none(text: str, date: str | None) -> None:
    assert read_date(text) == date


def test_dates_come_in_order_with_their_places() -> None:
    text = "自2026年3月1日至2026-03-31。"
    assert [(text[d.start : d.end], d.value) for d in find_dates(text)] == [
        ("2026年3月1日", "2026-03-01"), ("2026-03-31", "2026-03-31"),
    ]  # fmt: skip
