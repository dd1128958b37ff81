"""kb.db and the archive: the chain, the files, the sources, what was not read, and which readers read it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from kb import queries
from kb.clock import days_between
from kb.errors import alike, some_of
from kb.evidence.archive import Archive
from kb.evidence.verify import check_chain
from kb.recording.stale import stale_publications
from kb.rows import Row
from kb.workspace import Workspace
from mappings.keeping.finding import Finding

RUN_DAYS = 1  # `regwatch run` is called every day
_AHEAD = "select count(*) as n, max(captured_at) as last from capture where captured_at > ?"
_FILES = "select digest, max(size) as size, min(url) as url from capture group by digest order by digest"


def check_kb(db: Database, workspace: Workspace, now: str) -> Iterator[Finding]:
    yield from _evidence(db, Archive(workspace.archive_path), now)
    yield from _sources(db, now)
    if stale := stale_publications(db):
        yield Finding("readers", "warning", f"{len(stale)} publications were read by older readers", "regwatch reread")
    if unread := queries.unread_documents(db):
        first = unread[0]
        yield Finding(
            "documents", "warning",
            f"{len(unread)} documents are not read, the first: {first['name'] or first['url']}: {first['status']}",
            "obtain them and run `regwatch add FILE`; the home page lists them",
        )  # fmt: skip
    if untexted := queries.untexted_law(db):
        yield Finding("law", "warning", f"{len(untexted)} texts in force are not read, such as {untexted[0]['title']}",
                      "`regwatch works --declared` names them and how to add each")  # fmt: skip


def _evidence(db: Database, archive: Archive, now: str) -> Iterator[Finding]:
    for problem in check_chain(db):
        yield Finding("chain", "fault", problem, "keep the workspace as it is; restore a backup beside it and compare")
    lost = [row for row in db.query(_FILES) if _size(archive, row["digest"]) != row["size"]]
    if lost:
        yield Finding("archive", "fault", f"{len(lost)} captured files are gone or cut off: {lost[0]['url']} …",
                      "copy them from a backup's archive/; `regwatch verify` names each")  # fmt: skip
    ahead = next(db.query(_AHEAD, [now]))
    if ahead["n"]:
        yield Finding("clock", "warning", f"{ahead['n']} captures are dated later than now, up to {ahead['last']}",
                      "set this machine's clock by NTP; the order of captures does not depend on it")  # fmt: skip


def _size(archive: Archive, digest: str) -> int | None:
    path = archive.path_of(digest)
    return path.stat().st_size if path.exists() else None


def _sources(db: Database, now: str) -> Iterator[Finding]:
    health = queries.source_health(db)
    if health and days_between(max(row["last_run"] for row in health), now) > RUN_DAYS:
        yield Finding("sources", "fault", f"no source was asked since {max(row['last_run'] for row in health)}",
                      "is cron or the timer running? `regwatch run`")  # fmt: skip
    unwell = alike((row for row in health if row["outcome"] != "healthy"), _trouble)
    for (outcome, since, detail), found in unwell.items():
        who = f"{found[0]['source']} ({found[0]['name']['en']})"
        who = who if len(found) == 1 else some_of([row["source"] for row in found])
        yield Finding("sources", "warning", f"{who}: {outcome}, {since}: {detail}",
                      f"`regwatch sources`, then `regwatch crawl {found[0]['source']}`")  # fmt: skip


def _trouble(row: Row) -> tuple[str, str, str]:
    since = f"last healthy {row['last_success'][:10]}" if row["last_success"] else "never healthy yet"
    return row["outcome"], since, row["detail"] or ""
