"""What the files of words/ may say: rules of a data type, kinds of table, bookkeeping, how names are read.

Their form alone. What they make together belongs to ``lexicon``, what follows for a field to ``match``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field as Key
from pydantic import RootModel, model_validator

from kb.declarations import Declaration
from kb.identity import content_id
from mappings.catalog.forms import Form
from mappings.catalog.terms import has_chinese

ENGINE = "5"  # raise when match.py decides otherwise on the same words
Scope = Literal["column", "path", "description", "type"]


class Rule(Declaration):
    """Words that speak for a data type.

    ``only``: where they are looked for, ``type`` being the column's type (``GeoPoint``); Chinese words of a description
    count as the column's, since a Chinese comment usually is its name. ``needs``: one of these must stand in the path,
    type or description. ``unless``: none of these may stand in the path. ``tables``, ``not_tables``: kinds of table or
    forms of column it holds in or does not. ``always``: even for a column that looks like bookkeeping.
    """

    words: tuple[str, ...]
    weight: float = Key(gt=0, le=1)
    only: tuple[Scope, ...] = ("column",)
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    not_tables: tuple[str, ...] = ()
    always: bool = False

    @model_validator(mode="after")
    def _short_words_match_columns_only(self) -> Rule:
        # One short word in a path floods a whole catalog: a file name with "cad" in it hit 2,697 signals.
        if "path" in self.only and (short := [w for w in self.words if len(w) < 4 and not has_chinese(w)]):
            raise ValueError(f"{short[0]!r} has fewer than four letters: it may match the column only")
        return self

    @cached_property
    def version(self) -> str:
        """Changes when the rule does, and with it every decision that may be looked at again."""
        return content_id(ENGINE, self.model_dump(mode="json"))


class Table(Declaration):
    """A kind of table, found by its words, or by its columns: a phrase of each of ``siblings`` in the names of some.

    ``gives``: the type of its columns that no rule claims and that are no bookkeeping; with ``also``, of those that a
    rule claims too. ``keeps``: columns that are no bookkeeping here. ``drops``: columns that say nothing here.
    ``blocks``: types that no column of it has. ``fits``: types that it makes surer. ``alone``: other kinds found with
    it give nothing, but for those that are ``also``; its columns stand by their own words.
    """

    words: tuple[str, ...]
    siblings: tuple[tuple[str, ...], ...] = ()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    gives: str | None = None
    weight: float = Key(default=0.6, gt=0, le=1)
    keeps: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    alone: bool = False
    also: bool = False

    @cached_property
    def version(self) -> str:
        return content_id(ENGINE, self.model_dump(mode="json"))


class Bookkeeping(Declaration):
    """Columns that hold no data of interest: the whole name, its last words, or any word of it; ``never``: whole names
    that say nothing whatever stands around them."""

    whole: tuple[str, ...]
    ends: tuple[str, ...]
    any: tuple[str, ...]
    never: tuple[str, ...]


class Names(Declaration):
    """How a name becomes words: ``abbreviations`` written out; words that name nothing by themselves (``generic``,
    ``attribute``), that may stand within a phrase (``modifiers``), that say nothing in a table's name (``hollow``),
    with which a Chinese comment names but an attribute of something (``of_something``)."""

    abbreviations: dict[str, str]
    generic: tuple[str, ...]
    attribute: tuple[str, ...]
    modifiers: tuple[str, ...]
    hollow: tuple[str, ...]
    of_something: tuple[str, ...]


class Forms(RootModel[dict[str, Form]]):
    """Forms of columns by id."""


class Tables(RootModel[dict[str, Table]]):
    """Kinds of table by id."""


class Rules(RootModel[dict[str, Rule]]):
    """The rules of one data type by name."""
