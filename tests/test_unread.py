"""A document that needs a person is said by the first run that ends, and never lost by one that does not."""

from pathlib import Path

from sqlite_utils import Database

from kb.db import open_kb
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.recording.unread import mark_told, untold_documents
from kb.workspace import ensure_workspace

FIRST, SECOND = "2026-02-05T00:00:00Z", "2026-02-06T00:00:00Z"
BROKEN = Path(__file__).parent / "broken" / "truncated.pdf"


def recorded(tmp_path: Path) -> Database:
    workspace = ensure_workspace(tmp_path / "workspace")
    add_files(workspace, [BROKEN], Given(), now=FIRST)
    return open_kb(workspace.kb_path)


def test_it_is_said_until_a_run_that_said_it_came_to_its_end(tmp_path: Path) -> None:
    with recorded(tmp_path) as db:
        for now in (FIRST, SECOND):  # the first run was killed before its end
            (line,) = untold_documents(db, now)
            assert line.startswith("truncated.pdf: damaged: ")
        mark_told(db, SECOND)
        assert len(untold_documents(db, SECOND)) == 1  # the same run again says the same
        assert untold_documents(db, "2026-02-07T00:00:00Z") == []


def test_what_becomes_readable_and_breaks_again_is_said_again(tmp_path: Path) -> None:
    with recorded(tmp_path) as db:
        mark_told(db, FIRST)
        (document,) = (row["id"] for row in db.query("select id from document"))
        db.table("document").update(document, {"status": "read"})
        mark_told(db, SECOND)
        db.table("document").update(document, {"status": "damaged"})
        assert len(untold_documents(db, "2026-02-07T00:00:00Z")) == 1
