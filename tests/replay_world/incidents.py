"""What happens to pages that stand, what else agencies put up, and what befalls their hosts.

Edits in place, annexes exchanged, stamps, scripts, new titles, moved and missing pages, interpretations, notices,
hostile pages, blocks: each with its label.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from crawlers.sample.timeline import Attachment, Edit, Page
from replay_world.author import TOPICS, in_words
from replay_world.plot import START, Plot, Spell
from replay_world.rarities import PAIRS, Rarities
from replay_world.wording import Rule, differences, whole

EDITS = ("threshold", "deadline", "editorial", "substantive", "threshold", "deadline", "inserted")
HOSTS = ("403", "521", "challenge", "503", "redesign", "429", "maintenance", "articles")
PUT_OFF = 15  # days
HOSTILE = ("script", "garbage", "deep", "huge", "redirect", "charset", "bomb")


def make_plot(seed: int, months: int, events: int | None = None) -> Plot:
    """``events`` is how many at least (20 a month if None); background notices are not counted."""
    return Incidents(seed, months, events or 20 * months).write()


class Incidents(Rarities):
    def write(self) -> Plot:
        self._background()
        self._blocks(max(1, self.wanted // 30))
        self.pairs = self.chance.sample(PAIRS, len(PAIRS))
        for number in range(self.works):
            self._life(number, history=number % 4 == 0)
        quiet: list[Callable[[], None]] = [
            self._edit, self._stamp, self._edit, self._retitle, self._hostile, self._edit, self._gone,
            self._interpretation, self._edit, self._script, self._edit, self._challenge, self._extension,
            self._edit, self._move, self._notice, self._edit, self._retypeset, self._put_off,
        ]  # fmt: skip
        rare = self.rare()
        self.chance.shuffle(rare)
        for turn in range(10 * self.wanted):
            if len(self.plot.events) >= self.wanted:
                break
            (rare[turn // 2 % len(rare)] if turn % 2 else quiet[turn // 2 % len(quiet)])()
        self.plot.events.sort(key=lambda event: (event.day, event.pages, event.kind))
        return self.plot

    def _take(self, *, annex: bool = False) -> tuple[str, Rule, dt.date] | None:
        """A rule in force, perhaps one in an ``annex``, with room for one more event, and a day for it that no spell is
        near to."""
        self.chance.shuffle(self.adopted)
        for place, (page, rule, free) in enumerate(self.adopted):
            left = (self.plot.end - free).days - 4
            if left > 0 and (self.plot.pages[page].attachments or not annex):
                day = free + dt.timedelta(self.chance.randint(0, min(left, 20)))
                agency = page.partition(":")[0]
                if any(s.start - dt.timedelta(2) <= day < s.end and s.agency == agency for s in self.plot.spells):
                    continue
                del self.adopted[place]
                return page, rule, day
        return None

    def _give_back(self, page: str, rule: Rule, day: dt.date) -> None:
        self.adopted.append((page, rule, day + dt.timedelta(8)))

    def _edit(self) -> None:
        """Words of a rule in force change on its page, or in its annex under the same address; nobody says so."""
        if not (taken := self._take()):
            return
        page, rule, day = taken
        how = EDITS[sum("edit: " in event.kind for event in self.plot.events) % len(EDITS)]
        changed = self.writer.change(rule, ["added"] if how == "inserted" else [how])
        if found := tuple(differences(rule, changed)):
            self._rewrite(page, changed, day)
            annex = "annex " if self.plot.pages[page].attachments else ""
            tell = "team" if how == "editorial" else "owners"
            self._say(f"{annex}edit: {how}", day, [page], see="edit", tell=tell, differences=found)
        self._give_back(page, changed, day)

    def _rewrite(self, page: str, rule: Rule, day: dt.date) -> None:
        was = self.plot.page_on(page, day)
        name = self._text(rule, ".edit")
        if was.attachments:
            self._state(page, day, attachments=(was.attachments[0].model_copy(update={"files": (f"{name}.pdf",)}),))
        elif was.text:
            self._state(page, day, text=name)
        else:
            self._state(page, day, paragraphs=(*was.paragraphs[:2], *rule.lines))

    def _retypeset(self) -> None:
        """The annex is made anew: other bytes, the same words."""
        if not (taken := self._take(annex=True)):
            return
        page, rule, day = taken
        was = self.plot.page_on(page, day)
        name = was.attachments[0].files[0].removesuffix(".pdf").removesuffix(".again") + ".again.pdf"
        self._state(page, day, attachments=(was.attachments[0].model_copy(update={"files": (name,)}),))
        self._say("annex set anew", day, [page])
        self._give_back(page, rule, day)

    def _quiet(self, kind: str, change: Callable[[str, dt.date], None]) -> None:
        if taken := self._take():
            page, rule, day = taken
            change(page, day)
            self._say(kind, day, [page])
            self._give_back(page, rule, day)

    def _stamp(self) -> None:
        def renew(page: str, day: dt.date) -> None:
            was = self.plot.page_on(page, day)
            self.plot.states.setdefault(page, []).append((day, {"regenerated": (*was.regenerated, day)}))

        self._quiet("stamp", renew)

    def _script(self) -> None:
        """A script is added, or the print bar is worded anew."""

        def add(page: str, day: dt.date) -> None:
            was = self.plot.page_on(page, day)
            body = ("</body>", f"<script>var v={day.toordinal()};</script></body>")
            head = ("</head>", f"<meta name='v' content='{day}'></head>")
            old, new = self.chance.choice([body, ("打印", "打印本页"), head])
            edit = Edit(day=day, old=old, new=new)
            self.plot.states.setdefault(page, []).append((day, {"edits": (*was.edits, edit)}))

        self._quiet("script or print bar", add)

    def _retitle(self) -> None:
        if taken := self._take():
            page, rule, day = taken
            was = self.plot.page_on(page, day).title
            title = f"关于印发《{rule.name}》的{'通知' if was.endswith('公告') else '公告'}"
            self._state(page, day, title=title)
            self._say("retitled", day, [page], see="title", tell="team", said=title)
            self._give_back(page, rule, day)

    def _move(self) -> None:
        """A page goes to another column of its agency, with its address where the site builds it from the column."""
        if taken := self._take():
            page, rule, day = taken
            was, others = self.plot.page_on(page, day), {
                "miit": ("miit-notices", "miit-cybersecurity"), "cac": ("cac-regulations", "cac-releases"),
                "nda": ("nda-policies", "nda-notices"),
            }[page.partition(":")[0]]  # fmt: skip
            target = others[1] if was.columns[0] == others[0] else others[0]
            self._state(page, day, columns=(target,))
            self._say("moved to another column", day, [page])
            self._give_back(page, rule, day)

    def _gone(self) -> None:
        """A page is taken down; some come back. Removed is not repealed."""
        if taken := self._take():
            page, rule, day = taken
            back = day + dt.timedelta(self.chance.randint(3, 6))
            self.plot.spells.append(Spell(page.partition(":")[0], day, back, "gone", page))
            self._say("gone", day, [page], see="gone", first=day)
            self._say("back", back, [page])
            self._give_back(page, rule, back)

    def _challenge(self) -> None:
        """One page answers with a challenge for some days, or with an error."""
        if taken := self._take():
            page, rule, day = taken
            end = day + dt.timedelta(self.chance.randint(1, 3))
            how = self.chance.choice(["challenge", "error"])
            self.plot.spells.append(Spell(page.partition(":")[0], day, end, how, page))
            self._say("a page in trouble", day, [page], first=day)
            self._give_back(page, rule, end)

    def _extension(self) -> None:
        """The day until which comments are taken is put off, on the page and in the list."""
        open_ = [id for id, page in self.plot.pages.items() if self._may_extend(id, page)]
        if open_:
            id = self.chance.choice(sorted(open_))
            page = self.plot.pages[id]
            day = page.published + dt.timedelta(self.chance.randint(8, 20))
            assert page.deadline
            later = page.deadline + dt.timedelta(PUT_OFF)
            words = tuple(text.replace(in_words(page.deadline), in_words(later)) for text in page.paragraphs)
            self._state(id, day, deadline=later, paragraphs=words)
            self._say("comments extended", day, [id], see="deadline", tell="team", said=later.isoformat())

    def _put_off(self) -> None:
        """A notice moves the day on which a rule takes effect; the rule's own page goes on naming the old one."""
        if taken := self._take():
            page, rule, day = taken
            agency = page.partition(":")[0]
            column = {"miit": "miit-notices", "cac": "cac-releases", "nda": "nda-notices"}[agency]
            new = in_words(dt.date(2027, 1, 1) + dt.timedelta(self.count))
            words = f"经研究，现将《{rule.name}》的施行日期由{rule.effective}调整为{new}。"
            notice = self._put(agency, column, f"关于调整《{rule.name}》施行日期的公告", day, paragraphs=(words,))
            self._say("day of effect moved", day, [notice], see="effect", tell="owners",
                      differences=whole(rule, "modified", "deadline"))  # fmt: skip
            self._give_back(page, rule, day)

    def _may_extend(self, id: str, page: Page) -> bool:
        """A draft that stands, was not withdrawn, and is not adopted before its new day."""
        if not page.deadline or "（征求意见稿）" not in page.title or id in self.plot.states:
            return False
        if any(spell.page == id for spell in self.plot.spells):
            return False
        name = page.title.partition("《")[2].partition("（")[0]
        later = page.deadline + dt.timedelta(PUT_OFF)
        adopted = (other.published for other in self.plot.pages.values() if other is not page and name in other.title)
        new = page.published > START and page.deadline < self.plot.end
        return new and not any(page.published < day <= later for day in adopted)

    # ── other pages ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _interpretation(self) -> None:
        if not self.adopted:
            return
        _, rule, free = self.chance.choice(self.adopted)
        day = min(free + dt.timedelta(self.chance.randint(0, 20)), self.plot.end - dt.timedelta(3))
        column = self.chance.choice(["cac-releases", "nda-interpretations"])
        id = self._explain(rule, day, column, self.chance.choice(("政策问答", "解读", "答记者问")))
        self._say("interpretation", day, [id], see="interpretation", tell="team", differences=self._answers(rule))

    def _notice(self) -> None:
        """A notice on a topic that holds no rule."""
        day = self._day()
        agency, column = self.chance.choice([("miit", "miit-notices"), ("cac", "cac-releases"), ("nda", "nda-notices")])
        title = f"关于召开{self.chance.choice(TOPICS)}示例工作会议的通知（{self.count}）"
        id = self._put(agency, column, title, day, paragraphs=("会议定于下月召开，请按时参加。", "联系人：示例处。"))
        self._say("notice", day, [id], see="publication")

    def _hostile(self) -> None:
        day = self._day()
        how = HOSTILE[len([e for e in self.plot.events if e.kind.startswith("hostile")]) % len(HOSTILE)]
        agency, column = self.chance.choice([("miit", "miit-notices"), ("cac", "cac-releases"), ("nda", "nda-notices")])
        title = f"关于{self.chance.choice(TOPICS)}示例征文的通知（{self.count}）"
        if how == "script":
            title += "<script>alert(1)</script><img src=x onerror=alert(2)>"
        more: dict[str, Any] = {}
        if how == "bomb" and agency != "nda":
            more["attachments"] = (Attachment(name="示例材料.zip", files=("bomb.zip",)),)
        id = self._put(agency, column, title, day, paragraphs=("本页用来检验读者。",), **more)
        if how not in ("script", "bomb"):
            self.plot.spells.append(Spell(agency, day, self.plot.end + dt.timedelta(1), how, id))
        first = self.plot.first_seen(agency, day)  # its own spell never ends, and does not hide it from the list
        self._say(f"hostile: {how}", day, [id], see="publication", first=first)

    def _blocks(self, count: int) -> None:
        """Hosts that refuse for some days, and lists that look otherwise for some days."""
        hows = self.chance.sample(HOSTS, len(HOSTS))
        for number in range(count):
            agency = ("miit", "cac", "nda")[number % 3]
            low = (number + 0.3) / count
            start = START + dt.timedelta(max(2, round(self.days * (low + 0.4 * self.chance.random() / count))))
            end = start + dt.timedelta(self.chance.randint(1, 4))
            if end < self.plot.end:
                how = hows[number % len(hows)]
                self.plot.spells.append(Spell(agency, start, end, how))
                self._say(f"host: {how}", start, [f"{agency}:"], see="outcome", first=start)
                self._say("host recovered", end, [f"{agency}:"], see="outcome", first=end)
