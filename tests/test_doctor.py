"""The doctor: each thing that is wrong in a workspace is named, with how to mend it, and nothing else."""

import json
import re
import shlex
import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.watches import end_watch, watches
from mappings.db import open_company
from mappings.keeping.backup import back_up
from mappings.keeping.doctor import examine
from regwatch import main

DAY = "2026-02-10T08:00:00Z"
CATALOG = Path(__file__).resolve().parents[1] / "mappings" / "catalog" / "sample" / "catalog.csv"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("demo") / "workspace"
    assert CliRunner().invoke(main, ["demo", "--workspace", str(root)], catch_exceptions=False).exit_code == 0
    return Workspace(root)


@pytest.fixture
def workspace(demo: Workspace, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(demo.root, tmp_path / "workspace")))


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def checks(workspace: Workspace, now: str = DAY) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in examine(workspace, now=now):
        assert finding.do
        found.setdefault(f"{finding.grade} {finding.check}", []).append(finding.what)
    return found


def test_the_doctor_finds_each_thing_that_is_wrong_and_nothing_else(workspace: Workspace, tmp_path: Path) -> None:
    healthy = checks(workspace)
    assert "fault archive" not in healthy
    assert "fault chain" not in healthy
    assert "fault sources" not in healthy
    assert "contact is still the example" in healthy["fault config"][0]
    assert "warning privacy" not in healthy
    assert "warning readers" not in healthy  # one of its pages came again in other furniture, which nobody reads
    assert healthy["warning backup"] == ["last backed up: never"]
    back_up(workspace, tmp_path / "backup", now=DAY)
    captured = sorted(path for path in workspace.archive_path.rglob("*") if path.is_file())
    captured[0].unlink()
    captured[1].write_bytes(captured[1].read_bytes()[:-1])
    with open_kb(workspace.kb_path) as kb:
        kb.execute("drop trigger if exists capture_is_kept")
        for row in list(kb.query("select name from sqlite_master where type = 'trigger' and tbl_name = 'capture'")):
            kb.execute(f"drop trigger {row['name']}")
        kb.execute("update capture set captured_at = '2027-01-01T00:00:00Z' where seq = 3")
    with open_company(workspace.company_path) as company:
        company.execute("update alert set state = 'dead' where rowid = 1")
    for private in (workspace.company_path, workspace.root / "journal.jsonl", workspace.outbox_path):
        private.chmod(0o755)
    (captured[2].parent / ".new-abc").touch()
    now_found = checks(workspace)
    assert "warning backup" not in now_found
    assert "2 captured files are gone or cut off" in now_found["fault archive"][0]
    assert now_found["fault chain"][0].startswith("chain: link 3")
    assert "1 captures are dated later than now" in now_found["warning clock"][0]
    assert "1 dead letter" in now_found["fault alerts"][0]
    assert ["can be read by everybody" in told for told in now_found["warning privacy"]] == [True] * 3
    assert "1 captures were cut off" in now_found["warning archive"][0]
    assert "no source was asked since" in checks(workspace, "2026-02-14T08:00:00Z")["fault sources"][0]


@pytest.mark.parametrize("name", ["kb", "company"])
def test_a_damaged_database_is_one_finding_and_the_other_is_still_examined(workspace: Workspace, name: str) -> None:
    path = workspace.root / f"{name}.db"
    with path.open("r+b") as file:
        for page in range(2, path.stat().st_size // 4096, 3):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
    found = checks(workspace)
    assert len(found[f"fault {name}"]) == 1
    assert "warning map" in found or "warning documents" in found
    code, _, said = run("doctor", "--workspace", str(workspace.root))
    assert (code, said) == (3, "")


def test_a_lost_database_is_a_fault_and_never_a_new_workspace(workspace: Workspace) -> None:
    workspace.kb_path.rename(workspace.root / "kb.away")
    assert "the archive beside it is not" in checks(workspace)["fault kb"][0]
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = str(held.getsockname()[1])
    code, _, said = run("serve", "--port", port, "--workspace", str(workspace.root))
    assert (code, "the archive beside it is not" in said) == (1, True)
    (workspace.root / "kb.away").rename(workspace.kb_path)
    workspace.company_path.unlink()
    assert "journal.jsonl beside it is not" in checks(workspace)["fault company"][0]
    code, _, said = run("catalog", "import", str(CATALOG), "--workspace", str(workspace.root))
    assert (code, workspace.company_path.exists()) == (1, False)
    assert "restore it from a backup" in said


def test_a_journal_that_is_spoiled_or_gone_is_told(workspace: Workspace) -> None:
    journal = workspace.root / "journal.jsonl"
    assert "warning journal" not in checks(workspace)
    journal.write_text(journal.read_text("utf-8").replace('{"', "spoiled", 1), "utf-8")
    assert checks(workspace)["warning journal"] == [f"1 lines of {journal} cannot be read"]
    journal.unlink()
    assert f"{journal} is gone, though" in checks(workspace)["warning journal"][0]


def test_a_secret_that_config_names_and_nobody_set_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.config_path.open("a", encoding="utf-8") as config:
        config.write("smtp: {host: localhost, sender: a@b.cn, user: a, password_env: REGWATCH_NO_SUCH}\n")
        config.write("channels:\n  t: {kind: webhook, url: https://t.cn/, secret_env: REGWATCH_SET}\n")
    monkeypatch.setenv("REGWATCH_SET", "x")
    told = checks(Workspace(workspace.root))["warning config"]
    assert [line for line in told if "REGWATCH" in line] == [
        "REGWATCH_NO_SUCH, named by smtp.password_env, is not set here"
    ]


def test_a_broken_config_is_one_line(workspace: Workspace) -> None:
    workspace.config_path.write_text("contact: [", "utf-8")
    code, printed, _ = run("doctor", "--workspace", str(workspace.root), "--json")
    assert code == 3
    (finding,) = [row for row in json.loads(printed) if row["check"] == "config"]
    assert finding["grade"] == "fault"
    assert "config.yml" in finding["what"]


def test_it_says_that_nobody_hears_of_sources_in_trouble_until_a_watch_does(workspace: Workspace) -> None:
    (finding,) = (finding for finding in examine(workspace, now=DAY) if finding.check == "watch")
    assert run(*shlex.split(finding.do)[1:], "--yes", "--workspace", str(workspace.root))[0] == 0
    assert "warning watch" not in checks(workspace)
    with open_company(workspace.company_path) as company:
        end_watch(company, watches(company)[0]["id"], by="compliance", now=DAY)
    assert "warning watch" in checks(workspace)


def test_fifty_sources_in_the_same_trouble_are_one_finding(tmp_path: Path) -> None:
    fresh = Workspace(tmp_path / "fresh")
    assert run("init", "--workspace", str(fresh.root))[0] == 0
    assert run("run", "--now", DAY, "--workspace", str(fresh.root))[0] == 3  # no contact: nothing is asked
    (told,) = checks(fresh)["warning sources"]
    assert re.search(r" and \d\d more: failed, never healthy yet: set contact", told)
