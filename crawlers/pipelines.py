"""What a crawl writes to kb.db: publications, documents, captures and runs, at once as they arrive.

Each item is one transaction and everything is named by its content, so that a crawl that was killed goes on where it
stood and a crawl done twice changes nothing. Reads no law: that is ``kb.recording.record``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from crawlers.addresses import addresses_of, is_move
from crawlers.items import (
    Answer,
    FetchedAnnex,
    FetchedPage,
    FetchedPart,
    Item,
    Listed,
    NotFetched,
    Offending,
    Outcome,
    Related,
    Unchanged,
)
from crawlers.ledger import Ledger
from kb.evidence.archive import record_capture
from kb.identity import content_id, document_id
from kb.model import Status
from kb.normalise import fold
from kb.reading.bundle import is_bundle

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from kb.reading.page import Page


class Record:
    """The pipeline: hands each item to its writer. An error here stops the run, for nothing may be lost silently."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Record:
        return cls(crawler)

    def process_item(self, item: Item) -> Item:
        spider: Any = self.crawler.spider
        record_item(spider.ledger, spider.source.agency, spider.source.id, item)
        return item


def record_item(ledger: Ledger, agency: str, source: str, item: Item) -> None:
    match item:
        case Listed():
            _record_listed(ledger, item.row.agency or agency, source, item)
        case Related():
            _record_related(ledger, agency, source, item)
        case Offending() | FetchedPart():
            _capture(ledger, source, item.answer)
        case FetchedPage():
            _record_page(ledger, source, item)
        case Unchanged():
            _record_unchanged(ledger, item)
        case FetchedAnnex():
            _record_annex(ledger, source, item)
        case NotFetched():
            _record_absence(ledger, item)


def record_run(ledger: Ledger, outcome: Outcome) -> None:
    """The run, and an event where the source's health is not what it was after the run before."""
    row = {name: value for name, value in asdict(outcome).items() if name not in ("faults", "revisited")}
    row |= {"id": content_id(outcome.source, ledger.now), "started": ledger.now, "finished": ledger.now}
    before = ledger.one(
        "select outcome from source_run where source = ? and started < ? order by started desc limit 1",
        outcome.source, ledger.now,
    )  # fmt: skip
    was = before["outcome"] if before else None
    event = {"id": content_id("health", outcome.source, ledger.now), "source": outcome.source, "from": was,
             "to": outcome.outcome, "at": ledger.now, "detail": outcome.detail}  # fmt: skip
    with ledger.db.atomic():
        ledger.db.table("source_run").upsert(row, pk="id")
        if outcome.outcome == (was or "healthy"):  # as before; or a run done again took back what the first saw
            ledger.db.execute("delete from health_event where id = ?", [event["id"]])
        else:
            ledger.db.table("health_event").upsert(event, pk="id")


def _record_listed(ledger: Ledger, agency: str, source: str, seen: Listed) -> None:
    """The newest title and deadline of the list; a publishing date that the page itself gave stays."""
    row, known = seen.row, ledger.publication(seen.publication)
    columns = json.loads(known["columns"] or "[]") if known else []
    fresh = {
        "title": row.title, "followed": int(seen.followed), "last_seen": ledger.now,
        "columns": json.dumps(columns if source in columns else [*columns, source]),
        "published": (known and known["published"]) or row.published or None,
        "comments_close": row.deadline or (known and known["comments_close"]),
    }  # fmt: skip
    if known and known["state"] == "recorded" and known["comments_close"] not in (None, fresh["comments_close"]):
        fresh["state"] = "pending"  # the last day for comments was moved, perhaps in the list alone
    shown = {**(addresses_of(known) if known else {}), row.url: ledger.now}
    fresh["addresses"] = json.dumps(shown)
    if known and is_move(known, row.url, ledger.now):
        fresh["url"] = row.url
    _record_publication(ledger, seen.publication, agency, row.key, row.url, known, fresh)


def _record_related(ledger: Ledger, agency: str, source: str, seen: Related) -> None:
    """A link that the agency set from a policy to its interpretation. What a list says of it goes before the link."""
    link, known = seen.link, ledger.publication(seen.publication)
    fresh: dict[str, Any] = {
        "interpretation_of": seen.interprets, "kind": "interpretation", "followed": int(seen.followed),
        "last_seen": ledger.now,
    }  # fmt: skip
    if known is None:
        fresh |= {"title": link.title, "columns": json.dumps([source])}
    _record_publication(ledger, seen.publication, agency, link.key, link.url, known, fresh)


def _record_publication(
    ledger: Ledger, id: str, agency: str, key: str, url: str, known: dict[str, Any] | None, fresh: dict[str, Any]
) -> None:
    table = ledger.db.table("publication")
    with ledger.db.atomic():
        if known:
            table.update(id, fresh | {"followed": max(fresh["followed"], known["followed"])})
        else:
            first = {"id": id, "agency": agency, "key": key, "url": url, "state": "listed", "first_seen": ledger.now}
            table.insert(first | fresh, pk="id")


def _record_page(ledger: Ledger, source: str, seen: FetchedPage) -> None:
    """The page, what it says of itself, and its annexes as expected, so that none is read before all are here."""
    whole = seen.answer
    if is_bundle(whole.body):  # no answer of the site: it stands beside the pages that it is made of
        whole = replace(whole, url=f"{whole.url}#whole", status=None)
    capture = _capture(ledger, source, whole, ledger.page(seen.publication))
    publication = ledger.publication(seen.publication)
    assert publication is not None
    with ledger.db.atomic():
        is_new = _record_document(ledger, seen.publication, seen.answer, "page", "", capture)
        if seen.page:
            _move_annexes(ledger, seen.publication, seen.page)
            _expect_annexes(ledger, seen.publication, seen.page)
        fresh = (_facts(seen.page, publication) if seen.page else {}) | ({"state": "pending"} if is_new else {})
        ledger.db.table("publication").update(seen.publication, {**fresh, "url": seen.answer.url, "gone_at": None})


def _record_unchanged(ledger: Ledger, seen: Unchanged) -> None:
    with ledger.db.atomic():
        known = ledger.document(seen.publication, seen.url)
        assert known is not None
        ledger.db.table("document").update(known["id"], {"last_seen": ledger.now})
        ledger.db.table("publication").update(seen.publication, {"url": seen.url, "gone_at": None})


def _facts(page: Page, known: dict[str, Any]) -> dict[str, Any]:
    """The page's own dates and number go before the list's; the list's title and deadline before the page's."""
    facts = {
        "published": page.published or known["published"], "signed": page.signed or known["signed"],
        "doc_number": page.doc_number or known["doc_number"],
        "comments_close": known["comments_close"] or page.comments_close,
    }  # fmt: skip
    never_listed = known["published"] is None  # known by a link, whose words are "专家解读" at best
    cut = known["title"].rstrip(".…")
    is_cut = cut != known["title"] and fold(page.title).startswith(fold(cut))
    return {**facts, "title": page.title or known["title"]} if never_listed or is_cut else facts


def _move_annexes(ledger: Ledger, publication: str, page: Page) -> None:
    """Files keep their names when their page moves: the same document, so that an edit of it is seen as one."""
    linked = {attachment.url for attachment in page.attachments}
    here = "select id, url from document where publication = ? and role = 'annex'"
    rows = list(ledger.db.query(here, [publication]))
    for url in sorted(linked - {row["url"] for row in rows}):
        name = url.rpartition("/")[2]
        left = [row for row in rows if row["url"] not in linked and row["url"].rpartition("/")[2] == name]
        if name and len(left) == 1:
            ledger.db.table("document").update(left[0]["id"], {"url": url})
            rows.remove(left[0])


def _expect_annexes(ledger: Ledger, publication: str, page: Page) -> None:
    linked = {attachment.url: attachment.name for attachment in page.attachments}
    for url, name in linked.items():
        if ledger.document(publication, url) is None:
            _insert_document(ledger, publication, url, "annex", name, {"status": str(Status.EXPECTED)})
    waiting = "select id, url from document where publication = ? and status = 'expected' and role = 'annex'"
    for row in list(ledger.db.query(waiting, [publication])):
        if row["url"] not in linked:
            gone = {"status": str(Status.MISSING), "detail": "its page links it no longer"}
            ledger.db.table("document").update(row["id"], gone)


def _record_annex(ledger: Ledger, source: str, seen: FetchedAnnex) -> None:
    capture = _capture(ledger, source, seen.answer, ledger.document(seen.publication, seen.answer.url))
    with ledger.db.atomic():
        if _record_document(ledger, seen.publication, seen.answer, "annex", seen.name, capture):
            ledger.db.table("publication").update(seen.publication, {"state": "pending"})


def _record_absence(ledger: Ledger, seen: NotFetched) -> None:
    """A document that did not come. One that came before stays as it was: removed is not repealed.

    One that never came is waited for; when a later run fails too, it is missing, and the rest is read without it.
    """
    publication, is_page = ledger.publication(seen.publication), ledger.is_page(seen.publication, seen.url)
    assert publication is not None
    known = ledger.page(seen.publication) if is_page else ledger.document(seen.publication, seen.url)
    page_is_gone = is_page and seen.status == "missing"
    with ledger.db.atomic():
        if known and known["capture"]:
            if page_is_gone and not publication["gone_at"]:
                ledger.db.table("publication").update(seen.publication, {"gone_at": ledger.now})
            return
        failed_before = known and known["detail"] and known["first_seen"] < ledger.now
        status = "missing" if seen.status == "expected" and failed_before else seen.status
        first_told = known["last_seen"] if known and known["status"] == status == "missing" else ledger.now
        row = {"status": status, "detail": seen.detail, "last_seen": first_told}
        if known:
            ledger.db.table("document").update(known["id"], row)
        else:
            _insert_document(ledger, seen.publication, seen.url, "page" if is_page else "annex", "", row)


def _record_document(ledger: Ledger, publication: str, answer: Answer, role: str, name: str, capture: str) -> bool:
    """Point the document to its newest capture, and to where that is. True when what counts in it has to be read."""
    known = ledger.page(publication) if role == "page" else ledger.document(publication, answer.url)
    seen = {
        "url": answer.url,
        "capture": capture,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "last_seen": ledger.now,
    }
    unread = {"status": str(Status.CAPTURED), "detail": None}
    if known is None:
        _insert_document(ledger, publication, answer.url, role, name, unread | seen)
        return True
    new = ledger.one("select digest from capture where id = ?", capture)
    assert new is not None
    is_new = ledger.differ({"role": role, "old": known["digest"], "new": new["digest"]})
    ledger.db.table("document").update(known["id"], seen | (unread if is_new else {}))
    return is_new


def _insert_document(ledger: Ledger, publication: str, url: str, role: str, name: str, more: dict[str, Any]) -> None:
    id = document_id(publication, url)
    if ledger.one("select 1 from document where id = ?", id):  # what was first at this address has moved
        id = content_id("document", publication, url, ledger.now)
    row = {"id": id, "publication": publication, "url": url, "role": role, "name": name,
           "first_seen": ledger.now, "last_seen": ledger.now}  # fmt: skip
    ledger.db.table("document").insert(row | more, pk="id")


def _capture(ledger: Ledger, source: str, answer: Answer, known: dict[str, Any] | None = None) -> str:
    """``known`` is the document that this is a capture of: it may come back to an address and to what it said there."""
    again = known is not None and ledger.is_back(known, answer)
    return record_capture(
        ledger.db, ledger.archive, answer.url, answer.body, ledger.now, source=source, http_status=answer.status,
        content_type=answer.content_type, filename=answer.filename, etag=answer.etag,
        last_modified=answer.last_modified, again=again,
    ).id  # fmt: skip
