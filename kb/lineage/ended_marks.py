"""Where a page says that the rule it bears is over: （已废止） in its title, 本文件已于…废止 beside its text.

Pure. Only what an agency says of this page's own rule; what a rule ends besides itself is ``repeals``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.lineage.dates import DATE, read_date
from kb.lineage.head import tidy

_OVER = r"(?:废止|失效|停止(?:执行|施行|实施))"
_IN_TITLE = re.compile(rf"[（【\[〔](?:本文|全文)?[已现]?[^（）【】\[\]〔〕]{{0,16}}?{_OVER}[）】\]〕]")
_THIS = r"(?:[本该](?:文件?|法|条例|规章|规定|办法|规则|细则|指南|指引|通知|公告|意见|标准|目录|清单)|此(?:文件?|件))"
_BESIDE = re.compile(
    r"^[（【\[〔*]*(?:编者注|备注|注释?|提示|说明|温馨提示)?[：，]?"
    rf"{_THIS}(?:（[^（）]*）)?[，现]?(?:已经?(?!有)|现|自)[^。；，与]{{0,40}}?{_OVER}[^。；，]{{0,8}}[。）】\]〕*]*$"
)
# What is not so, not of all of it, or said in advance of its own last day (自…起施行至…失效).
_NOT_SO = re.compile(r"未|尚|拟|部分|第[^章]{1,8}[条款项]|不再|(?<!停止)(?:施行|实施|执行)|有效期|期满|届满")


def read_mark(title: str, lines: Sequence[str]) -> str:
    """The words that say so, of a title or a line as ``tidy`` gives it; '' where none do.

    >>> read_mark("某某办法（已废止）", []), read_mark("某某办法", ["【注：本文件已于2025年1月20日废止】"])
    ('（已废止）', '【注：本文件已于2025年1月20日废止】')
    """
    found = (*(mark[0] for mark in _IN_TITLE.finditer(tidy(title))), *(line for line in lines if _BESIDE.match(line)))
    return next((words for words in found if not _NOT_SO.search(words)), "")


def unmarked(title: str) -> str:
    """The title without such a mark."""
    return _IN_TITLE.sub("", tidy(title))


def day_of(mark: str) -> str | None:
    """The day from which the rule is over, YYYY-MM-DD; None where the mark has none."""
    found = re.search(DATE, mark)
    day = read_date(found[0]) if found else None
    return day if day and len(day) == 10 else None
