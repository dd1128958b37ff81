"""A text that its site breaks over several pages is one document, read and compared as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agency_site import Replies, Reply, serve
from nda_site import DAYS, at, by_url, snapshot

from crawlers.crawl import crawl_sources
from crawlers.items import Outcome
from kb.db import open_kb
from kb.evidence.archive import Archive
from kb.identity import digest_bytes
from kb.reading.bundle import Part, is_bundle, pack, unpack
from kb.reading.page import read_page
from kb.recording.record import record_pending
from kb.workspace import Workspace

SOURCE = "cac-rules"
PAGE = "/2026-02/03/c_1770000000000000"
RECORD = {"topic": "数据安全示例规定", "infourl": f"//www.cac.gov.cn{PAGE}.htm", "pubtime": "2026-02-03 18:00:00.0"}
LIST = {"totalRec": "1", "list": [RECORD]}


def part(number: int, words: str = "", made: str = "") -> Reply:
    """Page ``number`` of three, with four articles of its own."""
    articles = "".join(
        f"<p>第{'一二三四五六七八九十'[n]}条　示例单位应当记录第{n}类示例数据{words}。</p>"
        for n in range(3 * number - 3, 3 * number)
    )
    pager = "".join(f'<a href="{PAGE[12:]}{f"_{n}" if n > 1 else ""}.htm">{n}</a>' for n in (1, 2, 3))
    head = '<h1 class="title">数据安全示例规定</h1><span id="pubtime">2026年02月03日 18:00</span>'
    text = f'{head}<DIV id=BodyLabel>{articles}</DIV><div class="zwfenye">{pager}</div><!-- publishdate:{made} -->'
    return Reply(text, headers={"ETag": f'"{digest_bytes(text.encode())[:9]}"'})


def conditional(reply: Reply) -> object:
    tag = reply.headers["ETag"]
    return lambda asked: Reply(b"", 304, {"ETag": tag}) if asked.get("If-None-Match") == tag else reply


def site_of(**parts: Reply) -> Replies:
    pages: dict[str, Reply] = {"one": part(1), "two": part(2), "three": part(3)} | parts
    names = {"one": "", "two": "_2", "three": "_3"}
    return {
        "/cms/JsonList": Reply(json.dumps(LIST)),
        **{f"{PAGE}{names[name]}.htm": reply for name, reply in pages.items()},
    }


def crawl(replies: Replies, workspace: Workspace, day: str) -> tuple[Outcome, list[str]]:
    with serve(replies) as site:
        [outcome] = crawl_sources(workspace, [SOURCE], base_urls={SOURCE: site.url}, now=day)
        record_pending(workspace, now=day)
        return outcome, [path for path in site.paths() if path.startswith("/20")]


def articles(workspace: Workspace) -> list[str]:
    with open_kb(workspace.kb_path) as db:
        sql = "select number from provision join version on version.text = provision.text where kind = 'article'"
        return [row["number"] for row in db.query(f"{sql} order by ordinal")]


def test_pages_of_one_text_are_joined_in_order(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    outcome, asked = crawl(site_of(), workspace, DAYS[0])
    assert asked == [f"{PAGE}.htm", f"{PAGE}_2.htm", f"{PAGE}_3.htm"]
    assert (outcome.new, outcome.faults) == (1, 0)
    assert articles(workspace) == [f"第{n}条" for n in "一二三四五六七八九"]
    rows = snapshot(workspace)
    assert by_url(rows["document"], f"{PAGE}.htm")["status"] == "read"
    raw = {row["url"].rpartition("/")[2] for row in rows["capture"] if row["http_status"] == 200}
    assert {"c_1770000000000000.htm", "c_1770000000000000_2.htm", "c_1770000000000000_3.htm"} <= raw


def test_unchanged_pages_are_asked_conditionally_and_change_nothing(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    crawl(site_of(), workspace, DAYS[0])
    before = snapshot(workspace)["capture"]
    same = {path: conditional(reply) if PAGE in path else reply for path, reply in site_of().items()}  # type: ignore[arg-type]
    outcome, asked = crawl(same, workspace, DAYS[1])  # type: ignore[arg-type]
    assert (outcome.changed, len(asked)) == (0, 3)
    assert snapshot(workspace)["capture"] == before


def test_an_edit_on_a_further_page_is_an_edit_and_a_stamp_is_none(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    crawl(site_of(), workspace, DAYS[0])
    assert crawl(site_of(three=part(3, made="2026/02/04")), workspace, DAYS[1])[0].changed == 0
    assert crawl(site_of(three=part(3, "三年")), workspace, DAYS[2])[0].changed == 1
    with open_kb(workspace.kb_path) as db:
        assert [row["origin"] for row in db.query("select origin from event order by rowid")][-1:] == ["edit"]


def test_a_text_waits_for_a_page_that_does_not_come_now(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    outcome, _ = crawl(site_of(two=Reply("no", 403)), workspace, DAYS[0])
    assert outcome.outcome == "blocked"
    document = by_url(snapshot(workspace)["document"], f"{PAGE}.htm")
    assert (document["status"], document["detail"]) == ("expected", "c_1770000000000000_2.htm: HTTP 403")
    assert articles(workspace) == []
    crawl(site_of(), workspace, DAYS[1])
    assert len(articles(workspace)) == 9


def test_a_page_that_the_site_has_lost_is_a_loss_of_the_text(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    crawl(site_of(two=Reply("", 404)), workspace, DAYS[0])
    document = by_url(snapshot(workspace)["document"], f"{PAGE}.htm")
    assert (document["status"], "1 further page, not read" in document["detail"]) == ("partly", True)
    assert len(articles(workspace)) == 6


def test_a_bundle_keeps_every_byte(tmp_path: Path) -> None:
    parts = [Part("https://a.cn/1.htm", b"<p>\r\n\xff\x00\n</p>\n"), Part("https://a.cn/1_2.htm", b"")]
    assert unpack(pack(parts)) == parts
    assert pack(parts) == pack(parts)
    assert is_bundle(pack(parts))
    assert not is_bundle(b"<html><p>Content-Type: multipart/related</p>")
    assert Archive(tmp_path).store(pack(parts))


SAVED = """From: <Saved by Blink>
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="b"

--b
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable
Content-Location: https://www.miit.gov.cn/x/art_1.html

<html><h1 id=3D"con_title">t</h1><div id=3Dcon_con>=E7=A4=BA=E4=BE=8B<a href=
=3D"a.pdf">x</a></div></html>
--b--
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_page_that_a_browser_saved_as_one_file_is_read(ends: str) -> None:
    page = read_page(SAVED.replace("\n", ends).encode())
    assert (page.shape, page.significant) == ("miit", "示例x")
    assert [annex.url for annex in page.attachments] == ["https://www.miit.gov.cn/x/a.pdf"]
