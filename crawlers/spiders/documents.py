"""How documents are asked for and taken: pages of publications with their annexes, and what is said when one fails.

``base`` adds the lists; which pages are due is decided by ``tiers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.addresses import elsewhere
from crawlers.answers import answer_of, fault_of, is_too_large
from crawlers.expectations import GONE_STATUSES, MOST_REFUSALS, Fault, Seen, refusal, unexpected
from crawlers.items import (
    Absence,
    Answer,
    FetchedAnnex,
    FetchedPage,
    FetchedPart,
    Item,
    Listed,
    NotFetched,
    Offending,
    Row,
    Unchanged,
)
from crawlers.ledger import Ledger
from crawlers.middlewares import NOT_MODIFIED, HostNotDeclared
from crawlers.owners import owner_of
from crawlers.source import Source, matches
from crawlers.spiders import Kind
from crawlers.tiers import Floor, choose_due
from crawlers.wanted import Wanted
from crawlers.wholeness import another_form, challenge
from kb.clock import days_between
from kb.identity import publication_id
from kb.reading.article import has_article
from kb.reading.bundle import CONTENT_TYPE, Part, pack
from kb.reading.detect import is_page
from kb.reading.page import Page, read_page

Asked = Iterator[Item | Request]
Answers = tuple[Answer, ...]
WANTED, LISTS, ANNEXES = 20, 10, 5  # priorities, before pages: lists are read whole, publications one by one
LOOK_DAYS = 60  # how old a row may be whose text is looked at for topics


class DocumentSpider(Spider):
    """One run over one source. ``visited``, id → address, is shared by a job's sources: a page is visited once."""

    name = "source"

    def __init__(
        self,
        *,
        source: Source,
        kind: Kind,
        ledger: Ledger,
        topics: tuple[str, ...],
        visited: dict[str, str],
        floor: Floor,
        say: Callable[[str], None],
        wanted: Sequence[Wanted] = (),
    ) -> None:
        super().__init__(source.id)
        self.wanted = wanted
        self.source, self.kind, self.ledger, self.topics = source, kind, ledger, topics
        self.visited, self.say = visited, say
        self.seen = Seen(usual=ledger.usual_rows(source.id), deep=ledger.is_deep(source.id, source.deep_days))
        self.known = {page.id: page for page in ledger.known_to(source.id, source.agency, topics)}
        left = [page for page in self.known.values() if page.id not in visited]
        self.seen.recorded = ledger.has_read(source.agency)
        self.due = choose_due(left, ledger.now, ledger.last_run(source.id), floor)
        self.listed: set[str] = set()
        self.touched: set[str] = set()  # publications listed or visited here
        self.tried: dict[str, dict[str, Asked]] = {}  # publication → address where its page is not → what to tell
        self.lists_open = 0

    def visit(self, id: str, url: str, followed: bool) -> Asked:
        """Ask for a followed publication that is new, due or not yet seen at this address of its, once in a job.
        Followed once is followed ever."""
        known, page = self.ledger.publication(id), self.ledger.page(id)
        gone = known and known["gone_at"] and id in self.visited
        moved = gone or (page and page["capture"] and page["url"] != url)
        waits = id not in self.visited and (id not in self.known or id in self.due)
        due = self.visited.get(id) != url if moved else waits
        if due and (followed or (known and known["followed"])) and self.may_ask(url):
            self.visited[id] = url
            self.touched.add(id)
            yield self.ask_document(id, url, self.on_page)

    def may_ask(self, url: str) -> bool:
        """Another agency's article is left to that agency's own sources, which find it in the ledger."""
        if urlsplit(url).hostname in self.source.allowed_hosts:
            return True
        owner = owner_of(url)
        return owner is None or owner[0] == self.source.agency

    def is_to_look_at(self, id: str, row: Row) -> bool:
        """Its title says nothing to us; a source of ``follow: bodies`` is asked once whether its text does."""
        return (
            self.source.follow == "bodies"
            and id not in self.visited
            and days_between(row.published, self.ledger.now) <= LOOK_DAYS
            and not self.ledger.was_captured(row.url)
            and self.may_ask(row.url)
        )

    def on_look(self, row: Row, response: Response, publication: str, url: str, name: str) -> Asked:
        answer = answer_of(response, url)
        came = refusal(answer.status, answer.body) is None and is_page(answer.body)
        page = read_page(answer.body, url) if came else None
        if page and matches(page.significant, self.topics):
            yield Listed(publication, row, True)
            yield from self.on_page(response, publication, url, name)
        elif page:
            yield Offending(answer)

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
            yield from self.page_failed(publication, answer, fault)
            return
        if NOT_MODIFIED in response.flags and self.ledger.is_settled(publication, url):
            self.seen.pages += 1
            yield Unchanged(publication, url)
            return
        for step in self.source.steps:
            if not has_article(answer.body) and (found := re.search(step.id, response.text)):
                asked = self.ask_document(publication, url, self.on_page, name)
                yield asked.replace(url=step.address.replace("{}", found[1]))
                return
        page = read_page(answer.body, url) if is_page(answer.body) else None
        fault = another_form(answer.body, url, page.shape if page else None, self.source.shapes)
        if fault := fault or self.ledger.loss(publication, answer):
            yield from self.page_failed(publication, answer, fault)
            return
        if page and page.further:
            yield from self.ask_further(publication, page, (answer,), page.further)
        else:
            yield from self.take_page(publication, answer, page)

    def take_page(self, publication: str, answer: Answer, page: Page | None) -> Asked:
        self.seen.pages += 1
        self.say(f"{self.source.id}: {page.title if page else answer.url}")
        yield FetchedPage(publication, answer, page)
        yield from self.ask_annexes(publication, page)

    def ask_further(self, publication: str, first: Page, parts: Answers, further: Sequence[str]) -> Asked:
        """A text that goes over several pages is one document: it is taken when all that the site has are here."""
        yield FetchedPart(parts[-1])
        if further:
            asked = self.ask_document(publication, further[0], self.on_page, priority=ANNEXES + 1)
            yield asked.replace(
                callback=partial(self.on_further, first, parts, further[1:]),
                errback=partial(self.on_further_error, parts[0].url),
            )
            return
        data = pack([Part(part.url, part.body, part.content_type or "text/html") for part in parts])
        whole = replace(parts[0], body=data, content_type=CONTENT_TYPE)
        yield from self.take_page(publication, whole, read_page(data, whole.url))

    def on_further(
        self,
        first: Page,
        parts: Answers,
        further: Sequence[str],
        response: Response,
        publication: str,
        url: str,
        name: str,
    ) -> Asked:
        """A page that the site has lost is a loss of the text; with one that does not come now, the text waits."""
        answer = answer_of(response, url)
        fault = refusal(answer.status, answer.body)
        if fault is None and read_page(answer.body, url).shape != first.shape:
            fault = unexpected(answer.body, f"a page of another form than {first.shape}")
        if fault is None:
            yield from self.ask_further(publication, first, (*parts, answer), further)
        elif answer.status in GONE_STATUSES:
            yield from self.ask_further(publication, first, parts, further)
        else:
            yield from self.further_failed(publication, parts[0].url, answer, fault)

    def further_failed(self, publication: str, page: str, answer: Answer, fault: Fault) -> Asked:
        said = Fault(fault.state, f"{answer.url.rpartition('/')[2]}: {fault.what}")
        self.note_fault(publication, page, said)
        if answer.body:
            yield Offending(replace(answer, url=f"{answer.url}#{fault.state}"))
        yield NotFetched(publication, page, "expected", said.what)

    def on_further_error(self, page: str, failure: Failure) -> Asked:
        asked: dict[str, str] = failure.request.cb_kwargs  # type: ignore[attr-defined]
        answer = Answer(asked["url"], None, b"")
        yield from self.further_failed(asked["publication"], page, answer, fault_of(failure, self.source))

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
        fault = refusal(answer.status, answer.body) or challenge(answer.body)
        if fault := fault or self.ledger.loss(publication, answer):
            yield from self.not_fetched(publication, answer, fault)
            return
        self.seen.annexes += 1
        yield FetchedAnnex(publication, name, answer)

    def page_failed(self, publication: str, answer: Answer, fault: Fault) -> Asked:
        told = self.not_fetched(publication, answer, fault)
        has_left = answer.status in GONE_STATUSES or fault.state == "drifted"
        yield from self.ask_elsewhere(publication, answer.url, told) if has_left else told

    def ask_elsewhere(self, publication: str, url: str, told: Asked) -> Asked:
        """A page that is gone from here, or leads to something else, may have moved: its other addresses are asked
        before that is told, and what is told is what its own address answered."""
        tried, known = self.tried.setdefault(publication, {}), self.ledger.publication(publication)
        tried[url] = told
        other = elsewhere(known, tried) if known else None
        if other and self.may_ask(other):
            yield self.ask_document(publication, other, self.on_page)
        else:
            yield from next(iter(tried.values()))

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
            told = iter((NotFetched(publication, url, "missing", str(failure.value)),))
            yield from self.ask_elsewhere(publication, url, told) if self.ledger.is_page(publication, url) else told
            return
        fault = fault_of(failure, self.source)
        self.note_fault(publication, url, fault)
        status: Absence = "too_large" if is_too_large(failure) else "expected"
        yield NotFetched(publication, url, "missing" if fault.state == "blocked" else status, fault.what)
        if self.seen.silences >= MOST_REFUSALS:
            raise CloseSpider("no answer")

    def note_fault(self, publication: str, url: str, fault: Fault) -> None:
        """What an earlier run already listed as missing or gone is not told again; a page that never came says nothing
        of a site whose later pages did."""
        if self.ledger.missed_before(publication, url):
            return
        if self.ledger.is_page(publication, url):
            self.seen.pages += 1
            odd = self.ledger.is_outlived(publication, self.source.id)
            (self.seen.odd if odd else self.seen.page_faults).append(fault)
        else:
            self.seen.annexes += 1
            self.seen.annex_faults.append(fault)

    def id_of(self, key: str, agency: str = "") -> str:
        return publication_id(agency or self.source.agency, key)
