"""The site in a real browser: every public page keeps to the policy, fits a phone, passes axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import browser, needs_browser, serious, served, visitor
from site_rows import DRAFT, FINAL, ITEM, add_accounts, seeded_workspace

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
    made = seeded_workspace(tmp_path_factory.mktemp("workspace"))
    add_accounts(made)
    return made


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    with served(workspace) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh-CN")])
def test_every_page_fits_keeps_the_policy_and_passes_axe(
    chromium: Any, address: str, width: int, language: str
) -> None:
    page = visitor(chromium, address, width=width, language=language)
    for name, path in PAGES.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the window"
        assert serious(page) == [], name
    expected = [f"{address}{PAGES['nothing']}"]
    assert [wrong for wrong in page.wrong if "404" not in wrong] == [], expected
    page.context.close()
