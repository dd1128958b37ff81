"""One check of unchanged URLs on a local server by us, urlwatch, webchanges and changedetection.io, in one run.

python tests/benchmarks/crawl_peers.py --urls 2000 --venvs /tmp/peers

Each peer is installed in a virtual environment of its own below --venvs, where it is not there yet. Everyone checks the
same URLs twice with the settings it comes with; the second check is measured from start to end of its process, by the
wall and by processor time. The server runs in a process of its own and answers 304 to those who ask for it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from agency_site import Replies, Reply, serve
from nda_site import NDA, nda_page

PEERS = ("urlwatch", "webchanges", "changedetection.io")
DAYS = ("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")
SHOWN = 500
HERE = Path(__file__).resolve()


def paths(count: int) -> list[str]:
    return [f"{NDA}/0303/{20260301120000000000 + n}_pc.html" for n in range(count)]


def site_of(count: int) -> Replies:
    words = "".join(f"<p>第{n}条　示例单位应当把示例数据的处理情况记入示例台账，并保存三年。</p>" for n in range(1, 30))
    page = nda_page("A", words=words, ETag='"1"')

    def answer(asked: Mapping[str, str]) -> Reply:
        return Reply(b"", 304, {"ETag": '"1"'}) if asked.get("If-None-Match") == '"1"' else page

    rows = [
        f'<li><a href="{url}" title="数据安全示例{n}">x</a><span>2026.03.03</span></li>'
        for n, url in enumerate(paths(count))
    ]
    pager = f"<script>$('.pages').pagination({{totalData:{count}, showData:{SHOWN}}});</script>"
    lists: Replies = {
        f"{NDA}/list/index_pc_{place + 1}.html": Reply(
            f'<ul class="u-list">{"".join(rows[place * SHOWN : (place + 1) * SHOWN])}</ul>{pager}'
        )
        for place in range(-(-count // SHOWN))
    }
    return lists | dict.fromkeys(paths(count), answer)


@contextmanager
def served(count: int) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(HERE), "--serve", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stdin
        yield server.stdout.readline().strip()
        server.stdin.close()


def check(words: Sequence[str], folder: Path, **more: str) -> dict[str, float]:
    """Run one check to its end. Raises what it said, if it failed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **more})
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{words[0]} failed: {done.stderr[-2000:]}")
    return {
        "wall_s": round(wall, 1),
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
    }


def bin_of(venvs: Path, peer: str) -> Path:
    """The peer's programs, installed if need be."""
    home = venvs / f"venv-{peer}"
    if not (home / "bin" / peer).exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", peer], check=True)
    return home / "bin"


def version_of(bins: Path, peer: str) -> str:
    shown = subprocess.run([bins / "pip", "show", peer], capture_output=True, text=True, check=True).stdout
    return next(line.split()[1] for line in shown.splitlines() if line.startswith("Version:"))


def commands(peer: str, bins: Path, urls: Sequence[str], folder: Path) -> tuple[list[str], list[str]]:
    """The first check, which learns the pages, and the one that is measured."""
    jobs = folder / "jobs.yaml"
    jobs.write_text("\n---\n".join(f"name: page {n}\nurl: {url}" for n, url in enumerate(urls)) + "\n")
    if peer == "urlwatch":
        words = [
            str(bins / peer),
            "--urls",
            str(jobs),
            "--config",
            str(folder / "c.yaml"),
            "--cache",
            str(folder / "c.db"),
        ]
        return words, words
    if peer == "webchanges":
        words = [
            str(bins / peer),
            "--jobs",
            str(jobs),
            "--config",
            str(folder / "w.yaml"),
            "--database",
            str(folder / "w.db"),
        ]
        return words, words
    start = [str(bins / peer), "-d", str(folder / "cd"), "-C", "-b", "-p", "5599", "-l", "ERROR"]
    added = [word for url in urls for word in ("-u", url)]
    return [*start, *added, "-r", "all"], [*start, "-r", "all"]


def measure(count: int, venvs: Path, peers: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each peer and, last, ours: seconds by the wall and of the processor for the second check."""
    rows: list[dict[str, Any]] = []
    with served(count) as base:
        urls = [base + path for path in paths(count)]
        for peer in peers:
            with tempfile.TemporaryDirectory() as name:
                bins = bin_of(venvs, peer)
                first, second = commands(peer, bins, urls, Path(name))
                more = {"HOME": name, "ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "DISABLE_VERSION_CHECK": "true"}
                check(first, Path(name), **more)
                took = check(second, Path(name), **more)
                rows.append({"checker": peer, "version": version_of(bins, peer), "urls": count, **took})
        with tempfile.TemporaryDirectory() as name:
            regwatch = [sys.executable, "-c", "from regwatch import main; main()"]
            check([*regwatch, "init", "--workspace", name], HERE.parents[2])
            crawl = [*regwatch, "crawl", "nda-policies", "--workspace", name, "--base-url", f"nda-policies={base}"]
            check([*crawl, "--now", DAYS[0]], HERE.parents[2])
            took = check([*crawl, "--now", DAYS[1]], HERE.parents[2])
            rows.append({"checker": "Regwatch", "version": "", "urls": count, **took})
    return rows


def main(count: int, venvs: Path, peers: Sequence[str]) -> None:
    rows = measure(count, venvs, peers)
    for row in rows:
        print(json.dumps(row))
    for unit in ("wall_s", "cpu_s"):
        ratios = {row["checker"]: round(rows[-1][unit] / row[unit], 2) for row in rows[:-1]}
        print(json.dumps({f"ours_in_theirs_{unit[:-2]}": ratios}))


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--urls", type=int, default=2000)
    given.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "regwatch-peers")
    given.add_argument("--only", nargs="*", default=PEERS)
    given.add_argument("--serve", type=int)
    asked = given.parse_args()
    if asked.serve:
        with serve(site_of(asked.serve)) as site:
            print(site.url, flush=True)
            sys.stdin.read()
    else:
        main(asked.urls, asked.venvs, asked.only)
