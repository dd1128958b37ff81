"""crawlers/tiers.py: which known pages a crawl visits again, and how late an edit in place is seen at worst."""

from __future__ import annotations

from datetime import date, timedelta

from crawlers.tiers import Floor, Known, choose_due, delays, load_tiers

DAILY, MONTHLY = frozenset({"open_consultation", "recorded"}), frozenset({"recorded"})


def day(number: int) -> str:
    return (date(2026, 3, 1) + timedelta(days=number)).isoformat() + "T01:00:00Z"


def simulate(daily: int, monthly: int, days: int) -> tuple[list[int], dict[str, list[int]]]:
    """Visits of each day, and the days on which each page was visited; all were captured on day 0."""
    visited = {f"d{n}": 0 for n in range(daily)} | {f"m{n:05d}": 0 for n in range(monthly)}
    seen: dict[str, list[int]] = {id: [0] for id in visited}
    counts = []
    for today in range(1, days + 1):
        known = [Known(id, "", DAILY if id[0] == "d" else MONTHLY, day(at)) for id, at in visited.items()]
        due = choose_due(known, day(today), day(today - 1), Floor(load_tiers().floor))
        assert due == choose_due(known, day(today), day(today - 1), Floor(load_tiers().floor))
        for id in due:
            visited[id] = today
            seen[id].append(today)
        counts.append(len(due))
    return counts, seen


def test_five_thousand_known_pages_cost_a_tenth_of_a_request_each_and_none_waits_a_month() -> None:
    counts, seen = simulate(daily=300, monthly=4700, days=62)
    assert max(counts) + 10 <= 0.1 * 5000
    assert all(seen[id] == list(range(63)) for id in seen if id[0] == "d")
    gaps = [later - earlier for days in seen.values() for earlier, later in zip(days, [*days[1:], 62], strict=True)]
    assert max(gaps) <= 30


def test_a_small_collection_is_visited_whole_every_day() -> None:
    counts, _ = simulate(daily=3, monthly=25, days=3)
    assert counts == [28, 28, 28]


def test_what_never_came_is_due_and_a_pause_is_caught_up() -> None:
    known = [Known(f"{n:03d}", "", MONTHLY, day(0)) for n in range(290)]
    assert "new" in choose_due([*known, Known("new", "", MONTHLY, None)], day(1), day(0), Floor(0))
    assert len(choose_due(known, day(1), day(0), Floor(0))) == 10
    assert len(choose_due(known, day(7), day(0), Floor(0))) == 70
    assert len(choose_due(known, day(29), day(28), Floor(0))) == 290


def test_a_second_run_of_a_day_visits_the_daily_tier_only() -> None:
    known = [Known(f"{n:03d}", "", MONTHLY, day(1) if n < 10 else day(0)) for n in range(290)]
    later = day(1).replace("T01", "T13")
    assert choose_due([*known, Known("open", "", DAILY, day(1))], later, day(1), Floor(0)) == {"open"}


def test_the_worst_delay_of_each_tier_is_stated() -> None:
    known = [Known("a", "", DAILY, day(0)), Known("b", "", MONTHLY, day(0)), Known("c", "", MONTHLY, day(9))]
    assert [(d.tier, d.pages, d.days, d.waited) for d in delays(known, day(10))] == [
        ("daily", 1, 1, 10),
        ("recorded", 2, 30, 10),
    ]
