"""Pages that a person saved where a site cannot be reached from here, recorded as if they had been crawled then.

Lists first, so that articles are known by what their list says of them; then articles, then their annexes. Each keeps
its own URL and time. What belongs to no declared source is counted and left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from crawlers.expectations import is_challenge
from crawlers.items import Answer, FetchedAnnex, FetchedPage, FetchedPart, Listed, ListRequest, Outcome, Row
from crawlers.ledger import Ledger
from crawlers.loader import key_of
from crawlers.pipelines import record_item
from crawlers.saved import Saved, read_folder, read_har
from crawlers.source import Source, as_rows, find_sources, follows, load_sources
from crawlers.spiders import load_kind
from kb.db import open_kb
from kb.declared_sources import store_sources
from kb.evidence.archive import Archive
from kb.identity import publication_id
from kb.reading.bundle import CONTENT_TYPE, Part, pack
from kb.reading.detect import is_page
from kb.reading.page import read_page
from kb.workspace import Workspace


def record_saved(
    workspace: Workspace,
    source_ids: Sequence[str],
    *,
    hars: Sequence[str] = (),
    folders: Sequence[str] = (),
    now: str,
    say: Callable[[str], None] = lambda _: None,
) -> list[Outcome]:
    """Outcomes of the sources that something was saved of. Raises NotFound, and CrawlError for what is no HAR.

    It says nothing about the health of a site, and is no run of its source.
    """
    sources = find_sources(source_ids)
    read = (*(read_har(Path(har)) for har in hars), *(read_folder(Path(folder)) for folder in folders))
    saved = sorted(chain.from_iterable(read), key=lambda one: (one.at, one.url))
    saved = [replace(one, at=min(one.at, now)) for one in saved]
    with open_kb(workspace.kb_path) as db:
        store_sources(db, as_rows(load_sources().values()))
        handover = _Handover(Ledger(db, Archive(workspace.archive_path), now), workspace.config.topics)
        left = handover.take(sources, [one for one in saved if not is_challenge(one.body)])
        for url in left:
            say(f"of no declared source, or not linked by a page of one: {url}")
        return handover.outcomes()


class _Handover:
    def __init__(self, ledger: Ledger, topics: Sequence[str]) -> None:
        self.ledger, self.topics = ledger, topics
        self.listed: dict[str, set[str]] = {}
        self.taken: dict[str, dict[str, str]] = {}  # source → publication → new, changed or unchanged
        self.saved: dict[str, Saved] = {}
        self.parts: set[str] = set()  # further pages of texts, taken with their first

    def take(self, sources: Sequence[Source], saved: Iterable[Saved]) -> list[str]:
        """The URLs that could not be placed, after lists, articles and annexes were, in this order."""
        left = list(saved)
        self.saved = {one.url: one for one in left}
        for step in (self.take_list, self.take_article, self.take_annex):
            left = [one for one in left if not any(step(source, one) for source in sources)]
        return [one.url for one in left if one.url not in self.parts]

    def at(self, one: Saved) -> Ledger:
        return Ledger(self.ledger.db, self.ledger.archive, one.at)

    def take_list(self, source: Source, one: Saved) -> bool:
        """A page of rows under the source's own address, or an answer to one of its calls."""
        if not _is_list_of(source, one):
            return False
        request = ListRequest(one.url, way="json" if one.body.lstrip()[:1] == b"{" else "page", referer=source.url)
        page = load_kind(source).parse_list(one.body, request, source)
        for row in page.rows:
            id = publication_id(row.agency or source.agency, row.key)
            self.listed.setdefault(source.id, set()).add(id)
            record_item(
                self.at(one), source.agency, source.id, Listed(id, row, follows(source, row.title, self.topics))
            )
        return bool(page.rows)

    def take_article(self, source: Source, one: Saved) -> bool:
        """A page that a list showed, or of the source's own form: whoever saved it wants it read."""
        rules = source.rules(load_kind(source).HABIT)
        key = key_of(source, rules, one.url) if urlsplit(one.url).hostname in source.allowed_hosts else None
        if key is None or not is_page(one.body):
            return False
        page = read_page(one.body, one.url)
        if source.shapes and page.shape not in source.shapes:
            return False
        id = publication_id(source.agency, key)
        known, before = self.ledger.publication(id), self.capture_of(id, one)
        columns = json.loads(known["columns"]) if known else []
        column = source.id if source.id in columns or not columns else columns[0]
        if known is None or not known["followed"]:
            row = Row(key, one.url, page.title, page.published or "", page.comments_close)
            record_item(self.at(one), source.agency, column, Listed(id, row, True))
        if self.is_news(id, one):
            whole = self.joined(source, one, page.further)
            read = FetchedPage(id, _answer(whole), read_page(whole.body, one.url))
            record_item(self.at(one), source.agency, column, read)
        after = self.capture_of(id, one)
        came = "unchanged" if after == before else "changed" if before else "new"
        if self.taken.setdefault(column, {}).get(id, "unchanged") == "unchanged":
            self.taken[column][id] = came
        return True

    def capture_of(self, publication: str, one: Saved) -> str | None:
        known = self.ledger.document(publication, one.url)
        return known["capture"] if known else None

    def joined(self, source: Source, one: Saved, further: Sequence[str]) -> Saved:
        """A page with those of the further pages of its text that were saved, too."""
        self.parts.update(further)
        parts = [one, *(self.saved[address] for address in further if address in self.saved)]
        if len(parts) == 1:
            return one
        for part in parts:
            record_item(self.at(part), source.agency, source.id, FetchedPart(_answer(part)))
        return replace(one, body=pack([Part(part.url, part.body) for part in parts]), content_type=CONTENT_TYPE)

    def take_annex(self, source: Source, one: Saved) -> bool:
        sql = (
            "select publication, name from document join publication on publication.id = publication "
            "where document.url = ? and role = 'annex' and agency = ? limit 1"
        )
        known = self.ledger.one(sql, one.url, source.agency)
        if known is None or one.url.partition("/robots.txt")[1]:
            return False
        if self.is_news(known["publication"], one):
            item = FetchedAnnex(known["publication"], known["name"], _answer(one))
            record_item(self.at(one), source.agency, source.id, item)
        return True

    def is_news(self, publication: str, one: Saved) -> bool:
        """An older copy than what is already here changes nothing."""
        known = self.ledger.document(publication, one.url)
        return not (known and known["capture"] and known["last_seen"] > one.at)

    def outcomes(self) -> list[Outcome]:
        found = []
        for id in sorted({*self.listed, *self.taken}):
            listed, taken = self.listed.get(id, set()), self.taken.get(id, {})
            detail = f"handed over: {len(listed)} rows, {len(taken)} pages"
            whole = listed | taken.keys()
            new, changed = (list(taken.values()).count(came) for came in ("new", "changed"))
            found.append(Outcome(id, "healthy", len(whole), new, changed, len(whole) - new - changed, detail))
        return found


def _is_list_of(source: Source, one: Saved) -> bool:
    if one.url.partition("?")[0] == source.url.partition("?")[0] or one.url == source.url:
        return True
    if source.kind == "json-list" and one.url.partition("?")[0].endswith("/cms/JsonList"):
        return f"channelCode={source.list.channel}&" in f"{one.url}&{one.form}&"
    if source.kind == "jpaas-unit" and "/page/build/unit?" in one.url:
        folder = urlsplit(urljoin(source.url, ".")).path + "art/"  # the rows tell whose column it is
        return folder.encode() in one.body.replace(b"\\", b"")
    return False


def _answer(one: Saved) -> Answer:
    return Answer(one.url, 200, one.body, content_type=one.content_type)
