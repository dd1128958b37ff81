"""Every command of the README and of docs/ works as printed, one after the other, on the demo's workspace."""

import os
import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from regwatch import main

ROOT = Path(__file__).resolve().parents[1]
PAGES = [(ROOT / "README.md"), *sorted((ROOT / "docs").glob("*.md"))]
README = "\n".join(page.read_text("utf-8") for page in PAGES)
WORKSPACE = {"REGWATCH_WORKSPACE": "demo-workspace"}
# These visit public sites, serve until stopped, or make what the fixture made.
NOT_HERE = ("run", "serve", "demo", "init", "crawl", "record")


def printed() -> list[str]:
    """Each once: two pages may tell of the same command."""
    lines = dict.fromkeys(re.findall(r"^    regwatch (.+?)(?:\s+#.*)?$", README, re.MULTILINE))
    engine = find_spec("ibis") is not None
    return [line for line in lines if line.split()[0] not in NOT_HERE and (engine or "--engine" not in line)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout's folders, and in it the workspace that `make demo` leaves behind."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("crawlers", "kb", "mappings", "tests"):
        (folder / name).symlink_to(ROOT / name)
    before = Path.cwd()
    os.chdir(folder)
    made = CliRunner().invoke(main, ["demo"], catch_exceptions=False)
    assert made.exit_code == 0, made.stderr
    (folder / "printed.txt").write_text(made.stdout, "utf-8")
    yield folder
    os.chdir(before)


def test_the_demo_prints_what_the_readme_says(folder: Path) -> None:
    told = re.search(r"^    The loop ran.*\n(?:      .*\n)+", README, re.MULTILINE)
    assert told
    assert dedent(told[0]) in (folder / "printed.txt").read_text("utf-8")


def test_every_command_works_as_printed(folder: Path) -> None:
    failed = []
    for line in printed():
        result = CliRunner().invoke(main, shlex.split(line), input="y\n", env=WORKSPACE)
        if result.exit_code not in (0, 3):
            failed.append(f"regwatch {line}\n    {result.exit_code} {result.stderr.strip()[-300:]} {result.exception}")
    assert not failed, "\n" + "\n".join(failed)
