"""A page that never comes is its own matter while its neighbours do; a site whose new pages all fail has drifted."""

from __future__ import annotations

from pathlib import Path

from agency_site import AgencySite, Replies, Reply, serve
from nda_site import DAYS, NDA, NOTICES, at, nda_list, nda_page, page_path

from crawlers.crawl import crawl_sources
from crawlers.items import Outcome
from kb.workspace import Workspace

NONSENSE = Reply("<html><body>" + "<div>" * 2000 + "示例")
LIST = f"{NDA}/list/index_pc_1.html"


def site_with(**pages: Reply) -> Replies:
    return {LIST: nda_list(*pages), **{page_path(letter): page for letter, page in pages.items()}}


def visit(workspace: Workspace, site: AgencySite, day: int, **pages: Reply) -> Outcome:
    site.replies.clear()
    site.replies.update(site_with(**pages))
    [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url},
                              now=f"2026-02-{day:02}T00:00:00Z")  # fmt: skip
    return outcome


def test_one_broken_page_does_not_make_its_source_drifted_however_long_it_stands(tmp_path: Path) -> None:
    workspace, good = at(tmp_path), nda_page("A")
    with serve({}) as site:
        visit(workspace, site, 3, A=good)
        found = visit(workspace, site, 4, A=good, B=NONSENSE)
        assert (found.outcome, found.detail) == ("healthy", "1 document: a page of another form than nda")
        assert visit(workspace, site, 5, A=good, B=NONSENSE, C=nda_page("C")).outcome == "healthy"
        two = {"B": NONSENSE, "D": NONSENSE}
        assert visit(workspace, site, 6, A=good, C=nda_page("C"), **two).outcome == "healthy"


def test_a_site_whose_new_pages_are_all_of_another_form_is_drifted_though_its_old_pages_stand(tmp_path: Path) -> None:
    workspace, good, fresh = at(tmp_path), nda_page("A"), Reply("<main><h1>示例</h1><p>新版。</p></main>")
    with serve({}) as site:
        visit(workspace, site, 3, A=good)
        visit(workspace, site, 4, A=good, B=fresh)
        assert visit(workspace, site, 5, A=good, B=fresh, C=fresh).outcome == "drifted"


def test_the_first_page_of_a_column_that_is_none_is_its_own_matter_where_its_agency_has_been_read(
    tmp_path: Path,
) -> None:
    workspace = at(tmp_path)
    with serve({}) as site:
        visit(workspace, site, 3, A=nda_page("A"))
        path = page_path("B").replace(NDA, NOTICES)
        rows = nda_list("B", folder=NOTICES).data.decode().replace(page_path("B"), path)
        site.replies[f"{NOTICES}/list/index_pc_1.html"] = Reply(rows)
        site.replies[path] = Reply(bytes(range(256)) * 40)
        [found] = crawl_sources(workspace, ["nda-notices"], base_urls={"nda-notices": site.url}, now=DAYS[1])
        assert (found.outcome, found.detail) == ("healthy", "1 document: neither a page nor a document")
