"""How the site is served: Datasette's arguments, who may sign in, and the secret that signs their cookies.

Owns the bridge from a workspace to Datasette's folder ``site/``; kb/site_process.py runs it. Neither secrets nor
password hashes are written to the metadata file or the command line: they pass through the environment.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kb.db import refuse_lost_kb
from kb.errors import ServeError
from kb.secret import kept_secret
from kb.whole_file import make_folder, write_whole
from kb.workspace import Workspace

SITE = Path(__file__).resolve().parents[1] / "site"
LOGIN_PLUGIN = "datasette-auth-passwords"
SIGN_ON_SECRET, SHORTEST = "REGWATCH_SIGN_ON_SECRET", 16


def datasette_arguments(workspace: Workspace, *, host: str, port: int, now: str | None = None) -> list[str]:
    """Arguments of `datasette serve` for a workspace; its process also needs site_environment().

    ``now`` fixes the day of the site, as for a simulated day. Writes ``.serve/metadata.json`` in the workspace.
    Raises ServeError when the site's folder or kb.db is missing or the workspace cannot be written.
    """
    if not (SITE / "metadata.yml").is_file():
        raise ServeError(f"no site folder at {SITE}: run regwatch from its source checkout (pip install --editable .)")
    refuse_lost_kb(workspace.kb_path)
    if not workspace.kb_path.exists():
        raise ServeError(f"{workspace.kb_path} does not exist: run `regwatch run` or `regwatch demo` first")
    databases = [path for path in (workspace.kb_path, workspace.company_path) if path.exists()]
    metadata = _private_file(workspace, "metadata.json", json.dumps(site_metadata(workspace, now), ensure_ascii=False))
    settings = json.loads((SITE / "settings.json").read_text("utf-8"))
    return [
        *(str(path.resolve()) for path in databases),
        *("--metadata", str(metadata), "--template-dir", str(SITE / "templates")),
        *("--plugins-dir", str(SITE / "plugins"), "--static", f"static:{SITE / 'static'}"),
        *("--host", host, "--port", str(port)),
        *(part for name, value in settings.items() for part in ("--setting", name, str(value))),
    ]


def site_metadata(workspace: Workspace, now: str | None = None) -> dict[str, Any]:
    """site/metadata.yml with the accounts of config.yml (names and roles), who may name them, and the archive."""
    import yaml

    metadata: dict[str, Any] = yaml.safe_load((SITE / "metadata.yml").read_text("utf-8"))
    config = workspace.config
    known = {name: access.model_dump(include={"role", "owner"}, exclude_none=True) | {"id": name}
             for name, access in config.actors.items()}  # fmt: skip
    login: dict[str, Any] = {
        f"{name}_password_hash": {"$env": variable} for name, variable in _variables(config.actors).items()
    }
    login["actors"] = {name: known[name] for name in _variables(config.actors)}
    site: dict[str, Any] = {"archive": str(workspace.archive_path.resolve()), "now": now}
    site["secure"] = (config.site_url or "").startswith("https://")  # cookies go over TLS alone
    if config.sign_on:
        said = config.sign_on.model_dump(mode="json", exclude={"secret_env"})
        site["sign_on"] = {**said, "secret": {"$env": SIGN_ON_SECRET}, "actors": known}
    metadata["plugins"] = {LOGIN_PLUGIN: login, "regwatch": site}
    return metadata


def site_environment(workspace: Workspace) -> dict[str, str]:
    """Environment of the serving process: the cookie secret and the password hashes.

    The secret is random, kept in the workspace, and bound to the accounts: changing one of them signs everybody out.
    """
    actors = workspace.config.actors
    accounts = json.dumps({name: access.model_dump() for name, access in actors.items()}, sort_keys=True)
    secret = hmac.new(_kept_secret(workspace).encode(), accounts.encode(), hashlib.sha256).hexdigest()
    hashes = {variable: actors[name].password_hash or "" for name, variable in _variables(actors).items()}
    return {"DATASETTE_SECRET": secret, **hashes, **_sign_on(workspace)}


def _sign_on(workspace: Workspace) -> dict[str, str]:
    """The secret of the proxy; and uvicorn is to tell who connects, not whom an X-Forwarded-For names."""
    declared = workspace.config.sign_on
    if not declared:
        return {}
    secret = os.environ.get(declared.secret_env, "")
    if len(secret) < SHORTEST:
        raise ServeError(f"sign_on in {workspace.config_path}: {declared.secret_env} is not set, or has fewer than "
                         f"{SHORTEST} characters: put the proxy's secret into that environment variable")  # fmt: skip
    return {SIGN_ON_SECRET: secret, "FORWARDED_ALLOW_IPS": ""}


def make_password_hash(password: str) -> str:
    """The hash that config.yml keeps for an actor: PBKDF2-SHA256, salted."""
    from datasette_auth_passwords.utils import hash_password  # type: ignore[import-untyped]

    return str(hash_password(password))


def _variables(actors: dict[str, Any]) -> dict[str, str]:
    with_password = sorted(name for name, access in actors.items() if access.password_hash)
    return {name: f"REGWATCH_PASSWORD_HASH_{number}" for number, name in enumerate(with_password)}


def _kept_secret(workspace: Workspace) -> str:
    path = workspace.root / ".serve" / "secret"
    with _writing(path.parent):
        return kept_secret(path)


def _private_file(workspace: Workspace, name: str, text: str) -> Path:
    """A file that only its owner reads, in a folder that only its owner enters."""
    folder = workspace.root / ".serve"
    with _writing(folder):
        make_folder(folder, mode=0o700)
        write_whole(folder / name, text.encode(), mode=0o600)
    return folder / name


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServeError(f"{folder} cannot be written ({error.strerror}): check the workspace's permissions") from error
