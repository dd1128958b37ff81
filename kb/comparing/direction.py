"""What got stricter and what got looser, said only where the words leave no doubt.

Owns the direction of one edit, read from its number, its comparator and the words around it. Everything else stays a
changed number: whether a band (10万人以上不满100万人) moved for or against somebody is for a lawyer to say, and periods
that bind an authority are nobody's relief.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from kb.comparing.sentences import sentence_at
from kb.items.amounts import Amount, find_amounts
from kb.items.measures import lexicon
from kb.model import Edit, Run

Direction = Literal["stricter", "looser"]

_DUTY = re.compile(
    r"应当.{0,24}(?:申报|备案|评估|认证|报告|报送|审批|许可|订立|审计)|(?:属于|列为|识别为|视为|构成)重要数据"
)
_BOUND = re.compile(r"应当|应|须|不得")
_AUTHORITY = re.compile(r"部门|机关|委员会|网信办|国务院|政府|认证机构|检测机构|评估机构")
_KEEP = re.compile(r"保存|留存|保留|存储|存档|留档")
_FINE = re.compile(r"罚款")
_MUST, _MAY, _NOT = frozenset({"应当", "必须", "应"}), frozenset({"可以", "可", "鼓励"}), frozenset({"不得", "禁止"})


def direction_of(old: str, new: str, run: Run, edit: Edit, lead: str = "") -> Direction | None:
    """Whether this edit of a text binds more (stricter) or less (looser); None where that is not certain.

    ``lead`` are the words of the units above, which say what a list is for (有下列情形之一的，应当申报：).
    """
    clauses = _clause(old, run.old), _clause(new, run.new)
    if edit.old_number is None or edit.new_number is None or edit.old_unit != edit.new_unit:
        return _of_words(edit, clauses)
    amounts = _amount_at(old, run.old), _amount_at(new, run.new)
    if not all(amounts) or edit.old_number == edit.new_number:
        return None
    before, after = amounts
    assert before
    assert after
    if before.comparator != after.comparator or after.unit == "date":
        return None
    falls = edit.new_number < edit.old_number
    if after.grade == "deadline":
        tightens = _period(after, clauses)
    else:
        tightens = _threshold(after, clauses, f"{lead}{_lead(new, run.new[0])}", new)
    if tightens is None:
        return None
    return "stricter" if (tightens == "falling") == falls else "looser"


def _threshold(amount: Amount, clauses: Sequence[str], lead: str, text: str) -> Literal["falling", "rising"] | None:
    here = clauses[1]
    if amount.unit == "yuan":
        return "rising" if _FINE.search(here) else None
    bounds = {other.comparator[0] for other in find_amounts(here) if other.unit == amount.unit}
    if len(bounds) > 1:
        return None  # a band
    exempt = lexicon().exemption
    said = f"{lead}{here}"
    if exempt.search(said):
        return "falling" if amount.comparator in ("<", "<=") and not _DUTY.search(exempt.sub("", here)) else None
    if exempt.search(text):
        return None  # the exemption stands elsewhere in the unit: whose number this is, is not certain
    return "falling" if amount.comparator in (">=", ">") and _DUTY.search(said) else None


def _period(amount: Amount, clauses: Sequence[str]) -> Literal["falling", "rising"] | None:
    if any(_AUTHORITY.search(_before_object(clause)) for clause in clauses):
        return None
    if amount.comparator in (">=", ">"):
        return "rising" if all(map(_KEEP.search, clauses)) else None
    return "falling" if amount.comparator in ("<=", "<") and all(map(_BOUND.search, clauses)) else None


def _before_object(clause: str) -> str:
    """The clause without those it is done to: 向部门报送 binds who reports, not the department."""
    return re.sub(r"[向经由与]\S{0,24}?(?:部门|机关|委员会|网信办|机构|政府)", "", clause)


def _of_words(edit: Edit, clauses: Sequence[str]) -> Direction | None:
    if any(_AUTHORITY.search(_before_object(clause)) for clause in clauses):
        return None
    if edit.old in _MAY and edit.new in _MUST | _NOT:
        return "stricter"
    return "looser" if edit.old in _MUST | _NOT and edit.new in _MAY else None


def _amount_at(text: str, span: tuple[int, int]) -> Amount | None:
    start = max(span[0] - 14, 0)
    part = text[start : span[1] + 14]
    first, last = span[0] - start, span[1] - start
    return next((amount for amount in find_amounts(part) if amount.start < last and amount.end > first), None)


def _clause(text: str, span: tuple[int, int]) -> str:
    return text[slice(*sentence_at(text, span))]


def _lead(text: str, at: int) -> str:
    """The words before the colon that opens the list in which a place stands."""
    colon = max(text.rfind("：", 0, at), text.rfind(":", 0, at))
    return _clause(text, (colon, colon)) if colon >= 0 else ""
