"""Reading and recording a text after its reader: the draft guide of 29 pages, and 10 and 100 times as much. By hand:

    .venv/bin/python tests/benchmarks/record_pages.py [TIMES…]

Bars: under a tenth of a second of CPU for everything after the reader, and rising linearly to 3,000 pages. The guide is
../shared/texts' where that is at hand, else the sample guide; repeated, its sections are numbered on. Beside it, in the
same run, the named alternative: writing and searching the bare text with SQLite's FTS5 alone.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kb.db import open_kb  # noqa: E402
from kb.model import Block, Document, Table  # noqa: E402
from kb.reading import read_document  # noqa: E402
from kb.recording import layouts  # noqa: E402
from kb.recording.by_hand import Given  # noqa: E402
from kb.recording.record import add_files  # noqa: E402
from kb.workspace import ensure_workspace  # noqa: E402

GUIDE = ROOT.parent / "shared" / "texts" / "auto_data_export_guide_2025_draft.rebuilt.pdf"
SAMPLE = ROOT / "crawlers" / "sample" / "annexes" / "guide-2025-draft.pdf"
PAGES = 29


def repeated(document: Document, times: int) -> Document:
    """The same text so many times over, as one document."""
    length = len(document.body) + 1
    blocks: list[Block] = []
    tables: list[Table] = []
    for number in range(times):
        off = number * length
        tables += [
            replace(table, start=table.start + off, end=table.end + off, after=table.after + len(blocks))
            for table in document.tables
        ]
        blocks += [replace(block, start=block.start + off, end=block.end + off) for block in document.blocks]
    body = "\n".join([document.body] * times)
    return replace(document, body=body, blocks=tuple(blocks), tables=tuple(tables))


def after_the_reader(document: Document, root: Path) -> float:
    """CPU seconds to record a file whose layout is at hand."""
    workspace = ensure_workspace(root / "workspace")
    with open_kb(workspace.kb_path):
        pass  # its tables are made
    file = root / "guide.pdf"
    file.write_bytes(b"%PDF-1.4\nas read\n%%EOF\n")
    layouts.read_apart = lambda *_, **__: document  # type: ignore[attr-defined]
    begun = time.process_time()
    add_files(workspace, [file], Given(), now="2026-02-03T08:00:00Z")
    return time.process_time() - begun


def bare(document: Document) -> float:
    begun = time.process_time()
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table f using fts5(body, tokenize='trigram')")
        db.executemany("insert into f values (?)", ((block.text,) for block in document.blocks))
    return time.process_time() - begun


def main(times: list[int]) -> None:
    path = GUIDE if GUIDE.exists() else SAMPLE
    guide = read_document(path.read_bytes(), name=path.name)
    with tempfile.TemporaryDirectory() as folder:
        after_the_reader(guide, Path(folder))  # imports and declarations are there
    first = 0.0
    for factor in times:
        document = repeated(guide, factor)
        with tempfile.TemporaryDirectory() as folder:
            took = after_the_reader(document, Path(folder))
        first = first or took / factor
        print(f"{factor * PAGES:>5} pages: {took:.3f} s CPU, {took / factor / first:.2f} × linear, "
              f"{took / bare(document):.1f} × FTS5 alone")  # fmt: skip


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 10, 100])
