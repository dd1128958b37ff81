"""Shows a page timeline over HTTP as its three agencies would, and says under which address each thing is watched."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from page_noise import dress
from page_timeline import SOURCES, PageTimeline
from replay_world.plot import START
from replay_world.stage import Stage, StagedSite, write_files

from crawlers.sample import miit
from crawlers.sample.exchange import Reply, Request
from crawlers.sample.server import AGENCIES, serve
from crawlers.sample.timeline import Page

LISTS = {
    "miit-notices": "/zwgk/zcwj/wjfb/tz/index.html",
    "cac-regulations": "/wxzw/zcfg/A093703index_1.htm",
    "nda-policies": "/sjj/zwgk/zcfb/list/index_pc_1.html",
}


@dataclass
class LinedStage(Stage):
    line: PageTimeline

    def on(self, day: dt.date) -> list[Page]:
        """The list of an agency is turned over on the days on which it is shown in another order."""
        number, found = (day - START).days, super().on(day)
        by_agency = [[page for page in found if page.agency == agency] for agency in AGENCIES]
        turned = [(agency, number) in self.line.reordered for agency in AGENCIES]
        return [
            page
            for pages, is_turned in zip(by_agency, turned, strict=True)
            for page in pages[:: -1 if is_turned else 1]
        ]


@dataclass
class LinedSite(StagedSite):
    at: dict[tuple[str, str], str] = field(default_factory=dict)  # agency and path → page

    def answer(self, agency: str, request: Request) -> Reply:
        reply = super().answer(agency, request)
        assert isinstance(self.timeline, LinedStage)
        line, number = self.timeline.line, (self.day - START).days
        page = self.at.get((agency, request.path))
        if reply.status != 200 or page not in line.dressings or b"</body>" not in reply.body:
            return reply
        return Reply.lasting(dress(reply.body.decode(), agency, line.dressings[page], number).encode())

    def watched(self, *, by_data: bool) -> dict[str, str]:
        """What a peer watches → its URL. ``by_data``: the rows of a list where its page is a shell filled by script."""
        line, found = self.timeline.line, {}
        for id in line.watched:
            page = line.plot.pages[id]
            column = line.plot.columns[page.columns[0]]
            found[id] = self.hosts[page.agency] + AGENCIES[page.agency].article_path(page, column)
            if page.attachments:
                found[f"annex of {id}"] = self.hosts["miit"] + miit.attachment_path(page, page.attachments[0])
        for source in SOURCES:
            found[source] = self.hosts[source.partition("-")[0]] + LISTS[source]
        if by_data:
            asked = {**miit._unit_query(line.plot.columns[SOURCES[0]]), "paramJson": json.dumps({"pageNo": 1})}
            found[SOURCES[0]] = f"{self.hosts['miit']}{miit.UNIT}?{urlencode(asked)}"
        return found

    def names(self) -> dict[str, str]:
        """The path of a page or annex → what it is called here, for reading what we recorded."""
        return {urlsplit(url).path: name for name, url in self.watched(by_data=False).items()}


@contextmanager
def shown(line: PageTimeline, folder: Path) -> Iterator[LinedSite]:
    write_files(line.plot, folder / "files")
    with serve(LinedSite(START, LinedStage(line.plot, folder / "files", line))) as site:
        site.at = {(page.partition(":")[0], path): page for page in line.watched for path in site._paths(page)}
        yield site
