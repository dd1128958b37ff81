"""`regwatch publish`: a folder that anybody may see, or none; hostile where company words could have got into kb.db."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from site_rows import PASSWORD, served_workspace

from kb.db import open_kb
from kb.workspace import Workspace
from mappings import publishing
from mappings.db import open_company
from mappings.publishing import MARK, publish
from regwatch import main

NOW = "2026-02-10T01:00:00Z"
MEMO = "内部备忘：本公司数据"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = served_workspace(tmp_path / "workspace")
    text = workspace.config_path.read_text("utf-8")
    text = text.replace("fallback_owner: compliance@example.invalid", "fallback_owner: fallback@maker.example")
    workspace.config_path.write_text(text + "crawl: {proxies: {www.miit.gov.cn: 'http://proxy.maker.example:1'}}\n")
    with open_company(workspace.company_path) as company:
        company.table("entity").insert({"id": "示例智行科技有限公司", "name": "示例智行科技有限公司"})
        company.table("dataset").insert({"id": "d9", "name": "位置", "catalog": "sample", "state": "active"})
        company.table("dataset").update("ds-trips", {"name": "车辆位置轨迹", "recipient": "Sample Auto R&D GmbH"})
    return workspace


def _plant(workspace: Workspace, sql: str, *values: str) -> None:
    with open_kb(workspace.kb_path) as db:
        db.execute(sql, values)
        db.conn.commit()


def test_a_publication_has_the_texts_and_nothing_else(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    with open_kb(workspace.kb_path) as db:  # a row that was deleted must not lie on in the file
        db.table("title_decision").insert({"id": "t1", "title_key": "k", "title": "t", "work": "w", "by": "legal",
                                           "why": MEMO, "decided_at": NOW})  # fmt: skip
        db.execute("drop trigger if exists title_decision_no_delete")
        db.execute("delete from title_decision")
        db.conn.commit()
    assert publish(workspace, folder) == []
    assert {path.name for path in folder.iterdir()} >= {"kb.db", "metadata.json", "settings.json", "templates", MARK}
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    named = ("SECRET", "perception@", "camera_labels", "pbkdf2", "maker.example", MEMO, "智行科技")
    for word in (*named, str(workspace.root)):
        assert word.encode() not in everything, word
    assert "在境内运行的5万台以上车辆收集的。".encode() in everything
    assert not list(folder.rglob("company.db")) + list(folder.rglob("config.yml")) + list(folder.rglob("__pycache__"))
    assert "company" not in json.loads((folder / "metadata.json").read_text("utf-8"))["databases"]


@pytest.mark.parametrize(
    ("sql", "planted", "where"),
    [
        ("update document set detail = ? where id = 'd-scan'", "asked perception@example.invalid", "document.detail"),
        ("update document set name = ? where id = 'd-scan'", "camera_labels.pdf export", "document.name"),
        ("update source_run set detail = ?", "via http://proxy.maker.example:1: refused", "source_run.detail"),
        ("update source_run set detail = ?", "http://user:hunter2@other.example", "source_run.detail"),
        ("update source_run set detail = ?", "cannot read /home/somebody/regwatch/x", "source_run.detail"),
        ("update source_run set detail = ?", "trip_points is late", "source_run.detail"),
        ("update publication set title = ? where id = 'p-open'", "示例智行科技有限公司数据出境", "publication.title"),
        ("update publication set url = ? where id = 'p-open'", "hand:Sample Auto R&D GmbH.pdf", "publication.url"),
        ("update text set body = body || ?", "本公司为示例智行科技有限公司", "text.body"),
        ("update data_type set definition = ? where id = 'exterior-imagery'", "ds-camera.frame_uri", "data_type."),
        ("create table notes as select ? as note", "harmless", "notes"),
        ("update version set why = ?", "pbkdf2_sha256$480000$x", "version.why"),
    ],
)  # fmt: skip
def test_a_word_of_the_company_in_kb_db_is_found_and_nothing_is_published(
    workspace: Workspace, tmp_path: Path, sql: str, planted: str, where: str
) -> None:
    if "trip_points" in planted:
        with open_company(workspace.company_path) as company:
            company.table("dataset").update("ds-trips", {"name": "trip_points"})
    _plant(workspace, sql, planted)
    folder = tmp_path / "public"
    leaks = publish(workspace, folder)
    assert any(where in leak.where for leak in leaks), leaks
    assert not folder.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]


def test_an_agencys_own_words_are_no_leak_and_a_role_may_have_signed(workspace: Workspace, tmp_path: Path) -> None:
    """The regulation says 车辆位置轨迹, and so is a dataset called; a reviewer is an account of the config."""
    row = {"id": "t1", "title_key": "k", "title": "车辆位置轨迹", "work": "w", "by": "reviewer", "decided_at": NOW}
    with open_kb(workspace.kb_path) as db:
        db.table("title_decision").insert(row)
    assert publish(workspace, tmp_path / "public") == []
    _plant(workspace, "update document set detail = ? where id = 'd-scan'", "车辆位置轨迹 of ours")
    [leak] = publish(workspace, tmp_path / "public")
    assert "dataset.name" in leak.what
    assert publish(workspace, tmp_path / "public", allowed=["车辆位置轨迹"]) == []


def test_the_site_is_looked_through_too(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    edited = tmp_path / "site"
    shutil.copytree(publishing.SITE, edited)
    (edited / "templates" / "base.html").write_text("<p>Ask perception@example.invalid</p>", "utf-8")
    monkeypatch.setattr(publishing, "SITE", edited)
    leaks = publish(workspace, tmp_path / "public")
    assert [leak.where for leak in leaks] == ["templates/base.html"]


def test_a_folder_of_somebody_else_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("kept", "utf-8")
    for folder, words in ((other, "no publication"), (workspace.root / "public", "outside it")):
        done = CliRunner().invoke(main, ["publish", str(folder), "--workspace", str(workspace.root)])
        assert (done.exit_code, words in done.output) == (1, True), done.output
    assert [path.name for path in other.iterdir()] == ["precious"]


def test_the_command_prints_how_to_serve_it_and_that_works(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    command = ["publish", str(folder), "--workspace", str(workspace.root), "--json"]
    for _ in range(2):  # made anew the second time
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
    serve: list[str] = json.loads(done.stdout)["serve"].split()
    assert serve[:4] == [f"PYTHONPATH={folder}", "datasette", "serve", str(folder)]
    for path, status in (("/works.json", 0), ("/", 0), ("/company.json", 1), ("/alerts.json", 1)):
        got = _get(serve[3], path, tmp_path)
        assert (got.returncode, "Traceback" in got.stderr) == (status, False), got.stderr
        assert PASSWORD not in got.stdout
        assert "/-/login" not in got.stdout
    assert yaml.safe_load((folder / "metadata.json").read_text("utf-8"))["plugins"] == {
        "regwatch": {"published": True, "now": None}
    }


def _get(folder: str, path: str, elsewhere: Path) -> Any:
    command = [sys.executable, "-P", "-m", "datasette", "serve", folder, "--get", path]
    path = {**os.environ, "PYTHONPATH": folder}
    return subprocess.run(command, cwd=elsewhere, env=path, capture_output=True, text=True, check=False)
