"""A month of pages that stand, labelled before anything is run: what truly changes on which day, what only seems to.

Twenty pages of three sample agencies in their own markup, their three lists and the PDF annexes, from a seed. True are
edits of the words, an annex exchanged under its address, a new title, a page taken down, a new notice in a list. All
else is noise: what is drawn around the words (`page_noise`), other bytes of the same annex, stamps, lists in another
order, hosts that refuse or answer with a challenge. Nothing true befalls an agency while its host is in trouble, so
that nobody can find a change on a day on which it cannot be seen.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from page_noise import ALWAYS, ONCE, Dressing
from replay_world.author import AMBIENT, MATTERS, NAMES, TOPICS, in_words
from replay_world.plot import START, Plot, Spell
from replay_world.wording import Rule, Writer, differences

from crawlers.sample.timeline import Attachment, Page, load_timeline

SOURCES = ("miit-notices", "cac-regulations", "nda-policies")
EDITS = ("threshold", "deadline", "substantive", "threshold", "editorial", "deadline", "added", "removed")
DIGITS = ("threshold", "deadline")
HOST_TROUBLE = ("challenge", "403", "503", "521")
REST = 3  # days between two events of one page
Place = tuple[str, int]  # a page, "annex of" a page or a source; the day counted from 0


@dataclass
class PageTimeline:
    """``true``: place → what changes there. ``noise``: (kind, place) of what happens on that day and is no change."""

    plot: Plot
    days: int
    watched: tuple[str, ...]
    true: dict[Place, str] = field(default_factory=dict)
    noise: list[tuple[str, Place]] = field(default_factory=list)
    dressings: dict[str, list[Dressing]] = field(default_factory=dict)  # page → what is drawn around its words
    reordered: set[tuple[str, int]] = field(default_factory=set)  # agency, day
    words: dict[Place, int] = field(default_factory=dict)  # how many characters a page with an edited number has
    echoes: dict[Place, Place] = field(default_factory=dict)  # where else a change shows → its own place

    @property
    def visits(self) -> int:
        return self.days * (len(self.watched) + len(self.annexes) + len(SOURCES))

    @property
    def annexes(self) -> list[str]:
        return [f"annex of {page}" for page in self.watched if self.plot.pages[page].attachments]

    def day(self, number: int) -> dt.date:
        return START + dt.timedelta(number)


def make_timeline(seed: int, days: int, pages: int) -> PageTimeline:
    return _Author(seed, days, pages).write()


class _Author:
    def __init__(self, seed: int, days: int, pages: int) -> None:
        self.chance, self.writer = random.Random(seed), Writer(random.Random(seed + 1))
        columns = {source: load_timeline().columns[source] for source in SOURCES}
        self.plot = Plot(seed, START + dt.timedelta(days - 1), columns=columns)
        self.line = PageTimeline(self.plot, days, ())
        self.pages, self.rules, self.count = pages, dict[str, Rule](), 0
        self.busy: set[Place] = set()  # page and day near to an event of it

    def write(self) -> PageTimeline:
        matters = self.chance.sample(MATTERS, len(MATTERS))
        for number in range(self.pages):
            self._adopt(SOURCES[number % 3], f"{TOPICS[number % len(TOPICS)]}{matters[number % len(matters)]}{number}")
        self._fill_lists()
        self.line.watched = tuple(self.rules)
        for number in range(max(1, self.line.days // 6)):
            self._host_trouble(number)
        wanted = max(6, self.line.days * self.pages // 11)
        gone = [("gone", self._take_last()) for _ in range(wanted // 18)]
        kinds = islice(cycle((*EDITS[:4], "annex", *EDITS[4:], "title", "annex", "notice")), wanted - len(gone))
        happen = [(kind, self._take(self._fitting(kind))) for kind in kinds]
        for kind, taken in sorted(((k, t) for k, t in (*gone, *happen) if t), key=lambda one: one[1][1]):
            self._happen(kind, *taken)
        for number in range(max(6, self.line.days * self.pages // 12)):
            self._seem(number)
        for place, (kind, agency) in enumerate(zip(ALWAYS, cycle(NAMES), strict=False)):
            for page in [page for page in self.rules if page.startswith(agency)][:: place % 2 + 2]:
                self.line.dressings.setdefault(page, []).append(Dressing(kind, 1))
                self.line.noise += [(kind, (page, day)) for day in range(1, self.line.days)]
        self.line.noise += [("stamp of the list", (SOURCES[0], day)) for day in range(1, self.line.days)]
        gone = {page: day for (page, day), kind in self.line.true.items() if kind == "gone"}
        broad = ("site: footer", "stamp of the list", *ALWAYS)  # told as the cause only where there is no other
        self.line.noise = sorted(
            ((kind, (page, day)) for kind, (page, day) in self.line.noise
             if day < min(self.line.days, gone.get(page, self.line.days))),
            key=lambda one: one[0] in broad,
        )  # fmt: skip
        return self.line

    # ── what stands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _put(self, source: str, title: str, day: dt.date, **more: Any) -> str:
        self.count += 1
        agency = source.partition("-")[0]
        id = f"{agency}:{self.count}"
        self.plot.pages[id] = Page(id=id, columns=(source,), title=title, published=day, source=NAMES[agency],
                                   time=f"{9 + self.count % 9:02}:{self.count % 60:02}", **more)  # fmt: skip
        return id

    def _adopt(self, source: str, matter: str) -> None:
        agency, day = source.partition("-")[0], START - dt.timedelta(self.chance.randint(10, 100))
        rule = self.writer.rule(f"{matter}示例办法", "2026年10月1日")
        name, sign = self._text(rule), (f"{NAMES[agency]}（示例）", in_words(day))
        lead = f"现将《{rule.name}》印发给你们，请遵照执行。"
        if agency != "miit":
            body: dict[str, Any] = {"paragraphs": (lead,), "text": name}
        elif self.count % 2:
            body = {"paragraphs": (lead, rule.name, *rule.lines)}
        else:
            body = {
                "paragraphs": (lead,),
                "attachments": (Attachment(name=f"{rule.name}.pdf", files=(f"{name}.pdf",)),),
            }
        self.rules[self._put(source, f"关于印发《{rule.name}》的通知", day, sign_off=sign, **body)] = rule

    def _text(self, rule: Rule) -> str:
        name = f"rule-{len(self.plot.texts)}"
        self.plot.texts[name] = rule
        return name

    def _fill_lists(self) -> None:
        for source in SOURCES:
            for number in range(6):
                title = AMBIENT[number % len(AMBIENT)].format(n=number)
                self._put(source, title, START - dt.timedelta(7 * number + 5), paragraphs=("本页只用来填满列表。",))

    # ── what happens ────────────────────────────────────────────────────────────────────────────────────────────────

    def _host_trouble(self, number: int) -> None:
        agency, how = list(NAMES)[number % 3], HOST_TROUBLE[number % 4]
        day, length = self.chance.randint(1, max(1, self.line.days - 3)), self.chance.randint(1, 2)
        self.plot.spells.append(Spell(agency, self.line.day(day), self.line.day(day + length), how))
        pages = [page for page in self.rules if page.startswith(agency)]
        shown = [*pages, *(f"annex of {page}" for page in self._with_annex() if page in pages), SOURCES[number % 3]]
        self.line.noise += [(f"host: {how}", (place, day + n)) for place in shown for n in range(length)]
        self.line.noise += [(f"host back after {how}", (place, day + length)) for place in shown]
        self.busy |= {(page, day + n) for page in (*pages, agency) for n in range(-1, length + 1)}

    def _take(self, fits: Iterable[str], first: int = 1) -> tuple[str, int] | None:
        """A page of these and a day on which nothing else befalls it or its host."""
        free = [(page, day) for page in fits for day in range(first, self.line.days) if (page, day) not in self.busy]
        if not free:
            return None
        page, day = self.chance.choice(free)
        self.busy |= {(page, day + n) for n in range(-REST, REST + 1)}
        return page, day

    def _with_annex(self) -> list[str]:
        return [page for page in self.rules if self.plot.pages[page].attachments]

    def _fitting(self, kind: str) -> list[str]:
        annexes = self._with_annex()
        if kind == "notice":
            return list(NAMES)
        return annexes if kind == "annex" else [page for page in self.rules if page not in annexes]

    def _take_last(self) -> tuple[str, int] | None:
        """A page that is taken down in the second half: nothing befalls it afterwards."""
        taken = self._take(self._fitting("gone"), self.line.days // 2)
        if taken:
            self.busy |= {(taken[0], day) for day in range(taken[1], self.line.days)}
        return taken

    def _happen(self, kind: str, page: str, day: int) -> None:
        if kind == "notice":
            source = next(source for source in SOURCES if source.startswith(page))
            title = f"关于召开{self.chance.choice(TOPICS)}示例工作会议的通知（{self.count}）"
            self._put(source, title, self.line.day(day), paragraphs=("会议定于下月召开，请按时参加。",))
            self.line.true[source, day] = kind
        elif kind == "gone":
            agency = page.partition(":")[0]
            self.plot.spells.append(Spell(agency, self.line.day(day), self.plot.end + dt.timedelta(1), kind, page))
            self.line.true[page, day] = kind
        elif kind == "title":
            self._state(page, day, title=f"关于公布《{self.rules[page].name}》的公告（{day}）")
            self.line.true[page, day] = kind
            self.line.echoes[self.plot.pages[page].columns[0], day] = page, day
        elif kind == "annex":
            self._edit(page, day, self.chance.choice(EDITS), annex=True)
        else:
            self._edit(page, day, kind, annex=False)

    def _edit(self, page: str, day: int, kind: str, *, annex: bool) -> None:
        changed = self.writer.change(self.rules[page], [kind])
        if not differences(self.rules[page], changed):
            return
        self.rules[page] = changed
        name, was = self._text(changed), self.plot.page_on(page, self.line.day(day))
        place = (f"annex of {page}" if annex else page, day)
        if annex:
            self._state(page, day, attachments=(was.attachments[0].model_copy(update={"files": (f"{name}.pdf",)}),))
        elif was.text:
            self._state(page, day, text=name)
        else:
            self._state(page, day, paragraphs=(*was.paragraphs[:2], *changed.lines))
        self.line.true[place] = f"annex: {kind}" if annex else kind
        if kind in DIGITS and not annex:
            self.line.words[place] = len("".join(changed.lines))

    def _state(self, page: str, day: int, **fields: Any) -> None:
        self.plot.states.setdefault(page, []).append((self.line.day(day), fields))
        self.plot.states[page].sort(key=lambda state: state[0])

    # ── what only seems to happen ───────────────────────────────────────────────────────────────────────────────────

    def _seem(self, number: int) -> None:
        kinds = (*ONCE, "stamp", "page: challenge", "list order", "annex set anew", "site: footer")
        kind = kinds[number % len(kinds)]
        fits: Mapping[str, Iterable[str]] = {
            "list order": NAMES, "site: footer": NAMES, "annex set anew": self._with_annex(),
        }  # fmt: skip
        if not (taken := self._take(fits.get(kind, self.rules))):
            return
        page, day = taken
        if kind == "stamp":
            was = self.plot.page_on(page, self.line.day(day))
            self._state(page, day, regenerated=(*was.regenerated, self.line.day(day)))
        elif kind == "page: challenge":
            agency = page.partition(":")[0]
            self.plot.spells.append(Spell(agency, self.line.day(day), self.line.day(day + 1), "challenge", page))
            self.line.noise.append(("page back after challenge", (page, day + 1)))
        elif kind == "annex set anew":
            page = self._set_anew(page, day)
        elif kind == "list order":
            self.line.reordered.add((page, day))
            page = next(source for source in SOURCES if source.startswith(page))
            self.line.noise.append(("list in order again", (page, day + 1)))
        elif kind == "site: footer":
            for one in [one for one in self.rules if one.startswith(page)]:
                self.line.dressings.setdefault(one, []).append(Dressing(kind, day))
                self.line.noise.append((kind, (one, day)))
            return
        else:
            self.line.dressings.setdefault(page, []).append(Dressing(kind, day))
        self.line.noise.append((kind, (page, day)))

    def _set_anew(self, page: str, day: int) -> str:
        """From a day on the annex has other bytes and the same words, until it is next edited."""
        was = self.plot.page_on(page, self.line.day(day)).attachments[0]
        again, plain = ".again.pdf", ".pdf"
        stem = was.files[0].removesuffix(plain).removesuffix(".again")
        name = stem + (plain if was.files[0].endswith(again) else again)
        self._state(page, day, attachments=(was.model_copy(update={"files": (name,)}),))
        return f"annex of {page}"
