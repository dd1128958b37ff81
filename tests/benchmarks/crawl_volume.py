"""Throughput and memory of a crawl, beside a bare Scrapy spider that parses the title only; one local server, no delay.

python tests/benchmarks/crawl_volume.py 1000 10000

Ratios are of wall time and of the crawler's own processor time (the server's is in neither); both start a process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agency_site import Replies, serve
from nda_site import NDA, nda_page

from crawlers.crawl import crawl_declared
from crawlers.source import find_sources
from kb.workspace import ensure_workspace

# Scrapy's look for return values in generators is off here as it is with us: it costs the spider a millisecond a page.
BARE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 1, "LOG_ENABLED": False, "ROBOTSTXT_OBEY": False,
                       "WARN_ON_GENERATOR_RETURN_VALUE": False}
    async def start(self):
        for n in range(int(sys.argv[2])):
            yield scrapy.Request(f"{sys.argv[1]}/sjj/zwgk/zcfb/0203/{20260201120000000000 + n}_pc.html")
    def parse(self, response):
        yield {"title": response.css("h1::text").get()}
process = CrawlerProcess({"LOG_ENABLED": False}); process.crawl(Bare); process.start()
"""
ROW = '<li><a href="{url}" title="数据安全示例{n}">x</a><span>2026.02.03</span></li>'
SHOWN = 1000  # rows on one list page


def paths(count: int) -> list[str]:
    return [f"{NDA}/0203/{20260201120000000000 + n}_pc.html" for n in range(count)]


def site_of(count: int) -> Replies:
    words = "".join(f"<p>第{n}条　示例单位应当把示例数据的处理情况记入示例台账，并保存三年。</p>" for n in range(1, 30))
    page = nda_page("A", words=words)
    pager = f"<script>$('.pages').pagination({{totalData:{count}, showData:{SHOWN}}});</script>"
    rows = [ROW.format(url=url, n=n) for n, url in enumerate(paths(count))]
    replies: Replies = {
        f"{NDA}/list/index_pc_{number + 1}.html": type(page)(
            f'<ul class="u-list">{"".join(rows[number * SHOWN : (number + 1) * SHOWN])}</ul>{pager}'
        )
        for number in range(-(-count // SHOWN))
    }
    return replies | dict.fromkeys(paths(count), page)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the wall, and of processor time in child processes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(count: int) -> dict[str, object]:
    with serve(site_of(count)) as site, tempfile.TemporaryDirectory() as folder:
        bare = timed(lambda: subprocess.run([sys.executable, "-c", BARE, site.url, str(count)], check=True))
        workspace, sources = ensure_workspace(Path(folder) / "ws"), find_sources(["nda-policies"])
        days, outcomes = [], []
        for day in ("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"):
            site.asked.clear()
            base = {"nda-policies": site.url}
            took = timed(lambda: outcomes.extend(crawl_declared(workspace, sources, base_urls=base, now=day)))  # noqa: B023
            days.append((took, len(site.asked)))
    return {
        "articles": count, "bare_s": round(bare[0], 1), "first_crawl_s": round(days[0][0][0], 1),
        "ratio": round(bare[0] / days[0][0][0], 2), "ratio_cpu": round(bare[1] / days[0][0][1], 2),
        "new": outcomes[0].new, "second_day_s": round(days[1][0][0], 1), "second_day_requests": days[1][1],
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,  # of all that ran so far
    }  # fmt: skip


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["1000"]):
        print(json.dumps(measure(size)), flush=True)
