"""A signed webhook: ticket systems and the like hang on these. It repeats with the same key and the same bytes.

A redirect is never followed, and no name that leads inside (``outward``). Answers are not read, so a receiver cannot
flood or hold us.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import httpcore

from kb.clock import FORMAT
from mappings.alerts.channels import ChannelDown, Refused
from mappings.alerts.outward import Inside, Outward

if TYPE_CHECKING:
    from kb.config import Channel

TIMEOUT = 20.0  # seconds for each step
UNREACHED = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError)
UNANSWERED = (httpcore.ReadTimeout, httpcore.ReadError, httpcore.RemoteProtocolError)  # it may have the message


class WebhookChannel:
    """``confirms``: a 2xx answer is the receiver's own word that it has the message."""

    confirms = True

    def __init__(self, name: str, settings: Channel, site: str, now: str) -> None:
        self.name, self.settings, self.site, self.now = name, settings, site, now
        self.pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=Outward(internal=settings.internal)
        )

    def send(self, alert: Mapping[str, Any]) -> str:
        url = channel_url(self.name, self.settings)
        body = payload_of(alert, full=self.settings.content == "full", site=self.site)
        headers: dict[bytes | str, bytes | str] = {
            "content-type": "application/json", "idempotency-key": alert["id"], "user-agent": "regwatch",
        }  # fmt: skip
        url, headers["host"], authorization = _parts(self.name, url)
        if authorization:
            headers["authorization"] = authorization
        if secret := self._secret():
            headers["regwatch-signature"] = signature(secret, self.now, body)
        waits = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT)
        try:
            with self.pool.stream("POST", url, content=body, headers=headers, extensions={"timeout": waits}) as answer:
                status = answer.status
                said = {key.lower(): value.decode("latin-1") for key, value in answer.headers}
        except Inside as error:
            raise ChannelDown(f"webhook {self.name}: {error}") from error
        except UNREACHED as error:
            unclear = isinstance(error, UNANSWERED)
            raise ChannelDown(f"webhook {self.name}: {str(error) or type(error).__name__}: check channels in "
                              "config.yml", unclear=unclear) from error  # fmt: skip
        if 300 <= status < 400:
            raise Refused(f"webhook {self.name} redirects ({status}), which is never followed: correct its url")
        if status in (429, 503):
            raise ChannelDown(
                f"webhook {self.name} asks for patience ({status})", seconds_of(said.get(b"retry-after"), self.now)
            )
        if not 200 <= status < 300:
            raise Refused(f"webhook {self.name} answers {status}")
        return f"{status} by {self.name}"

    def close(self) -> None:
        self.pool.close()

    def _secret(self) -> str:
        if not self.settings.secret_env:
            return ""
        if not (secret := os.environ.get(self.settings.secret_env)):
            raise ChannelDown(f"webhook {self.name}: set the environment variable {self.settings.secret_env}")
        return secret


def channel_url(name: str, settings: Channel) -> str:
    url = os.environ.get(settings.url_env, "") if settings.url_env else settings.url
    if not url:
        what = f"the environment variable {settings.url_env}" if settings.url_env else "its url in config.yml"
        raise ChannelDown(f"channel {name}: set {what}")
    return url


def _parts(name: str, url: str) -> tuple[str, str, str]:
    """The url without a user, the host with its port, and what a user in the url is as a header."""
    try:
        parts = urlsplit(url)
        port, named = parts.port, parts.hostname or ""
        bare = named if named.isascii() else named.encode("idna").decode()
    except ValueError as error:
        raise ChannelDown(f"channel {name}: {error}: correct its url in config.yml") from error
    if parts.scheme not in ("http", "https") or not bare:
        raise ChannelDown(f"channel {name}: its url is no http or https address: correct it in config.yml")
    host = (f"[{bare}]" if ":" in bare else bare) + (f":{port}" if port else "")
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return (
        urlunsplit((parts.scheme, host, quote(parts.path, safe="/%:@!$&'()*+,;=~") or "/", parts.query, "")), host,
        f"Basic {base64.b64encode(user.encode()).decode()}" if user else "",
    )  # fmt: skip


def payload_of(alert: Mapping[str, Any], *, full: bool, site: str) -> bytes:
    """JSON, the same bytes at each attempt. The words go along only where the company says ``content: full``."""
    known = {key: alert[key] for key in ("id", "kind", "nature", "owner", "event", "subject", "due", "composed_at")}
    words = {"body": alert["body"]} if full else {}
    link = f"{site.rstrip('/')}/alert/{alert['id']}" if site else ""
    if not full:
        known["subject"] = f"[Regwatch] {alert['id']}"
    return json.dumps({**known, **words, "link": link}, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: str, now: str, body: bytes) -> str:
    """``t=<time>,v1=<hex>``: HMAC-SHA256 of time, full stop and body, so that an old message cannot be replayed."""
    digest = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={digest}"


def seconds_of(retry_after: str | None, now: str) -> int:
    """Retry-After as seconds: a number, or a date (RFC 9110); a minute when it says nothing that can be read."""
    if retry_after and retry_after.strip().isdecimal() and retry_after.isascii():
        return int(retry_after.strip()[:9])
    try:
        moment = parsedate_to_datetime(retry_after or "")
        return max(0, int((moment - datetime.strptime(now, FORMAT).replace(tzinfo=UTC)).total_seconds()))
    except (ValueError, TypeError):
        return 60
