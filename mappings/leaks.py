"""Finds what must not be published, in every cell of a database and in files. Reads only; ``publishing`` refuses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlite_utils import Database

from kb.migrations import kb_migrations
from mappings.company_words import CompanyWords

# Tables, and columns of any table, that hold what agencies wrote: there a plain word is theirs.
OFFICIAL_TABLES = {
    "text", "provision", "data_item", "change", "work", "version", "claim", "data_type", "source", "repeal",
}  # fmt: skip
OFFICIAL_COLUMNS = {"title", "title_key"}
SIGNED = {"by"}  # who decided, as given with --by: a role or office
SECRETS = re.compile(r"pbkdf2_sha256\$|://[^/\s:@]+:[^/\s:@]+@|-----BEGIN [A-Z ]*PRIVATE KEY", re.I)
# Not in the path of a URL: a place on somebody's machine.
PATHS = re.compile(r"(?<![\w.:/%~-])/(?:home|Users|root|tmp|var|srv|opt|mnt)/[^\s,;]+|\b[A-Za-z]:\\\w+|file://", re.I)
_TOKEN = re.compile(r"[a-z0-9_@+.-]+")


@dataclass(frozen=True)
class Leak:
    """``where``: kb.db table.column and row, or a file; ``what``: the word and where the company has it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Finder:
    words: CompanyWords
    root: str = ""  # where the workspace lies
    actors: frozenset[str] = frozenset()  # may have signed what is in kb.db

    def in_database(self, db: Database) -> Iterator[Leak]:
        """One for each word and column, the first row of it."""
        fresh = Database(memory=True)
        kb_migrations.apply(fresh)
        ours = set(fresh.table_names()) | {"_sqlite_migrations"}
        for table in db.table_names():
            if table not in ours and not table.startswith("sqlite_"):
                yield Leak(f"kb.db {table}", "is no table of a knowledge base")
            yield from self._in_table(db, table)

    def in_files(self, folder: Path, expected: Iterable[str]) -> Iterator[Leak]:
        """``expected``: what may lie there, as paths within the folder."""
        known = set(expected)
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or (path.is_file() and name not in known):
                yield Leak(name, "does not belong there")
            elif path.is_file() and path.suffix != ".db":
                text = path.read_text("utf-8", "replace")
                yield from (Leak(name, what) for what in self.find(text, official=True, code=True))

    def find(self, text: str, *, official: bool = False, code: bool = False, signed: bool = False) -> set[str]:
        """What a text gives away: one that an agency wrote, program code, a signature, or what an operator wrote."""
        low = text.casefold()
        tokens = {part.strip(".-") for token in _TOKEN.findall(low) for part in (token, *token.split("."))}
        found = {(word, self._tokens[word]) for word in tokens if word in self._tokens}
        found |= self._phrases_in(low)
        said = {
            f"{word!r} ({where})" for word, where in found
            if not (official and word in self.words.plain) and not (code and word in self.words.made)
            and not (signed and word in self.actors)
        }  # fmt: skip
        said |= {f"a secret ({hit[:14]}…)" for hit in SECRETS.findall(text)}
        if not official:
            said |= {f"a path of this machine ({hit})" for hit in PATHS.findall(text)}
        if self.root and self.root.casefold() in low:
            said.add("the place of the workspace")
        return said

    def _in_table(self, db: Database, table: str) -> Iterator[Leak]:
        seen: set[tuple[str, str]] = set()
        for number, row in enumerate(db.query(f"select * from [{table}]"), 1):
            for column, value in row.items():
                if not isinstance(value, str | bytes) or len(value) < 3:
                    continue
                text = value if isinstance(value, str) else value.decode("utf-8", "ignore")
                official = table in OFFICIAL_TABLES or column in OFFICIAL_COLUMNS or "fts" in table
                for what in self.find(text, official=official, signed=column in SIGNED):
                    if (column, what) not in seen:
                        seen.add((column, what))
                        yield Leak(f"kb.db {table}.{column}, row {number}", what)

    @cached_property
    def _tokens(self) -> dict[str, str]:
        return {word: where for word, where in self._all.items() if _TOKEN.fullmatch(word)}

    @cached_property
    def _phrases(self) -> dict[str, list[tuple[str, str]]]:
        """First three characters → words, for those with blanks or in another script."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for word, where in self._all.items():
            if word not in self._tokens:
                found[word[:3]].append((word, where))
        return dict(found)

    @cached_property
    def _all(self) -> dict[str, str]:
        return {**self.words.plain, **self.words.made, **self.words.names}

    def _phrases_in(self, low: str) -> set[tuple[str, str]]:
        starts = self._phrases
        if not starts:
            return set()
        return {
            pair for place in range(len(low) - 2) if (key := low[place : place + 3]) in starts
            for pair in starts[key] if low.startswith(pair[0], place)
        }  # fmt: skip
