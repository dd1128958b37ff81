"""Every row of the reviewed facts has its declared work and version, with equal facts and nothing added."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from kb.agencies import agency_id, is_place
from kb.law.works import load_works
from kb.law.works_form import DeclaredVersion, DeclaredWork
from kb.model import Stage
from kb.normalise import fold

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
TO_BE_SOURCED = {
    "数据安全技术 敏感个人信息处理安全要求", "网络产品安全漏洞管理规定", "缺陷汽车产品召回管理条例",
    "关键信息基础设施安全保护条例",
    "中华人民共和国测绘法", "中国禁止出口限制出口技术目录",
}  # fmt: skip
# What the facts say of a version's life, in the words of the declarations.
STANDS = {
    "amended": "amended", "effective (partly": "partly_overridden", "effective": "in_force", "superseded": "superseded",
    "interpretation": "in_force", "draft (superseded": "superseded", "final, not yet": "not_yet_effective",
}  # fmt: skip
LINEAGE_STAGES = {
    "draft": "draft", "second draft": "second_draft", "final": "final", "law": "final", "amendment": "amended",
    "amendment draft 1": "draft", "amendment draft 2": "second_draft", "NPCSC bill": "draft",
    "follow-up draft": "draft",
}  # fmt: skip
SHORT = {"CSL": "csl", "DSL": "dsl", "PIPL": "pipl", "Surveying": "surveying-and-mapping-law"}
CERTAINTY = ("unverified", "secondary", "seen", "verbatim")
pytestmark = pytest.mark.skipif(not FACTS.exists(), reason="needs ../shared")


def rows(name: str) -> list[dict[str, str]]:
    if not FACTS.exists():
        return []
    with (FACTS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found_for(row: dict[str, str]) -> tuple[DeclaredWork, DeclaredVersion]:
    title, day = fold(row["title_zh"]), day_of(row["published_date"])
    found = [
        (work, version)
        for work in load_works().values()
        for version in work.versions
        if fold(version.title) == title and (day is None or day in (version.published, version.dated))
    ]
    assert len(found) == 1, f"{row['rule_id']}: {len(found)} declared versions"
    return found[0]


def day_of(cell: str) -> str | None:
    found = re.match(r"\s*(?:draft dated |planned )?(\d{4}(?:-\d\d){0,2})", cell)
    return found[1] if found else None


def other(cell: str, words: str) -> str | None:
    found = re.search(rf"{words} (\d{{4}}-\d\d-\d\d)", cell)
    return found[1] if found else None


@pytest.mark.parametrize("row", rows("rules.csv"), ids=lambda row: row["rule_id"])
def test_a_rule_has_its_version_with_equal_facts(row: dict[str, str]) -> None:
    work, version = found_for(row)
    signed, published, effective = (row[f"{name}_date"] for name in ("signed_or_adopted", "published", "effective"))
    said = set(re.findall(r"https?://[^\s|]+", row["url"]))
    assert all(url in version.urls or url.split("/")[2] in version.source for url in said), "addresses"
    assert version.signed == (day_of(signed) or other(published, "jointly issued")), "signed"
    assert version.adopted == other(signed + row["thresholds_or_vehicle_point"], "passed")
    assert day_of(published) in (version.published, version.dated, None)
    assert version.comments_close == other(published, "comments to")
    assert version.effective == day_of(effective)
    if effective and not day_of(effective):
        disputed = any(dispute.fact == "effective" for dispute in work.disputed)
        assert disputed or ("effective", effective) in {(f.fact, f.value) for f in version.findings}
    assert version.stands == next((word for said, word in STANDS.items() if row["stage"].startswith(said)), None)
    assert (version.stage in (Stage.DRAFT, Stage.SECOND_DRAFT)) is row["stage"].startswith("draft")
    assert (version.stage is Stage.PLAN) is (row["stage"] == "plan")
    for fact, cell in (("doc_number", row["doc_number"]), ("signed", signed), ("effective", effective)):
        remembered = "[memory]" in cell and version.certainty != "verbatim"
        assert not remembered or fact in version.unverified, f"{fact} is remembered, not seen"
    assert_number(version.doc_number, row["doc_number"])
    assert set(version.agencies or work.agencies) >= agencies(row["agency"])


def assert_number(declared: str | None, cell: str) -> None:
    cell = cell.replace(" [memory]", "")
    if not cell or re.search("none seen|NOT FOUND|not seen", cell):
        assert declared is None
        return
    order = re.search(r"令第\d+号$", cell)
    assert declared is not None
    assert declared == cell or (order and declared.endswith(order[0])), "the number of the order at least"


def agencies(cell: str) -> set[str]:
    names = [re.sub(r"\(.*?\)", "", name).strip() for name in re.split(r"[;/]", cell)]
    places = {word.lower() for name in names for word in re.findall(r"[A-Z]\w+", name)}
    local = {"shanghai" if place == "lingang" else place for place in places if is_place(place) or place == "lingang"}
    return local or {id for name in names if (id := agency_id(name))}


@pytest.mark.parametrize("row", rows("rules.csv"), ids=lambda row: row["rule_id"])
def test_a_version_is_no_more_certain_than_its_facts_unless_its_text_was_read(row: dict[str, str]) -> None:
    _, version = found_for(row)
    verbatim = "verbatim" in row["certainty"]
    secondary = re.search("secondary|third-party", row["certainty"])
    known = "verbatim" if verbatim else "secondary" if secondary else "seen"
    assert version.certainty == "verbatim" or CERTAINTY.index(version.certainty) <= CERTAINTY.index(known)
    assert "title" in version.unverified or "wording inferred" not in row["certainty"]


def test_every_relation_of_the_facts_is_declared() -> None:
    ids = {row["rule_id"]: found_for(row)[0].id for row in rows("rules.csv")}
    for row in rows("rules.csv"):
        work, _ = found_for(row)
        named = {
            ids[id] for id in ids if re.search(rf"(?<![\w-]){re.escape(id)}(?![\w-])", row["supersedes_or_implements"])
        }
        named |= {id for word, id in SHORT.items() if re.search(rf"\b{word}\b", row["supersedes_or_implements"])}
        assert named - {work.id} <= {relation.work for relation in work.relations}, row["rule_id"]


def test_every_step_of_the_lineages_is_declared_in_one_work() -> None:
    families: dict[str, set[str]] = {}
    for row in rows("lineage.csv"):
        if row["relation"] in ("overrides", "builds on"):
            continue  # by another work: a relation, held below
        day, stage = day_of(row["date"]), LINEAGE_STAGES[row["stage"]]
        found = {
            work.id
            for work in load_works().values()
            for version in work.versions
            if day in (version.published, version.signed) and version.stage == stage
            and (row["family_zh"][:4] in work.title_zh or row["family_zh"][-4:] in work.title_zh
                 or row["family_id"].split("-")[0].lower() in work.id)
        }  # fmt: skip
        assert found, (row["family_id"], row["step"])
        families[row["family_id"]] = families.get(row["family_id"], found) & found
    assert all(families.values()), families
    relations = {(work.id, r.kind, r.work) for work in load_works().values() for r in work.relations}
    assert ("cross-border-data-flow-provisions", "overrides", "pi-standard-contract-measures") in relations
    assert ("smart-nev-recall-conformity-notice", "builds_on", "icv-access-recall-ota-notice") in relations


def test_works_still_to_be_sourced_hold_only_what_others_report() -> None:
    waiting = [work for work in load_works().values() if work.status == "to_be_sourced"]
    assert {work.title_zh for work in waiting} == TO_BE_SOURCED
    assert all(work.named_by for work in waiting)
    assert {version.certainty for work in waiting for version in work.versions} == {"secondary"}
    assert not any(version.urls for work in waiting for version in work.versions), "no official page was seen"
