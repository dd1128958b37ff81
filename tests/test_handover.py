"""crawlers/saved.py and crawlers/handover.py: pages saved by a browser or wget are recorded with their URL and time."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from nda_site import NDA, at, by_url, link, nda_list, nda_page, page_path, snapshot
from test_crawl_parts import articles, part

from crawlers.handover import record_saved
from kb.errors import CrawlError
from kb.reading.bundle import Part, pack
from kb.recording.record import record_pending

HOST = "https://www.nda.gov.cn"
NOW = "2026-02-10T00:00:00Z"
PDF = b"%PDF-1.4 one"


def entry(url: str, body: bytes, status: int = 200, at: str = "2026-02-05T10:00:00.123+08:00") -> dict[str, Any]:
    content = {"mimeType": "text/html", "text": base64.b64encode(body).decode(), "encoding": "base64"}
    return {"startedDateTime": at, "request": {"url": url}, "response": {"status": status, "content": content}}


def har(folder: Path, *entries: Any) -> str:
    path = folder / "saved.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), "utf-8")
    return str(path)


def test_a_har_gives_list_page_and_annex_with_their_own_time(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    said: list[str] = []
    saved = har(
        tmp_path,
        entry(f"{HOST}{NDA}/0203/one.pdf", PDF),
        entry(HOST + page_path("A"), nda_page("A", files=link("one.pdf")).data),
        entry(f"{HOST}{NDA}/list/index_pc_1.html", nda_list("A", "B").data),
        entry(HOST + page_path("B"), b"refused", status=403),
        entry("https://elsewhere.example.org/x.html", b"<p>x</p>"),
        {"request": {}},
        "nothing",
    )
    [outcome] = record_saved(workspace, ["nda-policies"], hars=[saved], now=NOW, say=said.append)
    assert (outcome.source, outcome.listed, outcome.new) == ("nda-policies", 2, 1)
    rows = snapshot(workspace)
    page = by_url(rows["capture"], page_path("A"))
    assert (page["captured_at"], page["url"]) == ("2026-02-05T02:00:00Z", HOST + page_path("A"))
    assert by_url(rows["document"], "one.pdf")["status"] == "captured"
    assert {row["state"] for row in rows["publication"]} == {"pending", "listed"}
    assert len(said) == 1
    assert "elsewhere.example.org" in said[0]
    [again] = record_saved(workspace, [], hars=[saved], now=NOW)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert snapshot(workspace) == rows


def test_a_folder_of_wget_and_a_page_of_a_browser_are_read(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    mirror = tmp_path / "mirror" / "www.nda.gov.cn" / NDA.strip("/") / "0203"
    mirror.mkdir(parents=True)
    one = mirror / Path(page_path("A")).name
    one.write_bytes(nda_page("A").data)
    os.utime(one, (1770170400, 1770170400))
    mark = f"<!-- saved from url=(0066){HOST}{page_path('B')} -->".encode()
    (tmp_path / "mirror" / "page.html").write_bytes(b"<!DOCTYPE html>\n" + mark + nda_page("B").data)
    (tmp_path / "mirror" / "note.txt").write_text("nothing of the web")
    [outcome] = record_saved(workspace, ["nda-policies"], folders=[str(tmp_path / "mirror")], now=NOW)
    assert outcome.new == 2
    rows = snapshot(workspace)
    assert by_url(rows["capture"], page_path("A"))["captured_at"] == "2026-02-04T02:00:00Z"
    assert by_url(rows["publication"], page_path("B"))["title"] == "数据安全示例B"


def test_a_text_saved_as_several_pages_or_as_one_file_is_whole(tmp_path: Path) -> None:
    workspace, folder = at(tmp_path), tmp_path / "www.cac.gov.cn" / "2026-02" / "03"
    folder.mkdir(parents=True)
    for number, name in enumerate(("c_1770000000000000", "c_1770000000000000_2", "c_1770000000000000_3"), 1):
        (folder / f"{name}.htm").write_bytes(part(number).data)
    single = pack([Part("https://www.cac.gov.cn/2026-02/03/c_1770000000000009.htm", part(3).data)])
    (tmp_path / "www.cac.gov.cn" / "saved.mhtml").write_bytes(single)
    said: list[str] = []
    record_saved(workspace, ["cac-rules"], folders=[str(tmp_path / "www.cac.gov.cn")], now=NOW, say=said.append)
    assert said == []
    record_pending(workspace, now=NOW)
    assert articles(workspace) == [f"第{n}条" for n in "一二三四五六七八九"]
    assert {row["status"] for row in snapshot(workspace)["document"]} == {"read"}


def test_an_older_copy_changes_nothing(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    new = har(tmp_path, entry(HOST + page_path("A"), nda_page("A", words="新的正文。").data))
    record_saved(workspace, ["nda-policies"], hars=[new], now=NOW)
    before = by_url(snapshot(workspace)["document"], page_path("A"))
    old = har(tmp_path, entry(HOST + page_path("A"), nda_page("A").data, at="2026-02-04T10:00:00+08:00"))
    record_saved(workspace, ["nda-policies"], hars=[old], now=NOW)
    assert by_url(snapshot(workspace)["document"], page_path("A")) == before


def test_another_text_of_a_known_page_is_a_change_of_its_own_column(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    first = har(tmp_path, entry(HOST + page_path("A"), nda_page("A").data, at="2026-02-04T10:00:00+08:00"))
    record_saved(workspace, ["nda-policies"], hars=[first], now=NOW)
    edited = har(tmp_path, entry(HOST + page_path("A"), nda_page("A", words="新的正文。").data))
    [outcome] = record_saved(workspace, [], hars=[edited], now=NOW)  # columns of the same host come before it
    assert (outcome.source, outcome.new, outcome.changed) == ("nda-policies", 0, 1)


def test_what_is_no_har_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.har").write_text("{}")
    with pytest.raises(CrawlError, match=r"x\.har: not a HAR file"):
        record_saved(at(tmp_path), [], hars=[str(tmp_path / "x.har")], now=NOW)
