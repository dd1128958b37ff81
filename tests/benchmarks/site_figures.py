"""The site measured as `regwatch serve` runs it: time alone and ten at once, weight, first paint; Datasette beside it.

    .venv/bin/python tests/benchmarks/site_figures.py [--folder /tmp/site-world] [--rounds 30] [--now 2026-02-10]

A page of one thing stands beside Datasette's own row page, lists and search beside its table with facets, in the same
run. What a page has kept since the last write is warm, as it is all day; ``cold`` is the first request after a write.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "site"), str(ROOT / "tests" / "benchmarks")]

from browser import CHROMIUM, browser, served, visitor  # noqa: E402
from site_world import make_world  # noqa: E402

LONG, SHORT = "w00000@final-2017", "w00007@final-2024"  # 300 provisions and 60 items; 15 provisions
ROW = f"/kb/version/{quote(SHORT, safe='').replace('%', '~')}"
TABLE = "/kb/version?_facet=stage&_facet=published"
ONE = {
    "work": "/work/w00007",
    "version": f"/version/{SHORT}",
    "version, 300 provisions": f"/version/{LONG}",
    "event": "/event/e00007",
    "fact": f"/fact/{quote(SHORT + '~aaaaaaaa#art_1', safe='')}",
    "type": "/type/location-trajectory",
    "compare": f"/compare?old=w00007@draft-2023&new={SHORT}",
    "compare, 300 provisions": f"/compare?old=w00000@draft-2016&new={LONG}",
}
MANY = {
    "home": "/",
    "works": "/works",
    "works, filtered": "/works?agency=cac&validity=in_force",
    "search": "/search?q=个人信息",
    "search, common word": "/search?q=数据",
    "publications": "/publications",
    "types": "/types",
    "sources": "/sources",
    "calendar": "/calendar?month=2024-07",
    "choose": "/compare",
}
PICTURES = {"timeline": "/work/w00007/timeline.svg", "limits": "/type/location-trajectory/limits.svg"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "site-world")
    parser.add_argument("--works", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--now", default="2026-02-10T01:00:00Z")
    asked = parser.parse_args()
    workspace = make_world(asked.folder, asked.works, 30 * asked.works, 50 * asked.works)
    print(
        f"{asked.works} works, {30 * asked.works} provisions, {50 * asked.works} fields; load {os.getloadavg()[0]:.1f}"
    )
    with served(workspace, asked.now) as address:
        ten_of = [p95(together(address, path, 10, 3)) * 1000 for path in (ROW, TABLE)]
        print(f"ten of them at once: row {ten_of[0]:.0f} ms, table {ten_of[1]:.0f} ms (p95)")
        print(f"{'page':28}{'cold':>7}{'median':>8}{'p95':>7}{'theirs':>8}{'ratio':>7}{'ten p95':>9}{'kB':>6}")
        for pages, beside in ((ONE, ROW), (MANY, TABLE), (PICTURES, TABLE)):
            for name, path in pages.items():
                cold = alone(address, path, 1)[0]
                times, theirs = side_by_side(address, path, beside, asked.rounds)
                ten = together(address, path, 10, max(3, asked.rounds // 10))
                print(
                    f"{name:28}{cold * 1000:7.0f}{median(times) * 1000:8.0f}{p95(times) * 1000:7.0f}"
                    f"{median(theirs) * 1000:8.0f}{median(times) / median(theirs):7.2f}"
                    f"{p95(ten) * 1000:9.0f}{weight(address, path) / 1000:6.0f}"
                )
        if CHROMIUM.exists():
            paints(address)


def alone(address: str, path: str, rounds: int) -> list[float]:
    with httpx.Client(base_url=address, timeout=60) as client:
        client.get("/static/mark.svg")  # the connection is open
        return [timed(lambda: client.get(path)) for _ in range(rounds)]


def side_by_side(address: str, path: str, beside: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of our page and of Datasette's, by turns, so that what else the machine does meets both."""
    with httpx.Client(base_url=address, timeout=60) as client:
        pairs = [(timed(lambda: client.get(path)), timed(lambda: client.get(beside))) for _ in range(rounds)]
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]


def together(address: str, path: str, many: int, rounds: int) -> list[float]:
    """``many`` requests at once, ``rounds`` times: seconds of each."""
    limits = httpx.Limits(max_connections=many)
    with httpx.Client(base_url=address, timeout=60, limits=limits) as client, ThreadPoolExecutor(many) as pool:
        return [s for _ in range(rounds) for s in pool.map(lambda _: timed(lambda: client.get(path)), range(many))]


def timed(ask: Callable[[], httpx.Response]) -> float:
    start = time.perf_counter()
    answer = ask()
    seconds = time.perf_counter() - start
    answer.raise_for_status()
    return seconds


def weight(address: str, path: str) -> int:
    """Bytes of a page with its style, its scripts and its pictures, as they come over the wire."""
    with httpx.Client(base_url=address, timeout=60) as client:
        page = client.get(path)
        found = set(re.findall(r'(?:src|href)="(/[^"?]+\.(?:css|js|svg)(?:\?[^"]*)?)"', page.text))
        return len(page.content) + sum(len(client.get(link.replace("&amp;", "&")).content) for link in found)


def paints(address: str) -> None:
    script = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    with browser() as started:
        for name, path in {
            "home": "/",
            "version, 300 provisions": f"/version/{LONG}",
            "search": "/search?q=数据",
        }.items():
            page = visitor(started, address)
            page.goto(path, wait_until="load")
            while not (painted := page.evaluate(script)):  # waiting in the page would be eval, which the policy refuses
                page.wait_for_timeout(50)
            print(f"first paint of {name}: {painted:.0f} ms")
            page.context.close()


def median(times: list[float]) -> float:
    return statistics.median(times)


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, int(len(times) * 0.95) - 1)]


if __name__ == "__main__":
    main()
