"""What the three sample servers share: request, reply, templates, the bytes of annexes. Owns no agency's markup."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawlers.sample.timeline import Attachment, Page

HTML, JSON = "text/html; charset=utf-8", "application/json;charset=UTF-8"
ANNEXES = Path(__file__).parent / "annexes"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES = {".pdf": "application/pdf", ".docx": _WORD, ".zip": "application/zip"}


@dataclass(frozen=True)
class Request:
    """A path with its decoded pairs, from the query or the posted form."""

    path: str
    pairs: dict[str, str]


@dataclass(frozen=True)
class Reply:
    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def lasting(cls, body: bytes, content_type: str = HTML, **headers: str) -> Reply:
        """An article or annex: carries an ETag, so that it can be asked for conditionally."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return cls(body, content_type, headers={"ETag": tag, **headers})


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )


def render(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(values)


def edited(page: Page, html: str, day: dt.date) -> str:
    """The article as it read on ``day``: every edit made by then is in it."""
    for edit in page.edits:
        if edit.day <= day:
            html = html.replace(edit.old, edit.new)
    return html


def file_reply(attachment: Attachment, **headers: str) -> Reply | None:
    """The bytes behind a link: one file as it is, several as a ZIP, None for a dead link."""
    if not attachment.files:
        return None
    if not attachment.name.endswith(".zip"):
        name = attachment.files[0]
        return Reply.lasting((ANNEXES / name).read_bytes(), _TYPES[Path(name).suffix], **headers)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in attachment.files:
            # A fixed time, so that the same annex is the same bytes on every day.
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), (ANNEXES / name).read_bytes())
    return Reply.lasting(target.getvalue(), _TYPES[".zip"], **headers)
