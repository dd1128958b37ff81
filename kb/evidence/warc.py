"""Captures as a WARC file (ISO 28500, WARC 1.1), to be replayed and checked by tools that know nothing of Regwatch.

A capture over HTTP is a `response` record, any other (a file added by hand, a member of a ZIP) a `resource`; behind it
stands a `metadata` record with its id, its place in the chain and its source. Of the HTTP headers only those that were
kept are written; the body is as it was decoded, so that its payload digest is the capture's own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from kb.errors import BytesLost, WorkspaceError
from kb.evidence.archive import Archive
from kb.evidence.chain import FIELDS
from kb.evidence.verify import progress
from kb.whole_file import whole_file

_KEPT = {"content_type": "Content-Type", "etag": "ETag", "last_modified": "Last-Modified"}
_URI_SAFE = "%/:?#[]@!$&'()*+,;=~"  # what RFC 3986 allows in a URI; an agency's IRI is written with % signs


@dataclass
class WarcReport:
    """``captures`` were written; each of ``problems`` is a capture that could not be."""

    captures: int = 0
    problems: list[str] = field(default_factory=list)


def export_warc(db: Database, archive: Archive, path: Path, *, now: str) -> WarcReport:
    """Write all captures in the order of the chain, compressed record by record when the name ends with ``.gz``.

    The file appears whole or not at all. Raises WorkspaceError when it cannot be written.
    """
    try:
        with whole_file(path) as beside, beside.open("wb") as file:
            return _write(db, archive, file, path.name, now)
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written ({error.strerror}): choose another place") from error


def _write(db: Database, archive: Archive, file: Any, name: str, now: str) -> WarcReport:
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(file, gzip=name.endswith(".gz"), warc_version="WARC/1.1")
    about = {"software": "regwatch", "format": "WARC File Format 1.1", "description": "captures in chain order; "
             "HTTP headers are those that were kept, bodies are decoded"}  # fmt: skip
    info = writer.create_warcinfo_record(name, about)
    info.rec_headers.replace_header("WARC-Date", now)
    info.rec_headers.replace_header("WARC-Record-ID", _record_id("warcinfo", name, now))
    writer.write_record(info)
    report = WarcReport()
    for row in progress(db.query("select * from capture order by seq"), db.table("capture").count, "export"):
        try:
            data = archive.load(row["digest"])
        except BytesLost as error:
            report.problems.append(f"capture {row['id']} of {row['url']}: {error}")
            continue
        for record in _records(writer, row, data):
            writer.write_record(record)
        report.captures += 1
    return report


def _records(writer: Any, row: dict[str, Any], data: bytes) -> Iterator[Any]:
    from io import BytesIO

    from warcio.statusandheaders import StatusAndHeaders

    uri, id = quote(row["url"], safe=_URI_SAFE), _record_id("capture", row["id"])
    headers = {"WARC-Record-ID": id, "WARC-Date": row["captured_at"], "WARC-Payload-Digest": f"sha256:{row['digest']}"}
    if row["http_status"]:
        kept = [(name, row[column]) for column, name in _KEPT.items() if row[column]]
        status = f"{row['http_status']} {_phrase(row['http_status'])}".strip()
        http = StatusAndHeaders(status, [*kept, ("Content-Length", str(len(data)))], protocol="HTTP/1.1")
        yield writer.create_warc_record(uri, "response", BytesIO(data), length=len(data), http_headers=http,
                                        warc_headers_dict=headers)  # fmt: skip
    else:
        kind = row["content_type"] or "application/octet-stream"
        yield writer.create_warc_record(uri, "resource", BytesIO(data), length=len(data), warc_content_type=kind,
                                        warc_headers_dict=headers)  # fmt: skip
    said = {**{name: row[name] for name in FIELDS}, "seq": row["seq"], "chain": row["chain"]}
    headers = {"WARC-Record-ID": _record_id("metadata", row["id"]), "WARC-Date": row["captured_at"],
               "WARC-Refers-To": id}  # fmt: skip
    words = json.dumps(said, ensure_ascii=False).encode()
    yield writer.create_warc_record(uri, "metadata", BytesIO(words), length=len(words),
                                    warc_content_type="application/json",
                                    warc_headers_dict=headers)  # fmt: skip


def _record_id(*parts: str) -> str:
    """The same capture has the same record id in every export."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(('regwatch', *parts)))}>"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
