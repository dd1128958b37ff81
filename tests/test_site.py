"""Every page of the site answers, through the Datasette that `regwatch serve` starts; so does its JSON twin."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from site_client import signed_in, site, twin
from site_rows import DRAFT, DRAFT_TEXT, FINAL, FINAL_TEXT, ITEM, add_accounts, served_workspace

from kb.db import open_kb
from kb.workspace import Workspace, ensure_workspace
from mappings.db import open_company
from pages.registry import Action, all_pages

DIGEST_OF_PAGE = "select digest from capture where url like '%p-final.html'"
PATHS = {
    "/": "What waits for you",
    "/works": "Works",
    "/works?in_force=2026-08-01": "3 Feb 2026",
    "/works?in_force=1999-01-01": "nothing is guessed",
    "/work/sample-guide": "Automotive data export guide",
    f"/version/{FINAL}": "在境内运行的5万台以上车辆收集的。",
    f"/version/{quote(FINAL)}": "在境内运行的5万台以上车辆收集的。",
    "/version/sample-flow@final-2024": "No text of this version has been read",
    "/event/e1": "Read both texts side by side",
    f"/fact/{quote(ITEM)}": "page 7",
    "/type/location-trajectory": "车辆位置轨迹",
    "/publications": "not followed",
    "/publications?followed=1": "个人信息示例办法",
    "/works?agency=cac&validity=in_force": "跨境流动规定（示例）",
    "/works?number=示例[2026]": "汽车数据出境安全指引（示例）",
    "/works?words=nothing-of-the-kind": "No work is kept by these filters",
    "/work/sample-guide?in_force=2026-08-01": "On 1 Aug 2026 this is the law",
    "/types": "Precise location and trajectory",
    "/sources": "Coverage",
    "/calendar?month=2026-03": "Legal dates of Mar 2026",
    "/calendar?month=nonsense": "Legal dates of Feb 2026",
    f"/version/{FINAL}?at=part_0__no_1": "part_0__no_1",
    f"/compare?old={DRAFT}&new={FINAL}&grade=threshold": "change-1",
    f"/compare?old={DRAFT}&new={FINAL}&all=1": "Only what changed",
    f"/compare?old={DRAFT}&new={FINAL}&view=notes": "【",
    f"/compare?old={DRAFT}&new={FINAL}&view=clean": 'aria-current="page">Clean',
    "/compare?work=sample-guide": "choose a version",
    "/search": "Every Chinese substring is found",
    "/search?q=位置轨迹": "<mark>位置轨迹</mark>",
    "/search?q=nothing-of-the-kind": "Nothing here has these words",
    "/compare": "choose a version",
    f"/compare?old={DRAFT}&new={FINAL}": "Side by side",
    f"/compare?old={DRAFT_TEXT}&new={FINAL_TEXT}": DRAFT_TEXT,
}
DEED = re.compile(r"/(?:acknowledge|decide|release|undo|accept-above|add|end|logout)$|/brief/file")
SIGNED_IN = {
    "/facts": "Readings to review",
    "/facts?decided=1": "Nothing has been decided yet",
    "/search": "Saved searches",
    "/": "<b>1</b><span>alerts not acknowledged",
    "/alerts": "SECRET-SUBJECT",
    "/alerts?owner=telematics": "No alert of this kind",
    "/alert/a1": "frame_uri is linked to exterior images",
    "/catalog": "camera_labels",
    "/dataset/ds-trips": "the name says so",
    "/impact": "Show the impact",
    f"/impact?from={DRAFT}&to={FINAL}": "trip_points",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return served_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_answers_and_so_does_its_jsontwin(ds: Any, path: str) -> None:
    page = await ds.client.get(path)
    assert page.status_code == 200, page.text
    assert PATHS[path] in page.text
    assert '<html lang="en">' in page.text
    again = await ds.client.get(twin(path))
    assert again.status_code == 200
    assert isinstance(json.loads(again.text), dict)


@pytest.mark.parametrize("path", SIGNED_IN)
async def test_every_page_of_the_company_answers_to_the_signed_in(ds: Any, path: str) -> None:
    headers = signed_in(ds, "viewer")
    page = await ds.client.get(path, headers=headers)
    assert page.status_code == 200, page.text
    assert SIGNED_IN[path] in page.text
    assert (await ds.client.get(twin(path), headers=headers)).status_code == 200


async def test_every_link_of_every_page_leads_somewhere(ds: Any) -> None:
    headers = signed_in(ds, "admin")
    seen, waiting = set(), ["/", *SIGNED_IN, *PATHS]
    actions = [page.path for page in all_pages() if isinstance(page, Action)]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await ds.client.get(path, headers=headers)
        assert answer.status_code == 200, path
        if "html" in answer.headers["content-type"] and not path.startswith(("/kb", "/company")):
            found = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
            local = {link.partition("#")[0].replace("&amp;", "&") for link in found if link.startswith("/")}
            waiting += [link for link in local if not DEED.search(link)
                        and not any(re.fullmatch(action, link) for action in actions)]  # fmt: skip
            anchors = {link[1:] for link in found if link.startswith("#") and len(link) > 1}
            assert all(f'id="{anchor}"' in answer.text for anchor in anchors), path
    assert len(seen) > 40


async def test_our_pages_run_nothing_and_load_nothing_from_elsewhere(ds: Any) -> None:
    for path in PATHS:
        page = await ds.client.get(path)
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert not re.search(r"""<script(?! src=| type="application.ld.json")|\son[a-z]+=""", page.text)
        assert 'style="' not in page.text
        assert not re.search(r'<(?:link|img|script)[^>]+(?:href|src)="(?:https?:)?//', page.text)


async def test_datasettes_own_pages_keep_their_scripts_under_a_policy(ds: Any) -> None:
    page = await ds.client.get("/kb/publication")
    assert "<script" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_a_diff_marks_what_was_put_in_and_taken_out(ds: Any) -> None:
    page = (await ds.client.get(f"/compare?old={DRAFT}&new={FINAL}")).text
    assert "<del>100</del>" in page or "<del>100万</del>" in page
    assert "<ins>50</ins>" in page or "<ins>50万</ins>" in page
    assert "1 unchanged<" in page
    assert page.index("Data items") < page.index("Provisions")
    twin = (await ds.client.get(f"/compare.json?old={DRAFT}&new={FINAL}")).json()
    assert {"provisions", "data_items", "summary", "grades"} <= set(twin)
    assert twin["grades"]["threshold"] >= 2


async def test_the_address_of_a_comparison_never_opens_a_file(ds: Any, workspace: Workspace) -> None:
    for path in (workspace.config_path, "/etc/hostname"):
        answer = await ds.client.get(f"/compare?old={quote(str(path), safe='')}&new={FINAL}")
        assert answer.status_code == 404
        assert "see <code>regwatch works</code>" in answer.text


async def test_captured_pages_are_downloads_and_never_pages(ds: Any, workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        digest = next(db.query(DIGEST_OF_PAGE))["digest"]
    assert (await ds.client.get(f"/source/{digest}")).status_code == 200
    answer = await ds.client.get(f"/source/{digest}/bytes")
    assert answer.content.startswith(b"<!doctype html>")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_bytes_are_served_by_known_digests_only(ds: Any, workspace: Workspace) -> None:
    stray = "ab" * 32
    path = workspace.archive_path / stray[:2] / stray
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"not captured")
    for address in (f"/source/{stray}/bytes", f"/source/{'0' * 64}/bytes", "/source/..%2f..%2fconfig.yml/bytes"):
        assert (await ds.client.get(address, follow_redirects=True)).status_code == 404


async def test_what_agencies_wrote_is_never_markup(ds: Any, workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        db.table("publication").update(
            "p-open", {"title": "<img src=x onerror=alert(1)>", "url": "javascript:alert(1)"}
        )
    try:
        for path in ("/", "/publications"):
            page = (await ds.client.get(path)).text
            assert "<img src=x" not in page
            assert "javascript:" not in page
    finally:
        with open_kb(workspace.kb_path) as db:
            db.table("publication").update(
                "p-open", {"title": "个人信息示例办法", "url": "https://agency.example/open"}
            )


@pytest.mark.parametrize(
    "path", ["/nope", "/a/b/c/d/e", "/version/nope", "/version/不在", "/work/a%23b", "/event/x", "/source/" + "0" * 64]
)
async def test_what_is_not_there_is_a_page_and_not_a_trace(ds: Any, path: str) -> None:
    answer = await ds.client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text
    assert "Traceback" not in answer.text


async def test_the_json_twin_of_what_is_not_there_says_so(ds: Any) -> None:
    answer = await ds.client.get("/version/nope.json")
    assert (answer.status_code, answer.json()["ok"]) == (404, False)
    assert answer.json()["error"] == "no version nope: see `regwatch works`"


@pytest.mark.parametrize("words", ['"', "'", "AND", "*", "a OR", "🚗" * 50, "%00", "境" * 3000, "^:()"])
async def test_nothing_typed_into_the_search_box_breaks_it(ds: Any, words: str) -> None:
    assert (await ds.client.get(f"/search?q={quote(words)}")).status_code == 200


async def test_datasettes_own_search_finds_chinese_too(ds: Any) -> None:
    rows = (await ds.client.get(f"/kb/search_row.json?_search={quote('位置轨迹')}&_shape=array")).json()
    assert {row["kind"] for row in rows} == {"data_item"}


async def test_an_empty_workspace_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = ensure_workspace(tmp_path)
    add_accounts(empty)
    open_kb(empty.kb_path).close()
    with site(empty, monkeypatch) as ds:
        for path in ("/", "/works", "/compare", "/publications"):
            page = (await ds.client.get(path)).text
            assert "regwatch crawl" in page, path
        missing = await ds.client.get("/catalog", headers=signed_in(ds, "viewer"))
        assert (missing.status_code, "regwatch catalog import" in missing.text) == (404, True)
    open_company(empty.company_path).close()
    with site(empty, monkeypatch) as ds:
        for path in ("/alerts", "/catalog", "/impact"):
            page = (await ds.client.get(path, headers=signed_in(ds, "viewer"))).text
            assert 'class="empty"' in page, path
