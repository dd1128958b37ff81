"""Datasette's own CSV of the open tables and of SQL: no cell of it is taken for a formula, as in our exports."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import datasette.views.base

from kb.cells import harmless


class Harmless:
    """``csv.writer`` for cells that others wrote."""

    def __init__(self, out: Any) -> None:
        self.writer = csv.writer(out)

    def writerow(self, row: Iterable[object]) -> Any:
        return self.writer.writerow([harmless(cell) for cell in row])


datasette.views.base.csv = SimpleNamespace(writer=Harmless)
