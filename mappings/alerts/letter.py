"""What one message is made of: its recipient, its story, and the lines that join changes to the recipient's datasets.

Values only; ``compose`` words them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mappings.alerts.evidence import Change, Story
from mappings.alerts.impact import Impact

UNCLAIMED = ""  # the dataset of a line that no link claims


@dataclass(frozen=True)
class Line:
    """One change × one dataset, by all the impacts that join them; unclaimed when there are none."""

    change: str
    dataset: str = UNCLAIMED
    dataset_name: str = ""
    impacts: tuple[Impact, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return fields_of(self.impacts)

    @property
    def data_types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(impact.data_type for impact in self.impacts))


@dataclass(frozen=True)
class Recipient:
    """``notice`` says why somebody else gets the owner's message: unowned or addressless."""

    id: str
    name: str
    address: str
    language: str = "both"
    notice: Literal["", "unowned", "addressless"] = ""


@dataclass(frozen=True)
class Message:
    """``html`` is None for a plain message."""

    subject: str
    body: str
    html: str | None


@dataclass(frozen=True)
class Letter:
    """Everything one message says. ``type_names``: data type id → its name by language. ``link`` is a page or ''."""

    id: str
    recipient: Recipient
    story: Story
    lines: tuple[Line, ...]
    type_names: Mapping[str, Mapping[str, str]]
    today: str
    supplement: bool = False
    link: str = ""

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes of this letter, gravest first."""
        mine = {line.change for line in self.lines}
        return tuple(change for change in self.story.changes if change.id in mine)

    @cached_property
    def datasets(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Dataset id → its name and fields over all lines; no fields for the whole dataset."""
        names, impacts = {}, dict[str, list[Impact]]()
        for line in self.lines:
            if line.dataset != UNCLAIMED:
                names[line.dataset] = line.dataset_name
                impacts.setdefault(line.dataset, []).extend(line.impacts)
        return {dataset: (name, fields_of(impacts[dataset])) for dataset, name in names.items()}

    @cached_property
    def claimed(self) -> dict[str, list[Line]]:
        """Change id → its lines that name a dataset."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            if line.dataset != UNCLAIMED:
                found.setdefault(line.change, []).append(line)
        return found


def fields_of(impacts: Iterable[Impact]) -> tuple[str, ...]:
    """The fields, each once; none when the dataset as a whole is linked."""
    names = dict.fromkeys(impact.field for impact in impacts)
    return () if "" in names else tuple(names)
