"""The site as `regwatch serve` starts it, without listening: a Datasette from the same arguments and environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from site_rows import ACTORS

from kb.serving import datasette_arguments, site_environment
from kb.workspace import Workspace


@contextmanager
def site(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, now: str = "2026-02-10T01:00:00Z") -> Iterator[Any]:
    from datasette.cli import serve

    for name, value in site_environment(workspace).items():
        monkeypatch.setenv(name, value)
    arguments = datasette_arguments(workspace, host="127.0.0.1", port=8001, now=now)
    with serve.make_context("serve", arguments) as context:
        datasette = serve.callback(**context.params, return_instance=True)
        try:
            yield datasette
        finally:
            datasette.executor.shutdown()
            for database in datasette.databases.values():
                database.close()


def twin(path: str) -> str:
    """The address of a page's JSON."""
    path, _, query = path.partition("?")
    return f"{path}.json" + (f"?{query}" if query else "")


def signed_in(datasette: Any, name: str) -> dict[str, str]:
    """The header of a browser that has signed in under this name."""
    actor = datasette.sign({"a": {"id": name, **ACTORS.get(name, {})}}, "actor")
    return {"cookie": f"ds_actor={actor}"}
