"""Profiles of the property tests: some dozens of cases in every run, thousands with HYPOTHESIS_PROFILE=deep.

And the site over the ``workspace`` of a test or its module: asked within the process, or served and in a browser.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from browser import browser, served
from hypothesis import HealthCheck, settings
from site_client import site

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("deep", max_examples=5000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture
async def ds(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The Datasette of the site."""
    with site(workspace, monkeypatch) as datasette:
        yield datasette


@pytest.fixture(scope="module")
def address(workspace: Any) -> Iterator[str]:
    """Where the ``workspace`` of the test module is served."""
    with served(workspace) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started
