"""Confidence is what a score has meant: the declared points are the outcomes, and rise."""

from pathlib import Path

import pytest

from kb.errors import DeclarationError
from mappings.catalog.calibration import Calibration, fit_calibration, load_calibration
from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.match import suggest_types
from tests.benchmarks.catalogs import first_sight
from tests.benchmarks.match_quality import NEWEST, SETS


def test_the_declared_points_are_what_the_outcomes_at_first_sight_give() -> None:
    outcomes = [(score, right) for _, score, right in first_sight()]
    assert len(outcomes) > 250
    assert load_calibration() == fit_calibration(outcomes)


def test_a_step_that_did_worse_than_the_one_below_is_pooled_with_it() -> None:
    worse = [(0.6, True)] * 30 + [(0.7, n > 15) for n in range(30)] + [(0.9, True)] * 30
    fitted = fit_calibration(worse)
    assert [score for score, _ in fitted.points] == [0.65, 0.9]
    assert fitted.points[0][1] == pytest.approx(45 / 62, abs=0.001)


def test_nothing_is_ever_certain() -> None:
    assert fit_calibration([(0.9, True)] * 40).points[0][1] < 1
    assert fit_calibration([(0.9, False)] * 40).points[0][1] > 0


def test_too_few_at_the_end_are_counted_with_the_step_below() -> None:
    assert len(fit_calibration([(0.6, True)] * 30 + [(0.9, False)] * 3).points) == 1


def test_between_points_is_a_line_and_beyond_them_the_nearest() -> None:
    known = Calibration(points=((0.6, 0.5), (0.8, 0.9)))
    assert [known.confidence(score) for score in (0.1, 0.6, 0.7, 0.8, 0.99)] == [0.5, 0.5, 0.7, 0.9, 0.9]


def test_without_outcomes_nothing_is_fitted() -> None:
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_calibration([])


def test_points_that_fall_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "calibration.yml"
    path.write_text("points:\n  - [0.6, 0.9]\n  - [0.8, 0.5]\n", "utf-8")
    with pytest.raises(DeclarationError, match="does not rise"):
        load_calibration(path)


def test_a_suggestion_says_the_calibrated_confidence() -> None:
    (found,) = suggest_types(Dataset("t.cars", "t.cars", fields=(Field("vin"),)))
    assert found.confidence == round(load_calibration().points[-1][1], 2)


def test_no_confidence_rests_on_the_newest_set_which_stays_blind() -> None:
    newest = {row.dataset for row in SETS[NEWEST]()}
    assert newest.isdisjoint(dataset for dataset, _, _ in first_sight())


def test_every_labelled_row_of_the_newest_set_is_a_field_of_its_own_in_a_dataset_that_is_there() -> None:
    rows = SETS[NEWEST]()
    places = {(row.dataset, row.column) for row in rows}
    assert len(places) == len(rows) > 400
    assert all(row.column in {field.name for field in row.within.fields} for row in rows)
    assert len({row.source for row in rows}) >= 14
