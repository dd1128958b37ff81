"""Lays the lives of rules over days, from a seed: drafts, second drafts, finals, copies; fills the lists.

What happens to pages that stand, and what else is put up, is `incidents`.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crawlers.sample.timeline import Attachment, Page
from replay_world.plot import START, Event, Plot
from replay_world.wording import Rule, Writer, differences

FOREIGN = 120  # days before START from which the lists are filled
TOPICS = ("汽车数据", "车联网", "智能网联汽车", "个人信息", "重要数据", "网络数据安全")
MATTERS = tuple(
    re.findall(
        r"\S+",
        "留存 脱敏 标注工作 定期抽查 移交 采集设备 访问记录 调取程序 共享目录 封存 登记簿 核验 "
        "分级 异地备份 道路试验 维修门店 充电场站 租赁车辆 报废回收 应急演练 培训考核 供应商 拍摄点位 存储介质 "
        "接口 日志 车主告知 未成年人 测绘任务 远程升级 密码应用 保险理赔 停车场 出租汽车 货运车队 竞赛活动 "
        "科研合作 展会样车 二手车 售后热线 客服录音 座椅 轮胎 雨刮 钥匙 后视镜 拖车 加氢站 ",
    )
)
AMBIENT = (
    "第{n}期示例讲座",
    "水泵能效示例公告（第{n}批）",
    "网络文明示例活动（第{n}场）",
    "示例设备目录（第{n}批）",
    "青年读书示例活动（第{n}期）",
)
DRAFT_COLUMNS = ("miit-consultations", "cac-consultations")
FINAL_COLUMNS = ("miit-notices", "miit-cybersecurity", "cac-regulations", "nda-policies")
NAMES = {"miit": "工业和信息化部", "cac": "国家互联网信息办公室", "nda": "国家数据局"}


@dataclass
class Author:
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
        self.works = max(3, min(self.wanted // 10, len(self.matters) - 18))  # the rest is left to `rarities`
        self.adopted: list[tuple[str, Rule, dt.date]] = []  # page of a rule in force, its text, free for edits from

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
        self._say("draft", day, [page], see="version", tell="team")
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
        first = min(self.plot.first_seen(id.partition(":")[0], self.plot.pages[id].published, id) for id in pages)
        self._say("final", day, pages, see="version", tell="owners", first=first,
                  differences=tuple(differences(draft, changed)))  # fmt: skip

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
        lead = f"为演示征求意见环节，编写了《{rule.name}（征求意见稿）》，现{again}向社会公开征求意见。"
        lead += f"请于{in_words(close)}前反馈。"
        return self._put(agency, column, title, day, deadline=close, **self._body(agency, rule, f".{stage}", lead, day))

    def _adopt(self, rule: Rule, day: dt.date) -> str:
        column = self.chance.choice(FINAL_COLUMNS)
        agency = column[:4].strip("-")
        title = rule.name if agency == "cac" else f"{NAMES[agency]}关于印发《{rule.name}》的通知"
        lead = (
            f"现将《{rule.name}》印发给你们，请遵照执行。"
            if agency != "cac"
            else f"《{rule.name}》已经审议通过，现予公布。"
        )
        also = ("nda-notices",) if column == "nda-policies" and self.chance.random() < 0.6 else ()
        page = self._put(agency, column, title, day, also=also, **self._body(agency, rule, ".final", lead, day))
        if agency == "cac" and self.chance.random() < 0.25:
            self.plot.split.add(page)
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

    def _body(
        self, agency: str, rule: Rule, stage: str, lead: str, day: dt.date, plain: bool = False
    ) -> dict[str, Any]:
        name = self._text(rule, stage)
        sign = (f"{NAMES[agency]}（示例）", in_words(day))
        if agency == "miit" and not plain and self.chance.random() < 0.6:
            marker = "（征求意见稿）" if stage != ".final" else ""
            file = Attachment(name=f"{rule.name}{marker}.pdf", files=(f"{name}.pdf",))
            return {"paragraphs": (lead,), "attachments": (file,), "sign_off": sign}
        if agency == "miit":
            marker = ("（征求意见稿）",) if stage != ".final" else ()
            return {"paragraphs": (lead, rule.name, *marker, *rule.lines), "sign_off": sign}
        return {"paragraphs": (lead,), "text": name, "sign_off": sign}

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


def in_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
