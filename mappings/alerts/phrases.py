"""What one thing is called in a message: a change, its place, a dataset with its fields, dates, the reason why.

Pure. Which of them a message says, and in which order, is ``compose``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kb.clock import days_between, legal_day
from kb.items.amounts import find_amounts
from mappings.alerts.evidence import GRADES, Change, Edition
from mappings.alerts.letter import Letter, fields_of
from mappings.alerts.wording import one_line
from mappings.alerts.words import Speech

MANY = 10  # transfers listed in a message


def count_grades(changes: Sequence[Change], say: Speech) -> str:
    counted = Counter(change.grade for change in changes)
    grades = [grade for grade in GRADES if counted[grade]]
    return say("label", "comma").join(
        say("subject", "count", grade=say("grade", grade), n=counted[grade]) for grade in grades
    )


def figure_of(words: str, say: Speech) -> str:
    """A quantity as printed; in English with its value, for 50万台 is read by few (500,000)."""
    if say.language == "zh" or words.isascii():
        return words
    values = [amount.value for amount in find_amounts(words) if amount.unit != "date"]
    return f"{words} ({values[0]:,.10g})" if len(values) == 1 else words


def title_of(change: Change, say: Speech) -> str:
    kind = {"added": "explains", "removed": "withdrawn"}.get(change.kind, "") if change.subject == "passage" else ""
    return say(
        "change", "title", grade=say("grade", change.grade), kind=say("kind", kind or change.kind),
        place=place_of(change, say),
    )  # fmt: skip


def place_of(change: Change, say: Speech) -> str:
    """Where it is written: ``第四条（二）（第5页）``, ``数据项“…”（scenario、第3项、第5页）``."""
    moved = change.old_place and change.new_place and change.old_place != change.new_place
    place = one_line(f"{change.old_place} → {change.new_place}" if moved else change.place, 60)
    details = []
    if change.subject == "data_item":
        details = [one_line(change.scenario, 40), say("place", "number", number=place) if place else ""]
        place = say("place", "item", label=one_line(change.label, 60))
    elif change.subject == "passage" and place:
        place = say("place", "passage", label=place)
    if change.page:
        details.append(say("place", "old_page" if change.kind == "removed" else "page", n=change.page))
    words = say("label", "comma").join(detail for detail in details if detail)
    place = place or say("place", "text")
    return say("place", "within", place=place, details=words) if words else place


def reason_of(letter: Letter, say: Speech) -> str:
    top = letter.changes[0]
    where = {"source": name_title(letter.story.new.title, 60), "place": place_of(top, say)}
    if not (lines := letter.claimed.get(top.id)):
        return say("why", "held" if letter.held else "unclaimed", **where)
    impact = lines[0].impacts[0]
    fields = fields_of(other for other in lines[0].impacts if other.data_type == impact.data_type)
    return say(
        "why", "data_type" if impact.through == impact.data_type else "scope", **where,
        whose=say("whose", letter.recipient.notice or "owner", owner=one_line(letter.recipient.name)),
        dataset=name_dataset(lines[0].dataset_name, fields, say),
        type=letter.type_names.get(impact.data_type, {}).get(say.language, impact.data_type),
        scope=say("scope", impact.through) if impact.through in say.group("scope") else impact.through,
    )  # fmt: skip


def todo_of(letter: Letter, say: Speech) -> list[str]:
    """What the recipient is asked to do, and an analyst's reading of the change; first what is due."""
    if letter.held:
        return []
    verdicts = [verdict for change in letter.changes if (verdict := letter.verdicts.get(change.id))]
    told = [("interpretation", verdict.interpretation) for verdict in verdicts if verdict.interpretation]
    told += [("instruction", verdict.instruction) for verdict in verdicts if verdict.instruction]
    lines = [say("todo", key, words=one_line(words, 500)) for key, words in dict.fromkeys(told)]
    if not verdicts:
        lines.append(say("todo", "check" if letter.nature == "action" and letter.datasets else "nothing"))
    return [*([say("todo", "due", date=letter.due)] if letter.due else []), *lines]


def transfers_of(letter: Letter, say: Speech) -> list[str]:
    """Transfers that carry the datasets of the letter: route now → then, filing, does it still cover, until when."""
    shown: dict[tuple[str, str], str] = {}
    for dataset in letter.datasets:
        for one in letter.exposed.get(dataset, ()):
            route = say("route", one.route)
            if one.then and one.then != one.route:
                route = say("transfer", "then", now=route, then=say("route", one.then))
            covers = say("transfer", {True: "covers", False: "not_covered", None: "unclear"}[one.covers])
            until = say("transfer", "until", date=one.until) if one.until else ""
            filing = say("transfer", "filing", filing=one_line(one.filing, 60), covers=covers, until=until)
            shown[one.transfer, one.filing] = say(
                "transfer", "line", transfer=one_line(one.transfer, 60), recipient=one_line(one.recipient, 60) or "—",
                route=route, filing=filing if one.filing else say("transfer", "unfiled"),
            )  # fmt: skip
    lines = list(shown.values())
    return [*lines[:MANY], *([say("folded", "beyond", n=len(lines) - MANY)] if len(lines) > MANY else [])]


def dates_of(letter: Letter, say: Speech) -> str:
    story = letter.story
    said = [("published", story.new.published), ("effective", story.new.effective)]
    parts = [say("dates", key, date=date) for key, date in said if date]
    if closes := story.new.comments_close:
        left = days_between(letter.today, closes) if len(closes) == 10 else -1
        ending = say("dates", "left", n=left) if left >= 0 else ""
        parts.append(say("dates", "comments_close", date=closes) + ending)
    parts.append(say("dates", "observed", date=legal_day(story.occurred_at)))
    return say("label", "separator").join(parts)


def name_dataset(name: str, fields: Sequence[str], say: Speech) -> str:
    name = one_line(name, 80)
    return say("change", "dataset", dataset=name, fields=_listed(fields, say)) if fields else name


def name_in_system(dataset: tuple[str, tuple[str, ...], str], say: Speech) -> str:
    """A dataset with its fields, and the system that it is in."""
    name, fields, system = dataset
    named = name_dataset(name, fields, say)
    return say("change", "in_system", dataset=named, system=one_line(system, 60)) if system else named


def _listed(names: Sequence[str], say: Speech, limit: int = 8) -> str:
    shown = [one_line(name, 60) for name in names[:limit]]
    return say("label", "comma").join(shown) + (f" … (+{len(names) - limit})" if len(names) > limit else "")


def name_title(title: str, limit: int = 100) -> str:
    title = one_line(title, limit)
    return title if "《" in title else f"《{title}》"


def name_stage(edition: Edition, say: Speech) -> str:
    return say("stage", edition.stage) if edition.stage in say.group("stage") else edition.stage


def name_edition(edition: Edition, say: Speech) -> str:
    stage = name_stage(edition, say)
    return say("opening", "dated", stage=stage, date=edition.published) if edition.published else stage
