"""Events of overrides: a new version goes before another work, while that work's own text stands still.

Its own provisions say so (与本规定不一致的，适用本规定), or else reviewers declare it (kb/law/works); a decision amends
or ends its own work. Each is one event of the other work, made once; what an adopted version said before is no news in
its amendment. What a text ends besides its own work is ``repeal``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from kb.identity import content_id
from kb.law.works import load_work
from kb.lineage.amendments import read_amendments
from kb.lineage.resolve import LAW, KnownWork, resolve_title
from kb.lineage.title_decisions import decided_titles
from kb.lineage.titles import decides_on_many, is_decision
from kb.model import Origin, Stage
from kb.recording.about import ARTICLE, articles_in, targets_in_force
from kb.recording.events import add_event, work_title
from kb.recording.placement import Placement
from kb.recording.versions import known_works
from kb.rows import rows
from kb.vocabulary import Target, targets_of_text

Row = dict[str, Any]
_CITED = re.compile(r"《([^《》]{4,60})》")
_YIELDS = re.compile(
    r"不一致的?[^。；]{0,8}(?:适用|以|按照?|依照|执行)[^。；]{0,4}本|(?:与|同)本[^。；，]{1,8}(?:不符|相?抵触)"
)


def record_overrides(db: Database, placement: Placement, *, origin: Origin, publication: str, now: str) -> int:
    """Make the events of a version that was placed now; the number of their changes."""
    if placement.kind != "new_version":
        return 0
    version = rows(db, "select * from version where id = ?", [placement.version])[0]
    count = 0
    made = _decided(db, placement, version) | _amended(db, placement, version)
    for work, changes in {**made, **_overridden(db, placement, version["stage"])}.items():
        once = work != placement.work and not decides_on_many(version["title"])
        if once and rows(db, _SAID, [work, placement.work, placement.version]):
            continue
        title = work_title(db, work)
        event = {
            "id": content_id("event", "override", work, placement.version), "kind": _kind(changes), "work": work,
            "new_version": placement.version, "publication": publication, "origin": str(origin),
            "title": version["title"], "occurred_at": now,
        }  # fmt: skip
        about = targets_of_text(title)
        count += add_event(db, event, [work], [(row, _targets(db, work, row, about)) for row in changes])
    return count


def _targets(db: Database, work: str, change: Row, about: tuple[Target, ...]) -> tuple[Target, ...]:
    """What ends with a rule is all that its text in force was about, and what is amended the articles that are named;
    else its title says, or the clause itself."""
    found: tuple[Target, ...] = ()
    if change["kind"] in ("repeals", "amends"):
        found = targets_in_force(db, work, articles_in(change["quote"]) if change["kind"] == "amends" else None)
    return found or about or targets_of_text(change["quote"])


def _decided(db: Database, placement: Placement, version: Row) -> dict[str, list[Row]]:
    """What a decision does to its own work, point by point: the law's whole text is not there to compare with.

    One that followed its draft was compared with that.
    """
    if not is_decision(version["title"]) or version["predecessor"]:
        return {}
    kind = "repeals" if version["stage"] == Stage.REPEALED else "amends"
    points = rows(db, _POINTS, [placement.text])
    if kind == "repeals":
        points = [point for point in points if _REPEALS.search(point["body"])] or points[-1:]
    else:  # behind its heading and lead
        says = (at for at, point in enumerate(points) if point["number"] or ARTICLE.search(point["body"]))
        points = points[next(says, 0) :]
    return {placement.work: [_row(kind, point["id"], point["number"], point["body"]) for point in points]}


def _amended(db: Database, placement: Placement, version: Row) -> dict[str, list[Row]]:
    """What a decision that does not name them in its title amends, work by work; their whole texts are not there."""
    found: dict[str, list[Row]] = {}
    if not decides_on_many(version["title"]):
        return found
    known, body = known_works(db), rows(db, "select body from text where id = ?", [placement.text])[0]["body"]
    for amended in read_amendments(body or ""):
        work = resolve_title(amended.name, known, stage=Stage.FINAL, decided=decided_titles(db)).work
        if work and work != placement.work:
            place = rows(db, _PLACE, [placement.text, amended.start, amended.end])
            number = place[0]["number"] if place else ""
            found.setdefault(work, []).append(
                _row("amends", place[0]["id"] if place else None, number, amended.quote))  # fmt: skip
    return found


def _overridden(db: Database, placement: Placement, stage: str) -> dict[str, list[Row]]:
    """Work → the provisions that go before it, or the declared word that this rule does."""
    found: dict[str, list[Row]] = {}
    known: list[KnownWork] = []
    for provision in rows(db, _CLAUSES, [placement.text]):
        for sentence in _sentences(provision["body"]):
            known = known or known_works(db)
            for name in _CITED.findall(sentence):
                work = resolve_title(name, known).work
                if work and work != placement.work:
                    found.setdefault(work, []).append(
                        _row("overrides", provision["id"], provision["number"], provision["body"])
                    )
    declared = load_work(placement.work)
    for relation in declared.relations if declared and stage in LAW else ():
        if relation.kind in ("overrides", "supersedes") and relation.work not in found:
            found[relation.work] = [_row("overrides", None, "", relation.note or relation.kind)]
    return found


def _sentences(words: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[。；])", words):
        if _YIELDS.search(sentence):
            yield sentence


def _kind(changes: list[Row]) -> str:
    """Ending a work outweighs what else is said of it."""
    said = {change["kind"] for change in changes}
    return "repeal" if "repeals" in said else "amendment" if "amends" in said else "override"


def _row(kind: str, provision: str | None, number: str, words: str) -> Row:
    return {"subject": "provision", "kind": kind, "grade": "substantive", "old": None, "new": provision,
            "old_label": None, "new_label": number, "edits": [], "similarity": None, "quote": words}  # fmt: skip


_REPEALS = re.compile(r"决定[^，。《]{0,12}废止|(?:予以|即行|现|同时|一律)废止")
_POINTS = "select id, number, body from provision where text = ? and parent is null order by ordinal, id"
_CLAUSES = """
select id, number, body from provision where text = ? and body like '%《%' and
(body like '%不一致%' or body like '%抵触%' or body like '%不符%') order by ordinal, id
"""
_PLACE = """
select id, number from provision where text = ? and start <= ? and "end" >= ?
order by "end" - start, ordinal desc limit 1
"""
_SAID = """
select 1 from event join version on version.id = new_version where event.kind in ('override', 'amendment', 'repeal')
and event.work = ? and version.work = ? and version.id <> ? and version.stage in ('final', 'amended')
"""
