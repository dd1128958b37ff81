"""Every usual form of an agency's name means one id."""

from __future__ import annotations

import pytest

from kb.agencies import agencies_in, agency_id, agency_name, is_place, places_in


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("工信部", "miit"), ("MIIT", "miit"), ("工业和信息化部", "miit"), ("中华人民共和国工业和信息化部", "miit"),
        ("miit", "miit"), ("工业和信息化部办公厅", "miit"), ("工业和信息化部无线电管理局", "miit"),
        ("国家互联网信息办公室", "cac"), ("国家网信办", "cac"), ("中央网络安全和信息化委员会办公室", "cac"),
        ("Cyberspace Administration of China", "cac"), ("国家互联⽹信息办公室", "cac"), ("国家 数据局", "nda"),
        ("国家发展改革委", "ndrc"), ("公安部", "mps"), ("自然资源部", "mnr"), ("交通运输部", "mot"),
        ("市场监管总局", "samr"), ("全国人大常委会", "npcsc"), ("国务院", "state-council"), ("商务部", "mofcom"),
        ("全国网络安全标准化技术委员会", "tc260"), ("中国政府网", "gov-cn"),
        ("北京市互联网信息办公室", "beijing"), ("上海市商务委员会", "shanghai"), ("临港新片区管理委员会", "shanghai"),
        ("天津市人民代表大会常务委员会", "tianjin"), ("重庆市大数据应用发展管理局", "chongqing"),
    ],
)  # fmt: skip
def test_usual_forms_of_a_name_are_one_agency(name: str, id: str) -> None:
    assert agency_id(name) == id


@pytest.mark.parametrize("name", ["", "北京", "某某总局", "工业和信息化部关于印发某办法的通知", "中国网信网", "部"])
def test_what_is_no_declared_agency_is_none(name: str) -> None:
    assert agency_id(name) is None


def test_agencies_are_found_in_a_line_in_order_and_once() -> None:
    line = "国家互联网信息办公室 中华人民共和国国家发展和改革委员会、公安部 国家网信办"
    assert agencies_in(line) == ("cac", "ndrc", "mps")


def test_a_body_of_a_place_is_not_the_national_agency() -> None:
    assert agency_id("上海市网信办") == "shanghai"
    assert is_place("shanghai")
    assert not is_place("cac")


def test_places_are_read_from_titles() -> None:
    assert places_in("中国（上海）自由贸易试验区及临港新片区清单") == {"shanghai"}
    assert places_in("数据出境安全评估办法") == frozenset()


def test_the_name_shown_is_the_full_one() -> None:
    assert agency_name("miit") == "工业和信息化部"
    assert agency_name("nobody") is None
