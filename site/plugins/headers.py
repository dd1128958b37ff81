"""Headers of every response: what a browser may run, load and send on; cookies out of the reach of scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

App = Callable[..., Awaitable[None]]

# Our pages set their own, stricter policy; this one is for Datasette's, which have scripts and styles in line.
TOLERANT = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"content-security-policy": TOLERANT.encode(),
}


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    secure = bool((datasette.plugin_config("regwatch") or {}).get("secure"))

    def wrap(app: App) -> App:
        async def guarded(scope: dict[str, Any], receive: App, send: App) -> None:
            async def send_guarded(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": guard(message.get("headers", []), secure)}
                await send(message)

            if scope["type"] == "http":
                scope = {**scope, "headers": [pair for pair in scope["headers"] if not _by_password(*pair)]}
                await app(scope, receive, send_guarded)
            else:
                await app(scope, receive, send)

        return guarded

    return wrap


def guard(headers: list[tuple[bytes, bytes]], secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers with what always holds added, and every cookie kept from scripts and, where ``secure``, to TLS."""
    kept = [(name, _kept(value, secure) if name.lower() == b"set-cookie" else value) for name, value in headers]
    present = {name.lower() for name, _ in kept}
    return [*kept, *((name, value) for name, value in ALWAYS.items() if name not in present)]


def _kept(cookie: bytes, secure: bool) -> bytes:
    wanted = (b"HttpOnly", b"Secure") if secure else (b"HttpOnly",)
    said = {part.strip().lower() for part in cookie.split(b";")[1:]}
    return b"; ".join((cookie, *(word for word in wanted if word.lower() not in said)))


def _by_password(name: bytes, value: bytes) -> bool:
    """Passwords are given to the sign-in page only: a browser repeats Basic credentials to whoever sends it here, so
    that a form of another site would act in their name; and a guess would cost nothing but a request."""
    return name.lower() == b"authorization" and value.lower().startswith(b"basic")
