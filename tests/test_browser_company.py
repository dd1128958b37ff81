"""The company's pages in a real browser, as an analyst and as an owner work with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from browser import needs_browser, sign_in, visit_pages, visitor
from company_world import company_workspace
from site_rows import DRAFT, FINAL, PASSWORD

from kb.rows import rows
from kb.workspace import Workspace
from mappings.db import open_company

pytestmark = needs_browser
TEAM_PAGES = {
    "home": "/", "triage": "/triage", "event": "/triage/e2", "alerts": "/alerts", "alert": "/alert/a1",
    "owners": "/mine", "owner": "/owner/perception", "catalog": "/catalog", "system": "/system/Charging",
    "dataset": "/dataset/ds-orphan", "links": "/links", "above": "/links/above?above=0.8", "runs": "/links/runs",
    "transfers": "/exposure", "transfer": "/transfer/labels-to-munich", "entity": f"/entity/{quote('Sample Motors')}",
    "filing": "/filing/filing-1", "what-if": f"/what-if?version={DRAFT}", "duties": "/duties", "watches": "/watches",
    "brief": "/brief", "impact": f"/impact?from={DRAFT}&to={FINAL}",
}  # fmt: skip
OWN_PAGES = {"mine": "/mine", "alert": "/alert/a1", "dataset": "/dataset/ds-camera"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.mark.parametrize(("who", "pages"), [("reviewer", TEAM_PAGES), ("perception", OWN_PAGES)])
@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh-CN")])
def test_every_page_fits_runs_nothing_strange_and_passes_axe(
    chromium: Any, address: str, who: str, pages: dict[str, str], width: int, language: str
) -> None:
    page = visitor(chromium, address, width=width, language=language)
    sign_in(page, who, PASSWORD)
    visit_pages(page, pages, width)
    assert page.wrong == []  # no script of a description, no other host, nothing that the policy refused
    page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_box_to_tick_stands_before_its_words(chromium: Any, address: str, width: int) -> None:
    page = visitor(chromium, address, width=width)
    sign_in(page, "reviewer", PASSWORD)
    page.goto("/triage/e2")
    box, label = (page.locator(which).bounding_box() for which in ("[name=rest]", "label:has([name=rest])"))
    assert box["x"] - label["x"] < 8
    assert abs(box["y"] + box["height"] / 2 - label["y"] - label["height"] / 2) < 8
    page.context.close()


def test_a_wrong_password_says_so_and_opens_nothing(chromium: Any, address: str) -> None:
    page = visitor(chromium, address)
    sign_in(page, "reviewer", "guess")
    assert "Invalid username or password" in page.inner_text("main")
    page.goto("/links")
    assert "Sign in" in page.inner_text("main")
    assert "ds-orphan" not in page.content()
    page.context.close()


def _states(workspace: Workspace) -> dict[str, str]:
    with open_company(workspace.company_path) as company:
        found = rows(company, "select field, state from link where dataset = 'ds-orphan'")
    return {row["field"]: row["state"] for row in found}


def test_suggestions_are_accepted_and_rejected_by_keyboard(chromium: Any, address: str, workspace: Workspace) -> None:
    page = visitor(chromium, address)
    sign_in(page, "reviewer", PASSWORD)
    page.goto("/links")
    page.keyboard.press("j")  # the first
    with page.expect_navigation():
        page.keyboard.press("a")
    assert "1 link accepted" in page.inner_text("main")
    page.keyboard.press("j")  # the place is kept: now the second of what is left
    with page.expect_navigation():
        page.keyboard.press("r")
    states = _states(workspace)
    assert (states["f0"], states["f1"], states["f2"]) == ("accepted", "suggested", "rejected")
    page.focus("input[name=why]")
    page.keyboard.type("jar")  # typing is typing
    assert page.input_value("input[name=why]") == "jar"
    page.context.close()


def test_everything_works_without_a_script(chromium: Any, address: str, workspace: Workspace) -> None:
    page = visitor(chromium, address, script=False)
    sign_in(page, "reviewer", PASSWORD)
    page.goto("/links/above?above=0.9")
    page.click("main form button")
    assert "links accepted" in page.inner_text("main")
    page.click("text=Take it back")
    page.click("table a >> nth=0")
    page.click("main form button")
    assert "undone" in page.inner_text("main")
    assert _states(workspace)["f5"] == "suggested"
    page.context.close()


def test_one_person_decides_and_another_releases(chromium: Any, address: str) -> None:
    analyst = visitor(chromium, address)
    sign_in(analyst, "reviewer", PASSWORD)
    analyst.goto("/triage")
    analyst.click("main h2 a >> nth=0")
    analyst.check("input[name=rest]")
    analyst.fill("input[name=interpretation]", "our cameras")
    analyst.fill("input[name=due]", "2026-03-31")
    analyst.click("button[value=applicable]")
    assert "Another person releases it" in analyst.inner_text("#release")
    analyst.context.close()
    second = visitor(chromium, address)
    sign_in(second, "admin", PASSWORD)
    second.goto("/triage/e2")
    second.click("#release button")
    assert "released" in second.inner_text("#release")
    assert "by admin" in second.inner_text("#release")
    second.context.close()


def test_an_owner_answers_their_alert(chromium: Any, address: str, workspace: Workspace) -> None:
    page = visitor(chromium, address, width=390, language="zh-CN")
    sign_in(page, "perception", PASSWORD)
    page.goto("/mine")
    page.click("ol.alerts a >> nth=0")
    page.check("input[value=will_act]")
    page.click("form.answering button")
    assert page.locator("text=will_act needs the day").count()  # one clear line, and nothing recorded
    page.go_back()
    page.check("input[value=will_act]")
    page.fill("input[name=until]", "2026-03-31")
    page.click("form.answering button")
    assert "2026年3月31日" in page.inner_text("main")
    with open_company(workspace.company_path) as company:
        [answered] = rows(company, "select acknowledged_by, decision, until from acknowledgement where alert = 'a1'")
    assert answered == {"acknowledged_by": "perception", "decision": "will_act", "until": "2026-03-31"}
    page.context.close()
