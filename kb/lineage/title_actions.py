"""What a notice does with an instrument, by the words of its title before and behind the name.

A part goes for the whole nowhere: 关于废止《…》第三条的决定 amends the rule and ends nothing.
"""

from __future__ import annotations

import re
from typing import Literal

Action = Literal["text", "consult", "issue", "amend", "repeal", "override", "explain"]

_PART = r"[的中]?(?:第[^，。《》章]{1,20}[条款项]|(?:部分|有关|相关|个别)(?:条款|条文|内容|规定|文字|表述|事项))"
_CORRECTS = r"(?:更正|勘误)"
_CORRECTED_BEHIND = re.compile(rf"的?(?:{_PART})?(?:内容|文字|表述)?的?(?:进行|予以|作出?)?的?{_CORRECTS}")
_PART_BEHIND = re.compile(rf"{_PART}的?(?:予以|进行|宣布)?(?:废止|失效|修[改订正])")
_ENDED_BEHIND = re.compile(r"的?(?:予以|宣布)?(?:废止|失效)的")
_DECISION = re.compile(rf"(?:决定|公告|通告|通知|令)(?:（[^（）]*）)*$|{_CORRECTS}|补充规定$")
_CONSULTS = re.compile(r"征求(?:.{0,80})意见|征集(?:.{0,60})意见|意见(?:征求|征集|反馈)")
# What became of comments (征求意见情况的反馈) explains the draft and consults nobody.
_EXPLAINS = re.compile(
    r"解读|答记者问|问答|一图读懂|图解|释义|(?:起草|编制|修订)说明|说明$|专家谈|答疑|权威解答|百问|《》.*(?:复函|批复|答复)$"
    r"|意见的?(?:采纳|处理|汇总|征集|征求|反馈)?的?(?:情况|结果)|意见采纳|征求意见的?(?:结果)?反馈$"
)
_SUPPLEMENT = re.compile(r"的?补充(?:通知|规定|公告|通告|决定)")
_CITES_BEHIND = re.compile(
    r"等\d*|等[一二三四五六七八九十部有几]|第.{1,8}[条款项章]|(?:的)?(?:有关|相关|贯彻|实施|执行|施行|若干|规定|所)"
)
_CITES_AHEAD = re.compile(r"(?:根据|依据|按照|依照|贯彻|落实|执行|实施|施行|学习|宣传|适用|附件\d*：?|为|符合|开展)$")
_ISSUES = re.compile(r"(?:印发|发布|公布|颁布|出台|下发|转发|关于|对|新版|修订后的|令|：|》和|、)$")

_MANY = r"(?:部分|若干|一批|有关|[一二三四五六七八九十百\d]{1,4}[部件项个])"
_RULES = r"(?:规章|法规|法律|规范性文件|政策性?文件|文件|决定)"
_COLLECTIVE = re.compile(
    rf"(?:废止|失效|修改|修订|清理)[^《》。]{{0,12}}(?:{_MANY}|等)[^《》。]{{0,16}}{_RULES}"
    rf"|{_MANY}[^《》。]{{0,16}}{_RULES}[^《》。]{{0,12}}(?:废止|失效|清理)"
    rf"|(?:废止|失效)[^《》。]{{0,12}}{_RULES}[^《》。]{{0,4}}目录"
    rf"|(?:废止|失效|修改|修订|清理)《》等[^《》。]{{0,16}}{_RULES}|{_RULES}[^《》。]{{0,8}}清理(?:结果|情况)"
)


def action_on(left: str, right: str) -> Action | None:
    """What is done with the instrument between ``left`` and ``right``; None where it is merely cited.

    >>> action_on("关于废止", "的决定"), action_on("关于废止", "第三条的决定"), action_on("关于贯彻", "的通知")
    ('repeal', 'amend', None)
    """
    if re.search(rf"{_CORRECTS}：?$", left) or _CORRECTED_BEHIND.match(right) or _SUPPLEMENT.match(right):
        return "amend"
    if _PART_BEHIND.match(right) or (re.search(r"(?:修[改订正]|废止|失效|删[除去])$", left) and re.match(_PART, right)):
        return "amend"
    if _CITES_BEHIND.match(right) or _CITES_AHEAD.search(left):
        return None
    if re.search(r"修[改订]$", left):
        return "amend"
    if re.search(r"(?:废止|失效|撤销)$", left) or _ENDED_BEHIND.match(right):
        return "repeal"
    if re.search(r"征求(?:对|关于)?$|就$", left) or _CONSULTS.search(right):
        return "consult"
    return "issue" if left in ("", "【") or _ISSUES.search(left) else None


def decides(words: str) -> bool:
    """Is a title of what is amended, corrected or ended that of the decision, not of the text as it then is?"""
    return bool(_DECISION.search(words))


def explains(words: str) -> bool:
    """Does a title, every name in it as 《》, belong to what explains a rule?"""
    return bool(_EXPLAINS.search(words)) and not re.search(_CORRECTS, words)


def is_collective(words: str) -> bool:
    """Does a title, every name in it as 《》, end or amend rules that it does not name (关于废止部分规章的决定)?"""
    return bool(_COLLECTIVE.search(words))
