"""Entities, transfers, answers and filings in company.db: written when declared, read back as values.

Declaring a subject again replaces what it said; its former answers stay, withdrawn, with the day on which they went.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from sqlite_utils import Database

from kb.identity import content_id
from mappings.exposure.assess import Links
from mappings.exposure.declared import Declared
from mappings.exposure.entities import Answer, Entity
from mappings.exposure.filings import Filing
from mappings.exposure.transfer import Carried, ImportantStatus, ListedItem, Transfer

EXPORTED = ("sent", "accessed_from_abroad")
_PLAIN = ("id", "entity", "scenario", "recipient", "country", "purpose", "method", "sector", "list_scenario",
          "storage", "retention_months")  # fmt: skip
_LISTS = ("transfers", "fields", "entities")


def save_declared(db: Database, declared: Declared, now: str) -> Counter[str]:
    """Write all of it in one transaction; ``new``, ``changed`` and ``unchanged`` count entities, transfers, filings."""
    counts: Counter[str] = Counter()
    with db.atomic():
        for e in declared.entities:
            row = {"id": e.id, "name": e.name, "group_name": e.group}
            counts[_put(db, "entity", row, now, [*e.answers, *e.volumes])] += 1
            _put_answers(db, "entity", e.id, e.answers, e.volumes, now)
        for t in declared.transfers:
            row = {name: getattr(t, name) for name in _PLAIN} | {
                "automotive": t.automotive, "listed_as": json.dumps(t.listed_as, ensure_ascii=False),
                "important": json.dumps([asdict(s) for s in t.important], ensure_ascii=False),
                "items": json.dumps([asdict(i) for i in t.items], ensure_ascii=False),
                "carries": json.dumps([[c.dataset, c.field] for c in t.carries], ensure_ascii=False),
            }  # fmt: skip
            counts[_put(db, "transfer", row, now, [*t.answers, *t.volumes])] += 1
            _put_answers(db, "transfer", t.id, t.answers, t.volumes, now)
        for f in declared.filings:
            row = asdict(replace(f, answers=())) | {name: json.dumps(getattr(f, name)) for name in _LISTS}
            del row["answers"]
            counts[_put(db, "filing", row, now, f.answers)] += 1
            _put_answers(db, "filing", f.id, f.answers, (), now)
    return counts


def _put(db: Database, table: str, row: dict[str, Any], now: str, answers: Iterable[Answer]) -> str:
    digest = content_id(row, [asdict(a) for a in answers])
    known = next(iter(db.query(f"select digest, first_seen from {table} where id = ?", [row["id"]])), None)
    row = {**row, "digest": digest, "first_seen": known["first_seen"] if known else now, "last_seen": now}
    db.table(table).upsert(row, pk="id")
    return "new" if known is None else "unchanged" if known["digest"] == digest else "changed"


def _put_answers(
    db: Database, kind: str, subject: str, answers: Iterable[Answer], volumes: Iterable[Answer], now: str
) -> None:
    ids = []
    for counted, given in ((0, answers), (1, volumes)):
        for a in given:
            value = json.dumps(a.value if a.value is not None else None, ensure_ascii=False)
            row = {"subject_kind": kind, "subject": subject, "counted": counted, "key": a.key, "value": value,
                   "answered_by": a.by, "answered_on": a.date, "evidence": a.evidence, "expires": a.expires,
                   "year": a.year, "basis": a.basis}  # fmt: skip
            ids.append(content_id(row))
            db.table("answer").insert({"id": ids[-1], **row, "first_seen": now}, ignore=True)
    marks = ",".join("?" * len(ids)) or "''"
    where = f"subject_kind = ? and subject = ? and id {{}} in ({marks})"
    said = [kind, subject, *ids]
    db.execute(f"update answer set withdrawn = ? where withdrawn is null and {where.format('not')}", [now, *said])
    db.execute(f"update answer set withdrawn = null where {where.format('')}", said)


def load_entities(db: Database) -> dict[str, Entity]:
    answers = _answers(db, "entity")
    return {
        row["id"]: Entity(row["id"], row["name"], row["group_name"], *answers[row["id"]])
        for row in db.query("select * from entity order by id")
    }


def load_transfers(db: Database) -> list[Transfer]:
    """Every declared transfer, in order of its id."""
    answers = _answers(db, "transfer")
    return [
        Transfer(
            **{name: row[name] for name in _PLAIN},
            automotive=None if row["automotive"] is None else bool(row["automotive"]),
            carries=tuple(Carried(*pair) for pair in json.loads(row["carries"])),
            listed_as=tuple(json.loads(row["listed_as"])),
            important=tuple(ImportantStatus(**s) for s in json.loads(row["important"])),
            items=tuple(ListedItem(**i) for i in json.loads(row["items"])),
            answers=answers[row["id"]][0], volumes=answers[row["id"]][1],
        )
        for row in db.query("select * from transfer order by id")
    ]  # fmt: skip


def load_filings(db: Database) -> list[Filing]:
    extra = ("digest", "first_seen", "last_seen")
    answers = _answers(db, "filing")
    rows = [{k: v for k, v in row.items() if k not in extra} for row in db.query("select * from filing order by id")]
    return [
        Filing(**{**row, **{name: tuple(json.loads(row[name])) for name in _LISTS}}, answers=answers[row["id"]][0])
        for row in rows
    ]


def _answers(db: Database, kind: str) -> dict[str, tuple[tuple[Answer, ...], tuple[Answer, ...]]]:
    found: dict[str, tuple[list[Answer], list[Answer]]] = defaultdict(lambda: ([], []))
    sql = "select * from answer where subject_kind = ? and withdrawn is null order by subject, key, answered_on, id"
    for row in db.query(sql, [kind]):
        value = json.loads(row["value"])
        answer = Answer(row["key"], tuple(value) if isinstance(value, list) else value, row["answered_by"],
                        row["answered_on"], row["evidence"], row["expires"], row["year"], row["basis"])  # fmt: skip
        found[row["subject"]][row["counted"]].append(answer)
    return defaultdict(lambda: ((), ()), {id: (tuple(a), tuple(v)) for id, (a, v) in found.items()})


def propose_transfers(db: Database, declared: Iterable[Transfer]) -> list[Transfer]:
    """One transfer for each dataset that leaves the country and that no declared transfer carries."""
    carried = {dataset for t in declared for dataset in t.datasets}
    sql = f"select * from dataset where state = 'active' and cross_border in {EXPORTED} order by id"
    return [
        Transfer(f"proposed:{row['id']}", row["entity"], scenario=row["description"] or row["name"],
                 recipient=row["recipient"] or "", method=row["cross_border"], carries=(Carried(row["id"]),),
                 proposed=True)
        for row in db.query(sql)
        if row["id"] not in carried
    ]  # fmt: skip


def load_links(db: Database) -> Links:
    """What decided links say of each field and of each whole dataset."""
    types: defaultdict[str, set[str]] = defaultdict(set)
    open_: defaultdict[str, list[str]] = defaultdict(list)
    sql = "select dataset, field, data_type, state from link where state in ('accepted', 'suggested') order by 1, 2, 3"
    decided = set()
    rows = list(db.query(sql))
    for row in rows:
        if row["state"] == "accepted":
            decided.add((row["dataset"], row["field"]))
            for place in {row["dataset"], str(Carried(row["dataset"], row["field"]))}:
                types[place].add(row["data_type"])
    for dataset, name in dict.fromkeys((r["dataset"], r["field"]) for r in rows if r["state"] == "suggested"):
        if (dataset, name) not in decided:
            for place in {dataset, str(Carried(dataset, name))}:
                open_[place].append(str(Carried(dataset, name)))
    return Links({k: frozenset(v) for k, v in types.items()}, {k: tuple(v) for k, v in open_.items()})


def missing_fields(db: Database, transfers: Iterable[Transfer]) -> list[tuple[str, str]]:
    """Transfer and the carried dataset or field that the catalog does not have, or has no more."""
    carried = [(t.id, c) for t in transfers for c in t.carries]
    asked = [json.dumps(sorted({c.dataset for _, c in carried}))]
    there = "state = 'active' and {} in (select value from json_each(?))"
    fields = db.query(f"select dataset, name from field where {there.format('dataset')}", asked)
    known = {f"{row['dataset']}/{row['name']}" for row in fields}
    known |= {row["id"] for row in db.query(f"select id from dataset where {there.format('id')}", asked)}
    return [(id, str(c)) for id, c in carried if str(c) not in known]


def staying_datasets(db: Database, transfers: Iterable[Transfer]) -> list[tuple[str, str]]:
    """Transfer and carried dataset that the catalog marks as not leaving China, though the transfer says it does."""
    staying = {row["id"] for row in db.query("select id from dataset where cross_border = 'none' and state = 'active'")}
    return [(t.id, d) for t in transfers if t.method not in ("none", "unknown") for d in t.datasets if d in staying]


def crossing(db: Database, dataset: str) -> str | None:
    """What the catalog says of a dataset's leaving (sent, accessed_from_abroad, none, unknown); None: no such one."""
    found = next(iter(db.query("select cross_border from dataset where id = ? and state = 'active'", [dataset])), None)
    return (found["cross_border"] or "unknown") if found else None
