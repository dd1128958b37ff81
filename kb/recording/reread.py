"""Read captures again with today's readers: rows change, ids stay, nobody is alerted.

A capture is read again when other readers read it last. Each publication is one transaction: a reread that was killed
goes on where it stood. What is done with one publication is kb/recording/reread_one.py.
"""

from __future__ import annotations

from collections.abc import Callable

from kb.db import open_kb
from kb.evidence.archive import Archive
from kb.evidence.verify import progress
from kb.recording.stale import RereadReport, stale_publications
from kb.workspace import Workspace

_NEWS = "select count(*) as n from event where origin in ('publication', 'edit')"


def reread(
    workspace: Workspace, *, now: str, everything: bool = False, say: Callable[[str], None] = lambda _: None
) -> RereadReport:
    """Read again what other readers read last; ``everything`` whatever the readers. Doing it twice changes nothing."""
    report = RereadReport()
    with open_kb(workspace.kb_path) as db:
        archive = Archive(workspace.archive_path)
        stale = stale_publications(db, everything=everything)
        if not stale:
            return report
        from kb.law.disputes import store_claims
        from kb.recording.reread_one import reread_publication

        say(f"{len(stale)} publications were read by other readers")
        store_claims(db)
        before = next(db.query(_NEWS))["n"]
        for publication in progress(stale, len(stale), "reread"):
            reread_publication(db, archive, publication, report, now=now, everything=everything)
        report.alerts = next(db.query(_NEWS))["n"] - before
    return report
