"""Transfer (出境场景): what leaves China, from whom to whom, why and how, with the fields it carries. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mappings.exposure.entities import Answer

# sent: 传输至境外; accessed_from_abroad: stored in China and queried from abroad; processed_abroad: 个人信息保护法
# 第三条第二款; none: nothing leaves. The three acts are those of the filing guide, third edition, 一（二）; people of a
# foreign organisation who open data within China export nothing (数据出境安全管理政策问答（2025年10月）第5问).
Method = Literal["sent", "accessed_from_abroad", "processed_abroad", "none", "unknown"]
METHODS: tuple[Method, ...] = ("sent", "accessed_from_abroad", "processed_abroad", "none", "unknown")


@dataclass(frozen=True)
class Carried:
    """A field of a dataset of the catalog; ``field`` is empty for the whole dataset."""

    dataset: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.dataset}/{self.field}" if self.field else self.dataset


@dataclass(frozen=True)
class ListedItem:
    """A row of the table of the filing guide, third edition, annex 4 二（二）3.

    数据项名称, 内容描述, 出境必要性, 示例, 备注; 序号 is its place.
    """

    name: str
    content: str = ""
    necessity: str = ""
    example: str = ""
    remark: str = ""


@dataclass(frozen=True)
class ImportantStatus:
    """What an authority, a catalogue or the company itself says of these data, and since when.

    ``status``: notified, published, in_filed_catalogue, self_identified, disputed or none (nobody has said so).
    """

    status: str
    authority: str
    date: str
    expires: str | None = None


@dataclass(frozen=True)
class Transfer:
    """``automotive``: are these automotive data (设计、生产、销售、使用、运维); None is unknown. ``sector`` and
    ``list_scenario`` are those of a free-trade zone's list. ``listed_as``: data items of the guide, by name, where the
    company has placed its data itself; otherwise accepted links say which they are. ``storage`` and
    ``retention_months``: where abroad the data are kept, and how long."""

    id: str
    entity: str | None
    scenario: str = ""
    recipient: str = ""
    country: str = ""
    purpose: str = ""
    method: Method = "unknown"
    automotive: bool | None = None
    sector: str | None = None
    list_scenario: str | None = None
    carries: tuple[Carried, ...] = ()
    listed_as: tuple[str, ...] = ()
    important: tuple[ImportantStatus, ...] = ()
    answers: tuple[Answer, ...] = ()
    volumes: tuple[Answer, ...] = ()
    items: tuple[ListedItem, ...] = ()
    proposed: bool = False
    storage: str = ""
    retention_months: float | None = None

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(carried.dataset for carried in self.carries))
