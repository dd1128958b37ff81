"""Lays the events of a number of months over days, from a seed, and says of each what must come of it.

An event is what an agency does (or its site); its label is what a careful reader would have to see, and who would have
to be told, had they looked on the first day on which it could be seen. Written before anything is run.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crawlers.sample.timeline import Attachment, Column, Edit, Page, load_timeline
from replay_world.wording import Difference, Rule, Writer, differences

START = dt.date(2025, 1, 6)
FOREIGN = 120  # days before START from which the lists are filled
TOPICS = ("汽车数据", "车联网", "智能网联汽车", "个人信息", "重要数据", "网络数据安全")
MATTERS = (
    "留存", "脱敏", "标注工作", "定期抽查", "移交", "采集设备", "访问记录", "调取程序", "共享目录", "封存", "登记簿", "核验",
    "分级", "异地备份", "道路试验", "维修门店", "充电场站", "租赁车辆", "报废回收", "应急演练", "培训考核", "供应商", "拍摄点位", "存储介质",
    "接口", "日志", "车主告知", "未成年人", "测绘任务", "远程升级", "密码应用", "保险理赔", "停车场", "出租汽车", "货运车队", "竞赛活动",
    "科研合作", "展会样车", "二手车", "售后热线", "客服录音", "座椅", "轮胎", "雨刮", "钥匙", "后视镜", "拖车", "加氢站",
)  # fmt: skip
AMBIENT = ("第{n}期示例讲座", "水泵能效示例公告（第{n}批）", "网络文明示例活动（第{n}场）", "示例设备目录（第{n}批）", "青年读书示例活动（第{n}期）")
DRAFT_COLUMNS = ("miit-consultations", "cac-consultations")
FINAL_COLUMNS = ("miit-notices", "miit-cybersecurity", "cac-regulations", "nda-policies")
EDITS = ("threshold", "deadline", "editorial", "substantive", "threshold", "deadline", "inserted")
HOSTILE = ("script", "garbage", "deep", "huge", "redirect", "charset", "bomb")
NAMES = {"miit": "工业和信息化部", "cac": "国家互联网信息办公室", "nda": "国家数据局"}


@dataclass(frozen=True)
class Event:
    """``see`` is what must be found: version, edit, publication, annex… or nothing; ``pages``: any of them bears it.

    ``first`` is the first day on which it can be seen. ``tell``: owners, team or nobody.
    """

    kind: str
    day: dt.date
    pages: tuple[str, ...]
    see: str = "nothing"
    tell: str = "nobody"
    differences: tuple[Difference, ...] = ()
    first: dt.date = START
    said: str = ""  # the title, deadline or state that must be on record

    @property
    def agency(self) -> str:
        return self.pages[0].partition(":")[0]


@dataclass(frozen=True)
class Spell:
    """A time in which a host (``page`` empty), or one page, answers ``how``: until, not including, ``end``."""

    agency: str
    start: dt.date
    end: dt.date
    how: str
    page: str = ""

    def holds(self, day: dt.date) -> bool:
        return self.start <= day < self.end


@dataclass
class Plot:
    """Pages as they are first put up, later states of them by day, spells, and every event with its label."""

    seed: int
    end: dt.date
    pages: dict[str, Page] = field(default_factory=dict)
    states: dict[str, list[tuple[dt.date, dict[str, Any]]]] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    texts: dict[str, Rule] = field(default_factory=dict)  # name of a file → the rule it holds
    columns: dict[str, Column] = field(default_factory=lambda: dict(load_timeline().columns))

    def page_on(self, id: str, day: dt.date) -> Page:
        """The page as it stands on a day."""
        page = self.pages[id]
        for since, fields in self.states.get(id, ()):
            if since <= day:
                page = page.model_copy(update=fields)
        return page

    def first_seen(self, agency: str, day: dt.date, page: str = "") -> dt.date:
        """The first day from ``day`` on that is not under a spell which hides the page."""
        while any(s.holds(day) and s.agency == agency and s.page in ("", page) for s in self.spells):
            day += dt.timedelta(1)
        return day


def make_plot(seed: int, months: int, events: int | None = None) -> Plot:
    """``events`` is how many at least (20 a month if None); background notices are not counted."""
    return _Author(seed, months, events or 20 * months).write()


@dataclass
class _Author:
    seed: int
    months: int
    wanted: int

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.writer = Writer(random.Random(self.seed + 1))
        self.plot = Plot(self.seed, START + dt.timedelta(round(30.44 * self.months)))
        self.matters = self.chance.sample(MATTERS, len(MATTERS))
        self.days = (self.plot.end - START).days
        self.count = 0
        self.adopted: list[tuple[str, Rule, dt.date]] = []  # page of a rule in force, its text, free for edits from

    def write(self) -> Plot:
        works = max(3, min(self.wanted // 10, len(self.matters)))
        self._background()
        self._blocks(max(1, self.wanted // 35))
        for number in range(works):
            self._life(number, history=number % 4 == 0)
        quiet: list[Callable[[], None]] = [
            self._edit, self._stamp, self._edit, self._retitle, self._hostile, self._edit, self._gone, self._interpretation,
            self._edit, self._script, self._edit, self._challenge, self._extension, self._edit, self._move, self._notice,
            self._edit, self._retypeset,
        ]  # fmt: skip
        for turn in range(10 * self.wanted):
            if len(self.plot.events) >= self.wanted:
                break
            quiet[turn % len(quiet)]()
        self.plot.events.sort(key=lambda event: (event.day, event.pages, event.kind))
        return self.plot

    # ── putting things up ───────────────────────────────────────────────────────────────────────────────────────────

    def _put(self, agency: str, column: str, title: str, day: dt.date, **more: Any) -> str:
        self.count += 1
        id = f"{agency}:{self.seed}-{self.count}"
        columns = (column, *more.pop("also", ()))
        self.plot.pages[id] = Page(id=id, columns=columns, title=title, published=day, source=NAMES[agency],
                                   time=f"{9 + self.count % 9:02}:{self.count % 60:02}", **more)  # fmt: skip
        return id

    def _state(self, page: str, day: dt.date, **fields: Any) -> None:
        """From ``day`` on; half of the time the site's own stamp tells so."""
        if self.chance.random() < 0.5:
            was = self.plot.page_on(page, day)
            fields["regenerated"] = (*was.regenerated, day)
        self.plot.states.setdefault(page, []).append((day, fields))
        self.plot.states[page].sort(key=lambda state: state[0])

    def _say(self, kind: str, day: dt.date, pages: Iterable[str], **more: Any) -> None:
        pages = tuple(pages)
        agency = pages[0].partition(":")[0]
        first = more.pop("first", None) or self.plot.first_seen(agency, day, pages[0])
        self.plot.events.append(Event(kind, day, pages, first=first, **more))

    def _day(self, low: float = 0.02, high: float = 0.9) -> dt.date:
        return START + dt.timedelta(round(self.days * self.chance.uniform(low, high)))

    # ── the lives of rules ──────────────────────────────────────────────────────────────────────────────────────────

    def _life(self, number: int, history: bool) -> None:
        """Draft, sometimes a second one, final; a rule of ``history`` was in force before the first crawl."""
        name = f"{self.chance.choice(TOPICS)}{self.matters[number]}示例{self.chance.choice(('规定', '办法'))}"
        rule = self.writer.rule(name, "2026年10月1日")
        if history:
            day = START - dt.timedelta(self.chance.randint(40, FOREIGN - 10))
            page = self._adopt(rule, day)
            self._say("history", START, [page], see="version")
            return
        day = self._day(0.03, 0.55)
        page = self._draft(rule, day, "draft")
        self._say("draft", day, [page], see="version")
        room = (self.plot.end - day).days
        if self.chance.random() < 0.3 and room > 40:
            later, day = rule, day + dt.timedelta(self.chance.randint(room // 5, room // 3))
            rule = self.writer.change(rule, self._kinds(3))
            page = self._draft(rule, day, "second")
            self._say("second draft", day, [page], see="version", tell="team",
                      differences=tuple(differences(later, rule)))  # fmt: skip
        if self.chance.random() < 0.15:
            return  # still a draft at the end
        room = (self.plot.end - day).days
        draft, day = rule, day + dt.timedelta(self.chance.randint(max(3, room // 4), max(4, room * 2 // 3)))
        changed = self.writer.change(rule, self._kinds(4), "2026年12月1日")
        if self.chance.random() < 0.15:  # the kind of instrument changes on the way, as it does in life
            changed = Rule(name.replace("规定", "办法") if "规定" in name else name.replace("办法", "规定"),
                           changed.articles, changed.effective)  # fmt: skip
        page = self._adopt(changed, day)
        pages = [page]
        if self.chance.random() < 0.35:
            pages.append(self._copy(page, changed, day + dt.timedelta(self.chance.randint(1, 4))))
        self._say("final", day, pages, see="version", tell="owners", differences=tuple(differences(draft, changed)))

    def _kinds(self, most: int) -> list[str]:
        kinds = ["removed", "threshold", "deadline", "substantive", "editorial", "added"]
        chosen = self.chance.sample(kinds, self.chance.randint(2, most))
        return sorted(chosen, key=kinds.index)  # what is gone goes first

    def _text(self, rule: Rule, stage: str) -> str:
        name = f"rule-{len(self.plot.texts)}{stage}"
        self.plot.texts[name] = rule
        return name

    def _draft(self, rule: Rule, day: dt.date, stage: str) -> str:
        column = self.chance.choice(DRAFT_COLUMNS)
        agency = column[:4].strip("-")
        again = "再次" if stage == "second" else ""
        title = f"关于{again}公开征求《{rule.name}（征求意见稿）》意见的通知"
        close = day + dt.timedelta(30)
        lead = f"为演示征求意见环节，编写了《{rule.name}（征求意见稿）》，现{again}向社会公开征求意见。请于{_words(close)}前反馈。"
        return self._put(agency, column, title, day, deadline=close, **self._body(agency, rule, f".{stage}", lead, day))

    def _adopt(self, rule: Rule, day: dt.date) -> str:
        column = self.chance.choice(FINAL_COLUMNS)
        agency = column[:4].strip("-")
        title = rule.name if agency == "cac" else f"{NAMES[agency]}关于印发《{rule.name}》的通知"
        lead = f"现将《{rule.name}》印发给你们，请遵照执行。" if agency != "cac" else f"《{rule.name}》已经审议通过，现予公布。"
        also = ("nda-notices",) if column == "nda-policies" and self.chance.random() < 0.6 else ()
        page = self._put(agency, column, title, day, also=also, **self._body(agency, rule, ".final", lead, day))
        if also:
            self._say("two columns", max(day, START), [page])
        self.adopted.append((page, rule, max(day, START) + dt.timedelta(8)))
        return page

    def _copy(self, page: str, rule: Rule, day: dt.date) -> str:
        """The same text on another agency's site."""
        agency = "cac" if not page.startswith("cac") else "nda"
        column = {"cac": "cac-regulations", "nda": "nda-policies"}[agency]
        lead = f"《{rule.name}》已由{NAMES[page.partition(':')[0]]}公布，全文如下。"
        copy = self._put(agency, column, rule.name, day, **self._body(agency, rule, ".final", lead, day, plain=True))
        self._say("copy elsewhere", day, [copy])
        return copy

    def _body(self, agency: str, rule: Rule, stage: str, lead: str, day: dt.date, plain: bool = False) -> dict[str, Any]:
        name = self._text(rule, stage)
        sign = (f"{NAMES[agency]}（示例）", _words(day))
        if agency == "miit" and not plain and self.chance.random() < 0.6:
            marker = "（征求意见稿）" if stage != ".final" else ""
            file = Attachment(name=f"{rule.name}{marker}.pdf", files=(f"{name}.pdf",))
            return {"paragraphs": (lead,), "attachments": (file,), "sign_off": sign}
        if agency == "miit":
            marker = ("（征求意见稿）",) if stage != ".final" else ()
            return {"paragraphs": (lead, rule.name, *marker, *rule.lines), "sign_off": sign}
        return {"paragraphs": (lead,), "text": name, "sign_off": sign}

    # ── what happens to pages that stand ────────────────────────────────────────────────────────────────────────────

    def _take(self) -> tuple[str, Rule, dt.date] | None:
        """A rule in force with room for one more event, and a day for it that no spell is near to."""
        self.chance.shuffle(self.adopted)
        for place, (page, rule, free) in enumerate(self.adopted):
            left = (self.plot.end - free).days - 4
            if left > 0:
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
        how = EDITS[len(self.plot.events) % len(EDITS)]
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
        if not (taken := self._take()):
            return
        page, rule, day = taken
        was = self.plot.page_on(page, day)
        if was.attachments:
            name = was.attachments[0].files[0].removesuffix(".pdf") + ".again.pdf"
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
            new = self.chance.choice([("</body>", f"<script>var v={day.toordinal()};</script></body>"),
                                      ("打印", "打印本页"), ("</head>", f"<meta name='v' content='{day}'></head>")])  # fmt: skip
            edit = Edit(day=day, old=new[0], new=new[1])
            self.plot.states.setdefault(page, []).append((day, {"edits": (*was.edits, edit)}))

        self._quiet("script or print bar", add)

    def _retitle(self) -> None:
        if taken := self._take():
            page, rule, day = taken
            title = f"关于印发《{rule.name}》的公告"
            self._state(page, day, title=title)
            self._say("retitled", day, [page], see="title", said=title)
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
        open_ = [id for id, page in self.plot.pages.items() if page.deadline and START < page.published
                 and page.deadline < self.plot.end and "（征求意见稿）" in page.title and id not in self.plot.states]  # fmt: skip
        if open_:
            id = self.chance.choice(sorted(open_))
            page = self.plot.pages[id]
            day = page.published + dt.timedelta(self.chance.randint(8, 20))
            assert page.deadline
            later = page.deadline + dt.timedelta(15)
            words = tuple(text.replace(_words(page.deadline), _words(later)) for text in page.paragraphs)
            self._state(id, day, deadline=later, paragraphs=words)
            self._say("comments extended", day, [id], see="deadline", said=later.isoformat())

    # ── other pages ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _interpretation(self) -> None:
        if not self.adopted:
            return
        page, rule, free = self.chance.choice(self.adopted)
        day = min(free + dt.timedelta(self.chance.randint(0, 20)), self.plot.end - dt.timedelta(3))
        agency, column = self.chance.choice([("cac", "cac-releases"), ("nda", "nda-interpretations")])
        title = f"《{rule.name}》{self.chance.choice(('政策问答', '解读', '答记者问'))}"
        lines = [f"{n}、{one.subject}怎样计算？" if side else f"答：{one.words}" for n, one in
                 zip("一二三四", rule.articles, strict=False) for side in (1, 0)]  # fmt: skip
        id = self._put(agency, column, title, day, paragraphs=tuple(lines))
        self._say("interpretation", day, [id], see="publication")

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
        hows = ("403", "521", "challenge", "503", "redesign")
        for number in range(count):
            agency = ("miit", "cac", "nda")[number % 3]
            low = (number + 0.3) / count
            start = START + dt.timedelta(max(2, round(self.days * (low + 0.4 * self.chance.random() / count))))
            end = start + dt.timedelta(self.chance.randint(1, 4))
            if end < self.plot.end:
                how = hows[number % len(hows)]
                self.plot.spells.append(Spell(agency, start, end, how))
                said = {"503": "failed", "redesign": "drifted empty"}.get(how, "blocked")
                self._say(f"host: {how}", start, [f"{agency}:"], see="outcome", said=said, first=start)
                self._say("host recovered", end, [f"{agency}:"], see="outcome", said="healthy", first=end)

    def _background(self) -> None:
        """What the lists are full of, of no interest: not counted as events, and nobody may hear of it."""
        for place, column in enumerate(self.plot.columns):
            agency = column.partition("-")[0]
            day, number = START - dt.timedelta(FOREIGN - place), 0
            while day < self.plot.end:
                number += 1
                title = AMBIENT[(number + place) % len(AMBIENT)].format(n=f"{number}{place}")
                self._put(agency, column, title, day, paragraphs=("本页只用来填满列表。",))
                day += dt.timedelta(14)


def _words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
