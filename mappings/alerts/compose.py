"""One message for one owner and one event: subject, plain text and HTML, in the owner's languages.

Pure: a story (what changed) and lines (which of the owner's datasets it touches) in, a message out. The gravest changes
stand on top, the rest is counted and listed at the end. Sending belongs to ``notify``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from mappings.alerts.evidence import Change
from mappings.alerts.letter import Letter, Message
from mappings.alerts.phrases import (
    count_grades,
    dates_of,
    figure_of,
    name_dataset,
    name_edition,
    name_in_system,
    name_stage,
    name_title,
    reason_of,
    title_of,
    todo_of,
    transfers_of,
)
from mappings.alerts.wording import marked_pair, one_line
from mappings.alerts.words import Speech, languages_of, render

DETAILED = 5  # changes shown in full; an owner reads one screen
LISTED = 100  # of the rest, one line each
PASSAGES = 3
LIGHT = ("editorial", "renumbered")  # counted and listed, shown in full only when there is nothing else

_Line = Mapping[str, str | Mapping[str, str]]


def compose_alert(letter: Letter) -> Message:
    """Write the message. Its lines must name changes of its story."""
    languages = languages_of(letter.recipient.language)
    subject = _subject(letter, Speech(languages[0]))
    if len(languages) > 1:
        subject += f" / {_gist(letter, Speech(languages[1]))}"
    subject = one_line(subject, 200)
    views = {"subject": subject, "letters": [_view(letter, Speech(language)) for language in languages]}
    return Message(subject, render("alert.txt", views), render("alert.html", views))


def compose_link_only(id: str, nature: str, page: str, answer: str, language: str) -> Message:
    """For who is outside China: that something waits for them, where, and nothing of the company's data."""
    speeches = [Speech(choice) for choice in languages_of(language)]
    subject = f"[Regwatch] {' / '.join(say('abroad', nature, id=id) for say in speeches)}"
    letters = [
        {
            "opening": say("abroad", nature, id=id),
            "lines": [say("abroad", "open", link=page) if page else say("abroad", "ask", id=id),
                      *([say("abroad", "answer", link=answer)] if answer else [])],
            "closing": say("abroad", "why"),
        }
        for say in speeches
    ]  # fmt: skip
    return Message(subject, render("notice.txt", {"letters": letters}), None)


def compose_address_notice(unreached: Sequence[tuple[str, str, str]], language: str) -> Message:
    """To the team: owners (owner, address, why) whose messages cannot be delivered."""
    lines = [{"owner": one_line(owner), "address": one_line(address), "why": one_line(why)}
             for owner, address, why in unreached]  # fmt: skip
    return _notice("address", "subject", lines, language)


def compose_overdue(step: str, alerts: Sequence[tuple[str, str, str, str, str]], language: str) -> Message:
    """To whom a step is for: alerts (date, owner, subject, id, link) that nobody answered (owner, deputy, team), whose
    answer asks for counsel (counsel), or that should be done by now (promised)."""
    lines = [
        {"date": date, "owner": one_line(owner), "subject": one_line(subject, 200), "id": id, "link": link}
        for date, owner, subject, id, link in alerts
    ]
    group, subject = (step, "subject") if step in ("counsel", "promised") else ("overdue", step)
    return _notice(group, subject, lines, language)


def compose_digest(name: str, items: Sequence[tuple[str, str, str]], end: str, language: str) -> Message:
    """Of a watch: what it found, as (day, Chinese words, English words), and how it ends."""
    lines: list[_Line] = [
        {"day": day, "words": {"zh": one_line(zh, 200), "en": one_line(en, 200)}} for day, zh, en in items
    ]
    return _notice("watch", "subject", lines, language, name=one_line(name, 60), end=end)


def compose_shift(
    transfer: str, said: Sequence[tuple[str, Mapping[str, str]]], datasets: Sequence[str], link: str, language: str
) -> Message:
    """To the owners of a transfer's datasets: its route has changed, or a filing no longer covers it; and the counts
    that are others now. ``said`` as (word of the group shift, its values)."""
    values = {"transfer": one_line(transfer, 60), "datasets": one_line(", ".join(datasets), 300), "link": link}
    speeches = [Speech(choice) for choice in languages_of(language)]
    letters = [
        {"opening": say("shift", "opening", **values), "lines": [_shift(word, given, say) for word, given in said],
         "closing": say("shift", "closing", **values).strip()}
        for say in speeches
    ]  # fmt: skip
    subject = " / ".join(say("shift", "subject", **values) for say in speeches)
    return Message(f"[Regwatch] {subject}", render("notice.txt", {"letters": letters}), None)


def _shift(word: str, given: Mapping[str, str], say: Speech) -> str:
    values = {key: one_line(value, 120) for key, value in given.items()}
    if word == "route":
        values = {key: say("route", route) for key, route in values.items()}
    if word == "count" and values["count"] in say.group("counted"):
        values["count"] = say("counted", values["count"])
    return say("shift", word, **values)


def compose_passed_on(subject: str, body: str, by: str, language: str) -> Message:
    """A message that somebody else got and that is now another's, word for word."""
    speeches = [Speech(choice) for choice in languages_of(language)]
    preface = "\n".join(say("notice", "reassigned", owner=one_line(by)) for say in speeches)
    return Message(one_line(subject, 200), f"{preface}\n\n{body}", None)


def _notice(group: str, subject: str, lines: Sequence[_Line], language: str, **values: str) -> Message:
    """A value of a line may be one for each language."""
    speeches = [Speech(choice) for choice in languages_of(language)]
    letters = [
        {"opening": say(group, "opening", **values),
         "lines": [say(group, "line", **_in(line, say)).strip() for line in lines],
         "closing": say(group, "closing", **values)}
        for say in speeches
    ]  # fmt: skip
    said = " / ".join(say(group, subject, n=len(lines), **values) for say in speeches)
    return Message(f"[Regwatch] {said}", render("notice.txt", {"letters": letters}), None)


def _in(line: _Line, say: Speech) -> dict[str, str]:
    return {key: value if isinstance(value, str) else value[say.language] for key, value in line.items()}


def _subject(letter: Letter, say: Speech) -> str:
    supplement = say("subject", "supplement") if letter.supplement else ""
    nature = say("subject", "held" if letter.held else letter.nature)
    return f"{say('subject', 'tag')} {nature}{supplement}{name_title(letter.story.new.title, 50)} {_gist(letter, say)}"


def _gist(letter: Letter, say: Speech) -> str:
    """The gravest change, how many there are, and how many datasets they touch."""
    top, datasets = letter.changes[0], len(letter.datasets)
    parts = []
    if top.figures:
        parts.append(f"{one_line(top.label, 20)} {top.figures[0][0]} → {top.figures[0][1]}".strip())
    else:
        parts.append(count_grades([change for change in letter.changes if change.grade == top.grade], say))
    if top.figures or any(change.grade != top.grade for change in letter.changes):
        parts.append(say("subject", "changes", n=len(letter.changes)))
    if letter.held:
        return say("label", "separator").join([*parts, say("subject", "waits", n=letter.held.owners)])
    whose = "unclaimed" if not datasets else "others" if letter.recipient.notice else "datasets"
    parts.append(say("subject", whose, n=datasets))
    return say("label", "separator").join(parts)


def _view(letter: Letter, say: Speech) -> dict[str, Any]:
    top = [change for change in letter.changes if change.grade not in LIGHT][:DETAILED] or letter.changes[:1]
    shown = {change.id for change in top}
    rest = [change for change in letter.changes if change.id not in shown]
    recipient = letter.recipient
    notices = [say("notice", "supplement")] if letter.supplement else []
    owner = one_line(letter.passed_on_by if recipient.notice == "reassigned" else recipient.name)
    notices += [say("notice", recipient.notice, owner=owner)] if recipient.notice else []
    notices += [say("notice", "held", **vars(letter.held))] if letter.held else []
    return {
        "language": say.language,
        "label": say.group("label"),
        "opening": _opening(letter, say),
        "notices": notices,
        "todo": todo_of(letter, say),
        "top": [_detail(change, letter, say) for change in top],
        "rest": [{"line": _short(change, letter, say)} for change in rest[:LISTED]],
        "beyond": say("folded", "beyond", n=len(rest) - LISTED) if len(rest) > LISTED else "",
        "folded": say("folded", "counts", n=len(rest), counts=count_grades(rest, say)) if rest else "",
        "datasets": [name_in_system(dataset, say) for dataset in letter.datasets.values()],
        "transfers": transfers_of(letter, say),
        "facts": [(say("label", label), value) for label, value in _facts(letter, say) if value],
        "dates": dates_of(letter, say),
        "answer": letter.answer,
        "acknowledge_label": say("label", "triage" if letter.held else "acknowledge"),
        "acknowledge": _command(letter, say),
    }


def _command(letter: Letter, say: Speech) -> str:
    """What to type; '' for an owner who has a link."""
    if letter.held:
        return say("acknowledge", "triage", id=letter.story.id)
    return "" if letter.answer else say("acknowledge", "command", id=letter.id)


def _comparison(letter: Letter) -> str:
    """Where both texts stand side by side: on the site, or else by a command."""
    story = letter.story
    if letter.site:
        return f"{letter.site}/event/{story.id}"
    return f"regwatch diff {story.old.id} {story.new.id}" if story.old else ""


def _opening(letter: Letter, say: Speech) -> str:
    story, changes, datasets = letter.story, len(letter.changes), len(letter.datasets)
    whose = "unclaimed" if not datasets else "others" if letter.recipient.notice else "yours"
    whose = "held" if letter.held else whose
    count = say("opening", whose, n=changes, datasets=datasets)
    kind = story.kind if story.kind != "new_version" or story.old else "first"
    old = name_edition(story.old, say) if story.old else ""
    about = say("label", "comma").join(name_title(title) for title in story.about)
    return say(
        "opening", kind, title=name_title(story.new.title), stage=name_stage(story.new, say), old=old, about=about,
        count=count,
    )  # fmt: skip


def _detail(change: Change, letter: Letter, say: Speech) -> dict[str, Any]:
    touched = [name_dataset(line.dataset_name, line.fields, say) for line in letter.claimed.get(change.id, ())]
    datasets = say("label", "separator").join(touched) if len(letter.datasets) > 1 else ""
    return {**_change(change, say), "datasets": datasets}


@lru_cache(10_000)  # one event is told to many owners in the same words
def _change(change: Change, say: Speech) -> dict[str, Any]:
    shown = [(marked_pair(one_line(old, 160), one_line(new, 160))) for old, new in change.passages[:PASSAGES]]
    return {
        "title": title_of(change, say),
        "figures": [(figure_of(old, say), figure_of(new, say)) for old, new in change.figures[:PASSAGES]],
        "passages": shown if change.kind not in ("added", "removed") else (),
        "quote": "" if shown and change.kind not in ("added", "removed") else change.quote,
    }


def _short(change: Change, letter: Letter, say: Speech) -> str:
    line = _gist_of(change, say)
    names = [one_line(line.dataset_name, 60) for line in letter.claimed.get(change.id, ())]
    return say("change", "touching", line=line, datasets=say("label", "comma").join(names)) if names else line


@lru_cache(10_000)
def _gist_of(change: Change, say: Speech) -> str:
    pairs = change.figures or change.passages
    words = " → ".join(one_line(side, 40) or say("label", "nothing") for side in pairs[0]) if pairs else ""
    words = words if words and change.kind not in ("added", "removed") else one_line(change.quote, 60)
    title = title_of(change, say)
    return say("change", "line", title=title, words=words) if words else title


def _facts(letter: Letter, say: Speech) -> list[tuple[str, str]]:
    story, reviewed = letter.story, sum(change.reviewed for change in letter.changes)
    state = "reviewed" if reviewed == len(letter.changes) else "partly" if reviewed else "extracted"
    source = [name_title(story.new.title), name_stage(story.new, say), one_line(story.new.doc_number)]
    source += [say("source", "version", id=story.new.id)] if story.new.id else []
    source += [say("source", "digest", digest=story.digest[:12])] if story.digest else []
    return [
        ("why", reason_of(letter, say)),
        ("source", say("label", "separator").join(part for part in source if part)),
        ("page", one_line(story.url, 500)),
        ("reading", say("reading", state, n=reviewed)),
        ("note", one_line(story.note, 300)),
        ("compare", _comparison(letter)),
        ("open", one_line(letter.link, 500)),
    ]
