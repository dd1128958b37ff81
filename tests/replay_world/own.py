"""Events of your own, declared in YAML beside those of a seed: what an agency does, and what has to come of it.

    - id: mine                    # put a page up
      day: 2025-02-03
      column: cac-consultations
      title: 关于《停车场示例规定（征求意见稿）》公开征求意见的通知
      lines: [停车场示例规定, （征求意见稿）, 第一条　…, 第二条　车外影像的保存期限不得超过三十日。, 第三条　…]
      see: version
    - id: mine                    # later: other words on it
      day: 2025-02-20
      replace: {三十日: 六十日}
      see: edit
      tell: owners
      changes: [{kind: modified, old: 第二条, new: 第二条, grade: deadline, about: exterior-imagery}]
    - id: mine                    # later: another title, columns, day on the list (and in CAC's address), annex
      day: 2025-02-24
      published: 2025-02-24
      annex: {name: 甲规定.docx, lines: [甲规定, 第一条　…], rows: [[序号, 数据项, 判定规则], ["1", …, …]]}
    - id: mine                    # later: nothing until a day
      day: 2025-03-01
      gone_until: 2025-03-05
      see: gone
    - host: cac                   # an agency's host: 403, 429, 503, 521, challenge, maintenance, redesign, articles
      day: 2025-03-10
      answers: "503"
      gone_until: 2025-03-12

``see``: version (its changes, if any, are against the version before), edit, interpretation, repeal, amendment,
override, withdrawal, effect, final, gone, publication, title, deadline (``said`` is the new one; both of a page with a
rule, told to the team), or nothing; ``tell``: owners, team or nobody; ``about``: a data type of `company.ROWS`,
personal-information, every-export, or nothing of a dataset's; ``also``: ids of pages of which any may show it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field

from crawlers.sample.timeline import Attachment, Page
from kb.declarations import Declaration, load_declaration
from kb.errors import DeclarationError
from replay_world.author import NAMES
from replay_world.own_annex import OwnAnnex
from replay_world.plot import START, Event, Plot, Spell
from replay_world.wording import Difference

OWN = Path(__file__).with_name("own.yml")


class OwnChange(Declaration):
    kind: Literal["added", "removed", "modified", "split", "merged"] = "modified"
    old: str = ""
    new: str = ""
    grade: Literal["threshold", "deadline", "substantive", "editorial"] = "substantive"
    about: str = ""


class OwnEvent(Declaration):
    day: dt.date
    id: str = ""
    host: Literal["miit", "cac", "nda", ""] = ""
    answers: str = ""
    gone_until: dt.date | None = None
    column: str = ""
    columns: tuple[str, ...] = ()
    title: str = ""
    lines: tuple[str, ...] = ()
    replace: dict[str, str] = Field(default_factory=dict)
    annex: OwnAnnex | None = None
    without_annex: bool = False  # the page shows its file no more
    published: dt.date | None = None
    until: dt.date | None = None  # the last day for comments
    see: Literal[
        "version", "edit", "interpretation", "repeal", "amendment", "override", "withdrawal", "effect", "final",
        "gone", "publication", "title", "deadline", "nothing",
    ] = "nothing"  # fmt: skip
    tell: Literal["owners", "team", "nobody"] = "nobody"
    said: str = ""
    also: tuple[str, ...] = ()  # other pages that may be the one on which this is seen
    changes: tuple[OwnChange, ...] = ()


class OwnEvents(Declaration):
    events: tuple[OwnEvent, ...]


def add_own(plot: Plot, path: Path) -> None:
    """Lay the events of a file over a plot. Raises DeclarationError with the event that does not fit."""
    for number, own in enumerate(load_declaration(path, OwnEvents).events, 1):
        try:
            _add(plot, own)
        except (KeyError, ValueError) as error:
            raise DeclarationError(f"{path}: event {number}: {error}") from error
    plot.events.sort(key=lambda event: (event.day, event.pages, event.kind))


def _add(plot: Plot, own: OwnEvent) -> None:
    if not START <= own.day <= plot.end:
        raise ValueError(f"{own.day} is not within {START} and {plot.end}")
    if own.host:
        end = own.gone_until or own.day + dt.timedelta(1)
        plot.spells.append(Spell(own.host, own.day, end, own.answers))
        for day in (own.day, end):
            plot.events.append(Event(f"own: {own.answers}", day, (f"{own.host}:",), see="outcome", first=day))
        return
    page = _page_of(plot, own.id)
    if not page:
        page = _put(plot, own)
    elif own.gone_until:
        plot.spells.append(Spell(page.partition(":")[0], own.day, own.gone_until, "gone", page))
    else:
        _change(plot, page, own)
    first = own.day if own.see == "gone" else plot.first_seen(page.partition(":")[0], own.day, page)
    found = tuple(Difference(one.kind, one.old, one.new, one.grade, one.about) for one in own.changes)
    others = tuple(_page_of(plot, id) for id in own.also)
    if "" in others:
        raise ValueError(f"also: no page of the id {own.also[others.index('')]}")
    plot.events.append(Event(f"own: {own.see}", own.day, (page, *others), own.see, own.tell, found, first, own.said))


def _page_of(plot: Plot, id: str) -> str:
    """The page of an own event; '' as long as it is not put up."""
    return next((page for page in plot.pages if page.endswith(f":{id}")), "")


def _put(plot: Plot, own: OwnEvent) -> str:
    columns = own.columns or (own.column,)
    for column in columns:
        if column not in plot.columns:
            raise ValueError(f"no column {column or '(none)'}: {', '.join(plot.columns)}")
    agency = columns[0].partition("-")[0]
    page = f"{agency}:{own.id}"
    plot.pages[page] = Page(id=page, columns=columns, title=own.title, published=own.published or own.day,
                            deadline=own.until, source=NAMES[agency], paragraphs=own.lines,
                            attachments=_attached(plot, own, own.annex))  # fmt: skip
    plot.appears[page] = own.day
    return page


def _attached(plot: Plot, own: OwnEvent, annex: OwnAnnex | None) -> tuple[Attachment, ...]:
    if annex is None:
        return ()
    file = f"{own.id}-{len(plot.files)}{annex.suffix}"
    plot.files[file] = annex
    return (Attachment(name=annex.name, files=(file,)),)


def _change(plot: Plot, page: str, own: OwnEvent) -> None:
    was = plot.page_on(page, own.day)
    told = {"title": own.title, "columns": own.columns, "deadline": own.until, "published": own.published}
    fields: dict[str, object] = {name: value for name, value in told.items() if value}
    lines = own.lines or was.paragraphs
    kept = () if own.without_annex else was.attachments
    annex = own.annex or next((plot.files[name] for one in kept for name in one.files), None)
    for old, new in own.replace.items():
        if not any(old in line for line in lines) and not (annex and annex.says(old)):
            raise ValueError(f"{own.id} does not say {old} on {own.day}")
        lines = tuple(line.replace(old, new) for line in lines)
        annex = annex and annex.replaced(old, new)
    fields |= {"paragraphs": lines, "attachments": _attached(plot, own, annex)}
    plot.states.setdefault(page, []).append((own.day, fields))
    plot.states[page].sort(key=lambda state: state[0])
