"""Names of agencies and places to ids, as declared in agencies.yml.

Owns who is meant by a name; which lines of a text name its issuer is read in facts.py.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from kb.errors import NotFound
from kb.normalise import fold

DECLARED = Path(__file__).with_name("agencies.yml")
_STATE = "中华人民共和国"
_LOCAL_BODY = re.compile(r"(办公室|委员会|网信办|政府|办公厅|[厅局委]|管委会|大会)$")


@functools.cache
def _declared() -> tuple[dict[str, str], dict[str, dict[str, str]], dict[str, str]]:
    """Name → agency id; agency id → language → name shown; place name → place id."""
    from kb.declarations import Declaration, load_declaration

    class Agency(Declaration):
        id: str
        zh: tuple[str, ...]
        en: tuple[str, ...]

    class Agencies(Declaration):
        agencies: tuple[Agency, ...]
        places: dict[str, tuple[str, ...]]

    declared = load_declaration(DECLARED, Agencies)
    names = {
        fold(name).lower(): agency.id for agency in declared.agencies for name in (agency.id, *agency.zh, *agency.en)
    }
    shown = {agency.id: {"zh": agency.zh[0], "en": agency.en[0]} for agency in declared.agencies}
    places = {name: place for place, forms in declared.places.items() for name in forms}
    return names, shown, places


@functools.cache
def _names_pattern() -> re.Pattern[str]:
    chinese = sorted((name for name in _declared()[0] if not name.isascii()), key=len, reverse=True)
    return re.compile(rf"(?:{_STATE})?({'|'.join(map(re.escape, chinese))})")


def agency_id(name: str) -> str | None:
    """The id of any usual form of an agency's name (工信部, MIIT, 中华人民共和国工业和信息化部 → ``miit``).

    A department of an agency is that agency; a body of a place is that place (上海市商务委员会 → ``shanghai``).
    """
    names, _, _ = _declared()
    text = fold(name).lower().removeprefix(_STATE)
    if text in names:
        return names[text]
    if place := _place_at_head(text):
        return place if _LOCAL_BODY.search(text) else None
    found = _names_pattern().match(text)
    department = found and re.fullmatch(r".{0,12}(厅|司|局|办公室|委员会)", text[found.end() :])
    return names[found[1]] if found and department else None


def known_agency(name: str) -> str:
    """The id of an agency that a person names. Raises NotFound for one that is not declared."""
    if found := agency_id(name) or (name if agency_name(name) else None):
        return found
    raise NotFound(f"no agency {name}: write an id or usual name (miit, 工信部), or declare it in kb/agencies.yml")


def agency_name(id: str, language: str = "zh") -> str | None:
    """The name shown for an agency's id, Chinese or English; None for an id that is not declared."""
    return _declared()[1].get(id, {}).get(language)


def place_name(id: str) -> str | None:
    """The Chinese name of a place's id; None for an id that is not declared."""
    return next((name for name, place in _declared()[2].items() if place == id), None)


def agency_names(id: str) -> tuple[str, ...]:
    """Every declared form of an agency's name; empty for an id that is not declared."""
    return tuple(name for name, agency in _declared()[0].items() if agency == id and name != id)


def is_place(id: str) -> bool:
    """Is this the id of a local government?"""
    return id in _declared()[2].values()


def agencies_in(text: str) -> tuple[str, ...]:
    """Ids of the agencies named in a line, in order, each once: 国家网信办、公安部 → (``cac``, ``mps``)."""
    return tuple(dict.fromkeys(agency for _, _, agency in agency_spans(text)))


def agency_spans(text: str) -> list[tuple[int, int, str]]:
    """(start, end, id) of every agency named in a text, not overlapping; offsets are those of ``text`` as given.

    A body of a place is that place: 天津市互联网信息办公室 → ``tianjin``.
    """
    names, _, places = _declared()
    local = [(m.start(), m.end(), places[m[1]]) for m in _local_pattern().finditer(text)]
    held = {at for start, end, _ in local for at in range(start, end)}
    named = [(m.start(), m.end(), names[m[1]]) for m in _names_pattern().finditer(text) if m.start() not in held]
    return sorted(local + named)


@functools.cache
def _local_pattern() -> re.Pattern[str]:
    places = "|".join(sorted(map(re.escape, _declared()[2]), key=len, reverse=True))
    return re.compile(
        rf"(?:中国（)?({places})(?:）)?(?:市|省|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区|自由贸易试验区|自由贸易港|自贸试验区|自贸区)"
        r"[^，。、；：《》（）\s\d和及与]{0,12}?(?:人民政府|办公厅|办公室|管理委员会|管委会|常务委员会|委员会|人民代表大会|[厅局委])"
        r"(?:办公室|办公厅)?(?![\u4e00-\u9fff]{1,3}(?:路|街|号|楼))"
    )


def places_in(text: str) -> frozenset[str]:
    """Ids of the provinces and cities that a title names; 中国（上海）自由贸易试验区 → {``shanghai``}."""
    return frozenset(place for name, place in _declared()[2].items() if name in text)


def _place_at_head(text: str) -> str | None:
    for name, place in _declared()[2].items():
        if text.startswith(name) and re.match(r"市|省|.{0,4}自治区|自由贸易|特别|网信|管", text[len(name) :]):
            return place
    return None
