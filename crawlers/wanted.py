"""What is fetched before any list: declared addresses of law in force whose text nobody has read yet.

A declared work belongs to the source under whose address its page stands. Only a live crawl asks for it: what stands in
for a site knows its own pages only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from sqlite_utils import Database

from crawlers.items import Row
from crawlers.source import ListRules, Source
from kb.law.declared import unread_law


@dataclass(frozen=True)
class Wanted:
    """The page of a declared text as if a list had shown it, and the files that bear the text."""

    row: Row
    files: tuple[str, ...]


def wanted_of(db: Database, source: Source, habit: ListRules) -> list[Wanted]:
    """Unread law whose declared page stands in the column of this source, in the order of ``unread_law``."""
    column, key = urljoin(source.url, "."), source.rules(habit).key
    found = []
    for law in unread_law(db) if key else ():
        page = next((url for url in law["urls"] if url.startswith(column)), None)
        match = re.search(key, page) if page else None
        if page and match:
            files = (
                url for url in law["urls"] if url.endswith(".pdf") and urlsplit(url).hostname in source.allowed_hosts
            )
            row = Row(match[1], page, law["title"], law["published"] or "")
            found.append(Wanted(row, tuple(files)))
    return found
