"""What is due is composed once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alert_world import CHANGES, DRAFT, EVENT, FINAL, NOW, add_change, add_dataset, add_event, add_link, make_world
from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import NotFound
from kb.identity import content_id
from kb.workspace import Workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.between import events_between
from mappings.alerts.evidence import load_story
from mappings.alerts.outbox import TellReport, catch_up
from mappings.db import open_company

VISION, CHARGING = "vision@example.invalid", "charging@example.invalid"


@dataclass
class World:
    workspace: Workspace
    kb: Database
    company: Database

    def tell(self) -> TellReport:
        return catch_up(self.kb, self.company, self.workspace.config, now=NOW)

    def alerts(self, sql: str = "", *parameters: Any) -> list[dict[str, Any]]:
        return list(self.company.query(f"select * from alert {sql} order by owner, event, kind", parameters))

    def lines(self, owner: str, kind: str = "alert") -> set[tuple[str, str]]:
        sql = (
            'select "change", dataset from alert_line join alert on alert.id = alert '
            "where alert.owner = ? and alert.kind = ?"
        )
        return {(row["change"], row["dataset"]) for row in self.company.query(sql, [owner, kind])}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    workspace = make_world(tmp_path)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        yield World(workspace, kb, company)


def test_an_owner_gets_one_alert_for_one_event_with_all_their_datasets_in_it(world: World) -> None:
    assert world.tell() == TellReport(composed=3)
    (alert,) = world.alerts("where owner = ?", VISION)
    assert alert["id"] == content_id("alert", VISION, EVENT, "alert")
    assert (alert["address"], alert["state"], alert["attempts"]) == (VISION, "composed", 0)
    assert world.lines(VISION) == {
        ("c-image", "frames"), ("c-vin", "trips"), ("c-persons", "frames"), ("c-persons", "trips"),
        ("c-export", "frames"),
    }  # fmt: skip
    assert "adas.trips" in alert["body"]
    assert "100万人 → 50万人" in alert["body"]


def test_composing_again_composes_nothing(world: World) -> None:
    world.tell()
    before = world.alerts()
    assert world.tell() == TellReport()
    assert world.alerts() == before


def test_a_line_says_the_chain_from_the_rule_to_the_field(world: World) -> None:
    world.tell()
    reason = next(world.company.query("select reason from alert_line where \"change\" = 'c-persons' "
                                      "and dataset = 'trips'"))["reason"]  # fmt: skip
    assert reason == "第四条 → personal-information → vehicle-identifier → adas.trips.vin"


def test_a_dataset_without_owner_goes_to_the_fallback_address_and_says_so(world: World) -> None:
    world.tell()
    (alert,) = world.alerts("where owner = 'fallback'")
    assert alert["address"] == world.workspace.config.fallback_owner
    assert "没有负责人" in alert["body"]
    assert "no owner" in alert["body"]


def test_an_owner_without_an_address_stays_the_owner_and_the_fallback_reads_it(world: World) -> None:
    world.company.execute("update owner set email = null where id = ?", [VISION])
    world.tell()
    (alert,) = world.alerts("where owner = ?", VISION)
    assert alert["address"] == world.workspace.config.fallback_owner
    assert "“vision”没有邮件地址" in alert["body"]


def test_changes_that_no_link_claims_are_one_message_to_the_team(world: World) -> None:
    world.tell()
    assert world.lines("team") == {("c-moved", ""), ("c-battery", "")}
    (alert,) = world.alerts("where owner = 'team'")
    assert alert["address"] == world.workspace.config.team.address


def test_a_suggested_or_rejected_link_tells_nobody(world: World) -> None:
    add_link(world.company, "cells", "voltage", "battery-state", state="rejected")
    world.tell()
    assert world.alerts("where owner = ?", CHARGING) == []


def test_a_link_accepted_later_gives_one_supplement_with_only_the_new_lines(world: World) -> None:
    world.tell()
    add_dataset(world.company, "garage", "ops.garage", VISION, "none", ["plate"])
    add_link(world.company, "garage", "plate", "exterior-imagery")
    assert world.tell() == TellReport(supplements=1)
    assert world.lines(VISION, "supplement") == {("c-image", "garage"), ("c-persons", "garage")}
    assert "补充" in world.alerts("where kind = 'supplement'")[0]["subject"]
    assert world.tell() == TellReport()


def test_each_later_round_of_links_is_told_and_none_twice(world: World) -> None:
    world.tell()
    for number, name in enumerate(("garage", "depot", "port")):
        add_dataset(world.company, name, name, VISION, "none", ["plate"])
        add_link(world.company, name, "plate", "exterior-imagery")
        assert world.tell() == TellReport(supplements=1)
        kind = "supplement" if number == 0 else f"supplement-{number + 1}"
        assert {dataset for _, dataset in world.lines(VISION, kind)} == {name}


def test_an_owner_first_reached_by_a_later_link_gets_an_alert_not_a_supplement(world: World) -> None:
    world.tell()
    add_link(world.company, "cells", "voltage", "battery-state")
    assert world.tell() == TellReport(composed=1)
    # cells may leave the country (unknown is never no), so the duty of every export reaches it too
    assert world.lines(CHARGING) == {("c-battery", "cells"), ("c-export", "cells")}


def test_a_dataset_that_moved_to_a_new_owner_is_told_to_the_new_owner(world: World) -> None:
    world.tell()
    world.company.execute("update dataset set owner = ? where id = 'frames'", [CHARGING])
    assert world.tell() == TellReport(composed=1)
    assert {dataset for _, dataset in world.lines(CHARGING)} == {"frames"}


def test_removed_datasets_and_fields_are_passed_over(world: World) -> None:
    world.company.execute("update dataset set state = 'removed' where id = 'orphan'")
    world.company.execute("update field set state = 'removed' where dataset = 'trips'")
    world.tell()
    assert world.alerts("where owner = 'fallback'") == []
    assert not any(dataset == "trips" for _, dataset in world.lines(VISION))


@pytest.mark.parametrize("origin", ["backfill", "reread"])
def test_history_and_better_readers_alert_nobody(world: World, origin: str) -> None:
    world.tell()
    add_event(world.kb, "f" * 16, CHANGES, origin=origin, prefix="f-")
    assert world.tell() == TellReport()


def test_an_edit_in_place_is_an_event_of_its_own(world: World) -> None:
    world.tell()
    add_event(world.kb, "f" * 16, {"c-image": CHANGES["c-image"]}, kind="edit", origin="edit", old=FINAL, prefix="f-")
    assert world.tell() == TellReport(composed=2)
    assert "就地修改" in world.alerts("where owner = ? and event = ?", VISION, "f" * 16)[0]["body"]


def test_changes_that_a_better_reader_finds_in_a_told_event_alert_nobody(world: World) -> None:
    world.tell()
    words = ("12", "示例影像特征", "10万张以上")
    add_change(world.kb, EVENT, "c-later", 9, "data_item", "added", "threshold", None, words, "exterior-imagery")
    assert world.tell() == TellReport()


def test_composing_one_event_is_all_or_nothing(world: World) -> None:
    world.company.execute(
        "create trigger stop before insert on alert_line when new.owner = 'team' begin select raise(abort, 'stop'); end"
    )
    with pytest.raises(Exception, match="stop"):
        world.tell()
    assert world.alerts() == []
    world.company.execute("drop trigger stop")
    assert world.tell() == TellReport(composed=3)


def test_the_story_cites_place_page_and_bytes_below_an_article_too(world: World) -> None:
    text = f"{FINAL}~1"
    for eid, kind, number, parent in (
        ("art_4", "article", "第四条", None),
        ("art_4__item_2", "item", "（二）", "art_4"),
    ):
        world.kb.table("provision").insert(
            {"id": f"{text}#{eid}", "text": text, "version": FINAL, "eid": eid, "kind": kind, "number": number,
             "parent": parent, "body": "示例", "page": 3, "document": "doc", "capture": "cap", "status": "reviewed"},
        )  # fmt: skip
    world.kb.table("change").insert(
        {"id": "c-item", "event": EVENT, "subject": "provision", "kind": "added", "grade": "substantive",
         "new": f"{text}#art_4__item_2", "new_label": "（二）", "quote": "示例", "ordinal": 20},
    )  # fmt: skip
    change = next(one for one in load_story(world.kb, EVENT).changes if one.id == "c-item")
    assert (change.place, change.page, change.reviewed) == ("第四条（二）", 3, True)
    assert change.digest.startswith("ab12cd34")


def test_a_story_tells_the_gravest_change_first(world: World) -> None:
    changes = load_story(world.kb, EVENT).changes
    assert [change.grade for change in changes] == [
        "threshold", "threshold", "deadline", "substantive", "substantive", "renumbered",
    ]  # fmt: skip


def test_two_runs_at_once_compose_each_alert_once(world: World) -> None:
    def run() -> TellReport:
        with open_kb(world.workspace.kb_path) as kb, open_company(world.workspace.company_path) as company:
            return catch_up(kb, company, world.workspace.config, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        reports = [job.result() for job in [pool.submit(run) for _ in range(4)]]
    assert sum(report.composed for report in reports) == len(world.alerts()) == 3
    assert sum(report.supplements for report in reports) == 0


def test_a_comparison_is_found_over_the_versions_between(world: World) -> None:
    third = "sample-guide@amended-2027"
    world.kb.table("version").insert(
        {"id": third, "work": "sample-guide", "stage": "amended", "title": "示例", "status": "extracted"}
    )
    add_event(world.kb, "f" * 16, {}, old=FINAL, new=third)
    assert events_between(world.kb, DRAFT, FINAL) == [EVENT]
    assert events_between(world.kb, DRAFT, third) == [EVENT, "f" * 16]
    with pytest.raises(NotFound, match="only the other way"):
        events_between(world.kb, FINAL, DRAFT)
    with pytest.raises(NotFound, match="no version nothing"):
        events_between(world.kb, DRAFT, "nothing")
    with pytest.raises(NotFound, match="is stored"):
        events_between(world.kb, FINAL, FINAL)


def test_the_first_acknowledgement_stands(world: World) -> None:
    world.tell()
    (alert,) = world.alerts("where owner = ?", VISION)
    first = acknowledge(world.company, alert["id"], by="影像组", now=NOW, note="已调整")
    again = acknowledge(world.company, alert["id"], by="别人", now="2026-02-04T00:00:00Z")
    assert first.first
    assert not again.first
    assert (again.by, again.at, again.note) == ("影像组", NOW, "已调整")
    with pytest.raises(NotFound, match="alert list"):
        acknowledge(world.company, "nothing", by="x", now=NOW)
