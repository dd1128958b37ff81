"""From captured documents to works, versions, texts and changes, each exactly once."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from kb import queries
from kb.db import open_kb
from kb.recording.by_hand import Given
from kb.recording.record import add_files, record_pending
from kb.workspace import Workspace, ensure_workspace

NOW, LATER = "2026-02-05T00:00:00Z", "2026-03-05T00:00:00Z"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "texts"
BROKEN = Path(__file__).parent / "broken"
ANNEXES = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes"
DRAFT = """示例车载数据管理办法（征求意见稿）

第一条 为了演示，制定本办法。

第二条 向境外提供100万人以上个人信息的，应当申报示例评估，评估期限为三十日。

第三条 车辆识别码应当去标识化后存储，存储期限不少于一年。

第四条 本办法由示例部门负责解释。
"""
FINAL = DRAFT.replace("（征求意见稿）", "").replace("100万人", "50万人").replace("三十日", "十五日")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return ensure_workspace(tmp_path / "workspace")


def add(workspace: Workspace, name: str, words: str | bytes, now: str = NOW, **given: str) -> list[dict[str, Any]]:
    path = workspace.root.parent / name
    path.write_bytes(words if isinstance(words, bytes) else words.encode())
    return add_files(workspace, [path], Given(**given), now=now)[0]


def rows(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


def dump(workspace: Workspace) -> list[str]:
    with open_kb(workspace.kb_path) as db:
        return [line for line in db.iterdump() if "last_seen" not in line and "_sqlite_migrations" not in line]


def test_recording_twice_changes_nothing(workspace: Workspace) -> None:
    add(workspace, "draft.txt", DRAFT)
    before = dump(workspace)
    assert add(workspace, "draft.txt", DRAFT)[0]["placed"] == "known"
    assert record_pending(workspace, now=NOW).publications == 0
    assert dump(workspace) == before


def test_a_draft_and_its_final_are_one_work_and_one_event_with_graded_changes(workspace: Workspace) -> None:
    draft = add(workspace, "draft.txt", DRAFT, published="2025-06-13")[0]
    final = add(workspace, "final.txt", FINAL, published="2026-02-03")[0]
    assert (draft["stage"], final["stage"], draft["articles"]) == ("draft", "final", 4)
    assert draft["work"] == final["work"]
    (event,) = rows(workspace, "select * from event")
    assert (event["kind"], event["origin"]) == ("new_version", "publication")
    (change,) = rows(workspace, "select * from change")
    assert (change["old_label"], change["kind"], change["grade"]) == ("第二条", "modified", "threshold")
    assert json.loads(change["edits"]) == [{"from": "100万", "to": "50万"}, {"from": "三十", "to": "十五"}]
    assert rows(workspace, "select target, kind from change_target") == [
        {"target": "personal-information", "kind": "scope"}
    ]


def test_history_added_late_is_compared_but_is_no_news(workspace: Workspace) -> None:
    add(workspace, "final.txt", FINAL, published="2026-02-03")
    add(workspace, "draft.txt", DRAFT, published="2025-06-13")
    (event,) = rows(workspace, "select * from event")
    assert event["old_version"].endswith("@draft-2025-06-13")
    assert event["origin"] == "backfill"
    assert rows(workspace, "select predecessor from version where stage = 'final'") == [
        {"predecessor": event["old_version"]}
    ]


def test_an_undated_draft_goes_before_its_final(workspace: Workspace) -> None:
    add(workspace, "final.txt", FINAL, published="2026-02-03")
    add(workspace, "draft.txt", DRAFT)
    assert [e["old_version"].split("@")[1] for e in rows(workspace, "select * from event")] == ["draft"]


def test_articles_of_a_contract_in_an_annex_are_not_counted_with_those_of_the_rule(workspace: Workspace) -> None:
    contract = "附件\n示例合同\n第一条 甲方为示例者。\n第二条 乙方为示例者。\n"
    both, alone = f"{FINAL}{contract}", f"附件\n{FINAL.replace('车载', '车外')}"
    assert [add(workspace, "a.txt", text)[0]["articles"] for text in (both, alone)] == [4, 4]
    with open_kb(workspace.kb_path) as db:
        assert {queries.version(db, row["id"])["articles"] for row in db.query("select id from version")} == {4}


def test_the_body_decides_the_stage_not_the_file_name(workspace: Workspace) -> None:
    assert add(workspace, "示例车载数据管理办法（正式稿）.txt", DRAFT)[0]["stage"] == "draft"


def test_the_same_body_under_another_name_is_one_version(workspace: Workspace) -> None:
    add(workspace, "one.txt", DRAFT)
    second = add(workspace, "two.md", DRAFT + "\n\n")[0]
    assert second["placed"] == "witness"
    assert len(rows(workspace, "select id from version")) == 1
    assert len(rows(workspace, "select id from witness")) == 2
    assert rows(workspace, "select id from event") == []


def test_a_page_edited_in_place_is_a_change_and_its_old_text_stays(workspace: Workspace) -> None:
    url = "https://www.example.gov.cn/rule.htm"
    add(workspace, "rule.txt", FINAL, url=url, published="2025-01-01")
    again = add(workspace, "rule.txt", FINAL.replace("一年", "三年"), now=LATER, url=url)[0]
    assert again["placed"] == "edit"
    (event,) = rows(workspace, "select * from event")
    assert (event["kind"], event["origin"]) == ("edit", "edit")
    (change,) = rows(workspace, "select * from change")
    assert (change["new_label"], change["grade"]) == ("第三条", "deadline")
    old, new = rows(workspace, "select * from text order by observed_from")
    assert (old["observed_to"], new["observed_to"]) == (LATER, None)
    assert "一年" in old["body"]
    found = rows(
        workspace, "select body from provision join version on version.text = provision.text where number = '第三条'"
    )
    assert "三年" in found[0]["body"]


def test_a_page_edited_and_edited_back_is_two_events(workspace: Workspace) -> None:
    url = "https://www.example.gov.cn/rule.htm"
    for day, words in enumerate((FINAL, FINAL.replace("一年", "三年"), FINAL), start=1):
        add(workspace, "rule.txt", words, now=f"2026-03-0{day}T00:00:00Z", url=url)
    assert len(rows(workspace, "select id from event")) == 2
    assert len(rows(workspace, "select id from text")) == 3


def test_a_copy_that_differs_is_listed_and_is_no_change(workspace: Workspace) -> None:
    add(workspace, "one.txt", DRAFT)
    other = DRAFT.replace(
        "第三条 车辆识别码应当去标识化后存储，存储期限不少于一年。", "第三条 示例部门每年公布一次名单并听取各方面意见。"
    )
    assert add(workspace, "two.txt", other)[0]["placed"] == "discrepancy"
    assert len(rows(workspace, "select id from discrepancy")) == 1
    assert rows(workspace, "select id from change") == []


PAGE, COPY = "https://www.miit.gov.cn/art/2026/art_1.html", "https://www.cac.gov.cn/2026-02/04/c_1.htm"
SAID = 'select occurred_at, edits from "change" join event on event.id = event order by occurred_at'


def put_up(workspace: Workspace, words: str, day: int, *urls: str) -> list[str]:
    """Pages of one rule as they stand on a day; what a person is asked."""
    page = workspace.root.parent / "page.txt"
    page.write_text(words, "utf-8")
    given = [Given(url=url, published="2026-02-04") for url in urls]
    return [line for one in given for line in add_files(workspace, [page], one, now=f"2026-02-{day:02}T00:00:00Z")[1]]


def edits_told(workspace: Workspace) -> list[tuple[str, str]]:
    told = rows(
        workspace, 'select occurred_at, edits from "change" join event on event.id = event order by occurred_at'
    )
    return [(one["occurred_at"][8:10], json.loads(one["edits"])[0]["to"]) for one in told]


def test_one_edit_that_two_copies_of_a_text_get_one_after_the_other_is_told_once(workspace: Workspace) -> None:
    later, latest = DRAFT.replace("一年", "三年"), DRAFT.replace("一年", "五年")
    put_up(workspace, DRAFT, 5, PAGE, COPY)
    for day, words, url in (
        (6, later, PAGE),
        (7, later.replace("，", ","), COPY),
        (8, latest, COPY),
        (9, latest, PAGE),
    ):
        assert put_up(workspace, words, day, url) == []
    assert edits_told(workspace) == [("06", "三"), ("08", "五")]


def test_a_copy_that_skips_an_edit_is_compared_with_the_text_that_stands(workspace: Workspace) -> None:
    put_up(workspace, DRAFT, 5, PAGE, COPY)
    put_up(workspace, DRAFT.replace("一年", "三年"), 6, PAGE)
    put_up(workspace, DRAFT.replace("一年", "五年"), 7, COPY)
    assert edits_told(workspace) == [("06", "三"), ("07", "五")]
    (body,) = rows(workspace, "select body from text join version on version.text = text.id")
    assert "五年" in body["body"]


def test_a_copy_that_is_edited_without_the_edit_of_another_changes_nothing_and_a_person_is_asked(
    workspace: Workspace,
) -> None:
    put_up(workspace, DRAFT, 5, PAGE, COPY)
    put_up(workspace, DRAFT.replace("一年", "三年"), 6, PAGE)
    (asked,) = put_up(workspace, DRAFT.replace("100万人", "一百万人"), 7, COPY)
    assert "第三条: 三 / 一" in asked
    assert edits_told(workspace) == [("06", "三")]
    (body,) = rows(workspace, "select body from text join version on version.text = text.id")
    assert "三年" in body["body"]


def test_a_copy_with_another_threshold_is_a_discrepancy_that_names_it(workspace: Workspace) -> None:
    long = DRAFT + "".join(f"\n第{n}条 示例规定第{n}项的其他要求由示例部门另行制定。\n" for n in "五六七八九十")
    add(workspace, "one.txt", long)
    assert add(workspace, "two.txt", long.replace("100万人", "10万人"))[0]["placed"] == "discrepancy"
    (found,) = rows(workspace, "select detail from discrepancy")
    assert "第二条: 100万 / 10万" in found["detail"]
    assert rows(workspace, "select id from change") == []


def test_every_member_of_a_zip_is_a_document(workspace: Workspace) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("draft.txt", DRAFT)
        archive.writestr("empty.pdf", b"")
    found = {row["document"]: row["status"] for row in add(workspace, "both.zip", buffer.getvalue())}
    assert found == {"both.zip": "read", "draft.txt": "read", "empty.pdf": "empty"}


def test_a_member_that_cannot_be_unpacked_is_listed_with_the_reason(workspace: Workspace) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("draft.txt", DRAFT)
        archive.writestr("broken.txt", "示例" * 5000)
    data = bytearray(buffer.getvalue())
    at = data.index(b"broken.txt") + 40
    data[at : at + 8] = b"\x00" * 8
    add(workspace, "both.zip", bytes(data))
    found = {row["name"]: row for row in rows(workspace, "select name, status, detail from document")}
    assert found["draft.txt"]["status"] == "read"
    assert found["broken.txt"]["status"] == "damaged"
    assert found["broken.txt"]["detail"]


def test_bad_files_are_listed_with_their_reason_and_the_rest_is_recorded(workspace: Workspace) -> None:
    good = workspace.root.parent / "good.txt"
    good.write_text(DRAFT, "gb18030")
    found, problems = add_files(workspace, [BROKEN / "truncated.pdf", BROKEN / "empty.html", good], Given(), now=NOW)
    status = {row["document"]: row["status"] for row in found}
    assert status == {"truncated.pdf": "damaged", "empty.html": "empty", "good.txt": "read"}
    assert len(problems) == 2
    assert all(": " in problem and "\n" not in problem for problem in problems)
    assert found[-1]["articles"] == 4


def test_a_notice_that_only_wraps_its_annex_makes_no_version(workspace: Workspace) -> None:
    page = "<html><body><h1>公开征求《示例管理办法（征求意见稿）》意见</h1>" + "".join(
        f"<p>{line}</p>"
        for line in ("现公开征求意见，请于2026年3月1日前反馈。", "联系方式：", "电话：略", "地址：略", "附件见下。")
    )
    row = add(workspace, "notice.html", page + "</body></html>")[0]
    assert (row["status"], row["version"]) == ("read", None)
    assert rows(workspace, "select id from version") == []


def test_every_fact_leads_to_its_bytes(workspace: Workspace) -> None:
    add_files(workspace, [ANNEXES / "guide-2025-draft.pdf"], Given(), now=NOW)
    with open_kb(workspace.kb_path) as db:
        assert db.table("data_item").count == 12
        for item in db.query("select data_item.*, text.body, capture.digest from data_item join text on text.id = text "
                             "join capture on capture.id = capture"):  # fmt: skip
            assert item["name"] in item["body"][item["start"] : item["end"]].replace(" ", "")
            assert item["page"] >= 1
            assert (workspace.archive_path / item["digest"][:2] / item["digest"]).exists()


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
@pytest.mark.parametrize("first", [0, 1])
def test_a_copy_without_its_tables_is_a_witness_of_the_same_version(workspace: Workspace, first: int) -> None:
    names = ["auto_data_export_guide_2025_draft.rebuilt.pdf", "auto_data_export_guide_2025_draft.extracted.md"]
    for name in (names[first], names[1 - first]):
        add_files(workspace, [SHARED / name], Given(agency="miit", published="2025-06-13"), now=NOW)
    with open_kb(workspace.kb_path) as db:
        assert versions(db) == ["auto-data-export-guide@draft-2025"]
        assert db.table("data_item").count == 49
        assert db.table("witness").count == 2
        assert db.table("event").count == 0
        lost = next(db.query("select status, detail from document where name like '%.md'"))
        assert lost["status"] == "partly"
        assert "table layout lost" in lost["detail"]


def versions(db: Database) -> list[str]:
    return [row["id"] for row in db.query("select id from version")]
