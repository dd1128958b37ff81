"""crawlers/recording.py: a live source's answers and their reading, in a folder that is not the repository's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agency_site import serve
from nda_site import DAYS, NDA, at, link, nda_list, nda_page, page_path

from crawlers.recording import ROOT, record_source
from kb.errors import CrawlError


def test_list_page_and_annex_are_saved_with_their_reading(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    replies = {
        f"{NDA}/list/index_pc_1.html": nda_list("A", title="示例{}"),
        page_path("A"): nda_page("A", files=link("no.pdf")),
    }
    with serve({**replies}) as site:
        bases = {"nda-policies": site.url}
        outcome, written = record_source(workspace, "nda-policies", tmp_path / "out", base_urls=bases, now=DAYS[0])
    saved = json.loads((tmp_path / "out" / "reading.json").read_text("utf-8"))
    assert (outcome.outcome, [row["title"] for row in saved["rows"]]) == ("healthy", ["示例A"])
    titles = [file["reading"]["title"] for file in saved["files"].values()]
    assert "数据安全示例A" in titles
    assert len(written) == 3
    assert not workspace.kb_path.exists()


def test_other_peoples_texts_do_not_go_into_the_repository(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="lies in the repository"):
        record_source(at(tmp_path), "nda-policies", ROOT / "tests" / "x", base_urls={}, now=DAYS[0])
