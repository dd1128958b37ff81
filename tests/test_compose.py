"""What an owner reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from mappings.alerts.compose import DETAILED, compose_address_notice, compose_alert, compose_link_only
from mappings.alerts.evidence import Change, Edition, Story
from mappings.alerts.exposed import Exposed
from mappings.alerts.impact import Impact
from mappings.alerts.letter import Letter, Line, Message, Recipient
from mappings.alerts.wording import figures, one_line, passages
from mappings.alerts.words import TEMPLATES

NEW = Edition("guide@final-2026", "示例指引（2026版）", "final", "示例〔2026〕1号", "2026-02-03", "2026-03-01", None)
OLD = Edition("guide@draft-2025", "示例指引（征求意见稿）", "draft", "", "2025-06-13", None, "2025-07-13")
OWNER = Recipient("o1", "影像组", "vision@example.invalid", "zh")
RULE = ("累计数量达到100万人以上的", "累计数量达到50万人以上的")


def change(id: str, grade: str = "threshold", **values: Any) -> Change:
    known: dict[str, Any] = {
        "subject": "data_item", "kind": "modified", "old_place": "3", "new_place": "3", "label": "示例影像",
        "scenario": "示例场景",
        "passages": tuple(passages(*RULE)), "figures": tuple(figures(*RULE)), "quote": RULE[1], "page": 5,
        "url": "", "digest": "", "reviewed": False,
    }  # fmt: skip
    return Change(id=id, grade=grade, **{**known, **values})


def story(*changes: Change, **values: Any) -> Story:
    known: dict[str, Any] = {
        "kind": "new_version", "occurred_at": "2026-02-03T08:00:00Z", "old": OLD, "new": NEW,
        "url": "https://www.example.invalid/art_1.html", "digest": "ab12cd34" * 8, "note": "",
    }  # fmt: skip
    return Story(id="event", changes=changes, **{**known, **values})


def line(change: str, dataset: str = "adas.frames", through: str = "exterior-imagery", field: str = "img") -> Line:
    return Line(change, dataset, dataset, (Impact(change, "exterior-imagery", dataset, field, "o1", through),))


def compose(told: Story, *lines: Line, recipient: Recipient = OWNER, **values: Any) -> Message:
    names = {"exterior-imagery": {"zh": "车外影像", "en": "Exterior video and images"}}
    return compose_alert(Letter("a1b2", recipient, told, lines, names, "2026-02-03", **values))


def test_the_message_says_what_changed_where_which_data_why_and_how_to_acknowledge() -> None:
    message = compose(story(change("c1")), line("c1"))
    assert message.html
    page = BeautifulSoup(message.html, "lxml").text
    for words in (
        "与征求意见稿（2025-06-13）相比", "100万人 → 50万人", "原：累计数量达到100万人以上的",
        "现：累计数量达到50万人以上的",
        "数据项“示例影像”（示例场景、第3项、第5页）", "数量门槛", "adas.frames（img）", "示例〔2026〕1号",
        "guide@final-2026",
        "https://www.example.invalid/art_1.html", "ab12cd34ab12", "2026-02-03发布；自2026-03-01起施行",
        "您负责的adas.frames（img）对应数据类型“车外影像”", "未经人工复核", "regwatch alert ack a1b2",
        "regwatch diff guide@draft-2025 guide@final-2026",
    ):  # fmt: skip
        assert words in message.body
        assert words in page
    assert "100万人 → 50万人" in message.subject
    assert "您的1个数据集" in message.subject


def test_each_owner_reads_their_own_language_or_both() -> None:
    chinese, english, both = (
        compose(story(change("c1")), line("c1"), recipient=replace(OWNER, language=language))
        for language in ("zh", "en", "both")
    )
    assert "为什么发给您" in chinese.body
    assert "Why you" not in chinese.body
    assert "Why you" in english.body
    assert "为什么" not in english.body
    assert english.subject.startswith("[Rule change]")
    assert all(words in both.body for words in ("为什么发给您", "Why you"))
    assert all(words in both.subject for words in ("[法规变化]", "your datasets: 1"))


def test_the_gravest_change_stands_on_top_and_the_rest_is_counted_and_listed_at_the_end() -> None:
    ids = [f"s{number}" for number in range(DETAILED + 1)]
    changes = [change("c1"), change("c2", "deadline"), *(change(id, "substantive", label=f"其他{id}") for id in ids)]
    body = compose(story(*changes), *(line(id) for id in ("c1", "c2", *ids))).body
    assert body.count("■") == DETAILED
    assert body.index("数量门槛") < body.index("期限")
    assert "另有3处变化（实质内容3处）" in body
    assert body.index("regwatch alert ack") < body.index("其余变化") < body.index(f"其他s{DETAILED}")


def test_renumbering_is_counted_and_listed_but_does_not_fill_the_screen() -> None:
    moved = change("c2", "renumbered", subject="provision", kind="moved", old_place="第四条", new_place="第五条")
    body = compose(story(change("c1"), moved), line("c1"), line("c2")).body
    assert body.count("■") == 1
    assert body.index("其余变化") < body.index("第四条 → 第五条")
    assert "■ 【编号·移动】" in compose(story(moved), line("c2")).body


def test_the_page_of_what_was_removed_is_one_of_the_older_text() -> None:
    gone = change("c1", kind="removed", new_place="", passages=(), figures=())
    body = compose(story(gone), line("c1")).body
    assert "删除】数据项“示例影像”（示例场景、第3项、原文本第5页）" in body
    assert "原文：累计数量达到50万人以上的" in body


def test_a_change_through_a_scope_says_which_scope() -> None:
    body = compose(story(change("c1")), line("c1", through="every-export")).body
    assert "范围（数据出境）" in body


def test_an_edit_in_place_and_a_first_version_are_not_called_a_new_version() -> None:
    assert "被就地修改" in compose(story(change("c1"), kind="edit", old=None), line("c1")).body
    assert "首次发布" in compose(story(change("c1"), old=None), line("c1")).body


def test_a_draft_says_until_when_comments_are_taken_and_how_long_that_is() -> None:
    draft = story(change("c1"), new=replace(OLD, comments_close="2026-02-10"), old=None)
    assert "意见反馈截止2026-02-10（还有7天）" in compose(draft, line("c1")).body
    partial = story(change("c1"), new=replace(OLD, comments_close="2026-03"), old=None)
    assert "意见反馈截止2026-03\n" not in compose(partial, line("c1")).body
    assert "意见反馈截止2026-03；" in compose(partial, line("c1")).body


def test_reviewed_readings_are_told_apart_from_machine_readings() -> None:
    some = compose(story(change("c1", reviewed=True), change("c2")), line("c1"), line("c2")).body
    whole = compose(story(change("c1", reviewed=True)), line("c1")).body
    assert "1处已经人工复核，其余由程序读取" in some
    assert "读取：已经人工复核。" in whole


def test_whoever_stands_in_for_an_owner_is_told_so() -> None:
    unowned = compose(story(change("c1")), line("c1"), recipient=replace(OWNER, notice="unowned"))
    assert "没有负责人" in unowned.body
    assert "您负责的" not in unowned.body
    assert "您的" not in unowned.subject
    absent = compose(story(change("c1")), line("c1"), recipient=replace(OWNER, notice="addressless"))
    assert "“影像组”没有邮件地址" in absent.body


def test_a_supplement_says_that_it_is_one() -> None:
    message = compose(story(change("c1")), line("c1"), supplement=True)
    assert "补充" in message.subject
    assert "此前已通知过您" in message.body


def test_unclaimed_changes_ask_the_team_to_judge_and_name_no_dataset() -> None:
    message = compose(story(change("c1")), Line("c1"))
    assert "没有任何已确认的对应关系" in message.body
    assert "涉及的数据集" not in message.body
    assert "无人认领" in message.subject


def test_what_could_not_be_compared_is_said() -> None:
    told = story(change("c1"), note="no table has been read")
    assert "注意：no table has been read" in compose(told, line("c1")).body


def test_hostile_words_can_neither_add_a_header_nor_a_line_nor_markup() -> None:
    hostile = "指引\r\nBcc: all@example.invalid\r\n\r\n<script>alert(1)</script>\x1b[2J\u202e{{ 7*7 }}"
    told = story(
        change("c1", label=hostile[:50], passages=((hostile, hostile + "新"),), quote=hostile),
        new=replace(NEW, title=hostile), url="javascript:alert(1)", note=hostile,
    )  # fmt: skip
    message = compose(told, Line("c1", "d", hostile, line("c1").impacts), recipient=replace(OWNER, name=hostile))
    assert not any(char in message.subject for char in "\r\n\x1b\u202e")
    assert not any(text.startswith("Bcc:") for text in message.body.splitlines())
    assert not any(char in message.body for char in "\x1b\u202e\r")
    assert message.html
    page = BeautifulSoup(message.html, "lxml")
    assert page.find("script") is None
    assert page.find("a") is None
    assert "{{ 7*7 }}" in message.body


def test_a_long_title_does_not_make_a_long_subject() -> None:
    assert len(compose(story(change("c1"), new=replace(NEW, title="长" * 500)), line("c1")).subject) <= 200


def test_the_site_is_linked_when_it_is_configured() -> None:
    link = "http://127.0.0.1:8001/alert/a1b2"
    message = compose(story(change("c1")), line("c1"), link=link)
    assert link in message.body
    assert message.html
    assert link in [a["href"] for a in BeautifulSoup(message.html, "lxml").find_all("a")]


def test_the_team_reads_which_addresses_do_not_work() -> None:
    message = compose_address_notice([("影像组", "no\naddress", "has no name before an @")], "both")
    assert "影像组（no address）：has no name before an @" in message.body
    assert message.html is None
    assert "\n" not in message.subject


def test_every_word_of_the_messages_stands_in_both_languages() -> None:
    words = yaml.safe_load((TEMPLATES / "words.yml").read_text("utf-8"))
    for group in words.values():
        for key, word in group.items():
            assert set(word) == {"zh", "en"}, key
            assert _places(word["zh"]) <= _places(word["en"]) | {"n", "datasets"}, key


def _places(sentence: str) -> set[str]:
    import string

    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("累计达到100万人以上", "累计达到50万人以上", [("100万人", "50万人")]),
        ("应当在三十日内", "应当在十五日内", [("三十日", "十五日")]),
        ("第一条、一般规定", "第二条、特别规定", []),
        ("10 万台", "10万台", []),
        ("人脸32像素，10万人", "人脸16像素，10万人", [("32像素", "16像素")]),
    ],
)
def test_numbers_are_shown_against_numbers(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert figures(old, new) == expected


def test_only_the_differing_clauses_are_shown_with_numbers_first() -> None:
    old = "车外影像，包含人脸的；累计达到100万人以上的；经去标识化的除外。"
    new = "车外视频，包含人脸的；累计达到50万人以上的；经去标识化的除外。"
    assert passages(old, new) == [
        ("累计达到100万人以上的；", "累计达到50万人以上的；"), ("车外影像，", "车外视频，"),
    ]  # fmt: skip
    assert passages("第四条 人　脸", "第四条人脸") == []
    assert passages("保留。", "保留。新增一句。") == [("", "新增一句。")]


def test_a_long_clause_is_cut_to_the_difference_and_its_surroundings() -> None:
    common = "数据处理者应当按照国家有关规定并结合自身实际情况对拟出境的数据开展全面细致的风险自评估工作"
    (old, new), *_ = passages(f"{common}每年一次{common}", f"{common}每半年一次{common}")
    assert "每年一次" in old
    assert "每半年一次" in new
    assert len(new) < 60


def test_one_line_keeps_words_and_drops_what_could_break_a_line() -> None:
    assert one_line("甲\n乙\x00丙\u202e丁") == "甲乙丙丁"
    assert one_line("a" * 200, 10) == "a" * 9 + "…"
    assert one_line(None) == ""


def test_transfers_say_route_now_and_then_and_whether_the_filing_still_covers() -> None:
    exposed = {"adas.frames": [
        Exposed("t1", "Example GmbH", "contract_or_certification", "示例备案1号", False, "2027-12-31", "assessment"),
        Exposed("t2", "", "no_filing", "", None, ""),
    ]}  # fmt: skip
    body = compose(story(change("c1")), line("c1"), exposed=exposed).body
    assert "t1（接收方：Example GmbH）：标准合同或者个人信息保护认证 → 数据出境安全评估（若本文本生效）；" in body
    assert "示例备案1号已不覆盖，有效至2027-12-31" in body
    assert "t2（接收方：—）：无需申报或备案；未见备案或申报" in body
    assert "涉及的出境场景" not in compose(story(change("c1")), line("c1")).body


def test_who_is_outside_china_gets_a_link_and_no_words_of_the_company() -> None:
    page, answer = "https://regwatch.example.invalid/alert/a1b2", "https://regwatch.example.invalid/answer/token"
    message = compose_link_only("a1b2", "action", page, answer, "both")
    assert page in message.body
    assert answer in message.body
    assert "a1b2" in message.subject
    assert message.html is None
    assert "a1b2" in compose_link_only("a1b2", "action", "", "", "en").body
