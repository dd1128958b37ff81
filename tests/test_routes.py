"""Cases worked out by hand from the official texts, each with the provision on which it turns."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.packs import load_packs
from mappings.exposure.assess import Exposure, Links, assess
from mappings.exposure.declared import parse_declared

HERE = Path(__file__).with_name("exposure_cases.yml")
DECLARED = yaml.safe_load(HERE.read_text("utf-8"))
USUAL = DECLARED["as_usual"]
DRAFT = "auto-data-export-guide@draft-2025"
SIGNED = {"by": "legal", "date": "2024-01-02", "evidence": "memo 1"}


def expose(case: dict[str, Any]) -> Exposure:
    entity = {} if case.get("bare") else {**USUAL["entity"], **case.get("entity", {})}
    transfer = {} if case.get("bare") else {**USUAL["transfer"], **case.get("transfer", {})}
    if case.get("zone"):
        entity = {**entity, "ftz": "shanghai", "ftz_activity": entity.get("ftz_activity", True)}
    day = str(case.get("day", USUAL["day"]))
    if "counts" in case:
        transfer["volumes"] = {int(day[:4]): dict(zip(("persons", "sensitive_persons"), case["counts"], strict=True))}
    for key in case.get("without", ()):
        del transfer[key]
    others = [{**USUAL["transfer"], "id": f"other-{n}", "entity": "e", **other}
              for n, other in enumerate(case.get("others", ()))]  # fmt: skip
    declared = parse_declared({
        "answered": SIGNED,
        "entities": [{"id": "e", **{k: v for k, v in entity.items() if v is not None}}],
        "transfers": [{"id": "t", "entity": "e", **transfer}, *others],
    })  # fmt: skip
    assert not declared.rejected
    entities = {e.id: e for e in declared.entities}
    found = assess(declared.transfers, entities, Links(), load_packs(), day, DRAFT if case.get("what_if") else None)
    return found[0]


@pytest.mark.parametrize("case", DECLARED["cases"], ids=lambda case: case["id"])
def test_a_case_worked_out_by_hand(case: dict[str, Any]) -> None:
    exposure = expose(case)
    decision = exposure.decision
    assert decision.route == case["route"], decision.why
    if "turns_on" in case:
        cited = [finding.rule.citation.provision for finding in decision.decided_by]
        assert any(provision.startswith(case["turns_on"]) for provision in cited), cited
    if "item" in case:
        assert decision.important
        met = [rule.citation.provision for rule, verdict in decision.important.items if verdict.met]
        assert case["item"] in met
    assert case.get("why", "") in decision.why
    assert set(case.get("missing", ())) <= set(decision.missing)
    assert not {*case.get("not_missing", ()), "outside_negative_list"} & set(decision.missing)
    assert decision.after_gates == case.get("after_gates", decision.after_gates)
    assert case.get("problem", "") in "; ".join(exposure.problems)
    assert case.get("ask", "") in "".join(zh for zh, _ in decision.ask)
    beside = {f.rule.id.partition("/")[2]: f.verdict.met for f in decision.findings if f.rule.role == "beside"}
    assert case.get("beside", {}).items() <= beside.items()


def test_there_are_many_cases_and_each_says_what_it_turns_on() -> None:
    assert len(DECLARED["cases"]) >= 130
    assert len({case["id"] for case in DECLARED["cases"]}) == len(DECLARED["cases"])
    assert all(case.keys() & {"turns_on", "why", "missing"} for case in DECLARED["cases"])
