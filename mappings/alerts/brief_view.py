"""What a brief shows, in words: each rule that changed with its changes, sources checked, deadlines. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kb.rows import Row
from mappings.alerts.brief import COLUMNS, Brief
from mappings.alerts.phrases import name_dataset, name_title
from mappings.alerts.wording import one_line
from mappings.alerts.words import Speech

LONGEST = 400  # characters of one cell
NAMED = 6  # datasets, owners, recipients in one cell
LIGHT = ("editorial", "renumbered")
Cells = list[str]


@dataclass(frozen=True)
class Part:
    """A table under a heading; ``about`` are lines between them."""

    heading: str
    head: Cells
    lines: list[Cells]
    about: tuple[str, ...] = ()
    level: int = 1


def event_parts(brief: Brief, say: Speech) -> list[Part]:
    """For people: each rule that changed with a table of its changes."""
    head = [say("brief", name) for name in ("place", "wording", "touched", "owners", "abroad", "asked", "state")]
    found: dict[str, list[Row]] = {}
    for row in brief.changes:
        found.setdefault(row["event"], []).append(row)
    parts = [Part(say("brief", "changes", n=len(brief.changes)), [], [], () if found else (say("brief", "empty"),))]
    for changes in found.values():
        first = changes[0]
        about = [one_line(say("label", "separator").join(filter(None, words)), LONGEST) for words in _about(first, say)]
        weighty = [row for row in changes if row["grade"] not in LIGHT]
        lines = [_line(row, say) for row in weighty]
        lines += [_folded([row for row in changes if row["grade"] == grade], say) for grade in LIGHT
                  if any(row["grade"] == grade for row in changes)]  # fmt: skip
        parts.append(Part(name_title(first["title"]), head, lines, tuple(about), 2))
    return parts


def _folded(rows: list[Row], say: Speech) -> Cells:
    """Changes of one light grade in one line: they ask nothing of anybody."""
    shown = [f"{row['before']} → {row['after']}" if row["before"] and row["after"] else row["place"] for row in rows]
    words = one_line(say("label", "separator").join(shown), LONGEST)
    return [say("subject", "count", grade=say("grade", rows[0]["grade"]), n=len(rows)), words, *["—"] * 5]


def _about(row: Row, say: Speech) -> list[list[str]]:
    """Two lines under a title: what kind of text and event it is, and where it stands."""
    status = [word for word in _cell("status", row["status"], say).split(say("label", "separator")) if word]
    level = [say("level", row["level"])] if row["level"] in say.group("level") else []
    kind = [say("brief", row["kind"])]
    about = [say("brief", "about", titles=say("label", "comma").join(map(name_title, row["about"])))]
    dates = [say("dates", "effective", date=row["effective"])] if row["effective"] else []
    seen = [say("dates", "observed", date=row["seen"])]
    return [[*kind, *(about if row["about"] else []), *level, *status], [row["doc_number"], *dates, *seen, row["url"]]]


def _line(row: Row, say: Speech) -> Cells:
    """One change as a reader wants it, several lines in a cell."""
    touched = ["".join([f"{system} · " if system else "", name_dataset(name, fields, say)])
               for system, name, fields in row["touched"]]  # fmt: skip
    touched, owners = _some(touched, say), _some(row["owners"], say)
    abroad = [*_some(row["recipients"], say), *_some(_routes(row, say), say), *row["filing"]]
    before, after = row["before"] or say("label", "nothing"), row["after"] or say("label", "nothing")
    wording = [f"{say('label', 'before')}{before}", f"{say('label', 'after')}{after}"]
    if row["kind"] == "interpretation":
        wording = [row["after"] or f"{say('label', 'before')}{before}"]
    cells = [
        [row["place"], say("grade", row["grade"])],
        wording, touched, owners, abroad,
        [row["action"], say("todo", "due", date=row["due"]) if row["due"] else ""], [_cell("state", row["state"], say)],
    ]  # fmt: skip
    return ["\n".join(one_line(words, LONGEST) for words in cell if words) or "—" for cell in cells]


def _some(listed: list[str], say: Speech) -> list[str]:
    """As many as a reader takes in; all of them are in the spreadsheet."""
    return [*listed[:NAMED], *([say("brief", "others", n=len(listed) - NAMED)] if len(listed) > NAMED else [])]


def _routes(row: Row, say: Speech) -> list[str]:
    """Transfer: route now, and the route if the text becomes law where that differs."""
    told = []
    for transfer, now, then in row["route"]:
        words = say("route", now)
        if then and then != now:
            words = say("transfer", "then", now=words, then=say("route", then))
        told.append(f"{transfer}: {words}")
    return told


def flat_part(brief: Brief, say: Speech) -> Part:
    """For filters: one row for each change, with COLUMNS."""
    lines = [
        [_cell(name, _routes(row, say) if name == "route" else row[name], say) for name in COLUMNS]
        for row in brief.changes
    ]
    return Part(say("brief", "changes", n=len(lines)), [say("brief", name) for name in COLUMNS], lines)


def other_parts(brief: Brief, say: Speech) -> list[Part]:
    """Sources that were checked, and deadlines."""
    sources = [
        [f"{row['name'][say.language]} ({row['source']})", say("brief", row["state"], n=row["new"]),
         str(row["healthy"]), row["last"] or "—",
         say("label", "comma").join([*row["gaps"], *row["other"]]) or "—"]
        for row in brief.sources
    ]  # fmt: skip
    deadlines = [[row["date"], say("brief", row["kind"]), one_line(row["title"], 100)] for row in brief.deadlines]
    return [
        Part(say("brief", "sources", n=len(sources)),
             [say("brief", name) for name in ("source", "found", "runs", "last", "gaps")], sources),
        Part(say("brief", "deadlines", n=len(deadlines)), [say("brief", name) for name in ("date", "what", "title")],
             deadlines),
    ]  # fmt: skip


def _cell(name: str, value: Any, say: Speech) -> str:
    if name == "grade":
        return say("grade", value)
    if name == "level":
        return say("level", value) if value in say.group("level") else str(value or "")
    if name == "status":
        stage, in_force, reading = value
        words = [say("stage", stage) if stage in say.group("stage") else stage, in_force and say("force", in_force),
                 say("brief", reading)]  # fmt: skip
        return say("label", "separator").join(word for word in words if word)
    if name == "state":
        return say("brief", value[0], n=value[1], answered=value[2]) if len(value) > 1 else say("brief", value[0])
    if isinstance(value, list):
        return one_line(say("label", "comma").join(value), LONGEST)
    return one_line(str(value or ""), LONGEST)
