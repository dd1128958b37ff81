"""The company's pages: every one for every role, and what each role may do; who did it is recorded."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from company_world import HOSTILE, company_workspace, link_id
from site_client import signed_in, twin
from site_rows import DRAFT, FINAL

from kb.db import open_kb
from kb.rows import rows
from kb.workspace import Workspace
from mappings.db import open_company

TEAM_PAGES = {  # path → what it says
    "/triage": "claimed by no link|changes that no link claims",
    "/triage?all=1": "claimed by no link|changes that no link claims",
    "/triage/e2": "waits for decisions",
    "/alerts": "SECRET-SUBJECT",
    "/alerts?owner=telematics": "No alert of this kind",
    "/owner/perception": "SECRET-SUBJECT",
    "/catalog": "camera_labels",
    "/catalog?words=trip": "trip_points",
    "/catalog?words=nothing": "No dataset is like that",
    "/system/Telematics": "trip_points",
    "/impact": "Show the impact",
    f"/impact?from={DRAFT}&to={FINAL}": "trip_points",
    "/links": "Links to decide",
    "/links?page=2&data_type=location-trajectory": "Page 2",
    "/links?above=0.99": "No suggestion is like that",
    "/links/runs": "Nothing was decided yet",
    "/exposure": "Decision support, not legal advice",
    "/exposure?route=no_filing": "labels-to-munich|Decision support",
    "/transfer/labels-to-munich": "Decision support, not legal advice",
    f"/transfer/labels-to-munich?what_if={DRAFT}": "What-if: as if this version were law",
    f"/entity/{quote('Sample Motors')}": "Decision support, not legal advice",
    "/filing/filing-1": "whether it covers is not known",
    "/what-if": "What if a draft were law",
    f"/what-if?version={DRAFT}": "What-if: as if this version were law",
    "/duties": "Decision support, not legal advice",
    "/duties?year=2027": "2027",
    "/watches": "exports",
    "/watches?name=x&kind=publications&words=数据&every=daily": "In the last 90 days",
    "/brief": "Sources in this time",
}
OWN_PAGES = {"/": "alert", "/mine": "SECRET-SUBJECT", "/alert/a1": "frame_uri is linked",
             "/dataset/ds-camera": "frame_uri"}  # fmt: skip
NOT_THEIRS = ("/dataset/ds-trips", "/dataset/ds-orphan", "/alert/none")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.mark.parametrize("path", [*TEAM_PAGES, *OWN_PAGES])
async def test_the_team_reads_every_page_in_both_languages_and_as_json(ds: Any, path: str) -> None:
    said = {**TEAM_PAGES, **OWN_PAGES, "/mine": "Owners"}[path]
    for name in ("viewer", "reviewer", "admin"):
        page = await ds.client.get(path, headers=signed_in(ds, name))
        assert page.status_code == 200, page.text
        assert re.search(said, page.text)
    chinese = await ds.client.get(path, headers={**signed_in(ds, "viewer"), "accept-language": "zh"})
    assert '<html lang="zh-Hans">' in chinese.text
    again = await ds.client.get(twin(path), headers=signed_in(ds, "viewer"))
    assert isinstance(again.json(), dict)


async def test_what_brings_no_version_leaves_no_gap_in_the_list_of_triage(ds: Any, workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as kb:
        before = next(iter(kb.query("select new_version from event where id = 'e2'")))
        kb.table("event").update("e2", {"new_version": None})  # as an interpretation, or a notice that moves a day
        page = await ds.client.get("/triage", headers=signed_in(ds, "reviewer"))
        kb.table("event").update("e2", before)
    assert "/triage/e2" in page.text
    assert not re.search(r"·\s*·", page.text)


async def test_an_owner_sees_what_is_theirs_and_nothing_else(ds: Any) -> None:
    headers = signed_in(ds, "perception")
    for path, said in OWN_PAGES.items():
        page = await ds.client.get(path, headers=headers)
        assert (page.status_code, said in page.text) == (200, True), path
        assert "trip_points" not in page.text
        assert "trip_points" not in (await ds.client.get(twin(path), headers=headers)).text
    for path in TEAM_PAGES:
        for address in (path, twin(path)):
            answer = await ds.client.get(address, headers=headers)
            assert answer.status_code == 403, address
            assert "trip_points" not in answer.text
    for path in NOT_THEIRS:
        assert (await ds.client.get(path, headers=headers)).status_code == 404, path
    others = signed_in(ds, "trips")
    assert (await ds.client.get("/alert/a1", headers=others)).status_code == 404
    assert "SECRET" not in (await ds.client.get("/mine", headers=others)).text


async def _post(ds: Any, name: str, path: str, form: dict[str, str], page: str = "/works") -> Any:
    headers = signed_in(ds, name) if name else {}
    shown = await ds.client.get(page, headers=headers)
    token = re.search(r'name="csrftoken" value="([^"]+)"', shown.text)
    crumbs = [header.partition(";")[0] for header in shown.headers.get_list("set-cookie")]
    headers["cookie"] = "; ".join(filter(None, [headers.get("cookie"), *crumbs]))
    data = {"csrftoken": token[1] if token else "", **form}
    return await ds.client.post(path, data=data, headers=headers)


ACTIONS = {
    "/triage/e2/decide": {"rest": "1", "decision": "applicable"}, "/triage/e2/release": {},
    "/links/decide": {"accept": link_id(3)}, "/links/accept-above": {"above": "0.9", "expected": "11"},
    "/links/run/1/undo": {}, "/watches/add": {"name": "n", "kind": "sources", "every": "daily"}, "/watches/x/end": {},
}  # fmt: skip


@pytest.mark.parametrize("path", ACTIONS)
async def test_nobody_but_a_reviewer_decides_and_nobody_without_the_token(ds: Any, path: str) -> None:
    for name in ("", "viewer", "perception"):
        assert (await _post(ds, name, path, ACTIONS[path])).status_code == 403, name
    forged = await _post(ds, "admin", path, {**ACTIONS[path], "csrftoken": "forged"})
    assert forged.status_code == 403
    bare = await ds.client.post(path, data=ACTIONS[path], headers=signed_in(ds, "admin"))
    assert bare.status_code == 403
    asked = await ds.client.get(path, headers=signed_in(ds, "admin"))
    assert asked.status_code == 405


async def test_whom_a_proxy_signs_in_needs_the_token_too(ds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They send no cookie, and Datasette asks for a token only where there is one."""
    monkeypatch.setitem(ds._metadata_local["plugins"]["regwatch"], "sign_on", {
        "actors": {"admin": {"id": "admin", "role": "admin"}}, "proxies": ["127.0.0.1"], "owners": False,
        "user_header": "x-user", "secret_header": "x-secret", "secret": "s" * 16})  # fmt: skip
    headers = {"x-user": "admin", "x-secret": "s" * 16}
    assert (await ds.client.get("/triage", headers=headers)).status_code == 200
    answer = await ds.client.post("/links/decide", data=ACTIONS["/links/decide"], headers=headers)
    assert answer.status_code == 403


async def test_four_eyes_decide_and_release(ds: Any, workspace: Workspace) -> None:
    refused = await _post(ds, "reviewer", "/triage/e2/decide", {"decision": "applicable"})
    assert (refused.status_code, "Nothing is picked" in refused.text) == (400, True)
    bad = await _post(ds, "reviewer", "/triage/e2/decide", {"rest": "1", "decision": "applicable", "due": "soon"})
    assert (bad.status_code, "is not a date" in bad.text) == (400, True)
    form = {"pick:d0": "on", "pick:d1": "on", "decision": "not_applicable", "interpretation": HOSTILE}
    assert (await _post(ds, "reviewer", "/triage/e2/decide", form)).status_code == 303
    early = await _post(ds, "admin", "/triage/e2/release", {})
    assert (early.status_code, "3 undecided" in early.text) == (400, True)
    whole = {"rest": "1", "decision": "applicable", "instruction": "check", "due": "2026-03-31"}
    assert (await _post(ds, "reviewer", "/triage/e2/decide", whole)).status_code == 303
    page = (await ds.client.get("/triage/e2", headers=signed_in(ds, "reviewer"))).text
    assert "Another person releases it" in page
    assert HOSTILE not in page
    assert (await _post(ds, "reviewer", "/triage/e2/release", {})).status_code == 400
    assert (await _post(ds, "admin", "/triage/e2/release", {})).status_code == 303
    with open_company(workspace.company_path) as company:
        decided = rows(company, 'select "change", decision, decided_by, decided_at from triage_decision order by id')
        released = rows(company, "select released_by from triage_release")
    assert [(row["change"], row["decision"]) for row in decided] == [
        ("d0", "not_applicable"), ("d1", "not_applicable"), ("", "applicable")]  # fmt: skip
    assert {(row["decided_by"], row["decided_at"]) for row in decided} == {("reviewer", "2026-02-10T01:00:00Z")}
    assert released == [{"released_by": "admin"}]


def _states(workspace: Workspace) -> dict[str, tuple[str, str | None]]:
    with open_company(workspace.company_path) as company:
        found = rows(company, "select field, state, decided_by from link where dataset = 'ds-orphan'")
    return {row["field"]: (row["state"], row["decided_by"]) for row in found}


async def test_links_are_decided_singly_in_bulk_and_taken_back(ds: Any, workspace: Workspace) -> None:
    assert (await _post(ds, "reviewer", "/links/decide", {"accept": link_id(0)})).status_code == 303
    picked = {f"pick:{link_id(1)}": "on", f"pick:{link_id(2)}": "on", "all": "reject", "why": "not ours"}
    assert (await _post(ds, "reviewer", "/links/decide", picked)).headers["location"].endswith("did=rejected&n=2")
    states = _states(workspace)
    assert states["f0"] == ("accepted", "reviewer")
    assert states["f1"] == states["f2"] == ("rejected", "reviewer")
    picked = {f"pick:{link_id(3)}": "on", "pick:nope": "on", "all": "accept"}
    unknown = await _post(ds, "reviewer", "/links/decide", picked)
    assert (unknown.status_code, _states(workspace)["f3"][0]) == (404, "suggested")  # all of it or nothing
    preview = (await ds.client.get("/links/above.json?above=0.9", headers=signed_in(ds, "reviewer"))).json()
    assert preview["count"] == 7
    stale = await _post(ds, "reviewer", "/links/accept-above", {"above": "0.9", "expected": "8"})
    assert (stale.status_code, "look again first" in stale.text) == (400, True)
    bulk = {"above": "0.9", "expected": "7", "data_type": ""}
    assert (await _post(ds, "admin", "/links/accept-above", bulk)).status_code == 303
    run = (await ds.client.get("/links/runs.json", headers=signed_in(ds, "viewer"))).json()["runs"][0]
    assert (run["links"], run["decided_by"]) == (7, "admin")
    assert (await _post(ds, "reviewer", f"/links/run/{run['run']}/undo", {})).status_code == 303
    assert _states(workspace)["f3"] == ("suggested", None)
    again = await _post(ds, "reviewer", f"/links/run/{run['run']}/undo", {})
    assert (again.status_code, "undone by reviewer" in again.text) == (404, True)


async def test_a_watch_is_kept_and_ended(ds: Any, workspace: Workspace) -> None:
    lacking = await _post(ds, "reviewer", "/watches/add", {"name": "x", "kind": "everything", "every": "daily"})
    assert lacking.status_code == 400
    form = {"name": HOSTILE, "kind": "sources", "every": "daily", "words": ""}
    assert (await _post(ds, "reviewer", "/watches/add", form)).status_code == 303
    page = (await ds.client.get("/watches", headers=signed_in(ds, "reviewer"))).text
    assert HOSTILE not in page
    ends = re.findall(r'action="(/watches/[^"]+/end)"', page)
    assert len(ends) == 2
    assert (await _post(ds, "admin", ends[0], {})).status_code == 303
    with open_company(workspace.company_path) as company:
        assert rows(company, "select count(*) as n from watch where ended_at is not null") == [{"n": 1}]


async def test_the_brief_is_a_file_to_keep(ds: Any) -> None:
    for kind, start in (("docx", b"PK"), ("xlsx", b"PK"), ("html", b"<")):
        answer = await ds.client.get(f"/brief/file.{kind}?since=2026-02-02", headers=signed_in(ds, "viewer"))
        assert answer.content.lstrip().startswith(start)
        assert "attachment" in answer.headers["content-disposition"]
        assert (await ds.client.get(f"/brief/file.{kind}")).status_code == 403
    for since in ("soon", "1999-01-01", "2027-01-01"):
        refused = await ds.client.get(f"/brief?since={since}", headers=signed_in(ds, "viewer"))
        assert (refused.status_code, since in refused.text) == (400, True)


async def test_a_what_if_is_marked_in_the_picture_too(ds: Any) -> None:
    drawn = await ds.client.get(f"/what-if.svg?version={DRAFT}", headers=signed_in(ds, "viewer"))
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert f"what-if: as if {DRAFT} were law" in drawn.text
    assert (await ds.client.get(f"/what-if.svg?version={DRAFT}")).status_code == 403
    unknown = await ds.client.get("/what-if?version=nope@draft-1", headers=signed_in(ds, "viewer"))
    assert (unknown.status_code, "othing to ask of nope@draft-1" in unknown.text) == (404, True)
