"""What is rare on agency sites and breaks who counts on the usual: joint issues, late annexes, edits undone, old pages
under new dates, a publication on the list under an earlier day, a repeal, an answer before its rule.

Lives of its own rules, so that nothing else happens to them; each with its label, as in `incidents`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from crawlers.sample.timeline import Attachment
from replay_world.author import FINAL_COLUMNS, NAMES, TOPICS, Author, in_words
from replay_world.company import OWNERS, ROWS
from replay_world.plot import START, Spell
from replay_world.wording import GRADES, SUBJECTS, Article, Difference, Rule, differences, whole

PAIRS = (("试验车辆", "试验车队"), ("采集专员", "采集专区"), ("云端登记", "云端登录"), ("封存仓库", "封存库房"))
SUCCESSOR = "successor"


class Rarities(Author):
    pairs: list[tuple[str, str]]

    def rare(self) -> list[Callable[[], None]]:
        return [
            self._joint, self._late_annex, self._undone, self._backdated, self._repeal, self._corrected, self._early,
            self._withdrawn, self._near, self._again, self._republished, self._night, self._unchanged,
            self._back_changed, self._successor, self._clock, self._encoding, self._prolonged,
        ]  # fmt: skip

    # ── rules of their own ──────────────────────────────────────────────────────────────────────────────────────────

    def _fresh(self, name: str = "") -> Rule | None:
        """A rule that nothing else happens to; None when every matter is taken."""
        if not name and len(self.matters) <= self.works:
            return None
        name = name or f"{self.chance.choice(TOPICS)}{self.matters.pop()}示例{self.chance.choice(('规定', '办法'))}"
        return self.writer.rule(name, "2026年10月1日")

    def _drafted(self, room: int, name: str = "") -> tuple[Rule, Rule, dt.date] | None:
        """Draft and final of a new rule, the draft put up, and a day for the final with ``room`` days behind it."""
        last = self.days - room
        rule = self._fresh(name) if last > 12 else None
        if rule is None:
            return None
        day = START + dt.timedelta(self.chance.randint(2, max(3, last // 2)))
        self._say("draft", day, [self._draft(rule, day, "draft")], see="version", tell="team")
        final = START + dt.timedelta(self.chance.randint(max(4, (day - START).days + 5), last))
        return rule, self.writer.change(rule, self._kinds(3), "2026年12月1日"), final

    def _final(self, kind: str, pages: list[str], day: dt.date, draft: Rule, rule: Rule, first: dt.date) -> None:
        self._say(kind, day, pages, see="version", tell="owners", first=first,
                  differences=tuple(differences(draft, rule)))  # fmt: skip

    def _page(self, column: str, title: str, rule: Rule, day: dt.date, time: str = "") -> str:
        agency = column.partition("-")[0]
        lead = f"现将《{rule.name}》予以公布，请遵照执行。"
        page = self._put(agency, column, title, day, **self._body(agency, rule, ".final", lead, day, plain=True))
        if time:
            self.plot.pages[page] = self.plot.pages[page].model_copy(update={"time": time})
        return page

    def _joint(self) -> None:
        """Two agencies put one final up on one day, each under a title of its own."""
        if made := self._drafted(5):
            draft, rule, day = made
            one = self._page("miit-notices", f"{NAMES['miit']}等两部门关于印发《{rule.name}》的通知", rule, day)
            other = self._page("cac-regulations", f"两部门联合公布《{rule.name}》", rule, day)
            first = min(self.plot.first_seen("miit", day), self.plot.first_seen("cac", day))
            self._final("final of two agencies", [one, other], day, draft, rule, first)

    def _late_annex(self) -> None:
        """The notice is up days before the file that bears its rule."""
        if made := self._drafted(12):
            draft, rule, day = made
            title = f"{NAMES['miit']}关于印发《{rule.name}》的通知"
            page = self._put("miit", "miit-notices", title, day, paragraphs=(f"现将《{rule.name}》印发给你们。",))
            self._say("notice without its annex", day, [page], see="publication")
            later = day + dt.timedelta(self.chance.randint(1, 5))
            file = Attachment(name=f"{rule.name}.pdf", files=(f"{self._text(rule, '.final')}.pdf",))
            self._state(page, later, attachments=(file,))
            self._final("annex added later", [page], later, draft, rule, self.plot.first_seen("miit", later))

    def _backdated(self) -> None:
        """The list shows a final under a day on which it was not there yet."""
        if made := self._drafted(12):
            draft, rule, day = made
            column = self.chance.choice(FINAL_COLUMNS)
            page = self._page(column, rule.name, rule, day - dt.timedelta(self.chance.randint(1, 4)))
            self.plot.appears[page] = day
            self._final("backdated", [page], day, draft, rule, self.plot.first_seen(column.partition("-")[0], day))

    def _night(self) -> None:
        """Published at 23:59 in Beijing, when the run of that day is over."""
        if made := self._drafted(5):
            draft, rule, day = made
            column = self.chance.choice(FINAL_COLUMNS)
            page = self._page(column, rule.name, rule, day, "23:59")
            self.plot.appears[page] = day + dt.timedelta(1)
            first = self.plot.first_seen(column.partition("-")[0], day + dt.timedelta(1))
            self._final("published at 23:59", [page], day, draft, rule, first)

    def _near(self) -> None:
        """Two rules whose names differ in one character: neither is a version of the other."""
        if not self.pairs:
            return
        for word in self.pairs.pop():
            if made := self._drafted(5, f"汽车数据{word}示例规定"):
                draft, rule, day = made
                page = self._page("cac-regulations", rule.name, rule, day)
                self._final("final of a near name", [page], day, draft, rule, self.plot.first_seen("cac", day))

    def _unchanged(self) -> None:
        """A draft is adopted word for word: the team has to know that it is law."""
        if made := self._drafted(35):
            draft, _, day = made
            day = max(day, min(p.published for p in self.plot.pages.values() if draft.name in p.title)
                      + dt.timedelta(31))  # fmt: skip
            page = self._page("cac-regulations", draft.name, draft, day)
            self._say("adopted unchanged", day, [page], see="final", tell="team",
                      first=self.plot.first_seen("cac", day), said=draft.name)  # fmt: skip

    def _early(self) -> None:
        """An agency explains a rule that it puts up days later, and that had no draft."""
        if (rule := self._fresh()) and self.days > 16:
            day = START + dt.timedelta(self.chance.randint(3, self.days - 8))
            asked = self._explain(rule, day, "cac-releases")
            self._say("answers without a rule", day, [asked], see="publication")
            later = day + dt.timedelta(self.chance.randint(1, 4))
            page = self._page("cac-regulations", rule.name, rule, later)
            first = self.plot.first_seen("cac", later)
            self._say("rule after its answers", later, [page], see="version", tell="team", first=first)
            self._say("interpretation before its rule", later, [asked], see="interpretation", tell="team", first=first,
                      differences=self._answers(rule))  # fmt: skip

    def _explain(self, rule: Rule, day: dt.date, column: str, how: str = "政策问答") -> str:
        lines = [line for question, one in self._questions(rule) for line in (question, f"答：{one.words}")]
        agency = column.partition("-")[0]
        return self._put(agency, column, f"《{rule.name}》{how}", day, paragraphs=tuple(lines))

    def _questions(self, rule: Rule) -> list[tuple[str, Article]]:
        return [(f"{n}、{one.subject}怎样计算？", one) for n, one in zip("一二三四", rule.articles, strict=False)]

    def _answers(self, rule: Rule) -> tuple[Difference, ...]:
        return tuple(Difference("added", "", question, GRADES[one.slot], SUBJECTS[one.subject])
                     for question, one in self._questions(rule))  # fmt: skip

    def _withdrawn(self) -> None:
        """A draft is taken down, and a notice says that it is consulted on no more."""
        rule = self._fresh()
        if rule and self.days > 20:
            day = START + dt.timedelta(self.chance.randint(2, self.days - 14))
            page = self._draft(rule, day, "draft")
            self._say("draft", day, [page], see="version", tell="team")
            end, agency = day + dt.timedelta(self.chance.randint(4, 12)), page.partition(":")[0]
            column = {"miit": "miit-notices", "cac": "cac-releases"}[agency]
            title = f"关于终止《{rule.name}（征求意见稿）》公开征求意见工作的公告"
            note = self._put(agency, column, title, end, paragraphs=("经研究，决定终止有关征求意见工作。",))
            self.plot.spells.append(Spell(agency, end, self.plot.end + dt.timedelta(1), "gone", page))
            self._say("draft withdrawn", end, [page], see="gone", first=end)
            about = Difference("modified", "", "", "deadline", "")
            self._say("notice of withdrawal", end, [note], see="withdrawal", tell="team", differences=(about,))

    def _prolonged(self) -> None:
        """A notice of its own moves the last day for comments; the draft's page goes on naming the old one."""
        rule = self._fresh()
        if rule and self.days > 30:
            day = START + dt.timedelta(self.chance.randint(2, self.days - 24))
            page = self._draft(rule, day, "draft")
            self._say("draft", day, [page], see="version", tell="team")
            closes, told = self.plot.pages[page].deadline, day + dt.timedelta(self.chance.randint(8, 20))
            assert closes
            later, agency = closes + dt.timedelta(self.chance.randint(7, 30)), page.partition(":")[0]
            column = {"miit": "miit-notices", "cac": "cac-releases"}[agency]
            title = f"关于延长《{rule.name}（征求意见稿）》公开征求意见时间的公告"
            words = f"意见反馈截止日期由{in_words(closes)}延长至{in_words(later)}。"
            notice = self._put(agency, column, title, told, paragraphs=(words,))
            self._say("comments extended by notice", told, [notice], see="deadline", tell="team",
                      said=later.isoformat())  # fmt: skip

    # ── what happens to rules in force ──────────────────────────────────────────────────────────────────────────────

    def _repeal(self) -> None:
        """A decision ends a rule: its owners have to know, although no word of it changes."""
        if taken := self._take():
            page, rule, day = taken
            agency = page.partition(":")[0]
            column = {"miit": "miit-notices", "cac": "cac-regulations", "nda": "nda-policies"}[agency]
            title = f"{NAMES[agency]}关于废止《{rule.name}》的决定"
            words = (f"经研究，决定废止《{rule.name}》。", "本决定自公布之日起施行。")
            decision = self._put(agency, column, title, day, paragraphs=words)
            self._say("repealed", day, [decision], see="repeal", tell="owners", differences=whole(rule, "repeals"))

    def _corrected(self) -> None:
        """A notice corrects a number of one article; the page of the rule stands as it was."""
        if taken := self._take():
            page, rule, day = taken
            numbers, before = {key: number for number, _, key in rule.numbered}, {one.key: one for one in rule.articles}
            for one in self.writer.change(rule, ["deadline"]).articles:
                was, number = before[one.key], numbers[one.key]
                if was.value == one.value:
                    continue
                agency = page.partition(":")[0]
                column = {"miit": "miit-notices", "cac": "cac-releases", "nda": "nda-notices"}[agency]
                words = ("经核对，现对有关内容更正如下：", f"{number}中的“{was.value}”更正为“{one.value}”。")
                notice = self._put(agency, column, f"关于更正《{rule.name}》有关内容的公告", day, paragraphs=words)
                about = Difference("modified", number, number, "deadline", SUBJECTS[one.subject])
                self._say("corrected by notice", day, [notice], see="amendment", tell="owners", differences=(about,))
            self._give_back(page, rule, day)

    def _undone(self) -> None:
        """An edit is seen, taken back, and made again: three edits, each told. Not while its host is in
        trouble: what is undone before anybody can look is no edit."""
        if taken := self._take():
            page, rule, day = taken
            changed = self.writer.change(rule, ["deadline", "threshold"])
            for how, old, new in (("made", rule, changed), ("undone", changed, rule), ("made again", rule, changed)):
                day = self.plot.first_seen(page.partition(":")[0], day, page)
                if day >= self.plot.end or not (found := tuple(differences(old, new))):
                    break
                self._rewrite(page, new, day)
                self._say(f"edit {how}", day, [page], see="edit", tell="owners", differences=found)
                day += dt.timedelta(self.chance.randint(2, 4))
            self._give_back(page, new, day)

    def _back_changed(self) -> None:
        """A page vanishes and comes back with other words."""
        if taken := self._take():
            page, rule, day = taken
            back = day + dt.timedelta(self.chance.randint(2, 5))
            changed = self.writer.change(rule, ["threshold", "deadline"])
            if found := tuple(differences(rule, changed)):
                self.plot.spells.append(Spell(page.partition(":")[0], day, back, "gone", page))
                self._rewrite(page, changed, back)
                self._say("gone", day, [page], see="gone", first=day)
                self._say("back with an edit", back, [page], see="edit", tell="owners", differences=found)
            self._give_back(page, changed, back)

    def _encoding(self) -> None:
        """A page is served in another encoding from a day on, and says so."""

        def turn(page: str, day: dt.date) -> None:
            end = self.plot.end + dt.timedelta(1)
            self.plot.spells.append(Spell(page.partition(":")[0], day, end, "gb18030", page))

        self._quiet("other encoding", turn)

    def _again(self) -> None:
        """The same text is put up again in another column of its agency, under a key and day of its own."""
        if taken := self._take():
            page, rule, day = taken
            agency = page.partition(":")[0]
            column = {"miit": "miit-cybersecurity", "cac": "cac-releases", "nda": "nda-notices"}[agency]
            self._say("put up again", day, [self._page(column, rule.name, rule, day)])
            self._give_back(page, rule, day)

    def _republished(self) -> None:
        """Fifty old pages of one column get the day of their republishing; CAC's addresses hold it."""
        if any(event.kind == "old pages under a new day" for event in self.plot.events):
            return
        day = self._day(0.3, 0.9)
        before = day - dt.timedelta(2)
        old = [id for id, page in self.plot.pages.items() if page.agency == "cac" and page.published < before
               and not page.deadline and not page.text and id not in self.plot.states]  # fmt: skip
        busy = {page for event in self.plot.events for page in event.pages}
        old = sorted(set(old) - busy, key=lambda id: self.plot.pages[id].published)[:50]
        for id in old:
            self.plot.states[id] = [(day, {"published": day})]
        if old:
            self._say("old pages under a new day", day, old)

    # ── the company and its machine ─────────────────────────────────────────────────────────────────────────────────

    def _successor(self) -> None:
        """A dataset goes to another owner: what comes from then on is theirs to know."""
        if not self.plot.handovers:
            day = self._day(0.4, 0.7)
            dataset = self.chance.choice([row[0] for row in ROWS if row[3] in OWNERS])
            self.plot.handovers.append((day, dataset, SUCCESSOR))
            self._say("owner left", day, ["cac:"], see="outcome", first=day)

    def _clock(self) -> None:
        """The machine's clock is wrong for one run, on a day on which nothing else is."""
        busy = {day for event in self.plot.events for day in (event.day, event.first)}
        day = self._day(0.2, 0.9)
        if day not in busy and day + dt.timedelta(1) < self.plot.end:
            self.plot.clock[day] = self.chance.choice([-40, -3, 30])
            self._say("clock wrong", day, ["cac:"], see="outcome", first=day)
