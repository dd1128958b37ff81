"""A rule that nobody knew is published: the team hears of it, owners when the team says so; history is no news."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agency_site import AgencySite, Reply, serve
from nda_site import NDA, at, nda_list, nda_page, page_path

from crawlers.crawl import crawl_sources
from kb.db import open_kb
from kb.news import whats_new
from kb.recording.record import record_pending
from kb.workspace import Workspace
from mappings.alerts.outbox import catch_up
from mappings.alerts.triage import decide, release
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link
from mappings.db import open_company

DAYS = [*(f"2026-02-0{day}T00:00:00Z" for day in range(2, 6)), "2026-04-10T00:00:00Z"]
CATALOG = "dataset,column,type,owner,owner_email\nadas.frames,image,varchar,vision,vision@example.invalid\n"
LIST = f"{NDA}/list/index_pc_1.html"
NAME = "示例车载数据管理规定"
RULE = "</p><p>".join([
    NAME, "第一条 为了演示，制定本规定。", "第二条 车外影像的保存期限不得超过三十日。",
    "第三条 本规定自2026年5月1日起施行。",
])  # fmt: skip


def rule(letter: str, day: str = "2026.02.03", name: str = NAME) -> Reply:
    page = nda_page(letter, words=RULE.replace(NAME, name).replace("三十日", {NAME: "三十日"}.get(name, "九十日")))
    words = page.body.decode() if isinstance(page.body, bytes) else page.body
    return Reply(words.replace(f"数据安全示例{letter}", name).replace("2026.02.03", day))


def listed(*letters: str) -> Reply:
    return nda_list(*letters, title="数据安全示例车载数据管理规定{}")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = at(tmp_path)
    found.config_path.write_text(found.config_path.read_text("utf-8").replace("release: analyst", "release: automatic"))
    catalog = tmp_path / "catalog.csv"
    catalog.write_text(CATALOG, "utf-8")
    with open_company(found.company_path) as company:
        import_catalog(company, [catalog], now=DAYS[0])
        decide_link(company, "adas.frames", "image", "exterior-imagery", "accepted", by="data office", now=DAYS[0])
    return found


@pytest.fixture
def site() -> Iterator[AgencySite]:
    with serve({LIST: nda_list("A"), page_path("A"): nda_page("A")}) as found:
        yield found


def look(workspace: Workspace, site: AgencySite, day: int) -> None:
    crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[day])
    record_pending(workspace, now=DAYS[day])
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=DAYS[day])


def alerts(workspace: Workspace) -> list[tuple[str, str]]:
    with open_company(workspace.company_path) as company:
        return [(row["owner"], row["kind"]) for row in company.query("select * from alert order by composed_at, owner")]


def changes(workspace: Workspace) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as kb:
        return list(kb.query("select event.id as event, change.* from change join event on event.id = change.event"))


def test_a_new_rule_is_told_to_the_team_at_once_and_to_its_owners_when_the_team_has_decided(
    workspace: Workspace, site: AgencySite
) -> None:
    look(workspace, site, 0)
    site.replies |= {LIST: listed("B", "A"), page_path("B"): rule("B")}
    for day in (1, 2):
        look(workspace, site, day)
    (change,) = changes(workspace)
    assert (change["grade"], change["quote"]) == ("substantive", "阶段：首次发布，正式文本 2026-02-03")
    assert alerts(workspace) == [("team", "triage")]
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        assert [row["kind"] for row in whats_new(kb)].count("event") == 1
        told = next(company.query("select body from alert"))["body"]
        decide(kb, company, change["event"], "applicable", by="legal", now=DAYS[3])
        release(kb, company, workspace.config, change["event"], by="legal", now=DAYS[3])
        catch_up(kb, company, workspace.config, now=DAYS[3])
    assert "首次发布" in told
    assert alerts(workspace) == [("team", "triage"), ("vision@example.invalid", "alert")]


def test_what_was_there_when_a_source_was_first_read_is_history(workspace: Workspace, site: AgencySite) -> None:
    site.replies |= {LIST: listed("B", "A"), page_path("B"): rule("B")}
    for day in (0, 1):
        look(workspace, site, day)
    assert (changes(workspace), alerts(workspace)) == ([], [])


def test_an_old_rule_that_comes_to_light_is_no_news_and_one_that_came_out_in_a_long_outage_is(
    workspace: Workspace, site: AgencySite
) -> None:
    look(workspace, site, 0)
    site.replies |= {LIST: listed("B", "A"), page_path("B"): rule("B", "2025.06.03")}
    look(workspace, site, 1)
    assert changes(workspace) == []
    site.replies |= {LIST: listed("C", "A"), page_path("C"): rule("C", "2026.03.01", "示例座舱数据管理办法")}
    look(workspace, site, 4)
    assert len(changes(workspace)) == 1


def test_a_second_text_of_a_work_is_compared_and_not_new_again(workspace: Workspace, site: AgencySite) -> None:
    look(workspace, site, 0)
    site.replies |= {LIST: listed("B", "A"), page_path("B"): rule("B")}
    look(workspace, site, 1)
    site.replies |= {LIST: listed("C", "B", "A"), page_path("C"): rule("C")}
    look(workspace, site, 2)
    assert len(changes(workspace)) == 1
