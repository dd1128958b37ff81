"""One replayed month, labelled beforehand; the eighteen months are `tests/benchmarks/replay.py`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from replay_world.incidents import make_plot
from replay_world.own import OWN, add_own
from replay_world.run import play
from replay_world.score import Score, score
from replay_world.tally import total

from kb.errors import DeclarationError


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Score:
    return score(play(make_plot(4, 1, 18), tmp_path_factory.mktemp("replay"), step=30))


def test_every_change_of_a_month_is_found_and_nothing_else(month: Score) -> None:
    assert total(month.changes).found >= 5, month.counts
    assert (total(month.changes).missed, total(month.changes).false) == (0, 0), month.faults
    assert total(month.events).missed == 0, month.faults


def test_every_owner_is_told_once_and_nobody_else(month: Score) -> None:
    assert total(month.alerts).found >= 5, month.counts
    assert (month.lost, month.doubled, month.early, total(month.alerts).false) == (0, 0, 0, 0), month.faults


def test_a_host_under_a_spell_is_said_to_be(month: Score) -> None:
    assert month.states.found >= 3
    assert month.states.missed == 0, month.faults


def test_a_plot_of_eighteen_months_has_events_of_every_kind_and_another_seed_has_others() -> None:
    one, other = make_plot(1, 18), make_plot(2, 18)
    kinds = Counter(event.kind for event in one.events)
    assert len(one.events) >= 300
    assert kinds.keys() >= {
        "draft", "second draft", "final", "edit: threshold", "edit: deadline", "edit: editorial", "retitled", "stamp",
        "moved to another column", "two columns", "copy elsewhere", "gone", "annex set anew", "interpretation",
        "host: 403", "host: challenge", "hostile: bomb", "comments extended", "repealed", "final of two agencies",
        "annex added later", "edit made again", "backdated", "published at 23:59", "interpretation before its rule",
        "adopted unchanged", "draft withdrawn", "back with an edit", "owner left", "clock wrong", "host: 429",
        "comments extended by notice", "notice of withdrawal", "day of effect moved",
    }  # fmt: skip
    assert [event.day for event in one.events] != [event.day for event in other.events]


def test_events_of_ones_own_are_laid_over_a_plot_and_one_that_does_not_fit_is_named(tmp_path: Path) -> None:
    plot = make_plot(1, 1)
    add_own(plot, OWN)
    laid = Counter(event.kind for event in plot.events if event.kind.startswith("own:"))
    assert laid == {"own: version": 6, "own: edit": 2, "own: deadline": 2, "own: amendment": 3, "own: repeal": 1}
    assert [Path(name).suffix for name in plot.files] == [".pdf", ".docx"]
    assert plot.files["carwash-1.docx"].says("六十日")
    mine = tmp_path / "mine.yml"
    for own, why in (
        ("{day: 2025-01-09, id: x, column: mars, title: 甲}", "event 1: no column mars"),
        ("{day: 2031-01-09, id: x, column: cac-releases, title: 甲}", "event 1: 2031-01-09 is not within"),
        ("{day: 2025-01-09, id: x, colour: red}", "colour"),
    ):
        mine.write_text(f"events: [{own}]", "utf-8")
        with pytest.raises(DeclarationError, match=why):
            add_own(make_plot(1, 1), mine)
