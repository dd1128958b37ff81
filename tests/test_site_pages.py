"""What the public pages remember and hand out: the last look, saved searches, files to keep, parts of long texts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from urllib.parse import quote

import pytest
from site_client import signed_in
from site_rows import DRAFT, FINAL, served_workspace

from kb.db import open_kb
from kb.workspace import Workspace
from pages.comparing import divide as divide_rows
from pages.version import divide

LOOKS = "regwatch_looks"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return served_workspace(tmp_path_factory.mktemp("workspace"))


def _cookie(answer: Any) -> str:
    return "".join(header for header in answer.headers.get_list("set-cookie") if header.startswith(LOOKS))


async def test_what_is_new_since_the_last_look_is_marked(ds: Any) -> None:
    first = await ds.client.get("/")
    assert "new since your last look" not in first.text
    assert _cookie(first).startswith(f"{LOOKS}=2026-02-10T01:00:00Z")
    later = {"cookie": f"{LOOKS}=2026-01-01T00:00:00Z.2026-01-05T00:00:00Z"}
    again = await ds.client.get("/", headers=later)
    assert "What is new · since 5 Jan 2026" in again.text
    assert 'class="new-mark"' in again.text
    assert _cookie(again).startswith(f"{LOOKS}=2026-01-05T00:00:00Z.2026-02-10T01:00:00Z")
    soon = {"cookie": f"{LOOKS}=2026-01-05T00:00:00Z.2026-02-10T00:30:00Z"}
    opened_again = await ds.client.get("/", headers=soon)
    assert "since 5 Jan 2026" in opened_again.text
    assert not _cookie(opened_again), "a page opened again is the same look"


@pytest.mark.parametrize("cookie", ["x", "x.y", "2026-13-01T00:00:00Z.", "9999-01-01T00:00:00Z.9999-01-01T00:00:00Z"])
async def test_a_look_that_nobody_wrote_breaks_nothing(ds: Any, cookie: str) -> None:
    assert (await ds.client.get("/", headers={"cookie": f"{LOOKS}={cookie}"})).status_code == 200


async def test_what_is_kept_is_asked_again_after_a_write(ds: Any, workspace: Workspace) -> None:
    for path in ("/works", "/work/sample-flow", "/version/sample-flow@final-2024", "/compare?work=sample-guide"):
        await ds.client.get(path)
    with open_kb(workspace.kb_path) as db:
        db.table("work").update("sample-flow", {"title": "改名示例"})
    assert "改名示例" in (await ds.client.get("/works")).text
    assert "改名示例" in (await ds.client.get("/work/sample-flow")).text
    assert "改名示例" in (await ds.client.get("/version/sample-flow@final-2024")).text


async def _post(ds: Any, name: str, page: str, path: str, form: dict[str, str]) -> Any:
    headers = signed_in(ds, name)
    opened = await ds.client.get(page, headers=headers)
    token = re.search(r'name="csrftoken" value="([^"]+)"', opened.text)
    assert token
    crumbs = [header.partition(";")[0] for header in opened.headers.get_list("set-cookie")]
    headers["cookie"] = "; ".join([headers["cookie"], *crumbs])
    return await ds.client.post(path, data={**form, "csrftoken": token[1]}, headers=headers)


async def test_the_team_keeps_a_search_and_forgets_it(ds: Any) -> None:
    page = f"/search?q={quote('位置轨迹')}&stage=final"
    form = {"q": "位置轨迹", "name": "tracks", "stage": "final"}
    assert (await ds.client.post("/search/keep", data=form)).status_code == 403
    assert (await _post(ds, "viewer", page, "/search/keep", form)).status_code == 303
    listed = (await ds.client.get("/search", headers=signed_in(ds, "viewer"))).text
    assert "tracks" in listed
    assert "stage=final" in listed
    assert "tracks" not in (await ds.client.get("/search")).text, "a stranger sees no search of the team"
    assert (await _post(ds, "viewer", page, "/search/keep", {"q": "", "name": "x"})).status_code == 400
    assert (await _post(ds, "viewer", page, "/search/forget", {"name": "tracks"})).status_code == 303
    assert "tracks" not in (await ds.client.get("/search", headers=signed_in(ds, "viewer"))).text


@pytest.mark.parametrize(
    ("path", "kind", "begins"),
    [
        (f"/version/{FINAL}/text.docx", "wordprocessingml", b"PK"),
        (f"/version/{FINAL}/items.csv", "text/csv", b""),
        (f"/compare.docx?old={DRAFT}&new={FINAL}", "wordprocessingml", b"PK"),
        (f"/compare.docx?old={DRAFT}&new={FINAL}&view=notes", "wordprocessingml", b"PK"),
    ],
)
async def test_files_are_saved_and_never_shown(ds: Any, path: str, kind: str, begins: bytes) -> None:
    answer = await ds.client.get(path)
    assert answer.status_code == 200
    assert kind in answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.content.startswith(begins)
    if begins:
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


async def test_pictures_come_in_both_languages_and_not_twice(ds: Any) -> None:
    english = await ds.client.get("/work/sample-guide/timeline.svg")
    chinese = await ds.client.get("/work/sample-guide/timeline.svg?in=zh&width=360")
    assert "3 Feb 2026" in english.text
    assert "2026年2月3日" in chinese.text
    assert english.headers["content-type"].startswith("image/svg+xml")
    known = {"if-none-match": english.headers["etag"]}
    assert (await ds.client.get("/work/sample-guide/timeline.svg", headers=known)).status_code == 304
    assert (await ds.client.get("/work/nothing/timeline.svg")).status_code == 404


def test_a_long_text_comes_in_parts_and_nothing_is_lost() -> None:
    outline = [{"id": f"t#art_{n}", "body": "示例" * 100, "number": f"第{n}条"} for n in range(300)]
    parts = divide(outline, [])
    assert len(parts) > 1
    assert [unit for part in parts for unit in part["outline"]] == outline
    assert divide([], []) == [{"items": [], "outline": [], "name": ""}]


def test_a_long_comparison_comes_in_parts_with_every_change_numbered_once() -> None:
    words = [("changed", "示例" * 200)]
    rows = [{"kind": "modified", "grade": "substantive", "fields": [{"old": words, "new": words}]} for _ in range(100)]
    parts = divide_rows([], [{"changed": True, "rows": rows}], None, False)
    numbers = [row["number"] for part in parts for run in part["provision_rows"] for row in run["rows"]]
    assert len(parts) > 1
    assert numbers == list(range(1, 101))
