"""Links that let their holder answer one alert without signing in: signed, expiring, bound to the alert.

A link only opens a page; answering takes a click there, for mail scanners follow links. The secret is a private file
of the workspace, never in company.db, which every signed-in viewer may read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer

from kb.clock import FORMAT
from kb.errors import RegwatchError
from kb.secret import kept_secret

DAYS = 60  # how long a link in a message works


class BadLink(RegwatchError):
    """A link that is forged, cut short or expired; the words are for its reader."""


def alert_secret(root: Path) -> str:
    """The workspace's secret for links, made at first use, readable by its owner only."""
    return kept_secret(root / ".serve" / "links")


@dataclass(frozen=True)
class Links:
    """Makes the links of messages; '' where no site is configured."""

    secret: str
    site: str | None

    def answer(self, alert: str, now: str) -> str:
        return self._to("answer", alert, now)

    def unsubscribe(self, watch: str, now: str) -> str:
        return self._to("unsubscribe", watch, now)

    def _to(self, what: str, id: str, now: str) -> str:
        return f"{self.site.rstrip('/')}/{what}/{sign(self.secret, what, id, now)}" if self.site else ""


def sign(secret: str, what: str, id: str, now: str, days: int = DAYS) -> str:
    expires = datetime.strptime(now, FORMAT) + timedelta(days=days)
    token = URLSafeSerializer(secret, salt=f"regwatch-{what}").dumps([id, expires.strftime(FORMAT)])
    return token if isinstance(token, str) else token.decode()


def verify(secret: str, what: str, token: str, now: str) -> str:
    """The id that a token was made for. Raises BadLink."""
    try:
        id, expires = URLSafeSerializer(secret, salt=f"regwatch-{what}").loads(token)
    except (BadData, ValueError, TypeError) as error:
        raise BadLink("This link is not one of ours, or was cut short: copy it whole from the message.") from error
    if now > expires:
        raise BadLink(f"This link expired on {expires[:10]}: sign in, or answer by the command in the message.")
    return str(id)
