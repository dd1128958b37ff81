"""What every kind of site shares: ask the list, visit what is followed with its annexes, and what was followed before.

A spider decides what to ask and says what it saw; the pipeline writes. It sees public URLs only, and does not ask again
where it was refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from scrapy import FormRequest, Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.answers import answer_of, fault_of, is_too_large
from crawlers.expectations import GONE_STATUSES, MOST_REFUSALS, Fault, Seen, is_challenge, refusal, unexpected
from crawlers.items import (
    Absence,
    Answer,
    FetchedAnnex,
    FetchedPage,
    Item,
    Listed,
    ListPage,
    ListRequest,
    NotFetched,
    Offending,
    Related,
    Row,
)
from crawlers.ledger import Ledger, is_page, publication_id
from crawlers.middlewares import HostNotDeclared
from crawlers.source import Source, follows
from crawlers.spiders import Kind
from crawlers.wanted import Wanted
from kb.reading.page import Page, read_page

Asked = Iterator[Item | Request]
WANTED, LISTS, ANNEXES = 20, 10, 5  # priorities, before pages: lists are read whole, publications one by one


class SourceSpider(Spider):
    """One run over one source. ``visited`` is shared by a job's sources: what two columns list is visited once."""

    name = "source"

    def __init__(
        self,
        *,
        source: Source,
        kind: Kind,
        ledger: Ledger,
        topics: tuple[str, ...],
        visited: set[str],
        say: Callable[[str], None],
        wanted: Sequence[Wanted] = (),
    ) -> None:
        super().__init__(source.id)
        self.wanted = wanted
        self.source, self.kind, self.ledger, self.topics = source, kind, ledger, topics
        self.visited, self.say = visited, say
        self.seen = Seen()
        self.listed: set[str] = set()
        self.touched: set[str] = set()  # publications listed or visited here
        self.lists_open = 0

    async def start(self) -> AsyncIterator[Any]:
        for wanted in self.wanted:
            for asked in self.ask_wanted(wanted):
                yield asked
        for request in self.kind.first_requests(self.source):
            yield self.ask_list(request)

    # ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────

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
        if faults:
            self.seen.way(asked.way).faults += faults
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
        way.size = page.size or way.size
        way.announced = way.announced if page.announced is None else page.announced
        self.say(f"{self.source.id}: {len(page.rows)} rows on page {asked.page}")
        all_known = all(self.ledger.was_known(self.id_of(row.key), self.source.id) for row in page.rows)
        for row in page.rows:
            yield from self.read_row(row)
        if page.next and asked.page < self.source.pages and not all_known:
            yield self.ask_list(page.next)

    def read_row(self, row: Row) -> Asked:
        id = self.id_of(row.key)
        followed = follows(self.source, row.title, self.topics)
        self.listed.add(id)
        self.touched.add(id)
        self.seen.listed = len(self.listed)
        self.seen.newest = max(self.seen.newest or "", row.published)
        yield Listed(id, row, followed)
        yield from self.visit(id, row.url, followed)
        for link in row.related:
            self.touched.add(self.id_of(link.key))
            yield Related(self.id_of(link.key), link, id, followed)
            yield from self.visit(self.id_of(link.key), link.url, followed)

    def list_done(self) -> Asked:
        """When the last list is read: what was followed before and is listed no more. Never after a refusal."""
        self.lists_open -= 1
        if self.lists_open == 0 and not any(
            fault.state == "blocked" for way in self.seen.ways.values() for fault in way.faults if not way.rows
        ):
            for publication in self.ledger.followed_by(self.source.id):
                yield from self.visit(publication["id"], publication["url"], True)

    # ── documents ──────────────────────────────────────────────────────────────────────────────────────────────────

    def visit(self, id: str, url: str, followed: bool) -> Asked:
        """Ask for a followed publication, once in a job. Followed once is followed ever, at its first URL."""
        known = self.ledger.publication(id)
        if id not in self.visited and (followed or (known and known["followed"])):
            self.visited.add(id)
            self.touched.add(id)
            yield self.ask_document(id, known["url"] if known else url, self.on_page)

    def ask_document(
        self, publication: str, url: str, callback: Callable[..., Asked], name: str = "", priority: int = 0
    ) -> Request:
        return Request(
            url,
            callback=callback,
            errback=self.on_document_error,
            cb_kwargs={"publication": publication, "url": url, "name": name},
            meta={"publication": publication},
            priority=priority,
            dont_filter=True,
        )

    def on_page(self, response: Response, publication: str, url: str, name: str) -> Asked:
        answer = answer_of(response, url)
        if fault := refusal(answer.status, answer.body):
            yield from self.not_fetched(publication, answer, fault)
            return
        page = read_page(answer.body, url) if is_page(answer.body) else None
        if page and page.shape != self.source.page:
            fault = unexpected(answer.body, f"a page of another form than {self.source.page}")
            yield from self.not_fetched(publication, answer, fault)
            return
        self.seen.pages += 1
        self.say(f"{self.source.id}: {page.title if page else url}")
        yield FetchedPage(publication, answer, page)
        yield from self.ask_annexes(publication, page)

    def ask_wanted(self, wanted: Wanted) -> Asked:
        """A declared text that nobody has read: its files first, then its page, before any list."""
        id, row = self.id_of(wanted.row.key), wanted.row
        self.touched.add(id)
        yield Listed(id, row, True)
        for url in wanted.files:
            known = self.ledger.document(id, url)
            if not (known and known["digest"]):
                yield self.ask_document(id, url, self.on_annex, url.rpartition("/")[2], WANTED)
        for asked in self.visit(id, row.url, True):
            yield asked.replace(priority=WANTED - 1) if isinstance(asked, Request) else asked

    def ask_annexes(self, publication: str, page: Page | None) -> Asked:
        for attachment in page.attachments if page else ():
            yield self.ask_document(publication, attachment.url, self.on_annex, attachment.name, ANNEXES)

    def on_annex(self, response: Response, publication: str, url: str, name: str) -> Asked:
        answer = answer_of(response, url)
        fault = refusal(answer.status, answer.body)
        if fault is None and is_page(answer.body) and is_challenge(answer.body):
            fault = Fault("blocked", "a challenge page")
        if fault:
            yield from self.not_fetched(publication, answer, fault)
            return
        self.seen.annexes += 1
        yield FetchedAnnex(publication, name, answer)

    def not_fetched(self, publication: str, answer: Answer, fault: Fault) -> Asked:
        """An answer that is not the document. It is kept beside the URL, never as a capture of the document itself."""
        status: Absence = "missing" if answer.status in GONE_STATUSES else "expected"
        if fault.state == "drifted":
            status = "unsupported"
        self.note_fault(publication, answer.url, fault)
        if answer.body and status != "missing":
            yield Offending(replace(answer, url=f"{answer.url}#{fault.state}"))
        yield NotFetched(publication, answer.url, status, fault.what)
        if fault.state == "blocked" and self.seen.refusals >= MOST_REFUSALS:
            raise CloseSpider("refused")

    def on_document_error(self, failure: Failure) -> Asked:
        asked: dict[str, str] = failure.request.cb_kwargs  # type: ignore[attr-defined]
        publication, url = asked["publication"], asked["url"]
        if isinstance(failure.value, HostNotDeclared):
            yield NotFetched(publication, url, "missing", str(failure.value))
            return
        fault = fault_of(failure, self.source)
        self.note_fault(publication, url, fault)
        status: Absence = "too_large" if is_too_large(failure) else "expected"
        yield NotFetched(publication, url, "missing" if fault.state == "blocked" else status, fault.what)

    def note_fault(self, publication: str, url: str, fault: Fault) -> None:
        """What an earlier run already listed as missing or gone is not told again."""
        known = self.ledger.publication(publication)
        if self.ledger.missed_before(publication, url):
            return
        if known and known["url"] == url:
            self.seen.pages += 1
            self.seen.page_faults.append(fault)
        else:
            self.seen.annexes += 1
            self.seen.annex_faults.append(fault)

    def id_of(self, key: str) -> str:
        return publication_id(self.source.agency, key)
