"""The words of the site: each in both languages, none missing, none left over; the visitor's language is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_rows import FINAL, seeded_workspace

from kb.errors import RegwatchError
from kb.model import Stage, Status
from kb.workspace import Workspace
from pages.language import LANGUAGES, Speech, language_of, words
from pages.terms import day, term, vocabulary

SITE = Path(__file__).resolve().parents[1] / "site"
SAID = re.compile(r"""(?:\bt|\))\(\s*["']([a-z_]+\.[a-z0-9_-]+)["']""")
PROPER = re.compile("对照版|编注版|整理版|位置轨迹|重要数据")  # names and examples that stay Chinese in English
ENTRY = re.compile(r"""Entry\("([a-z]+\.[a-z0-9_]+)\"""")
KINDS = re.compile(r"""\|\s*term\(\s*["']([a-z_]+)["']|\bterm\(\s*["']([a-z_]+)["']""")


def _texts() -> Iterator[str]:
    for path in (*SITE.rglob("*.html"), *SITE.rglob("*.py")):
        yield path.read_text("utf-8")


def _used() -> set[str]:
    return {key for text in _texts() for key in (*SAID.findall(text), *ENTRY.findall(text))}


def test_every_word_that_a_page_uses_is_declared() -> None:
    assert sorted(_used() - set(words())) == []


def test_no_word_is_left_over() -> None:
    kinds = {kind for text in _texts() for pair in KINDS.findall(text) for kind in pair if kind}
    declared = {key for key in words() if not key.startswith("terms.")}
    assert sorted(declared - _used()) == []
    left = {key for key in words() if key.startswith("terms.") and key[6:].partition("-")[0] not in kinds}
    assert sorted(left) == []


def test_every_word_says_something_in_both_languages_with_the_same_values() -> None:
    for key, word in words().items():
        for sentence in filter(None, (word.en, word.zh, word.one)):
            assert sentence.strip(), key
        blanks = {frozenset(re.findall(r"{(\w+)", sentence)) - {"n"} for sentence in (word.en, word.zh)}
        assert len(blanks) == 1, key
        assert re.search(r"[一-鿿]", word.zh) or not re.search(r"[a-z]{6}", re.sub(r"{\w+}", "", word.zh)), key
        assert not re.search(r"[一-鿿]", PROPER.sub("", word.en)), key


@pytest.mark.parametrize(("kind", "values"), [("stage", Stage), ("state", Status)])
def test_what_is_stored_has_a_name_in_both_languages(kind: str, values: Any) -> None:
    for value in values:
        assert set(vocabulary(kind)[value]) >= set(LANGUAGES), value


def test_a_key_nobody_declared_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(RegwatchError, match=r"no word 'nav\.nothing'"):
        Speech("en")("nav.nothing")


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        ("2026-02-03", "3 Feb 2026", "2026年2月3日"),
        ("2026-02-03T20:00:00Z", "4 Feb 2026", "2026年2月4日"),  # the day in China
        ("2024-05", "May 2024", "2024年5月"),
        ("2024", "2024", "2024年"),
        ("soon", "soon", "soon"),
        (None, "", ""),
    ],
)
def test_days_are_written_in_the_visitors_language(value: str | None, en: str, zh: str) -> None:
    assert (day(value, "en"), day(value, "zh")) == (en, zh)


def test_an_undeclared_value_is_shown_as_it_is() -> None:
    assert term("stage", "some_new_stage", "zh") == "some new stage"


@pytest.mark.parametrize(
    ("asked", "cookie", "accept", "language"),
    [
        (None, None, None, "en"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "en;q=0.3, zh-TW;q=0.7", "zh"),
        (None, None, "fr, de;q=0.9", "en"),
        (None, None, "zh;q=0, en;q=x, ;;;", "en"),
        (None, "en", "zh", "en"),
        ("zh", "en", "en", "zh"),
        ("<script>", None, None, "en"),
    ],
)
def test_the_switch_goes_before_the_browser(
    asked: str | None, cookie: str | None, accept: str | None, language: str
) -> None:
    assert language_of(asked, cookie, accept) == language


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return seeded_workspace(tmp_path)


@pytest.mark.parametrize("path", ["/", "/sources"])
async def test_sources_are_called_by_their_agency_and_column(ds: Any, path: str) -> None:
    english = (await ds.client.get(path)).text
    chinese = (await ds.client.get(path, headers={"accept-language": "zh-CN"})).text
    assert "Cyberspace Administration of China · Consultations" in english
    assert "国家互联网信息办公室 · 征求意见" in chinese
    if path == "/sources":
        assert "1 more declared source was never checked" in english
        assert "国家数据局 · 政策发布" in chinese


async def test_a_page_speaks_the_browsers_language_and_the_switch_is_kept(ds: Any) -> None:
    english = await ds.client.get(f"/version/{FINAL}")
    chinese = await ds.client.get(f"/version/{FINAL}", headers={"accept-language": "zh-CN"})
    assert '<html lang="en">' in english.text
    assert '<html lang="zh-Hans">' in chinese.text
    assert "跳到正文" in chinese.text
    switched = await ds.client.get("/works?in_force=2026-08-01&lang=zh")
    [cookie] = [header for header in switched.headers.get_list("set-cookie") if "language" in header]
    assert "HttpOnly" in cookie
    assert "in_force=2026-08-01&amp;lang=en" in switched.text
    later = await ds.client.get("/", headers={"cookie": cookie.partition(";")[0], "accept-language": "en"})
    assert '<html lang="zh-Hans">' in later.text


async def test_errors_speak_the_visitors_language_too(ds: Any) -> None:
    expected = {"/version/nope": "此地址没有内容", "/alerts": "请登录", "/kb?sql=drop": "这个问题没有答案"}
    for path, said in expected.items():
        page = await ds.client.get(path, headers={"accept-language": "zh"})
        assert said in page.text, path
        assert '<html lang="zh-Hans">' in page.text
