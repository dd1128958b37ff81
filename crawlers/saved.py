"""What a person saved of a site → (URL, time, bytes): a browser's HAR, a folder of wget, single pages of a browser.

Reads files; records nothing. What has no web address, or is a failed answer, is told and left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kb.clock import FORMAT
from kb.errors import CrawlError
from kb.plain_values import load_json
from kb.reading.bundle import is_bundle, unpack

_SAVED_FROM = re.compile(rb"<!-- saved from url=\(\d+\)(\S+) -->")


@dataclass(frozen=True)
class Saved:
    url: str
    at: str
    body: bytes
    content_type: str | None = None
    form: str = ""  # what was posted


def read_har(path: Path) -> Iterator[Saved]:
    """Raises CrawlError when the file is no HAR."""
    try:
        entries = load_json(path.read_bytes())["log"]["entries"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CrawlError(f"{path}: not a HAR file: {error}") from error
    for entry in entries if isinstance(entries, list) else ():
        if found := _entry(entry):
            yield found


def _entry(entry: Any) -> Saved | None:
    try:
        content, url = entry["response"]["content"], str(entry["request"]["url"])
        text = content.get("text") or ""
        body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
        at = datetime.fromisoformat(entry["startedDateTime"]).astimezone(UTC).strftime(FORMAT)
        status = int(entry["response"]["status"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, binascii.Error):
        return None
    if status != 200 or not body or not _is_web(url):
        return None
    posted = entry["request"].get("postData")
    form = str(posted.get("text") or "") if isinstance(posted, dict) else ""
    kind = content.get("mimeType")
    return Saved(url.partition("#")[0], at, body, kind if isinstance(kind, str) else None, form)


def read_folder(root: Path) -> Iterator[Saved]:
    """``root`` may hold folders by host (wget -r, wget -x), or be one; a browser's page or MHTML names its URL."""
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        body = path.read_bytes()
        said = _SAVED_FROM.search(body[:4096])
        url = said[1].decode("utf-8", "replace") if said else unpack(body)[0].url if is_bundle(body) else ""
        url = url or _url_of(path.relative_to(root.parent).parts)
        if body and _is_web(url):
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime(FORMAT)
            yield Saved(url.partition("#")[0], at, body)


def _url_of(parts: tuple[str, ...]) -> str:
    """The first folder that is named like a host begins the address; wget writes a query into the file's name."""
    for place, part in enumerate(parts[:-1]):
        if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", part):
            return f"https://{part}/" + unquote("/".join(parts[place + 1 :]))
    return ""


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        return False
