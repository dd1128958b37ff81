"""Guessing a password takes time: so many tries a minute from one address, and then the page asks to wait.

In memory: a restart forgets it. Behind a proxy all come from one address and share the tries.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Response, hookimpl

App = Callable[..., Awaitable[None]]
TRIES, SPAN = 20, 60  # in seconds


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[App], App]:
    tried: defaultdict[str, deque[float]] = defaultdict(deque)

    def wrap(app: App) -> App:
        async def inner(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith("/-/login"):
                address = (scope.get("client") or ("",))[0]
                if too_many(tried, address, time.monotonic()):
                    answer = Response.text("Too many tries. 尝试次数过多，请稍候。", status=429,
                                           headers={"retry-after": str(SPAN)})  # fmt: skip
                    await answer.asgi_send(send)
                    return
            await app(scope, receive, send)

        return inner

    return wrap


def too_many(tried: defaultdict[str, deque[float]], address: str, now: float) -> bool:
    """Counts one more try, at ``now``; whether it is one too many. Addresses without a recent try are forgotten."""
    for known in [known for known, times in tried.items() if not times or times[-1] <= now - SPAN]:
        del tried[known]
    times = tried[address]
    while times and times[0] <= now - SPAN:
        times.popleft()
    if len(times) >= TRIES:
        return True
    times.append(now)
    return False
