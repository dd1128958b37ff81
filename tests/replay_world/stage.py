"""Shows the sites of a plot on any day: the sample agencies' own markup, under whatever spell holds that day."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from crawlers.sample import miit
from crawlers.sample.annex import Annex
from crawlers.sample.exchange import Reply, Request
from crawlers.sample.make_annexes import set_annex
from crawlers.sample.server import AGENCIES, SampleSite
from crawlers.sample.timeline import Page
from replay_world.plot import Plot
from replay_world.wording import Rule

CHALLENGE = b"<html><script>document.cookie='k=1';location.reload()</script></html>"
NOT_FOUND = Reply(b"<html><body><h1>404 Not Found</h1></body></html>", status=404)
NEW_SITE = "<html><body><main>我们换了新版网站</main></body></html>".encode()
HOST_SPELLS = {
    "403": Reply(b"refused", status=403), "521": Reply(b"", status=521), "challenge": Reply(CHALLENGE),
    "503": Reply(b"down", status=503), "redesign": Reply(NEW_SITE),
    "429": Reply(b"slow down", status=429, headers={"Retry-After": "3600"}),
    "maintenance": Reply("<html><body><h1>系统维护中</h1><p>请稍后访问。</p></body></html>".encode()),
}  # fmt: skip
# What a new design calls the parts of an article.
RENAMED = {
    "BodyLabel": "NewsText", "pubtime": "newstime", "shezhi": "newsbar", 'class="article"': 'class="text"',
    "con_main": "news_main", "con_con": "news_con", "con_title": "news_title",
}  # fmt: skip
PAGE_SPELLS = {
    "gone": NOT_FOUND, "challenge": Reply(CHALLENGE), "error": Reply(b"down", status=503),
    "garbage": Reply(bytes(range(256)) * 400), "deep": Reply(b"<div>" * 20000 + "数据".encode()),
    "huge": Reply(b"<html><body>" + b"<p>x</p>" * 1_000_000), "redirect": Reply(b"", status=302, headers={"Location": "http://10.0.0.1/"}),
}  # fmt: skip


@dataclass
class Stage:
    """Stands in for the sample's timeline: the same pages, in the state of the day asked for."""

    plot: Plot
    folder: Path

    @property
    def columns(self) -> Any:
        return self.plot.columns

    def all_pages(self) -> dict[str, Page]:
        return self.plot.pages

    def on(self, day: dt.date) -> list[Page]:
        appears = self.plot.appears
        there = [id for id, page in self.plot.pages.items() if appears.get(id, page.published) <= day]
        pages = [self._with_files(self.plot.page_on(id, day)) for id in there]
        return sorted(pages, key=lambda page: (page.published, page.time, page.id), reverse=True)

    def _with_files(self, page: Page) -> Page:
        files = tuple(one.model_copy(update={"files": tuple(map(self._file, one.files))}) for one in page.attachments)
        return page.model_copy(update={"attachments": files, "text": str(self.folder / page.text) if page.text else ""})

    def _file(self, name: str) -> str:
        return str(self.folder / name)


@dataclass
class StagedSite(SampleSite):
    """The sample's servers, with a plot's pages and spells."""

    def answer(self, agency: str, request: Request) -> Reply:
        assert isinstance(self.timeline, Stage)
        spells = [s for s in self.timeline.plot.spells if s.agency == agency and s.holds(self.day)]
        for spell in spells:
            if spell.how in HOST_SPELLS and not spell.page and (spell.how != "redesign" or _is_list(request.path)):
                return HOST_SPELLS[spell.how]
        of_page = [s for s in spells if s.page and request.path in self._paths(s.page)]
        for spell in of_page:
            if spell.how in PAGE_SPELLS:
                return PAGE_SPELLS[spell.how]
        found = self._in_parts(request) if agency == "cac" else None
        hows = {s.how for s in of_page} | {s.how for s in spells if not s.page and not _is_list(request.path)}
        return _worded(found or super().answer(agency, request), hows)

    def _in_parts(self, request: Request) -> Reply | None:
        """One of the two pages of an article that is split, turned by links below the text."""
        assert isinstance(self.timeline, Stage)
        for id in self.timeline.plot.split:
            for path in self._paths(id):
                second = path.replace(".htm", "_2.htm")
                if request.path in (path, second):
                    whole = super().answer("cac", replace(request, path=path))
                    return _part(whole, second, request.path == second) if whole.status == 200 else whole
        return None

    def _paths(self, id: str) -> set[str]:
        page = self.timeline.plot.page_on(id, self.day)
        path = AGENCIES[page.agency].article_path
        return {path(page, self.timeline.columns[column]) for column in page.columns}

    def addresses(self, id: str) -> set[str]:
        """Every public address that a page ever has."""
        plot = self.timeline.plot
        days = {plot.pages[id].published, *(day for day, _ in plot.states.get(id, ()))}
        pages = [plot.page_on(id, day) for day in days]
        agency = AGENCIES[pages[0].agency]
        return {
            f"https://{agency.host.removeprefix('https:').removeprefix('//')}"
            f"{agency.article_path(page, self.timeline.columns[column])}"
            for page in pages for column in page.columns
        }  # fmt: skip


def _worded(found: Reply, hows: set[str]) -> Reply:
    """The same words in other bytes: another encoding, said (gb18030) or not (charset), or another design."""
    if not hows & {"charset", "gb18030", "articles"} or found.status != 200 or "html" not in found.content_type:
        return found
    text = found.body.decode()
    if "articles" in hows:
        for old, new in RENAMED.items():
            text = text.replace(old, new)
    if "gb18030" in hows:
        return Reply(text.replace('charset="UTF-8"', 'charset="gb2312"').encode("gb18030"), "text/html")
    return Reply(text.encode("gb18030") if "charset" in hows else text.encode(), found.content_type)


def _part(whole: Reply, second: str, is_second: bool) -> Reply:
    """The first or the second half of the paragraphs of one of CAC's articles."""
    head, rest = whole.body.decode().split("<DIV id=BodyLabel>")
    body, tail = rest.split('<div id="网站群管理">')
    lines = body.split("<p")
    half = len(lines) // 2
    shown = "<p".join(["", *lines[half:]] if is_second else lines[:half])
    links = f'<a href="{second}">1</a> <a href="{second}">2</a> <a href="{second}">下一页</a>'
    tail = tail.replace('<div class="zwfenye" style="text-align: center">', f'<div class="zwfenye">{links}')
    return Reply.lasting(f'{head}<DIV id=BodyLabel>{shown}<div id="网站群管理">{tail}'.encode())


def _is_list(path: str) -> bool:
    return path == miit.UNIT or path == "/cms/JsonList" or "index" in path


def write_files(plot: Plot, folder: Path) -> None:
    """The texts that pages hold and the annexes that they link, as files."""
    folder.mkdir(parents=True, exist_ok=True)
    linked = {name for states in _attachments(plot) for one in states for name in one.files}
    for name, rule in plot.texts.items():
        draft = name.endswith((".draft", ".second"))
        declared = _declared(rule, draft)
        (folder / f"{name}.yml").write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
        for file, date in ((f"{name}.pdf", b"D:20250101000000"), (f"{name}.again.pdf", b"D:20260101000000")):
            if file in linked:
                data = set_annex(Annex(**declared))
                (folder / file).write_bytes(data.replace(b"D:20000101000000", date))
    for name, annex in plot.files.items():
        (folder / name).write_bytes(annex.data())
    if "bomb.zip" in linked:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("大.txt", b"0" * (200 * 2**20))
        (folder / "bomb.zip").write_bytes(bomb.getvalue())


def _attachments(plot: Plot) -> list[Any]:
    return [page.attachments for page in plot.pages.values()] + [
        fields["attachments"] for states in plot.states.values() for _, fields in states if "attachments" in fields
    ]


def _declared(rule: Rule, draft: bool) -> dict[str, Any]:
    subtitle = {"subtitle": "（征求意见稿）"} if draft else {}
    return {"title": rule.name, **subtitle, "text": "\n".join(rule.lines)}
