"""Ids and digests: everything stored is named by what it is, so that doing a thing twice changes nothing."""

from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path
from typing import Any


def digest_bytes(data: bytes) -> str:
    """SHA-256 of bytes, 64 hex digits: the name of a capture's bytes in the archive."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """The same of a file, however large. Raises OSError when it cannot be read, or is none: a pipe has no end."""
    if path.is_fifo():
        raise OSError(errno.EINVAL, "not a file", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publication_id(agency: str, key: str) -> str:
    """Id of a publication: who published it, and the stable key of its site."""
    return content_id("publication", agency, key)


def document_id(publication: str, url: str) -> str:
    return content_id("document", publication, url)


def content_id(*parts: Any) -> str:
    """A 16-digit id from the JSON form of its parts; equal parts give equal ids on every machine."""
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
