"""Where a target leads by links of one state, asked of the database: datasets and owners, not every link of them.

For pages, which count; ``reach`` and ``impact`` have each impact with its reason, for messages. Both follow the same
rules: links of fields that still exist, of datasets that still exist, and a scope only where it is about the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sqlite_utils import Database

from kb.rows import rows
from mappings.alerts.impact import LIMITS, Dataset, Target

Place = tuple[str, str]  # dataset and owner, '' for nobody
_HOLDS = """
link.state = ? and link.data_type in ({types})
and (link.dataset, link.field) not in (select dataset, name from field where state = 'removed')
"""
_COLUMNS = "select dataset.id, dataset.name, coalesce(dataset.owner, '') as owner, dataset.cross_border from dataset"
# One data type is read by its index; a scope of many stops at the first link of each dataset.
_OF_TYPE = f"{_COLUMNS} where state <> 'removed' and id in (select link.dataset from link where {_HOLDS})"
_OF_SCOPE = (
    f"{_COLUMNS} where state <> 'removed' and exists (select 1 from link where link.dataset = dataset.id and {_HOLDS})"
)


class Followed:
    """``state``: accepted or suggested. Each target is asked once."""

    def __init__(self, company: Database, state: str) -> None:
        self.company, self.state = company, state
        self._known: dict[tuple[str, str], frozenset[Place]] = {}

    def places(self, targets: Iterable[Target]) -> frozenset[Place]:
        """All datasets that any of the targets leads to, with their owners."""
        return frozenset().union(*(self._follow(target) for target in targets))

    def _follow(self, target: Target) -> frozenset[Place]:
        key = (target.kind, target.target)
        if key not in self._known:
            scope = target.kind == "scope"
            types = sorted(_scope_types(target.target)) if scope else [target.target]
            limit = LIMITS.get(target.target) if scope else None
            sql = (_OF_SCOPE if scope else _OF_TYPE).format(types=",".join("?" * len(types)))
            found = rows(self.company, sql, [self.state, *types])
            self._known[key] = frozenset(
                (row["id"], row["owner"]) for row in found if limit is None or limit(Dataset(**row))
            )
        return self._known[key]


@lru_cache
def _scope_types(scope: str) -> frozenset[str]:
    from kb.vocabulary import scope_types

    return scope_types(scope)
