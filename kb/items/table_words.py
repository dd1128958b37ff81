"""The words that head the columns of a data item table: declared in table_words.yml, matched here.

Used by the readers, to notice a table whose layout was lost, and by data_items, to know what a column holds.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from kb.declarations import Declaration, load_declaration
from kb.model import Table
from kb.normalise import fold

Role = Literal["number", "scenario", "subscenario", "category", "name", "description", "rule", "other"]
_DECLARATION = Path(__file__).with_name("table_words.yml")
_BRACKETED = re.compile(r"[(（〔].*?[)）〕]")
TITLE_ROWS = 3  # a header may stand under so many rows that a file did not mark as its title
_FEWEST = 3  # words that, with nothing else between them, can only be a header


class TableWords(Declaration):
    columns: dict[Role, tuple[str, ...]]
    required: tuple[Role, ...]
    one_of: tuple[Role, ...]
    about: tuple[str, ...]


@functools.cache
def load_table_words() -> TableWords:
    return load_declaration(_DECLARATION, TableWords)


@functools.cache
def _roles() -> dict[str, Role]:
    return {fold(word).lower(): role for role, words in load_table_words().columns.items() for word in words}


def role_of(header: str) -> Role | None:
    """What a column headed so holds. Of a header over two rows (分类/数据项) the lower word decides."""
    for part in reversed(header.split("/")):
        if role := _roles().get(_BRACKETED.sub("", fold(part)).lower()):
            return role
    return None


def column_roles(header: Sequence[str]) -> tuple[Role | None, ...]:
    """What each column holds. A list without a column of names has its finest classes for names: the last column of
    categories before what describes or judges them (一级类别, 二级类别, 数据基本特征与描述)."""
    roles = [role_of(name) for name in header]
    if "name" not in roles:
        told = [at for at, role in enumerate(roles) if role in ("description", "rule")]
        classes = [at for at, role in enumerate(roles) if role == "category" and told and at < told[0]]
        if classes and _is_about([header[at] for at in (classes[-1], *told)]):
            roles[classes[-1]] = "name"
    return tuple(roles)


def lists_items(header: Sequence[str]) -> bool:
    """Whether a table with this header lists data items."""
    words = load_table_words()
    roles = column_roles(header)
    return (
        all(role in roles for role in words.required)
        and any(role in roles for role in words.one_of)
        and _is_about(header)
    )


def is_item_table(table: Table) -> bool:
    """Whether the table lists data items."""
    return any(lists_items(header) for header in (table.header, *table.rows[:TITLE_ROWS]))


def _is_about(header: Sequence[str]) -> bool:
    return any(word in name for word in load_table_words().about for name in header)


def header_words(text: str) -> list[str]:
    """The column words that ``text`` is made of, if it is made of nothing else and they are enough for a header."""
    rest = fold(text).lower()
    found = []
    while rest:
        word = next((word for word in _longest_first() if rest.startswith(word)), None)
        if word is None:
            return []
        found.append(word)
        rest = rest[len(word) :]
    return found if len(found) >= _FEWEST and lists_items(found) else []


@functools.cache
def _longest_first() -> tuple[str, ...]:
    return tuple(sorted(_roles(), key=len, reverse=True))
