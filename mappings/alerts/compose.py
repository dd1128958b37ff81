"""One message for one owner and one event: subject, plain text and HTML, in the owner's languages.

Pure: a story (what changed) and lines (which of the owner's datasets it touches) in, a message out. The gravest changes
stand on top, the rest is counted and listed at the end. Sending belongs to ``notify``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kb.clock import days_between
from mappings.alerts.evidence import GRADES, Change, Edition
from mappings.alerts.letter import Letter, Message, fields_of
from mappings.alerts.wording import one_line
from mappings.alerts.words import Speech, languages_of, render

DETAILED = 5  # changes shown in full; an owner reads one screen
LISTED = 100  # of the rest, one line each
PASSAGES = 3


def compose_alert(letter: Letter) -> Message:
    """Write the message. Its lines must name changes of its story."""
    languages = languages_of(letter.recipient.language)
    subject = _subject(letter, Speech(languages[0]))
    if len(languages) > 1:
        subject += f" / {_gist(letter, Speech(languages[1]))}"
    subject = one_line(subject, 200)
    views = {"subject": subject, "letters": [_view(letter, Speech(language)) for language in languages]}
    return Message(subject, render("alert.txt", views), render("alert.html", views))


def compose_address_notice(unreached: Sequence[tuple[str, str, str]], language: str) -> Message:
    """To the team: owners (owner, address, why) whose messages cannot be delivered."""
    speeches = [Speech(choice) for choice in languages_of(language)]
    subject = " / ".join(speech("address", "subject", n=len(unreached)) for speech in speeches)
    letters = [
        {
            "opening": speech("address", "opening"),
            "lines": [
                speech("address", "line", owner=one_line(owner), address=one_line(address), why=one_line(why))
                for owner, address, why in unreached
            ],
            "closing": speech("address", "closing"),
        }
        for speech in speeches
    ]
    return Message(f"[Regwatch] {subject}", render("addresses.txt", {"letters": letters}), None)


def _subject(letter: Letter, say: Speech) -> str:
    supplement = say("subject", "supplement") if letter.supplement else ""
    return f"{say('subject', 'tag')} {supplement}{_named(letter.story.new.title, 50)} {_gist(letter, say)}"


def _gist(letter: Letter, say: Speech) -> str:
    """The gravest change, how many there are, and how many datasets they touch."""
    top, datasets = letter.changes[0], len(letter.datasets)
    figure = f"{one_line(top.label, 20)} {top.figures[0][0]} → {top.figures[0][1]}".strip() if top.figures else ""
    whose = "unclaimed" if not datasets else "others" if letter.recipient.notice else "datasets"
    parts = [
        figure or _counts([change for change in letter.changes if change.grade == top.grade], say),
        say("subject", "changes", n=len(letter.changes)),
        say("subject", whose, n=datasets),
    ]
    return say("label", "separator").join(parts)


def _counts(changes: Sequence[Change], say: Speech) -> str:
    counted = Counter(change.grade for change in changes)
    grades = [grade for grade in GRADES if counted[grade]]
    return say("label", "comma").join(
        say("subject", "count", grade=say("grade", grade), n=counted[grade]) for grade in grades
    )


def _view(letter: Letter, say: Speech) -> dict[str, Any]:
    top, rest = letter.changes[:DETAILED], letter.changes[DETAILED:]
    recipient = letter.recipient
    notices = [say("notice", "supplement")] if letter.supplement else []
    notices += [say("notice", recipient.notice, owner=one_line(recipient.name))] if recipient.notice else []
    return {
        "language": say.language,
        "label": say.group("label"),
        "opening": _opening(letter, say),
        "notices": notices,
        "top": [_detail(change, letter, say) for change in top],
        "rest": [{"line": _short(change, letter, say)} for change in rest[:LISTED]],
        "beyond": say("folded", "beyond", n=len(rest) - LISTED) if len(rest) > LISTED else "",
        "folded": say("folded", "counts", n=len(rest), counts=_counts(rest, say)) if rest else "",
        "datasets": [_dataset(*dataset, say) for dataset in letter.datasets.values()],
        "facts": [(say("label", label), value) for label, value in _facts(letter, say) if value],
        "acknowledge": say("acknowledge", "command", id=letter.id),
    }


def _opening(letter: Letter, say: Speech) -> str:
    story, changes, datasets = letter.story, len(letter.changes), len(letter.datasets)
    whose = "unclaimed" if not datasets else "others" if letter.recipient.notice else "yours"
    count = say("opening", whose, n=changes, datasets=datasets)
    kind = "edit" if story.kind == "edit" else "new_version" if story.old else "first"
    old = _dated(story.old, say) if story.old else ""
    return say("opening", kind, title=_named(story.new.title), stage=_stage(story.new, say), old=old, count=count)


def _detail(change: Change, letter: Letter, say: Speech) -> dict[str, Any]:
    shown = [(one_line(old, 160), one_line(new, 160)) for old, new in change.passages[:PASSAGES]]
    touched = [_dataset(line.dataset_name, line.fields, say) for line in letter.claimed.get(change.id, ())]
    return {
        "title": _title(change, say),
        "figures": change.figures[:PASSAGES],
        "passages": shown if change.kind not in ("added", "removed") else (),
        "quote": "" if shown and change.kind not in ("added", "removed") else one_line(change.quote),
        "datasets": say("label", "separator").join(touched) if len(letter.datasets) > 1 else "",
    }


def _short(change: Change, letter: Letter, say: Speech) -> str:
    pairs = change.figures or change.passages
    words = " → ".join(one_line(side, 40) or say("label", "nothing") for side in pairs[0]) if pairs else ""
    words = words if words and change.kind not in ("added", "removed") else one_line(change.quote, 60)
    title = _title(change, say)
    line = say("change", "line", title=title, words=words) if words else title
    names = [one_line(line.dataset_name, 60) for line in letter.claimed.get(change.id, ())]
    return say("change", "touching", line=line, datasets=say("label", "comma").join(names)) if names else line


def _title(change: Change, say: Speech) -> str:
    return say(
        "change", "title", grade=say("grade", change.grade), kind=say("kind", change.kind), place=_place(change, say)
    )


def _place(change: Change, say: Speech) -> str:
    moved = change.old_place and change.new_place and change.old_place != change.new_place
    place = f"{change.old_place} → {change.new_place}" if moved else change.place
    if change.subject == "data_item":
        place = say("place", "item", number=one_line(place, 60), label=one_line(change.label, 60))
    return (place or say("place", "text")) + (say("place", "page", n=change.page) if change.page else "")


def _facts(letter: Letter, say: Speech) -> list[tuple[str, str]]:
    story, reviewed = letter.story, sum(change.reviewed for change in letter.changes)
    state = "reviewed" if reviewed == len(letter.changes) else "partly" if reviewed else "extracted"
    source = [_named(story.new.title), _stage(story.new, say), one_line(story.new.doc_number)]
    source += [say("source", "version", id=story.new.id)] if story.new.id else []
    source += [say("source", "digest", digest=story.digest[:12])] if story.digest else []
    return [
        ("why", _why(letter, say)),
        ("dates", _dates(letter, say)),
        ("source", say("label", "separator").join(part for part in source if part)),
        ("page", one_line(story.url, 500)),
        ("reading", say("reading", state, n=reviewed)),
        ("note", one_line(story.note, 300)),
        ("compare", f"regwatch diff {story.old.id} {story.new.id}" if story.old else ""),
        ("open", one_line(letter.link, 500)),
    ]


def _why(letter: Letter, say: Speech) -> str:
    top = letter.changes[0]
    where = {"source": _named(letter.story.new.title, 60), "place": _place(top, say)}
    if not (lines := letter.claimed.get(top.id)):
        return say("why", "unclaimed", **where)
    impact = lines[0].impacts[0]
    fields = fields_of(other for other in lines[0].impacts if other.data_type == impact.data_type)
    return say(
        "why", "data_type" if impact.through == impact.data_type else "scope", **where,
        whose=say("whose", letter.recipient.notice or "owner", owner=one_line(letter.recipient.name)),
        dataset=_dataset(lines[0].dataset_name, fields, say),
        type=letter.type_names.get(impact.data_type, {}).get(say.language, impact.data_type),
        scope=say("scope", impact.through) if impact.through in say.group("scope") else impact.through,
    )  # fmt: skip


def _dates(letter: Letter, say: Speech) -> str:
    story = letter.story
    said = [("published", story.new.published), ("effective", story.new.effective)]
    parts = [say("dates", key, date=date) for key, date in said if date]
    if closes := story.new.comments_close:
        left = days_between(letter.today, closes) if len(closes) == 10 else -1
        ending = say("dates", "left", n=left) if left >= 0 else ""
        parts.append(say("dates", "comments_close", date=closes) + ending)
    parts.append(say("dates", "observed", date=story.occurred_at[:10]))
    return say("label", "separator").join(parts)


def _dataset(name: str, fields: Sequence[str], say: Speech) -> str:
    name = one_line(name, 80)
    return say("change", "dataset", dataset=name, fields=_listed(fields, say)) if fields else name


def _listed(names: Sequence[str], say: Speech, limit: int = 8) -> str:
    shown = [one_line(name, 60) for name in names[:limit]]
    return say("label", "comma").join(shown) + (f" … (+{len(names) - limit})" if len(names) > limit else "")


def _named(title: str, limit: int = 100) -> str:
    title = one_line(title, limit)
    return title if "《" in title else f"《{title}》"


def _stage(edition: Edition, say: Speech) -> str:
    return say("stage", edition.stage) if edition.stage in say.group("stage") else edition.stage


def _dated(edition: Edition, say: Speech) -> str:
    stage = _stage(edition, say)
    return say("opening", "dated", stage=stage, date=edition.published) if edition.published else stage
