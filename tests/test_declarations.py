"""Declarations are strict: a fault is named by file, line, key and reason."""

import os
from pathlib import Path

import pytest

from kb.config import Config
from kb.declarations import load_declaration
from kb.errors import DeclarationError
from kb.workspace import TEMPLATE


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("language: both", "language: latin", r":\d+: team\.language: "),
        ("news_days: 30", "news_day: 30", r":\d+: news_day: no such key"),
        ("news_days: 30", "news_days: soon", r":\d+: news_days: "),
        ("news_days: 30", "news_days: -1", r":\d+: news_days: "),
        ("news_days: 30", "smtp: {host: a, sender: b, port: 70000}", r":\d+: smtp\.port: "),
        ("news_days: 30", "site_url: regwatch.example.org", r":\d+: site_url: "),
        ("news_days: 30", 'accept: {}\ncontact: "a\\nb"', r":\d+: .*contact"),
        ("team:\n", "team: [\n", r":\d+: not YAML"),
    ],
)
def test_a_fault_is_named_by_file_line_key_and_reason(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "config.yml"
    path.write_text(TEMPLATE.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(DeclarationError, match=says) as error:
        load_declaration(path, Config)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_the_line_is_where_the_key_stands(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text(TEMPLATE.read_text("utf-8").replace("news_days: 30", "news_days: soon"), "utf-8")
    line = path.read_text("utf-8").splitlines().index("news_days: soon") + 1
    with pytest.raises(DeclarationError, match=f"yml:{line}: "):
        load_declaration(path, Config)


def test_the_template_is_a_valid_config() -> None:
    assert "汽车数据" in load_declaration(TEMPLATE, Config).topics


def test_a_file_of_gigabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    os.truncate(path, 3 * 2**30)
    with pytest.raises(DeclarationError, match="larger than"):
        load_declaration(path, Config)
