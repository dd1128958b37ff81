"""The words and templates of the messages: templates/words.yml by language, and the Jinja2 environment.

Everything foreign passes through ``one_line`` before it gets here; HTML is escaped by the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from pydantic import RootModel

from kb.declarations import Declaration, load_declaration
from kb.errors import RegwatchError

TEMPLATES = Path(__file__).with_name("templates")
Language = Literal["zh", "en"]


class Word(Declaration):
    zh: str
    en: str


class Words(RootModel[dict[str, dict[str, Word]]]):
    """Group → key → word or sentence; ``{…}`` stands for what is filled in."""


@dataclass(frozen=True)
class Speech:
    """One language: ``speech("grade", "threshold")``, ``speech("dates", "published", date="2026-02-03")``."""

    language: Language

    def __call__(self, group: str, key: str, **values: Any) -> str:
        sentence: str = getattr(_words()[group][key], self.language)
        try:
            return sentence.format(**values) if values else sentence
        except (KeyError, IndexError, ValueError) as error:
            where = f"{TEMPLATES / 'words.yml'}: {group}.{key}"
            raise RegwatchError(f"{where}: no value for {error}: correct it") from error

    def group(self, group: str) -> dict[str, str]:
        return {key: getattr(word, self.language) for key, word in _words()[group].items()}


def languages_of(choice: str | None) -> tuple[Language, ...]:
    """The languages of one recipient: zh, en, or both for anything else."""
    if choice == "zh":
        return ("zh",)
    return ("en",) if choice == "en" else ("zh", "en")


def render(template: str, values: Mapping[str, Any]) -> str:
    """Raises RegwatchError for a template that asks for what no message has; nothing is composed by halves."""
    try:
        return _environment().get_template(template).render(values)
    except TemplateError as error:
        raise RegwatchError(f"{TEMPLATES / template}: {error}: correct it") from error


@cache
def _words() -> dict[str, dict[str, Word]]:
    return load_declaration(TEMPLATES / "words.yml", Words).root


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.tests["web"] = lambda value: value.startswith(("http://", "https://"))
    return environment
