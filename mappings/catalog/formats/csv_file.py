"""A catalog as CSV, one row a field: the form in which every other catalog can be exported.

Which header is which is guessed from keys.yml or said in a mapping file. Rows of one dataset may stand anywhere in the
file; what is said of the dataset as a whole is taken from the first row that says it. A file of known keys without a
column of fields is a side file: one row a dataset, it adds what the catalog itself cannot say.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import RootModel

from kb.declarations import load_declaration
from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.keys import LONGEST_NAME, find_keys, load_keys, read_attributes, text_of
from mappings.catalog.formats.lines import Line, read_lines

MOST_LINES = 200  # of one record; an unclosed quote would otherwise swallow the file
DELIMITERS = ",;\t|"
Cells = tuple[int, list[str]]


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Dataset | Rejected]:
    """Datasets in the order of their first row, rejected rows by their line. ``columns`` maps our keys to headers.

    Raises CatalogError when the file cannot be opened or lacks the columns that name dataset and field.
    """
    rows = read_rows(path)
    headers = next((row for row in rows if not isinstance(row, Rejected)), None)
    if headers is None:
        raise CatalogError(f"{path}: is empty: a catalog needs a header and one row for each field")
    used = _columns(path, headers[1], columns or {})
    if "field" not in used:
        yield from _read_side(rows, used)
        return
    gathered: dict[str, _Gathered] = {}
    for row in rows:
        if isinstance(row, Rejected):
            yield row
        else:
            yield from _take(row, len(headers[1]), used, gathered)
    for name, all_of_it in gathered.items():
        attributes, stated, _ = read_attributes(all_of_it.raw)
        yield Dataset(name, name, attributes, stated, tuple(all_of_it.fields.values()))


def _read_side(rows: Iterator[Cells | Rejected], used: Mapping[str, int]) -> Iterator[Dataset | Rejected]:
    """What each row says of a dataset that is there; empty cells say nothing."""
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        said = {key: row[1][place] for key, place in used.items() if place < len(row[1]) and row[1][place].strip()}
        name = _dataset_name(said)
        attributes, stated, faults = read_attributes({k: v for k, v in said.items() if k in load_keys().properties})
        if not name or faults:
            yield Rejected(row[0], "; ".join(faults) or "names no dataset")
        if name:
            wrong = {fault.partition(" ")[0] for fault in faults}
            yield Dataset(name, name, attributes, stated - wrong, side=True)


class _Columns(RootModel[dict[str, str]]):
    """A mapping file: our key → the header of the CSV."""


def load_columns(path: Path) -> dict[str, str]:
    """Read a mapping file. Raises DeclarationError when it is no mapping, CatalogError for a key that nobody has."""
    columns = load_declaration(path, _Columns).root
    known = {**load_keys().columns, **load_keys().properties}
    if unknown := sorted(columns.keys() - known.keys()):
        raise CatalogError(f"{path}: {unknown[0]} is no key of a catalog: there are {', '.join(known)}")
    return columns


def read_rows(path: Path) -> Iterator[Cells | Rejected]:
    """Records as (line, cells), the header first. A record that is no CSV costs its first line, and reading goes on
    with the next one."""
    lines = read_lines(path)
    first = next(lines, None)
    if first is None:
        return
    if first.text is None:
        raise CatalogError(f"{path}: the header cannot be read: {first.why}")
    said = re.fullmatch(r'"?sep=(.)"?', first.text.strip("\r\n"), re.IGNORECASE)  # a line that only Excel reads
    delimiter = said[1] if said else max(DELIMITERS, key=first.text.count)
    waiting: deque[Line] = deque([] if said else [first])
    while (line := _next(waiting, lines)) is not None:
        if line.text is None:
            yield Rejected(line.number, line.why, lost=True)
            continue
        taken = [line]
        try:
            cells = next(csv.reader(_feed(taken, waiting, lines), delimiter=delimiter, strict=True))
        except csv.Error as error:
            yield Rejected(line.number, f"not a row of CSV: {error}", lost=True)
            waiting.extendleft(reversed(taken[1:]))
            continue
        if any(cell.strip() for cell in cells):
            yield line.number, cells


def _next(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


def _feed(taken: list[Line], waiting: deque[Line], lines: Iterator[Line]) -> Iterator[str]:
    """The lines of one record as the csv module asks for them, remembered in ``taken``."""
    yield taken[0].text or ""
    while len(taken) < MOST_LINES and (line := _next(waiting, lines)) is not None:
        taken.append(line)
        if line.text is None:
            return
        yield line.text


@dataclass
class _Gathered:
    raw: dict[str, str]
    said_in: dict[str, int] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    senseless: set[tuple[str, str]] = field(default_factory=set)  # values that were listed already


def _columns(path: Path, headers: list[str], given: Mapping[str, str]) -> dict[str, int]:
    """Our key → place in the row."""
    wanted = load_keys()
    places = {header: place for place, header in reversed(list(enumerate(headers)))}
    if unknown := [header for header in given.values() if header not in places]:
        raise CatalogError(f"{path}: has no column {unknown[0]!r}: it has {_list(headers)}")
    free = [header for header in headers if header not in given.values()]
    guessed = find_keys(free, {k: v for k, v in {**wanted.columns, **wanted.properties}.items() if k not in given})
    used = {key: places[header] for key, header in {**guessed, **given}.items()}
    if "dataset" in used and "field" not in used and len(used) == len(headers) > 1:
        return used
    if missing := [key for key in ("dataset", "field") if key not in used]:
        raise CatalogError(
            f"{path}: has no column for {' and '.join(missing)}: it has {_list(headers)}; a catalog needs dataset and "
            f"column (name others with --columns)"
        )
    return used


def _take(row: Cells, width: int, used: Mapping[str, int], gathered: dict[str, _Gathered]) -> Iterator[Rejected]:
    number, cells = row
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        yield Rejected(number, f"has {len(cells)} cells, the header has {width}", lost=True)
        return
    said = {key: cells[place] for key, place in used.items() if place < len(cells)}
    name, dataset = text_of(said.get("field"), LONGEST_NAME + 1), _dataset_name(said)
    if not name or not dataset:
        yield Rejected(number, f"names no {'field' if dataset else 'dataset'}", lost=True)
        return
    if max(len(name), len(dataset)) > LONGEST_NAME:
        yield Rejected(number, f"the name is longer than {LONGEST_NAME} characters", lost=True)
        return
    properties = {key: said.get(key, "") for key in used if key in load_keys().properties}
    everything = gathered.setdefault(dataset, _Gathered(dict.fromkeys(properties, "")))
    if name in everything.fields:
        yield Rejected(number, f"{dataset}.{name} stands in row {everything.lines[name]} already: duplicate")
        return
    texts = dict.fromkeys(text_of(said.get(key)) for key in ("description", "description_zh"))
    everything.fields[name] = Field(
        name, text_of(said.get("type")), text_of(said.get("unit")), "\n".join(text for text in texts if text)
    )
    everything.lines[name] = number
    faults = list(_gather(everything, properties, number))
    if faults:
        yield Rejected(number, "; ".join(faults))


def _gather(everything: _Gathered, properties: Mapping[str, str], number: int) -> Iterator[str]:
    """Remember what a row says of its dataset; say, once, what makes no sense, and what contradicts an earlier row."""
    new = {key: value for key, value in properties.items() if value.strip() and value != everything.raw[key]}
    for key, value in new.items():
        if (key, value) in everything.senseless:
            continue
        if key in everything.said_in:
            yield f"{key} {text_of(value, 80)!r} differs from row {everything.said_in[key]}: the first is kept"
        elif faults := read_attributes({key: value})[2]:
            everything.senseless.add((key, value))
            yield from faults
        else:
            everything.raw[key], everything.said_in[key] = value, number


def _dataset_name(said: Mapping[str, str]) -> str:
    name, schema = text_of(said.get("dataset"), LONGEST_NAME + 1), text_of(said.get("schema"), LONGEST_NAME + 1)
    return f"{schema}.{name}" if schema and name and not name.startswith(f"{schema}.") else name


def _list(headers: list[str]) -> str:
    return ", ".join(text_of(header, 40) for header in headers[:20]) or "none"
