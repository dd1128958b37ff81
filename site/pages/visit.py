"""One request: what is asked, by whom, in which language and on which day, and the only doors to the two databases."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode

from datasette import Forbidden, NotFound
from sqlite_utils import Database

import kb.errors
from kb.clock import legal_day, utc_now
from kb.config import Config
from kb.workspace import Workspace
from pages.bounds import unbound
from pages.kept import NOTHING, keep, recall, stamp_of
from pages.language import COOKIE, Language, Speech, language_of

T = TypeVar("T")
Row = dict[str, Any]
TEAM = ("viewer", "reviewer", "admin")
SIGNED_IN = (*TEAM, "owner")
REVIEWERS = ("reviewer", "admin")
EVERYBODY: tuple[str, ...] = ()


class Visit:
    """``args`` are the words of the address and of its query; ``form`` what was posted, the token checked by then."""

    def __init__(self, datasette: Any, request: Any, form: dict[str, str] | None = None) -> None:
        self.datasette, self.request, self.actor = datasette, request, request.actor
        self.form = {name: value.strip() for name, value in (form or {}).items()}
        given = {name: unquote(value) for name, value in request.url_vars.items() if value is not None}
        self.args: dict[str, str] = {**{name: request.args[name] for name in request.args}, **given}
        self.now = now_of(datasette)
        self.today = legal_day(self.now)
        self.language: Language = language_from(request)
        self.t = Speech(self.language)
        self.cookies: dict[str, str] = {}  # to set with the answer

    def address(self, **changes: Any) -> str:
        """This address with some words of its query changed; None takes one away."""
        pairs = dict(parse_qsl(self.request.query_string, keep_blank_values=False))
        kept = {name: value for name, value in {**pairs, **changes}.items() if value is not None and name != "lang"}
        path = str(self.request.path).removesuffix(".json")
        return path + (f"?{urlencode(kept)}" if kept else "")

    @property
    def page(self) -> int:
        """Which page of a list is asked for; the first for what is no number."""
        number = self.args.get("page", "")
        return max(1, int(number)) if re.fullmatch(r"[0-9]{1,6}", number) else 1

    @property
    def role(self) -> str | None:
        return self.actor.get("role") if self.actor else None

    @property
    def who(self) -> str:
        """The id of the signed-in actor, for what they decide."""
        return str((self.actor or {}).get("id", ""))

    @property
    def owner(self) -> str | None:
        """The owner of the catalog whose things alone this actor sees; None for the team."""
        return str(self.actor.get("owner", "")) if self.role == "owner" else None

    @property
    def root(self) -> Path:
        """The workspace."""
        return self._path("kb").parent

    @property
    def config(self) -> Config:
        """What config.yml of the workspace says."""
        return Workspace(self.root).config

    @property
    def has_company(self) -> bool:
        """Is the company's side here and open to this actor?"""
        return self.role in SIGNED_IN and "company" in self.datasette.databases

    async def kb(self, question: Callable[[Database], T]) -> T:
        return await self._ask("kb", question)

    async def company(self, question: Callable[[Database], T]) -> T:
        self._enter_company()
        return await self._ask("company", question)

    async def kept_kb(self, key: str, question: Callable[[Database], T]) -> T:
        """The answer of the day, kept until kb.db changes; shared, so never to be changed. For what reads everything.

        ``key`` says the whole question, with what it was asked about.
        """
        return await self.kept(key, ("kb",), lambda: self.kb(question))

    async def kept(self, key: str, names: tuple[str, ...], ask: Callable[[], Awaitable[T]]) -> T:
        """The same for what is asked of the named databases; ``key`` then also says for whom, if not for the team."""
        paths = [self._path(name) for name in names]
        place, stamp = (key, names, self.today, *paths), stamp_of(paths)
        if (answer := recall(place, stamp)) is NOTHING:
            answer = await ask()
            keep(place, stamp, answer)
        return answer  # type: ignore[no-any-return]

    def _path(self, database: str) -> Path:
        return Path(self.datasette.get_database(database).path)

    async def write_company(self, deed: Callable[[Database], T]) -> T:
        """``deed`` in one transaction: all of it or nothing. Only for actions."""
        self._enter_company()
        return await self._write("company", deed)

    async def write_kb(self, deed: Callable[[Database], T]) -> T:
        """The same for kb.db, for those who review what was read."""
        if self.role not in REVIEWERS:
            raise Forbidden(self.t("access.reviewers"))
        return await self._write("kb", deed)

    def _enter_company(self) -> None:
        if self.role not in SIGNED_IN:
            raise Forbidden(self.t("access.sign_in"))
        if "company" not in self.datasette.databases:
            raise NotFound(self.t("access.no_catalog"))

    async def _ask(self, database: str, question: Callable[[Database], T]) -> T:
        return await self._run(self.datasette.get_database(database).execute_fn, question)

    async def _write(self, database: str, deed: Callable[[Database], T]) -> T:
        def whole(db: Database) -> T:
            with db.atomic():
                return deed(db)

        return await self._run(self.datasette.get_database(database).execute_write_fn, whole)

    async def _run(self, run: Callable[..., Any], work: Callable[[Database], T]) -> T:
        def worked(connection: sqlite3.Connection) -> T:
            with unbound(connection):
                return work(Database(connection, execute_plugins=False))

        try:
            answer: T = await run(worked)
        except kb.errors.NotFound as error:
            raise NotFound(str(error)) from error
        return answer


def now_of(datasette: Any) -> str:
    """The observed time of the site: the clock, or the simulated day of a workspace."""
    return str((datasette.plugin_config("regwatch") or {}).get("now") or utc_now())


def language_from(request: Any) -> Language:
    if request is None:
        return "en"
    asked = request.args.get("lang")
    return language_of(asked, request.cookies.get(COOKIE), request.headers.get("accept-language"))
