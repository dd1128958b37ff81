"""A workspace on a read-only disk: what reads goes on, what writes says so and exits 1 (docs/faults.md)."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alert_world import make_world, serve_mail
from click.testing import CliRunner

from regwatch import main

SAMPLE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes"
MAPPINGS = Path(__file__).parents[1] / "mappings"
MOUNT = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
# Every command in one process: name and answer as JSON.
RUN = """
import json, sys
from click.testing import CliRunner
from regwatch import main
for words in json.loads(sys.argv[1]):
    result = CliRunner().invoke(main, words)
    raised = None if isinstance(result.exception, SystemExit) else result.exception
    print(json.dumps([words, result.exit_code, result.stderr, repr(raised)]))
"""
READING = [["works"], ["search", "数据"], ["verify"], ["sources"], ["doctor"], ["metrics"], ["tidy"], ["calendar"],
           ["map", "show", "vehicle.master"], ["map", "check"], ["map", "rules"], ["alert", "list"],
           ["alert", "verify"], ["triage", "list"], ["review", "list"], ["transfer", "list"], ["exposure"],
           ["feed", "write"], ["brief", "--since", "2026-01-01"]]  # fmt: skip


def read_only(
    place: Path, commands: list[list[str]], workspace: Path | None = None
) -> list[tuple[list[str], int, str, str]]:
    """Run these in a mount namespace where ``place`` (``workspace``, or a file in it) cannot be written, not even by
    root."""
    alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-c", MOUNT, "sh"]
    if not shutil.which("unshare") or subprocess.run([*alone, place, "true"], check=False).returncode:
        pytest.skip("no read-only mount can be made here")
    env = {**os.environ, "REGWATCH_WORKSPACE": str(workspace or place)}
    said = subprocess.run([*alone, place, sys.executable, "-c", RUN, json.dumps(commands)], capture_output=True,
                          text=True, check=True, env=env)  # fmt: skip
    return [tuple(json.loads(line)) for line in said.stdout.splitlines()]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read-only") / "workspace"
    assert CliRunner().invoke(main, ["demo", "--workspace", str(folder)]).exit_code == 0
    return folder


def asked(folder: Path, *words: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        CliRunner().invoke(main, [*words, "--json", "--workspace", str(folder)]).stdout
    )
    return found


def test_what_writes_says_that_it_cannot_and_what_reads_goes_on(workspace: Path, tmp_path: Path) -> None:
    link, change = asked(workspace, "map", "suggest")[0], asked(workspace, "triage", "list")[0]
    pair = [link["dataset"], link["field"], link["data_type"], "--by", "x", "--why", "y"]
    alert = asked(workspace, "alert", "list")[0]["id"]
    version = asked(workspace, "works")[0]["versions"][0]["id"]  # type: ignore[index]
    (tmp_path / "www.nda.gov.cn").mkdir()
    writing = [
        ["init"], ["add", str(SAMPLE / "guide-2026.pdf")], ["reread", "--all"], ["crawl"],
        ["crawl", "--from-dir", str(tmp_path)], ["record", "nda-policies", "--to", str(workspace / "record")], ["run"],
        ["demo"], ["tidy", "--remove"], ["catalog", "import", str(MAPPINGS / "catalog" / "sample" / "catalog.csv")],
        ["map", "suggest"], ["map", "accept", *pair], ["map", "reject", *pair], ["map", "undo", "1"],
        ["map", "accept", "--above", "0.5"],
        ["transfer", "import", str(MAPPINGS / "exposure" / "sample" / "transfers.yml")],
        ["triage", "applicable", change["change"], "--by", "x"],
        ["triage", "needs-counsel", change["change"], "--by", "x"],
        ["review", "accept", version, "--by", "x"], ["review", "reject", version, "--by", "x"],
        ["watch", "add", "x", "--kind", "publications", "--words", "数据", "--yes"], ["saved", "add", "x", "数据"],
        ["feed", "address", "team"], ["alert", "ack", alert, "--by", "x"], ["alert", "send"],
        *([*words, "--output", str(workspace / "x")] for words in (
            ["feed", "write"], ["metrics"], ["calendar"], ["alert", "audit"], ["brief", "--since", "2026-01-01"],
            ["map", "export", "--format", "csv"])),
        ["backup", str(workspace / "b")], ["publish", str(workspace / "p")],
    ]  # fmt: skip
    before = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    answers = read_only(workspace, writing + READING)
    assert len(answers) == len(writing) + len(READING)
    for words, code, said, raised in answers:
        assert raised == "None", (words, raised)
        if words in READING:
            assert code in (0, 3), (words, said)
        else:
            last = said.strip().splitlines()[-1]
            assert code == 1, (words, said)
            assert last.startswith("error: "), (words, said)
            assert last.count(": ") > 1, (words, said)
    assert {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()} == before


def test_a_workspace_that_cannot_be_written_is_backed_up(workspace: Path, tmp_path: Path) -> None:
    [(_, code, said, _)] = read_only(workspace, [["backup", str(tmp_path / "backup")]])
    assert code == 0, said
    back = tmp_path / "back"
    again = CliRunner().invoke(main, ["restore", str(tmp_path / "backup"), "--workspace", str(back)])
    assert again.exit_code == 0, again.output


def test_nothing_is_sent_while_nobody_can_note_that_it_left(tmp_path: Path) -> None:
    """Each run would send it again."""
    with serve_mail() as (inbox, port):
        company = make_world(tmp_path, port=port)
        journal = company.root / "journal.jsonl"
        journal.touch()
        [(_, code, said, _)] = read_only(journal, [["alert", "send"]], company.root)
        assert (code, len(inbox.messages)) == (1, 0), said
        assert "journal.jsonl: Read-only file system" in said
        again = CliRunner().invoke(main, ["alert", "send", "--workspace", str(company.root)])
        assert (again.exit_code, len(inbox.messages)) == (0, 3)
