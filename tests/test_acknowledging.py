"""What owners answer: by command, by a signed link with a click, and what happens when they do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alert_world import (
    CHANGES,
    CHARGING,
    EVENT,
    NOW,
    VISION,
    Telling,
    add_dataset,
    add_event,
    add_link,
    open_world,
)
from jinja2 import DictLoader
from site_client import signed_in, site

from kb.config import Reminders
from kb.errors import NotFound, RegwatchError
from mappings.alerts import words
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.outbox import catch_up
from mappings.alerts.reminders import next_step
from mappings.alerts.signed import BadLink, alert_secret, sign, verify
from mappings.alerts.verification import verify_told

DAYS = Reminders()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Telling]:
    with open_world(tmp_path) as opened:
        yield opened


def test_an_answer_says_what_will_be_done_and_the_first_one_stands(world: Telling) -> None:
    world.tell()
    id = world.alert(VISION)["id"]
    first = acknowledge(world.company, id, by="影像组", now=NOW, decision="will_act", until="2026-03-31")
    again = acknowledge(world.company, id, by="别人", now=NOW, decision="not_affected")
    assert (first.first, first.decision, first.until) == (True, "will_act", "2026-03-31")
    assert (again.first, again.decision, again.until) == (False, "will_act", "2026-03-31")


@pytest.mark.parametrize(("given", "said"), [
    ({"decision": "maybe"}, "no answer 'maybe'"), ({"decision": "will_act"}, "needs the day"),
    ({"decision": "seen", "until": "2026-03-31"}, "only will_act"), ({"decision": "not_mine"}, "needs the owner"),
    ({"decision": "will_act", "until": "soon"}, "is not a date"), ({"decision": "not_mine", "to": VISION}, "already"),
    ({"decision": "not_mine", "to": "nobody"}, "no owner nobody"),
])  # fmt: skip
def test_an_answer_that_says_too_little_is_refused(world: Telling, given: dict[str, str], said: str) -> None:
    world.tell()
    with pytest.raises(RegwatchError, match=said):
        acknowledge(world.company, world.alert(VISION)["id"], by="x", now=NOW, **given)
    assert world.company.table("acknowledgement").count == 0


def test_what_is_not_theirs_goes_once_to_the_owner_they_name(world: Telling) -> None:
    world.tell()
    old = world.alert(VISION)
    acknowledge(world.company, old["id"], by="影像组", now=NOW, decision="not_mine", to=CHARGING)
    done = world.tell("2026-02-04T08:00:00Z")
    assert (done.told.composed, done.delivery.sent) == (1, 1)
    passed = world.alert(CHARGING, f"passed-on:{old['id']}")
    assert passed["state"] == "sent"
    assert "“影像组” answered that this is not theirs" in passed["body"]
    assert "adas.trips" in passed["body"]
    assert world.tell("2026-02-05T08:00:00Z").told.composed == 0
    assert world.gaps()[CHARGING] == "not acknowledged"


def test_verify_finds_who_was_not_told_not_reached_and_did_not_answer(world: Telling) -> None:
    assert world.gaps() == {VISION: "untold", "fallback": "untold", "team": "untold"}
    world.tell()
    assert world.gaps() == {VISION: "not acknowledged", "fallback": "not acknowledged", "team": "not acknowledged"}
    for owner in (VISION, "fallback", "team"):
        acknowledge(world.company, world.alert(owner)["id"], by="x", now=NOW)
    assert world.gaps() == {}
    add_dataset(world.company, "garage", "ops.garage", VISION, "none", ["plate"])
    add_link(world.company, "garage", "plate", "exterior-imagery")
    assert world.gaps() == {VISION: "untold in part"}


def test_verify_does_not_believe_what_composing_remembers(world: Telling) -> None:
    world.tell()
    world.company.execute("drop trigger alert_line_no_delete")
    world.company.execute("delete from alert_line where \"change\" = 'c-persons' and dataset = 'frames'")
    assert world.tell().told.composed == 0  # nothing changed since: composing looks away
    assert world.gaps()[VISION] in ("untold in part", "not acknowledged")
    rows = verify_told(world.kb, world.company, world.workspace.config)
    assert any(row["gap"] == "untold in part" and row["missing"] == 1 for row in rows)


def test_steps_follow_each_other_in_their_own_time() -> None:
    sent = "2026-02-03T08:00:00Z"
    assert next_step(sent, {}, "2026-02-05T08:00:00Z", DAYS, True) is None
    assert next_step(sent, {}, "2026-02-06T08:00:00Z", DAYS, True) == "owner"
    taken = {"owner": "2026-02-06T08:00:00Z"}
    assert next_step(sent, taken, "2026-02-09T08:00:00Z", DAYS, True) is None
    assert next_step(sent, taken, "2026-02-10T08:00:00Z", DAYS, True) == "deputy"
    assert next_step(sent, taken, "2026-02-13T08:00:00Z", DAYS, False) == "team"
    late = {"owner": "2027-02-06T08:00:00Z"}  # the clock leapt, or the machine slept: not all steps at once
    assert next_step(sent, late, "2027-02-06T09:00:00Z", DAYS, True) is None
    everything = dict.fromkeys(("owner", "deputy", "team"), "2026-02-20T08:00:00Z")
    assert next_step(sent, everything, "2027-02-06T08:00:00Z", DAYS, True) is None


def test_silence_reminds_the_owner_then_tells_the_deputy_then_the_team(world: Telling) -> None:
    world.tell()
    id = world.alert(VISION)["id"]
    assert world.tell("2026-02-05T08:00:00Z").reminders == 0
    for day, owner, step in (("06", VISION, "owner"), ("10", CHARGING, "deputy"), ("13", "team", "team")):
        world.tell(f"2026-02-{day}T08:00:00Z")
        assert world.tell(f"2026-02-{day}T09:00:00Z").reminders == 0  # once
        sql = "select alert.* from reminder join alert on alert.id = message where alert = ? and step = ?"
        message = next(world.company.query(sql, [id, step]))
        assert (message["owner"], message["state"], message["nature"]) == (owner, "sent", "notice")
        assert id in message["body"]
    acknowledge(world.company, world.alert("fallback")["id"], by="x", now=NOW)
    assert world.tell("2026-04-01T08:00:00Z").reminders == 0


def test_an_answered_alert_reminds_nobody(world: Telling) -> None:
    world.tell()
    for row in list(world.company.query("select id from alert")):
        acknowledge(world.company, row["id"], by="x", now=NOW)
    assert world.tell("2026-03-01T08:00:00Z").reminders == 0


def test_a_link_is_good_for_its_alert_and_its_time_only(tmp_path: Path) -> None:
    secret = alert_secret(tmp_path)
    assert alert_secret(tmp_path) == secret
    assert (tmp_path / ".serve" / "links").stat().st_mode & 0o077 == 0
    token = sign(secret, "answer", "a1b2", NOW)
    assert verify(secret, "answer", token, "2026-03-01T00:00:00Z") == "a1b2"
    with pytest.raises(BadLink, match="expired"):
        verify(secret, "answer", token, "2026-05-01T00:00:00Z")
    for forged in (token[:-1], token + "x", "", "a.b", sign("other", "answer", "a1b2", NOW),
                   sign(secret, "unsubscribe", "a1b2", NOW)):  # fmt: skip
        with pytest.raises(BadLink, match="not one of ours"):
            verify(secret, "answer", forged, NOW)


async def test_opening_the_link_answers_nothing_and_the_button_does(
    world: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell()
    alert = world.alert(VISION)
    (path,) = set(re.findall(r"http://127\.0\.0\.1:8001(/answer/\S+)", alert["body"]))
    with site(world.workspace, monkeypatch) as datasette:
        page = await datasette.client.get(path)
        assert page.status_code == 200
        assert alert["subject"].split(" / ")[0][:20] in page.text
        assert "frames" not in page.text.replace("frame-ancestors", "")
        assert page.headers["referrer-policy"] == "no-referrer"
        assert world.company.table("acknowledgement").count == 0
        assert (await datasette.client.post(path, data={"decision": "seen"})).status_code == 403  # no token of the form

        cookies = {"ds_csrftoken": page.cookies["ds_csrftoken"]}
        form = {"csrftoken": page.cookies["ds_csrftoken"], "decision": "will_act"}
        short = await datasette.client.post(path, data=form, cookies=cookies)
        assert (short.status_code, "needs the day" in short.text) == (400, True)
        done = await datasette.client.post(path, data={**form, "until": "2026-03-31"}, cookies=cookies)
        assert done.status_code == 200
        assert "will act by 2026-03-31" in done.text
        (row,) = world.company.query("select * from acknowledgement")
        assert (row["alert"], row["acknowledged_by"]) == (alert["id"], f"{VISION} (link)")

        for forged in ("/answer/abc", path[:-2], path.replace("/answer/", "/answer/x")):
            assert (await datasette.client.get(forged)).status_code == 403
    with site(world.workspace, monkeypatch, now="2026-12-01T00:00:00Z") as datasette:
        late = await datasette.client.get(path)
        assert (late.status_code, "expired" in late.text) == (403, True)


def test_unknown_alerts_cannot_be_answered(world: Telling) -> None:
    with pytest.raises(NotFound, match="alert list"):
        acknowledge(world.company, EVENT, by="x", now=NOW)


def test_a_broken_template_is_one_line_and_what_was_composed_before_goes_out(
    world: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(world.kb, world.company, world.workspace.config, now=NOW)
    add_event(world.kb, "f" * 16, CHANGES, prefix="f-")
    broken = DictLoader({"alert.txt": "{{ no_such_field }}", "alert.html": ""})
    monkeypatch.setattr(words._environment(), "loader", broken)
    words._environment().cache.clear()
    with pytest.raises(RegwatchError, match=r"alert\.txt: 'no_such_field' is undefined"):
        world.tell()
    assert {row["state"] for row in world.company.query("select state from alert")} == {"sent"}
    assert world.company.table("alert").count == 3
    monkeypatch.undo()
    words._environment().cache.clear()
    assert world.tell().told.composed == 3


async def test_signed_in_people_answer_with_a_decision_on_the_alerts_page(
    world: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell()
    id = world.alert(VISION)["id"]
    with site(world.workspace, monkeypatch) as datasette:
        cookie = signed_in(datasette, "reviewer")["cookie"]
        page = await datasette.client.get(f"/alert/{id}", headers={"cookie": cookie})
        token = page.cookies["ds_csrftoken"]
        headers = {"cookie": f"{cookie}; ds_csrftoken={token}"}
        form = {"csrftoken": token, "decision": "will_act"}
        short = await datasette.client.post(f"/alert/{id}/acknowledge", data=form, headers=headers)
        assert (short.status_code, "needs the day" in short.text) == (400, True)
        done = await datasette.client.post(
            f"/alert/{id}/acknowledge", data={**form, "until": "2026-03-31"}, headers=headers
        )
        assert done.status_code == 303
        page = await datasette.client.get(f"/alert/{id}", headers={"cookie": cookie})
        answered = page.text.partition('role="status">')[2].partition("</p>")[0]
        assert all(words in answered for words in ("31 Mar 2026", "reviewer"))
