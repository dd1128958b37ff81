"""Feeds for readers and machines: Atom (RFC 4287) and JSON Feed 1.1 of publications, versions and changes.

Ids are made from content and never change, so a reader shows each thing once. Public feeds hold what regulators
published and nothing of the company; an owner's private one holds their alerts, by subject and link.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from sqlite_utils import Database

from kb.normalise import fit_for_xml
from kb.rows import Row, rows
from mappings.alerts.wording import one_line

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100
KINDS = {
    "new_version": "新文本 new text", "edit": "网页就地修改 page edited in place",
    "interpretation": "官方解释 interpretation", "override": "其他规定优先适用 another rule goes before",
    "extension": "征求意见时间调整 comments until another day",
    "withdrawal": "终止征求意见 consultation ended",
    "effect": "施行日期调整 another day of effect",
    "amendment": "修改决定 amending decision", "repeal": "废止 repeal",
}  # fmt: skip
TAG = "tag:regwatch,2026"  # RFC 4151: ids that need no address


@dataclass(frozen=True)
class Entry:
    """``updated`` is an observed time; ``link`` may be ''."""

    id: str
    title: str
    updated: str
    link: str
    summary: str
    kind: str  # publication | version | change | alert


def public_entries(kb: Database, site: str = "", limit: int = MOST) -> list[Entry]:
    """Followed publications, versions and events, the newest first. ``site`` is where our pages answer, or ''."""
    return [_entry(row, site) for row in rows(kb, _PUBLIC, [limit])]


def alert_entries(company: Database, owner: str, site: str = "", limit: int = MOST) -> list[Entry]:
    """The alerts of one owner, the newest first: subject and link, for a feed reader keeps what it gets."""
    found = rows(company, "select id, subject, composed_at, nature from alert where owner = ? "
                          "order by composed_at desc, id limit ?", [owner, limit])  # fmt: skip
    return [
        Entry(f"{TAG}:alert/{row['id']}", one_line(row["subject"], 200), row["composed_at"],
              f"{site.rstrip('/')}/alert/{row['id']}" if site else "", row["nature"] or "", "alert")
        for row in found
    ]  # fmt: skip


def atom(entries: Sequence[Entry], *, title: str, id: str, link: str = "") -> bytes:
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(feed, "title", title)
    _add(feed, "id", f"{TAG}:{id}")
    _add(feed, "updated", max((entry.updated for entry in entries), default="1970-01-01T00:00:00Z"))
    _add(_add(feed, "author"), "name", "Regwatch")
    if link:
        _add(feed, "link").attrib.update(rel="self", href=link, type="application/atom+xml")
    for entry in entries:
        item = _add(feed, "entry")
        _add(item, "title", entry.title)
        _add(item, "id", entry.id)
        _add(item, "updated", entry.updated)
        _add(item, "category").set("term", entry.kind)
        if entry.link:
            _add(item, "link").attrib.update(rel="alternate", href=entry.link)
        _add(item, "summary", entry.summary or entry.title)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def json_feed(entries: Sequence[Entry], *, title: str, link: str = "") -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": title, **({"feed_url": link} if link else {}),
        "items": [
            {"id": entry.id, "title": entry.title, "content_text": entry.summary or entry.title,
             "date_modified": entry.updated, "tags": [entry.kind], **({"url": entry.link} if entry.link else {})}
            for entry in entries
        ],
    }  # fmt: skip
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def etag(data: bytes) -> str:
    """A strong validator: the same bytes, the same tag."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = fit_for_xml(text) or None
    return child


def _entry(row: Row, site: str) -> Entry:
    here = f"{site.rstrip('/')}/{row['page']}" if site and row["page"] else row["url"] or ""
    note = KINDS.get(row["note"], row["note"])
    summary = " · ".join(one_line(part, 120) for part in (row["agency"], note, row["dated"]) if part)
    return Entry(f"{TAG}:{row['kind']}/{row['id']}", one_line(row["title"], 200), row["seen"],
                 here if here.startswith(("http://", "https://")) else "", summary, row["kind"])  # fmt: skip


_PUBLIC = """
select * from (
  select 'publication' as kind, id, title, first_seen as seen, url, null as page, agency, kind as note,
    published as dated from publication where followed = 1
  union all
  select 'version', id, title, first_seen, null, 'version/' || id, agencies, stage, published from version
  union all
  select 'change', event.id, event.title, occurred_at, publication.url, 'event/' || event.id, publication.agency,
    event.kind, (select '变化 changes: ' || count(*) from change where event = event.id)
    from event left join publication on publication.id = publication where event.origin in ('publication', 'edit')
) order by seen desc, kind, id limit ?
"""
