"""Read the report that a mail server sent back about a message of ours. Foreign bytes: nothing in them is trusted.

The standard form (RFC 3464, and RFC 6533 for addresses beyond ASCII), and the older ones of servers that only enclose
the message, or quote it below their words. Which message it is about is read from the enclosed message's own header,
never from a subject or from words, which anybody could have written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Literal

from kb.errors import RegwatchError
from mappings.alerts.wording import one_line

_OURS = re.compile(r"<([0-9a-f]{16})@regwatch[A-Za-z0-9.-]*>")
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_ENCLOSED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery|undeliver|系统退信|退信", re.IGNORECASE)
_BELOW = re.compile(r"^-{2,}\s*(?:below this line is a copy of the message|original message|原邮件|原始邮件).*$",
                    re.IGNORECASE | re.MULTILINE)  # fmt: skip
_REASON = re.compile(r"\b[45]\d\d[ -]|\b[45]\.\d{1,3}\.\d{1,3}\b|does not exist|unknown|full|rejected|不存在|拒绝|已满")


@dataclass(frozen=True)
class Report:
    alert: str
    fate: Literal["failed", "delivered"]
    why: str


def read_bounce(data: bytes, *, name: str) -> Report:
    """Raises RegwatchError for what is no report about one of our messages, or one that decides nothing (delayed)."""
    report = message_from_bytes(data, policy=compat32)
    status = next((part for part in report.walk() if part.get_content_type() in _STATUS), None)
    if status is not None:
        fields = _fields(status)
        action = fields.get("action", "").strip().casefold()
        if action not in ("failed", "delivered"):
            raise RegwatchError(f"{name} reports {action or 'nothing'!r}, which decides nothing: nothing recorded")
        why = fields.get("diagnostic-code") or fields.get("status") or "returned"
    elif _is_from_a_server(report):
        action, why = "failed", _reason(report)
    else:
        raise RegwatchError(f"{name} is no delivery report: nothing recorded")
    alert = next(filter(None, map(_ours, _enclosed(report))), None)
    if alert is None:
        raise RegwatchError(f"{name} is not about a message of ours: nothing recorded")
    return Report(alert, "delivered" if action == "delivered" else "failed", one_line(why, 200))


def _fields(status: Message) -> dict[str, str]:
    """All fields of a report: of the message, then of each recipient; a failure goes before other fates."""
    found: dict[str, str] = {}
    blocks = status.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message):
            said = {key.casefold(): str(value) for key, value in block.items()}
            if found.get("action", "").strip().casefold() != "failed":
                found |= said
    if not found:  # RFC 6533 parts, and parts that the parser left whole
        text = _text(status)
        found = {key.casefold(): value.strip() for key, value in re.findall(r"^([\w-]+):\s*(.*)$", text, re.MULTILINE)}
    return found


def _is_from_a_server(report: Message) -> bool:
    """Without a standard status: sent by nobody (an empty return path), or by a mail system by its name."""
    return str(report.get("return-path", "")).strip() == "<>" or bool(report.get("x-failed-recipients")) or bool(
        _DAEMON.search(str(report.get("from", "")))
    )  # fmt: skip


def _enclosed(report: Message) -> Iterator[str]:
    """Headers of the messages that a report encloses, or quotes below a line that says so."""
    for part in report.walk():
        if part.get_content_type() in _ENCLOSED:
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
            yield _head(inner.as_string() if inner is not None else _text(part))
        elif part.get_content_type() == "text/plain":
            text = _text(part)
            if below := _BELOW.search(text):
                yield _head(text[below.end() :].lstrip("\r\n"))


def _head(text: str) -> str:
    return text.replace("\r\n", "\n").partition("\n\n")[0]


def _ours(headers: str) -> str | None:
    found = re.search(r"^message-id:\s*(\S+)", headers, re.IGNORECASE | re.MULTILINE)
    ours = _OURS.fullmatch(found.group(1)) if found else None
    return ours.group(1) if ours else None


def _reason(report: Message) -> str:
    """The line of its words that says why, or their first line."""
    text = next((_text(part) for part in report.walk() if part.get_content_type() == "text/plain"), "")
    lines = [line.strip() for line in _BELOW.split(text)[0].splitlines() if line.strip()]
    return next((line for line in lines if _REASON.search(line)), lines[0] if lines else "returned")


def _text(part: Message) -> str:
    """Decoded as it says, or as Chinese servers do when they say nothing."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return str(part.get_payload() or "")
    for charset in (part.get_content_charset(), "utf-8", "gb18030"):
        try:
            return data.decode(charset or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode(errors="replace")
