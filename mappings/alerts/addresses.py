"""Who gets a message, and where: the catalog's owners, the team, and the fallback address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from kb.rows import rows
from mappings.alerts.letter import Recipient

if TYPE_CHECKING:
    from kb.config import Config

TEAM = "team"  # told of what nobody claims, and of what waits
FALLBACK = "fallback"  # told of datasets that nobody owns


@dataclass(frozen=True)
class AddressBook:
    owners: Mapping[str, Mapping[str, Any]]
    config: Config

    def find(self, owner: str | None) -> Recipient:
        """The recipient for an owner's id, TEAM, FALLBACK, or None for datasets without owner."""
        team = self.config.team
        if owner == TEAM:
            return Recipient(TEAM, TEAM, team.address, team.language, abroad=self._abroad(TEAM, team.address))
        if owner is None or owner not in self.owners:
            abroad = self._abroad(FALLBACK, self.config.fallback_owner)
            return Recipient(FALLBACK, "", self.config.fallback_owner, team.language, "unowned", abroad)
        row = self.owners[owner]
        language = row["language"] or "both"
        address = (row["email"] or "").strip()
        if not address:
            abroad = self._abroad(owner, self.config.fallback_owner)
            return Recipient(owner, row["name"], self.config.fallback_owner, language, "addressless", abroad)
        return Recipient(owner, row["name"], address, language, abroad=self._abroad(owner, address))

    def at(self, address: str, name: str) -> Recipient:
        """Somebody who is named by address only, as of a watch; in the team's language."""
        return Recipient(address, name, address, self.config.team.language, abroad=self._abroad(address, address))

    def passed_on(self, owner: str) -> Recipient:
        """Who was named by an owner who says that an alert is not theirs."""
        return replace(self.find(owner), notice="reassigned")

    def __contains__(self, owner: str) -> bool:
        return owner in (TEAM, FALLBACK) or owner in self.owners

    def _abroad(self, owner: str, address: str) -> bool:
        """Outside China by the company's own patterns, and the company has not said that they get the whole words."""
        abroad = self.config.abroad
        named = (owner.casefold(), address.casefold())
        return abroad.content == "link" and any(
            fnmatchcase(name, pattern.casefold()) for pattern in abroad.recipients for name in named
        )


def load_addresses(company: Database, config: Config) -> AddressBook:
    return AddressBook({row["id"]: row for row in rows(company, "select * from owner")}, config)
