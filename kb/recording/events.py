"""One event for each new version or edit in place, with its graded changes and what each of them is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from kb.clock import days_between
from kb.comparing.chosen import compare_readings, load_side
from kb.identity import content_id
from kb.law.works import load_work
from kb.lineage.facts import day_of_effect
from kb.lineage.resolve import DRAFTS
from kb.lineage.titles import decides_on_many, is_decision, read_title
from kb.model import Comparison, DataItem, Edit, ItemChange, Origin, Provision, ProvisionChange, Stage
from kb.recording.about import articles_in, targets_in_force, targets_of_texts
from kb.recording.placement import Placement
from kb.recording.stages import stage_row
from kb.recording.texts import item_ids
from kb.recording.versions import Row, in_order
from kb.vocabulary import Target, targets_of_text, types_of_item

SILENT_GRADES = ("editorial", "renumbered")  # kept and shown, but about nobody's data


def origin_of(published: str | None, followed_before: bool, now: str, news_days: int) -> Origin:
    """Whether a version is news. History that a new source or a person brings is recorded without alerting."""
    recent = published is not None and len(published) == 10 and days_between(published, now) <= news_days
    if recent or followed_before or published is None:
        return Origin.PUBLICATION
    return Origin.BACKFILL


def record_events(db: Database, placement: Placement, *, origin: Origin, publication: str, now: str) -> int:
    """Compare a placed text with what came before it (and after it, if it came late); return the number of changes."""
    if placement.kind == "edit":
        assert placement.replaced
        return _record(db, "edit", placement.work, placement.version, placement.version,
                       (placement.replaced, placement.text), origin if origin is Origin.REREAD else Origin.EDIT,
                       publication, now)  # fmt: skip
    if placement.kind == "upgrade":
        return _refresh(db, placement.text)
    if placement.kind not in ("new_version", "new_text"):
        return 0
    line = _line(db, placement)
    place = [version["id"] for version in line].index(placement.version)
    changes = 0
    if place > 0:
        before = line[place - 1]
        db.table("version").update(placement.version, {"predecessor": before["id"]})
        changes += _record(db, "new_version", placement.work, before["id"], placement.version,
                           (before["text"], placement.text), origin, publication, now)  # fmt: skip
    if place + 1 < len(line):
        after = line[place + 1]
        db.table("version").update(after["id"], {"predecessor": placement.version})
        changes += _record(db, "new_version", placement.work, placement.version, after["id"],
                           (placement.text, after["text"]), Origin.BACKFILL, publication, now)  # fmt: skip
    return changes


def _line(db: Database, placement: Placement) -> list[Row]:
    """The versions that a placed one is compared among, in order. A decision says what changes and is no whole text:
    it is compared with its own drafts alone, never with an earlier decision."""
    versions = in_order(list(db.query("select * from version where work = ? and text is not null", [placement.work])))
    title = next(version["title"] for version in versions if version["id"] == placement.version)
    if not _decides(title):
        return [version for version in versions if not _decides(version["title"])]
    matters: list[list[Row]] = [[]]
    for version in versions:
        if _decides(version["title"]) and read_title(version["title"]).action == read_title(title).action:
            matters[-1].append(version)
            if Stage(version["stage"]) not in DRAFTS:
                matters.append([])
    return next(matter for matter in matters if any(version["id"] == placement.version for version in matter))


def _decides(title: str) -> bool:
    return is_decision(title) or decides_on_many(title)


def _record(
    db: Database,
    kind: str,
    work: str,
    old: str,
    new: str,
    texts: tuple[str, str],
    origin: Origin,
    publication: str,
    now: str,
) -> int:
    comparison = _compare(db, *texts)
    rows = _rows(db, kind, old, new, texts, comparison)
    if not rows:
        return 0
    event = content_id("event", kind, old, new, *texts)
    title = next(db.query("select title from version where id = ?", [new]))["title"]
    summary = json.dumps(
        {**comparison.summary, "note": comparison.note} if comparison.note else comparison.summary, ensure_ascii=False
    )
    row = {"id": event, "kind": kind, "work": work, "old_version": old, "new_version": new, "old_text": texts[0],
           "new_text": texts[1], "publication": publication, "origin": str(origin), "title": title, "summary": summary,
           "occurred_at": now}  # fmt: skip
    db.table("event").insert(row, ignore=True)
    _insert_changes(db, event, rows)
    return len(rows)


def add_event(
    db: Database,
    event: dict[str, Any],
    about: Sequence[str],
    changes: Sequence[tuple[dict[str, Any], tuple[Target, ...]]],
) -> int:
    """Keep an event that compares no two texts, with the works that it is about; once. The number of its changes."""
    if not changes or list(db.query("select 1 from event where id = ?", [event["id"]])):
        return 0
    works = [{"id": work, "title": work_title(db, work)} for work in about]
    db.table("event").insert({**event, "summary": json.dumps({"about": works}, ensure_ascii=False)})
    _insert_changes(db, event["id"], changes)
    return len(changes)


def work_title(db: Database, work: str) -> str:
    """The title of a work as recorded, or else as declared; '' for one that nobody knows."""
    found = next(db.query("select title from work where id = ?", [work]), None)
    declared = load_work(work)
    return str(found["title"]) if found else declared.title_zh if declared else ""


def _refresh(db: Database, text: str) -> int:
    """A better witness of a text was read: its events are compared again. Nobody is told of what a reader found."""
    count = 0
    for event in list(db.query("select * from event where old_text = ? or new_text = ?", [text, text])):
        db.execute("delete from change_target where change in (select id from change where event = ?)", [event["id"]])
        db.execute("delete from change where event = ?", [event["id"]])
        comparison = _compare(db, event["old_text"], event["new_text"])
        texts = event["old_text"], event["new_text"]
        rows = _rows(db, event["kind"], event["old_version"], event["new_version"], texts, comparison)
        db.table("event").update(event["id"], {"summary": json.dumps(comparison.summary, ensure_ascii=False)})
        _insert_changes(db, event["id"], rows)
        count += len(rows)
    return count


def _compare(db: Database, old: str, new: str) -> Comparison:
    return compare_readings(load_side(db, old), load_side(db, new))


def _rows(
    db: Database, kind: str, old: str, new: str, texts: tuple[str, str], comparison: Comparison
) -> list[tuple[dict[str, Any], tuple[Target, ...]]]:
    """The changes of an event with what each is about; of a version in the words of the last one, its new stage.

    When a text takes effect that stood with another day concerns all that it is about, as where a notice moves it.
    """
    moves = kind == "edit" and any(_moves_effect(change) for change in comparison.provisions)
    units = (_words(change.new) for change in comparison.provisions if change.new)
    whole = targets_of_texts(units) if moves else ()
    rows = list(_change_rows(comparison, *texts, whole))
    version = next(db.query("select work, title from version where id = ?", [new]))
    if is_decision(version["title"]):
        rows = [(row, about or _decided_on(db, version["work"], row)) for row, about in rows]
    return rows if rows or kind == "edit" else [(stage_row(db, old, new, texts[1]), ())]


def _decided_on(db: Database, work: str, change: dict[str, Any]) -> tuple[Target, ...]:
    """A point of a decision that names no data is about the articles that it names (将第三条中的…修改为…)."""
    articles = articles_in(change["quote"])
    return targets_in_force(db, work, articles) if articles and change["grade"] not in SILENT_GRADES else ()


def _change_rows(
    comparison: Comparison, old_text: str, new_text: str, whole: tuple[Target, ...]
) -> Iterable[tuple[dict[str, Any], tuple[Target, ...]]]:
    old_ids = _ids(old_text, [change.old for change in comparison.items])
    new_ids = _ids(new_text, [change.new for change in comparison.items])
    for item_change in comparison.items:
        if item_change.kind != "unchanged":
            yield _item_row(item_change, old_ids, new_ids), _item_targets(item_change)
    for change in comparison.provisions:
        if change.kind != "unchanged":
            about = whole if whole and _moves_effect(change) else ()
            yield _provision_row(change, old_text, new_text), about or _provision_targets(change)


def _ids(text: str, items: Sequence[DataItem | None]) -> dict[int, str]:
    """Row ids of data items by their ordinal."""
    present = sorted((item for item in items if item), key=lambda item: item.ordinal)
    return {item.ordinal: key for key, item in item_ids(text, present).items()}


def _item_row(change: ItemChange, old_ids: dict[int, str], new_ids: dict[int, str]) -> dict[str, Any]:
    edits = [{"field": name, **_edit(edit)} for name, field_edits in change.fields for edit in field_edits]
    side = change.new or change.old
    assert side
    return {
        "subject": "data_item", "kind": change.kind, "grade": change.grade or "substantive",
        "old": change.old and old_ids[change.old.ordinal], "new": change.new and new_ids[change.new.ordinal],
        "old_label": change.old and change.old.name, "new_label": change.new and change.new.name,
        "edits": edits, "similarity": change.similarity, "quote": side.rule,
    }  # fmt: skip


def _provision_row(change: ProvisionChange, old_text: str, new_text: str) -> dict[str, Any]:
    side = change.new or change.old
    assert side
    return {
        "subject": "provision", "kind": change.kind, "grade": change.grade or "substantive",
        "old": change.old and f"{old_text}#{change.old.eid}", "new": change.new and f"{new_text}#{change.new.eid}",
        "old_label": change.old and change.old.number, "new_label": change.new and change.new.number,
        "edits": [_edit(edit) for edit in change.edits], "similarity": change.similarity, "quote": side.text,
    }  # fmt: skip


def _edit(edit: Edit) -> dict[str, str]:
    return {"from": edit.old, "to": edit.new}


def _item_targets(change: ItemChange) -> tuple[Target, ...]:
    if change.grade in SILENT_GRADES:
        return ()
    return tuple({t.id: t for item in (change.old, change.new) if item for t in types_of_item(item)}.values())


def _provision_targets(change: ProvisionChange) -> tuple[Target, ...]:
    if change.grade in SILENT_GRADES:
        return ()
    return targets_of_text(" ".join(_words(side) for side in (change.old, change.new) if side))


def _moves_effect(change: ProvisionChange) -> bool:
    if change.kind == "unchanged" or change.grade in SILENT_GRADES:
        return False
    days = [day_of_effect(side.text) for side in (change.old, change.new) if side]
    return len(days) == 2 and all(days) and days[0] != days[1]


def _words(provision: Provision) -> str:
    return f"{provision.heading} {provision.text}"


def _insert_changes(db: Database, event: str, rows: Sequence[tuple[dict[str, Any], tuple[Target, ...]]]) -> None:
    for ordinal, (row, targets) in enumerate(rows):
        words = [row["quote"]] if row["subject"] == "passage" else []  # many passages stand in one document
        change = content_id("change", event, row["subject"], row["kind"], row["old"], row["new"], row["edits"], *words)
        edits = json.dumps(row["edits"], ensure_ascii=False)
        db.table("change").insert(
            {"id": change, "event": event, "ordinal": ordinal, **row, "edits": edits}, ignore=True
        )
        db.table("change_target").insert_all(
            [{"change": change, "target": t.id, "kind": t.kind, "relation": t.relation} for t in targets],
            pk=("change", "target"), ignore=True,
        )  # fmt: skip
