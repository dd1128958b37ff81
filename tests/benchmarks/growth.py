"""What one more thing costs as a workspace grows 1 → 10 → 100 times, and how much room it takes. By hand:

    .venv/bin/python -m tests.benchmarks.growth [PROVISIONS] [FIELDS] [PAGES]

Sizes are the largest ones; the others are a tenth and a hundredth. Times are processor time of this process and its
children, the median of a few; the slope is the exponent: 0 does not grow, 1 is linear in what is there.
"""

import asyncio
import itertools
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(ROOT / "tests"), str(Path(__file__).parent)]

from agency_site import Replies, serve  # noqa: E402
from catalog_speed import write  # noqa: E402
from catalogs import print_table  # noqa: E402
from nda_site import NDA, nda_page  # noqa: E402
from reread_volume import laws, record  # noqa: E402
from site_client import site  # noqa: E402

from crawlers.crawl import crawl_declared  # noqa: E402
from crawlers.source import find_sources  # noqa: E402
from kb.comparing.chosen import compare_sides  # noqa: E402
from kb.db import open_kb  # noqa: E402
from kb.recording.by_hand import Given  # noqa: E402
from kb.recording.record import add_files  # noqa: E402
from kb.searching.search import search  # noqa: E402
from kb.workspace import Workspace, ensure_workspace  # noqa: E402
from mappings.catalog.importer import import_catalog  # noqa: E402
from mappings.catalog.links import suggest_links  # noqa: E402
from mappings.db import open_company  # noqa: E402
from mappings.keeping.doctor import examine  # noqa: E402

NOW = "2026-03-03T08:00:00Z"
WORDS = ("数据", "重要数据", "出境", "个人信息", "安全评估", "处理者", "汽车", "目录")


def spent() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def cost(ask: Callable[[int], object], times: int = 3) -> float:
    """Seconds of processor time; the median of a few."""
    found = []
    for at in range(times):
        begun = spent()
        ask(at)
        found.append(spent() - begun)
    return statistics.median(found)


def texts(workspace: Workspace, folder: Path) -> dict[str, float]:
    """One more law of 100 articles, a comparison, a search, the doctor."""
    others = [*laws(20_000)][-3:]

    def one_more(at: int) -> None:
        path = folder / f"{workspace.root.name}-{at}.txt"
        path.write_text(others[at].replace("示例", "增补", 1), "utf-8")
        add_files(workspace, [path], Given(), now=NOW)

    measured = {"record one law of 100 articles": cost(one_more)}
    with open_kb(workspace.kb_path) as db:
        old, new = (row["id"] for row in db.query("select id from version order by id limit 2"))
        measured["compare two versions"] = cost(lambda _: compare_sides(db, old, new))
        measured["search, eight words"] = cost(lambda _: [search(db, word) for word in WORDS])
    measured["doctor"] = cost(lambda _: examine(workspace, now=NOW))
    return measured


def pages(workspace: Workspace) -> dict[str, float]:
    with open_kb(workspace.kb_path) as db:
        version = next(db.query("select id from version order by id"))["id"]

    def ask(paths: list[str]) -> float:
        async def visit(datasette: object) -> None:
            for path in paths:
                answer = await datasette.client.get(path)  # type: ignore[attr-defined]
                assert answer.status_code == 200, path

        with pytest.MonkeyPatch.context() as patched, site(workspace, patched, NOW) as datasette:
            asyncio.run(visit(datasette))  # templates are compiled, files opened
            return cost(lambda _: asyncio.run(visit(datasette)), times=5)

    shown = {"home": "/", "works": "/works", "one version": f"/version/{version}", "search page": "/search?q=重要数据"}
    return {f"page: {name}": ask([path]) for name, path in shown.items()}


def catalog(workspace: Workspace, fields: int, folder: Path) -> dict[str, float]:
    path = folder / f"{fields}.csv"
    write(path, fields)
    with open_company(workspace.company_path) as db:
        return {
            "import the catalog": cost(lambda _: import_catalog(db, [path], now=NOW), 1),
            "suggest links, all fields": cost(lambda _: suggest_links(db, now=NOW), 1),
        }


def crawls(count: int) -> dict[str, float]:
    """A day on which nothing is new, ``count`` pages being known."""
    paths = [f"{NDA}/0203/{20260201120000000000 + n}_pc.html" for n in range(count)]
    row = '<li><a href="{}" title="数据安全示例{}">x</a><span>2026.02.03</span></li>'
    rows = "".join(row.format(path, number) for number, path in enumerate(paths))
    pager = f"<script>$('.pages').pagination({{totalData:{count}, showData:{count}}});</script>"
    page = nda_page("A", words="<p>第一条　示例单位应当把示例数据的处理情况记入示例台账，并保存三年。</p>")
    replies: Replies = {f"{NDA}/list/index_pc_1.html": type(page)(f'<ul class="u-list">{rows}</ul>{pager}')}
    replies |= dict.fromkeys(paths, page)
    with serve(replies) as served, tempfile.TemporaryDirectory() as folder:
        place, source = ensure_workspace(Path(folder) / "ws"), find_sources(["nda-policies"])
        days = iter(f"2026-03-{day:02}T00:00:00Z" for day in range(3, 9))

        def crawl(_: int) -> None:
            crawl_declared(place, source, base_urls={"nda-policies": served.url}, now=next(days))

        crawl(0)
        return {"crawl a list, nothing new": cost(crawl, 1)}


def main(provisions: int, fields: int, known: int) -> None:
    table: dict[str, list[float]] = {}
    room = ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in (100, 10, 1):
            workspace = ensure_workspace(folder / f"ws-{part}")
            record(workspace, laws(provisions // part), folder)
            measured = texts(workspace, folder) | catalog(workspace, fields // part, folder)
            measured |= pages(workspace) | crawls(known // part)
            for what, seconds in measured.items():
                table.setdefault(what, []).append(seconds)
            sizes = {path.name: path.stat().st_size for path in (workspace.kb_path, workspace.company_path)}
            archive = sum(path.stat().st_size for path in workspace.archive_path.rglob("*") if path.is_file())
            sizes["archive"] = archive
            room += f"\n1/{part}: " + ", ".join(f"{what} {size / 1e6:,.1f} MB" for what, size in sizes.items())
            print(f"1/{part} measured after {time.process_time():.0f} s", file=sys.stderr)
    print(f"{provisions:,} provisions, {fields:,} fields, {known:,} known pages at 100 times")
    print_table(["cost of", "1", "10", "100 times", "slope 1→10", "slope 10→100"], [
        [what, *(f"{s * 1000:,.0f} ms" for s in found),
         *(f"{math.log10(max(b, 1e-4) / max(a, 1e-4)):.2f}" for a, b in itertools.pairwise(found))]
        for what, found in table.items()
    ])  # fmt: skip
    print(room.strip())


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(100_000, 100_000, 10_000)[len(given) :])
