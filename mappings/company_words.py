"""The words by which a company is known: what must not be found in anything that is published.

``names`` name somebody wherever they stand: addresses, hosts, people, entities, recipients, transfers, filings.
``made`` are ids of the company's own making, as of datasets and fields: certain, but for program code, which has a
vehicle_count of its own. ``plain`` words, such as a dataset called 车辆位置, may be anybody's in a regulation, and
count only where operators write. A word that Regwatch itself ships is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from kb.config import Config

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("kb", "crawlers")  # folders whose words are nobody's
_MADE = re.compile(r"[_@./\d-]|[a-z][A-Z]")  # an id that somebody made, not a word of a language
_ASCII = re.compile(r"^[\x20-\x7e]+$")
_NAMES = {
    "owner": ("id", "name", "email"), "entity": ("id", "name", "group_name"), "transfer": ("id", "recipient"),
    "filing": ("id", "number", "recipient"), "watch": ("address",), "alert": ("address",), "dataset": ("recipient",),
}  # fmt: skip
_THINGS = {  # made, or plain
    "dataset": ("id", "name", "system", "entity"), "field": ("name",), "watch": ("name",), "saved_search": ("name",),
}  # fmt: skip


@dataclass(frozen=True)
class CompanyWords:
    """Casefolded word → where the company has it, as ``owner.email``."""

    names: dict[str, str]
    made: dict[str, str]
    plain: dict[str, str]


def company_words(company: Database | None, config: Config, allowed: Iterable[str] = ()) -> CompanyWords:
    """The words of company.db and config.yml, without those that Regwatch ships or somebody has ``allowed``."""
    names, things = dict(_of_config(config)), dict[str, str]()
    for actor in config.actors:
        things |= dict(_word(actor, "config.yml actors"))
    if company is not None:
        names |= dict(_of_tables(company, _NAMES))
        things |= dict(_of_tables(company, _THINGS))
    known = "\n".join(shipped_text())
    nobody = {word.casefold() for word in allowed}

    def kept(words: dict[str, str]) -> dict[str, str]:
        return {word: where for word, where in words.items() if word not in nobody and word not in known}

    made = {word: where for word, where in things.items() if _MADE.search(word) and len(word) >= 6}
    plain = {word: where for word, where in things.items() if word not in made}
    return CompanyWords(kept(names), kept(made), kept(plain))


def shipped_text() -> Iterator[str]:
    """Every file of the product, casefolded."""
    for folder in SHIPPED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yml", ".html", ".css", ".js"):
                yield path.read_text("utf-8").casefold()


def _of_tables(company: Database, columns: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    there = set(company.table_names())
    for table, names in columns.items():
        for column in names if table in there else ():
            for row in company.query(f"select distinct {column} as word from {table} where {column} is not null"):
                yield from _word(row["word"], f"{table}.{column}")


def _of_config(config: Config) -> Iterator[tuple[str, str]]:
    said: dict[str, Any] = {
        "contact": config.contact.removeprefix("mailto:"), "team": config.team.address,
        "fallback_owner": config.fallback_owner, "site_url": urlsplit(config.site_url or "").hostname,
    }  # fmt: skip
    if config.smtp:
        said |= {"smtp.host": config.smtp.host, "smtp.user": config.smtp.user, "smtp.sender": config.smtp.sender}
    for where, word in said.items():
        yield from _word(word, f"config.yml {where}")
    listed: dict[str, list[str | None]] = {
              "deputies": [*config.deputies, *config.deputies.values()],
              "channels": [urlsplit(channel.url or "").hostname for channel in config.channels.values()],
              "crawl.proxies": [urlsplit(proxy).hostname for proxy in config.crawl.proxies.values()]}  # fmt: skip
    for where, words in listed.items():
        for word in words:
            yield from _word(word, f"config.yml {where}")


def _word(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """A value long enough to mean something: four characters of Latin script, three of another."""
    word = str(value or "").strip().casefold()
    if len(word) >= (4 if _ASCII.match(word) else 3) and word != "localhost":
        yield word, where
