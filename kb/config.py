"""The strict form of a workspace's config.yml; every key is explained in config_template.yml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kb.declarations import Declaration


class Smtp(Declaration):
    host: str
    port: int = 25
    sender: str
    user: str | None = None
    password_env: str | None = None  # the name of an environment variable, never the password
    starttls: bool = False


class Team(Declaration):
    address: str
    language: Literal["zh", "en", "both"] = "both"


class Access(Declaration):
    """Who may sign in to the site: actor → password hash and role."""

    password_hash: str
    role: Literal["viewer", "reviewer", "admin"] = "viewer"


class Config(Declaration):
    contact: str
    team: Team
    fallback_owner: str
    smtp: Smtp | None = None
    topics: tuple[str, ...] = ()
    news_days: int = 30
    site_url: str | None = None  # where the site answers, for links in messages
    actors: dict[str, Access] = Field(default_factory=dict)
