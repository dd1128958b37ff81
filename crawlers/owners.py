"""Whose article is at a URL? Agencies list each other's documents: seen twice, one publication is one publication."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.source import SOURCES, load_sources
from crawlers.spiders import load_kind


def owner_of(url: str, folder: Path = SOURCES) -> tuple[str, str] | None:
    """(agency, key) of an article of any declared source, or None where no declared source has such a URL."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    for agency, hosts, pattern in _owners(folder):
        if host in hosts and (found := pattern.search(url)):
            return agency, found[1]
    return None


@functools.cache
def _owners(folder: Path) -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    owners = {
        (source.agency, source.allowed_hosts, source.rules(load_kind(source).HABIT).key)
        for source in load_sources(folder).values()
        if source.crawlable
    }
    return tuple((agency, hosts, re.compile(key)) for agency, hosts, key in sorted(owners, key=str) if key)
