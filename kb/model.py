"""The values of the knowledge base: frozen dataclasses, no behaviour beyond small derivations.

Legal dates are plain strings, whole or partial (``2024-05-01``, ``2024-05``); observed times are UTC
(``2026-02-03T00:00:00Z``). The two are never mixed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """Reading status of one document in the ledger."""

    EXPECTED = "expected"  # linked by its publication, not fetched yet
    CAPTURED = "captured"  # fetched, not read yet
    READ = "read"
    PARTLY = "partly"  # read, but something in it was lost; the detail says what
    SCANNED = "scanned"  # pages are pictures: no text layer
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"  # truncated, encrypted or not what it claims to be
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    MISSING = "missing"  # linked by its publication, could not be fetched


class Stage(StrEnum):
    """In the order of a work's life. Superseded, expired and in force are no stages: kb.law.standing tells them."""

    PLAN = "plan"  # 立项, 计划: announced, no text yet
    DRAFT = "draft"
    SECOND_DRAFT = "second_draft"
    APPROVAL_DRAFT = "approval_draft"  # 报批稿: handed in for approval, after the consultation
    FINAL = "final"
    AMENDED = "amended"
    REPEALED = "repealed"


class Origin(StrEnum):
    """Where a change comes from; only the first two can alert."""

    PUBLICATION = "publication"
    EDIT = "edit"
    BACKFILL = "backfill"
    REREAD = "reread"


Grade = Literal["threshold", "deadline", "substantive", "editorial", "renumbered"]
ProvisionKind = Literal["part", "chapter", "section", "article", "paragraph", "item", "annex", "note"]
Logic = Literal["any", "all"]
Comparator = Literal[">=", ">", "<=", "<", "="]
Relation = Literal["exact", "broader", "by_condition", "related"]


@dataclass(frozen=True)
class Block:
    """A paragraph or heading in reading order. ``start``/``end`` are offsets into ``Document.body``."""

    text: str
    start: int
    end: int
    page: int | None = None
    heading: int | None = None  # 1 is the outermost level; None is running text


@dataclass(frozen=True)
class Table:
    """A ruled table with merged cells resolved: every grid place holds the text of the cell that covers it.

    ``rows`` excludes header rows; a table broken over pages is one table. ``start``/``end`` are offsets into
    ``Document.body``, ``after`` the number of blocks that precede it, ``pages`` the page of each row.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    start: int
    end: int
    after: int
    pages: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Document:
    """One file as read: its text, its tables and what was lost on the way.

    ``body`` is the running text, one line for each block or table row, joined by newlines.
    ``losses`` are sentences for the ledger ("table layout lost: 49 rows announced, 0 read").
    """

    format: str
    status: Status
    detail: str = ""
    title: str = ""
    body: str = ""
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    meta: dict[str, str] = field(default_factory=dict)
    losses: tuple[str, ...] = ()
    layout: bool = True  # False: table structure was lost before the file reached us
    reader: str = ""
    reader_version: str = ""

    @property
    def readable(self) -> bool:
        return self.status in (Status.READ, Status.PARTLY)


@dataclass(frozen=True)
class Provision:
    """A numbered unit. ``eid`` follows Akoma Ntoso (``chp_2__art_12__para_1__item_3``); unique in its text."""

    eid: str
    kind: ProvisionKind
    number: str  # as printed: 第四条, （一）, 1.
    heading: str
    text: str  # its own words, without those of its children
    parent: str | None
    ordinal: int
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True)
class Condition:
    """A leaf (measure … value) or a tree (``logic`` over ``of``). What is not numeric has ``measure`` alone.

    ``value`` is in ``unit`` as a plain number (10万台 is 100000 vehicles). ``quote`` are the words of the rule.
    """

    quote: str
    logic: Logic | None = None
    of: tuple[Condition, ...] = ()
    measure: str | None = None
    comparator: Comparator | None = None
    value: float | None = None
    unit: str | None = None
    window: str | None = None
    role: Literal["trigger", "exemption", "scope"] = "trigger"
    qualifier: str | None = None


@dataclass(frozen=True)
class DataItem:
    """A kind of data as one version lists and defines it."""

    ordinal: int
    number: str
    scenario: str
    subscenario: str
    category: str
    name: str
    description: str
    rule: str
    conditions: Condition | None
    provision: str | None  # eid of the outline unit that holds the table
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True)
class Edit:
    """One replaced run of characters; an insertion has an empty ``old``, a deletion an empty ``new``.

    ``old_number`` and ``new_number`` are the one number that each side holds, in units of one; ``…_unit`` what it
    counts (a unit of measures.yml, ``date`` or ``citation``). None where a side holds no number or several.
    """

    old: str
    new: str
    old_number: float | None = None
    new_number: float | None = None
    old_unit: str | None = None
    new_unit: str | None = None


Span = tuple[int, int]


@dataclass(frozen=True)
class Run:
    """A stretch of two texts: the same words (``equal``), or old words in place of which stand new ones."""

    old: Span
    new: Span
    equal: bool


@dataclass(frozen=True)
class ProvisionChange:
    """``runs`` cover the ``text`` of both sides; none where there is one side. A provision that was ``split`` has a
    change for each part, with the same ``old``; one that was ``merged`` from several the same ``new``: their runs
    cover the whole part and so much of the other side as belongs to it."""

    kind: Literal["added", "removed", "modified", "moved", "split", "merged", "unchanged"]
    old: Provision | None
    new: Provision | None
    grade: Grade | None
    edits: tuple[Edit, ...] = ()
    similarity: float = 0.0
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class ItemChange:
    kind: Literal["added", "removed", "renamed", "modified", "split", "merged", "unchanged"]
    old: DataItem | None
    new: DataItem | None
    grade: Grade | None
    fields: tuple[tuple[str, tuple[Edit, ...]], ...] = ()  # ("rule", edits), ("description", edits) …
    similarity: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """The difference of two texts: provisions in the order of the new text, removed ones where they stood."""

    provisions: tuple[ProvisionChange, ...]
    items: tuple[ItemChange, ...]
    summary: dict[str, int]
    note: str = ""  # said when a side could not be compared, e.g. its tables were lost


@dataclass(frozen=True)
class Candidate:
    """A work that a title may belong to."""

    work: str
    confidence: float
    why: str


@dataclass(frozen=True)
class Resolution:
    """Which work and stage a title belongs to. ``work`` is None when it is new or unsure."""

    work: str | None
    title_key: str
    stage: Stage
    edition: str | None
    relation: Literal["new_work", "next_version", "same_version", "override", "unknown"]
    confidence: float
    why: str
    candidates: tuple[Candidate, ...] = ()  # the nearest known works, where a person has to decide
