"""A file of the workspace is lost, cut off or another's: one line that says which, and nothing is done in its place."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.secret import kept_secret
from regwatch import main

SAMPLE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes"
CATALOG = Path(__file__).parents[1] / "mappings" / "catalog" / "sample" / "catalog.csv"
WRITING = [["run"], ["add", str(SAMPLE / "guide-2026.pdf")], ["catalog", "import", str(CATALOG)]]
READING = [["works"], ["doctor"], ["alert", "list"]]


def regwatch(*words: str, folder: Path) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(folder)])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "ws"
    for words in (["init"], *WRITING[1:]):
        assert regwatch(*words, folder=folder).exit_code in (0, 3)
    return folder


@pytest.fixture
def workspace(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "ws"))


@pytest.mark.parametrize("words", [*WRITING, *READING], ids=lambda words: words[0])
def test_a_lost_config_is_not_replaced_by_the_template(workspace: Path, words: list[str]) -> None:
    """With the template's settings owners would be told into files, and that counts as told."""
    (workspace / "config.yml").unlink()
    result = regwatch(*words, folder=workspace)
    assert result.exit_code == 1
    assert "config.yml is gone: put it back from a backup" in result.stderr
    assert not (workspace / "config.yml").exists()
    assert regwatch("init", folder=workspace).exit_code == 0
    assert regwatch("works", folder=workspace).exit_code == 0


def test_a_setting_that_is_there_twice_is_refused(workspace: Path) -> None:
    with (workspace / "config.yml").open("a", encoding="utf-8") as file:
        file.write("contact: other@example.org\n")
    result = regwatch("run", folder=workspace)
    assert result.exit_code == 1
    assert "contact is there twice" in result.stderr


@pytest.mark.parametrize("words", [["works"], ["run", "--now", "2026-02-10"], ["verify"], ["publish", "OUT"]],
                         ids=lambda words: words[0])  # fmt: skip
@pytest.mark.parametrize("name", ["kb.db", "company.db"])
def test_another_database_under_the_name_is_refused_and_not_written(
    workspace: Path, tmp_path: Path, name: str, words: list[str]
) -> None:
    """A company.db copied over kb.db would be published to everybody."""
    other = {"kb.db": "company.db", "company.db": "kb.db"}[name]
    (workspace / name).write_bytes((workspace / other).read_bytes())
    before = (workspace / name).read_bytes()
    result = regwatch(*(str(tmp_path / "out") if word == "OUT" else word for word in words), folder=workspace)
    if name == "kb.db" or words[0] in ("run", "publish"):
        assert result.exit_code == 1, result.output
        assert f"{name} is another database" in result.stderr
    assert (workspace / name).read_bytes() == before
    assert not (tmp_path / "out").exists()
    assert regwatch("doctor", folder=workspace).exit_code == 3


def test_a_database_of_another_program_is_refused(workspace: Path) -> None:
    (workspace / "kb.db").unlink()
    with sqlite3.connect(workspace / "kb.db") as db:
        db.execute("create table song (name text)")
    db.close()
    assert "is another database" in regwatch("works", folder=workspace).stderr


def test_the_doctor_goes_on_where_a_table_is_gone(workspace: Path) -> None:
    with sqlite3.connect(workspace / "kb.db") as db:
        db.execute("pragma foreign_keys = off")
        db.execute("drop table capture")
    db.close()
    result = regwatch("doctor", folder=workspace)
    assert result.exit_code == 3
    assert "no such table: capture" in result.stdout
    assert "config: " in result.stdout
    assert regwatch("verify", folder=workspace).exit_code == 1


def test_the_doctor_finds_an_index_that_is_out_of_step(workspace: Path) -> None:
    with sqlite3.connect(workspace / "kb.db") as db:
        db.execute("pragma writable_schema = on")
        root = db.execute("select rootpage from sqlite_master where name like '%provision%ordinal%'").fetchone()[0]
        db.execute("update sqlite_master set rootpage = (select rootpage from sqlite_master where type = 'index' and "
                   "tbl_name = 'data_item' limit 1) where rootpage = ?", [root])  # fmt: skip
    db.close()
    result = regwatch("doctor", folder=workspace)
    assert result.exit_code == 3
    assert "kb.db is damaged" in result.stdout


@pytest.mark.parametrize("left", ["", "ab12"])
def test_a_secret_cut_short_is_not_used(tmp_path: Path, left: str) -> None:
    """As a full disk or a power cut leaves it: whoever knows that it is empty could sign for anybody."""
    place = tmp_path / ".serve" / "secret"
    first = kept_secret(place)
    assert kept_secret(place) == first
    place.write_text(left, "utf-8")
    again = kept_secret(place)
    assert len(again) == 64
    assert again != first
    assert place.stat().st_mode & 0o077 == 0
    assert [path.name for path in place.parent.iterdir()] == ["secret"]
