"""Names as the words they are made of: camelCase, snake_case, abbreviations, glued words, singular and plural.

``cellVoltage``, ``CELL_VOLTAGES`` and ``cellvolt`` all give ``cell voltage``. Chinese is not split: whole phrases are
looked for as they stand, which on real catalogs finds what a segmenter finds. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

from kb.normalise import fold_glyphs

_WITH_DIGITS = r"(?i:(?<![a-z])(?:c?v2[xvi]|j\d{4}|x509|md5|sha\d+|ipv[46]|obd2|[23]d|12v)(?![a-z]))"
_WORD = re.compile(_WITH_DIGITS + r"|[A-Z]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# Letters of an abbreviation and of any other word that can be part of a glued one, and of the glued one.
_SHORTEST, _SHORT, _LONGEST = 3, 4, 40


def has_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


def ends_with(name: str, phrase: str) -> bool:
    """Whether a name ends with a whole phrase; Chinese has no blanks to part words."""
    return name == phrase or name.endswith(phrase if has_chinese(phrase) else f" {phrase}")


def raw_words(text: str) -> list[str]:
    """Lower-case words; digits and punctuation only separate them. An acronym ends where a capital starts a word."""
    parts = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", fold_glyphs(text))
    return [singular(word.lower()) for word in _WORD.findall(parts)]


@lru_cache(maxsize=200_000)
def singular(word: str) -> str:
    """A crude singular, the same for lexicon and names, so that it need not be right."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


class Splitter:
    """Splits by a lexicon: its abbreviations, and its words as the parts of glued ones."""

    def __init__(self, abbreviations: Mapping[str, str], vocabulary: Iterable[str]) -> None:
        self._long = {singular(short): tuple(raw_words(words)) for short, words in abbreviations.items()}
        short = {word for word in self._long if len(word) >= _SHORTEST}
        self._known = frozenset(short | {word for word in vocabulary if len(word) >= _SHORT})
        self.split = lru_cache(maxsize=200_000)(self._split)
        self._write_out = lru_cache(maxsize=200_000)(self._written_out)

    def _split(self, name: str) -> tuple[str, ...]:
        """The words of a name or text, in order, abbreviations written out."""
        words = raw_words(name)
        if words[1:] and words[-1] == "str":  # startTimeStr is a string, no steering
            words.pop()
        return tuple(whole for word in words for whole in self._write_out(word))

    def _written_out(self, word: str) -> tuple[str, ...]:
        return tuple(whole for part in self._parts(word) for whole in self._long.get(part, (part,)))

    def _parts(self, word: str) -> tuple[str, ...]:
        """The known words that a glued word consists of without rest; otherwise the word itself."""
        if word in self._known or not 2 * _SHORTEST <= len(word) <= _LONGEST:
            return (word,)
        return self._cut(word) or (word,)

    def _cut(self, word: str) -> tuple[str, ...]:
        best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
        for end in range(_SHORTEST, len(word) + 1):
            for start in range(end - _SHORTEST + 1):
                before, part = best[start], singular(word[start:end])
                if before is not None and part in self._known:
                    longer = (*before, part)
                    current = best[end]
                    if current is None or len(longer) < len(current):
                        best[end] = longer
        return best[-1] or ()


def phrases_in(words: Sequence[str], known: Set[str], most: int = 4) -> set[str]:
    """The known phrases, of up to ``most`` words, that occur in a run of words."""
    found = set()
    for start, phrase in enumerate(words):
        if phrase in known:
            found.add(phrase)
        for word in words[start + 1 : start + most]:
            phrase = f"{phrase} {word}"
            if phrase in known:
                found.add(phrase)
    return found
