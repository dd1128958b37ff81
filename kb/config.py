"""The strict form of a workspace's config.yml; every key is explained in config_template.yml."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal

from pydantic import Field, IPvAnyAddress, model_validator

from kb.declarations import Declaration

Release = Literal["automatic", "analyst", "four_eyes"]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
_EXAMPLE = re.compile(r"[@/.]example(\.|$)|\.(invalid|example|test)\b")
Share = Annotated[float, Field(ge=0, le=1)]
WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+")]
QuietHours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


def is_example(address: str) -> bool:
    """Is it an address that can be nobody's (RFC 2606), as the template's are?"""
    return bool(_EXAMPLE.search(address))


class Smtp(Declaration):
    host: str
    port: int = Field(default=25, ge=1, le=65535)
    sender: str
    user: str | None = None
    password_env: str | None = None  # the name of an environment variable, never the password
    starttls: bool = False
    tls: bool = False  # encrypted from the first byte, as on port 465
    per_minute: int | None = Field(default=None, ge=1)
    quiet: QuietHours | None = None


class Channel(Declaration):
    """One more way beside mail: a signed webhook, or chat by Apprise."""

    kind: Literal["webhook", "chat"]
    url: str | None = None
    url_env: str | None = None  # the name of an environment variable, for a url that holds a secret
    secret_env: str | None = None  # signs webhooks
    recipients: tuple[str, ...] = ("team",)  # owner ids, team, fallback, or everyone
    content: Literal["link", "full"] = "link"
    internal: bool = False  # a webhook whose name leads to an address inside the house is meant
    per_minute: int | None = Field(default=None, ge=1)
    quiet: QuietHours | None = None


class Reminders(Declaration):
    """Days after sending without an answer until the owner, the deputy and the team are told."""

    owner: int = Field(default=3, ge=1)
    deputy: int = Field(default=7, ge=1)
    team: int = Field(default=10, ge=1)


class Abroad(Declaration):
    """Recipients outside China: patterns of owner id or address, as *.de or berlin-*."""

    recipients: tuple[str, ...] = ()
    content: Literal["link", "full"] = "link"


class Crawl(Declaration):
    """How hosts are reached from here: host → address of a proxy; hosts that need a cookie jar."""

    proxies: dict[str, str] = Field(default_factory=dict)
    cookies: tuple[str, ...] = ()


class Team(Declaration):
    address: str
    language: Literal["zh", "en", "both"] = "both"


class Access(Declaration):
    """Who may sign in to the site: actor → role, and a password hash unless single sign-on alone lets them in."""

    password_hash: str | None = None
    role: Literal["viewer", "reviewer", "admin", "owner"] = "viewer"
    owner: str | None = None  # id of an owner of the catalog: an actor with the role owner sees what is theirs

    @model_validator(mode="after")
    def _an_owner_is_somebody(self) -> Access:
        if (self.role == "owner") != bool(self.owner):
            raise ValueError("role owner names an owner of the catalog (owner: ID), and only that role does")
        return self


class SignOn(Declaration):
    """Single sign-on by a proxy in front: whom it names is believed from its address and with its secret only."""

    proxies: tuple[IPvAnyAddress, ...] = Field(default=(IPv4Address("127.0.0.1"), IPv6Address("::1")), min_length=1)
    user_header: HeaderName = "X-Forwarded-User"
    secret_header: HeaderName = "X-Regwatch-Proxy"
    secret_env: str  # the name of an environment variable, never the secret
    owners: bool = False  # who is no actor but an owner of the catalog, by id or address, signs in as that owner


class Config(Declaration):
    contact: str = Field(pattern=r"^[^\x00-\x1f\x7f]+$")  # it goes into a header
    team: Team
    fallback_owner: str
    smtp: Smtp | None = None
    topics: tuple[str, ...] = ()
    crawl: Crawl = Crawl()
    news_days: int = Field(default=30, ge=0)  # below 0 all news would be history, and nobody told
    site_url: WebAddress | None = None  # where the site answers, for links in messages
    release: Release = "analyst"
    release_by_topic: dict[str, Release] = Field(default_factory=dict)
    reminders: Reminders = Reminders()
    deputies: dict[str, str] = Field(default_factory=dict)  # owner id → owner id of the deputy
    abroad: Abroad = Abroad()
    channels: dict[str, Channel] = Field(default_factory=dict)
    accept: dict[str, Share] = Field(default_factory=dict)  # data type → confidence from which no person is asked
    actors: dict[str, Access] = Field(default_factory=dict)
    sign_on: SignOn | None = None
