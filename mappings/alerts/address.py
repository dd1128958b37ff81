"""Whether a mail address can work at all. Whether anybody reads it, only the mail server knows."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


def fault_of(address: str) -> str:
    """Why this is no mail address, in a few words; '' for one that mail servers accept (RFC 5321, ASCII only)."""
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return "has no name before an @"
    if len(address) > 254 or len(local) > 64:
        return "is too long"
    if not address.isascii():
        return "has characters other than ASCII"
    if not _LOCAL.fullmatch(local):
        return "has characters before the @ that no mail server takes"
    if not all(len(label) < 64 and _LABEL.fullmatch(label) for label in domain.split(".")):
        return f"has no mail server in {domain!r}"
    return ""
