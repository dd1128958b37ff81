"""Other words for what a person types: Chinese for English, every form of an agency's name, 简体 for 繁体.

Owns the glossary (glossary.yml) and looking names up in the vocabulary and the agencies. Knows no query and no index.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.normalise import fold

DECLARED = Path(__file__).with_name("glossary.yml")
CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LONGEST = 8  # words of an English term
_GENERIC = 4  # data types that a word may name; more, and it tells none of them from another
_SHORT = 5  # letters that a lone word needs to name a kind of data: not the, not data
_BODY = re.compile("[部委局办院会室署行网大]")  # without one of these nothing is the name of an agency
_NUMBERED = re.compile(r"\d号$")
_APART = re.compile(r"[\[\]〔〕()【】{}<>《》第年\s]+")


def other_words(phrase: str, titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Words that say the same as a phrase, without itself; empty for words nothing is declared of.

    ``titles`` are English names of works with their Chinese titles; they are asked only for two words and more.
    """
    if CHINESE.search(phrase):
        found = [*_agency_names(phrase), *_simplified(phrase)]
    else:
        found = [*_agency_names(phrase), *(_glossary().get(_plain(phrase)) or _kinds_of_data(phrase))]
        found += _titles(phrase, titles or {}) if " " in phrase.strip() else []
    return tuple(dict.fromkeys(word for word in found if word != phrase))


def group_english(words: Sequence[str], titles: Mapping[str, str] | None = None) -> list[str]:
    """Neighbouring English words put together to the longest terms that are known: licence plate, export."""
    grouped, at = [], 0
    while at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 1, -1)
        size = next((n for n in sizes if other_words(" ".join(words[at : at + n]), titles)), 1)
        grouped.append(" ".join(words[at : at + size]))
        at += size
    return grouped


def number_key(text: str) -> str:
    """A document number whatever its brackets: 〔2026〕6号, [2026] 6号, （2026）6号 and 2026年第6号 are one."""
    return _APART.sub("|", fold(text)).strip("|")


def names_number(typed: str, doc_number: str) -> bool:
    """Whether what was typed is a document number, whole or its end, and this one."""
    sought = number_key(typed.strip('"'))
    return bool(_NUMBERED.search(sought) and re.search(rf"(?<!\d){re.escape(sought)}$", number_key(doc_number)))


def _plain(phrase: str) -> str:
    """Small letters, one blank between words, no plurals."""
    words = re.findall(r"[a-z0-9]+", phrase.lower())
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word for word in words)


@functools.cache
def _glossary() -> dict[str, tuple[str, ...]]:
    from kb.declarations import Declaration, load_declaration

    class Term(Declaration):
        en: tuple[str, ...]
        zh: tuple[str, ...]

    class Glossary(Declaration):
        terms: tuple[Term, ...]

    return {_plain(en): term.zh for term in load_declaration(DECLARED, Glossary).terms for en in term.en}


def _kinds_of_data(phrase: str) -> list[str]:
    """Chinese names of the data types whose English name or id has the words; none for words that most of them have."""
    from kb.vocabulary import load_vocabulary

    sought = f" {_plain(phrase)}"
    named = [
        data_type
        for data_type in load_vocabulary().types
        if (" " in sought[1:] or len(sought) > _SHORT)
        and any(sought in f" {_plain(name)}" for name in (data_type.name_en, data_type.id))
    ]
    if len(named) > _GENERIC:
        return []
    return [name for data_type in named for name in (data_type.name_zh, *data_type.names.exact)]


def _titles(phrase: str, titles: Mapping[str, str]) -> list[str]:
    sought = f" {_plain(phrase)} "
    return [chinese for english, chinese in titles.items() if sought in f" {_plain(english)} "]


def _agency_names(phrase: str) -> tuple[str, ...]:
    from kb.agencies import agency_id, agency_names

    # 国家网信部门 is what laws say for whoever is in charge, not a name.
    if phrase.endswith("部门") or (CHINESE.search(phrase) and not _BODY.search(phrase)):
        return ()
    found = agency_id(phrase)
    return agency_names(found) if found else ()


@functools.cache
def _simplified(phrase: str) -> tuple[str, ...]:
    """The phrase in 简体, if it has a character that 简体 does not use; ordinary words stay exactly what they are."""
    try:
        phrase.encode("gb2312")
    except UnicodeEncodeError:
        from opencc import OpenCC

        converted = OpenCC("t2s").convert(phrase)
        return (converted,) if converted != phrase else ()
    return ()
