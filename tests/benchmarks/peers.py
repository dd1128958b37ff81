"""Regwatch and its peers side by side, in one run: page changes, time of a check, search, comparing, matching.

    python -m tests.benchmarks.peers                      # everything; half an hour on two cores
    python -m tests.benchmarks.peers --quick              # the same questions, asked of little: two or three minutes
    python -m tests.benchmarks.peers --only search diff --charts /tmp
    python -m tests.benchmarks.peers --publish            # and docs/peers.json, charts and tables from it
    python -m tests.benchmarks.peers --from docs/peers.json --publish    # draw and write again, measure nothing

Peers are installed from PyPI below --venvs, each in an environment of its own, when first asked for (0.8 GB in all).
pdftotext with poppler-data and curl must be there: peers read PDFs with them. Real texts and catalogs are those of
../shared; without them search and comparing use the sample texts, and matching is left out, which the result says.
The result is JSON on standard output; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from importlib import invalidate_caches
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent), str(ROOT)]

PARTS = ("pages", "checks", "search", "diff", "matching")
LIBRARIES = {"search": ("jieba",), "diff": ("diff-match-patch", "redlines"), "matching": ("scikit-learn",)}
FULL = {"days": 30, "pages": 20, "urls": 2000, "provisions": 60_000, "queries": 500, "edits": 500, "tries": 120}
QUICK = {"days": 4, "pages": 6, "urls": 30, "provisions": 3000, "queries": 80, "edits": 60, "tries": 10}
Say = Callable[[str], None]


def add_libraries(venvs: Path, names: Sequence[str], say: Say) -> None:
    """Make what is measured beside us importable, behind everything that the project itself has installed."""
    for name in names:
        folder = venvs / f"lib-{name}"
        if not folder.exists():
            say(f"installing {name}")
            pip = venvs / "venv-pip"
            if not pip.exists():
                venv.create(pip, with_pip=True)
            words = [pip / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "--target", folder, name]
            subprocess.run(words, check=True)
        sys.path.append(str(folder))
    invalidate_caches()


def measure(parts: Sequence[str], sizes: dict[str, int], seed: int, venvs: Path, say: Say) -> dict[str, Any]:
    add_libraries(venvs, [name for part in parts for name in LIBRARIES.get(part, ())], say)
    ask: dict[str, Callable[[], Any]] = {
        "pages": lambda: _pages(sizes, seed, venvs, say), "checks": lambda: _checks(sizes, venvs),
        "search": lambda: _search(sizes, say), "diff": lambda: _diff(sizes, say), "matching": lambda: _matching(say),
    }  # fmt: skip
    found: dict[str, Any] = {"machine": machine(), "left_out": []}
    for part in parts:
        began = time.monotonic()
        say(f"{part} …")
        if (told := ask[part]()) is None:
            found["left_out"].append(part)
            say(f"{part}: left out, ../shared is not there")
            continue
        found[part] = {**told, "took_s": round(time.monotonic() - began)}
        say(f"{part}: {found[part]['took_s']} s")
    return found


def _pages(sizes: dict[str, int], seed: int, venvs: Path, say: Say) -> dict[str, Any]:
    from page_changes import measure as measure_pages

    missing = [name for name in ("pdftotext", "curl") if not shutil.which(name)]
    if missing or not Path("/usr/share/poppler/cMap/Adobe-GB1").exists():
        raise SystemExit(
            "peers: pdftotext, its CJK maps or curl is missing; apt install poppler-utils poppler-data curl"
        )
    return measure_pages(seed, sizes["days"], sizes["pages"], venvs, say)


def _checks(sizes: dict[str, int], venvs: Path) -> dict[str, Any]:
    from crawl_peers import PEERS
    from crawl_peers import measure as measure_checks

    return {"urls": sizes["urls"], "rows": measure_checks(sizes["urls"], venvs, PEERS)}


def _search(sizes: dict[str, int], say: Say) -> dict[str, Any]:
    from search_figures import measure as measure_search

    return measure_search(sizes["provisions"], sizes["queries"], 0, say)


def _diff(sizes: dict[str, int], say: Say) -> dict[str, Any]:
    from diff_peers import measure as measure_diff

    return measure_diff(sizes["edits"], sizes["tries"], say)


def _matching(say: Say) -> dict[str, Any] | None:
    from law_texts import SHARED

    if not (SHARED / "catalogs").is_dir():
        return None
    from tests.benchmarks.match_quality import NEWEST
    from tests.benchmarks.match_quality import measure as measure_matching

    return measure_matching(NEWEST, say)


def machine() -> dict[str, Any]:
    named = next((line.partition(":")[2].strip() for line in _processor_lines() if line.startswith("model name")), "")
    return {"cores": os.cpu_count(), "processor": named or platform.machine(), "python": platform.python_version(),
            "system": platform.system()}  # fmt: skip


def _processor_lines() -> list[str]:
    told = Path("/proc/cpuinfo")
    return told.read_text().splitlines() if told.exists() else []


def publish(result: dict[str, Any]) -> None:
    """docs/peers.json, the charts, and the tables of docs/figures.md and README.md, all from one result."""
    from peer_charts import charts, written
    from peer_tables import full, put, short

    docs = ROOT / "docs"
    (docs / "peers.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    list(written(charts(result), docs))
    for page, words in ((docs / "figures.md", full(result)), (ROOT / "README.md", short(result))):
        page.write_text(put(page.read_text("utf-8"), words), "utf-8")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not for figures")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=1, help="of the timeline of pages")
    for name, size in FULL.items():
        parser.add_argument(f"--{name}", type=int, help=f"{size} ({QUICK[name]} with --quick)")
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "regwatch-peers")
    parser.add_argument("--from", dest="given", type=Path, metavar="JSON", help="a result to draw instead of measuring")
    parser.add_argument("--charts", type=Path, metavar="FOLDER", help="where the charts are drawn as SVG")
    parser.add_argument("--publish", action="store_true", help="renew docs/peers.json, charts and tables of the docs")
    asked = parser.parse_args(words)
    say: Say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731
    if asked.given:
        result = json.loads(asked.given.read_text("utf-8"))
    else:
        chosen = {name: size for name in FULL if (size := getattr(asked, name)) is not None}
        sizes = {**(QUICK if asked.quick else FULL), **chosen}
        given = " ".join(
            [*(["--quick"] if asked.quick else []), *(f"--{name} {size}" for name, size in chosen.items())]
        )
        told = {"command": f"python -m tests.benchmarks.peers {given}".strip(), "date": dt.date.today().isoformat()}
        asked.venvs.mkdir(parents=True, exist_ok=True)
        result = {**told, **measure(asked.only, sizes, asked.seed, asked.venvs, say)}
    if asked.charts:
        from peer_charts import charts, written

        asked.charts.mkdir(parents=True, exist_ok=True)
        for path in written(charts(result), asked.charts):
            say(f"drawn: {path}")
    if asked.publish:
        publish(result)
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
