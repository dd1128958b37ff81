"""Rules of our own words, article by article, and the truth about two versions of one: which articles differ, and how.

An article is a form with slots, about one subject; a version is a list of articles. A grade is known because the slot
that was changed is known, never by looking at the text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

# The subject of an article as its words name it → what it is about: a data type or a scope of the vocabulary.
SUBJECTS = {
    "车外影像": "exterior-imagery", "位置轨迹": "location-trajectory", "激光雷达点云": "point-cloud-radar",
    "高精地图": "map-road-geometry", "车辆识别代号": "vehicle-identifier", "车内音视频": "cabin-recording",
    "声纹": "biometric", "动力电池": "battery-state", "故障码": "vehicle-diagnostics", "数字证书": "keys-certificates",
    "充电桩": "charging-operation", "控制指令": "control-command", "车主身份": "personal-identity",
    "个人信息": "personal-information", "境外接收方所得资料": "every-export",
}  # fmt: skip
WHO = ("汽车企业", "示例平台", "车联网服务商", "零部件供应商", "出行企业", "测试机构")
DUTIES = (
    "取得书面同意",
    "开展示例评估",
    "完成内部审批",
    "发布说明文件",
    "告知使用目的",
    "指定专门岗位",
    "制作登记表",
    "签订保密协议",
)
PLACES = ("车内终端", "示例机房", "指定仓库", "封闭网络", "试验场", "专用服务器", "检修工位", "示例园区")
ACTS = ("移交", "调取", "复制", "转存", "标注", "比对", "公开展示", "批量下载")

# kind of slot → grade of a change of it; {n} is a count, {d} a time, {w} words.
FORMS: tuple[tuple[str, str], ...] = (
    ("{who}处理{n}万人以上{s}的，应当指定示例负责人，并公布其联系方式。", "n"),
    ("{who}向其他单位{act}{s}，单次超过{n}万台车辆的，应当事先{duty}。", "n"),
    ("{s}在{place}以外的保存期限不得超过{d}日。", "d"),
    ("有人请求更正{s}的，{who}应当在{d}个工作日内书面答复。", "d"),
    ("{s}发生泄露的，{who}应当在{d}小时内向示例部门报告，并保留现场记录。", "d"),
    ("{who}{act}{s}以前，应当{w}，并把结果记入示例台账。", "w"),
    ("{s}只能存放在{w}；确需移出的，由{who}{duty}。", "w"),
    ("{who}每年抽查{s}的比例不得低于百分之{n}，抽查人员不得参与{act}。", "n"),
    ("{act}{s}的操作记录，{who}至少保存{d}年。", "d"),
    ("违反规定{act}{s}的，由示例部门责令改正，可以处{n}万元以下罚款。", "n"),
)
COUNTS = (2, 3, 5, 8, 10, 15, 20, 30, 40, 50, 60, 80, 100)
TIMES = (2, 3, 5, 7, 10, 12, 15, 20, 24, 30, 45, 48, 60)
GRADES = {"n": "threshold", "d": "deadline", "w": "substantive"}
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Article:
    """``key`` stays with an article through all versions of a rule; ``twist`` is a change that means nothing."""

    key: int
    form: str
    slot: str
    subject: str
    value: int | str
    fixed: tuple[tuple[str, str], ...]
    twist: bool = False

    @property
    def words(self) -> str:
        text = self.form.format(**dict(self.fixed), **{self.slot: self.value}, s=self.subject)
        return text.replace("，应当", "应当", 1).replace("，并", "并", 1) if self.twist else text


@dataclass(frozen=True)
class Rule:
    """One version's text; ``effective`` is a day in words, and the last article."""

    name: str
    articles: tuple[Article, ...]
    effective: str

    @property
    def numbered(self) -> list[tuple[str, str, int]]:
        """(number as printed, words, key) of every article; the first and last are keys -1 and -2."""
        purpose = f"为了演示{self.name.removesuffix('规定').removesuffix('办法')}的写法，编写本规则，不具有任何效力。"
        rows = [(purpose, -1), *((one.words, one.key) for one in self.articles)]
        rows.append((f"本规则自{self.effective}起施行。", -2))
        return [(f"第{chinese(place)}条", words, key) for place, (words, key) in enumerate(rows, 1)]

    @property
    def lines(self) -> list[str]:
        return [f"{number}　{words}" for number, words, _ in self.numbered]


@dataclass(frozen=True)
class Difference:
    """One article that differs. Numbers as printed, '' where it is not; ``about`` is a data type, a scope or ''."""

    kind: str  # added | removed | modified
    old: str
    new: str
    grade: str
    about: str


@dataclass
class Writer:
    """Writes rules; every sentence of one rule differs from its others in more than a number."""

    chance: random.Random
    keys: int = 0
    used: set[tuple[str, str]] = field(default_factory=set)

    def article(self, subjects: list[str]) -> Article:
        pairs = [(form, subject) for form, _ in FORMS for subject in subjects if (form, subject) not in self.used]
        form, subject = self.chance.choice(pairs)
        self.used.add((form, subject))
        slot = dict(FORMS)[form]
        pick = self.chance.choice
        fixed = {"who": pick(WHO), "duty": pick(DUTIES), "place": pick(PLACES), "act": pick(ACTS)}
        self.keys += 1
        value = self._value(form, slot)
        return Article(self.keys, form, slot, subject, value, tuple(fixed.items()))

    def rule(self, name: str, effective: str) -> Rule:
        self.used = set()
        subjects = self.chance.sample(list(SUBJECTS), 4)
        return Rule(name, tuple(self.article(subjects) for _ in range(self.chance.randint(7, 13))), effective)

    def change(self, rule: Rule, kinds: list[str], effective: str = "") -> Rule:
        """The rule with these changes: a grade to change one article by, ``editorial``, ``added`` or ``removed``."""
        articles = list(rule.articles)
        touched: set[int] = set()
        for kind in kinds:
            if kind == "added":  # in nothing like an article gone: what became of which would be a matter of taste
                gone = [one for one in rule.articles if one.key not in {left.key for left in articles}]
                subjects = {one.subject for one in articles} - {one.subject for one in gone}
                if not subjects:
                    continue
                self.used = {(one.form, one.subject) for one in articles}
                self.used |= {(one.form, subject) for one in gone for subject in SUBJECTS}
                fresh = self.article(sorted(subjects))
                articles.insert(self.chance.randrange(len(articles) + 1), fresh)
                touched.add(fresh.key)
                continue
            fits = [
                place for place, one in enumerate(articles)
                if one.key not in touched
                and (kind in ("removed", GRADES[one.slot]) or (kind == "editorial" and "，应当" in one.words))
            ]  # fmt: skip
            if not fits:
                continue
            place = self.chance.choice(fits)
            touched.add(articles[place].key)
            if kind == "removed":
                del articles[place]
            elif kind == "editorial":
                articles[place] = replace(articles[place], twist=not articles[place].twist)
            else:
                one = articles[place]
                articles[place] = replace(one, value=self._value(one.form, one.slot, one.value))
        return Rule(rule.name, tuple(articles), effective or rule.effective)

    def _value(self, form: str, slot: str, old: int | str | None = None) -> int | str:
        words = PLACES if "存放在" in form else DUTIES
        choices: tuple[int | str, ...] = {"n": COUNTS, "d": TIMES, "w": words}[slot]
        return self.chance.choice([value for value in choices if value != old])


def differences(old: Rule, new: Rule) -> list[Difference]:
    """What a reader must be shown between two versions; renumbering is no difference."""
    was = {key: (number, words) for number, words, key in old.numbered}
    now = {key: (number, words) for number, words, key in new.numbered}
    by_key = {one.key: one for one in (*old.articles, *new.articles)}
    before = {one.key: one for one in old.articles}
    found = []
    for key in dict.fromkeys([*was, *now]):
        number, words = was.get(key, ("", ""))
        later, changed = now.get(key, ("", ""))
        if words == changed:
            continue
        about = SUBJECTS[by_key[key].subject] if key in by_key else ""
        kind = "removed" if not later else "modified" if number else "added"
        if kind != "modified":
            grade = "substantive"
        elif key < 0:
            grade = "deadline"
        else:
            one = by_key[key]
            grade = "editorial" if one.value == before[key].value else GRADES[one.slot]
        found.append(Difference(kind, number, later, grade, "" if grade == "editorial" else about))
    return found


def whole(rule: Rule, kind: str, grade: str = "substantive") -> tuple[Difference, ...]:
    """A change of the whole rule, for each thing that it is about."""
    subjects = {SUBJECTS[one.subject] for one in rule.articles}
    if "个人信息" in rule.name:  # its first article says that it is about that
        subjects.add("personal-information")
    return tuple(Difference(kind, "", "", grade, subject) for subject in sorted(subjects))


def chinese(number: int) -> str:
    """1–99 as an article number is printed."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")
