"""What one message is made of: its recipient, its story, and the lines that join changes to the recipient's datasets.

Values only; ``compose`` words them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from mappings.alerts.evidence import Change, Story
from mappings.alerts.exposed import Exposed
from mappings.alerts.impact import Impact
from mappings.alerts.triage import ADOPTED, Verdict

GRAVE = ("threshold", "deadline", "substantive")
UNCLAIMED = ""  # the dataset of a line that no link claims


@dataclass(frozen=True)
class Line:
    """One change × one dataset, by all the impacts that join them; unclaimed when there are none."""

    change: str
    dataset: str = UNCLAIMED
    dataset_name: str = ""
    impacts: tuple[Impact, ...] = ()
    system: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return fields_of(self.impacts)

    @property
    def data_types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(impact.data_type for impact in self.impacts))


@dataclass(frozen=True)
class Recipient:
    """``notice`` says why somebody else gets the owner's message. Who is ``abroad`` gets a link, not the words."""

    id: str
    name: str
    address: str
    language: str = "both"
    notice: Literal["", "unowned", "addressless", "reassigned"] = ""
    abroad: bool = False


@dataclass(frozen=True)
class Message:
    """``html`` is None for a plain message."""

    subject: str
    body: str
    html: str | None


@dataclass(frozen=True)
class Held:
    """An event that waits for triage: how many datasets and owners it would reach, and suggested links it would use."""

    datasets: int
    owners: int
    suggested: int


@dataclass(frozen=True)
class Letter:
    """Everything one message says. ``type_names``: data type id → its name by language. Links are pages, or ''."""

    id: str
    recipient: Recipient
    story: Story
    lines: tuple[Line, ...]
    type_names: Mapping[str, Mapping[str, str]]
    today: str
    supplement: bool = False
    link: str = ""
    site: str = ""  # where pages are, without a slash at the end; '' where no site is configured
    answer: str = ""  # the signed link
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    held: Held | None = None
    passed_on_by: str = ""
    exposed: Mapping[str, Sequence[Exposed]] = field(default_factory=dict)  # dataset id → its transfers

    @property
    def nature(self) -> Literal["action", "information", "notice"]:
        """Whether the recipient must act: an analyst asked for something, or else an adopted text changed in substance.

        The team's own messages are notices: what it does is triage.
        """
        if self.held:
            return "notice"
        verdicts = [verdict for change in self.changes if (verdict := self.verdicts.get(change.id))]
        if verdicts:
            return "action" if any(verdict.instruction or verdict.due for verdict in verdicts) else "information"
        grave = any(change.grade in GRAVE for change in self.changes)
        return "action" if grave and self.story.new.stage in ADOPTED else "information"

    @property
    def due(self) -> str:
        """The first day by which an analyst asks for something; '' for none."""
        days = [verdict.due for change in self.changes if (verdict := self.verdicts.get(change.id)) and verdict.due]
        return min(days, default="")

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes of this letter, gravest first."""
        mine = {line.change for line in self.lines}
        return tuple(change for change in self.story.changes if change.id in mine)

    @cached_property
    def datasets(self) -> dict[str, tuple[str, tuple[str, ...], str]]:
        """Dataset id → its name, its fields over all lines (none for the whole dataset) and its system."""
        names, impacts = dict[str, tuple[str, str]](), dict[str, list[Impact]]()
        for line in self.lines:
            if line.dataset != UNCLAIMED:
                names[line.dataset] = (line.dataset_name, line.system)
                impacts.setdefault(line.dataset, []).extend(line.impacts)
        return {dataset: (name, fields_of(impacts[dataset]), system) for dataset, (name, system) in names.items()}

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
