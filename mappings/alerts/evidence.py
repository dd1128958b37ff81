"""What kb.db says of one event, as a message needs it: its versions, its changes before and after, where each stands.

Reads only kb.db. Who is touched is decided by ``impact``, how it is worded by ``compose``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlite_utils import Database

from kb.rows import Row, missing, rows
from mappings.alerts.impact import Target
from mappings.alerts.wording import Pair, figures, one_line, passages

ALERTING = ("publication", "edit")  # the only origins of an event that owners are told of
GRADES = ("threshold", "deadline", "substantive", "editorial", "renumbered")  # the gravest first
COMPARED = {"data_item": ("name", "category", "description", "rule"), "provision": ("heading", "body"), "passage": ()}
# The stage by which an event is released: '' where a person decides, whatever the settings say. That is so of what has
# no version, and of a rule that is published for the first time, every word of which is new.
RELEASED_AS = (
    "case when event.kind = 'new_version' and event.old_version is null then '' "
    "else coalesce(version.stage, '') end as released_as"
)
TABLES = {"passage": "document"}  # a passage of an interpretation is found in a document; other subjects are tables
QUOTED = {"passage": 400}  # characters: an answer says nothing in its first line alone


@dataclass(frozen=True, eq=False)
class Change:
    """One change with the wording on both sides; equal only to itself, so that words for it can be kept by it.

    ``reviewed`` is false while only a program has read it.
    """

    id: str
    subject: str  # data_item | provision | passage
    kind: str  # added | removed | renamed | modified | moved | overrides | amends | repeals
    grade: str
    old_place: str  # as printed: 第四条（一）, or the number of a data item
    new_place: str
    label: str  # the name of a data item; '' for a provision
    scenario: str  # the part of the list that a data item stands in, for its numbers start anew in each
    passages: tuple[Pair, ...]
    figures: tuple[Pair, ...]
    quote: str
    page: int | None
    url: str
    digest: str
    reviewed: bool

    @property
    def place(self) -> str:
        return self.new_place or self.old_place


@dataclass(frozen=True)
class Edition:
    """One version as a message names it; dates are legal dates, whole or partial, or None."""

    id: str
    title: str
    stage: str
    doc_number: str
    published: str | None
    effective: str | None
    comments_close: str | None


@dataclass(frozen=True)
class Story:
    """One event: a new version (``old`` is None for the first one), an edit in place, an interpretation or an override.

    Changes stand gravest first; ``about`` are the titles of the works whose reading or force changes though their own
    text does not.
    """

    id: str
    kind: str  # new_version | edit | interpretation | override | amendment | repeal | extension | withdrawal | effect
    occurred_at: str
    old: Edition | None
    new: Edition
    url: str
    digest: str
    note: str
    changes: tuple[Change, ...]
    about: tuple[str, ...] = ()

    @cached_property
    def places(self) -> dict[str, str]:
        """Change id → where it stands and what it is about, for the ledger."""
        return {change.id: f"{change.place} {change.label}".strip() for change in self.changes}


def alerting_events(kb: Database) -> list[str]:
    """Ids of the events that owners are told of, oldest first."""
    marks = ",".join("?" * len(ALERTING))
    sql = f"select id from event where origin in ({marks}) order by occurred_at, id"
    return [row["id"] for row in rows(kb, sql, ALERTING)]


def load_head(kb: Database, event: str) -> tuple[str, str]:
    """Title of an event and the stage by which it is released."""
    sql = (
        f"select event.title, {RELEASED_AS} from event left join version on version.id = new_version where event.id = ?"
    )
    row = rows(kb, sql, [event])[0]
    return row["title"], row["released_as"]


def load_targets(kb: Database, event: str) -> tuple[list[str], list[Target]]:
    """The changes of an event in their order, and what each of them is about."""
    changes = rows(kb, "select id from change where event = ? and kind <> 'unchanged' order by ordinal, id", [event])
    targets = rows(
        kb,
        "select change, target, change_target.kind as kind from change_target join change on change.id = change "
        "where event = ? order by ordinal, change.id, target",
        [event],
    )
    return [row["id"] for row in changes], [Target(row["change"], row["target"], row["kind"]) for row in targets]


def load_story(kb: Database, event: str) -> Story:
    """Everything a message about this event may quote."""
    if not (found := rows(kb, _EVENT, [event])):
        raise missing("event", event)
    row = found[0]
    changes = list(_changes(kb, event))
    changes.sort(key=lambda change: GRADES.index(change.grade))
    source = next((change for change in changes if change.url), None)
    summary = json.loads(row["summary"]) if row["summary"] else {}
    return Story(
        id=event,
        kind=row["kind"],
        occurred_at=row["occurred_at"],
        old=_edition(kb, row["old_version"]) if row["old_version"] != row["new_version"] else None,
        new=_edition(kb, row["new_version"])
        or Edition("", row["title"], "", row["doc_number"] or "", row["published"] or row["signed"], None, None),
        url=row["url"] or (source.url if source else ""),
        digest=source.digest if source else "",
        note=str(summary.get("note", "")),
        changes=tuple(changes),
        about=tuple(work["title"] or work["id"] for work in summary.get("about", ())),
    )


def data_type_names(kb: Database) -> dict[str, dict[str, str]]:
    """Data type id → its name in ``zh`` and ``en``."""
    return {row["id"]: {"zh": row["name_zh"], "en": row["name_en"]} for row in rows(kb, "select * from data_type")}


_EVENT = """
select event.*, publication.url, publication.doc_number, publication.published, publication.signed
from event left join publication on publication.id = publication where event.id = ?
"""
_SIDE = """
select fact.*, document.url, capture.digest from change
join {table} as fact on fact.id in (change.old, change.new)
left join document on document.id = fact.{document} left join capture on capture.id = fact.capture
where change.event = ? and change.subject = '{subject}'
"""
_CHAIN = """
select text, eid, number, kind, parent from provision
where text in (select old_text from event where id = ?1 union select new_text from event where id = ?1)
"""


def _side(subject: str) -> str:
    """The rows that changes of a subject point to, with the document and the bytes that they were read from."""
    table = TABLES.get(subject, subject)
    return _SIDE.format(subject=subject, table=table, document="id" if table == "document" else "document")


def _edition(kb: Database, version: str | None) -> Edition | None:
    for row in rows(kb, "select * from version where id = ?", [version]):
        dates = (row["published"] or row["signed"], row["effective"], row["comments_close"])
        return Edition(row["id"], row["title"], row["stage"], row["doc_number"] or "", *dates)
    return None


def _changes(kb: Database, event: str) -> Iterator[Change]:
    facts = {row["id"]: row for subject in COMPARED for row in rows(kb, _side(subject), [event])}
    units = {f"{row['text']}#{row['eid']}": row for row in rows(kb, _CHAIN, [event])}
    for row in rows(kb, "select * from change where event = ? and kind <> 'unchanged' order by ordinal, id", [event]):
        old, new = facts.get(row["old"]), facts.get(row["new"])
        before, after = _words(row["subject"], old), _words(row["subject"], new)
        side = new or old or {}
        quote = one_line(row["quote"] or " ".join(after or before), QUOTED.get(row["subject"], 120))
        item = row["subject"] == "data_item"
        if old and new:
            pairs = [pair for a, b in zip(before, after, strict=True) for pair in passages(a, b)]
            numbers = [pair for a, b in zip(before, after, strict=True) for pair in figures(a, b)]
        else:  # added, removed, or a side that is gone: what the comparison itself kept
            edits = json.loads(row["edits"]) if row["edits"] else []
            pairs = [(one_line(edit["from"]), one_line(edit["to"])) for edit in edits]
            numbers = []
        yield Change(
            id=row["id"], subject=row["subject"], kind=row["kind"],
            grade=row["grade"] if row["grade"] in GRADES else "substantive",
            old_place=_place(row["old_label"], old, units, item), new_place=_place(row["new_label"], new, units, item),
            label=one_line(_label(row), 60) if item else "", scenario=side.get("scenario") or "" if item else "",
            passages=tuple(pairs), figures=tuple(numbers), quote=quote,
            page=side.get("page"), url=side.get("url") or "", digest=side.get("digest") or "",
            reviewed=side.get("status") == "reviewed",
        )  # fmt: skip


def _label(row: Row) -> str:
    old, new = row["old_label"] or "", row["new_label"] or ""
    return f"{old} → {new}" if old and new and old != new else new or old


def _words(subject: str, fact: Row | None) -> list[str]:
    return [fact[column] or "" for column in COMPARED[subject]] if fact else []


def _place(label: str | None, fact: Row | None, units: dict[str, Row], item: bool) -> str:
    """The number as printed; below an article with the numbers above it (第四条（一））."""
    if item:
        return one_line(str(fact["number"] or ""), 20) if fact else ""
    place = one_line(label, 40)
    while fact and fact.get("kind") in ("paragraph", "item") and fact["parent"]:
        fact = units.get(f"{fact['text']}#{str(fact['parent']).rpartition('#')[2]}")
        if fact and fact["kind"] in ("article", "paragraph", "item"):
            place = one_line(fact["number"], 40) + place
    return place
