"""Thirty days over a known collection, over HTTP on loopback: what a daily run asks, and whether every edit is found.

python tests/benchmarks/crawl_month.py 5000 300 30    # known publications, of them in the daily tier, days

On the first day 10 publications are new and 3 of the daily tier are edited by one character; besides, one page in fifty
of the others is edited then, and each day after that one anywhere, as long as 30 days are left to find it in.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agency_site import AgencySite, Reply, serve

from crawlers.crawl import crawl_declared
from crawlers.source import find_sources
from kb.db import open_kb
from kb.workspace import Workspace, ensure_workspace

SOURCE = "miit-consultations"
COLUMN, UNIT = "/gzcy/yjzj/index.html", "/api-gateway/jpaas-publish-server/front/page/build/unit"
PAIRS = {"parseType": "buildstatic", "pageType": "column", "tagId": "右侧内容", "pageId": "0"}
SHOWN, NEW, EDITED = 250, 10, 3
FIRST = date(2026, 3, 1)
OPEN_UNTIL = int(datetime(2026, 12, 31, tzinfo=UTC).timestamp() * 1000)


class Column:
    """A MIIT column: its publications, newest first, which of them are open for comments, and their words."""

    def __init__(self, known: int, open_: int) -> None:
        self.numbers = list(range(known, 0, -1))
        self.open = set(random.Random(1).sample(self.numbers, open_))
        self.words = {number: f"第一条　示例单位应当记录示例数据{number}类。" for number in self.numbers}
        self.fresh: dict[int, str] = {}

    def add(self, count: int, day: str) -> None:
        for number in range(self.numbers[0] + 1, self.numbers[0] + 1 + count):
            self.numbers.insert(0, number)
            self.words[number], self.fresh[number] = f"第一条　新的示例{number}。", day

    def edit(self, number: int) -> None:
        self.words[number] = self.words[number].replace("。", "；")

    def put_on(self, site: AgencySite) -> None:
        site.replies |= {path_of(number): page(number, words) for number, words in self.words.items()}
        shell = f'<script url="{UNIT}" querydata="{json.dumps(PAIRS, ensure_ascii=False).replace(chr(34), chr(39))}">'
        site.replies[COLUMN] = Reply(f"{shell}</script>")
        for place in range(-(-len(self.numbers) // SHOWN)):
            asked = {"pageNo": place + 1, "pageSize": str(SHOWN)}
            more = {"paramJson": json.dumps(asked, separators=(",", ":"))} if place else {}
            site.replies[f"{UNIT}?{urlencode(PAIRS | more)}"] = self.unit(place)

    def unit(self, place: int) -> Reply:
        rows = "".join(map(self.row, self.numbers[place * SHOWN : (place + 1) * SHOWN]))
        said = json.dumps(PAIRS, ensure_ascii=False).replace('"', "'")
        pager = f'<div class="pagination" querydata="{said}" rows="{SHOWN}" count="{len(self.numbers)}"></div>'
        html = f'<div class="page-content"><ul>{rows}</ul></div>{pager}'
        return Reply(json.dumps({"success": True, "code": "200", "data": {"html": html}}))

    def row(self, number: int) -> str:
        ends = f'<span class="endtime">{OPEN_UNTIL}</span>' if number in self.open else ""
        link = f'<a href="{path_of(number)}" title="数据安全示例{number}征求意见">x</a>'
        return f'<li><span class="fr">{self.fresh.get(number, "2025-11-03")}</span>{link}{ends}</li>'


def path_of(number: int) -> str:
    return f"/gzcy/yjzj/art/2025/art_{number:032x}.html"


def page(number: int, words: str) -> Reply:
    return Reply(f'<h1 id="con_title">示例{number}</h1><p id="con_time">2025-11-03</p><div id="con_con">{words}</div>')


def found_in(workspace: Workspace) -> dict[int, int]:
    """Captures of each article, by its number."""
    with open_kb(workspace.kb_path) as db:
        sql = "select url, count(*) as seen from capture where url like '%/art_%' group by url"
        return {int(row["url"][-37:-5], 16): row["seen"] for row in db.query(sql)}


def main(known: int, open_: int, days: int) -> None:
    chance, column = random.Random(2), Column(known, open_)
    edits: dict[int, int] = {}  # number → day of its edit
    delays: list[int] = []
    asked: list[int] = []
    with serve({}) as site, tempfile.TemporaryDirectory() as folder:
        workspace, sources = ensure_workspace(Path(folder) / "ws"), find_sources([SOURCE])

        def crawl(day: int) -> tuple[int, int]:
            column.put_on(site)
            site.asked.clear()
            now = f"{FIRST + timedelta(days=day)}T00:00:00Z"
            [outcome] = crawl_declared(workspace, sources, base_urls={SOURCE: site.url}, now=now)
            assert outcome.outcome in ("healthy", "stale"), outcome
            return outcome.new, outcome.changed

        began = time.perf_counter()
        assert crawl(0) == (known, 0)
        first_s = time.perf_counter() - began
        pending: dict[int, int] = {}
        for day in range(1, days + 31):
            if day == 1:
                column.add(NEW, str(FIRST + timedelta(days=1)))
                rest = [number for number in column.words if number not in column.open and number <= known]
                for number in [*chance.sample(sorted(column.open), EDITED), *chance.sample(rest, known // 50)]:
                    column.edit(number)
                    pending[number] = day
            elif day <= days:
                number = chance.choice([number for number in column.words if number not in edits | pending])
                column.edit(number)
                pending[number] = day
            new, changed = crawl(day)
            seen = found_in(workspace)
            for number in [number for number in pending if seen.get(number, 0) > 1]:
                edits[number] = pending.pop(number)
                delays.append(day - edits[number])
            articles = sum("/art/" in path for path in site.paths())
            asked.append(articles)
            print(f"day {day}: {articles} requests, {len(edits)} edits found, {len(pending)} to find", file=sys.stderr)
            if day == 1:
                daily = sum(number in column.open for number in edits)
                print(json.dumps({
                    "known": known, "daily_tier": open_, "first_crawl_s": round(first_s), "new_found": new,
                    "edits_of_daily_tier_found": daily, "changed": changed, "requests_of_articles": articles,
                    "per_known": round(articles / known, 3), "list_requests": len(site.paths()) - articles,
                }), flush=True)  # fmt: skip
            if day >= days and not pending:
                break
    print(json.dumps({
        "days": day, "edits": len(edits) + len(pending), "found": len(edits), "never_found": len(pending),
        "longest_delay_days": max(delays), "most_requests_per_known": round(max(asked) / known, 3),
        "wrongly_changed": sum(count > 1 for count in seen.values()) - len(edits),
        "seconds": round(time.perf_counter() - began),
    }), flush=True)  # fmt: skip


if __name__ == "__main__":
    main(*(int(given) for given in (sys.argv[1:] + ["5000", "300", "30"][len(sys.argv) - 1 :])))
