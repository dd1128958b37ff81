"""Asks the sample sites over HTTP, as any browser would, for the tests of what they answer."""

from __future__ import annotations

import ast
import json
from email.message import Message
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from parsel import Selector

from crawlers.sample.server import SampleSite


class Answer:
    def __init__(self, response: HTTPResponse | HTTPError) -> None:
        self.status = response.status or 0
        self.headers: Message = response.headers
        self.body = response.read()
        self.text = self.body.decode("utf-8", "replace")
        response.close()


def ask(url: str, data: bytes | None = None, **headers: str) -> Answer:
    try:
        return Answer(urlopen(Request(url, data, headers)))
    except HTTPError as error:
        return Answer(error)


def page_url(site: SampleSite, page_id: str) -> str:
    agency = site.timeline.all_pages()[page_id].agency
    return site.hosts[agency] + urlsplit(site.address(page_id)).path


def unit_rows(site: SampleSite, source: str, number: int = 1) -> tuple[Selector, dict[str, str]]:
    """The rows of a MIIT column, and the pagination's attributes, asked for as the column's shell says."""
    host, column = site.base_urls[source], site.timeline.columns[source]
    scripts = Selector(ask(f"{host}{column.path}/index.html").text).css('script[url*="jpaas-publish-server"]')
    descriptions = [ast.literal_eval(script.attrib["querydata"]) for script in scripts]
    script, pairs = scripts[-1], next(pairs for pairs in descriptions if pairs["tagId"] == column.tag)
    pairs["paramJson"] = json.dumps({"pageNo": number, "pageSize": "24"})
    answer = json.loads(ask(f"{host}{script.attrib['url']}?{urlencode(pairs)}").text)
    assert answer["success"] is True
    html = Selector(answer["data"]["html"])
    return html.css("li"), dict(html.css("div.pagination").attrib)
