"""Several pages of one text kept as one file: MHTML (RFC 2557), each part as it came, under the address it came from.

A site that breaks a text over pages publishes one document; what was fetched of it is put together here, byte for byte,
so that a reading rests on one capture. What a browser saves as a single file (``.mht``, ``.mhtml``) opens the same way.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from kb.identity import digest_bytes

CONTENT_TYPE = "multipart/related"
_HEAD = re.compile(rb"^(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*multipart/related", re.IGNORECASE)
_LOOK = 4096  # bytes in which the header says what follows


@dataclass(frozen=True)
class Part:
    """One page: the address it came from, its bytes, and what it was said to be."""

    url: str
    data: bytes
    content_type: str = "text/html"


def is_bundle(data: bytes) -> bool:
    return _HEAD.match(data[:_LOOK].replace(b"\r\n", b"\n")) is not None


def pack(parts: Sequence[Part]) -> bytes:
    """One file of these parts, the first leading to the others; the same parts give the same bytes."""
    boundary = "regwatch-" + digest_bytes(b"\n".join(part.url.encode() + b" " + part.data for part in parts))[:32]
    lines = ["MIME-Version: 1.0", f'Content-Type: {CONTENT_TYPE}; type="text/html"; boundary="{boundary}"', ""]
    for part in parts:
        lines += [
            f"--{boundary}", f"Content-Type: {part.content_type}", "Content-Transfer-Encoding: base64",
            f"Content-Location: {part.url}", "", base64.encodebytes(part.data).decode("ascii").rstrip("\n"),
        ]  # fmt: skip
    return "\n".join([*lines, f"--{boundary}--", ""]).encode()


def unpack(data: bytes) -> list[Part]:
    """The pages of a bundle, its root first; anything else is itself the one page, without an address."""
    if not is_bundle(data):
        return [Part("", data)]
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = [found for one in message.walk() if (found := _page(one))]
    except RecursionError:  # parts in parts without end
        parts = []
    return parts or [Part("", data)]


def _page(message: Message) -> Part | None:
    if message.is_multipart() or message.get_content_type() not in ("text/html", "application/xhtml+xml"):
        return None
    try:
        payload = message.get_payload(decode=True)
    except (binascii.Error, ValueError):
        return None
    said = message.get("Content-Type", "text/html")
    return Part(str(message.get("Content-Location", "")).strip(), payload, said) if isinstance(payload, bytes) else None
