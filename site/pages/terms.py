"""What stored values are called in both languages: stages, grades, agencies, states, days.

Reuses what is declared elsewhere: legal terms and agencies of kb, the words of the messages of mappings; what only
pages show is in site/words/terms.yml as ``kind-value``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from kb.agencies import agency_name, place_name
from kb.clock import legal_day
from kb.law import standing
from mappings.alerts.words import Speech as Letter
from pages.language import Language, words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEGAL = {"stage": "stages", "level": "levels", "validity": "validity"}
_LETTERS = {"grade": "grade", "change": "kind", "scope": "scope", "state": "outcome"}


def term(kind: str, value: str | None, language: Language) -> str:
    """What a stored value of a kind is called; a value that nobody declared is shown as it is stored."""
    if not value:
        return ""
    return vocabulary(kind).get(value, {}).get(language) or value.replace("_", " ").replace("-", " ")


@cache
def vocabulary(kind: str) -> dict[str, dict[str, str]]:
    """value → language → name, for every declared value of a kind."""
    own = {
        key.removeprefix(f"terms.{kind}-"): {"en": word.en, "zh": word.zh}
        for key, word in words().items() if key.startswith(f"terms.{kind}-")
    }  # fmt: skip
    if kind in _LEGAL:
        return {**standing.terms()[_LEGAL[kind]], **own}
    if kind in _LETTERS:
        en, zh = Letter("en").group(_LETTERS[kind]), Letter("zh").group(_LETTERS[kind])
        return {**{name: {"en": en[name], "zh": zh[name]} for name in en}, **own}
    return own


def agency(id: str | None, language: Language) -> str:
    """The name of an agency or of a place; what nobody declared, by its id."""
    if not id:
        return ""
    if id == "unknown":
        return term("agency", id, language)
    place = id.replace("-", " ").title() if language == "en" else place_name(id)
    return agency_name(id, language) or place or id


def agencies(ids: Iterable[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(agency(id, language) for id in ids)


def day(value: str | None, language: Language) -> str:
    """A legal date, whole or partial, or the day in China of an observed time: 3 Feb 2026, 2026年2月3日."""
    if not value:
        return ""
    year, *rest = (legal_day(value) if "T" in value else value).split("-")
    try:
        numbers = [int(part) for part in rest]
        date(int(year), *[*numbers, 1, 1][:2])
    except (ValueError, TypeError):
        return value
    if language == "zh":
        return f"{year}年" + "".join(f"{n}{unit}" for n, unit in zip(numbers, "月日", strict=False))
    return " ".join([*map(str, numbers[1:]), *(_MONTHS[n - 1] for n in numbers[:1]), year])


def data_type(id: str | None, language: Language) -> str:
    """What a data type is called; an id that the vocabulary does not have is shown as it is."""
    from kb.vocabulary import load_data_types

    known = load_data_types().get(id or "")
    return (known.name_zh if language == "zh" else known.name_en) if known else id or ""


def size(count: Any) -> str:
    """Bytes for people."""
    number = float(count or 0)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
