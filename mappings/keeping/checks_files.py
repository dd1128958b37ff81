"""The folder and its settings: can it be read, is it private, is there room, when was it last backed up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kb.clock import days_between
from kb.config import is_example
from kb.workspace import Workspace
from mappings.db import JOURNAL
from mappings.keeping.backup import MARK
from mappings.keeping.finding import Finding

if TYPE_CHECKING:
    from kb.config import Config

ROOM = 2 * 1024**3  # bytes that a year of captures, an upgrade's copy and a vacuum want free
BACKUP_DAYS = 7


def check_files(workspace: Workspace, now: str) -> Iterator[Finding]:
    free = shutil.disk_usage(workspace.root).free
    if free < ROOM:
        yield Finding("disk", "warning", f"{free / 1024**2:,.0f} MB free where {workspace.root} lies",
                      "free some: `regwatch tidy` names what may go")  # fmt: skip
    if workspace.root.stat().st_mode & 0o007:  # a closed folder keeps all of it
        for path in (workspace.company_path, workspace.config_path, workspace.root / JOURNAL, workspace.outbox_path):
            if path.exists() and path.stat().st_mode & 0o007:
                yield Finding("privacy", "warning", f"{path} can be read by everybody on this machine",
                              f"chmod o-rwx {path}")  # fmt: skip
    if cut_off := sorted(workspace.archive_path.glob("*/.new-*")):
        yield Finding("archive", "warning", f"{len(cut_off)} captures were cut off while they were written",
                      "nothing was lost, they were fetched again; `regwatch tidy` removes the pieces")  # fmt: skip
    mark = workspace.root / MARK
    last = mark.read_text("utf-8").strip() if mark.is_file() else None
    if workspace.kb_path.exists() and (last is None or days_between(last, now) > BACKUP_DAYS):
        yield Finding("backup", "warning", f"last backed up: {last[:10] if last else 'never'}",
                      "regwatch backup FOLDER --keep 14")  # fmt: skip


def check_config(config: Config, environment: Mapping[str, str]) -> Iterator[Finding]:
    if is_example(config.contact):
        yield Finding("config", "fault", "contact is still the example: no site is asked",
                      "set contact in config.yml to an address where you can be reached")  # fmt: skip
    for name, address in (("team.address", config.team.address), ("fallback_owner", config.fallback_owner)):
        if config.smtp and is_example(address):
            yield Finding("config", "fault", f"{name} is still the example: what has no owner reaches nobody",
                          f"set {name} in config.yml")  # fmt: skip
    if not config.smtp and not config.channels:
        yield Finding("config", "warning", "neither smtp nor channels are set: alerts are files in outbox/ only",
                      "set smtp in config.yml")  # fmt: skip
    if config.smtp and not config.site_url:
        yield Finding("config", "warning", "site_url is not set: messages carry no link to answer by",
                      "set site_url in config.yml to where owners open the site")  # fmt: skip
    for key, variable in _secrets(config):
        if not environment.get(variable):
            yield Finding("config", "warning", f"{variable}, named by {key}, is not set here",
                          "set it where `regwatch run` and `regwatch serve` are called, and here to look")  # fmt: skip


def _secrets(config: Config) -> Iterator[tuple[str, str]]:
    """Key of config.yml and the environment variable that it names."""
    for name, channel in config.channels.items():
        for key in ("url_env", "secret_env"):
            if variable := getattr(channel, key):
                yield f"channels.{name}.{key}", variable
    if config.smtp and config.smtp.password_env:
        yield "smtp.password_env", config.smtp.password_env
    if config.sign_on:
        yield "sign_on.secret_env", config.sign_on.secret_env
