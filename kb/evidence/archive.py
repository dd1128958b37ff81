"""The append-only archive: raw bytes by SHA-256 in ``archive/ab/abcdef…``, and the capture rows that name them.

A capture is stored alone, at once: bytes first (written beside, then renamed), then its row.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from kb.errors import BytesLost
from kb.evidence.chain import append_capture
from kb.identity import content_id, digest_bytes, digest_file
from kb.whole_file import make_folder, make_way, put_aside, write_whole


@dataclass(frozen=True)
class Capture:
    """Bytes seen at a URL at a time."""

    id: str
    url: str
    digest: str
    captured_at: str


class Archive:
    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, digest: str) -> Path:
        return self.root / digest[:2] / digest

    def store(self, data: bytes) -> str:
        """Keep bytes once, also where what was kept is damaged; return their digest."""
        digest = digest_bytes(data)
        path = self.path_of(digest)
        if not self.holds(digest):
            make_way(path.parent)
            make_folder(path.parent)
            if path.exists() and not path.is_file():
                put_aside(path)
            write_whole(path, data, mode=0o600)
        return digest

    def holds(self, digest: str) -> bool:
        """Are these bytes there as they were captured?"""
        try:
            return digest_file(self.path_of(digest)) == digest
        except OSError:
            return False

    def load(self, digest: str) -> bytes:
        """Bytes as they were captured. Raises BytesLost: what a disk has altered is never read as what was said."""
        path = self.path_of(digest)
        try:
            if path.is_fifo():
                raise OSError(errno.EINVAL, "a pipe")  # to read it is to wait without end
            data = path.read_bytes()
        except OSError as error:
            raise BytesLost(
                f"archive: {digest} cannot be read ({error.strerror}): restore {path} from a backup"
            ) from error
        if digest_bytes(data) != digest:
            raise BytesLost(f"archive: {digest} was altered: restore {path} from a backup")
        return data


def record_capture(
    db: Database,
    archive: Archive,
    url: str,
    data: bytes,
    captured_at: str,
    *,
    source: str | None = None,
    http_status: int | None = None,
    content_type: str | None = None,
    filename: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    again: bool = False,
) -> Capture:
    """Store one capture. The newest capture of a URL with the same bytes is returned instead of a second one, unless
    the document is here ``again`` after it said other words elsewhere; which is newest the chain says, not the clock.
    """
    digest = archive.store(data)
    last = next(iter(db.query(
        "select id, digest, captured_at from capture where url = ? order by seq desc limit 1", [url]
    )), None)  # fmt: skip
    if last and last["digest"] == digest and not again:
        return Capture(last["id"], url, digest, last["captured_at"])
    capture = Capture(content_id("capture", url, digest, captured_at), url, digest, captured_at)
    row = {"id": capture.id, "url": url, "digest": digest, "size": len(data), "captured_at": captured_at,
           "source": source, "http_status": http_status, "content_type": content_type, "filename": filename,
           "etag": etag, "last_modified": last_modified}  # fmt: skip
    append_capture(db, row)
    return capture
