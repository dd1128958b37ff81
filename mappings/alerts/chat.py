"""Chat by Apprise: Feishu/Lark, DingTalk, WeCom, Slack, Teams and the others it knows. An optional extra, `chat`.

Chat has no key by which a repeat is known: one that a crash makes possible is counted, and the alert's id is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mappings.alerts.channels import ChannelDown, Refused
from mappings.alerts.webhook import channel_url

if TYPE_CHECKING:
    from kb.config import Channel


class ChatChannel:
    confirms = False

    def __init__(self, name: str, settings: Channel, site: str) -> None:
        self.name, self.settings, self.site = name, settings, site

    def send(self, alert: Mapping[str, Any]) -> str:
        try:
            import apprise
        except ImportError as error:
            raise ChannelDown(f"channel {self.name}: run `pip install 'regwatch[chat]'` first") from error
        chat = apprise.Apprise()
        if not chat.add(channel_url(self.name, self.settings)):
            raise ChannelDown(f"channel {self.name}: Apprise does not understand its url: check it in config.yml")
        full = self.settings.content == "full"
        title = alert["subject"] if full else f"[Regwatch] {alert['id']}"
        link = f"{self.site.rstrip('/')}/alert/{alert['id']}" if self.site else f"regwatch alert list  ({alert['id']})"
        body = f"{alert['body']}\n\n{link}" if full else link
        with apprise.LogCapture(level=apprise.logging.WARNING) as log:  # type: ignore[no-untyped-call]
            sent = chat.notify(body=body, title=title)
            said = " ".join(log.getvalue().split())
        if not sent:
            raise Refused(f"channel {self.name}: {said[:200] or 'Apprise could not send'}")
        return f"chat by {self.name}"

    def close(self) -> None:
        pass
