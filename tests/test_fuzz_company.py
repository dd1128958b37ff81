"""Whatever a company hands over (catalogs, transfers, declarations) or a link says is taken or refused in one line."""

from __future__ import annotations

import base64
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from strange_values import FILES, LONG, as_json, strange, values

from crawlers.source import Declared
from kb.config import Config
from kb.declarations import parse_declaration
from kb.errors import RegwatchError
from kb.law.works_form import DeclaredWork
from kb.packs_form import DeclaredPack
from mappings.alerts.signed import BadLink, verify
from mappings.catalog.dataset import Dataset, Rejected
from mappings.catalog.decisions import read_decisions
from mappings.catalog.formats import reader_of
from mappings.exposure.declared import read_declared

# ── what a company hands over ───────────────────────────────────────────────────────────────────────────────────────

CATALOG_KEYS = """
apiVersion kind schema properties customProperties property value name team members role servers urn aspects
aspectName entityUrn proposedSnapshot schemaMetadata fields fieldPath nativeDataType ownership owners nodes
sources columns meta config metadata children type datatype dataType fullyQualifiedName description owner email
items removed Vehicle unit data json aspect
"""
FORMATS = {"odcs": "x.odcs.yaml", "datahub": "x.json", "openmetadata": "x.json", "dbt": "manifest.json",
           "vss": "x.json"}  # fmt: skip


@FILES
@given(values(CATALOG_KEYS.split()), st.sampled_from(sorted(FORMATS)))
def test_a_catalog_of_any_shape_is_rows_or_one_line(tmp_path: Path, value: Any, format: str) -> None:
    path = tmp_path / FORMATS[format]
    path.write_bytes(as_json(value))
    with suppress(RegwatchError):
        for one in reader_of(format)(path, None):
            assert isinstance(one, Dataset | Rejected)


@FILES
@given(st.lists(st.lists(strange, max_size=8), max_size=6), st.sampled_from([",", ";", "\t"]), st.binary(max_size=20))
def test_a_table_of_anything_is_rows_or_one_line(
    tmp_path: Path, cells: list[list[str]], delimiter: str, junk: bytes
) -> None:
    path = tmp_path / "x.csv"
    for header in ("dataset,column,owner,persons", "dataset,field,data_type,decision", "id,by,date,persons_2026"):
        lines = [header.replace(",", delimiter), *(delimiter.join(row) for row in cells)]
        path.write_bytes("\n".join(lines).encode("utf-8", "replace") + junk)
        for read in (lambda: list(reader_of("csv")(path, None)), lambda: read_decisions(path, "accepted", ""),
                     lambda: read_declared(path)):  # fmt: skip
            with suppress(RegwatchError):
                read()


TRANSFER_KEYS = """
entities transfers filings answered id entity name group method automotive fields listed_as important_data
volumes items retention_months by date expires persons sensitive_persons status authority gates exemptions
changes route number granted valid_to min max value 2026 ²²²² core_data
"""


def _declares(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(text)
    with suppress(RegwatchError):
        read_declared(path)


@FILES
@given(values(TRANSFER_KEYS.split()), values(TRANSFER_KEYS.split()))
def test_transfers_of_any_shape_are_taken_or_listed(tmp_path: Path, value: Any, other: Any) -> None:
    signed = {"by": "office", "date": "2026-01-01"}
    row = {"id": "x", "entity": "e", **(value if isinstance(value, dict) else {"method": value})}
    filing = {"id": "f", "entity": "e", "route": "contract", "transfers": ["x"]}
    filing |= other if isinstance(other, dict) else {}
    declared = {"answered": signed, "transfers": [row, other], "entities": [row, value], "filings": [filing, value]}
    for whole in (value, declared):
        _declares(tmp_path, as_json(whole))


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9))  # fmt: skip


@pytest.mark.parametrize("text", [
    LAUGHS + "transfers: [{id: t, entity: e, method: *j}]", LAUGHS + "transfers: [{id: *j}]",
    "transfers: &t [*t]", "transfers: [{id: &t [*t]}]", "? [a, b]\n: c\ntransfers: []", "transfers: [" * 30_000,
    "transfers: [{id: x, retention_months: 2026-13-40}]", "!!python/object/apply:os.system [id]", "transfers: !!int x",
    "transfers: [{id: x, volumes: {'²²²²': {persons: 1}}}]", f"transfers: [{{id: x, retention_months: {LONG}}}]",
    f"transfers: [{{id: x, retention_months: {LONG[:400]}}}]",
    f"filings: [{{id: f, entity: e, route: contract, transfers: [x], persons: {LONG[:400]}}}]",
])  # fmt: skip
def test_transfers_in_strange_yaml_cost_nothing_and_are_one_line(tmp_path: Path, text: str) -> None:
    _declares(tmp_path, text.encode())


FORMS: dict[str, tuple[Any, str]] = {
    "source": (Declared, "agency title kind url page list hosts follow min max delay rows key clean id steps address"),
    "config": (Config, "contact team address fallback_owner smtp host port sender topics actors role owner channels "
                       "password_hash sign_on proxies kind url recipients release reminders abroad crawl site_url"),
    "work": (DeclaredWork, "id title agencies versions stage label dates published disputed unverified sources "
                           "aliases relations certainty url claims value"),
    "pack": (DeclaredPack, "id version title rules gates conditions measure comparator value unit any all citation "
                           "effective lists items quote"),
}  # fmt: skip


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_a_declaration_of_any_shape_is_taken_or_refused_in_one_line(name: str, data: st.DataObject) -> None:
    form, keys = FORMS[name]
    text = yaml.safe_dump(data.draw(st.dictionaries(st.sampled_from(keys.split()), values(keys.split()), max_size=8)))
    said = ""
    try:
        parse_declaration(text, form, Path("x.yml"))
    except RegwatchError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 2000


@pytest.mark.parametrize("text", [LAUGHS + "contact: *j", LAUGHS + "contact: x\nteam: {address: *j}",
                                  LAUGHS + "topics: *j", "contact: &c [*c]", "topics: &t [*t]"])  # fmt: skip
def test_a_declaration_that_refers_to_itself_costs_nothing(text: str) -> None:
    with pytest.raises(RegwatchError):
        parse_declaration(text, Config, Path("x.yml"))


# ── links that people open ──────────────────────────────────────────────────────────────────────────────────────────


@given(values(("a", "b")), strange)
def test_a_link_of_anything_signs_in_nobody(value: Any, text: str) -> None:
    shaped = base64.urlsafe_b64encode(as_json(value)).decode().strip("=")
    for token in (text, shaped, f"{shaped}.{text}", f".{shaped}.{quote(text, errors='replace')}"):
        with pytest.raises(BadLink):
            verify("secret", "answer", token, "2026-02-03T00:00:00Z")
