"""What a column is made of, whatever its name says: a flag, a moment, an angle, a picture. Found by its type, its unit,
or the first or last words of its name. What follows from a form is declared in words/forms.yml and judged in ``match``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from kb.declarations import Declaration
from mappings.catalog.terms import ends_with


class Form(Declaration):
    """``types`` are compared without what stands in brackets, unless they have brackets themselves (``tinyint(1)``);
    ``type_like`` is a regular expression that a type as it is written must match as a whole.

    ``fits`` and ``blocks``: data types that it makes surer or rules out; ``alone``: kinds of table say nothing of it.
    """

    types: tuple[str, ...] = ()
    type_like: str = ""
    units: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    alone: bool = False


Find = Callable[[str, str, str], tuple[str, ...]]  # type, unit and name of a column → names of its forms


def form_finder(forms: Mapping[str, Form], keys: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Find:
    """Find forms in the order they are declared in. ``keys`` brings phrases into the form in which names are given."""
    by_type = _index((name, form.types) for name, form in forms.items())
    by_unit = _index((name, form.units) for name, form in forms.items())
    starts = {name: tuple(f"{start} " for start in keys(form.starts)) for name, form in forms.items()}
    ends = {name: keys(form.ends) for name, form in forms.items()}
    like = {name: re.compile(form.type_like) for name, form in forms.items() if form.type_like}

    def find(type: str, unit: str, name: str) -> tuple[str, ...]:
        written, type, unit = type.strip(), type.strip().casefold(), unit.strip().casefold()
        plain = type.partition("(")[0].rstrip()
        said = {*by_type.get(type, ()), *by_type.get(plain, ()), *by_unit.get(unit, ())}
        said |= {form for form, pattern in like.items() if pattern.fullmatch(written)}
        return tuple(
            form
            for form in forms
            if form in said or name.startswith(starts[form]) or any(ends_with(name, end) for end in ends[form])
        )

    return lru_cache(maxsize=200_000)(find)


def _index(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, list[str]]:
    """Spelling → the names that list it."""
    index: dict[str, list[str]] = {}
    for name, spellings in named:
        for spelling in spellings:
            index.setdefault(spelling.casefold(), []).append(name)
    return index
