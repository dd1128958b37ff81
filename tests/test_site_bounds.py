"""No visitor holds the site or fills its memory by the open SQL page; our own questions may be long."""

import asyncio
import time
from typing import Any
from urllib.parse import quote

import pytest
from site_rows import FINAL, served_workspace

from kb.db import open_kb
from kb.workspace import Workspace

ZEROS = "hex(zeroblob(499000))"
ENDLESS = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
HEAVY = {
    "a value of gigabytes": ("select hex(zeroblob(400000000))", "too big"),
    "text that doubles": ("with recursive s(x) as (select 'x' union all select x || x from s) select max(x) from s",
                          "too big"),
    "a thousand large rows": ("with recursive n(x) as (select 1 union all select x + 1 from n limit 900) "
                              "select hex(zeroblob(200000)) from n", "larger than 50 MB"),
    "a thousand large blobs": ("with recursive n(x) as (select 1 union all select x + 1 from n limit 900) "
                               "select zeroblob(400000) from n", "larger than 50 MB"),
    "a pattern of everything": (f"select {ZEROS} like '%' || substr({ZEROS}, 1, 40000) || '1'", "too complex"),
    "no end": (ENDLESS, "Interrupted"),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return served_workspace(tmp_path_factory.mktemp("workspace"))


async def sql(ds: Any, words: str) -> Any:
    return await ds.client.get(f"/kb.json?sql={quote(words)}")


@pytest.mark.parametrize("name", HEAVY)
async def test_a_heavy_statement_is_refused_in_seconds(ds: Any, name: str) -> None:
    words, said = HEAVY[name]
    began = time.process_time()
    answer = await sql(ds, words)
    assert (answer.status_code, said in answer.text) == (400, True), answer.text[:300]
    assert time.process_time() - began < 8


async def test_what_people_ask_is_answered(ds: Any) -> None:
    answer = await sql(
        ds, "select trim('  x '), trim('-x-', '-'), ltrim(null, 'x'), 'abc' like '%b%', count(*) from provision"
    )
    assert answer.json()["rows"][0][:4] == ["x", "x", None, 1]
    assert (await ds.client.get("/kb/provision.csv?_stream=on")).status_code == 200


async def test_pages_are_answered_while_visitors_ask_for_much(ds: Any) -> None:
    waiting = [asyncio.create_task(sql(ds, ENDLESS)) for _ in range(6)]
    await asyncio.sleep(0.3)
    began = time.monotonic()
    assert (await ds.client.get("/works")).status_code == 200
    waited = time.monotonic() - began
    for one in waiting:
        one.cancel()
    assert waited < 2, "of the three threads one alone answers SQL"


async def test_a_text_of_megabytes_is_still_a_page_of_ours(ds: Any, workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as kb:
        kb.execute(
            "update provision set body = ? where version = ? and eid = 'part_1__item_1'", ["示例。" * 400_000, FINAL]
        )
        kb.conn.commit()
    page = await ds.client.get(f"/version/{FINAL}.json?at=part_1__item_1")
    assert page.status_code == 200
    assert len(page.text) > 1_000_000
    raw = await ds.client.get("/kb/provision.json")
    assert (raw.status_code, "too big" in raw.text) == (400, True)
