"""ELI-style addresses lead to pages and to documents in the standards of the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from site_client import site
from site_rows import FINAL, seeded_workspace

WORK, _, LABEL = FINAL.partition("@")
PLACE = f"/eli/cn/reg/{WORK}"


@pytest.fixture
def ds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with site(seeded_workspace(tmp_path / "w"), monkeypatch) as datasette:
        yield datasette


async def test_the_addresses_of_work_version_and_text_lead_to_their_pages(ds: Any) -> None:
    for path in (PLACE, f"{PLACE}/{LABEL}", f"{PLACE}/{LABEL}/zho"):
        answer = await ds.client.get(path)
        assert answer.status_code == 303
        page = await ds.client.get(answer.headers["location"])
        assert page.status_code == 200
        assert WORK in page.text


async def test_a_version_is_given_as_json_ld_and_as_akoma_ntoso(ds: Any) -> None:
    said = await ds.client.get(f"{PLACE}/{LABEL}/zho.jsonld")
    assert said.headers["content-type"].startswith("application/ld+json")
    assert json.loads(said.text)["@id"] == f"{PLACE}/{LABEL}"
    xml = await ds.client.get(f"{PLACE}/{LABEL}/zho.xml")
    assert xml.headers["content-type"].startswith("application/akn+xml")
    assert etree.fromstring(xml.content).tag.endswith("akomaNtoso")


async def test_what_is_not_there_is_not_found(ds: Any) -> None:
    assert (await ds.client.get(f"{PLACE}/final-1900/zho.xml")).status_code == 404
    assert (await ds.client.get("/eli/cn/reg/auto-data-export-guide/final-2026/zho.xml")).status_code == 404
