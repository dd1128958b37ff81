"""Tables and lists of data types → data items with scenario, category, name, description, rule and place.

Reads what stands in a table whose columns are known by their words (table_words.yml), in whatever order; guesses
nothing. What a rule means is kb.items.conditions' business, what a table is the readers' own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.items.conditions import read_rule
from kb.items.listed import read_listed_items
from kb.items.scenarios import scenarios_at, without_number
from kb.items.table_words import TITLE_ROWS, Role, column_roles, lists_items
from kb.model import DataItem, Document, Provision, Table
from kb.normalise import fold, squeeze
from kb.reading.layout import row_spans
from kb.reading.lost_tables import count_rows

_NUMBER = re.compile(r"[（(]?(\d{1,4}(?:[.．-]\d{1,3})*)[)）.．、]?")
_KIND = re.compile(
    r"(?:(?:国家)?(?:核心|重要|一般)数据|(?:非?敏感|一般)?个人信息(?:\([^()]{1,20}\))?|其他数据|、|/|和|及)+"
)
_MERGED: frozenset[Role] = frozenset(("scenario", "category"))  # what a table prints once for several rows
_BLANK = "its cell is blank, or was merged with one above"
Roles = tuple[Role | None, ...]


@dataclass(frozen=True)
class ItemReading:
    """``losses``: sentences on rows and tables that could not be read with certainty, and are not among ``items``."""

    items: tuple[DataItem, ...]
    losses: tuple[str, ...] = ()


def read_data_items(document: Document, provisions: Sequence[Provision] = ()) -> ItemReading:
    """Every data item that the document's tables and articles list, in order, with the conditions that its rule states.

    ``rule`` is its cell as printed, without blanks; ``number`` is '' in a table that does not number its rows.
    ``provision`` is the eid of the innermost of ``provisions`` that the table stands in.
    """
    items: list[DataItem] = []
    losses: list[str] = []
    scenarios = scenarios_at(document.blocks, (table.after for table in document.tables))
    enclosing = _enclosers(provisions)
    for at, (table, scenario) in enumerate(zip(document.tables, scenarios, strict=True), 1):
        found = _columns(table)
        if found is None:
            continue
        roles, skipped = found
        if not table.rows:
            rows = count_rows(document.body[table.start : table.end].split("\n"))
            counted = f"its {rows} numbered rows are" if rows else "its rows, which cannot be counted, are"
            losses.append(f"table {at} ({'/'.join(filter(None, scenario))}): {counted} not read")
            continue
        losses += [f"table {at}: {unknown}" for unknown in _unknown_columns(table, roles, skipped)]
        holder = enclosing(table.start)
        seen: set[Role] = set()
        spans = row_spans(document, table)[skipped:]
        pages = (table.pages or (None,) * len(table.rows))[skipped:]
        for row, span, page in zip(_groups(table.rows[skipped:], roles), spans, pages, strict=True):
            if isinstance(row, str):
                losses.append(f"table {at}{f', page {page}' if page else ''}: {row}")
            elif row is not None:
                if blank := sorted(seen - row.cells.keys()):
                    losses.append(f"table {at}: row {row.cells['name'][:20]!r} has no {', '.join(blank)}: {_BLANK}")
                seen |= row.cells.keys() & _MERGED
                item = _item(row, scenario, len(items))
                items.append(replace(item, provision=holder, start=span[0], end=span[1], page=page))
    listed = sorted([*items, *read_listed_items(provisions)], key=lambda item: item.start)
    return ItemReading(tuple(replace(item, ordinal=at) for at, item in enumerate(listed)), tuple(losses))


def _columns(table: Table) -> tuple[Roles, int] | None:
    """What each column holds, and how many of the rows belong to the header; None for a table of something else."""
    for skipped, header in enumerate((table.header, *table.rows[:TITLE_ROWS])):
        if lists_items(header):
            roles = column_roles(header)
            last = len(roles) - 1 - roles[::-1].index("name")
            if _names_kinds(table.rows[skipped:], last) and "description" in roles:
                roles, last = (*roles[:last], "category", *roles[last + 1 :]), roles.index("description")
                roles = (*roles[:last], "name", *roles[last + 1 :])
            return tuple("category" if role == "name" and at < last else role for at, role in enumerate(roles)), skipped
    return None


def _names_kinds(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Does a column say nothing but 重要数据, 个人信息 …? Then what is described beside it are the items."""
    words = {fold(row[column]) for row in rows if row[column] and not lists_items(row)}
    return bool(words) and all(_KIND.fullmatch(word) for word in words)


def _unknown_columns(table: Table, roles: Roles, skipped: int) -> Iterator[str]:
    """A sentence on the columns whose words nobody declared: what stands in them is in the table only."""
    header = (table.header, *table.rows)[skipped]
    unknown = [name for name, role in zip(header, roles, strict=True) if role is None and name]
    if unknown:
        yield f"columns that are not known are not read: {'、'.join(dict.fromkeys(unknown))[:80]}"


@dataclass(frozen=True)
class _Row:
    cells: dict[Role, str]
    group: str


def _groups(rows: Sequence[Sequence[str]], roles: Roles) -> Iterator[_Row | str | None]:
    """For each row what it holds, why it is not read, or None if it lists nothing (a repeated header, a divider)."""
    group = ""
    for row in rows:
        if lists_items(row):  # the header again
            yield None
            continue
        if divider := _divider(row, roles):
            group = divider
            yield None
            continue
        cells = _cells(row, roles)
        number = fold(cells.get("number", ""))
        if not cells.get("name"):
            yield f"a row without a name is not read: {squeeze(' '.join(row))[:60]}"
        elif number and not _NUMBER.fullmatch(number):
            yield f"a row numbered {cells['number'][:20]!r} is not read"
        else:
            yield _Row(cells, group)


def _divider(row: Sequence[str], roles: Roles) -> str:
    """The words of a row that is one cell over the whole width, or nothing but a cell before the names; else ''."""
    words = {cell for cell in row if cell}
    if len(words) != 1 or (row[roles.index("name")] and "" in row):
        return ""
    return without_number(words.pop())


def _cells(row: Sequence[str], roles: Roles) -> dict[Role, str]:
    """The row's words by what they are. Two columns of one kind (一级、二级类别) are joined by a slash."""
    cells: dict[Role, str] = {}
    for role, text in zip(roles, row, strict=True):
        if role is not None and text and cells.get(role) != text:
            cells[role] = f"{cells[role]}/{text}" if role in cells else text
    return cells


def _item(row: _Row, outline: tuple[str, str], ordinal: int) -> DataItem:
    cells = row.cells
    number = _NUMBER.fullmatch(fold(cells.get("number", "")))
    category = cells.get("category", "")
    subscenario = cells.get("subscenario") or ("" if cells.get("scenario") else outline[1])
    rule = "".join(cells.get("rule", "").split())
    scenario = cells.get("scenario") or outline[0]
    return DataItem(
        ordinal=ordinal,
        number=number[1] if number else "",
        scenario=scenario or (row.group if category else ""),
        subscenario=subscenario or (row.group if category and scenario else ""),
        category=category or row.group,
        name=cells["name"],
        description=cells.get("description", ""),
        rule=rule,
        conditions=read_rule(rule),
        provision=None,
        start=0,
        end=0,
    )


def _enclosers(provisions: Sequence[Provision]) -> Callable[[int], str | None]:
    """Which unit's words were last begun before a place in the text; a footnote holds no table."""
    units = sorted((unit for unit in provisions if unit.kind != "note"), key=lambda unit: (unit.start, unit.ordinal))
    starts = [unit.start for unit in units]

    def enclosing(at: int) -> str | None:
        before = bisect_right(starts, at)
        return units[before - 1].eid if before else None

    return enclosing
