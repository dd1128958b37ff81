"""Sentences for people as values: a key and what fills it, worded from sentences.yml in English or Chinese. Pure.

Owns how a sentence is worded; what is said belongs to the modules that decide. A ``Sentence`` is its English text, so
that it is compared, printed and stored as such, and can still be worded in the other language (``in_language``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, cast

from pydantic import RootModel

from kb.declarations import Declaration, load_declaration

SENTENCES = Path(__file__).with_name("sentences.yml")
NAMES = Path(__file__).with_name("names.yml")
Language = Literal["en", "zh"]


class Worded(Declaration):
    """``{…}`` stands for what is filled in, ``{…:, }`` for a list with its separator, ``{…!n}`` for a name of names.yml
    (Chinese only: the English name of a key is the key)."""

    en: str
    zh: str


class Sentences(RootModel[dict[str, Worded]]):
    """Key → the sentence in both languages."""


class Names(RootModel[dict[str, str]]):
    """Key, route or other word of the command line → its Chinese name, in the terms of the law."""


class Sentence(str):
    """What is said, by its key in sentences.yml. Values are words, other sentences, or tuples of them."""

    __slots__ = ("key", "told")
    key: str
    told: dict[str, Any]

    def __new__(cls, key: str, /, **told: Any) -> Sentence:
        template, lists = _english()[key]
        for name in lists:
            told[name] = _Listed(told[name])
        self = str.__new__(cls, template.format_map(told))
        self.key, self.told = key, told
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.key,), self.told

    def in_chinese(self) -> str:
        return _CHINESE.vformat(load_sentences()[self.key].zh, (), self.told)


class Both(str):
    """A text that a rule pack declares in both languages; the English one where it declares no other."""

    zh: str

    def __new__(cls, en: str, zh: str = "") -> Both:
        self = super().__new__(cls, en)
        self.zh = zh or en
        return self

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.zh

    def in_chinese(self) -> str:
        return self.zh


def in_language(told: Any, language: Language) -> Any:
    """The same answer with each of its sentences in that language: dicts, lists and tuples are walked."""
    if language == "en":
        return told
    if isinstance(told, Sentence | Both):
        return told.in_chinese()
    if isinstance(told, dict):
        return {key: in_language(value, language) for key, value in told.items()}
    if type(told) in (list, tuple, _Listed):
        return type(told)(in_language(value, language) for value in told)
    return told


def join_sentences(parts: Iterable[str]) -> str:
    """Several as one; one is itself, none is empty."""
    told = tuple(parts)
    return Sentence("several", parts=told) if len(told) > 1 else told[0] if told else ""


@cache
def load_sentences() -> dict[str, Worded]:
    return load_declaration(SENTENCES, Sentences).root


@cache
def _english() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Key → the English template, and which of its values are lists: those with a separator."""
    parsed = {key: list(Formatter().parse(worded.en)) for key, worded in load_sentences().items()}
    return {
        key: (load_sentences()[key].en, tuple(name for _, name, separator, _ in fields if name and separator))
        for key, fields in parsed.items()
    }


@cache
def load_names() -> dict[str, str]:
    return load_declaration(NAMES, Names).root


class _Listed(tuple[str, ...]):
    """A list inside a sentence: the template says what stands between."""

    def __format__(self, separator: str) -> str:
        return separator.join(self)


class _Chinese(Formatter):
    """Fills a Chinese sentence: sentences within it are Chinese too, and ``!n`` asks for a name."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return in_language(kwargs[key], "zh")

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion != "n":
            return super().convert_field(value, conversion)
        if isinstance(value, tuple):
            return _Listed(cast("str", self.convert_field(one, "n")) for one in value)
        return load_names().get(str(value), str(value))


_CHINESE = _Chinese()
