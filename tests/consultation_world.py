"""A draft that is consulted on, and pages of it as agencies put them up, for the tests of what comes after."""

from __future__ import annotations

from typing import Any

from kb.db import open_kb
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace

NOW, LATER, LAST = "2026-02-05T00:00:00Z", "2026-07-05T00:00:00Z", "2026-07-15T00:00:00Z"
NAME = "示例车载影像管理办法"
FIRST, SECOND = "https://www.cac.gov.cn/2026-02/04/c_1.htm", "https://www.cac.gov.cn/2026-07/04/c_2.htm"
ARTICLES = [
    "第一条 为了演示，制定本办法。",
    "第二条 向境外提供100万人以上个人信息的，应当申报示例评估，并且指定专人负责评估期间的联络。",
    "第三条 车外影像应当去标识化后存储，存储期限不少于一年，存储地点应当在境内的示例机房以内。",
    "第四条 示例企业每年抽查车外影像的比例不得低于百分之80，抽查的人员不得参与影像的处理活动。",
    "第五条 示例企业应当把抽查的经过和结果记入台账，台账由示例部门规定式样，并且妥善保管以备核对。",
    "第六条 本办法由示例部门负责解释。",
]


def notice(title: str, lead: str, articles: list[str] = ARTICLES, name: str = f"{NAME}（征求意见稿）") -> str:
    words = [lead, "请于2026年8月3日前将意见反馈示例处。", name, *articles]
    body = "".join(f"<p>{line}</p>" for line in words)
    return (f"<html><head><title>{title}</title></head><body><h1 class='title'>{title}</h1>"
            f"<div id='BodyLabel'>{body}</div></body></html>")  # fmt: skip


def first(workspace: Workspace) -> None:
    lead = f"现就《{NAME}（征求意见稿）》向社会公开征求意见。"
    words = notice(f"关于《{NAME}（征求意见稿）》公开征求意见的通知", lead).replace("8月3日", "3月6日")
    add(workspace, words, NOW, FIRST, "2026-02-04")


def add(workspace: Workspace, words: str, now: str, url: str, published: str) -> list[dict[str, Any]]:
    path = workspace.root.parent / "page.html"
    path.write_text(words, "utf-8")
    return add_files(workspace, [path], Given(url=url, agency="cac", published=published), now=now)[0]


def ask(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))
