"""The site in a real browser: every public page keeps to the policy, fits a phone, passes axe."""

from __future__ import annotations

from typing import Any

import pytest
from browser import needs_browser, serious, sign_in, visit_pages, visitor
from site_rows import DRAFT, FINAL, ITEM, PASSWORD, served_workspace

from kb.db import open_kb
from kb.workspace import Workspace

pytestmark = needs_browser
PAGES = {
    "home": "/", "works": "/works", "work": "/work/sample-guide", "version": f"/version/{FINAL}",
    "compare": f"/compare?old={DRAFT}&new={FINAL}", "search": "/search?q=位置轨迹", "type": "/type/location-trajectory",
    "publications": "/publications", "event": "/event/e1", "fact": f"/fact/{ITEM.replace('#', '%23')}",
    "notes": f"/compare?old={DRAFT}&new={FINAL}&view=notes", "types": "/types", "sources": "/sources",
    "calendar": "/calendar?month=2026-03", "filters": "/works?validity=in_force",
    "choose": "/compare", "login": "/-/login", "nothing": "/version/nope",
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return served_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh-CN")])
def test_every_page_fits_keeps_the_policy_and_passes_axe(
    chromium: Any, address: str, width: int, language: str
) -> None:
    page = visitor(chromium, address, width=width, language=language)
    visit_pages(page, PAGES, width)
    expected = [f"{address}{PAGES['nothing']}"]
    assert [wrong for wrong in page.wrong if "404" not in wrong] == [], expected
    page.context.close()


def test_a_change_is_found_and_read_without_scripts(chromium: Any, address: str) -> None:
    page = visitor(chromium, address, script=False)
    page.goto("/")
    page.click("text=Compare with the version before")
    assert page.locator("ins").count()
    page.click("nav[aria-label='Filter by grade'] >> text=threshold")
    assert page.locator(".pair").count() == page.locator(".pair .grade.threshold").count() > 0
    page.click(".pair >> nth=0 >> text=#")
    assert "#change-" in page.url
    with page.expect_download() as saved:
        page.click("text=Download DOCX")
    assert saved.value.suggested_filename.endswith(".docx")
    page.context.close()


def test_the_keys_j_k_and_slash_move_through_rows(chromium: Any, address: str) -> None:
    page = visitor(chromium, address)
    page.goto(PAGES["compare"])
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.id")
    page.keyboard.press("k")
    assert first.startswith("change-")
    assert second not in ("", first)
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.wrong == []
    page.context.close()


def test_the_language_is_switched_and_kept(chromium: Any, address: str) -> None:
    page = visitor(chromium, address, language="zh-CN")
    page.goto("/works")
    assert page.inner_text("h1") == "法规"
    page.click("a.switch")
    assert page.inner_text("h1") == "Works"
    page.goto("/search")
    assert page.get_attribute("html", "lang") == "en"
    page.context.close()


def test_the_skip_link_is_the_first_stop_of_the_tab_key(chromium: Any, address: str) -> None:
    page = visitor(chromium, address)
    page.goto("/works")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.context.close()


def test_hostile_words_of_an_agency_never_run(chromium: Any, address: str, workspace: Workspace) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'}}</script><svg onload=alert(3)>"
    with open_kb(workspace.kb_path) as db:
        kept = {row["id"]: row for row in db.query("select id, title from version")}
        db.execute("update version set title = ?", [hostile])
        db.execute("update publication set title = ?, url = 'javascript:alert(4)'", [hostile])
        db.execute("update data_item set name = ?", [hostile])
        db.conn.commit()
    try:
        page = visitor(chromium, address)
        for path in ("/", "/work/sample-guide", PAGES["version"], PAGES["compare"], PAGES["search"], "/publications",
                     PAGES["type"], PAGES["calendar"], PAGES["notes"]):  # fmt: skip
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert "onerror=alert(1)" in page.inner_text("body") or path == PAGES["search"], path
            assert page.locator("main img[src=x], main svg, main script").count() == 0, path
            assert page.locator("[href^=javascript]").count() == 0, path
        assert page.wrong == []
        page.context.close()
    finally:
        with open_kb(workspace.kb_path) as db:
            for row in kept.values():
                db.table("version").update(row["id"], {"title": row["title"]})


def test_a_reviewer_corrects_a_reading_beside_its_source(chromium: Any, address: str, workspace: Workspace) -> None:
    page = visitor(chromium, address)
    sign_in(page, "viewer", PASSWORD)
    page.goto("/facts")
    assert page.locator("form.decide").count() == 0, "a viewer decides nothing"
    page.context.close()
    page = visitor(chromium, address)
    sign_in(page, "reviewer", PASSWORD)
    page.goto("/facts?kind=version")
    assert serious(page) == []
    row = page.locator(f"article[aria-label$='{FINAL}']")
    row.locator("summary").click()
    row.locator("input[name=field-effective]").fill("2026-07-15")
    row.locator("button[value=correct]").click()
    page.goto("/facts?decided=1")
    assert "2026-07-15" in page.inner_text("main")
    page.goto(PAGES["version"])
    assert "15 Jul 2026" in page.inner_text("main")
    with open_kb(workspace.kb_path) as db:
        [decision] = list(db.query("select * from review_decision"))
    assert (decision["by"], decision["decision"]) == ("reviewer", "correct")
    assert page.wrong == []
    page.context.close()


def test_a_wrong_password_is_refused_in_the_visitors_words(chromium: Any, address: str) -> None:
    page = visitor(chromium, address, language="zh-CN")
    sign_in(page, "reviewer", "guess")
    assert page.inner_text("[role=alert]") == "用户名或密码不正确"
    page.goto("/alerts")
    assert page.inner_text("h1") == "无权访问"
    page.context.close()
