"""What an outsider wrote cannot command the terminal of whoever reads it."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kb.terminal import printable
from regwatch import main

ROOT = Path(__file__).parents[1]
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\u202eedis\x00x"
COMMANDING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def run(folder: Path, *words: str) -> Any:
    return CliRunner().invoke(main, list(words), env={"REGWATCH_WORKSPACE": str(folder)}, color=True)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog, a page and a file whose every name is hostile."""
    base = tmp_path_factory.mktemp("terminal")
    folder, words = base / "ws", HOSTILE.replace("\x00", "").replace("\r", "")
    assert run(folder, "init").exit_code == 0
    (base / "c.csv").write_text(f"dataset,column,owner\n{words}d,{words}front_camera_image,{words}o\n", "utf-8")
    run(folder, "catalog", "import", str(base / "c.csv"))
    page = base / f"{words.replace('/', '')}.html"
    page.write_text(
        f"<html><title>{words}示例办法</title><h1>{words}示例办法</h1><p>第一条　{words}为了示例。</p></html>", "utf-8"
    )
    run(folder, "add", str(page), "--agency", f"miit{words}")
    return folder


COMMANDS = {
    "datasets": ["catalog", "list"], "suggestions": ["map", "suggest"], "checks": ["map", "check"], "works": ["works"],
    "hits": ["search", "示例"], "reviews": ["review"], "sources": ["sources"],
    "a file": ["map", "export", "--format", "csv"],
    "a title": ["resolve", "--title", HOSTILE.replace("\x00", "")], "an id": ["show", HOSTILE.replace("\x00", "")],
    "no option": ["--\x1b[2J"],
}  # fmt: skip


@pytest.mark.parametrize("what", COMMANDS)
def test_no_command_prints_what_moves_colours_or_turns_a_terminal(workspace: Path, what: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from regwatch import main; main()", *COMMANDS[what]]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
                          env={**os.environ, "REGWATCH_WORKSPACE": str(workspace)}) as child:  # fmt: skip
        os.close(theirs)
        said = b""
        while chunk := _chunk(ours):
            said += chunk
        child.wait(60)
    os.close(ours)
    assert said
    assert not COMMANDING.search(said.decode("utf-8", "replace")), said


def _chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def test_what_is_shown_says_what_it_was(workspace: Path) -> None:
    assert printable("a\x1b[2Jb\tc\nd\u202e") == "a\\u001b[2Jb\tc\nd\\u202e"
    assert json.loads(printable(json.dumps(HOSTILE, ensure_ascii=False))) == HOSTILE
    assert "\\x9b31m" in run(workspace, "show", HOSTILE.replace("\x00", "")).output
    assert "\\u009b" not in run(workspace, "map", "suggest").output  # what nobody sees, an import drops


def test_there_is_one_way_to_the_terminal() -> None:
    """Whoever prints by ``kb.terminal.echo`` prints nothing that commands."""
    paths = [path for folder in ("kb", "mappings", "crawlers") for path in (ROOT / folder).rglob("*.py")]
    printing = [path.name for path in paths if re.search(r"click\.(?:echo|secho)\(", path.read_text("utf-8"))]
    assert printing == ["terminal.py"]
