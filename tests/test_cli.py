"""The front door: help, README and commands agree; errors are one line; the right exit codes."""

import json
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from crawlers.crawl import WORKER
from regwatch import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BROKEN = ROOT / "tests" / "broken"
NAMES = [*COMMANDS, "run", "demo", "serve"]


def call(*words: str, workspace: Path) -> Result:
    return CliRunner().invoke(main, list(words), env={"REGWATCH_WORKSPACE": str(workspace)}, catch_exceptions=False)


def commands_in(text: str) -> list[list[str]]:
    lines = re.findall(r"^    (?:regwatch|.*/regwatch) (.+?)(?:\s{2,}#.*|    #.*)?$", text, re.MULTILINE)
    return [shlex.split(line) for line in lines]


def leaf(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words call, and what is left of them."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found, f"no command {words[0]}"
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("words", commands_in(README), ids=" ".join)
def test_every_command_of_the_readme_is_one_that_help_knows(words: list[str]) -> None:
    command, rest = leaf(words)
    options = {name for parameter in command.params for name in parameter.opts}
    used = {word.partition("=")[0] for word in rest if word.startswith("--")}
    assert used <= options | {"--help"}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_an_example_and_a_place_in_the_readme(name: str) -> None:
    command, _ = leaf([name])
    for leaf_command in command.commands.values() if isinstance(command, click.Group) else [command]:
        assert "Example" in (leaf_command.help or ""), f"{name} {leaf_command.name}"
        assert (leaf_command.help or "").strip().split("\n")[0].endswith((".", ":"))
    assert re.search(rf"(regwatch|make) {name}\b", README), name


def test_help_imports_no_heavy_library() -> None:
    heavy = [
        "bs4",
        "datasette",
        "docx",
        "pdfplumber",
        "pydantic",
        "rapidfuzz",
        "rjieba",
        "scrapy",
        "sqlite_utils",
        "yaml",
    ]
    code = f"import sys, regwatch; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


def test_init_makes_a_commented_config_and_keeps_an_existing_one(tmp_path: Path) -> None:
    assert call("init", workspace=tmp_path / "w").exit_code == 0
    config = tmp_path / "w" / "config.yml"
    assert "# " in config.read_text("utf-8")
    config.write_text(config.read_text("utf-8") + "\n# mine\n", "utf-8")
    assert "kept" in call("init", workspace=tmp_path / "w").output
    assert "# mine" in config.read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["add", "nowhere.pdf"],
        ["works"],
        ["show", "nothing"],
        ["items", "no@version"],
        ["diff", "a@draft", "b@final"],
        ["crawl", "no-such-source"],
        ["serve"],
        ["alert", "list"],
        ["map", "check"],
        ["catalog", "import", "nowhere.csv"],
    ],
    ids=" ".join,
)
def test_an_error_is_one_clear_line_and_exit_code_1(words: list[str], tmp_path: Path) -> None:
    result = call(*words, workspace=tmp_path / "w")
    assert result.exit_code == 1
    assert result.stdout == ""
    errors = [line for line in result.stderr.splitlines() if line]
    assert len(errors) == 1
    assert errors[0].startswith("error: ")


def test_a_workspace_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = call("init", workspace=tmp_path / "file" / "w")
    assert result.exit_code == 1
    assert "not writable" in result.stderr


def test_a_work_that_nobody_knows_is_not_a_search_without_hits(tmp_path: Path) -> None:
    call("init", workspace=tmp_path)
    assert call("search", "出境", "--work", "csl", workspace=tmp_path).exit_code == 0  # declared, not read yet
    unknown = call("search", "出境", "--work", "no-such-work", workspace=tmp_path)
    assert (unknown.exit_code, unknown.stderr) == (1, "error: no work no-such-work: see `regwatch works`\n")


def test_the_law_of_a_declared_work_that_was_not_read_is_no_wrong_id(tmp_path: Path) -> None:
    call("init", workspace=tmp_path)
    result = call("items", "auto-data-export-guide", "--in-force", "2026-03-01", "--json", workspace=tmp_path)
    assert (result.exit_code, json.loads(result.stdout)) == (3, [])
    assert "regwatch add FILE --work auto-data-export-guide" in result.stderr


def test_a_file_that_is_not_there_is_said_to_be_one(tmp_path: Path) -> None:
    call("init", workspace=tmp_path)
    assert "no such file" in call("diff", "draft.pdf", "final.pdf", workspace=tmp_path).stderr


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    code = "import sys, regwatch; regwatch.main(sys.argv[1:])"
    call("init", workspace=tmp_path)
    command = [sys.executable, "-c", code, "sources", "--json", "--workspace", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()  # as `head` does
        assert process.stderr.read() == b""


def test_a_run_without_a_contact_says_so_once_and_not_for_each_source(tmp_path: Path) -> None:
    call("init", workspace=tmp_path)
    result = call("run", "--now", "2026-02-10", workspace=tmp_path)
    assert result.exit_code == 3
    for told in (result.stdout, result.stderr):
        [line] = [line for line in told.splitlines() if "set contact in config.yml" in line]
        assert "cac-consultations, " in line
        assert " more: failed" in line


def test_a_page_added_again_by_its_address_has_a_name(tmp_path: Path) -> None:
    page = ROOT / "tests/recorded/cac-regulations/c_1746747962795902.htm"
    url = f"https://www.cac.gov.cn/2025-03/21/{page.name}"
    for _ in range(2):
        [row] = json.loads(call("add", str(page), "--url", url, "--json", workspace=tmp_path).stdout)
        assert row["document"] == page.name


def test_what_was_written_is_said(tmp_path: Path) -> None:
    old, new = (ROOT / "crawlers/sample/annexes" / name for name in ("guide-2025-draft.pdf", "guide-2026.pdf"))
    table = tmp_path / "table.docx"
    result = call("diff", str(old), str(new), "--format", "docx", "--output", str(table), workspace=tmp_path)
    assert (result.stdout, result.stderr) == ("", f"wrote {table}: {table.stat().st_size:,} bytes\n")


def test_wrong_usage_is_exit_code_2(tmp_path: Path) -> None:
    assert call("works", "--in-force", "soon", workspace=tmp_path).exit_code == 2
    assert call("run", "--now", "soon", workspace=tmp_path).exit_code == 2
    assert call("add", workspace=tmp_path).exit_code == 2
    assert "write it as 2026-02-03" in call("brief", "--since", "soon", workspace=tmp_path).stderr


def test_what_needs_a_person_is_exit_code_3_and_json_stays_alone_on_stdout(tmp_path: Path) -> None:
    result = call("add", "--json", str(BROKEN / "truncated.pdf"), workspace=tmp_path / "w")
    assert result.exit_code == 3
    assert json.loads(result.stdout)[0]["status"] == "damaged"
    assert "truncated.pdf" in result.stderr


def test_a_side_that_cannot_be_read_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("示例办法\n\n第一条 为了演示。\n\n第二条 示例。\n", "utf-8")
    result = call("diff", "--json", str(BROKEN / "truncated.pdf"), str(tmp_path / "new.txt"), workspace=tmp_path / "w")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["provisions"] == []
    assert "truncated.pdf" in result.stderr


def test_files_too_large_to_compare_at_once_are_told_in_one_line(tmp_path: Path) -> None:
    for name in ("old.txt", "new.txt"):
        (tmp_path / name).write_text("示例办法\n\n第一条 " + "示例内容，" * 400_000, "utf-8")
    result = call("diff", "--json", str(tmp_path / "old.txt"), str(tmp_path / "new.txt"), workspace=tmp_path / "w")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["provisions"] == []
    assert "bytes of text" in result.stderr


@pytest.mark.parametrize("words", [["add", "--agency", "nosuch"], ["add", "--work", "nosuch"]], ids=" ".join)
def test_a_typo_makes_no_agency_and_no_work(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "a.txt").write_text("示例办法\n\n第一条 为了演示。\n", "utf-8")
    result = call(*words, str(tmp_path / "a.txt"), workspace=tmp_path / "w")
    assert result.exit_code == 1
    assert "nosuch" in result.stderr


def test_two_files_are_compared_without_a_workspace(tmp_path: Path) -> None:
    for name, limit in (("old", "100万"), ("new", "50万")):
        (tmp_path / f"{name}.txt").write_text(
            f"示例办法\n\n第一条 为了演示。\n\n第二条 超过{limit}人的，应当申报。\n", "utf-8"
        )
    old, new = str(tmp_path / "old.txt"), str(tmp_path / "new.txt")
    result = call("diff", "--json", old, new, workspace=tmp_path / "none")
    (change,) = json.loads(result.stdout)["provisions"]
    assert (change["old"], change["kind"], change["grade"]) == ("第二条", "modified", "threshold")
    assert change["changes"] == [
        {"from": "100万", "to": "50万", "from_number": 1000000, "to_number": 500000, "unit": "persons"}
    ]
    assert not (tmp_path / "none").exists()
    table = tmp_path / "table.docx"
    assert call("diff", old, new, "--format", "docx", "--output", str(table), workspace=tmp_path).exit_code == 0
    assert table.read_bytes()[:2] == b"PK"
    html = call("diff", old, new, "--format", "html", workspace=tmp_path).stdout
    assert "<del>100万</del>" in html
    assert "<ins>50万</ins>" in html


@pytest.mark.skipif(find_spec("pandas") is None, reason="pandas comes with the extra `scale`")
def test_an_installed_pandas_slows_no_command_and_can_be_imported_still(tmp_path: Path) -> None:
    call("init", workspace=tmp_path)
    code = (
        "import sys, regwatch\n"
        f"regwatch.main(['works', '--workspace', {str(tmp_path)!r}], standalone_mode=False)\n"
        "assert 'sqlite_utils' in sys.modules and not {'pandas', 'numpy'} & sys.modules.keys()\n"
        "import pandas"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)


@pytest.mark.skipif(find_spec("pandas") is None, reason="pandas comes with the extra `scale`")
def test_an_installed_pandas_slows_no_crawl() -> None:
    python, *words = WORKER
    told = subprocess.run([python, "-X", "importtime", *words], input="", capture_output=True, text=True, check=False)
    loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert {"sqlite_utils", "scrapy"} <= loaded
    assert not {"pandas", "numpy"} & loaded


def test_a_file_without_end_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.recording.by_hand.MAX_BYTES", 1_000_000)
    call("init", workspace=tmp_path)
    refused = call("add", "/dev/zero", "--agency", "miit", workspace=tmp_path)
    assert (refused.exit_code, refused.stderr) == (1, "error: /dev/zero: more than 1 MB: nothing was recorded\n")
    assert not list((tmp_path / "archive").rglob("*"))
