"""What is printed: UTF-8 in any locale, and nothing that commands the terminal of who reads it."""

from __future__ import annotations

import os
import pty
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.streams import harmless
from regwatch import main

REGWATCH = [sys.executable, "-c", "from regwatch import main; main()"]
RULE = "\n".join(f"第{n}条　示例单位应当在{n}日内登记\x1b[2J第{n}号示例数据。" for n in "一二三四五六七八九")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams") / "ws"
    file = folder.parent / "示例办法.txt"
    file.write_text(RULE, "utf-8")
    for words in (["init"], ["add", str(file), "--title", "示例数据登记办法"]):
        assert CliRunner().invoke(main, [*words, "--workspace", str(folder)]).exit_code in (0, 3)
    return folder


def on_a_terminal(*words: str) -> bytes:
    ours, theirs = pty.openpty()
    with subprocess.Popen([*REGWATCH, *words], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL) as child:
        os.close(theirs)
        said = b""
        try:
            while more := os.read(ours, 65536):
                said += more
        except OSError:  # how a terminal ends
            pass
        assert child.wait() == 0, said
    os.close(ours)
    return said


def test_a_text_does_not_command_the_terminal(workspace: Path) -> None:
    said = on_a_terminal("search", "示例数据", "--workspace", str(workspace))
    assert "登记".encode() in said
    assert b"\x1b" not in said


def test_control_characters_are_seen_and_turns_of_direction_are_not_made() -> None:
    assert harmless("a\x1b[2J\x07b\u202ec\td\n") == "a␛[2J␇bc\td\n"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "gb18030"])
def test_what_is_printed_is_utf8_in_any_locale(workspace: Path, encoding: str) -> None:
    for words in (["works"], ["works", "--json"], ["search", "示例"]):
        said = subprocess.run([*REGWATCH, *words, "--workspace", str(workspace)], capture_output=True, check=False,
                              env={**os.environ, "PYTHONIOENCODING": encoding})  # fmt: skip
        assert said.returncode == 0, said.stderr
        assert "示例" in said.stdout.decode("utf-8")


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["works"], ["--version"]])
def test_a_full_disk_behind_standard_output_is_one_line(workspace: Path, words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run([*REGWATCH, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                              env={**os.environ, "REGWATCH_WORKSPACE": str(workspace)})  # fmt: skip
    assert (said.returncode, said.stderr.count("\n")) == (1, 1), said.stderr
    assert "free the disk" in said.stderr


def test_a_reader_that_has_enough_is_no_error(workspace: Path) -> None:
    command = f"{sys.executable} -c 'from regwatch import main; main()' works --workspace '{workspace}' | true"
    assert subprocess.run(command, shell=True, text=True, capture_output=True, check=False).stderr == ""


def test_a_name_that_is_no_text_is_one_line_and_a_workspace_of_such_a_name_works(workspace: Path) -> None:
    odd = os.fsdecode(os.fsencode(workspace.parent) + b"/odd\xff")
    (workspace.parent / "示例办法.txt").rename(odd + ".txt")
    words = [*REGWATCH, "add", odd + ".txt", "--workspace", str(workspace)]
    added = subprocess.run(words, capture_output=True, check=False)
    assert (added.returncode, added.stderr.count(b"\n")) == (1, 1), added.stderr
    assert b"name it otherwise" in added.stderr
    workspace.rename(odd)
    for words in (["alert", "send"], ["doctor"], ["works"]):
        said = subprocess.run([*REGWATCH, *words, "--workspace", odd], capture_output=True, check=False)
        assert said.returncode in (0, 3), said.stderr


def test_too_little_memory_is_one_line(workspace: Path) -> None:
    words = ["from kb.terminal import Command", "import click",
             "c = Command('x', callback=lambda: bytearray(2 ** 40))", "c()"]  # fmt: skip
    half = 2**30
    said = subprocess.run([sys.executable, "-c", "\n".join(words)], capture_output=True, text=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (half, half)))  # fmt: skip
    assert (said.returncode, said.stderr.count("\n")) == (1, 1), said.stderr
    assert "not enough memory" in said.stderr


def limited(files: int, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*REGWATCH, *words], capture_output=True, text=True, check=False, timeout=30,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))  # fmt: skip


@pytest.mark.parametrize("words", [["serve", "--port", "8799"], ["run", "--base-url", "nda-policies=http://127.0.0.1:9"]],
                         ids=lambda words: words[0])  # fmt: skip
def test_too_few_files_are_one_line(tmp_path: Path, words: list[str]) -> None:
    assert CliRunner().invoke(main, ["init", "--workspace", str(tmp_path)]).exit_code == 0
    said = limited(8, *words, "--workspace", str(tmp_path))
    assert (said.returncode, said.stderr.count("\n")) == (1, 1), said.stderr
    assert "ulimit -n" in said.stderr


def test_no_folder_for_temporary_files_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: ["/proc/none"])
    monkeypatch.setattr("tempfile.tempdir", None)
    assert CliRunner().invoke(main, ["init", "--workspace", str(tmp_path)]).exit_code == 0
    words = ["run", "--base-url", "nda-policies=http://127.0.0.1:9", "--workspace", str(tmp_path)]
    said = CliRunner().invoke(main, words)
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1), said.stderr
    assert "TMPDIR=/some/folder" in said.stderr
