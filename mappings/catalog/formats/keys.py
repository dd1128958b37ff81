"""How catalogs name what we keep (keys.yml), and how raw values become attributes of a dataset.

Shared by all formats, since none has a standard key for region, cross-border flag, recipient or counts. A value that
makes no sense is left out and listed; it never stands in for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from kb.declarations import Declaration, load_declaration
from kb.normalise import fold_glyphs, squeeze
from mappings.catalog.dataset import Attributes, CrossBorder, Owner

PATH = Path(__file__).with_name("keys.yml")
LONGEST_NAME = 500
LONGEST_TEXT = 4_000
MOST = 10_000_000_000  # more persons than there are
_EMAIL = re.compile(r"[^@\s;,<>\"]+@[^@\s;,<>\"]+")
_COUNT = re.compile(r"(\d{1,20})(?:\.0+)?(万|亿)?")
_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}
_LANGUAGES = ("zh", "en", "both")
_OF_PROPERTY = {"dataset_description": "description", "owner_email": "owner", "owner_language": "owner"}


class Keys(Declaration):
    columns: dict[str, tuple[str, ...]]
    properties: dict[str, tuple[str, ...]]
    cross_border: dict[str, tuple[str, ...]]
    meaning: dict[str, str]


@cache
def load_keys() -> Keys:
    return load_declaration(PATH, Keys)


def same(name: str) -> str:
    """The form in which two spellings of a header are equal."""
    return re.sub(r"[\s_\-./()（）:：*]+", "", fold_glyphs(name).casefold())


def find_keys(names: Iterable[str], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Our key → the name that the file uses for it; a name serves one key only."""
    given: dict[str, str] = {}
    for name in names:
        given.setdefault(same(name), name)
    found: dict[str, str] = {}
    for key, synonyms in wanted.items():
        for synonym in synonyms:
            if name := given.pop(same(synonym), ""):
                found[key] = name
                break
    return found


def text_of(value: Any, longest: int = LONGEST_TEXT) -> str:
    """One line from whatever stands in a catalog; lists and objects say nothing."""
    if value is None or isinstance(value, dict | list):
        return ""
    line = squeeze(str(value)[: 2 * longest])
    return line if len(line) <= longest else line[: longest - 1] + "…"


def read_attributes(raw: Mapping[str, str]) -> tuple[Attributes, frozenset[str], list[str]]:
    """Attributes from the keys of ``properties`` in keys.yml, which were stated, and why values were left out."""
    faults: list[str] = []
    stated = frozenset(_OF_PROPERTY.get(key, key) for key in raw)
    words = {key: text_of(value) or None for key, value in raw.items()}
    attributes = Attributes(
        system=words.get("system"),
        platform=words.get("platform"),
        description=words.get("dataset_description"),
        owner=read_owner(words.get("owner"), words.get("owner_email"), words.get("owner_language"), faults),
        entity=words.get("entity"),
        storage_region=words.get("storage_region"),
        cross_border=_cross_border(words.get("cross_border") or "", faults),
        recipient=words.get("recipient"),
        person_count=_count("person_count", words.get("person_count"), faults),
        vehicle_count=_count("vehicle_count", words.get("vehicle_count"), faults),
    )
    return attributes, stated, faults


def read_owner(name: str | None, email: str | None, language: str | None, faults: list[str]) -> Owner | None:
    """An owner if a name or an address is given; an address may stand in the column of the name."""
    if name and not email and _EMAIL.fullmatch(name):
        email = name
    if email and not _EMAIL.fullmatch(email):
        faults.append(f"owner_email {email!r} is not one address: left out")
        email = None
    if language and language.casefold() not in _LANGUAGES:
        faults.append(f"owner_language {language!r} is none of zh, en, both: left out")
        language = None
    if not (name or email):
        return None
    return Owner(name or str(email), email, language.casefold() if language else None)


def _cross_border(value: str, faults: list[str]) -> CrossBorder:
    for state, words in load_keys().cross_border.items():
        if same(value) in map(same, words):
            return cast(CrossBorder, state)
    faults.append(f"cross_border {value!r} is none of {', '.join(get_args(CrossBorder))}: taken as unknown")
    return "unknown"


def _count(key: str, value: str | None, faults: list[str]) -> int | None:
    if value is None or same(value) in map(same, load_keys().cross_border["unknown"]):
        return None
    match = _COUNT.fullmatch(re.sub(r"[\s,，_人辆台]", "", fold_glyphs(value)))
    count = int(match[1]) * _UNITS[match[2] or ""] if match else -1
    if not 0 <= count < MOST:
        faults.append(f"{key} {value!r} is not a possible count: left out")
        return None
    return count
