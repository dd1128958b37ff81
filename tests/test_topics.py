"""Topics decide what is recorded in full; what is listed is kept, and found again when they change."""

from __future__ import annotations

from pathlib import Path

from agency_site import Replies, Reply, serve
from nda_site import NDA, at, by_url, nda_list, nda_page, page_path, snapshot

from crawlers.crawl import crawl_declared
from crawlers.source import find_sources
from kb.workspace import Workspace

DAYS = [f"2026-02-{day:02d}T00:00:00Z" for day in (3, 4, 5)]
LIST = f"{NDA}/list/index_pc_1.html"


def crawl(workspace: Workspace, url: str, now: str, **changed: object) -> None:
    [source] = find_sources(["nda-policies"])
    source = source.model_copy(update=changed)
    crawl_declared(Workspace(workspace.root), [source], base_urls={source.id: url}, now=now)


def test_a_listed_row_that_new_topics_match_is_followed_though_no_list_shows_it_any_more(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    replies: Replies = {LIST: nda_list("A", title="水泵示例{}"), page_path("A"): nda_page("A")}
    with serve(replies) as site:
        crawl(workspace, site.url, DAYS[0])
        assert page_path("A") not in site.paths()
        site.replies[LIST] = nda_list("B", title="无关示例{}")
        config = workspace.config_path
        config.write_text(config.read_text("utf-8").replace("topics:\n", "topics:\n  - 水泵\n"), "utf-8")
        crawl(workspace, site.url, DAYS[1])
    row = by_url(snapshot(workspace)["publication"], page_path("A"))
    assert (row["followed"], row["state"], row["published"]) == (1, "pending", "2026-02-03")


def test_a_text_is_looked_at_once_where_titles_say_too_little(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    replies: Replies = {
        LIST: nda_list("A", "B", title="示例{}"),
        page_path("A"): nda_page("A", words="本示例涉及汽车数据。"),
        page_path("B"): nda_page("B").data and Reply(str(nda_page("B").body).replace("数据安全", "水泵")),
    }
    with serve(replies) as site:
        for day in DAYS[:2]:
            site.asked.clear()
            crawl(workspace, site.url, day, follow="bodies")
        assert page_path("B") not in site.paths()
        assert page_path("A") in site.paths()
    rows = snapshot(workspace)
    assert by_url(rows["publication"], page_path("A"))["followed"] == 1
    assert by_url(rows["publication"], page_path("B"))["followed"] == 0
    assert by_url(rows["capture"], page_path("B"))


def test_another_agencys_article_is_that_agencys_publication(tmp_path: Path) -> None:
    guide = "https://www.miit.gov.cn/jgsj/waj/wjfb/art/2026/art_4d98b542f9ba44d3b4ecf50cd034e14b.html"
    row = f'<li><a href="{guide}" title="汽车数据出境示例">x</a><span>2026.02.03</span></li>'
    workspace = at(tmp_path)
    with serve({LIST: Reply(f'<ul class="u-list">{row}</ul>')}) as site:
        crawl(workspace, site.url, DAYS[0])
        assert site.paths() == [LIST]
    [found] = snapshot(workspace)["publication"]
    assert (found["agency"], found["key"]) == ("miit", "art_4d98b542f9ba44d3b4ecf50cd034e14b")
    assert snapshot(workspace)["document"] == []
