"""The named questions answer from rows as they are, and say so when an id is nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from site_rows import DRAFT, DRAFT_TEXT, FINAL, FINAL_TEXT, ITEM, TODAY, seeded_workspace
from sqlite_utils import Database

from kb import queries
from kb.db import open_kb
from kb.errors import NotFound
from mappings import queries as company_queries
from mappings.db import open_company


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Database]]:
    workspace = seeded_workspace(tmp_path_factory.mktemp("workspace"))
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        yield kb, company


@pytest.fixture
def db(databases: tuple[Database, Database]) -> Database:
    return databases[0]


@pytest.fixture
def company(databases: tuple[Database, Database]) -> Database:
    return databases[1]


def test_works_come_newest_first_with_their_versions_oldest_first(db: Database) -> None:
    works = queries.works(db)
    assert [work["id"] for work in works] == ["sample-guide", "sample-flow"]
    assert [(v["id"], v["read"], v["data_items"]) for v in works[0]["versions"]] == [(DRAFT, True, 3), (FINAL, True, 3)]
    assert works[1]["versions"][0]["read"] is False
    assert works[0]["agencies"] == ["miit", "cac"]


@pytest.mark.parametrize(
    ("day", "law"),
    [
        ("2024-03-21", []),
        ("2024-03-22", ["sample-flow@final-2024"]),
        ("2026-06-30", ["sample-flow@final-2024"]),  # the guide is adopted, but takes effect tomorrow
        ("2026-07-01", [FINAL, "sample-flow@final-2024"]),
    ],
)
def test_the_law_of_a_day_is_what_had_taken_effect_by_then(db: Database, day: str, law: list[str]) -> None:
    assert [version["id"] for work in queries.works(db, day) for version in work["versions"]] == law


def _version(stage: str, effective: str | None, **facts: Any) -> dict[str, Any]:
    blank = {"published": "2020-01-01", "in_force": None, "repealed": None}
    return {**blank, "stage": stage, "effective": effective, **facts}


def _law(versions: list[dict[str, Any]], day: str) -> list[tuple[str | None, str]]:
    return [(v["effective"], v["in_force"]) for v in queries.law_of(versions, day)]


def test_the_newest_effective_version_replaces_the_older_one_and_a_repeal_ends_it() -> None:
    first, amended = _version("final", "2021-01-01"), _version("amended", "2023-05")
    assert _law([first, amended], "2023-04-30") == [("2021-01-01", "true")]
    assert _law([first, amended], "2023-05-10") == [("2021-01-01", "disputed"), ("2023-05", "disputed")]
    assert _law([first, amended], "2023-05-31") == [("2023-05", "true")]
    assert _law([_version("final", "2021-01-01", repealed="2022-01-01")], "2022-01-01") == []
    gone = _version("repealed", None, published="2024-01-01")
    assert _law([first, gone], "2023-12-31") == [("2021-01-01", "true")]
    assert _law([first, gone], "2024-01-01") == []


def test_an_unknown_effective_date_is_not_guessed() -> None:
    assert _law([_version("final", None)], "2030-01-01") == []
    assert _law([_version("final", None, in_force="disputed")], "2030-01-01") == [(None, "disputed")]
    assert _law([_version("draft", "2020-01-01")], "2030-01-01") == []


def test_a_version_names_its_witnesses_documents_and_neighbours(db: Database) -> None:
    final = queries.version(db, FINAL)
    assert final["predecessor_version"]["id"] == DRAFT
    assert queries.version(db, DRAFT)["successors"][0]["id"] == FINAL
    witness = final["texts"][0]["witnesses"][0]
    assert (witness["document"], witness["layout"], witness["items"]) == ("p-final-annex", 1, 3)
    [publication] = final["publications"]
    assert [(d["role"], d["status"], len(d["digest"])) for d in publication["documents"]] == [
        ("page", "read", 64),
        ("annex", "read", 64),
    ]
    assert final["events"][0]["id"] == "e1"


def test_items_have_the_keys_of_the_command_line_and_their_source(db: Database) -> None:
    items = queries.items(db, FINAL)
    assert {"id", "number", "scenario", "subscenario", "category", "name", "description", "rule", "logic", "conditions",
            "data_types", "status", "page", "document", "capture"} <= set(items[0])  # fmt: skip
    assert [(t["id"], t["relation"]) for t in items[0]["data_types"]] == [
        ("exterior-imagery", "exact"),
        ("face-or-plate", "by_condition"),
    ]
    assert queries.items(db, FINAL_TEXT) == items
    assert queries.items(db, "sample-flow@final-2024") == []


def test_a_reading_comes_back_as_values_with_conditions(db: Database) -> None:
    provisions, items = queries.load_reading(db, DRAFT)
    assert [p.number for p in provisions] == ["一、", "（一）", "（二）", "（三）", "二、"]
    assert provisions[1].parent == provisions[0].eid
    assert [item.name for item in items] == ["车外影像标注", "点云标注", "车辆位置轨迹"]
    condition = items[0].conditions
    assert condition
    assert (condition.measure, condition.value, condition.unit) == ("vehicles", 100000, "vehicles")
    assert queries.load_text(db, DRAFT_TEXT) == (provisions, items)
    assert queries.load_reading(db, "sample-flow@final-2024") == ((), ())


def test_every_fact_leads_to_its_bytes(db: Database) -> None:
    for fact in [*queries.items(db, FINAL), *queries.provisions(db, DRAFT)]:
        source = queries.fact_source(db, fact["id"])
        assert source["url"].endswith(".pdf")
        assert queries.capture(db, source["digest"])["versions"][0]["id"] == fact["version"]
    assert queries.fact_source(db, ITEM)["page"] == 7


def test_news_tells_a_publication_once(db: Database) -> None:
    news = queries.whats_new(db)
    assert [n["id"] for n in news] == ["e1", "p-open", "p-draft"]  # p-final is what e1 tells of
    assert news[0]["grades"] == {"threshold": 3, "deadline": 1, "editorial": 1}
    assert news[2]["new_version"] == DRAFT
    assert len(queries.whats_new(db, 2)) == 2


def test_deadlines_are_those_ahead_the_nearest_first(db: Database) -> None:
    found = [(d["date"], d["kind"], d["days"]) for d in queries.deadlines(db, TODAY)]
    assert found == [("2026-03-08", "comments_close", 26), ("2026-07-01", "effective", 141)]
    assert [d["date"] for d in queries.deadlines(db, "2026-03-09")] == ["2026-07-01"]
    assert queries.deadlines(db, "2025-07-13")[0]["version"] == DRAFT  # still open on its last day


def test_a_blocked_source_keeps_its_last_healthy_day(db: Database) -> None:
    blocked, healthy = queries.source_health(db)
    assert (blocked["source"], blocked["outcome"], blocked["last_success"][:10]) == (
        "cac-consultations",
        "blocked",
        "2025-06-20",
    )
    assert blocked["newest_publication"] == "2026-02-07"
    assert (healthy["outcome"], healthy["last_run"]) == ("healthy", healthy["last_success"])


def test_what_was_not_read_is_listed_with_its_reason(db: Database) -> None:
    assert {(d["id"], d["status"]) for d in queries.unread_documents(db)} == {
        ("d-gone", "missing"),
        ("d-scan", "scanned"),
    }
    recorded = [v for v in queries.untexted_law(db) if not v["declared"]]
    assert [(v["id"], v["add"]) for v in recorded] == [
        ("sample-flow@final-2024", "regwatch add FILE --work sample-flow")
    ]
    assert [p["id"] for p in queries.publications(db, 2)] == ["p-other", "p-open"]


def test_a_data_type_gathers_its_items_over_versions_and_its_changes(db: Database) -> None:
    found = queries.data_type(db, "location-trajectory")
    assert [item["version"] for item in found["items"]] == [FINAL, DRAFT]
    assert [change["new_label"] for change in found["changes"]] == ["车辆位置轨迹"]
    targets = {c["id"]: [t["target"] for t in c["targets"]] for c in queries.event(db, "e1")["changes"]}
    assert targets == {
        "c0": ["exterior-imagery"],
        "c1": ["location-trajectory"],
        "c2": [],
        "c3": ["every-export"],
        "c4": [],
    }


def test_find_says_what_an_id_is(db: Database) -> None:
    ids = {
        "sample-guide": "work",
        FINAL: "version",
        FINAL_TEXT: "text",
        ITEM: "data_item",
        f"{DRAFT_TEXT}#part_2": "provision",
        "exterior-imagery": "data_type",
        "e1": "event",
        "p-open": "publication",
    }
    assert {id: queries.find(db, id) for id in ids} == ids


@pytest.mark.parametrize("ask", [queries.find, queries.work, queries.version, queries.items, queries.provision,
                                 queries.data_type, queries.event, queries.fact_source, queries.capture])  # fmt: skip
def test_an_unknown_id_is_said_in_one_line(db: Database, ask: Any) -> None:
    with pytest.raises(NotFound, match=r"nowhere.*: ") as raised:
        ask(db, "nowhere")
    assert "\n" not in str(raised.value)


def test_every_answer_is_json(db: Database, company: Database) -> None:
    answers = [
        queries.works(db),
        queries.work(db, "sample-guide"),
        queries.version(db, FINAL),
        queries.items(db, FINAL),
        queries.event(db, "e1"),
        company_queries.datasets(company),
        company_queries.alert(company, "a1"),
    ]
    assert all(json.loads(json.dumps(answer)) == answer for answer in answers)


def test_the_catalog_says_who_owns_what_and_which_links_are_accepted(company: Database) -> None:
    camera, charging, trips = sorted(company_queries.datasets(company), key=lambda dataset: dataset["id"])[0:3]
    assert (camera["owner_name"], camera["fields"], camera["accepted"], camera["suggested"]) == (
        "Perception Data",
        2,
        1,
        1,
    )
    assert (charging["owner"], charging["data_types"]) == (None, [])
    assert trips["data_types"] == ["location-trajectory"]
    assert {link["state"] for link in company_queries.dataset(company, "ds-trips")["links"]} == {"accepted", "rejected"}


def test_alerts_are_found_by_owner_and_by_state(company: Database) -> None:
    assert [a["id"] for a in company_queries.alerts(company, owner="perception")] == ["a1"]
    assert company_queries.alerts(company, owner="telematics") == []
    assert company_queries.alerts(company, state="acknowledged") == []
    assert [a["id"] for a in company_queries.alerts(company, state="open")] == ["a1"]
    assert company_queries.alert(company, "a1")["lines"][0]["dataset_name"] == "camera_labels"
    with pytest.raises(NotFound, match="no alert a9"):
        company_queries.alert(company, "a9")


def test_impact_follows_accepted_links_only(db: Database, company: Database) -> None:
    from mappings.alerts.reach import load_reach

    impacts, unclaimed = company_queries.impacts_between(db, DRAFT, FINAL, *load_reach(company))
    assert {(i["data_type"], i["dataset"], i["field"]) for i in impacts} == {
        ("exterior-imagery", "ds-camera", "frame_uri"),
        ("location-trajectory", "ds-trips", "lat"),
    }
    assert unclaimed == 2
