"""The catalog of site_world.py: owners, datasets of 50 fields each, and a link for every fifth field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

AT = "2026-02-01T01:00:00Z"


def catalog(fields: int, types: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    seen = {"first_seen": AT, "last_seen": AT}
    for n in range(50):
        yield "owner", {"id": f"owner-{n}", "name": f"Owner {n}", "email": f"owner{n}@example.invalid", **seen}
    for n in range(max(1, fields // 50)):
        dataset = f"ds-{n}"
        yield (
            "dataset",
            {
                "id": dataset,
                "name": f"sample_table_{n}",
                "system": f"System {n % 40}",
                "catalog": "sample",
                "owner": f"owner-{n % 50}",
                "state": "present",
                **seen,
            },
        )
        for k in range(50):
            yield (
                "field",
                {
                    "id": f"{dataset}.f{k}",
                    "dataset": dataset,
                    "name": f"f{k}",
                    "type": "string",
                    "ordinal": k,
                    "description": f"sample field {k}",
                    "state": "present",
                    **seen,
                },
            )
            if k % 5 == 0:
                kind = types[(n + k) % len(types)]
                yield (
                    "link",
                    {
                        "id": f"{dataset}.f{k}.{kind}",
                        "dataset": dataset,
                        "field": f"f{k}",
                        "data_type": kind,
                        "state": "accepted" if k % 10 else "suggested",
                        "confidence": 0.9,
                        "reason": "its name",
                    },
                )
