"""Whatever a site or a saved page hands out, its readers answer with rows, a reason or one clear error.

Structure-aware: real forms (recorded pages, the keys that a format knows) with values that nobody would write. Some
dozens of cases in every run, thousands with HYPOTHESIS_PROFILE=deep. docs/threats.md names each reader and its test.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strange_values import FILES, LONG, as_json, strange, values

from crawlers.items import ListPage
from crawlers.loader import absolute, day_of_epoch, host_of, key_of, last_day, number
from crawlers.manners import next_delay
from crawlers.saved import read_folder, read_har
from crawlers.source import load_sources
from kb.errors import RegwatchError
from kb.items.amounts import changed_amounts
from kb.items.conditions import read_rule
from kb.law.application import read_application
from kb.lineage.dates import find_dates, read_date
from kb.lineage.titles import read_title
from kb.reading.bundle import Part, is_bundle, pack, unpack
from kb.reading.encoding import decode
from kb.reading.page import read_page
from kb.structure.numerals import find_numerals, read_number
from mappings.alerts.signed import verify
from mappings.alerts.webhook import seconds_of

RECORDED = Path(__file__).parent / "recorded"

# ── lists and pages of sites ────────────────────────────────────────────────────────────────────────────────────────

SPOTS = re.compile(r"""\d+|"[^"<>]{0,200}"|(?<=>)[^<>]{1,80}(?=<)|<[a-z]+|charset=[\w-]+""")


@cache
def recorded() -> tuple[tuple[str, str, bool], ...]:
    """(source, text, is it a list) of what was recorded, some of each source."""
    paths = [path for path in sorted(RECORDED.glob("*/*.*")) if path.name.partition(".")[0] != "golden"]
    return tuple((path.parent.name, path.read_text("utf-8"), path.name.startswith("list-")) for path in paths
                 if path.suffix in (".html", ".htm", ".json") and path.stat().st_size < 60_000)  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn, lists: bool) -> tuple[str, bytes]:
    """A recorded text in which some numbers, attributes, words or tags are something else."""
    id, text, _ = draw(st.sampled_from([one for one in recorded() if one[2] is lists]))
    spots = [found.span() for found in SPOTS.finditer(text)]
    for start, end in sorted(draw(st.sets(st.sampled_from(spots), min_size=1, max_size=6)), reverse=True):
        odd = draw(strange)
        whole = text[start:end]
        odd = f'"{odd}"' if whole.startswith('"') else f"charset={odd}" if whole.startswith("charset") else odd
        text = text[:start] + odd + text[end:]
    cut = draw(st.integers(0, len(text))) if draw(st.integers(0, 9)) == 0 else len(text)
    return id, text[:cut].encode(draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16"])), "replace")


@cache
def spider_of(kind: str) -> Any:
    return __import__(f"crawlers.spiders.{kind.replace('-', '_')}", fromlist=["parse_list"])


def parse_as(id: str, body: bytes) -> None:
    source = load_sources()[id]
    module = spider_of(source.kind)
    for first in module.first_requests(source):
        for request in (first, replace(first, url=source.url, page=2)):
            found = module.parse_list(body, request, source)
            assert isinstance(found, ListPage)
            assert all(len(row.published) == 10 and row.title and row.key for row in found.rows)


@given(spoiled(lists=True))
def test_a_spoiled_list_gives_rows_or_faults(case: tuple[str, bytes]) -> None:
    parse_as(*case)


JSON_KINDS = ("json-list", "json-feed", "search-api", "jpaas-unit", "generated-list")
JSON_LISTS = tuple(id for id, source in load_sources().items() if source.kind in JSON_KINDS)
LIST_KEYS = """
data html success list totalRec topic infourl pubtime description searchResult dataResults groupData total
categories iid title TITLE URL DOCRELPUBTIME url deploytime publishtime code count
"""


@given(st.sampled_from(JSON_LISTS), values(LIST_KEYS.split()).map(as_json))
@example(JSON_LISTS[0], b"[" * 100_000)
@example(JSON_LISTS[-1], b'{"a":' * 100_000)
def test_a_list_in_json_of_any_shape_gives_rows_or_faults(id: str, body: bytes) -> None:
    for other in {load_sources()[one].kind: one for one in (*JSON_LISTS, id)}.values():
        parse_as(other, body)


@given(st.one_of(strange, st.text("'\"{}[]:,()\\-+ab1", max_size=60)))
@example("[" * 100_000)
@example("{" * 5_000)
@example("-" * 100_000 + "1")
def test_a_unit_that_describes_itself_in_any_way_is_no_error(said: str) -> None:
    shell = f'<script url="/jpaas-publish-server/x" querydata="{said.replace(chr(34), "&quot;")}"></script>'
    parse_as("miit-notices", shell.encode("utf-8", "replace"))


@given(spoiled(lists=False))
def test_a_spoiled_page_is_read(case: tuple[str, bytes]) -> None:
    read_page(case[1], load_sources()[case[0]].url)


@given(values(("articleContent", "articleTitle", "publishDate")))
@example({"articleContent": "<p>第一条</p>", "articleTitle": "\ud800", "publishDate": [1]})
def test_an_article_in_json_of_any_shape_is_read(value: Any) -> None:
    read_page(as_json({"data": value, "articleContent": value}), "https://www.ndrc.gov.cn/x.html")
    read_page(as_json({"data": value}) + b' "articleContent"', "https://www.ndrc.gov.cn/x.html")


@given(st.lists(st.tuples(strange, st.binary(max_size=60), strange), min_size=1, max_size=3), st.data())
@example([("https://a.example/a.html", b"<p>x", "text/html; charset=zlib")], None)
def test_a_saved_bundle_of_anything_is_read(parts: list[tuple[str, bytes, str]], data: st.DataObject | None) -> None:
    body = bytearray(pack([Part(url.encode("utf-8", "replace").decode(), body, kind.encode("utf-8", "replace").decode())
                           for url, body, kind in parts]))  # fmt: skip
    for _ in range(data.draw(st.integers(0, 6)) if data else 0):
        assert data
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    assert unpack(bytes(body))
    read_page(bytes(body))


def test_a_bundle_of_bundles_without_end_is_read() -> None:
    deep = b"".join(b'Content-Type: multipart/related; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
    assert is_bundle(deep)
    assert unpack(deep)
    read_page(deep)


@given(st.binary(max_size=80), strange)
@example(b"\xff\xff", "zlib")
@example(b"\xff\xff", "undefined")
@example(b"\xff\xff", "idna")
@example(b"\xff\xff", "rot13")
def test_bytes_are_text_whatever_charset_they_claim(data: bytes, charset: str) -> None:
    text, encoding, faults = decode(data + b"\xff", charset)
    assert faults >= text.count("\ufffd") >= 0
    assert encoding
    read_page(b"<html><meta charset=" + charset.encode("utf-8", "replace") + b"><p>\xff" + data)


@given(strange, strange)
def test_addresses_dates_and_numbers_of_sites_are_read_or_not(text: str, other: str) -> None:
    source = load_sources()["miit-notices"]
    absolute(text, other)
    host_of(text)
    key_of(source, source.rules(spider_of(source.kind).HABIT), text)
    assert last_day(text) is None or len(str(last_day(text))) == 10
    day_of_epoch(text)
    assert number(text) is None or int(number(text) or 0) >= 0
    assert 0 <= next_delay(3.0, text) <= 120
    assert seconds_of(text, "2026-02-03T00:00:00Z") >= 0
    with suppress(RegwatchError):
        verify("secret", "answer", text, "2026-02-03T00:00:00Z")


# ── what a person saved ─────────────────────────────────────────────────────────────────────────────────────────────

HAR_KEYS = """
log entries request response content text encoding url startedDateTime status mimeType postData
"""


@FILES
@given(values(HAR_KEYS.split()))
def test_a_har_of_any_shape_is_read_or_refused(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "x.har"
    entry = {"request": {"url": "https://a.example/"}, "startedDateTime": "2026-02-03T00:00:00Z",
             "response": {"status": 200, "content": {"text": "x"}}}  # fmt: skip
    entries = [value, {**entry, "response": value}, {**entry, "request": value}, entry]
    for whole in (value, {"log": {"entries": entries}}):
        path.write_bytes(as_json(whole))
        with suppress(RegwatchError):
            assert all(isinstance(one.body, bytes) and one.url for one in read_har(path))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"log":{"entries":[{"startedDateTime":"0001-01-01T00:00:00+14:00",'
                                  '"request":{"url":"https://a.example/"},"response":{"status":200,"content":{"text":"x"}}}]}}',
                                  '{"log":{"entries":[{"startedDateTime":"2026-01-01T00:00:00Z","request":{"url":"https://a.'
                                  'example/"},"response":{"status":Infinity,"content":{"text":"x"}}}]}}'])  # fmt: skip
def test_a_har_that_is_too_deep_too_early_or_infinite_is_read_or_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.har").write_text(text)
    with suppress(RegwatchError):
        list(read_har(tmp_path / "x.har"))


@FILES
@given(st.binary(max_size=200), strange)
def test_a_saved_folder_of_anything_is_read(tmp_path: Path, body: bytes, url: str) -> None:
    (tmp_path / "www.a.example").mkdir(exist_ok=True)
    saved = tmp_path / "www.a.example" / "x.html"
    saved.write_bytes(f"<!-- saved from url=(0001){url} -->".encode("utf-8", "replace") + body)
    assert all(one.url.startswith("http") for one in read_folder(tmp_path))


# ── words of a text ─────────────────────────────────────────────────────────────────────────────────────────────────

_PIECES = """
第 一 十 百 千 万 亿 兆 零 〇 两 半 条 章 款 之 1 2 9 0 １ ９ . , ， 。 ； 、 （ ） ( ) 《 》 〔 〕
以上 不满 超过 至 - ～ — % ‰ 万人 人次 台 个工作日 日 月 年 2026年2月30日 二〇二六年十三月 自 起 施行 公布之日 次月
累计 当年1月1日 关于 印发 的通知 征求意见稿 修正案 附件 同时 且 或者 除外 不含 敏感 重要数据 像素 公里 GB
"""
pieces = st.lists(st.one_of(st.sampled_from([*_PIECES.split(), LONG, "\n", " ", "\u200b"]), strange), max_size=40)
sentences = pieces.map("".join)


@given(sentences, sentences)
@example("1" * 4301 + "万亿" * 400, "自公布之日起" + LONG + "个月后施行")
def test_any_words_of_a_text_are_read(text: str, other: str) -> None:
    read_title(text)
    read_rule(text)
    read_date(text)
    list(find_dates(text))
    value = read_number(text)
    assert value is None or isinstance(value, int) or math.isfinite(value)
    find_numerals(text)
    changed_amounts(text, other)
    for day in (None, "2026-01-31", "9999-12-31"):
        read_application(text, day)
