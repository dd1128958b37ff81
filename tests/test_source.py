"""crawlers/source.py: the declared sources, and what a declaration may not say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crawlers.owners import owner_of
from crawlers.source import SOURCES, Source, as_rows, find_sources, follows, load_sources
from kb.db import open_kb
from kb.declared_sources import never_checked, source_names, store_sources
from kb.errors import DeclarationError, NotFound
from kb.reading.page import GENERIC, load_shapes

GOOD = (SOURCES / "cac-regulations.yml").read_text("utf-8")


def declare(folder: Path, text: str) -> Source:
    (folder / "some-source.yml").write_text(text, "utf-8")
    return load_sources(folder)["some-source"]


def test_the_columns_of_every_issuer_are_declared() -> None:
    sources = load_sources()
    columns = Counter(source.agency for source in sources.values())
    assert columns == {
        "miit": 9, "cac": 18, "nda": 6, "samr": 3, "ndrc": 6, "mot": 2, "mnr": 1, "tc260": 1, "gov-cn": 4, "mps": 1,
    }  # fmt: skip
    children = [f"A0937{parent}{child:02d}" for parent in ("03", "08") for child in range(1, 8)]
    assert {source.list.channel for source in sources.values() if source.agency == "cac"} == {
        "A093802", "A093702", "A093703", "A093708", *children,
    }  # fmt: skip
    for source in sources.values():
        assert set(source.shapes) <= {*load_shapes().shapes, GENERIC}
        assert set(source.second) <= set(sources), source.id
        assert source.delay >= 3
        assert source.note


def test_what_cannot_be_crawled_says_why_and_what_stands_in_for_it(tmp_path: Path) -> None:
    police = load_sources()["mps-releases"]
    assert "521" in police.note
    assert police.second
    assert police.id not in {source.id for source in find_sources([])}
    text = (SOURCES / "mps-releases.yml").read_text("utf-8")
    with pytest.raises(DeclarationError, match="needs the reason"):
        declare(tmp_path, text.replace("second:", "hosts:"))


def test_an_article_that_two_agencies_list_has_one_owner() -> None:
    guide = "https://www.miit.gov.cn/jgsj/waj/wjfb/art/2026/art_4d98b542f9ba44d3b4ecf50cd034e14b.html"
    assert owner_of(guide) == ("miit", "art_4d98b542f9ba44d3b4ecf50cd034e14b")
    assert owner_of("https://www.example.invalid/art/2026/art_4d98b542f9ba44d3b4ecf50cd034e14b.html") is None
    assert owner_of("https://[") is None


def test_kb_keeps_the_names_of_all_declared_sources_and_of_those_that_were(tmp_path: Path) -> None:
    declared = load_sources()
    with open_kb(tmp_path / "kb.db") as db:
        store_sources(db, as_rows(declared.values()))
        names = source_names(db)
        assert set(names) == set(declared)
        assert len({name[language] for name in names.values() for language in ("zh", "en")}) == 2 * len(declared)
        assert names["cac-releases"] == {"zh": "国家互联网信息办公室 · 网信发布",
                                         "en": "Cyberspace Administration of China · Releases"}  # fmt: skip
        assert {row["source"] for row in never_checked(db)} == {id for id, one in declared.items() if one.crawlable}
        before = db.conn.total_changes
        store_sources(db, as_rows(declared.values()))
        assert db.conn.total_changes == before
        store_sources(db, as_rows(one for one in declared.values() if one.id != "cac-releases"))
        assert "cac-releases" in source_names(db)
        assert "cac-releases" not in {row["source"] for row in never_checked(db)}


def test_a_source_is_named_by_its_file(tmp_path: Path) -> None:
    assert declare(tmp_path, GOOD).id == "some-source"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (GOOD + "colour: red\n", "colour: no such key"),
        (GOOD.replace("min: 1", "mim: 1").replace("agency:", "agancy:"), "agancy: no such key; mim: no such key"),
        (GOOD.replace("min: 1", "min: 0"), "min: Input should be greater"),
        (GOOD.replace("min: 1", "min: 9000"), "min is more than max"),
        (GOOD.replace("https://www.cac.gov.cn", "http://127.0.0.1:8000"), "url: must be the http"),
        (GOOD.replace("https://www.cac.gov.cn/", "file:///etc/"), "url: must be the http"),
        (GOOD.replace("channel: A093703", "size: 20"), "needs list.channel"),
        (GOOD.replace("channel: A093703", "{channel: A093703, key: 'c_[0-9'}"), "list.key: not a regular"),
        (GOOD.replace("channel: A093703", "{channel: A093703, key: 'c_[0-9]+'}"), "exactly one group"),
        (GOOD.replace("certainty: certain", "certainty: sure"), "certainty: Input should be"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(tmp_path: Path, wrong: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=r"some-source\.yml:\d+: ") as caught:
        declare(tmp_path, wrong)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_source_is_answered_with_those_that_exist() -> None:
    with pytest.raises(NotFound, match=r"no source miit: known sources are cac-consultations, .*nda-policies"):
        find_sources(["miit", "cac-releases"])
    assert [source.id for source in find_sources(["nda-notices", "cac-releases", "nda-notices"])] == [
        "nda-notices",
        "cac-releases",
    ]
    assert len(find_sources([])) == len(load_sources()) - 1


def test_a_topic_is_found_through_width_and_blanks(tmp_path: Path) -> None:
    source = declare(tmp_path, GOOD)
    assert follows(source, "关于 数据 出境的通知", ["数据出境"])
    assert follows(source, "ＡＰＰ通报", ["APP"])
    assert not follows(source, "关于家电能效的通知", ["数据出境"])
    assert follows(source.model_copy(update={"follow": "all"}), "关于家电能效的通知", ["数据出境"])


def test_only_declared_hosts_are_allowed(tmp_path: Path) -> None:
    source = declare(tmp_path, GOOD + "hosts: [wap.cac.gov.cn]\n")
    assert source.allowed_hosts == {"www.cac.gov.cn", "wap.cac.gov.cn"}
