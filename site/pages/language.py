"""The two languages of the site: its words, declared in site/words/*.yml, and which of them a visitor reads.

Owns sentences of the interface. What stages, grades, agencies and the like are called is ``terms``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import RootModel

from kb.declarations import Declaration, load_declaration
from kb.errors import RegwatchError

WORDS = Path(__file__).resolve().parents[1] / "words"
COOKIE = "regwatch_language"
Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}  # for the lang attribute
NAMES: dict[Language, str] = {"en": "English", "zh": "中文"}


class Word(Declaration):
    """``{…}`` stands for what is filled in; ``one`` is English for n = 1."""

    en: str
    zh: str
    one: str | None = None


class Words(RootModel[dict[str, Word]]):
    """Key → word or sentence. The file's stem is the first half of the key that pages use."""


@dataclass(frozen=True)
class Speech:
    """One language: ``t(key)``, ``t(key, n=3)``. Raises RegwatchError for a key nobody declared in site/words/."""

    language: Language

    def __call__(self, key: str, **values: Any) -> str:
        word = words().get(key)
        if word is None:
            raise RegwatchError(f"no word {key!r} in {WORDS}: declare it in both languages")
        single = self.language == "en" and values.get("n") == 1 and word.one
        sentence = word.one if single and word.one else getattr(word, self.language)
        try:
            return str(sentence.format(**values)) if values else str(sentence)
        except (KeyError, IndexError, ValueError) as error:
            raise RegwatchError(f"{WORDS}: {key}: no value for {error}: correct it") from error


@cache
def words() -> dict[str, Word]:
    """``file.key`` → word, of every file."""
    return {
        f"{path.stem}.{key}": word
        for path in sorted(WORDS.glob("*.yml"))
        for key, word in load_declaration(path, Words).root.items()
    }


def language_of(asked: str | None, cookie: str | None, accept: str | None) -> Language:
    """What the visitor chose (now, or before), else what the browser prefers, else English."""
    wanted = [asked, cookie, *(tag[:2] for tag in _preferred(accept or ""))]
    return next((language for tag in wanted for language in LANGUAGES if language == tag), "en")


def _preferred(accept: str) -> list[str]:
    """Tags of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first."""
    weighed = []
    for part in accept.lower().split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for quality, tag in sorted(weighed, key=lambda pair: -pair[0]) if quality > 0]
