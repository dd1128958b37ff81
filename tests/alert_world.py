"""A small world for the tests of alerts: one rule in draft and final, and a company with a few datasets.

The words are our own (示例), in the form of the real ones.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from sqlite_utils import Database

from kb.db import open_kb
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.telling import Round, tell_owners
from mappings.alerts.verification import verify_told
from mappings.db import open_company

NOW = "2026-02-03T08:00:00Z"
VISION, CHARGING = "vision@example.invalid", "charging@example.invalid"
TITLE = "示例车辆数据出境指引（2026版）"
WORK, DRAFT, FINAL = "sample-guide", "sample-guide@draft-2025", "sample-guide@final-2026"
EVENT = "e" * 16
DIGEST = "ab12cd34" * 8

# id: subject, kind, grade, (old number, label, words), (new number, label, words), target or None
CHANGES: dict[str, tuple[Any, ...]] = {
    "c-image": ("data_item", "modified", "threshold",
                ("3", "示例车外影像", "识别到的人脸达到32像素以上，且累计数量达到100万人以上的"),
                ("3", "示例车外影像", "识别到的人脸达到32像素以上，且累计数量达到50万人以上的"), "exterior-imagery"),
    "c-vin": ("data_item", "added", "substantive", None, ("7", "示例车辆识别码", "可以复原的"), "vehicle-identifier"),
    "c-persons": ("provision", "modified", "deadline", ("第四条", "", "应当在三十日内告知个人。"),
                  ("第四条", "", "应当在十五日内告知个人。"), "personal-information"),
    "c-export": ("provision", "modified", "substantive", ("第六条", "", "出境前开展自评估。"),
                 ("第六条", "", "出境前开展自评估并留存报告。"), "every-export"),
    "c-moved": ("provision", "moved", "renumbered", ("第八条", "", "附则。"), ("第九条", "", "附则。"), None),
    "c-battery": ("data_item", "modified", "threshold", ("9", "示例电池状态", "10万台以上"),
                  ("9", "示例电池状态", "5万台以上"), "battery-state"),
}  # fmt: skip


def make_world(root: Path, **smtp: Any) -> Workspace:
    """A workspace whose two databases are filled; with ``port=…`` it sends by mail to that port of loopback."""
    workspace = ensure_workspace(root / "workspace")
    text = workspace.config_path.read_text("utf-8").replace("release: analyst\n", "release: automatic\n")
    workspace.config_path.write_text(text, "utf-8")
    if smtp:
        settings = "".join(f"\n  {key}: {json.dumps(value)}" for key, value in smtp.items())
        workspace.config_path.write_text(
            f"{text}\nsmtp:\n  host: 127.0.0.1\n  sender: regwatch@example.invalid{settings}\n", "utf-8"
        )
    with open_kb(workspace.kb_path) as kb:
        fill_kb(kb)
    with open_company(workspace.company_path) as company:
        fill_company(company)
    return workspace


def fill_kb(kb: Database) -> None:
    kb.table("data_type").insert_all(
        {"id": id, "name_zh": zh, "name_en": en, "personal": "yes"}
        for id, zh, en in [
            ("exterior-imagery", "车外影像", "Exterior video and images"),
            ("vehicle-identifier", "车辆识别码", "Vehicle identification number"),
            ("battery-state", "电池状态", "Battery state"),
        ]
    )
    kb.table("work").insert({"id": WORK, "title": "示例车辆数据出境指引", "title_key": "示例", "status": "extracted"})
    for id, stage, title, published in (
        (DRAFT, "draft", "示例车辆数据出境指引（2025版）（征求意见稿）", "2025-06-13"),
        (FINAL, "final", TITLE, "2026-02-03"),
    ):
        kb.table("version").insert(
            {"id": id, "work": WORK, "stage": stage, "title": title, "published": published, "status": "extracted",
             "effective": "2026-03-01" if stage == "final" else None, "text": f"{id}~1"},
        )  # fmt: skip
        kb.table("text").insert({"id": f"{id}~1", "version": id, "body": "", "digest": id, "observed_from": NOW})
    page = "https://www.example.invalid/zcwj/art/2026/art_1.html"
    kb.table("capture").insert({"id": "cap", "url": page, "digest": DIGEST, "size": 1, "captured_at": NOW})
    kb.table("publication").insert(
        {"id": "pub", "agency": "miit", "key": "art_1", "url": page, "title": TITLE, "state": "recorded",
         "first_seen": NOW, "last_seen": NOW},
    )  # fmt: skip
    kb.table("document").insert(
        {"id": "doc", "publication": "pub", "url": page, "role": "page", "capture": "cap", "status": "read",
         "first_seen": NOW, "last_seen": NOW},
    )  # fmt: skip
    add_event(kb, EVENT, CHANGES)


def add_event(
    kb: Database, event: str, changes: dict[str, tuple[Any, ...]], *, kind: str = "new_version",
    origin: str = "publication", title: str = TITLE, old: str = DRAFT, new: str = FINAL, prefix: str = "",
) -> None:  # fmt: skip
    """One event; ``prefix`` keeps the ids of its changes apart from those of others."""
    kb.table("event").insert(
        {"id": event, "kind": kind, "work": WORK, "old_version": old, "new_version": new, "old_text": f"{old}~1",
         "new_text": f"{new}~1", "publication": "pub", "origin": origin, "title": title,
         "summary": json.dumps({"threshold": 2}), "occurred_at": NOW},
    )  # fmt: skip
    for ordinal, (id, change) in enumerate(changes.items()):
        add_change(kb, event, prefix + id, ordinal, *change)


def add_change(
    kb: Database, event: str, id: str, ordinal: int, subject: str, kind: str, grade: str,
    old: tuple[str, str, str] | None, new: tuple[str, str, str] | None, target: str | None,
) -> None:  # fmt: skip
    row: dict[str, Any] = {"id": id, "event": event, "subject": subject, "kind": kind, "grade": grade,
                           "ordinal": ordinal, "edits": "[]"}  # fmt: skip
    for side, words in (("old", old), ("new", new)):
        if words:
            row[side] = f"{event}-{id}-{side}"
            row[f"{side}_label"] = words[1] if subject == "data_item" else words[0]
            row["quote"] = words[2]
            _add_fact(kb, subject, row[side], DRAFT if side == "old" else FINAL, *words)
    kb.table("change").insert(row)
    if target:
        scope = target in ("personal-information", "every-export", "company")
        kb.table("change_target").insert(
            {"change": id, "target": target, "kind": "scope" if scope else "data_type", "relation": "exact"}
        )


def _add_fact(kb: Database, subject: str, id: str, version: str, number: str, label: str, words: str) -> None:
    row = {"id": id, "text": f"{version}~1", "version": version, "number": number, "page": 5, "document": "doc",
           "capture": "cap", "status": "extracted"}  # fmt: skip
    if subject == "data_item":
        kb.table("data_item").insert({**row, "ordinal": 1, "name": label, "rule": words})
    else:
        kb.table("provision").insert({**row, "eid": id, "kind": "article", "body": words})


def fill_company(company: Database) -> None:
    company.table("owner").insert_all(
        {"id": f"{name}@example.invalid", "name": name, "email": f"{name}@example.invalid", "language": language}
        for name, language in (("vision", "both"), ("charging", "en"))
    )
    add_dataset(company, "frames", "adas.frames", "vision@example.invalid", "sent", ["img_front", "img_rear"])
    add_dataset(company, "trips", "adas.trips", "vision@example.invalid", "none", ["vin"])
    add_dataset(company, "cells", "bms.cells", "charging@example.invalid", None, ["voltage"])
    add_dataset(company, "orphan", "old.frames", None, "unknown", ["picture"])
    add_link(company, "frames", "img_front", "exterior-imagery")
    add_link(company, "frames", "img_rear", "exterior-imagery")
    add_link(company, "trips", "vin", "vehicle-identifier")
    add_link(company, "orphan", "picture", "exterior-imagery")
    add_link(company, "cells", "voltage", "battery-state", state="suggested")


def add_dataset(
    company: Database, id: str, name: str, owner: str | None, cross_border: str | None, fields: list[str]
) -> None:
    company.table("dataset").insert(
        {"id": id, "name": name, "owner": owner, "cross_border": cross_border, "catalog": "sample", "state": "active"}
    )
    company.table("field").insert_all(
        {"id": f"{id}.{field}", "dataset": id, "name": field, "ordinal": ordinal, "state": "active"}
        for ordinal, field in enumerate(fields)
    )


def add_link(company: Database, dataset: str, field: str, data_type: str, state: str = "accepted") -> None:
    company.table("link").upsert(
        {"id": f"{dataset}.{field}-{data_type}", "dataset": dataset, "field": field, "data_type": data_type,
         "state": state}, pk="id",
    )  # fmt: skip


@dataclass
class Telling:
    """The world open, with a deputy for one owner and a site to answer on."""

    workspace: Workspace
    kb: Database
    company: Database

    def tell(self, now: str = NOW) -> Round:
        return tell_owners(self.kb, self.company, self.workspace, now=now)

    def alert(self, owner: str, kind: str = "alert") -> dict[str, Any]:
        return next(self.company.query("select * from alert where owner = ? and kind = ?", [owner, kind]))

    def gaps(self) -> dict[str, str]:
        rows = verify_told(self.kb, self.company, self.workspace.config)
        return {row["owner"]: row["gap"] for row in rows if row["gap"]}


@contextmanager
def open_world(root: Path) -> Iterator[Telling]:
    path = make_world(root).config_path
    path.write_text(path.read_text("utf-8") + f"\nsite_url: http://127.0.0.1:8001\ndeputies:\n  {VISION}: {CHARGING}\n")
    workspace = Workspace(path.parent)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        yield Telling(workspace, kb, company)


class Inbox:
    """A real mail server on loopback that keeps what it takes. ``refuse`` are addresses it does not know."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: set[str] = set()
        self.answer = "250 OK"
        self.on_data: Callable[[], None] = lambda: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answer
        if answer.startswith("250"):
            self.messages.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        self.on_data()
        return answer


@contextmanager
def serve_mail() -> Iterator[tuple[Inbox, int]]:
    """The server's inbox and its port."""
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()
