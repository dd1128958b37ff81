"""Data items that an article lists: 重要数据是指…，包括：（一）…；（二）…. Each entry is one kind of data.

Only a lead that says which kind of data it lists is read so; a list of duties, cases or criteria gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.items.conditions import read_rule
from kb.model import DataItem, Provision

_KIND = r"[\u4e00-\u9fff]{0,10}?(?:数据|个人信息|地理信息)"
_LEADS = (
    # 重要数据是指…的数据，包括： / 敏感个人信息主要包括：
    re.compile(rf"^(?:本(?:法|条例|规定|办法|细则|规则)所称的?)?(?P<kind>(?!前款|前述|上述|本[办规条]){_KIND})(?:，?(?:是|系)?指[^；]*?，)?(?:主要|一般)?包括(?:但不限于)?[^，。；：]{{0,10}}：$"),
    # never criteria: 符合下列条件之一的数据为重要数据：
    # 下列数据属于重要数据： / 以下数据应当认定为重要数据：
    re.compile(r"(?:下列|以下)(?!条件|情形|标准|要求)[^，。；：]{0,8}(?:数据|信息)(?:应当|可以)?(?:属于|为|视为|认定为|识别为|列为|列入|纳入)"
               r"(?P<kind>(?:重要|核心|敏感|一般)数据|敏感个人信息)[^，。；：]{0,10}：$"),
)  # fmt: skip
_FEWEST = 2  # entries


def read_listed_items(provisions: Sequence[Provision]) -> Iterator[DataItem]:
    """The entries under such leads, in order: ``category`` is the kind, ``name`` and ``rule`` the entry's words.

    ``ordinal`` is left 0: the caller counts them among the items of tables.
    """
    under: dict[str, list[Provision]] = {}
    for provision in provisions:
        if provision.parent and provision.number:
            under.setdefault(provision.parent, []).append(provision)
    for provision in provisions:
        entries, kind = under.get(provision.eid, []), _kind(provision)
        if kind and len(entries) >= _FEWEST and all(entry.heading or entry.text for entry in entries):
            for entry in entries:
                yield _item(entry, kind)


def _kind(provision: Provision) -> str:
    """The kind of data that a provision's last paragraph announces a list of; '' if it announces none."""
    lead = (provision.text or provision.heading).rsplit("\n", 1)[-1]
    sentence = lead[lead.rstrip("：").rfind("。") + 1 :]
    return next((found["kind"] for pattern in _LEADS if (found := pattern.search(sentence))), "")


def _item(entry: Provision, kind: str) -> DataItem:
    words = "".join((entry.heading + entry.text).split())
    rule = words.rstrip("；;。")
    return DataItem(
        ordinal=0, number=entry.number, scenario="", subscenario="", category=kind, name=rule, description="",
        rule=rule, conditions=read_rule(rule), provision=entry.eid, start=entry.start, end=entry.end, page=entry.page,
    )  # fmt: skip
