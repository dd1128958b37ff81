"""Texts of the project's own in the form of Chinese law, 示例, and documents made of them."""

from __future__ import annotations

from pathlib import Path

from kb.model import Block, Document, Provision, Status
from kb.structure.provisions import read_provisions

SHARED = Path(__file__).resolve().parents[2] / "shared"

LAW = """示例规定
令
第1号
《示例规定》已经2025年3月1日示例会议审议通过，现予公布。
2025年3月2日
目　录
第一章　总则
第二章　数据出境
第一章　总　则
第一条 为了规范示例数据处理活动，制定本规定。
第二条 本规定所称示例数据，包括示例车辆产生的数据。
示例处理者，是指开展示例活动的组织。
第二章　数据出境
第三条 示例处理者有下列情形之一的，应当申报示例评估：
（一）自当年1月1日起累计向境外提供100万人以上示例信息；
（二）涉及境内运行的10万台以上车辆的；
（三）示例部门规定的其他情形。
前款规定的示例信息，不包括重要数据。
第四条 示例处理者应当自收到通知之日起十五日内报送材料，违反本规定第三条的，由示例部门责令改正。
第五条 示例评估结果有效期为3年，期满前60个工作日内可以申请延长。
第六条 本规定自2025年6月1日起施行。
示例部门
2025年3月2日
关于《示例规定》的说明
一、制定背景
示例说明不是规定的一部分。"""

GUIDE = """示例指引（2025版）
为引导示例活动，制定本指引。
一、总则
（一）适用范围
示例处理者按照本指引开展示例活动。
（二）路径
1. 示例处理者符合以下情形之一的，应当申报：
（1）向境外提供重要数据；
（2）自当年1月1日起累计向境外提供100万人以上示例信息。
属于示例规定情形的，从其规定。
2. 示例处理者有下列情形之一的，免予申报：
（1）不满10万人的。
二、保护要求
（一）日志要求
日志留存时间不少于3年。
（二）应急要求
发现异常应当在24小时内报告。"""


def document(text: str, layout: bool = True) -> Document:
    """A document of one block for each line."""
    blocks, at = [], 0
    for line in text.split("\n"):
        blocks.append(Block(line, at, at + len(line)))
        at += len(line) + 1
    return Document("text", Status.READ, body=text, blocks=tuple(blocks), layout=layout)


def provisions(text: str) -> tuple[Provision, ...]:
    return read_provisions(document(text))


def shared_provisions(name: str) -> tuple[Provision, ...]:
    from kb.reading import read_document

    path = SHARED / "texts" / name
    return read_provisions(read_document(path.read_bytes(), name=path.name))
