"""Files made to cost everything cost their own reading only: through the process that reads, `add` and a crawl."""

from __future__ import annotations

import io
import json
import re
import resource
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from agency_site import Reply, serve
from click.testing import CliRunner
from nda_site import DAYS, NDA, at, by_url, link, nda_list, nda_page, page_path, snapshot
from test_reading_apart import GUIDE, far_cells, swollen_word

from crawlers.crawl import crawl_declared
from crawlers.source import find_sources
from kb.reading import apart
from kb.reading.apart import Readers
from kb.recording.record import record_pending
from regwatch import main

SECONDS, MEMORY = 5, 1_000_000_000
OFD = "xmlns:ofd='http://www.ofdspec.org/2016'"
OBJECT = "<ofd:TextObject ID='1' Boundary='0 0 9 9' Font='1' Size='3'><ofd:TextCode X='1' Y='1'>{}</ofd:TextCode>"


def packed(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf(*objects: bytes) -> bytes:
    """``objects`` are numbered from 1, the first is the root."""
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF"


def stream(content: bytes, said: bytes = b"") -> bytes:
    data = zlib.compress(content, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (said, len(data), data)


def page(content: bytes, *more: bytes) -> bytes:
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    one = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", pages, one, stream(content), *more)


def form(draws: int) -> bytes:
    said = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % draws
    return stream(b"/X Do /X Do", said)


def shared_cells() -> bytes:
    """One long text, in a hundred thousand cells."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["示" * 30_000])
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    parts[sheet] = re.sub("<row.*</row>", row * 1000, parts[sheet])
    return packed(parts)


def ofd(content: str) -> bytes:
    body = "<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody>"
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    said = f"<ofd:CommonData>{area}</ofd:CommonData><ofd:Pages><ofd:Page ID='1' BaseLoc='P.xml'/></ofd:Pages>"
    return packed({
        "OFD.xml": f"<ofd:OFD {OFD}>{body}</ofd:OFD>",
        "D/Document.xml": f"<ofd:Document {OFD}>{said}</ofd:Document>",
        "D/P.xml": f"<ofd:Page {OFD}><ofd:Content><ofd:Layer ID='9'>{content}</ofd:Layer></ofd:Content></ofd:Page>",
    })  # fmt: skip


def bombs() -> dict[str, bytes]:
    return {
        "far.xlsx": far_cells("A1", "XFD1048576"),
        "shared.xlsx": shared_cells(),
        "forms.pdf": page(b"/X Do", *(form(at) for at in range(6, 40)), form(5)),  # each draws the next one twice
        "mutual.pdf": page(b"/X Do", form(6), form(5)),
        "inflating.pdf": page(b" " * 600_000_000, form(5)),
        "pages.pdf": pdf(
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[%s]>>" % (b"3 0 R " * 50_000),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>",
        ),
        "runs.ofd": ofd((OBJECT + "</ofd:TextObject>").format("示例") * 60_000),
    }  # fmt: skip


BOMBS = bombs()


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    """What everything in this process reads with, with less time and memory than it has otherwise."""
    monkeypatch.setattr(apart, "SECONDS_PER_MEGABYTE", 0)
    pool = Readers(seconds=SECONDS, memory=MEMORY)
    monkeypatch.setattr(apart, "_shared", pool)
    yield pool
    pool.close()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_its_limits_with_one_line_and_the_next_file_is_read(
    readers: Readers, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    begun, before = time.monotonic(), _peak()
    read = readers.read(BOMBS[name], name=name)
    assert time.monotonic() - begun < SECONDS + 4
    assert _peak() - before < MEMORY / 2  # of this process, which has no limit
    assert read.readable or read.detail
    assert "\n" not in read.detail
    assert readers.read(swollen_word(3), name="sound.docx").readable
    assert capfd.readouterr() == ("", "")


def test_bombs_added_with_a_sound_file_are_listed_and_it_is_read(readers: Readers, tmp_path: Path) -> None:
    workspace = str(tmp_path / "ws")
    for name in ("far.xlsx", "forms.pdf", "mutual.pdf"):
        (tmp_path / name).write_bytes(BOMBS[name])
    CliRunner().invoke(main, ["init", "--workspace", workspace])
    files = [str(tmp_path / "far.xlsx"), str(tmp_path / "forms.pdf"), str(GUIDE), str(tmp_path / "mutual.pdf")]
    added = CliRunner().invoke(main, ["add", *files, "--json", "--workspace", workspace])
    assert added.exit_code == 3, added.output
    said = json.dumps(json.loads(added.stdout), ensure_ascii=False)
    for reason in ("memory allocation", f"more than {SECONDS} seconds", "no text"):
        assert reason in said
    works = json.loads(CliRunner().invoke(main, ["works", "--json", "--workspace", workspace]).stdout)
    assert len(works) == 1


def test_bombs_in_a_crawl_are_listed_and_what_stands_beside_them_is_read(readers: Readers, tmp_path: Path) -> None:
    workspace, names = at(tmp_path), ("far.xlsx", "forms.pdf")
    replies = {
        f"{NDA}/list/index_pc_1.html": nda_list("A", "B"),
        page_path("A"): nda_page("A", files="".join(map(link, (*names, "sound.pdf")))),
        page_path("B"): nda_page("B"),
        f"{NDA}/0203/sound.pdf": Reply(GUIDE.read_bytes()),
    } | {f"{NDA}/0203/{name}": Reply(BOMBS[name]) for name in names}
    with serve(replies) as site:
        base_urls = {"nda-policies": site.url}
        crawl_declared(workspace, find_sources(["nda-policies"]), base_urls=base_urls, now=DAYS[0])
    record_pending(workspace, now=DAYS[0])
    documents = snapshot(workspace)["document"]
    found = {name: by_url(documents, f"/{name}") for name in (*names, "sound.pdf")}
    assert {name: row["status"] for name, row in found.items()} == {
        "far.xlsx": "too_large", "forms.pdf": "too_large", "sound.pdf": "read",
    }  # fmt: skip
    assert by_url(documents, page_path("B"))["status"] == "read"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
