"""Which rules speak on a day: packs that ship, and the data items that kb.db has read of a version."""

import json
import re
from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import NotFound
from kb.items.conditions import condition_json, read_rule
from kb.packs import DECLARED, Pack, load_packs
from mappings.exposure.assess import Exposure, Links, assess
from mappings.exposure.declared import parse_declared
from mappings.exposure.law import load_law

FINAL = "auto-data-export-guide@final-2026"
RULE = "涉及在境内运行的20万台以上车辆收集的"


def kb_with(tmp_path: Path, version: str, rule: str = RULE, status: str = "extracted") -> Database:
    db = open_kb(tmp_path / "kb.db")
    work, text = version.partition("@")[0], f"{version}~1"
    db.table("work").insert({"id": work, "title": "示例", "title_key": "示例", "status": "extracted"})
    db.table("version").insert({"id": version, "work": work, "stage": "final", "title": "示例指引", "text": text,
                                "status": "extracted", "published": "2026-02-03"})  # fmt: skip
    db.table("text").insert({"id": text, "version": version, "body": "", "digest": "d", "observed_from": "2026-02-03"})
    db.table("data_type").insert({"id": "battery-state", "name_zh": "电池", "name_en": "Battery"}, ignore=True)
    condition = read_rule(rule)
    assert condition
    db.table("data_item").insert({"id": f"{text}#1", "text": text, "version": version, "ordinal": 1, "number": "1",
                                  "scenario": "示例场景", "subscenario": "", "name": "示例电池数据", "rule": rule,
                                  "conditions": json.dumps(condition_json(condition)), "status": status})  # fmt: skip
    db.table("item_type").insert({"item": f"{text}#1", "data_type": "battery-state", "relation": "exact"})
    return db


def expose(
    packs: tuple[Pack, ...], vehicles: int, day: str = "2026-11-22", what_if: str | None = None, **more: object
) -> Exposure:
    declared = parse_declared({
        "answered": {"by": "legal", "date": "2025-01-01"},
        "entities": [{"id": "e", "ciio": False, "ftz": "none", "gates": "none"}],
        "transfers": [{"id": "t", "entity": "e", "method": "sent", "automotive": True, "exemptions": "none",
                       "fields": ["d"], "personal_information": False, "important_data": "none",
                       "vehicles": vehicles, **more}],
    })  # fmt: skip
    links = Links({"d": frozenset({"battery-state"})})
    (found,) = assess(declared.transfers, {e.id: e for e in declared.entities}, links, packs, day, what_if)
    return found


def decide(
    packs: tuple[Pack, ...], vehicles: int, day: str = "2026-11-22", what_if: str | None = None
) -> tuple[str, str]:
    found = expose(packs, vehicles, day, what_if)
    return found.decision.route, found.decision.why


def test_a_text_that_somebody_adds_is_read_and_its_own_numbers_count(tmp_path: Path) -> None:
    unread = load_law(None)
    assert decide(unread, 200_000)[1].startswith("in-force text not read")
    read = load_law(kb_with(tmp_path, FINAL))
    assert decide(read, 200_000)[0] == "assessment"
    assert decide(read, 199_999)[0] == "no_filing"


def test_before_the_earliest_day_that_is_claimed_the_final_does_not_speak(tmp_path: Path) -> None:
    assert decide(load_law(None), 200_000, "2026-01-29")[0] == "no_filing"
    assert decide(load_law(None), 200_000, "2026-01-30")[1].startswith("in-force text not read")


def test_the_day_that_the_text_names_itself_settles_what_sources_dispute(tmp_path: Path) -> None:
    db = kb_with(tmp_path, FINAL)
    db.table("version").update(FINAL, {"effective": "2026-07-01"})
    assert decide(load_law(db), 200_000, "2026-06-30")[0] == "no_filing"
    assert decide(load_law(db), 200_000, "2026-07-01")[0] == "assessment"
    db.table("version").update(FINAL, {"effective": "2026-07"})  # not a day: the earliest that is claimed stays
    assert decide(load_law(db), 200_000, "2026-06-30")[0] == "assessment"


def test_a_pack_of_the_company_takes_the_place_of_the_one_that_ships(tmp_path: Path) -> None:
    """Exemptions of the final are second-hand until somebody has held them against the text."""
    reported = {"important_data": "notified", "vulnerability_reported": True}
    db = kb_with(tmp_path, FINAL)
    found = expose(load_law(db), 5, **reported)
    assert found.decision.why.startswith("known only second-hand")
    assert "packs/auto-guide-final-2026.yml" in found.decision.why
    text = (DECLARED / "auto-guide-final-2026.yml").read_text("utf-8")
    own = re.sub(
        r"(vulnerability_reported\}, cite: \{provision: [^,]+), source: [^}]+", r"\1, certainty: verbatim", text
    )
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "auto-guide-final-2026.yml").write_text(own, "utf-8")
    mine = load_law(db, tmp_path / "packs")
    assert len(mine) == len(load_law(db))
    assert expose(mine, 5, **reported).decision.route == "no_filing"


def test_a_draft_that_was_read_is_asked_with_the_conditions_of_its_text(tmp_path: Path) -> None:
    draft = "auto-data-export-guide@draft-2025"
    packs = load_law(kb_with(tmp_path, draft), None, draft)
    assert decide(packs, 150_000, what_if=draft)[0] == "no_filing"
    assert decide(load_packs(), 150_000, what_if=draft)[0] == "assessment"  # the reviewed pack, where nothing is read


def test_a_version_without_a_pack_is_asked_by_its_data_items(tmp_path: Path) -> None:
    version = "auto-data-export-guide@draft-2027"
    packs = load_law(kb_with(tmp_path, version), None, version)
    assert decide(packs, 200_000, what_if=version)[0] == "assessment"
    with pytest.raises(NotFound, match="no rule pack and no data items"):
        load_law(open_kb(tmp_path / "kb.db"), None, "pipl@draft-1999")


def test_a_condition_of_an_unknown_measure_is_unknown_with_a_line(tmp_path: Path) -> None:
    found = expose(load_law(kb_with(tmp_path, FINAL, "每年营业收入超过1亿元的")), 5)
    assert found.decision.route == "undecided"
    (problem,) = found.problems
    assert "no key for the measure" in problem
    assert "示例场景 表第1项" in problem


def test_a_pack_that_forgot_a_threshold_leaves_the_transfer_undecided_with_a_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(
        "{id: mine, title: 示例, kind: sector, sector: automotive, version: mine@final-2025, from: 2025-01-01, "
        "text: read, certainty: verbatim, source: a test, "
        "triggers: [{id: t, when: {key: vehicles}, cite: {provision: 第一条}}]}",
        "utf-8",
    )
    counted = {2025: {"persons": 150_000, "sensitive_persons": 0}}
    found = expose(load_packs(tmp_path), 5, "2025-09-01", personal_information=True, volumes=counted)
    assert (found.decision.route, len(found.problems)) == ("undecided", 1)
    assert "states no threshold" in found.problems[0]
    assert "第一条" in found.problems[0]


def test_a_text_of_which_a_table_was_lost_stays_unread(tmp_path: Path) -> None:
    db = kb_with(tmp_path, FINAL)
    seen = {"first_seen": "2026-02-03", "last_seen": "2026-02-03"}
    db.table("publication").insert({"id": "p", "agency": "miit", "key": "k", "title": "示例", "state": "done", **seen})
    db.table("document").insert({"id": "d", "publication": "p", "url": "u", "role": "page", "status": "partly", **seen})
    db.table("capture").insert({"id": "c", "url": "u", "digest": "x", "size": 1, "captured_at": "2026-02-03"})
    db.table("witness").insert({"id": "w", "text": f"{FINAL}~1", "document": "d", "capture": "c"})
    assert decide(load_law(db), 200_000)[1].startswith("in-force text not read")
    db.table("document").update("d", {"status": "read"})
    assert decide(load_law(db), 200_000)[0] == "assessment"


def test_faces_lead_to_the_items_of_their_pictures_and_alone_to_every_rule_that_names_faces() -> None:
    draft = "auto-data-export-guide@draft-2025"

    def listed(*types: str) -> set[str]:
        declared = parse_declared({"transfers": [{"id": "t", "entity": "e", "automotive": True, "fields": ["d"]}]})
        (found,) = assess(declared.transfers, {}, Links({"d": frozenset(types)}), load_packs(), "2026-11-22", draft)
        assert found.decision.important
        return {rule.name for rule, _ in found.decision.important.items}

    assert "惯性导航数据" not in listed("exterior-imagery", "face-or-plate")
    assert "摄像头拍摄图片" in listed("exterior-imagery", "face-or-plate")
    assert listed("face-or-plate") >= {"摄像头拍摄图片", "惯性导航数据"}
    assert listed("battery-state") == {"车辆充电状态监测数据"}
