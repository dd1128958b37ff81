"""Single sign-on: a proxy in front says in a header who it has signed in (``sign_on`` in config.yml; off without it).

The header is believed only when the connection comes from a declared proxy, the proxy's secret comes with it, and each
of the two headers comes once. Everybody else is a stranger, not an error.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from datasette import hookimpl

Actor = dict[str, Any]


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def actor_from_request(datasette: Any, request: Any) -> Callable[[], Awaitable[Actor | None]] | None:
    sign_on: dict[str, Any] = (datasette.plugin_config("regwatch") or {}).get("sign_on") or {}
    name = named_by_proxy(request.scope, sign_on) if sign_on else None
    if not name:
        return None

    async def find() -> Actor | None:
        if known := sign_on["actors"].get(name):
            return dict(known)
        return await _owner(datasette, name) if sign_on["owners"] else None

    return find


def named_by_proxy(scope: dict[str, Any], sign_on: dict[str, Any]) -> str | None:
    """Who the proxy says is asking; None when it is not the proxy who says it."""
    if not _is_proxy((scope.get("client") or ("",))[0], sign_on["proxies"]):
        return None
    users, secrets = (_values(scope, sign_on[key]) for key in ("user_header", "secret_header"))
    if len(users) != 1 or len(secrets) != 1 or not hmac.compare_digest(secrets[0], sign_on["secret"].encode()):
        return None
    try:
        return users[0].decode("utf-8").strip() or None
    except UnicodeDecodeError:
        return None


def _is_proxy(client: str, proxies: list[str]) -> bool:
    try:
        address = ip_address(client)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if address.version == 6 else None  # how an IPv4 proxy is seen on an IPv6 socket
    return (mapped or address) in {ip_address(proxy) for proxy in proxies}


def _values(scope: dict[str, Any], header: str) -> list[bytes]:
    return [value for name, value in scope["headers"] if name.lower() == header.lower().encode()]


async def _owner(datasette: Any, name: str) -> Actor | None:
    """An owner of the catalog under this id or address; two owners under one address are nobody."""
    if "company" not in datasette.databases:
        return None
    sql = "select id from owner where id = ?1 or lower(email) = lower(?1) order by id = ?1 desc"
    found = [row["id"] for row in (await datasette.get_database("company").execute(sql, [name])).rows]
    if len(found) == 1 or name in found:
        return {"id": name, "role": "owner", "owner": found[0]}
    return None
