"""Throughput and memory of a crawl, beside a bare Scrapy spider that parses the title only; one local server, no delay.

python tests/benchmarks/crawl_volume.py 1000
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agency_site import Replies, serve
from nda_site import NDA, nda_page

from crawlers.crawl import crawl_declared
from crawlers.source import find_sources
from kb.workspace import ensure_workspace

BARE = """
import sys, scrapy
from bs4 import BeautifulSoup
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 1, "LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": False}
    async def start(self):
        for n in range(int(sys.argv[2])):
            yield scrapy.Request(f"{sys.argv[1]}/sjj/zwgk/zcfb/0203/{20260201120000000000 + n}_pc.html")
    def parse(self, response):
        yield {"title": response.css("h1::text").get()}
process = CrawlerProcess(); process.crawl(Bare); process.start()
"""
ROW = '<li><a href="{url}" title="数据安全示例{n}">x</a><span>2026.02.03</span></li>'


def paths(count: int) -> list[str]:
    return [f"{NDA}/0203/{20260201120000000000 + n}_pc.html" for n in range(count)]


def main(count: int) -> None:
    words = "".join(f"<p>第{n}条　示例单位应当把示例数据的处理情况记入示例台账，并保存三年。</p>" for n in range(1, 30))
    page = nda_page("A", words=words)
    rows = "".join(ROW.format(url=url, n=n) for n, url in enumerate(paths(count)))
    pager = f"<script>$('.pages').pagination({{totalData:{count}, showData:{count}}});</script>"
    replies: Replies = {f"{NDA}/list/index_pc_1.html": type(page)(f'<ul class="u-list">{rows}</ul>{pager}')}
    replies |= dict.fromkeys(paths(count), page)
    with serve(replies) as site, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", BARE, site.url, str(count)], check=True)
        bare = time.perf_counter() - began
        workspace, ours = ensure_workspace(Path(folder) / "ws"), []
        sources = find_sources(["nda-policies"])
        for day in ("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"):
            site.asked.clear()
            began = time.perf_counter()
            [outcome] = crawl_declared(workspace, sources, base_urls={"nda-policies": site.url}, now=day)
            ours.append((round(time.perf_counter() - began, 1), len(site.asked), outcome.new))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({
        "articles": count, "bare_s": round(bare, 1), "first_crawl_s": ours[0][0], "ratio": round(bare / ours[0][0], 2),
        "new": ours[0][2], "second_day_s": ours[1][0], "second_day_requests": ours[1][1], "peak_mb": peak,
    }))  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
