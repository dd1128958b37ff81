"""Search measured: recall and precision against substring truth, time per query, growth, and time to build.

    .venv/bin/python tests/benchmarks/search_figures.py [--count 60000] [--growth 600000] [--queries 500]

Beside it in the same run: SQLite's trigram tokenizer, LIKE over a plain table, and Chinese word segmentation by jieba
(pure Python) where it can be imported (``pip install --target /tmp/jieba jieba``, then PYTHONPATH=/tmp/jieba), by
rjieba (Rust) in any case. Truth is the substring in the text without blanks. Provisions are those of law_corpus.py; the
larger index holds them again and again. Times are of the processor, in one process on a warm disk cache: p95 of finding
the ids of all hits; the whole of a search as a person asks it is told apart.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from law_corpus import corpus, official
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
Find = Callable[[str], set[int]]  # words → rowids of the places that hold them


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--growth", type=int, default=600_000)
    parser.add_argument("--queries", type=int, default=500)
    asked = parser.parse_args()
    found = measure(asked.count, asked.queries, asked.growth, lambda line: print(line, file=sys.stderr))
    print(f"{found['provisions']} provisions, {found['characters']:,} characters, SQLite {found['sqlite']}; recall and")
    print(f"precision: {found['queries']} drawn, {found['terms']} terms; p95 ms and build s of the processor")
    for row in found["rows"]:
        shown = [f"{row[name]:9.3f}" for name in ("recall", "precision", "term_recall", "term_precision")]
        print(f"{row['name']:24}{''.join(shown)}{row['p95_ms']:9.2f}{row['build_s'] or 0:9.1f}{row['mb']:7.0f} MB")
    for line in found["whole"]:
        print(line)


def measure(count: int, query_count: int, growth: int, say: Callable[[str], None]) -> dict[str, Any]:
    """A row for ours and each alternative, over the same texts and queries."""
    texts = corpus(count)
    queries = draw_queries(texts, query_count)
    plain = ["".join(fold_glyphs(text).split()) for text in texts]
    truth = {words: {at for at, text in enumerate(plain, 1) if words in text} for words in [*queries, *TERMS]}
    rows: list[dict[str, Any]] = []

    def measured(name: str, version: str, seconds: float | None, path: Path, find: Find) -> None:
        size = {"build_s": seconds and round(seconds, 1), "mb": round(path.stat().st_size / 1e6)}
        rows.append({"name": name, "version": version, **figures(find, truth, queries), **size})
        say(f"search: {name}")

    with tempfile.TemporaryDirectory() as folder:
        path, other = Path(folder) / "kb.db", Path(folder) / "other.db"
        measured("Regwatch", "", build(path, texts, len(texts)), path, ours(path))
        for name, version, tokenize, cut, ask in alternatives(say):
            other.unlink(missing_ok=True)
            seconds = build_plain(other, tokenize, map(cut, texts))
            measured(name, version, seconds, other, asker(other, ask))
        other.unlink()
        measured("SQLite, LIKE", sqlite3.sqlite_version, None, other, by_like(other, plain))
        whole = [times(path, queries, len(texts))]
        if growth > len(texts):
            large = Path(folder) / "large.db"
            build(large, texts, growth)
            whole.append(times(large, queries, growth))
    return {"provisions": len(texts), "official": min(len(official()), len(texts)), "characters": sum(map(len, texts)),
            "sqlite": sqlite3.sqlite_version, "queries": len(queries), "terms": len(TERMS), "rows": rows,
            "whole": [line for lines in whole for line in lines]}  # fmt: skip


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


def alternatives(
    say: Callable[[str], None],
) -> Iterable[tuple[str, str, str, Callable[[str], str], Callable[[str], str]]]:
    yield "SQLite, trigram", sqlite3.sqlite_version, "trigram", str, lambda words: f'"{words}"'
    for name in ("rjieba", "jieba"):
        try:
            cutter = importlib.import_module(name)
        except ImportError:
            say(f"{name} is not installed: left out")
            continue
        if name == "jieba":
            cutter.setLogLevel(60)
            list(cutter.cut("加载词典"))  # the dictionary is loaded before the clock starts

        def cut(words: str, cutter: Any = cutter) -> str:
            return " ".join(cutter.cut(words))

        def fine(words: str, cutter: Any = cutter) -> str:
            return " ".join(cutter.cut_for_search(words))

        yield f"{name}, phrase of words", version(name), "unicode61", cut, lambda words, cut=cut: f'"{cut(words)}"'
        if name == "jieba":  # as its search engines ask: words within words too, all of them anywhere in the text
            yield (
                f"{name}, all words",
                version(name),
                "unicode61",
                fine,
                lambda words, fine=fine: " ".join(f'"{word}"' for word in fine(words).split()),
            )


def ours(path: Path) -> Find:
    db = sqlite3.connect(path)
    sql = "select rowid from provision_fts where provision_fts match ?"
    return lambda words: {row[0] for row in db.execute(sql, [match_query(words)])}


def asker(path: Path, ask: Callable[[str], str]) -> Find:
    db = sqlite3.connect(path)
    return lambda words: {row[0] for row in db.execute("select rowid from place where place match ?", [ask(words)])}


def by_like(path: Path, plain: list[str]) -> Find:
    db = sqlite3.connect(path)
    db.execute("create table place (id integer primary key, body text)")
    db.executemany("insert into place values (?, ?)", enumerate(plain, 1))
    db.commit()
    return lambda words: {row[0] for row in db.execute("select id from place where body like ?", [f"%{words}%"])}


def figures(find: Find, truth: dict[str, set[int]], queries: list[str]) -> dict[str, float]:
    """Recall and precision of the drawn queries and of the terms; p95 milliseconds of the processor for the drawn."""
    told: dict[str, float] = {}
    taken = []
    for prefix, listed in (("", queries), ("term_", TERMS)):
        hit = miss = wrong = 0
        for words in listed:
            begun = time.process_time()
            found = find(words)
            taken.append((time.process_time() - begun) * 1000)
            hit, miss, wrong = (
                hit + len(truth[words] & found),
                miss + len(truth[words] - found),
                wrong + len(found - truth[words]),
            )
        told[f"{prefix}recall"] = round(hit / (hit + miss or 1), 4)
        told[f"{prefix}precision"] = round(hit / (hit + wrong or 1), 4)
    drawn = sorted(taken[: len(queries)])
    return {**told, "p95_ms": round(drawn[len(drawn) * 95 // 100], 2)}


def times(path: Path, queries: list[str], count: int) -> list[str]:
    """The whole of a search as a person asks it: ranked, with snippets, 20 hits."""
    db: Database = open_kb(path)
    search(db, "预热")
    taken, worked = [], []
    for words in queries:
        start, begun = time.perf_counter(), time.process_time()
        search(db, words)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - begun) * 1000)
    told = []
    for name, listed in (("by the clock", sorted(taken)), ("of the processor", sorted(worked))):
        p95 = listed[len(listed) * 95 // 100]
        told.append(
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
    return told


if __name__ == "__main__":
    main()
