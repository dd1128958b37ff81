"""Two clocks: what was law on a day (true, false, disputed), and what had been captured by a day."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kb import queries
from kb.db import open_kb
from kb.errors import NotFound
from kb.law.clocks import in_force, span_of
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.searching.search import search
from kb.sql_views import FACT_SOURCE
from kb.workspace import Workspace, ensure_workspace
from regwatch import main

ANNEXES = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes"
RULE = """示例车载数据管理办法

第一条 为了演示，制定本办法。

第二条 车辆识别码应当去标识化后存储，存储期限不少于一年。

第三条 本办法自2025年3月1日起施行。
"""
URL = "https://www.example.gov.cn/rule.htm"


def version(stage: str, effective: str | None, published: str = "2020-01-01", **facts: Any) -> dict[str, Any]:
    return {"id": stage, "stage": stage, "effective": effective, "published": published, "signed": None,
            "in_force": None, "repealed": None, **facts}  # fmt: skip


@pytest.mark.parametrize(("date", "span"), [
    ("2024", ("2024-01-01", "2024-12-31")), ("2024-02", ("2024-02-01", "2024-02-29")),
    ("2024-02-03", ("2024-02-03", "2024-02-03")),
])  # fmt: skip
def test_a_partial_date_may_mean_every_day_in_it(date: str, span: tuple[str, str]) -> None:
    assert span_of(date) == span


@pytest.mark.parametrize(("day", "state"), [
    ("2026-01-29", "false"), ("2026-01-30", "disputed"), ("2026-06-30", "disputed"), ("2026-07-01", "true"),
])  # fmt: skip
def test_between_the_first_and_the_last_claim_it_is_disputed(day: str, state: str) -> None:
    claims = {"final": ["2026-01-30", "2026-07-01", "2026-02-03"]}
    assert in_force([version("draft", None), version("final", None)], day, claims) == ["false", state]


@pytest.mark.parametrize(("day", "states"), [
    ("2023-12-31", ["true", "false"]), ("2024-03-15", ["disputed", "disputed"]), ("2024-04-01", ["false", "true"]),
])  # fmt: skip
def test_a_dispute_about_the_later_version_is_one_about_the_earlier(day: str, states: list[str]) -> None:
    law = [version("final", "2021-01-01"), version("amended", "2024-03", published="2024-01-01")]
    assert in_force(law, day) == states


def test_a_claim_without_a_date_never_makes_it_certain() -> None:
    assert in_force([version("final", None)], "2030-01-01", {"final": ["2026-07-01", None]}) == ["disputed"]


def test_a_partly_known_repeal_is_disputed_while_it_lasts() -> None:
    repealed = version("final", "2021-01-01", repealed="2024-05")
    assert [in_force([repealed], day)[0] for day in ("2024-04-30", "2024-05-02", "2024-06-01")] == [
        "true", "disputed", "false",
    ]  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """One rule at one URL: seen on 1 February, edited by 1 March."""
    workspace = ensure_workspace(tmp_path / "workspace")
    for at, words in (("2025-02-01T08:00:00Z", RULE), ("2025-03-01T08:00:00Z", RULE.replace("一年", "三年"))):
        path = tmp_path / "rule.txt"
        path.write_text(words, "utf-8")
        add_files(workspace, [path], Given(url=URL, published="2025-01-15"), now=at)
    return workspace


def ids(workspace: Workspace, kind: str = "version") -> list[str]:
    with open_kb(workspace.kb_path) as db:
        return [row["id"] for row in db.query(f"select id from {kind} order by id")]


@pytest.mark.parametrize(("known", "words"), [
    ("2025-02-01", "一年"), ("2025-02-28", "一年"), ("2025-03-01", "三年"), (None, "三年"),
])  # fmt: skip
def test_provisions_and_search_are_those_captured_by_that_day(workspace: Workspace, known: str, words: str) -> None:
    (id,) = ids(workspace)
    with open_kb(workspace.kb_path) as db:
        text = " ".join(row["body"] for row in queries.provisions(db, id, known=known))
        hits = search(db, f"存储期限不少于{words}", known=known)
        none = search(db, "存储期限不少于" + {"一年": "三年", "三年": "一年"}[words], known=known)
    assert words in text
    assert [(hit["version"], hit["provision"]) for hit in hits] == [(id, "第二条")]
    assert none == []


def test_what_nobody_had_seen_by_then_is_not_known(workspace: Workspace) -> None:
    (id,) = ids(workspace)
    with open_kb(workspace.kb_path) as db:
        assert queries.works(db, known="2025-01-31") == []
        assert search(db, "车辆识别码", known="2025-01-31") == []
        with pytest.raises(NotFound, match="first seen at 2025-02-01"):
            queries.provisions(db, id, known="2025-01-31")
        assert [len(queries.version(db, id, known=day)["texts"]) for day in ("2025-02-10", "2025-03-10")] == [1, 2]


def test_search_in_force_says_what_is_law(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        assert search(db, "车辆识别码", in_force="2025-02-28") == []
        assert [hit["in_force"] for hit in search(db, "车辆识别码", in_force="2025-03-01")] == ["true"]


def test_a_text_read_again_from_a_later_copy_is_known_as_the_earlier_copy_reads(tmp_path: Path) -> None:
    """The first copy lost its tables; a day on which only it was there knows no data items."""
    workspace = ensure_workspace(tmp_path / "workspace")
    add_files(workspace, [ANNEXES / "guide-2025-draft.pdf"], Given(published="2025-06-13"), now="2025-06-20T00:00:00Z")
    with open_kb(workspace.kb_path) as db:
        body = next(db.query("select body from text"))["body"]
    other = ensure_workspace(tmp_path / "other")
    plain = tmp_path / "guide.txt"
    title = "智能网联汽车数据出境示例指引（2025版）（征求意见稿）"
    plain.write_text("\n\n".join([title, *body.replace("\t", " ").split("\n")[3:]]), "utf-8")
    add_files(other, [plain], Given(published="2025-06-13"), now="2025-06-20T00:00:00Z")
    add_files(other, [ANNEXES / "guide-2025-draft.pdf"], Given(published="2025-06-13"), now="2025-07-01T00:00:00Z")
    (id,) = ids(other)
    with open_kb(other.kb_path) as db:
        assert len(queries.items(db, id)) == len(queries.items(db, id, known="2025-07-01")) == 12
        assert queries.items(db, id, known="2025-06-30") == []
        assert len(queries.provisions(db, id, known="2025-06-30")) > 10
        (hit, *_) = search(db, "境外人员远程登录", known="2025-06-30")
        assert hit["id"] in {row["id"] for row in queries.provisions(db, id, known="2025-06-30")}


def test_items_of_a_work_are_those_of_its_law_of_that_day(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    for name, published in (("guide-2025-draft.pdf", "2025-06-13"), ("guide-2026.pdf", "2026-02-03")):
        add_files(workspace, [ANNEXES / name], Given(published=published), now="2026-02-10T00:00:00Z")
    (work,) = ids(workspace, "work")
    with open_kb(workspace.kb_path) as db:
        assert queries.items(db, work, in_force="2026-03-31") == []
        law = queries.items(db, work, in_force="2026-04-01")
        assert {(item["version"], item["in_force"]) for item in law} == {(f"{work}@final-2026", "true")}
        assert queries.items(db, f"{work}@draft-2025", in_force="2026-04-01") == []
        db.table("claim").insert({"version": f"{work}@final-2026", "fact": "effective", "ordinal": 0,
                                  "value": "1 July 2026", "date": "2026-07-01",
                                  "source": "elsewhere.example"})  # fmt: skip
        assert {item["in_force"] for item in queries.items(db, work, in_force="2026-04-01")} == {"disputed"}
        told = queries.version(db, f"{work}@final-2026", in_force="2026-04-01")
        assert told["in_force"] == "disputed"
        assert {"value": "1 July 2026", "source": "elsewhere.example"} in told["disputed"][0]["claims"]


def test_the_declared_dispute_about_the_final_guide_is_in_the_tables(workspace: Workspace) -> None:
    sql = "select date from claim where version = 'auto-data-export-guide@final-2026' and fact = 'effective' order by 1"
    with open_kb(workspace.kb_path) as db:
        assert [row["date"] for row in db.query(sql)] == ["2026-01-30", "2026-02-03", "2026-07-01"]


def test_the_views_answer_both_clocks_in_plain_sql(workspace: Workspace) -> None:
    (id,) = ids(workspace)
    with open_kb(workspace.kb_path) as db:
        known = "select text from text_known where observed_from <= ?1 and (observed_to is null or observed_to > ?1)"
        assert next(db.query(known, ["2025-02-28T23:59:59Z"])) != next(db.query(known, ["2025-03-02T23:59:59Z"]))
        law = "select version from version_in_force where in_force_from <= ?1 and in_force_to > ?1"
        assert list(db.query(law, ["2025-02-28"])) == []
        assert list(db.query(law, ["2025-03-01"])) == [{"version": id}]


def test_every_fact_leads_to_capture_page_and_span_in_one_query(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    for name, published in (("guide-2025-draft.pdf", "2025-06-13"), ("guide-2026.pdf", "2026-02-03")):
        add_files(workspace, [ANNEXES / name], Given(published=published), now="2026-02-10T00:00:00Z")
    with open_kb(workspace.kb_path) as db:
        for table in ("provision", "data_item", "change", "version"):
            sql = "select * from fact_source where kind = ? and id in (select id from " + table + ")"
            found = list(db.query(sql, [table]))
            assert len(found) == db.table(table).count > 0, table
            for row in found:
                assert (workspace.root / row["file"]).is_file()
                assert row["page"] or table == "version"
                assert row["chain"]
                assert row["quotation"]
        for row in db.query("select label, quotation from fact_source where kind = 'data_item'"):
            assert row["label"] in row["quotation"].replace(" ", "")
    assert "union all" in FACT_SOURCE


def test_the_command_line_asks_by_both_clocks(workspace: Workspace) -> None:
    (id,) = ids(workspace)

    def call(*words: str) -> Any:
        result = CliRunner().invoke(main, [*words, "--json", "--workspace", str(workspace.root)])
        return json.loads(result.stdout) if result.exit_code == 0 else result

    assert call("works", "--in-force", "2025-02-28") == []
    assert call("works", "--in-force", "2025-03-01")[0]["versions"][0]["in_force"] == "true"
    assert call("show", id, "--in-force", "2025-02-28")["in_force"] == "false"
    assert "一年" in json.dumps(call("show", id, "--known", "2025-02-10"), ensure_ascii=False)
    assert call("search", "不少于一年", "--known", "2025-02-10")[0]["version"] == id
    assert call("items", id, "--known", "2025-02-10") == []
    assert call("show", id, "--known", "2025-01-01").exit_code == 1
    assert call("show", id, "--known", "soon").exit_code == 2


def test_an_amendment_that_is_declared_and_not_read_ends_the_recorded_law(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    path = tmp_path / "law.txt"
    path.write_text(RULE.replace("示例车载数据管理办法", "示例网络法"), "utf-8")
    add_files(workspace, [path], Given(published="2016-11-07", work="csl"), now="2026-03-01T00:00:00Z")
    with open_kb(workspace.kb_path) as db:
        db.execute("update version set effective = '2017-06-01'")
        assert [row["in_force"] for row in queries.work(db, "csl", in_force="2025-12-31")["versions"]] == ["true"]
        assert queries.works(db, "2026-01-01") == []
        assert queries.items(db, "csl", in_force="2026-01-01") == []
