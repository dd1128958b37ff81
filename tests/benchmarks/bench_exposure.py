"""10,000 transfers against all conditions of the law of the day and of the draft: run by hand.

    python tests/benchmarks/bench_exposure.py

The alternative in the same run judges every listed item's rule for every transfer, as a script over a list of rules
would, although eighteen rules are shared by forty-nine items and most transfers concern few of them.
"""

from __future__ import annotations

import random
import time

from kb.packs import load_packs
from kb.vocabulary import load_data_types
from mappings.exposure.assess import Links, assess
from mappings.exposure.declared import parse_declared
from mappings.exposure.evaluate import evaluate
from mappings.exposure.report import as_json

TRANSFERS, ENTITIES, DAY, DRAFT = 10_000, 50, "2026-11-22", "auto-data-export-guide@draft-2025"


def main() -> None:
    rng = random.Random(7)
    types = sorted(load_data_types())
    declared = parse_declared({
        "answered": {"by": "legal", "date": "2026-01-01"},
        "entities": [{"id": f"e{n}", "ciio": n % 10 == 0, "ftz": "none", "gates": "none"} for n in range(ENTITIES)],
        "transfers": [
            {"id": f"t{n}", "entity": f"e{n % ENTITIES}", "method": "sent", "automotive": True, "exemptions": "none",
             "fields": [f"d{n}"], "personal_information": n % 3 == 0, "important_data": "none",
             "vehicles": rng.randrange(200_000), "face_pixels": rng.randrange(64), "plate_pixels": rng.randrange(32),
             "days": rng.randrange(60), "sensitive_area": False, "national_programme": False,
             "volumes": {2026: {"persons": rng.randrange(9000), "sensitive_persons": rng.randrange(90)}}}
            for n in range(TRANSFERS)
        ],
    })  # fmt: skip
    links = Links({f"d{n}": frozenset(rng.sample(types, 3)) for n in range(TRANSFERS)})
    packs, entities = load_packs(), {e.id: e for e in declared.entities}
    for what_if in (None, DRAFT):
        start = time.process_time()
        found = assess(declared.transfers, entities, links, packs, DAY, what_if)
        taken = time.process_time() - start
        routes = {route: sum(e.decision.route == route for e in found) for route in {e.decision.route for e in found}}
        print(f"{what_if or 'law in force'}: {len(found):,} transfers in {taken:.2f} s of processor time; {routes}")
    (draft,) = (pack for pack in packs if pack.version == DRAFT)
    start = time.process_time()
    judged = 0
    for exposure in found:
        for rule in draft.items:
            evaluate(rule.condition, exposure.facts, "item")
            judged += 1
    alone = time.process_time() - start
    print(
        f"every listed item for every transfer, nothing shared: {judged:,} rules in {alone:.2f} s, "
        f"beside {taken:.2f} s for the whole decision"
    )
    start = time.process_time()
    for exposure in found:
        as_json(exposure, DAY, DRAFT)
    print(f"every reason in words, as JSON: {time.process_time() - start:.2f} s")


if __name__ == "__main__":
    main()
