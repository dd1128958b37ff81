"""What the lexicon finds in and around a field: its phrases by where they stand, the kinds of its table, its forms,
whether it is bookkeeping. All that judging it needs; judging is ``match``'s. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.lexicon import Lexicon
from mappings.catalog.rule import Table
from mappings.catalog.table_kinds import SENTENCE, Around, find_in, kinds_that_speak, look_around, table_kinds
from mappings.catalog.terms import ends_with, has_chinese


@dataclass(frozen=True)
class Words:
    """The phrases of the lexicon that occur in each part of a field's surroundings."""

    column: frozenset[str]  # those that are all of what the column is called
    part: frozenset[str]  # those that are a part of it: boundary of boundary_line_confidence
    parent: frozenset[str]  # those that the column's name makes with what stands before it: engine.status
    path: frozenset[str]
    description: frozenset[str]
    mention: frozenset[str]  # the single English words of the description
    comment: frozenset[str]  # the Chinese ones of the description
    said: frozenset[str]  # those and the ones within them: what may speak against
    type: frozenset[str]  # of the column: GeoPoint, sensor_msgs/PointCloud2

    @property
    def name(self) -> frozenset[str]:
        return self.column | self.part


@dataclass(frozen=True)
class Terms:
    """A field as judging sees it: phrases by scope, kinds of its table and its own forms by id, which of the kinds
    speak for a column that says nothing, whether it is bookkeeping."""

    words: Words
    tables: Mapping[str, Table]
    speak: frozenset[str]
    noise: bool

    @property
    def signature(self) -> tuple[frozenset[str], ...]:
        """Equal for fields that are judged alike."""
        w = self.words
        noise = frozenset({"noise"} if self.noise else ())
        said = (w.column, w.part, w.parent, w.path, w.description, w.mention, w.comment, w.said, w.type)
        return *said, frozenset(self.tables), self.speak, noise


NOTHING = Terms(Words(*[frozenset()] * len(fields(Words))), {}, frozenset(), noise=True)


def read_terms(dataset: Dataset, lexicon: Lexicon, around: Around | None = None) -> Iterator[tuple[Field, Terms]]:
    """Each field with its terms. ``around``: what all columns say together, if some of them are left out here."""
    around = look_around(dataset, lexicon) if around is None else around
    about = read_description(dataset.attributes.description or "")[0]
    named = find_in(lexicon, f"{dataset.name} {dataset.attributes.system or ''}")
    own = find_in(lexicon, dataset.name.rpartition(".")[2]) | find_in(lexicon, about)
    # An id often begins with the project or schema (model.jaffle_shop.customers): that tells the kind of table.
    told = named | own | find_in(lexicon, dataset.id)
    kinds: dict[str, tuple[dict[str, Table], frozenset[str]]] = {}
    for field in dataset.fields:
        parents, _, leaf = field.name.rpartition(".")
        if parents not in kinds:
            above = find_in(lexicon, parents)
            found = table_kinds(lexicon, told | above, around.beside, parents)
            kinds[parents] = found, kinds_that_speak(found, own | above, around, parents)
        tables, speak = kinds[parents]
        name = lexicon.key(leaf)
        if name in lexicon.noise.never:
            yield field, NOTHING
            continue
        forms = lexicon.forms_of(field.type, field.unit, name)
        words = _words_of(field, dataset.name, named, lexicon)
        if "text" in forms:
            words = replace(words, type=frozenset())
        if noise := is_bookkeeping(name, words.name | words.parent, tables, lexicon):
            # The id of an e-mail is no e-mail; that of an EVSE is one where a phrase says so: evse id. The key of the
            # table itself is neither.
            words = replace(words, parent=frozenset(said for said in words.parent if parents and ends_with(said, name)))
        yield field, Terms(words, tables | forms, speak, noise)


def telling_name(path: str, lexicon: Lexicon) -> str:
    """The last part of a path; one that names nothing by itself (value, status) takes what stands before it along."""
    return _telling(path, lexicon.vague, lexicon)


def read_description(text: str) -> tuple[str, str]:
    """What a description says the thing is, and what it says that it belongs to: the words before a Chinese colon.

    Of each line the first sentence, of a Chinese one the first clause: what follows explains.
    """
    scopes, said = [], []
    for line in text.splitlines():
        chinese = has_chinese(line)
        if chinese and 0 < (colon := line.find("：")) < 20:
            scopes.append(line[:colon])
            line = line[colon + 1 :]
        ends = [end for stop in ("。，；;" if chinese else (". ", "; ")) if (end := line.find(stop)) > 0]
        said.append(line[: min([*ends, SENTENCE])])
    return " \n ".join(said), " \n ".join(scopes)


def is_bookkeeping(leaf: str, column: frozenset[str], tables: Mapping[str, Table], lexicon: Lexicon) -> bool:
    """Keys, audit columns, counters, checksums, units, settings: what a column holds decides, not its table."""
    if any(not column.isdisjoint(table.drops) for table in tables.values()):
        return True
    if any(leaf in table.keeps for table in tables.values()):
        return False
    noise = lexicon.noise
    return (
        leaf in noise.whole
        or not column.isdisjoint(noise.any)
        or any(ends_with(leaf, end) for end in noise.ends if end in column)
    )


def _words_of(field: Field, dataset: str, named: frozenset[str], lexicon: Lexicon) -> Words:
    path = f"{dataset}.{field.name}"
    said, scope = read_description(field.description)
    called = _telling(path, lexicon.bare, lexicon)
    column, whole = find_in(lexicon, called), find_in(lexicon, telling_name(path, lexicon))
    column = _longest(column, called, lexicon)
    full = frozenset(phrase for phrase in column if _is_all(phrase, called, lexicon))
    description = find_in(lexicon, said)
    chinese = frozenset(filter(has_chinese, description))
    comment = frozenset() if _is_of_something(said, chinese, lexicon) else _longest(chinese, said, lexicon)
    description -= chinese - comment
    # That a dataset is called vehicle_status says nothing of its columns but that they are of a vehicle.
    around = named.union(find_in(lexicon, path), find_in(lexicon, scope)) - (named & lexicon.nothing)
    around |= whole | find_in(lexicon, field.name)
    mention = frozenset(phrase for phrase in description if " " not in phrase) - comment
    return Words(
        full, column - full, whole - column, around, description - mention, mention, comment, chinese,
        find_in(lexicon, field.type),
    )  # fmt: skip


def _longest(found: frozenset[str], text: str, lexicon: Lexicon) -> frozenset[str]:
    """Without the Chinese phrases that stand only within longer ones that speak for a type: 体温 within 单体温度."""
    chinese = sorted(filter(has_chinese, found), key=len, reverse=True)
    within = set()
    for phrase in chinese:
        rest = text
        for longer in chinese:
            if len(longer) > len(phrase) and phrase in longer and longer in lexicon.rules:
                rest = rest.replace(longer, " ")
        if phrase not in rest:
            within.add(phrase)
    return found - within


def _is_of_something(said: str, chinese: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a Chinese comment names but an attribute of something, 密钥类型, and no phrase of the lexicon ends it."""
    clause = said.strip()
    return clause.endswith(lexicon.of_something) and not any(
        clause.endswith(phrase) for phrase in chinese & lexicon.rules.keys()
    )


def _is_all(phrase: str, called: str, lexicon: Lexicon) -> bool:
    """Whether a phrase is all that a column is called, but for words that name nothing; a Chinese name is not split."""
    if has_chinese(phrase):
        return called.endswith(phrase)
    little = lexicon.little
    return [word for word in phrase.split() if word not in little] == [
        word for word in lexicon.splitter.split(called) if word not in little
    ]


def _telling(path: str, vague: frozenset[str], lexicon: Lexicon) -> str:
    parts = path.split(".")
    size = 1
    while size < min(len(parts), 4) and _is_vague(" ".join(parts[-size:]), vague, lexicon):
        size += 1
    return " ".join(parts[-size:])


def _is_vague(name: str, vague: frozenset[str], lexicon: Lexicon) -> bool:
    # Chinese names are not split: what a name of theirs has no words for is not for that reason vague.
    return not has_chinese(name) and vague.issuperset(lexicon.splitter.split(name))
