"""The declared sources as kb.db knows them, with their names: crawlers hand them over, everybody else asks here.

What a source is and how it is read is declared in ``crawlers/sources``; which ran, and how well, is ``news``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from kb.agencies import agency_name
from kb.rows import Row, rows

_COLUMNS = ("id", "agency", "title", "title_en", "url", "crawlable")
_NEVER = """
select * from source where crawlable = 1 and id not in (select source from source_run) order by agency, id
"""


def store_sources(db: Database, declared: Sequence[Row]) -> None:
    """Keep what is declared now, rows of ``_COLUMNS``; one that is declared no more keeps its name and is not asked.

    Writes only what differs: a crawl that changes nothing leaves kb.db as it was.
    """
    known = {row["id"]: row for row in rows(db, "select * from source")}
    fresh = [{name: row[name] for name in _COLUMNS} for row in declared]
    dropped = [{**row, "crawlable": 0} for id, row in known.items() if id not in {row["id"] for row in fresh}]
    if changed := [row for row in (*fresh, *dropped) if known.get(row["id"]) != row]:
        db.table("source").upsert_all(changed, pk="id")


def source_names(db: Database) -> dict[str, dict[str, str]]:
    """Id → language → agency and column: 国家互联网信息办公室 · 网信发布."""
    return {
        row["id"]: {"zh": _name(row["agency"], row["title"], "zh"), "en": _name(row["agency"], row["title_en"], "en")}
        for row in rows(db, "select * from source")
    }


def add_names(db: Database, listed: Sequence[Row]) -> list[Row]:
    """Rows with a ``source`` get its ``name`` in both languages; a source that is not known is called by its id."""
    names = source_names(db)
    return [{**row, "name": names.get(row["source"] or "", dict.fromkeys(("zh", "en"), row["source"]))}
            for row in listed]  # fmt: skip


def never_checked(db: Database) -> list[Row]:
    """Declared sources that could be asked and never were."""
    return add_names(db, [{**row, "source": row["id"]} for row in rows(db, _NEVER)])


def _name(agency: str, column: str, language: str) -> str:
    return f"{agency_name(agency, language) or agency} · {column}"
