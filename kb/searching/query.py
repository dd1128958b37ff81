"""What a person typed, as a query of the full-text index and as the phrases to highlight.

Quoted or blank-free runs are phrases; all must occur; AND, OR and NOT stand between phrases, from left to right. A
phrase is also found by its other words (kb.searching.words). Nothing typed can become FTS5 syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.searching.index import SENTINEL, tokens
from kb.searching.words import CHINESE, group_english, other_words

_OPERATORS = ("AND", "OR", "NOT")
_MOST_PHRASES = 40  # beyond, the index's own parser gives up
LONGEST = 1000  # characters of a phrase; no sentence of a law is longer


@dataclass(frozen=True)
class Phrase:
    """One phrase and the operator before it; ``others`` are the words that say the same."""

    operator: str
    typed: str
    others: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return self.typed, *self.others


@dataclass(frozen=True)
class Query:
    """``match`` is empty when nothing searchable was typed; ``problem`` says what of it was not searched for."""

    match: str
    phrases: tuple[Phrase, ...]
    problem: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The words that a hit may have, for highlighting."""
        return tuple(word for phrase in self.phrases if phrase.operator != "NOT" for word in phrase.words)

    @property
    def only_phrase(self) -> str | None:
        """The phrase of a query that is one phrase and has no other words."""
        return self.phrases[0].typed if len(self.phrases) == 1 and not self.phrases[0].others else None


def read_query(typed: str, titles: Mapping[str, str] | None = None) -> Query:
    """``titles``: English names of works with their Chinese titles."""
    phrases = [phrase for phrase in _phrases(typed, titles) if any(map(index_phrase, phrase.words))]
    problem = ""
    if any(len(phrase.typed) > LONGEST for phrase in phrases):
        return Query("", (), f"a phrase is longer than {LONGEST} characters: search for a part of it")
    if len(phrases) > _MOST_PHRASES:
        problem = f"only the first {_MOST_PHRASES} of {len(phrases)} phrases were searched for"
        phrases = phrases[:_MOST_PHRASES]
    if phrases and phrases[0].operator == "NOT":  # NOT 甲 乙 is 乙 NOT 甲
        first = next((at for at, phrase in enumerate(phrases) if phrase.operator != "NOT"), None)
        if first is None:
            return Query("", (), "NOT alone finds nothing: say what should be found, too")
        phrases.insert(0, phrases.pop(first))
    match = ""
    for phrase in phrases:
        match = f"({match}) {phrase.operator} {_clause(phrase)}" if match else _clause(phrase)
    return Query(match, tuple(phrases), problem)


def match_query(typed: str) -> str:
    """The FTS5 query alone, as Datasette's own search box wants it; what cannot be searched finds nothing."""
    return read_query(typed).match or '""'


def index_phrase(words: str) -> str:
    """The index form of a phrase, without punctuation at its ends; '' if nothing of it is indexed."""
    return " ".join(tokens(words)).strip(f"{SENTINEL} ")


def _clause(phrase: Phrase) -> str:
    forms = [f'"{form}"' for form in map(index_phrase, phrase.words) if form]
    return forms[0] if len(forms) == 1 else f"({' OR '.join(forms)})"


def _phrases(typed: str, titles: Mapping[str, str] | None) -> Iterator[Phrase]:
    operator, english = "AND", []
    for quoted, bare in [*re.findall(r'"([^"]*)"|(\S+)', typed.replace("\x00", " ")), ("", "AND")]:
        if bare and bare not in _OPERATORS and not CHINESE.search(bare):
            english.append(bare.strip('"'))
            continue
        for group in group_english(english, titles):
            yield Phrase(operator, group, other_words(group, titles))
            operator = "AND"
        english = []
        if bare in _OPERATORS:
            operator = bare
        else:
            yield Phrase(operator, quoted or bare, other_words(quoted or bare, titles))
            operator = "AND"
