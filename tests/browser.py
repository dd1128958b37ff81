"""A real browser on a served workspace: Debian's chromium, driven by Playwright. Tests skip, saying so, without it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kb.serving import site_environment
from kb.site_process import import_path, site_command
from kb.workspace import Workspace

CHROMIUM = Path("/usr/bin/chromium")
NOW = "2026-02-10T01:00:00Z"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run",
         "--disable-sync", "--disable-default-apps", "--disable-domain-reliability"]  # fmt: skip
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium: apt-get install chromium")


@contextmanager
def served(workspace: Workspace, now: str = NOW) -> Iterator[str]:
    """The address of the site as `regwatch serve` runs it, on a port that the system chooses."""
    command = site_command(workspace, "127.0.0.1", 0)
    environment = {**os.environ, **site_environment(workspace), **import_path()}
    metadata = command.index("--metadata") + 1
    text = Path(command[metadata]).read_text("utf-8")
    Path(command[metadata]).write_text(re.sub(r'"now": (null|"[^"]*")', f'"now": "{now}"', text), "utf-8")
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    drain: Thread | None = None
    try:
        assert process.stderr
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                # A line for each request: unread they fill the pipe, and the site would wait for us.
                drain = Thread(target=process.stderr.read, daemon=True)
                drain.start()
                yield found[0]
                break
        else:
            pytest.fail("the site did not start")
    finally:
        process.terminate()
        process.wait(10)
        if drain:
            drain.join(10)
        if process.stderr:
            process.stderr.close()


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        try:
            yield started
        finally:
            started.close()


def visit_pages(page: Any, pages: dict[str, str], width: int) -> None:
    """Every page has one heading, fits the window and passes axe."""
    for name, path in pages.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the window"
        assert serious(page) == [], name


def visitor(browser: Any, address: str, *, width: int = 1280, language: str = "en", script: bool = True) -> Any:
    """A page of a new visitor. What the policy refuses, a script throws or another host is asked for is an error."""
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900 if width > 600 else 844}, locale=language,
        java_script_enabled=script, reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.wrong = []
    page.on("console", lambda message: message.type == "error" and page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("dialog", lambda dialog: (page.wrong.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: request.url.startswith((address, "data:")) or page.wrong.append(request.url))
    return page


def sign_in(page: Any, name: str, password: str) -> None:
    page.goto("/-/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("main button")


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or critical on the page as it is now."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} — {node.get('failureSummary', '')[:200]}"
        for rule in found if rule["impact"] in ("serious", "critical") for node in rule["nodes"]
    ]  # fmt: skip
