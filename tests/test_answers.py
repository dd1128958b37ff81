"""crawlers/answers.py and crawlers/middlewares.py: names of downloads, and addresses on the wire and off it."""

from __future__ import annotations

import pytest

from crawlers.answers import filename_of
from crawlers.middlewares import off_wire, on_wire

PUBLIC = "https://www.miit.gov.cn/a/b.html"


def as_sent(name: str, encoding: str) -> str:
    """A header as HTTP clients hand it over: bytes read as Latin-1."""
    return f'attachment; filename="{name}"'.encode(encoding).decode("latin-1")


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (None, None),
        ("inline", None),
        ("attachment; filename*=UTF-8''%E6%8C%87%E5%BC%95.pdf", "指引.pdf"),
        ("attachment; filename=%E6%8C%87%E5%BC%95.pdf", "指引.pdf"),
        (as_sent("指引.pdf", "utf-8"), "指引.pdf"),
        (as_sent("指引.pdf", "gb18030"), "指引.pdf"),
        ('attachment; filename="a b.pdf"; size=3', "a b.pdf"),
    ],
)
def test_the_name_of_a_download_is_read_as_chinese_sites_write_it(disposition: str | None, name: str | None) -> None:
    assert filename_of(disposition) == name


@pytest.mark.parametrize("base", ["http://127.0.0.1:8001", "http://127.0.0.1:8001/", "http://127.0.0.1:8001/miit"])
@pytest.mark.parametrize("path", ["/robots.txt", "/a/b.html?x=%E5%8F%B3&y=1", "/"])
def test_an_address_goes_to_the_stand_in_and_back(base: str, path: str) -> None:
    public = f"https://www.miit.gov.cn{path}"
    wire = on_wire(public, base)
    assert wire == base.rstrip("/") + path
    assert off_wire(wire, base, PUBLIC) == public


@pytest.mark.parametrize("location", ["/c.html", "https://elsewhere.example/", "http://127.0.0.1:80012/x", "//h/x"])
def test_a_redirect_elsewhere_stays_as_it_is(location: str) -> None:
    assert off_wire(location, "http://127.0.0.1:8001", PUBLIC) == location
