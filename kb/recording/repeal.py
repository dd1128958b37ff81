"""What a text ends besides itself: each instrument that it names is kept with its words, and ended from its day.

A work is ended only where name and number leave no doubt; else its versions wait in ``regwatch review``. What is named
before we know it is ended when it comes. Which names a text ends is read by ``lineage/repeals``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlite_utils import Database

from kb.identity import content_id
from kb.lineage.repeals import Ended, read_repeals
from kb.lineage.resolve import DRAFTS, LAW, KnownWork, resolve_title
from kb.lineage.title_decisions import decided_titles
from kb.lineage.titles import title_key
from kb.model import Origin, Stage
from kb.recording.about import targets_in_force
from kb.recording.events import add_event, work_title
from kb.recording.placement import Placement
from kb.recording.rewrite import wait
from kb.recording.versions import Row, known_works
from kb.rows import rows
from kb.vocabulary import targets_of_text


@dataclass
class Repeals:
    """What one placement ended: ``changes`` of its events, and ``asks`` for a person."""

    db: Database
    origin: Origin
    publication: str
    now: str
    changes: int = 0
    asks: list[str] = field(default_factory=list)

    @cached_property
    def _known(self) -> list[KnownWork]:
        return known_works(self.db)

    def record(self, placement: Placement) -> Repeals:
        """A version placed now ends what it names, and is ended by what named it before."""
        if placement.kind == "new_version":
            text = rows(self.db, "select body from text where id = ?", [placement.text])[0]
            named = [self._keep(placement, ended) for ended in read_repeals(text["body"] or "")]
            self._settle(named)
            titles = [row["title"] for row in rows(self.db, _TITLES, [placement.work])]
            keys = list({title_key(title) for title in titles})
            marks = ",".join("?" * len(keys))
            self._settle(rows(self.db, _BEFORE.format(marks=marks), [placement.work, *keys]))
        return self

    def _keep(self, placement: Placement, ended: Ended) -> Row:
        place = rows(self.db, _PLACE, [placement.text, ended.start, ended.end])
        row = {
            "id": content_id("repeal", placement.version, ended.name), "version": placement.version,
            "provision": place[0]["id"] if place else None, "name": ended.name, "title_key": title_key(ended.name),
            "numbers": json.dumps(ended.numbers, ensure_ascii=False), "since": ended.since, "quote": ended.quote,
            "work": None, "found_at": self.now,
        }  # fmt: skip
        self.db.table("repeal").insert(row, ignore=True)
        return row

    def _settle(self, named: Sequence[Row]) -> None:
        """End the works that are certain, let a person decide where they are not."""
        told: dict[tuple[str, str], list[Row]] = {}
        for row in named:
            ending = rows(self.db, "select * from version where id = ?", [row["version"]])[0]
            decided = decided_titles(self.db)
            found = resolve_title(row["name"], self._known, stage=Stage.FINAL, decided=decided)
            near = [found.work] if found.work else [candidate.work for candidate in found.candidates]
            if ending["work"] in near:
                continue
            sure = bool(found.work) and found.title_key in {*self._keys(found.work or ""), *decided}
            settled = [self._end(work, row, ending, certain=sure) for work in near]
            if found.work and sure and all(settled):
                self.db.table("repeal").update(row["id"], {"work": found.work})
                told.setdefault((found.work, row["version"]), []).append(row)
        for (work, version), listed in told.items():
            self._tell(work, version, listed)

    def _keys(self, work: str) -> tuple[str, ...]:
        return next((known.title_keys for known in self._known if known.id == work), ())

    def _end(self, work: str, row: Row, ending: Row, *, certain: bool) -> bool:
        """Whether nothing is left to a person."""
        day = row["since"] or ending["effective"] or ending["published"] or ending["signed"]
        law = [version for version in rows(self.db, _VERSIONS, [work, *LAW]) if _issued(version) <= (day or "9999")]
        if not law:
            return True
        why = f"{ending['title']} ends 《{row['name']}》{''.join(json.loads(row['numbers'])[:1])}: {row['quote'][:200]}"
        fits = _numbers_fit(json.loads(row["numbers"]), [version["doc_number"] for version in law])
        if Stage(ending["stage"]) in DRAFTS:
            return fits
        for version in law:
            if certain and fits and day:
                self.db.table("version").update(version["id"], {"repealed": day})
            elif wait(self.db, "ended", "version", version["id"], version["id"], self.now, why=why, field="repealed",
                      new=day):  # fmt: skip
                doubt = "its day is not known" if not day else "its number is another" if certain else "near in name"
                self.asks.append(f"{version['id']} may be ended by {ending['id']} ({doubt}): `regwatch review`")
        return fits

    def _tell(self, work: str, version: str, listed: Sequence[Row]) -> None:
        ending = rows(self.db, "select * from version where id = ?", [version])[0]
        if rows(self.db, _SAID, [work, ending["work"], version]):
            return
        event = {
            "id": content_id("event", "repeal", work, version), "kind": "repeal", "work": work, "new_version": version,
            "publication": self.publication, "origin": str(self.origin), "title": ending["title"],
            "occurred_at": self.now,
        }  # fmt: skip
        about = targets_in_force(self.db, work) or targets_of_text(work_title(self.db, work))
        numbers = self._numbers(listed)
        changes = [
            {"subject": "provision", "kind": "repeals", "grade": "substantive", "old": None, "new": row["provision"],
             "old_label": None, "new_label": numbers.get(row["provision"], ""), "edits": [], "similarity": None,
             "quote": row["quote"]}
            for row in listed
        ]  # fmt: skip
        self.changes += add_event(
            self.db, event, [work], [(change, about or targets_of_text(change["quote"])) for change in changes]
        )

    def _numbers(self, listed: Sequence[Row]) -> dict[str, str]:
        marks = ",".join("?" * len(listed))
        found = rows(self.db, f"select id, number from provision where id in ({marks})",
                     [row["provision"] for row in listed])  # fmt: skip
        return {row["id"]: row["number"] for row in found}


def _issued(version: Row) -> str:
    return version["published"] or version["signed"] or version["effective"] or ""


def _numbers_fit(named: Sequence[str], known: Sequence[str | None]) -> bool:
    """No number contradicts: one that is named is one of those known, where any is."""
    said = [number.removeprefix("第") for number in named]
    held = [number for number in known if number]
    return not said or not held or any(re.search(rf"(?<!\d){re.escape(s)}", k) for s in said for k in held)


_PLACE = """
select id from provision where text = ? and start <= ? and "end" >= ? order by "end" - start, ordinal desc limit 1
"""
_TITLES = "select title from version where work = ?1 union select title from work where id = ?1"
_VERSIONS = "select * from version where work = ? and stage in (?, ?) and repealed is null and status <> 'rejected'"
_BEFORE = """
select repeal.* from repeal join version on version.id = repeal.version
where repeal.work is null and version.work <> ? and repeal.title_key in ({marks}) order by repeal.id
"""
_SAID = """
select 1 from event join version on version.id = new_version where event.kind in ('override', 'repeal')
and event.work = ? and version.work = ? and version.id <> ? and version.stage in ('final', 'amended')
"""
