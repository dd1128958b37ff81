"""deploy/: the daily container stops when told, units and rules are what their programs read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def systemd() -> int:
    """The version; 0 where there is none."""
    if not shutil.which("systemd-analyze"):
        return 0
    said = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True).stdout
    return int(said.split()[1])


def started(folder: Path, *command: str, waits: bool) -> subprocess.Popen[bytes]:
    """every-day as it runs in a container: ``waits`` for its hour, or is in the midst of ``command``."""
    if not waits:
        (folder / "sleep").write_text('#!/bin/sh\n[ "$1" = 1000 ] && exec /bin/sleep 1000\nexit 0\n')
        (folder / "sleep").chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.Popen([DEPLOY / "every-day", "06:30", *command], env={"PATH": path}, start_new_session=True)


def ended(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(5)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_the_daily_container_stops_at_once_while_it_waits(tmp_path: Path) -> None:
    process = started(tmp_path, "true", waits=True)
    time.sleep(0.5)
    assert ended(process) == 143


def test_what_the_daily_container_runs_is_stopped_with_it_and_had_run_at_its_hour(tmp_path: Path) -> None:
    began, stopped = tmp_path / "began", tmp_path / "stopped"
    script = f"trap 'touch {stopped}; exit 0' TERM; touch {began}; sleep 1000 & wait"
    process = started(tmp_path, "sh", "-c", script, waits=False)
    for _ in range(100):
        time.sleep(0.05)
        if began.exists():
            break
    assert ended(process) == 143
    assert stopped.exists()
    os.killpg(process.pid, signal.SIGKILL)  # the sleep that the script left behind


@pytest.mark.skipif(systemd() < 250, reason="no systemd that judges a unit by its file")
def test_the_units_are_what_systemd_reads_and_confine_what_they_start(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/srv/regwatch/.venv/bin/regwatch", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True)
    assert (checked.returncode, [line for line in checked.stderr.splitlines() if "regwatch" in line]) == (0, [])
    for unit in DEPLOY.glob("*.service"):
        limit = ["systemd-analyze", "security", "--offline=true", "--threshold=25", unit]
        assert subprocess.run(limit, capture_output=True).returncode == 0, unit.name


@needs("promtool")
def test_the_alerting_rules_speak_when_they_should() -> None:
    tested = subprocess.run(["promtool", "test", "rules", ROOT / "tests" / "prometheus-rules.yml"],
                            capture_output=True, text=True)  # fmt: skip
    assert tested.returncode == 0, tested.stdout + tested.stderr
