"""Check the evidence: every capture against the chain, every file of the archive against its name. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from kb.evidence.archive import Archive
from kb.evidence.chain import FIRST, canonical_form, next_link
from kb.identity import digest_file

_DANGLING = """
select 'document' as kind, document.id, document.capture from document
where document.capture is not null and not exists (select 1 from capture where id = document.capture)
union all select 'witness', witness.id, witness.capture from witness
where not exists (select 1 from capture where id = witness.capture)
"""


@dataclass
class Verdict:
    """What was checked and every fault, one line each. ``head`` is the newest link: note it outside the workspace."""

    captures: int = 0
    files: int = 0
    bytes: int = 0
    head: str = FIRST
    problems: list[str] = field(default_factory=list)


def verify(db: Database, archive: Archive, *, head: str | None = None) -> Verdict:
    """Walk the chain, then every file. ``head`` is a link noted earlier, which must still be in the chain."""
    verdict = Verdict()
    _check_chain(db, verdict, head)
    for row in db.query(_DANGLING):
        verdict.problems.append(f"{row['kind']} {row['id']}: its capture {row['capture']} is gone")
    _check_files(db, archive, verdict)
    return verdict


def check_chain(db: Database) -> list[str]:
    """The faults of the chain alone; no file is opened."""
    verdict = Verdict()
    _check_chain(db, verdict, None)
    return verdict.problems


def _check_chain(db: Database, verdict: Verdict, noted: str | None) -> None:
    """Names the first link that does not follow; how many more do not is said with it."""
    first, broken, met = "", 0, noted is None or noted == FIRST
    place, link = 0, FIRST
    for row in db.query("select * from capture order by seq, rowid"):
        verdict.captures += 1
        met = met or row["chain"] == noted
        fault = _fault(row, place + 1, link)
        if fault:
            broken += 1
            first = first or f"chain: link {row['seq']}, capture {row['id']} of {row['url']}: {fault}"
        place, link = row["seq"] or place + 1, row["chain"] or ""
    verdict.head = link
    if broken:
        verdict.problems.append(first + (f"; {broken - 1} later links do not follow either" if broken > 1 else ""))
    if not met:
        verdict.problems.append(f"chain: the head noted earlier, {noted}, is not in it: captures after it were cut off")


def _fault(row: dict[str, Any], place: int, before: str) -> str:
    if row["seq"] != place:
        return f"link {place} is missing before it"
    return "" if row["chain"] == next_link(before, canonical_form(row)) else "its row or one before it was altered"


def _check_files(db: Database, archive: Archive, verdict: Verdict) -> None:
    count = next(db.query("select count(distinct digest) as n from capture"))["n"]
    named = db.query("select digest, min(url) as url, min(captured_at) as at from capture group by digest order by 1")
    for row in progress(named, count, "archive"):
        path, where = archive.path_of(row["digest"]), f"captured from {row['url']} at {row['at']}"
        verdict.files += 1
        try:
            digest, size = digest_file(path), path.stat().st_size
        except OSError as error:
            verdict.problems.append(f"archive: {row['digest']} cannot be read ({error.strerror}), {where}")
            continue
        verdict.bytes += size
        if digest != row["digest"]:
            verdict.problems.append(f"archive: {row['digest']} was altered, {where}: its bytes are now {digest}")


def progress(rows: Iterable[Any], total: int, what: str) -> Iterator[Any]:
    """The same rows, with a bar on standard error where a person watches and it takes more than a second."""
    from tqdm import tqdm

    yield from tqdm(rows, total=total, desc=what, unit="", delay=1, disable=None, leave=False)
