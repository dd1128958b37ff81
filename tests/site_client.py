"""The site as `regwatch serve` starts it, without listening: a Datasette from the same arguments and environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kb.serving import datasette_arguments, site_environment
from kb.workspace import Workspace


@contextmanager
def site(workspace: Workspace, monkeypatch: Any, now: str = "2026-02-10T01:00:00Z") -> Iterator[Any]:
    from datasette.cli import serve

    for name, value in site_environment(workspace).items():
        monkeypatch.setenv(name, value)
    arguments = datasette_arguments(workspace, host="127.0.0.1", port=8001, now=now)
    parameters = serve.make_context("serve", arguments).params
    datasette = serve.callback(**parameters, return_instance=True)
    try:
        yield datasette
    finally:
        for database in datasette.databases.values():
            database.close()
        datasette.executor.shutdown()
