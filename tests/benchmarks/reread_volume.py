"""100,000 provisions: the size of kb.db, the rate and the memory of a reread, and of a check of all evidence. By hand:

    .venv/bin/python tests/benchmarks/reread_volume.py [PROVISIONS] [PDFS]

Bars: kb.db under 1.5 GB with its search index; a reread at 2,000 provisions a second or more, PDFs with their layout
kept; memory flat. Seconds are of CPU: the machine may be shared. Beside it, in the same run, the named alternatives:
recording the same files anew, and hashing the archive with hashlib alone.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from law_corpus import generated, official  # noqa: E402

from kb.db import open_kb  # noqa: E402
from kb.evidence.archive import Archive  # noqa: E402
from kb.evidence.verify import verify  # noqa: E402
from kb.recording.by_hand import Given  # noqa: E402
from kb.recording.record import add_files  # noqa: E402
from kb.workspace import Workspace, ensure_workspace  # noqa: E402

NOW = "2026-02-03T08:00:00Z"
DIGITS = "零一二三四五六七八九"
ARTICLES = 100
REREAD = """
import json, resource, sys, time
from kb.recording.reread import reread
from kb.workspace import find_workspace
workspace = find_workspace(sys.argv[1])
begun = time.process_time()
report = reread(workspace, now="2026-03-03T08:00:00Z", everything=True)
took = time.process_time() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([report.documents, report.changed_rows, took, peak, report.problems]))
"""


def ordinal(number: int) -> str:
    """1 to 199 as printed: 第一百零三条."""
    hundred, rest = divmod(number, 100)
    ten, one = divmod(rest, 10)
    words = f"{DIGITS[hundred]}百" if hundred else ""
    words += (
        ("零" if hundred and rest and not ten else "") if not ten else f"{DIGITS[ten] if ten > 1 or hundred else ''}十"
    )
    return words + (DIGITS[one] if one else "")


def laws(provisions: int) -> Iterator[str]:
    """Laws of 100 articles each, every article one provision, each with its own title."""
    words = generated(1, official())
    for number in range(provisions // ARTICLES):
        title = f"示例第{ordinal(number // 150 + 1)}类第{ordinal(number % 150 + 1)}号数据管理办法"
        articles = (f"第{ordinal(at)}条 {next(words)}" for at in range(1, ARTICLES + 1))
        yield "\n\n".join([title, *articles]) + "\n"


def record(workspace: Workspace, texts: Iterator[str], folder: Path) -> float:
    """CPU seconds to record the files, a hundred at a time."""
    batch: list[Path] = []
    took = 0.0
    for number, text in enumerate(texts):
        path = folder / f"law-{number:05}.txt"
        path.write_text(text, "utf-8")
        batch.append(path)
        if len(batch) == 100:
            took += timed(workspace, batch)
            batch = []
    return took + (timed(workspace, batch) if batch else 0.0)


def timed(workspace: Workspace, files: list[Path]) -> float:
    begun = time.process_time()
    add_files(workspace, files, Given(), now=NOW)
    return time.process_time() - begun


def reread_apart(workspace: Workspace) -> tuple[int, int, float, float]:
    """Documents, changed rows, CPU seconds and peak MB of a reread in a process of its own."""
    command = [sys.executable, "-c", REREAD, str(workspace.root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    documents, changed, took, peak, problems = json.loads(done.stdout)
    assert not problems, problems
    return documents, changed, took, peak


def count(workspace: Workspace, table: str = "provision") -> int:
    with open_kb(workspace.kb_path) as db:
        return int(db.table(table).count)


def size(workspace: Workspace) -> float:
    """MB of kb.db, its log written back."""
    with open_kb(workspace.kb_path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    return workspace.kb_path.stat().st_size / 1e6


def size_of(folder: Path) -> float:
    """MB of the files in it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main(provisions: int, pdfs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        small, large = ensure_workspace(root / "small"), ensure_workspace(root / "large")
        record(small, laws(provisions // 10), root)
        took = record(large, laws(provisions), root)
        total, bytes_ = count(large), size(large)
        body = size_of(large.archive_path)
        print(f"kb.db: {total:,} provisions, {bytes_:,.0f} MB, {bytes_ / body:.1f} × the archive; bar 1,500 MB")
        print(f"layouts kept: {size_of(large.root / 'layouts'):,.0f} MB")
        print(f"recording anew: {total / took:,.0f} provisions/s")
        _, _, _, peak_small = reread_apart(small)
        documents, changed, took_again, peak = reread_apart(large)
        print(f"reread: {documents:,} documents, {changed} rows changed, {total / took_again:,.0f} provisions/s "
              f"({took / took_again:.1f} × recording anew); bar 2,000")  # fmt: skip
        print(f"memory of a reread: {peak:.0f} MB, of a tenth {peak_small:.0f} MB ({peak / peak_small:.2f} ×)")
        check_evidence(large)
        if pdfs:
            measure_pdfs(ensure_workspace(root / "pdf"), pdfs)


def check_evidence(workspace: Workspace) -> None:
    begun = time.perf_counter()
    with open_kb(workspace.kb_path) as db:
        verdict = verify(db, Archive(workspace.archive_path))
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    for path in workspace.archive_path.rglob("*"):
        if path.is_file():
            hashlib.sha256(path.read_bytes()).hexdigest()
    plain = time.perf_counter() - begun
    assert not verdict.problems
    print(f"verify: {verdict.captures:,} captures in {took:.2f} s ({took / plain:.1f} × hashing the files alone)")


def measure_pdfs(workspace: Workspace, pdfs: int) -> None:
    """The sample guide under many names: its layout is made once for each file, then kept."""
    guide = ROOT / "crawlers" / "sample" / "annexes" / "guide-2025-draft.pdf"
    files = []
    for number in range(pdfs):
        path = workspace.root / f"guide-{number}.pdf"
        path.write_bytes(guide.read_bytes() + f"\n% copy {number}\n".encode())
        files.append(path)
    begun = time.perf_counter()
    add_files(workspace, files, Given(), now=NOW)
    first = time.perf_counter() - begun  # the layout is made in processes of its own
    units = pdfs * count(workspace)
    documents, changed, again, _ = reread_apart(workspace)
    print(f"PDFs: {documents} read first at {units / first:,.0f} provisions/s of wall time, again at "
          f"{units / again:,.0f} of CPU, {changed} rows changed")  # fmt: skip


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["100000", "10"][len(sys.argv) - 1 :])))
