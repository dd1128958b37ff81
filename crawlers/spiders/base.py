"""What every kind of site shares: ask the list, visit what is new, and what is due of what was followed before.

A spider decides what to ask and says what it saw; the pipeline writes. It sees public URLs only, and does not ask again
where it was refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from scrapy import FormRequest, Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.addresses import is_move
from crawlers.answers import answer_of, fault_of
from crawlers.expectations import refusal, unexpected
from crawlers.items import Listed, ListPage, ListRequest, Offending, Related, Row
from crawlers.source import follows
from crawlers.spiders.documents import LISTS, Asked, DocumentSpider


class SourceSpider(DocumentSpider):
    """One run over one source: its lists, and then the documents that they lead to."""

    async def start(self) -> AsyncIterator[Any]:
        for wanted in self.wanted:
            for asked in self.ask_wanted(wanted):
                yield asked
        for request in self.kind.first_requests(self.source):
            yield self.ask_list(request)

    def ask_list(self, asked: ListRequest) -> Request:
        self.lists_open += 1
        common: dict[str, Any] = {
            "callback": self.on_list, "errback": self.on_list_error, "cb_kwargs": {"asked": asked},
            "headers": {"Referer": asked.referer} if asked.referer else {}, "priority": LISTS,
            "dont_filter": True,
        }  # fmt: skip
        return (
            FormRequest(asked.url, formdata=list(asked.form), **common) if asked.form else Request(asked.url, **common)
        )

    def on_list(self, response: Response, asked: ListRequest) -> Asked:
        answer = answer_of(response, asked.url)
        if fault := refusal(answer.status, answer.body):
            faults = [fault]
        else:
            page = self.kind.parse_list(answer.body, asked, self.source)
            faults = [unexpected(answer.body, what) for what in page.faults]
            yield from self.read_list(page, asked)
        self.seen.way(asked.way).faults += faults
        if faults or self.source.keep_lists:
            yield Offending(answer)
        yield from self.list_done()

    def on_list_error(self, failure: Failure) -> Asked:
        asked: ListRequest = failure.request.cb_kwargs["asked"]  # type: ignore[attr-defined]
        self.seen.way(asked.way).faults.append(fault_of(failure, self.source))
        yield from self.list_done()

    def read_list(self, page: ListPage, asked: ListRequest) -> Asked:
        for step in page.steps:
            yield self.ask_list(step)
        if page.steps:
            return
        way = self.seen.way(asked.way)
        way.pages += 1
        way.rows += len(page.rows)
        way.first_rows = way.first_rows if asked.page > 1 else len(page.rows)
        way.size = page.size or way.size
        way.announced = way.announced if page.announced is None else page.announced
        self.say(f"{self.source.id}: {len(page.rows)} rows on page {asked.page}")
        if all(self.ledger.was_known(self.id_of(row.key, row.agency), self.source.id) for row in page.rows):
            way.known_pages += 1
        for row in page.rows:
            yield from self.read_row(row)
        enough = way.known_pages > self.source.overlap and not self.seen.deep
        if page.next and asked.page < self.source.pages and not enough:
            yield self.ask_list(page.next)

    def read_row(self, row: Row) -> Asked:
        id = self.id_of(row.key, row.agency)
        followed = follows(self.source, f"{row.title} {row.words}", self.topics)
        self.listed.add(id)
        self.touched.add(id)
        self.seen.listed = len(self.listed)
        self.seen.newest = max(self.seen.newest or "", row.published)
        known = self.ledger.publication(id)
        own = known["url"] if known and not is_move(known, row.url, self.ledger.now) else row.url
        yield Listed(id, row, followed)
        yield from self.visit(id, own, followed)
        if not followed and self.is_to_look_at(id, row):
            self.visited[id] = row.url
            yield self.ask_document(id, row.url, partial(self.on_look, row))
        for link in row.related:
            other = self.id_of(link.key)
            self.touched.add(other)
            yield Related(other, link, id, followed)
            known = self.ledger.publication(other)
            yield from self.visit(other, (known and known["url"]) or link.url, followed)

    def list_done(self) -> Asked:
        """When the last list is read: what is due and listed no more, and what new topics match."""
        self.lists_open -= 1
        if self.lists_open == 0 and not any(
            fault.state == "blocked" for way in self.seen.ways.values() for fault in way.faults if not way.rows
        ):
            for id in sorted(self.due):
                known = self.ledger.publication(id)
                yield from self.visit(id, known["url"] if known else self.known[id].url, True)
            yield from self.follow_new_topics()

    def follow_new_topics(self) -> Asked:
        for known in self.ledger.unfollowed_by(self.source.id):
            if follows(self.source, known["title"], self.topics) and known["agency"] == self.source.agency:
                row = Row(known["key"], known["url"], known["title"], known["published"] or "", known["comments_close"])
                yield Listed(known["id"], row, True)
                yield from self.visit(known["id"], known["url"], True)
