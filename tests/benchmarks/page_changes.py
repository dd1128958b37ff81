"""One timeline of pages, seen by us and three page checkers on the same days: changes found, and told that are none.

python -m tests.benchmarks.page_changes --days 8 --pages 9    # alone; a part of tests.benchmarks.peers

The timeline is that of `page_timeline`. Everybody looks once a day at the same pages, lists and annexes. A change is
found when it is told on its own day: by a peer as CHANGED or, of a page taken down, as an error; by us as an event, a
new publication or a page gone. Anything else that is told as changed is false; errors about a host in trouble are not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from crawl_peers import PEERS, bin_of, version_of
from page_peers import HOW, by_command, by_server
from page_timeline import SOURCES, PageTimeline, Place, make_timeline
from page_world import LinedSite, shown
from replay_world.warm_worker import warm_worker

from crawlers import crawl
from kb.db import open_kb
from kb.normalise import squeeze
from kb.recording.record import record_pending
from kb.workspace import Workspace, ensure_workspace

Told = dict[Place, float]  # what was told, and the share of the page's words that was marked
Say = Callable[[str], None]


def by_peer(peer: str, how: str, line: PageTimeline, bins: Path, folder: Path, say: Say) -> Told:
    told: Told = {}
    with shown(line, folder) as site:
        watched = site.watched(by_data=how == HOW[2])
        opened = (
            by_server(bins, how, watched, folder)
            if peer == "changedetection.io"
            else by_command(peer, bins, how, watched, folder)
        )
        with opened as check:
            for day in range(line.days):
                site.move_to(line.day(day).isoformat())
                said = check()
                for name, (word, added) in said.items():
                    is_loss = word == "ERROR" and line.true.get((name, day)) == "gone"
                    if day and (word == "CHANGED" or is_loss):
                        told[name, day] = share(added, line, (name, day))
                say(f"{peer}, {how}: day {day + 1} of {line.days}")
    return told


def share(added: str, line: PageTimeline, place: Place) -> float:
    words = len(squeeze(re.sub(r"<[^>]+>", "", added)))
    return min(1.0, words / line.words.get(place, max(1, words)))


def by_us(line: PageTimeline, folder: Path, say: Say) -> Told:
    told: Told = {}
    workspace = ensure_workspace(folder / "workspace")
    with shown(line, folder) as site, warm_worker(folder) as command, mock.patch.object(crawl, "WORKER", command):
        for day in range(line.days):
            site.move_to(line.day(day).isoformat())
            now = f"{line.day(day)}T10:00:00Z"
            crawl.crawl_sources(workspace, SOURCES, base_urls=site.base_urls, now=now)
            record_pending(workspace, now=now)
            for name, marked in told_by_us(workspace, site, now):
                if day:
                    told[name, day] = share(marked, line, (name, day))
            say(f"Regwatch: day {day + 1} of {line.days}")
    return told


def told_by_us(workspace: Workspace, site: LinedSite, now: str) -> Iterator[tuple[str, str]]:
    """What of this hour a person would be shown, and the words marked as new in it."""
    assert site.timeline
    names, path = site.names(), re.compile(r"^\w+://[^/]+")
    with open_kb(workspace.kb_path) as db:
        for row in db.query("select url, columns, first_seen from publication where gone_at = ? or first_seen = ?",
                            [now, now]):  # fmt: skip
            name = names.get(path.sub("", row["url"]))
            is_new = row["first_seen"] == now
            yield (json.loads(row["columns"])[0] if is_new or not name else name), ""
        sql = "select event.id, url from event join publication on publication.id = publication where occurred_at = ?"
        for row in list(db.query(sql, [now])):
            edits = [edit for change in db.query('select edits from "change" where event = ?', [row["id"]])
                     for edit in json.loads(change["edits"] or "[]")]  # fmt: skip
            page = names.get(path.sub("", row["url"]), row["url"])
            annex = f"annex of {page}"
            yield annex if annex in names.values() else page, "".join(edit.get("to") or "" for edit in edits)


def judge(told: Told, line: PageTimeline) -> dict[str, Any]:
    own = {line.echoes.get(place, place): share for place, share in reversed(told.items())} | {
        place: share for place, share in told.items() if place not in line.echoes
    }
    found, false = own.keys() & line.true.keys(), own.keys() - line.true.keys()
    shares = [own[place] for place in sorted(line.words.keys() & own.keys())]
    causes = dict(reversed([(place, kind) for kind, place in line.noise]))
    return {
        "found": len(found), "false": len(false),
        "marked": round(sum(shares) / len(shares), 4) if shares else None, "numbers": len(shares),
        "missed_kinds": dict(sorted(Counter(line.true[place] for place in line.true.keys() - found).items())),
        "false_kinds": dict(sorted(Counter(causes.get(place, "nothing labelled") for place in false).items())),
    }  # fmt: skip


def measure(seed: int, days: int, pages: int, venvs: Path, say: Say, peers: Iterable[str] = PEERS) -> dict[str, Any]:
    """The timeline and a row for each checker and each way of asking it."""
    line = make_timeline(seed, days, pages)
    rows: list[dict[str, Any]] = []

    def judged(checker: str, version: str, how: str, told: Told) -> None:
        rows.append({"checker": checker, "version": version, "how": how, **judge(told, line)})
        say(json.dumps(rows[-1], ensure_ascii=False))

    with folder() as place:
        judged("Regwatch", "", HOW[0], by_us(line, place, say))
    for peer in peers:
        bins = bin_of(venvs, peer)
        for how in HOW:
            if peer == "changedetection.io" and how == HOW[1]:
                continue  # it compares the text of a page from the start
            with folder() as place:
                judged(peer, version_of(bins, peer), how, by_peer(peer, how, line, bins, place, say))
    return {
        "seed": seed, "days": days, "pages": pages, "visits": line.visits, "true": len(line.true),
        "true_kinds": dict(sorted(Counter(line.true.values()).items())),
        "noise": len({place for _, place in line.noise} - line.true.keys()),
        "noise_kinds": dict(sorted(Counter(kind for kind, _ in line.noise).items())), "rows": rows,
    }  # fmt: skip


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def main(words: Sequence[str] | None = None) -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--days", type=int, default=30)
    given.add_argument("--pages", type=int, default=20)
    given.add_argument("--only", nargs="*", default=PEERS)
    given.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "regwatch-peers")
    asked = given.parse_args(words)
    found = measure(
        asked.seed, asked.days, asked.pages, asked.venvs, lambda line: print(line, file=sys.stderr), asked.only
    )
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
