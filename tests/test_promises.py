"""The tables of threats and faults name tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", ["threats.md", "faults.md"])
def test_every_test_that_a_table_names_is_there(page: str) -> None:
    named = re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", (ROOT / "docs" / page).read_text("utf-8"))
    assert len(named) > 5
    for file, name in named:
        assert not name or re.search(rf"def {name}\(", (ROOT / "tests" / file).read_text("utf-8")), f"{file}::{name}"
        assert (ROOT / "tests" / file).is_file(), file
