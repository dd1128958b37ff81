"""What a hostile or broken site hands out: each ends in a named state, the run goes on, no other host is asked."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from agency_site import AgencySite, Replies, Reply, serve
from nda_site import DAYS, NDA, Row, at, by_url, link, nda_list, nda_page, page_path, snapshot

from crawlers.crawl import crawl_declared
from crawlers.items import Outcome
from crawlers.source import find_sources

LINKS = {
    "file": "file:///etc/passwd",
    "loopback": "http://127.0.0.1:9/inner.pdf",
    "localhost": "http://localhost/inner.pdf",
    "metadata": "http://169.254.169.254/latest/meta-data.pdf",
    "other": "https://elsewhere.example/x.pdf",
    "script": "javascript:alert(1).pdf",
}
UTF8 = {"Content-Type": "text/html; charset=utf-8"}
NAME = "../../../../etc/cron.d/x.pdf"


def replies() -> Replies:
    bomb = gzip.compress(b"x" * (40 * 2**20))
    files = "".join(link(url) for url in LINKS.values())
    return {
        f"{NDA}/list/index_pc_1.html": nda_list("A", "B", "C", "D", "E", "F", "G"),
        page_path("A"): nda_page("A", files=files + link("named.pdf") + link("bomb.pdf") + link("loop.pdf")),
        page_path("B"): Reply("", 302, {"Location": page_path("B")}),
        page_path("C"): Reply(bomb, headers={"Content-Encoding": "gzip"}),
        page_path("D"): Reply("", 301, {"Location": "http://10.0.0.1/internal.html"}),
        page_path("E"): Reply(str(nda_page("E").body).encode("gb18030"), headers=UTF8),
        page_path("F"): nda_page("F"),
        page_path("G"): Reply(b"<html>" + b"y" * (2 * 2**20)),
        f"{NDA}/0203/named.pdf": Reply(
            b"%PDF-1.4 %%EOF", headers={"Content-Disposition": f'attachment; filename="{NAME}"'}
        ),
        f"{NDA}/0203/bomb.pdf": Reply(bomb, headers={"Content-Encoding": "gzip"}),
        f"{NDA}/0203/loop.pdf": Reply("", 302, {"Location": f"{NDA}/0203/loop.pdf"}),
    }  # fmt: skip


Seen = tuple[Outcome, dict[str, list[Row]], AgencySite]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    workspace = at(tmp_path_factory.mktemp("bad"))
    sources = [source.model_copy(update={"max_megabytes": 1}) for source in find_sources(["nda-policies"])]
    with serve(replies()) as site:
        [outcome] = crawl_declared(workspace, sources, base_urls={"nda-policies": site.url}, now=DAYS[0])
        yield outcome, snapshot(workspace), site


@pytest.mark.parametrize(
    ("letter", "status", "says"),
    [
        ("B", "expected", "redirections"),
        ("C", "too_large", "larger than 1 MB"),
        ("D", "missing", "10.0.0.1 is not a declared host"),
        ("G", "too_large", "larger than 1 MB"),
    ],
)
def test_a_page_that_cannot_be_had_has_a_named_state(seen: Seen, letter: str, status: str, says: str) -> None:
    page = by_url(seen[1]["document"], page_path(letter))
    assert page["status"] == status
    assert says in page["detail"]


def test_the_run_goes_on(seen: Seen) -> None:
    documents = seen[1]["document"]
    assert [by_url(documents, page_path(letter))["status"] for letter in "AEF"] == ["captured"] * 3
    assert seen[0].listed == 7


@pytest.mark.parametrize("name", ["loopback", "localhost", "metadata", "other"])
def test_a_link_to_a_host_that_is_not_declared_is_listed_and_not_asked(seen: Seen, name: str) -> None:
    document = by_url(seen[1]["document"], LINKS[name])
    assert document["status"] == "missing"
    assert "is not a declared host" in document["detail"]


@pytest.mark.parametrize("name", ["file", "script"])
def test_what_is_no_web_address_is_no_annex(seen: Seen, name: str) -> None:
    assert not [row for row in seen[1]["document"] if row["url"] == LINKS[name]]


def test_an_annex_is_kept_by_digest_whatever_it_calls_itself(seen: Seen) -> None:
    capture = by_url(seen[1]["capture"], "named.pdf")
    assert capture["filename"] == NAME
    assert by_url(seen[1]["document"], "named.pdf")["status"] == "captured"


def test_bombs_and_loops_of_annexes_have_a_named_state(seen: Seen) -> None:
    assert by_url(seen[1]["document"], "bomb.pdf")["status"] == "too_large"
    assert "redirections" in by_url(seen[1]["document"], "loop.pdf")["detail"]
    assert sum("loop.pdf" in path for path in seen[2].paths()) <= 6


def test_a_page_in_another_charset_than_it_says_is_read(seen: Seen) -> None:
    assert by_url(seen[1]["publication"], page_path("E"))["published"] == "2026-02-03"
