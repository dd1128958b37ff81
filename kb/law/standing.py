"""Stage, level (效力级别) and validity (时效性) of a version as lawyers name them, on a day.

What rows say comes first, then what reviewers declare; where both are silent it is ``unknown``. Whether a version is in
force is decided in kb/law/clocks.py; this module names it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.agencies import agency_name, is_place
from kb.law.application import read_application
from kb.law.clocks import Claims, InForce, in_force, reached
from kb.law.declared import declared_id, declared_version
from kb.law.disputes import open_claims
from kb.law.works import load_work
from kb.lineage.resolve import DRAFTS
from kb.lineage.titles import read_title
from kb.rows import rows

Row = Mapping[str, Any]
TERMS = Path(__file__).with_name("legal_terms.yml")
_STANDARDS = (
    (re.compile(r"GB ?/ ?T"), "recommended_standard"), (re.compile(r"GB\b|GB(?=\d)"), "mandatory_standard"),
    (re.compile(r"(?:YD|QC|JT|CH|GA)(?: ?/ ?T)?(?=[ \d])"), "industry_standard"),
)  # fmt: skip


@dataclass(frozen=True)
class Validity:
    """``term`` of legal_terms.yml, and why in half a sentence, in both languages."""

    term: str
    why: str = ""
    why_zh: str = ""


@functools.cache
def terms() -> dict[str, dict[str, dict[str, str]]]:
    """kind (stages, levels, validity, reasons) → term → {zh, en}."""
    from kb.declarations import Declaration, load_declaration

    class Term(Declaration):
        zh: str
        en: str

    class Terms(Declaration):
        stages: dict[str, Term]
        levels: dict[str, Term]
        validity: dict[str, Term]
        reasons: dict[str, Term]

    declared = load_declaration(TERMS, Terms)
    return {kind: {name: term.model_dump() for name, term in getattr(declared, kind).items()}
            for kind in ("stages", "levels", "validity", "reasons")}  # fmt: skip


def _reason(key: str, **values: str) -> tuple[str, str]:
    """A reason of legal_terms.yml, filled in: in English, in Chinese."""
    words = terms()["reasons"][key]
    return words["en"].format(**values), words["zh"].format(**values)


def standing_on(db: Database, version: Row, day: str) -> dict[str, Any]:
    """The terms of one recorded version (``queries.version``) on a day."""
    siblings = [
        {**row, "agencies": json.loads(row["agencies"] or "[]")}
        for row in db.query("select * from version where work = ?", [version["work"]])
    ]
    named = name_standing(version, siblings, open_claims(db), day)
    if named["validity"] == "repealed" and (ended := _ended_by(db, version)):
        said, said_zh = _reason("ended_by", title=ended["title"])
        named |= {"ended_by": ended, "validity_why": f"{named['validity_why']} {said}".strip(),
                  "validity_why_zh": f"{named['validity_why_zh']}{said_zh}"}  # fmt: skip
    return named | {"applies": _applies(db, version)}


def _ended_by(db: Database, version: Row) -> dict[str, Any] | None:
    """The text that names the version's work as ended: its version and title, the provision, the words."""
    sql = ("select repeal.version, title, provision, quote from repeal join version on version.id = repeal.version "
           "where repeal.work = ? order by coalesce(since, effective, published) limit 1")  # fmt: skip
    return next(iter(rows(db, sql, [version["work"]])), None) if version["repealed"] else None


def _applies(db: Database, version: Row) -> list[dict[str, Any]]:
    """Several days of application with their scope: as declared, then as the text says."""
    declared = declared_version(dict(version))
    said = [{**one.model_dump(), "kind": "declared", "quote": ""} for one in declared.applies] if declared else []
    effective = version["effective"] or (declared.effective if declared else None)
    body = next((row["body"] for row in db.query("select body from text where id = ?", [version["text"]])), "")
    read = [{**asdict(one), "source": f"read in {version['id']}"} for one in read_application(body, effective)]
    return [*said, *read]


def name_standing(version: Row, siblings: Sequence[Row], claims: Claims, day: str) -> dict[str, Any]:
    """The terms that ``show`` adds to a version: stage, level, validity on ``day``, issuers by name.

    ``siblings`` are the recorded versions of its work, itself included, as rows; ``claims`` as clocks takes them.
    """
    stage = "trial" if version["stage"] == "final" and read_title(version["title"]).trial else version["stage"]
    level, how, how_zh = level_of(version)
    validity = validity_of(version, siblings, claims, day)
    declared = declared_version(dict(version))
    note, note_zh = (declared.stands_note, declared.stands_note_zh) if declared else ("", "")
    return {
        "stage_zh": terms()["stages"][stage]["zh"],
        "trial": stage == "trial",
        "level": level,
        "level_zh": terms()["levels"][level]["zh"] if level else None,
        "level_how": how,
        "level_how_zh": how_zh,
        "validity": validity.term,
        "validity_zh": terms()["validity"][validity.term]["zh"],
        "validity_why": "; ".join(filter(None, (validity.why, note))),
        "validity_why_zh": "；".join(filter(None, (validity.why_zh, note_zh or note))),
        "validity_on": day,
        "agencies_zh": [agency_name(agency) or agency for agency in version["agencies"]],
    }


def level_of(version: Row) -> tuple[str | None, str, str]:
    """The level and how it is known, in English and in Chinese.

    Declared, or from the number and the issuer (立法法, 标准化法); else unknown.
    """
    work = load_work(version["work"])
    if work and work.level:
        return work.level, *_reason("level_inferred" if work.level_inferred else "level_declared")
    number, title, agencies = version["doc_number"] or "", version["title"] or "", version["agencies"]
    for pattern, level in _STANDARDS:
        if pattern.match(number):
            return level, *_reason("numbered", number=number)
    local = any(is_place(agency) for agency in agencies)
    if "主席令" in number or ("npcsc" in agencies and title.endswith("法")):
        return "law", *_reason("promulgated" if number else "law_by_title")
    if number.startswith(("国务院令", "中华人民共和国国务院令")):
        return "administrative_regulation", *_reason("order_of_state_council")
    if local and read_title(title).key.endswith("条例"):
        return "local_regulation", *_reason("place")
    if re.search(r"令(?:〔?\d{4}〕?年?)?第?\d+号", number) and not local:
        return "departmental_rule", *_reason("order_of_department")
    if re.search(r"〔\d{4}〕", number):
        return "local_list" if local else "normative_document", *_reason("numbered_document")
    return None, *_reason("level_unknown")


def validity_of(version: Row, siblings: Sequence[Row], claims: Claims, day: str) -> Validity:
    """时效性 on a day (a whole date). Declared versions that nobody has read count too: they may replace this one."""
    declared = declared_version(dict(version))
    begun = declared is None or declared.stands_from is None or reached([declared.stands_from], day) == "true"
    said = declared.stands if declared and begun else None
    others = with_declared(version["work"], siblings)
    if version["stage"] in DRAFTS:
        adopted = [v for v in others if v["stage"] not in DRAFTS and (v["published"] or v["signed"] or "9999") <= day]
        later = [
            v for v in adopted if (v["published"] or v["signed"]) >= (version["published"] or version["signed"] or "")
        ]
        return (
            Validity("superseded", *_reason("followed", version=later[0]["id"])) if later else Validity("not_adopted")
        )
    if version["stage"] == "repealed" or (version["repealed"] and reached([version["repealed"]], day) == "true"):
        ended = version["repealed"] or version["published"]
        return Validity("repealed", *(_reason("ended", day=ended) if ended else _reason("ended_unknown")))
    if declared and declared.expires and reached([declared.expires], day) == "true":
        return Validity("expired", *_reason("ended", day=declared.expires))
    rows = [version] if level_of(version)[0] == "interpretation" else others
    states = dict(zip((row["id"] for row in rows), in_force(rows, day, claims), strict=True))
    return _named(version, rows, states, said, day)


def _named(
    version: Row, rows: Sequence[Row], states: dict[str, InForce | None], said: str | None, day: str
) -> Validity:
    state = states[version["id"]]
    if state == "disputed":
        return Validity("disputed", *_reason("sources_differ"))
    if state is None:
        return Validity(said, *_reason("as_said")) if said else Validity("unknown")
    if state == "true":
        return Validity(said or "in_force") if said == "partly_overridden" else Validity("in_force")
    if version["effective"] and reached([version["effective"]], day) != "true":
        return Validity("not_yet_effective", *_reason("takes_effect", day=version["effective"]))
    later = [row for row in rows if states[row["id"]] in ("true", "disputed")]
    if not later:
        return Validity("not_yet_effective" if not version["effective"] else "repealed")
    term = "amended" if later[-1]["stage"] == "amended" else "superseded"
    return Validity(term, *_reason("followed", version=later[-1]["id"]))


def with_declared(work: str, siblings: Sequence[Row]) -> list[Row]:
    """Recorded versions, and declared ones of which nothing is recorded, as rows that kb.law.clocks understands."""
    known = load_work(work)
    recorded = [declared_version(dict(row)) for row in siblings]
    missing = [version for version in known.versions if version not in recorded] if known else []
    read = [
        {**row, "effective": row["effective"] or (v.effective if v else None)}
        for row, v in zip(siblings, recorded, strict=True)
    ]
    return [*read, *({
        "id": declared_id(work, v), "stage": str(v.stage), "published": v.published, "signed": v.signed,
        "effective": v.effective, "repealed": v.repealed, "in_force": None,
    } for v in missing)]  # fmt: skip
