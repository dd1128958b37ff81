"""The talk with a mail server, and its end: smtplib waits for each piece of an answer, and so without end for a server
that goes on and on. Here an answer that takes too long as a whole is as none."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.config import Smtp

TIMEOUT = 30  # seconds for one piece of an answer
LONGEST = 120  # seconds for one answer


class Talk(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        timer = Timer(LONGEST, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            return super().getreply()
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError, ValueError, AttributeError):  # it was closed meanwhile
            self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


class EncryptedTalk(Talk, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""


def begin_talk(settings: Smtp, password: str) -> smtplib.SMTP:
    """Connected, encrypted and logged in as config.yml says. Raises OSError, or ValueError for what cannot be said."""
    if not (settings.user or "").isascii() or not password.isascii():
        raise ValueError("user and password can be sent in ASCII alone: choose others")
    context = ssl.create_default_context()
    server: smtplib.SMTP = (
        EncryptedTalk(settings.host, settings.port, timeout=TIMEOUT, context=context)
        if settings.tls else Talk(settings.host, settings.port, timeout=TIMEOUT)
    )  # fmt: skip
    try:
        if settings.starttls:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.user:
            server.login(settings.user, password)
    except BaseException:
        server.close()
        raise
    return server
