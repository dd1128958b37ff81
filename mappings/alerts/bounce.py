"""Read a delivery status report (RFC 3464) that a mail server sent back. Foreign bytes: nothing in them is trusted."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from kb.errors import RegwatchError
from mappings.alerts.wording import one_line

_OURS = re.compile(r"<([0-9a-f]{16})@regwatch[A-Za-z0-9.-]*>")


def read_bounce(data: bytes, *, name: str) -> tuple[str, str]:
    """(alert id, why). Raises RegwatchError for what is no report about one of our messages, or no failure."""
    report = message_from_bytes(data, policy=compat32)
    status = next((part for part in report.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        raise RegwatchError(f"{name} is no delivery report: nothing recorded")
    fields: dict[str, str] = {}
    for block in status.get_payload() if status.is_multipart() else []:
        if isinstance(block, Message):
            fields |= {key.casefold(): str(value) for key, value in block.items()}
    if fields.get("action", "").strip().casefold() != "failed":
        raise RegwatchError(f"{name} reports {fields.get('action', 'nothing')!r}, not a failure: nothing recorded")
    # The original's own header; never the subject or the words, which anybody could have written.
    original = next(
        (part for part in report.walk() if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")), None
    )
    payload = original.get_payload() if original is not None else ""
    text = payload[0].as_string() if isinstance(payload, list) and isinstance(payload[0], Message) else str(payload)
    headers = text.replace("\r\n", "\n").partition("\n\n")[0]
    found = re.search(r"^message-id:\s*(\S+)", headers, re.IGNORECASE | re.MULTILINE)
    if not found or not (ours := _OURS.fullmatch(found.group(1))):
        raise RegwatchError(f"{name} is not about a message of ours: nothing recorded")
    said = fields.get("diagnostic-code") or fields.get("status") or "returned"
    return ours.group(1), one_line(said, 200)
