"""How pages word what is stored: stages, grades, agencies, days, and the layout of items that share one rule."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from datasette import hookimpl

from kb.agencies import agency_name
from kb.clock import legal_day

STAGES = {  # shown, and in Chinese beside it
    "draft": ("Draft", "征求意见稿"), "second_draft": ("Second draft", "二次征求意见稿"), "final": ("Final", "正式"),
    "amended": ("Amended", "修订"), "repealed": ("Repealed", "废止"), "plan": ("Planned", "立项计划"),
    "approval_draft": ("Draft for approval", "报批稿"),
}  # fmt: skip
WORDS = {
    "comments_close": "Comments close", "effective": "Takes effect", "repealed": "Is repealed",
    "by_condition": "by condition", "too_large": "too large",
    "every-export": "every export", "personal-information": "all personal information", "company": "the company",
}  # fmt: skip
_CLAUSE = re.compile(r"(?<=[：；。;:])\s*(?=[（(]?\d{1,2}[.．、)）])")


def words(value: str | None) -> str:
    return WORDS.get(value or "", (value or "").replace("_", " "))


def ref(id: str) -> str:
    """An id inside a path."""
    return quote(id, safe="@~")


def agencies(ids: Iterable[str]) -> str:
    return "、".join(agency_name(id) or id for id in ids)


def day(observed: str | None) -> str:
    """The day in China of an observed time; a legal date, whole or partial, stays as it is."""
    return legal_day(observed) if observed and "T" in observed else observed or ""


def clauses(rule: str | None) -> list[str]:
    """A rule cell as its numbered clauses, one a line as it was printed."""
    return _CLAUSE.split(rule or "")


def by_scenario(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items as their table shows them: by scenario, and neighbours under one rule together."""
    scenes = itertools.groupby(items, lambda item: (item["scenario"] or "", item["subscenario"] or ""))
    return [
        {
            "scenario": scenario,
            "subscenario": subscenario,
            "groups": [list(same) for _, same in itertools.groupby(members, lambda item: item["rule"] or "")],
        }
        for (scenario, subscenario), members in scenes
    ]


def together(rows: Sequence[dict[str, Any]], *keys: str) -> list[list[dict[str, Any]]]:
    """Neighbours that are alike in these keys, as one."""
    return [list(same) for _, same in itertools.groupby(rows, lambda row: [row[key] for key in keys])]


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any) -> None:
    env.filters |= {
        "words": words, "ref": ref, "agencies": agencies, "day": day, "clauses": clauses, "by_scenario": by_scenario,
        "together": together,
        "stage": lambda stage: STAGES.get(stage, (stage,))[0], "stage_zh": lambda stage: STAGES.get(stage, ("", ""))[1],
        "depth": lambda eid: eid.count("__"),
    }  # fmt: skip
