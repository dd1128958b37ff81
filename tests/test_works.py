"""The declared works: strict, sourced, and silent where sources differ."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest

from kb.agencies import agency_name, is_place
from kb.errors import DeclarationError
from kb.law.works import known_from_declared, load_works
from kb.lineage.titles import read_title, stage_of
from kb.model import Stage

SHARED = Path(__file__).resolve().parents[2] / "shared"
RULES = SHARED / "facts" / "rules.csv"

WORK = """id: example-measures
title_zh: 示例办法
title_en: Example Measures
level: departmental_rule
agencies: [cac]
status: reviewed
vehicle_point: An example.
versions:
  - {stage: draft, title: 示例办法（征求意见稿）, published: 2025-01-03, certainty: seen, source: example}
"""


def test_the_core_works_are_declared() -> None:
    assert set(load_works()) >= {
        "auto-data-export-guide", "cross-border-data-flow-provisions", "export-assessment-measures",
        "export-assessment-filing-guide", "pi-standard-contract-measures", "pi-export-certification-measures",
        "automotive-data-provisions", "network-data-security-regulations", "pipl", "dsl", "csl",
        "network-data-risk-assessment-measures", "miit-data-security-measures",
    }  # fmt: skip


def test_the_effective_date_of_the_guide_is_disputed_and_not_filled_in() -> None:
    guide = load_works()["auto-data-export-guide"]
    final = next(version for version in guide.versions if version.stage is Stage.FINAL)
    assert final.effective is None
    assert final.doc_number is None
    (dispute,) = guide.disputed
    assert (dispute.version, dispute.fact, len(dispute.claims)) == ("final-2026", "effective", 3)
    assert all(claim.source for claim in dispute.claims)


def test_what_was_not_read_of_the_final_guide_is_a_claim_with_its_source() -> None:
    final = load_works()["auto-data-export-guide"].versions[-1]
    assert final.items == "not_read"
    assert {(f.fact, f.value, f.certainty) for f in final.findings} >= {
        ("data items", "51", "secondary"), ("categories", "27", "secondary"), ("exemptions", "9", "secondary"),
    }  # fmt: skip


@pytest.mark.parametrize("id", sorted(load_works()))
def test_a_declared_work_is_consistent(id: str) -> None:
    work = load_works()[id]
    assert all(agency_name(agency) or is_place(agency) for agency in work.agencies)
    for version in work.versions:
        assert version.source
        assert stage_of(version.title) == version.stage or version.stage is Stage.PLAN, "a plan has no text yet"
        assert read_title(version.title).edition == version.edition
        dates = [version.signed, version.published, version.effective]
        known = [date for date in dates if date]
        pairs = itertools.pairwise(known)
        assert all(a[: len(b)] <= b for a, b in pairs), "signed, published, effective come in this order"
        assert version.issued


def test_works_do_not_share_a_name() -> None:
    keys = [key for work in known_from_declared() for key in work.title_keys]
    assert len(keys) == len(set(keys))


def test_declared_versions_are_not_taken_for_recorded_ones() -> None:
    versions = [version for work in known_from_declared() for version in work.versions]
    assert versions
    assert not any(version.recorded for version in versions)
    assert "auto-data-export-guide@draft-2025" in {version.id for version in versions}


def test_declarations_are_read_once() -> None:
    assert load_works() is load_works()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status: reviewed", "status: reviewed\nlink: x", "example-measures.yml:7: link"),
        ("id: example-measures", "id: other", "id: other is not the name of the file"),
        ("2025-01-03", "yesterday", "published"),
        ("[cac]", "[nobody]", "agency nobody is not declared"),
        ("level: departmental_rule", "level: decree", "level"),
        ("certainty: seen", "certainty: seen, unverified: [signed]", "unverified names signed"),
        ("status: reviewed", "status: reviewed\nrelations: [{kind: implements, work: nothing}]", "no work nothing"),
        (
            "status: reviewed",
            "status: reviewed\ndisputed: [{version: draft-2025-01-03, fact: published, claims: "
            "[{value: a, source: b}, {value: c, source: d}]}]",
            "is disputed and must not be filled in",
        ),
    ],
)
def test_a_faulty_declaration_is_refused_with_its_reason(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "example-measures.yml"
    path.write_text(WORK, "utf-8")
    assert set(load_works(tmp_path)) == {"example-measures"}
    load_works.cache_clear()
    path.write_text(WORK.replace(old, new, 1), "utf-8")
    with pytest.raises(DeclarationError, match=re.escape(said)):
        load_works(tmp_path)


@pytest.mark.skipif(not RULES.exists(), reason="the facts are not here")
def test_declared_dates_and_numbers_are_those_of_the_facts() -> None:
    """Every declared version that the facts list by its URL has their dates; what they remember only is unverified."""
    with RULES.open(encoding="utf-8") as file:
        rules = {url: row for row in csv.DictReader(file) for url in re.findall(r"https?://[^\s|]+", row["url"])}
    compared = 0
    for work in load_works().values():
        for version in work.versions:
            row = next((rules[url] for url in version.urls if url in rules and "index_1" not in url), None)
            if row is None:
                continue
            compared += 1
            for fact, column in (
                ("published", "published_date"), ("effective", "effective_date"), ("signed", "signed_or_adopted_date"),
            ):  # fmt: skip
                cell, declared = row[column], getattr(version, fact)
                if declared and re.match(r"\d{4}-\d\d-\d\d", cell):
                    assert cell[:10] == declared, (work.id, fact)
                    assert "[memory]" not in cell or fact in version.unverified, (work.id, fact)
            assert (
                "[memory]" not in row["doc_number"]
                or "doc_number" in version.unverified
                or "verbatim" in (version.certainty)
            ), work.id
    assert compared >= 12
