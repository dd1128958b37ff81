"""crawlers/expectations.py: the six states of a run, each by its own sign."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.expectations import Fault, Seen, Way, is_challenge, judge, refusal, unexpected
from crawlers.source import load_sources

SOURCE = load_sources()["miit-notices"].model_copy(update={"cadence_days": 21, "min": 2, "max": 30})
BROKEN = Path(__file__).with_name("broken")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "pages"
TODAY = "2026-02-10T00:00:00Z"


def seen(listed: int = 5, **more: object) -> Seen:
    ways = {"list": Way(rows=listed, pages=1)}
    return Seen(**{"ways": ways, "listed": listed, "newest": "2026-02-03", **more})  # type: ignore[arg-type]


def ways(**named: Way) -> dict[str, Way]:
    return named


def outcome(seen: Seen) -> str:
    return judge(SOURCE, seen, TODAY).outcome


def test_a_list_with_fresh_rows_is_healthy_and_says_nothing() -> None:
    assert judge(SOURCE, seen(), TODAY).detail == ""
    assert outcome(seen()) == "healthy"


@pytest.mark.parametrize("status", [403, 412, 429, 521])
def test_a_blocked_site_is_not_an_empty_site(status: int) -> None:
    fault = refusal(status, b"")
    assert fault == Fault("blocked", f"HTTP {status}")
    assert outcome(Seen(ways={"list": Way(faults=[fault])})) == "blocked"


@pytest.mark.parametrize("status", [404, 500, 302])
def test_any_other_refusal_is_a_failure(status: int) -> None:
    fault = refusal(status, b"x")
    assert fault is not None
    assert outcome(Seen(ways={"list": Way(faults=[fault])})) == "failed"


def test_an_answer_without_content_is_a_failure() -> None:
    fault = refusal(200, b"")
    assert fault is not None
    assert fault.state == "failed"


def test_a_challenge_page_is_a_block_and_a_changed_page_a_drift() -> None:
    assert unexpected((BROKEN / "challenge.html").read_bytes(), "no list").state == "blocked"
    assert unexpected("<h1>安全验证</h1>".encode("gb18030"), "no list").state == "blocked"
    assert unexpected((BROKEN / "bad_list_no_dates.html").read_bytes(), "no date") == Fault("drifted", "no date")


@pytest.mark.skipif(not SHARED.is_dir(), reason="recorded pages are not here")
def test_no_real_page_is_taken_for_a_challenge() -> None:
    assert [path.name for path in SHARED.rglob("*.htm*") if is_challenge(path.read_bytes())] == []


def test_a_text_about_security_checks_is_no_challenge() -> None:
    assert not is_challenge(("<p>" + "本办法所称安全验证是指对个人信息处理者身份的核验。" * 30).encode())


def test_zero_rows_are_empty_and_too_few_are_drifted() -> None:
    assert outcome(seen(0)) == "empty"
    assert outcome(seen(1)) == "drifted"


def test_too_many_rows_only_warn() -> None:
    health = judge(SOURCE, seen(31), TODAY)
    assert health.outcome == "healthy"
    assert "31 rows, at most 30" in health.detail


def test_a_list_that_fell_silent_is_stale() -> None:
    assert outcome(seen(newest="2026-01-20")) == "healthy"
    assert outcome(seen(newest="2026-01-19")) == "stale"
    assert "22 days" in judge(SOURCE, seen(newest="2026-01-19"), TODAY).detail


@pytest.mark.parametrize(
    ("rows", "pages", "announced", "size", "expected"),
    [
        (24, 1, 73, 24, "healthy"),
        (23, 1, 73, 24, "drifted"),
        (73, 4, 73, 24, "healthy"),
        (72, 4, 73, 24, "drifted"),
        (6, 1, 5, 24, "drifted"),
        (5, 1, 5, None, "healthy"),
        (24, 1, None, None, "healthy"),
    ],
)
def test_the_count_that_the_site_announces_is_compared(
    rows: int, pages: int, announced: int | None, size: int | None, expected: str
) -> None:
    way = Way(rows=rows, pages=pages, announced=announced, size=size)
    assert outcome(seen(rows, ways=ways(list=way))) == expected


def test_one_road_to_the_rows_stands_in_for_the_other_and_is_told() -> None:
    refused = Way(faults=[Fault("blocked", "HTTP 403")])
    health = judge(SOURCE, seen(ways=ways(json=refused, page=Way(rows=5, pages=1))), TODAY)
    assert health.outcome == "healthy"
    assert "json: HTTP 403" in health.detail
    both = ways(json=refused, page=Way(faults=[Fault("drifted", "no list")]))
    assert outcome(seen(0, ways=both)) == "blocked"


def test_a_road_that_broke_off_halfway_is_not_excused() -> None:
    halfway = Way(rows=20, pages=1, faults=[Fault("blocked", "HTTP 403")])
    assert outcome(seen(20, ways=ways(json=halfway, page=Way(rows=20, pages=1)))) == "blocked"


def test_a_row_that_is_broken_makes_the_list_drifted() -> None:
    way = Way(rows=4, pages=1, faults=[Fault("drifted", "a row without a date: 甲")])
    assert judge(SOURCE, seen(4, ways=ways(list=way)), TODAY).detail == "a row without a date: 甲"
    assert outcome(seen(4, ways=ways(list=way))) == "drifted"


def test_a_healthy_list_whose_pages_are_refused_is_blocked() -> None:
    faults = [Fault("blocked", "HTTP 403")] * 2
    assert outcome(seen(pages=4, page_faults=faults)) == "blocked"
    assert outcome(seen(pages=5, page_faults=faults)) == "healthy"
    assert outcome(seen(pages=50, page_faults=faults, annex_faults=faults[:1])) == "blocked"
    assert judge(SOURCE, seen(pages=5, page_faults=faults), TODAY).detail == "2 documents: HTTP 403"


def test_pages_of_an_unknown_form_are_drifted() -> None:
    assert outcome(seen(pages=2, page_faults=[Fault("drifted", "another form")])) == "drifted"


def test_one_page_that_fails_alone_says_nothing_of_a_source_whose_pages_were_read_before() -> None:
    odd = Fault("drifted", "another form")
    alone = seen(pages=1, page_faults=[odd], recorded=True)
    assert (judge(SOURCE, alone, TODAY).outcome, judge(SOURCE, alone, TODAY).detail) == (
        "healthy", "1 document: another form")  # fmt: skip
    assert outcome(seen(pages=1, page_faults=[odd])) == "drifted"
    assert outcome(seen(pages=2, page_faults=[odd, odd], recorded=True)) == "drifted"
    assert outcome(seen(pages=2, page_faults=[odd], odd=[odd], recorded=True)) == "healthy"
    refused, down = Fault("blocked", "HTTP 403"), Fault("failed", "HTTP 503")
    assert outcome(seen(pages=1, page_faults=[refused], recorded=True)) == "healthy"
    assert outcome(seen(pages=2, page_faults=[odd, down], recorded=True)) == "healthy"
    assert outcome(seen(pages=2, page_faults=[odd, down])) != "healthy"
    assert outcome(seen(pages=3, page_faults=[odd, down, down], recorded=True)) == "failed"


def test_a_page_that_is_gone_is_told_and_leaves_its_source_healthy_and_many_do_not() -> None:
    gone = [Fault("failed", "HTTP 404"), Fault("failed", "HTTP 410"), Fault("failed", "HTTP 404")]
    health = judge(SOURCE, seen(pages=1, page_faults=gone[:1]), TODAY)
    assert (health.outcome, health.detail) == ("healthy", "1 document: HTTP 404")
    assert outcome(seen(pages=3, page_faults=gone[:2])) == "healthy"
    assert outcome(seen(pages=3, page_faults=gone)) == "failed"
    assert outcome(seen(pages=7, page_faults=gone)) == "healthy"
    assert outcome(seen(pages=1, page_faults=[Fault("failed", "HTTP 503")])) == "failed"


def test_an_annex_that_is_gone_is_told_and_leaves_its_source_healthy() -> None:
    health = judge(SOURCE, seen(pages=1, annexes=1, annex_faults=[Fault("failed", "HTTP 404")]), TODAY)
    assert (health.outcome, health.detail) == ("healthy", "1 document: HTTP 404")
    assert outcome(seen(pages=1, annexes=1, annex_faults=[Fault("blocked", "HTTP 403")])) == "blocked"


def test_a_fault_of_the_crawler_is_a_failure() -> None:
    assert outcome(seen(broken="KeyError: 'x' (base.py:1)")) == "failed"
    assert outcome(Seen()) == "failed"


@pytest.mark.parametrize(
    "body",
    [b"<script>window.location.href = '/new/index.html';</script>",
     b'<html><head><meta http-equiv="refresh" content="0; url=/new/index.html"></head></html>'],
)  # fmt: skip
def test_a_page_that_only_leads_on_says_where_to(body: bytes) -> None:
    assert unexpected(body, "no list") == Fault("drifted", "the page only leads on to /new/index.html")


def test_a_host_that_lets_documents_time_out_has_failed_though_its_list_was_read() -> None:
    silent = [Fault("failed", "no answer in 60 seconds")] * 3
    assert judge(SOURCE, seen(pages=40, annex_faults=silent), TODAY).outcome == "failed"
    assert judge(SOURCE, seen(pages=40, annex_faults=silent[:2]), TODAY).outcome == "healthy"
