"""Private addresses of feeds and calendars: whoever has the address reads, until it is revoked.

Only a digest of the address is kept, so that a reader of company.db cannot use it.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row, rows


def make_address(company: Database, owner: str, *, by: str, now: str) -> str:
    """A new secret for one owner; shown once. Raises NotFound for an unknown owner."""
    if owner != "team" and not rows(company, "select 1 from owner where id = ?", [owner]):
        raise NotFound(f"no owner {owner} in the catalog")
    token = secrets.token_urlsafe(24)
    company.table("feed_address").insert({"digest": _digest(token), "owner": owner, "made_by": by, "made_at": now})
    return token


def revoke_address(company: Database, owner: str, *, by: str, now: str) -> int:
    """Close every open address of an owner; how many. Raises NotFound when there was none."""
    closed = company.execute(
        "update feed_address set revoked_at = ?, revoked_by = ? where owner = ? and revoked_at is null",
        [now, by, owner],
    ).rowcount
    if not closed:
        raise NotFound(f"no open address of {owner}: see `regwatch feed addresses`")
    return int(closed)


def owner_of(company: Database, token: str) -> str | None:
    """Whose address this is; None for one that is unknown or revoked."""
    found = rows(company, "select owner from feed_address where digest = ? and revoked_at is null", [_digest(token)])
    return str(found[0]["owner"]) if found else None


def addresses(company: Database) -> list[Row]:
    shown = "owner, made_by, made_at, revoked_at, revoked_by"
    return rows(company, f"select {shown} from feed_address order by made_at, owner")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
