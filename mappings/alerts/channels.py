"""Ways to send one composed alert: a readable .eml file, or a mail server. They know no database.

A repeat carries the same file name and the same Message-ID, so whoever receives it twice can tell.
"""

from __future__ import annotations

import os
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from kb.whole_file import write_whole
from mappings.alerts.address import fault_of
from mappings.alerts.mail_talk import begin_talk

if TYPE_CHECKING:
    from kb.config import Smtp

UNSUBSCRIBE = "List-Unsubscribe"
LONGEST_LINE = 990  # octets that a mail line may have without encoding (RFC 5322: 998)


if TYPE_CHECKING:
    Policy = EmailPolicy[EmailMessage]
else:
    Policy = EmailPolicy  # a generic class for the type checker only


class MailPolicy(Policy):
    """Python's own folding would break a long address into encoded words that no mail program follows."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if name == UNSUBSCRIBE else super().fold_binary(name, value)


MAIL = MailPolicy(linesep="\r\n")


class Refused(Exception):
    """This message cannot be sent now; others may. ``address`` says whether the address itself was refused, ``unclear``
    that the receiver may have taken the message all the same: another try may be a repeat."""

    retry_after: int | None = None

    def __init__(self, why: str, *, address: bool = False, unclear: bool = False) -> None:
        super().__init__(why)
        self.address, self.unclear = address, unclear


class ChannelDown(Exception):
    """Nothing can be sent now; ``retry_after`` are the seconds for which the receiver asked."""

    def __init__(self, why: str, retry_after: int | None = None, *, unclear: bool = False) -> None:
        super().__init__(why)
        self.retry_after, self.unclear = retry_after, unclear


class Channel(Protocol):
    """``confirms``: whether a send that returns means that the message has arrived, not only that it left."""

    @property
    def name(self) -> str: ...
    @property
    def confirms(self) -> bool: ...

    def send(self, alert: Mapping[str, Any]) -> str:
        """Send one row of table alert; say where it went. Raises Refused or ChannelDown."""

    def close(self) -> None: ...


def build_message(
    alert: Mapping[str, Any], sender: str, reply_to: str, policy: EmailPolicy[EmailMessage]
) -> EmailMessage:
    """The same bytes each time for the same row. Raises Refused, or ChannelDown, for an address that cannot work."""
    for address in (sender, reply_to):
        if fault := fault_of(address):
            raise ChannelDown(f"config.yml: address {address!r} {fault}: correct smtp.sender or team.address")
    if fault := fault_of(alert["address"]):
        raise Refused(f"address {alert['address']!r} {fault}: correct it in the catalog and import again", address=True)
    message = EmailMessage(policy=policy)
    message["From"] = Address("Regwatch", addr_spec=sender)
    message["To"] = alert["address"]
    message["Reply-To"] = reply_to
    message["Subject"] = alert["subject"]
    message["Date"] = format_datetime(datetime.fromisoformat(alert["composed_at"]))
    message["Message-ID"] = alert["message_id"]
    message["Auto-Submitted"] = "auto-generated"
    if alert.get("unsubscribe"):  # digests: one click, without signing in (RFC 8058, which asks for https)
        message[UNSUBSCRIBE] = f"<{alert['unsubscribe']}>"
        if alert["unsubscribe"].startswith("https://"):
            message[f"{UNSUBSCRIBE}-Post"] = "List-Unsubscribe=One-Click"
    message["X-Regwatch-Alert"] = alert["id"]
    message.set_content(alert["body"], cte=_encoding(alert["body"], policy))
    if alert["html"]:
        message.add_alternative(alert["html"], subtype="html", cte=_encoding(alert["html"], policy))
        message.set_boundary(f"=_regwatch_{alert['id']}")
    return message


def _encoding(text: str, policy: EmailPolicy[EmailMessage]) -> str:
    """Plain UTF-8 in files, which people open; what every server on the way can carry in mail."""
    longest = max((len(line.encode()) for line in text.splitlines()), default=0)
    return "8bit" if policy.utf8 and longest < LONGEST_LINE else "base64"


@dataclass
class FileChannel:
    """One ``<alert id>.eml`` in a folder, in plain UTF-8; written beside, then renamed."""

    folder: Path
    sender: str
    name: str = "file"
    confirms: bool = False

    def send(self, alert: Mapping[str, Any]) -> str:
        message = build_message(alert, self.sender, self.sender, default.clone(utf8=True, max_line_length=None))
        path = self.folder / f"{alert['id']}.eml"
        try:
            self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)  # as company.db, whose words it holds
            write_whole(path, message.as_bytes(), mode=0o640)
        except OSError as error:
            raise ChannelDown(f"{self.folder}: {error.strerror}: make it a folder that can be written") from error
        return f"{self.folder.name}/{path.name}"  # within the workspace, which may be moved

    def close(self) -> None:
        pass


@dataclass
class SmtpChannel:
    """A mail server by config.yml's ``smtp``; one connection for many messages, opened when first needed."""

    settings: Smtp
    reply_to: str
    name: str = "smtp"
    confirms: bool = False
    server: smtplib.SMTP | None = field(default=None, init=False)

    def send(self, alert: Mapping[str, Any]) -> str:
        message = build_message(alert, self.settings.sender, self.reply_to, MAIL)
        try:
            self._offer(alert["address"])
        except OSError as error:
            idle = self.server is not None
            self._drop()
            if not idle:
                raise Refused(f"{self._where}: {error}") from error
            return self.send(alert)  # the server had closed an idle connection; it has seen nothing of the message
        try:
            self._hand_over(message)
        except OSError as error:
            self._drop()
            raise Refused(f"{self._where}: no answer to the message: {error}", unclear=True) from error
        return f"{alert['address']} by {self._where}"

    def close(self) -> None:
        if self.server is not None:
            with suppress(OSError):  # everything is sent; a goodbye is a courtesy
                self.server.quit()
        self._drop()

    def _drop(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    @property
    def _where(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"

    def _offer(self, address: str) -> None:
        """Sender and recipient, before anything of the message is said. Raises Refused, or OSError without a server."""
        server = self.server or self._connect()
        fresh, self.server = self.server is None, server
        try:
            code, answer = server.mail(self.settings.sender)
            if code != 250:
                self._refuse("the sender", code, answer)
            code, answer = server.rcpt(address)
        except OSError:
            if fresh:  # not an idle connection that was closed
                self._drop()
            raise
        if code not in (250, 251):
            self._refuse(address, code, answer, address=500 <= code < 600)

    def _hand_over(self, message: EmailMessage) -> None:
        assert self.server
        try:
            code, answer = self.server.data(message.as_bytes())
        except smtplib.SMTPDataError as error:  # it does not want to hear the message at all
            self._refuse("to hear the message", error.smtp_code, error.smtp_error)
        if code != 250:
            self._refuse("the message", code, answer, unclear=not 400 <= code < 600)

    def _refuse(
        self, what: str, code: int, answer: bytes | str, *, address: bool = False, unclear: bool = False
    ) -> NoReturn:
        """Who answers what was not asked is out of step: its next yes could be meant for what was said before."""
        in_step = 400 <= code < 600 and code != 421
        with suppress(OSError):
            in_step = in_step and self.server is not None and self.server.rset()[0] == 250
        if not in_step:
            self._drop()
        raise Refused(f"{self._where} refuses {what}: {code} {_said(answer)}", address=address, unclear=unclear)

    def _connect(self) -> smtplib.SMTP:
        try:
            return begin_talk(self.settings, _password(self.settings))
        except (OSError, ValueError) as error:  # SMTPException is an OSError; ValueError: a host's name that is none
            raise ChannelDown(f"mail server {self._where}: {error}: check smtp in config.yml") from error


def _password(settings: Smtp) -> str:
    if not settings.password_env:
        return ""
    if (password := os.environ.get(settings.password_env)) is None:
        raise ChannelDown(f"no password: set the environment variable {settings.password_env} of smtp.password_env")
    return password


def _said(answer: bytes | str) -> str:
    """On one line: servers answer in several."""
    return " ".join((answer.decode(errors="replace") if isinstance(answer, bytes) else answer).split())
