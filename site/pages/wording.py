"""What templates call on values: names in the visitor's language, days, ids in paths, and rows that belong together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from markupsafe import Markup, escape

from kb.clock import legal_day
from pages import terms
from pages.citing import cited
from pages.language import Language, Speech

_CLAUSE = re.compile(r"(?<=[：；。;:])\s*(?=[（(]?\d{1,2}[.．、)）])")
_DAY = re.compile(r"\b(?<!@)(?<!-)\d{4}-\d{2}-\d{2}(?!-)(?!\d)", re.ASCII)
_CODE = re.compile(r"`([^`]+)`")


def ref(id: str) -> str:
    """An id inside a path."""
    return quote(id, safe="@~")


def anchor(id: str) -> str:
    """The part of the id of a provision or data item that is its place on the page."""
    return id.rpartition("#")[2]


def clauses(rule: str | None) -> list[str]:
    """A rule cell as its numbered clauses, one a line as it was printed."""
    return _CLAUSE.split(rule or "")


def code(sentence: str) -> Markup:
    """A sentence with its commands, written between back ticks, as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence))))


def iso(value: str | None) -> str:
    """A day as it is stored; an observed time as the day in China."""
    return legal_day(value) if value and "T" in value else value or ""


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


def web(url: str | None) -> str:
    """An address that a link may lead to: http(s) only, for what an agency's page says is not trusted."""
    return url if url and url.startswith(("http://", "https://")) else ""


def _spoken(what: Callable[..., str]) -> Callable[..., str]:
    """A filter whose last argument is the language of the page."""

    @pass_context
    def speak(context: Any, *values: Any) -> str:
        return what(*values, _language(context))

    return speak


def _language(context: Any) -> Language:
    language: Language = context.get("language", "en")
    return language


def dated(sentence: str | None, language: Language) -> str:
    """A sentence with its whole days as pages write them."""
    return _DAY.sub(lambda found: terms.day(found[0], language), sentence or "")


def agencies(ids: Iterable[str] | str | None, language: Language) -> str:
    return terms.agencies([ids] if isinstance(ids, str) else ids or (), language)


FILTERS: dict[str, Callable[..., Any]] = {
    "ref": ref, "anchor": anchor, "clauses": clauses, "code": code, "iso": iso, "by_scenario": by_scenario,
    "together": together, "web": web, "cited": cited, "size": terms.size, "depth": lambda eid: eid.count("__"),
    "day": _spoken(terms.day), "dated": _spoken(dated), "agencies": _spoken(agencies),
    "data_type": _spoken(terms.data_type),
    "term": _spoken(lambda value, kind, language: terms.term(kind, value, language)),
}  # fmt: skip
GLOBALS: dict[str, Any] = {"t": Speech("en"), "language": "en", "tag": "en"}  # where nothing better is known
