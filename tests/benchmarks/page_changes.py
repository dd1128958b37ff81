"""One timeline of pages, seen by us, urlwatch and webchanges on the same days: changes found, and called that are none.

python tests/benchmarks/page_changes.py --venvs /tmp/peers

Six days of ten pages of a local server in an agency's markup, its list and an annex. True changes: a digit of a
threshold, a digit of a deadline, an annex exchanged under its address, a page taken down. No change: stamps, view
counters, scripts, the print bar, a challenge page under status 200, a list in another order. Peers watch the ten pages,
the list and the annex, once as they come and once with their html2text filter. What they print as CHANGED or, of a page
taken down, as an error, counts as told. What is marked for a digit is its share of the words of a page: lines that
begin with + there, the words of the edit here.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agency_site import NOT_FOUND, AgencySite, Reply, serve
from crawl_peers import bin_of, version_of
from nda_site import CHALLENGE, NDA, page_path

from crawlers.crawl import crawl_sources
from kb.db import open_kb
from kb.normalise import squeeze
from kb.recording.record import record_pending
from kb.workspace import ensure_workspace

DAYS = range(1, 7)
PAGES = "ABCDEFGHJK"
LIST, ANNEX = f"{NDA}/list/index_pc_1.html", f"{NDA}/0203/c.txt"
TRUE = {("A", 3), ("B", 4), ("annex", 3), ("K", 5), ("A", 6), ("D", 4)}  # page, day; K is taken down
DIGITS = {("A", 3), ("A", 6), ("B", 4), ("D", 4)}
ORDINALS = "一二三四五六七八九十"


def lines_of(letter: str, day: int) -> list[str]:
    """A rule of ten articles; the ninth holds the threshold, the tenth the deadline."""
    count = 100 + 100 * (letter == "A" and day >= 3) + 700 * (letter == "A" and day >= 6)
    days = 10 + 20 * (letter in "BD" and day >= 4)
    said = [
        f"第{n}条　示例{letter}类单位第{n}项示例事务由示例部门办理，办理情况记入示例台账备查。" for n in ORDINALS[:8]
    ]
    return [*said, f"第九条　示例{letter}类数据超过{count}万条的，应当进行示例评估。",
            f"第十条　示例{letter}类单位应当在{days}日内报告示例事项。"]  # fmt: skip


def page(letter: str, day: int) -> Reply:
    if letter == "K" and day >= 5:
        return NOT_FOUND
    if letter == "H" and day == 3:
        return CHALLENGE
    stamp = f"2026020{day}" if letter == "D" else "20260201"
    views = 100 + 7 * day if letter == "E" else 100
    script = f'<script>var tick="{day}";</script>' if letter == "F" and day >= 2 else ""
    bar = "打印本页" if letter == "G" and day >= 3 else "打印"
    words = "\n".join(f"<p>{line}</p>" for line in lines_of(letter, day)) if letter != "C" else "<p>现予公布。</p>"
    files = '<a href="c.txt">示例C类数据办法.txt</a>' if letter == "C" else ""
    return Reply(
        f"""<html><head><meta name="PubDate" content="2026.02.03">
<script>var made="{stamp}";</script>
</head><body><!-- made {stamp} -->
<div class="detail">
<h1>示例{letter}类数据安全管理办法</h1>
<ul class="shezhi">
<li>2026.02.03</li>
<li>浏览次数：{views}</li>
<li>{bar}</li>
</ul>
<div class="article">
{words}
<div class="filelist"><dl><dd>{files}</dd></dl></div>
</div></div>
{script}
</body></html>"""
    )


def list_page(day: int) -> Reply:
    letters = PAGES if day not in (2, 5) else PAGES[::-1]
    rows = "\n".join(
        f'<li><a href="{page_path(x)}" title="示例{x}类数据安全管理办法">x</a><span>2026.02.03</span></li>'
        for x in letters
    )
    pager = f"<script>$('.pages').pagination({{totalData:{len(PAGES)}, showData:15}});</script>"
    return Reply(f'<ul class="u-list">\n{rows}\n</ul>{pager}')


def show(site: AgencySite, day: int) -> None:
    site.replies.update({page_path(letter): page(letter, day) for letter in PAGES})
    site.replies[LIST] = list_page(day)
    body = "\n".join(["示例C类数据办法", *lines_of("A", 3 if day >= 3 else 1)]).replace("示例A类", "示例C类")
    site.replies[ANNEX] = Reply(body, headers={"Content-Type": "text/plain; charset=utf-8"})


Told = dict[tuple[str, int], float]  # page and day → share of its words that was marked


def by_peer(peer: str, bins: Path, filtered: bool, folder: Path) -> Told:
    told: Told = {}
    names = {**{letter: page_path(letter) for letter in PAGES}, "list": LIST, "annex": ANNEX}
    with serve({}) as site:
        rules = "\nfilter:\n  - html2text" if filtered else ""
        jobs = "\n---\n".join(
            f"name: job-{name}\nurl: {site.url}{path}{rules if name != 'annex' else ''}" for name, path in names.items()
        )
        (folder / "jobs.yaml").write_text(jobs + "\n")
        for day in DAYS:
            show(site, day)
            for name, (word, added) in _run(peer, bins, folder).items():
                is_loss = word == "ERROR" and (name, day) in TRUE
                if day > 1 and (word == "CHANGED" or is_loss):
                    told[name, day] = _share(added, name, day)
    return told


def _run(peer: str, bins: Path, folder: Path) -> dict[str, tuple[str, str]]:
    """Job → what its section is headed with, and the lines that it adds."""
    store = "--cache" if peer == "urlwatch" else "--database"
    words = [
        bins / peer,
        "--urls" if peer == "urlwatch" else "--jobs",
        "jobs.yaml",
        "--config",
        "c.yaml",
        store,
        "c.db",
    ]
    more = {"HOME": str(folder), "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **more})
    found: dict[str, tuple[str, str]] = {}
    name = ""
    for line in re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).splitlines():
        if head := re.search(r"\b(CHANGED|NEW|ERROR|UNCHANGED)\b.*?\bjob-(\w+)", line):
            name = head[2]
            found.setdefault(name, (head[1], ""))
        elif name and line.startswith("+") and not line.startswith("+++"):
            found[name] = (found[name][0], found[name][1] + line[1:])
    if done.returncode not in (0, 1, 3) or (not done.stdout and done.stderr):
        print(f"{peer}: {done.stderr[-500:]}", file=sys.stderr)
    return found


def _share(marked: str, name: str, day: int) -> float:
    words = re.sub(r"<[^>]+>|\s", "", marked)
    whole = squeeze("".join(lines_of(name, day))) if name in PAGES else words
    return min(1.0, len(words) / max(1, len(whole)))


def by_us(folder: Path) -> Told:
    told: Told = {}
    workspace = ensure_workspace(folder / "ws")
    with serve({}) as site:
        for day in DAYS:
            show(site, day)
            now = f"2026-02-1{day}T00:00:00Z"
            crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=now)
            record_pending(workspace, now=now)
            for name, marked in _ours(workspace, now):
                if day > 1:
                    told[name, day] = _share(marked, name, day)
    return told


def _ours(workspace: Any, now: str) -> Iterator[tuple[str, str]]:
    letters = {page_path(letter).rpartition("/")[2]: letter for letter in PAGES}
    with open_kb(workspace.kb_path) as db:
        for row in db.query("select url from publication where gone_at = ?", [now]):
            yield letters[row["url"].rpartition("/")[2]], ""
        sql = "select event.id, url from event join publication on publication.id = publication where occurred_at = ?"
        for row in list(db.query(sql, [now])):
            letter = letters[row["url"].rpartition("/")[2]]
            edits = [edit for change in db.query('select edits from "change" where event = ?', [row["id"]])
                     for edit in json.loads(change["edits"] or "[]")]  # fmt: skip
            yield "annex" if letter == "C" else letter, "".join(edit.get("to") or "" for edit in edits)


def report(name: str, told: Told) -> None:
    found, false = told.keys() & TRUE, told.keys() - TRUE
    shares = [told[key] for key in sorted(DIGITS & told.keys())]
    marked = f"{sum(shares) / len(shares):.1%}" if shares else "-"
    print(f"| {name} | {len(found)} of {len(TRUE)} | {len(false)} | {marked} |", flush=True)
    if missed := sorted(TRUE - told.keys()):
        print(f"  missed: {missed}", file=sys.stderr)
    print(f"  false: {sorted(false)}", file=sys.stderr)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def main(venvs: Path) -> None:
    print(f"{len(PAGES) * len(DAYS)} visits of pages; {len(TRUE)} true changes\n")
    print("| checker | found | false | of the page marked for one digit |\n|---|---|---|---|")
    for peer in ("urlwatch", "webchanges"):
        bins = bin_of(venvs, peer)
        for filtered in (False, True):
            with folder() as place:
                how = ", html2text" if filtered else ""
                report(f"{peer} {version_of(bins, peer)}{how}", by_peer(peer, bins, filtered, place))
    with folder() as place:
        report("Regwatch", by_us(place))


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "regwatch-peers")
    main(given.parse_args().venvs)
