"""Which data types a field holds, with confidence and reason. Pure: a dataset and the lexicon in, suggestions out.

Two steps, since most wrong guesses on real catalogs are bookkeeping columns of a table that is rightly of interest:
first what kind of table it is, then which of its columns; bookkeeping is left out before any word is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mappings.catalog.calibration import load_calibration
from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.lexicon import Lexicon, Rule, Table, load_lexicon
from mappings.catalog.terms import ends_with, has_chinese

LEAST = 0.5  # score below which nothing is suggested
MOST_TYPES = 2  # of one field
CLOSE = 0.35  # a second type is suggested only when it is nearly as sure as the first
SURE, AGREES = 0.97, 0.08  # nothing is ever surer; what a table of the same type adds
# What a word is worth by where it stands: a Chinese comment usually is the column's name, an English one is prose.
# A name that needs its parent to say anything (status, type) is often of another thing than the parent; a single word
# in English prose is often mentioned and not meant.
FACTORS = {"column": 1.0, "comment": 0.95, "type": 0.9, "parent": 0.85, "path": 0.85, "description": 0.8}
FACTORS["mention"] = 0.65
PARTS = {"column": "parent", "description": "mention"}  # where a rule looks, too
SPOKEN = {"parent": "column with what it belongs to", "mention": "description"}
SENTENCE = 160  # characters of a description that are read: what follows explains


Beside = frozenset[tuple[str, str]]  # parents of columns, and a kind of table that those columns speak for


@dataclass(frozen=True)
class Suggestion:
    """``confidence`` is 0–1, calibrated; ``reason`` says what spoke for it; ``rule_version`` changes with the rule."""

    dataset: str
    field: str
    data_type: str
    confidence: float
    reason: str
    rule: str
    rule_version: str


@dataclass(frozen=True)
class Words:
    """The phrases of the lexicon that occur in each part of a field's surroundings."""

    column: frozenset[str]
    parent: frozenset[str]  # those that the column's name makes with what stands before it: engine.status
    path: frozenset[str]
    description: frozenset[str]
    mention: frozenset[str]  # the single English words of the description
    comment: frozenset[str]  # the Chinese ones of the description
    type: frozenset[str]  # of the column: GeoPoint, sensor_msgs/PointCloud2


@dataclass(frozen=True)
class Terms:
    """A field as judging sees it: phrases by scope, kinds of its table and its own forms by id, whether it is
    bookkeeping."""

    words: Words
    tables: dict[str, Table]
    noise: bool

    @property
    def signature(self) -> tuple[frozenset[str], ...]:
        """Equal for fields that are judged alike."""
        w = self.words
        noise = frozenset({"noise"} if self.noise else ())
        return w.column, w.parent, w.path, w.description, w.mention, w.type, frozenset(self.tables), noise


NOTHING = Terms(Words(*[frozenset()] * 7), {}, noise=True)


@dataclass(frozen=True)
class Evidence:
    """``score`` says how much speaks for it; ``calibration`` knows what a score has meant."""

    data_type: str
    score: float
    reason: str
    rule: str
    version: str


def suggest_types(dataset: Dataset, lexicon: Lexicon | None = None) -> Iterator[Suggestion]:
    """Suggestions for every field of a dataset, fields in their order, the surest type of a field first."""
    lexicon, calibration = lexicon or load_lexicon(), load_calibration()
    for field, terms in read_terms(dataset, lexicon):
        for found in judge(terms, lexicon):
            confidence = calibration.confidence(found.score)
            yield Suggestion(
                dataset.id, field.name, found.data_type, confidence, found.reason, found.rule, found.version
            )


def read_terms(dataset: Dataset, lexicon: Lexicon, beside: Beside | None = None) -> Iterator[tuple[Field, Terms]]:
    """What the lexicon finds in and around each field: all that judging it needs. ``beside``: the kinds of table that
    its columns speak for, if some of them are left out."""
    beside = kinds_by_columns(dataset, lexicon) if beside is None else beside
    named = _find(lexicon, f"{dataset.name} {dataset.attributes.system or ''}")
    # An id often begins with the project or schema (model.jaffle_shop.customers): that tells the kind of table.
    told = (
        named | _find(lexicon, dataset.id) | _find(lexicon, read_description(dataset.attributes.description or "")[0])
    )
    kinds: dict[str, dict[str, Table]] = {}
    for field in dataset.fields:
        parents, _, leaf = field.name.rpartition(".")
        if parents not in kinds:
            kinds[parents] = table_kinds(lexicon, told | _find(lexicon, parents), beside, parents)
        tables = kinds[parents]
        words = _words_of(field, dataset.name, named, lexicon)
        name = lexicon.key(leaf)
        if name in lexicon.noise.never:
            yield field, NOTHING
            continue
        if noise := is_bookkeeping(name, words.column | words.parent, tables, lexicon):
            # The id of an e-mail is no e-mail; that of an EVSE is one where a phrase says so: evse id.
            words = replace(words, parent=frozenset(said for said in words.parent if ends_with(said, name)))
        yield field, Terms(words, tables | lexicon.forms_of(field.type, field.unit, name), noise)


def kinds_by_columns(dataset: Dataset, lexicon: Lexicon) -> Beside:
    """The kinds of table that the names of columns speak for, by the parents that they share: latitude by longitude."""
    named: dict[str, set[str]] = {}
    for field in dataset.fields:
        named.setdefault(field.name.rpartition(".")[0], set()).update(_find(lexicon, _called(field)))
    told = ((name, table.siblings) for name, table in lexicon.kinds.items() if table.siblings)
    found = {
        (parents, name)
        for name, groups in told
        for parents, words in named.items()
        if not any(words.isdisjoint(group) for group in groups)
    }
    return frozenset(found)


def _called(field: Field) -> str:
    """What a column is called: a Chinese comment usually is its name."""
    name = field.name.rpartition(".")[2]
    return f"{name} {field.description[:SENTENCE]}" if has_chinese(field.description) else name


def table_kinds(
    lexicon: Lexicon, found: frozenset[str], beside: Beside = frozenset(), parents: str = ""
) -> dict[str, Table]:
    """The kinds of table that the words of a dataset's name, description and system speak for, or its columns."""
    return {
        name: table
        for name, table in lexicon.kinds.items()
        if ((parents, name) in beside or not found.isdisjoint(table.words))
        and (not table.needs or not found.isdisjoint(table.needs))
        and found.isdisjoint(table.unless)
    }


def telling_name(path: str, lexicon: Lexicon) -> str:
    """The last part of a path; one that names nothing by itself (value, status) takes what stands before it along."""
    return _telling(path, lexicon.vague, lexicon)


def _telling(path: str, vague: frozenset[str], lexicon: Lexicon) -> str:
    parts = path.split(".")
    size = 1
    while size < min(len(parts), 4) and _is_vague(" ".join(parts[-size:]), vague, lexicon):
        size += 1
    return " ".join(parts[-size:])


def _is_vague(name: str, vague: frozenset[str], lexicon: Lexicon) -> bool:
    # Chinese names are not split: what a name of theirs has no words for is not for that reason vague.
    return not has_chinese(name) and vague.issuperset(lexicon.splitter.split(name))


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


def _words_of(field: Field, dataset: str, named: frozenset[str], lexicon: Lexicon) -> Words:
    path = f"{dataset}.{field.name}"
    said, scope = read_description(field.description)
    column, whole = _find(lexicon, _telling(path, lexicon.bare, lexicon)), _find(lexicon, telling_name(path, lexicon))
    description = _find(lexicon, said)
    comment = frozenset(filter(has_chinese, description))
    # That a dataset is called vehicle_status says nothing of its columns but that they are of a vehicle.
    around = named.union(_find(lexicon, path), _find(lexicon, scope)) - (named & lexicon.nothing)
    around |= whole | _find(lexicon, field.name)
    mention = frozenset(phrase for phrase in description if " " not in phrase) - comment
    return Words(column, whole - column, around, description - mention, mention, comment, _find(lexicon, field.type))


def judge(terms: Terms, lexicon: Lexicon) -> list[Evidence]:
    """What is to be suggested of a field, the surest type first."""
    words, tables, noise = terms.words, terms.tables, terms.noise
    blocked = {data_type for table in tables.values() for data_type in table.blocks}
    best: dict[str, Evidence] = {}
    for found in _by_rules(words, tables, lexicon, noise):
        if found.data_type not in blocked and found.score > best.get(found.data_type, _NOTHING).score:
            best[found.data_type] = found
    if not noise:
        for found in _by_table(tables, claimed=bool(best)):
            if found.score > best.get(found.data_type, _NOTHING).score:
                best[found.data_type] = found
    ranked = sorted(best.values(), key=lambda found: (-found.score, found.data_type))
    return [f for f in ranked[:MOST_TYPES] if f.score >= max(LEAST, ranked[0].score - CLOSE)]


_NOTHING = Evidence("", 0.0, "", "", "")


def is_bookkeeping(leaf: str, column: frozenset[str], tables: dict[str, Table], lexicon: Lexicon) -> bool:
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


def _by_rules(words: Words, tables: dict[str, Table], lexicon: Lexicon, noise: bool) -> Iterator[Evidence]:
    around = words.path | words.description | words.mention | words.type
    against = words.path | words.comment
    seen: set[str] = set()
    for phrase in sorted(around):
        for data_type, name, rule in lexicon.rules.get(phrase, ()):
            if name in seen or (noise and not rule.always):
                continue
            seen.add(name)
            if (
                (rule.needs and around.isdisjoint(rule.needs))
                or not against.isdisjoint(rule.unless)
                or (rule.tables and tables.keys().isdisjoint(rule.tables))
                or not tables.keys().isdisjoint(rule.not_tables)
            ):
                continue
            if found := weigh(data_type, name, rule, words, tables, lexicon):
                yield found


def weigh(
    data_type: str, name: str, rule: Rule, words: Words, tables: dict[str, Table], lexicon: Lexicon
) -> Evidence | None:
    """What one rule says of a field, or nothing when none of its words stands where it looks."""
    hits = {s: found for s in scopes_of(rule) if (found := getattr(words, s).intersection(rule.words))}
    if not hits:
        return None
    scope = max(hits, key=FACTORS.__getitem__)
    agreeing = [kind for kind, table in tables.items() if table.gives == data_type or data_type in table.fits]
    score = min(SURE, rule.weight * FACTORS[scope] + (AGREES if agreeing else 0))
    said = ", ".join(
        f"“{lexicon.spelling[phrase]}”" for phrase in sorted(hits[scope], key=lambda phrase: (-len(phrase), phrase))[:3]
    )
    reason = f"{SPOKEN.get(scope, scope)} says {said}"
    if agreeing:
        reason += f"; {'its form fits:' if agreeing[0] in lexicon.forms else 'table of kind'} {agreeing[0]}"
    return Evidence(data_type, round(score, 2), reason, name, rule.version)


def scopes_of(rule: Rule) -> tuple[str, ...]:
    """Where a rule's words count: where it says, what belongs to that, and Chinese comments."""
    return (*rule.only, *(part for whole, part in PARTS.items() if whole in rule.only), "comment")


def _by_table(tables: dict[str, Table], claimed: bool) -> Iterator[Evidence]:
    alone = any(table.alone for table in tables.values())
    for kind, table in tables.items():
        if table.gives and (table.also or not (claimed or alone)):
            yield of_table(kind, table)


def of_table(kind: str, table: Table) -> Evidence:
    """What a kind of table says of a column that says nothing itself."""
    reason = f"column of a table of kind {kind}, no word of its own"
    return Evidence(table.gives or "", table.weight, reason, f"table/{kind}", table.version)


def _find(lexicon: Lexicon, text: str) -> frozenset[str]:
    return frozenset(lexicon.find(text)) if text.strip() else frozenset()
