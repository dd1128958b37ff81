"""Search measured: recall and precision against substring truth, time per query, growth, and time to build.

    .venv/bin/python tests/benchmarks/search_figures.py [--count 60000] [--growth 600000] [--queries 500]

Beside it in the same run: SQLite's trigram tokenizer, and Chinese word segmentation by jieba (pure Python) where it can
be imported (``pip install --target /tmp/jieba jieba``, then PYTHONPATH=/tmp/jieba), by rjieba (Rust) in any case. Truth
is the substring in the text without blanks. Provisions are those of law_corpus.py; the larger index holds them again
and again. Times are of one process on a warm disk cache.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from law_corpus import corpus
from sqlite_utils import Database

from kb.db import open_kb
from kb.normalise import fold_glyphs
from kb.searching.search import index_rows, match_query, search

TERMS = [
    *(
        "数据",
        "出境",
        "网信",
        "重要数据",
        "个人信息",
        "影像",
        "轨迹",
        "申报",
        "备案",
        "评估",
        "认证",
        "境外",
        "同意",
        "车牌",
    ),
    *("人脸", "测绘", "汽车", "日志", "漏洞", "召回", "罚款", "负面清单", "标准合同"),
]
PER_VERSION = 60


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--growth", type=int, default=600_000)
    parser.add_argument("--queries", type=int, default=500)
    asked = parser.parse_args()
    texts = corpus(asked.count)
    queries = draw_queries(texts, asked.queries)
    print(f"{len(texts)} provisions, {sum(map(len, texts)):,} characters, SQLite {sqlite3.sqlite_version}")
    plain = ["".join(fold_glyphs(text).split()) for text in texts]
    print(f"{'index':28}{'build s':>9}{'MB':>7}   recall and precision: {asked.queries} drawn, {len(TERMS)} terms")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kb.db"
        seconds = build(path, texts, len(texts))
        report("characters (ours)", seconds, path, ours(path), plain, queries)
        for name, tokenize, cut, ask in alternatives():
            other = Path(folder) / "other.db"
            other.unlink(missing_ok=True)
            taken = build_plain(other, tokenize, map(cut, texts))
            report(name, taken, other, asker(other, ask), plain, queries)
            print(f"{'':28}ours is built {taken / seconds:.1f} times as fast")
        times(path, queries, len(texts))
        if asked.growth > len(texts):
            large = Path(folder) / "large.db"
            build(large, texts, asked.growth)
            times(large, queries, asked.growth)


def draw_queries(texts: list[str], count: int) -> list[str]:
    """Substrings of 1 to 8 Chinese characters, as many of each length, from all over the corpus."""
    rng = random.Random(11)
    queries: list[str] = []
    while len(queries) < count:
        run = rng.choice(re.findall(r"[\u4e00-\u9fff]+", rng.choice(texts)) or [""])
        size = len(queries) % 8 + 1
        if len(run) >= size:
            at = rng.randrange(len(run) - size + 1)
            queries.append(run[at : at + size])
    return queries


def build(path: Path, texts: list[str], count: int) -> float:
    """A kb.db of ``count`` provisions; the seconds that its index took."""
    db = open_kb(path)
    places = [
        (f"t{at // PER_VERSION}#{at}", f"w@draft-{at // PER_VERSION}", texts[at % len(texts)]) for at in range(count)
    ]
    with db.atomic():
        db.table("work").insert({"id": "w", "title": "示例", "title_key": "示例", "status": "extracted"})
        versions = range(count // PER_VERSION + 1)
        db.table("version").insert_all(
            {"id": f"w@draft-{at}", "work": "w", "stage": ("draft", "final")[at % 2], "title": f"示例{at}",
             "status": "extracted", "agencies": '["miit"]', "published": f"{2010 + at % 16}-01-01"} for at in versions
        )  # fmt: skip
        db.table("text").insert_all(
            {"id": f"t{at}", "version": f"w@draft-{at}", "body": "", "digest": "", "observed_from": "x"}
            for at in versions
        )
        db.table("provision").insert_all(
            {"id": id, "text": id.split("#")[0], "version": version, "eid": id.split("#")[1], "kind": "article",
             "number": "第一条", "heading": "", "body": words} for id, version, words in places
        )  # fmt: skip
    start = time.process_time()
    with db.atomic():
        index_rows(db, (("provision", id, version, words) for id, version, words in places))
    taken = time.process_time() - start
    db.close()
    return taken


def build_plain(path: Path, tokenize: str, texts: Iterable[str]) -> float:
    db = sqlite3.connect(path)
    db.execute(f"create virtual table place using fts5(body, content='', tokenize='{tokenize}')")
    start = time.process_time()
    db.executemany("insert into place (rowid, body) values (?, ?)", enumerate(texts, 1))
    db.commit()
    taken = time.process_time() - start
    db.close()
    return taken


def alternatives() -> Iterable[tuple[str, str, Callable[[str], str], Callable[[str], str]]]:
    yield "trigram", "trigram", str, lambda words: f'"{words}"'
    for name in ("rjieba", "jieba"):
        try:
            cutter = importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed: left out")
            continue
        if name == "jieba":
            cutter.setLogLevel(60)
            list(cutter.cut("加载词典"))  # the dictionary is loaded before the clock starts

        def cut(words: str, cutter: object = cutter) -> str:
            return " ".join(cutter.cut(words))  # type: ignore[attr-defined]

        yield f"words ({name})", "unicode61", cut, lambda words, cut=cut: f'"{cut(words)}"'


def ours(path: Path) -> Callable[[str], set[int]]:
    db = sqlite3.connect(path)
    sql = "select rowid from provision_fts where provision_fts match ?"
    return lambda words: {row[0] for row in db.execute(sql, [match_query(words)])}


def asker(path: Path, ask: Callable[[str], str]) -> Callable[[str], set[int]]:
    db = sqlite3.connect(path)
    return lambda words: {row[0] for row in db.execute("select rowid from place where place match ?", [ask(words)])}


def report(
    name: str, seconds: float, path: Path, find: Callable[[str], set[int]], plain: list[str], queries: list[str]
) -> None:
    told = []
    for listed in (queries, TERMS):
        hit = miss = wrong = 0
        for words in listed:
            truth = {at for at, text in enumerate(plain, 1) if words in text}
            found = find(words)
            hit, miss, wrong = hit + len(truth & found), miss + len(truth - found), wrong + len(found - truth)
        told.append(f"{hit / (hit + miss or 1):.3f} {hit / (hit + wrong or 1):.3f}")
    print(f"{name:28}{seconds:9.1f}{path.stat().st_size / 1e6:7.0f}   {'    '.join(told)}")


def times(path: Path, queries: list[str], count: int) -> None:
    """The whole of a search as a person asks it: ranked, with snippets, 20 hits."""
    db: Database = open_kb(path)
    search(db, "预热")
    taken, worked = [], []
    for words in queries:
        start, begun = time.perf_counter(), time.process_time()
        search(db, words)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - begun) * 1000)
    for name, listed in (("by the clock", sorted(taken)), ("of the processor", sorted(worked))):
        p95 = listed[len(listed) * 95 // 100]
        print(
            f"{count} provisions, {name}: median {statistics.median(listed):.1f} ms, p95 {p95:.1f} ms, "
            f"longest {listed[-1]:.1f} ms"
        )
    whole = [words for words in queries if len(words) > 2][:10]
    for words in whole:  # all pages together are what the index finds
        pages: list[str] = []
        page = 1
        while hits := search(db, words, limit=1000, page=page):
            pages += [hit["id"] for hit in hits]
            page += 1
        assert len(pages) == len(set(pages)) == len(ours(path)(words)), words
    db.close()


if __name__ == "__main__":
    main()
