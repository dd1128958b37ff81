"""The journal: what left the house and what was answered, in a file of the workspace beside company.db, only added to.

A company.db that is restored from an older backup knows less than was said. What it composes again carries the same
ids, and what the journal has seen leave is not sent again; answers that the backup does not know are put back. A line
counts only for the same words to the same address, so that nothing that was never said is taken for sent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.identity import content_id
from kb.plain_values import load_json
from kb.rows import rows
from mappings.db import JOURNAL

ANSWER = ("alert", "acknowledged_by", "acknowledged_at", "note", "decision", "until", "reassigned_to")
_ADDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT


@dataclass
class Journal:
    path: Path

    @cached_property
    def left(self) -> dict[str, str]:
        """Key of what left and did not come back → when."""
        found: dict[str, str] = {}
        for line in self._lines():
            if line["what"] == "left":
                found[line["key"]] = line["at"]
            elif line["what"] == "returned":
                found.pop(line["key"], None)
        return found

    def make_sure(self) -> None:
        """That it can be added to, before anything leaves: what nobody can note would leave again by every run.
        Raises OSError."""
        os.close(os.open(self.path, _ADDING, 0o600))

    def note_left(self, key: str, at: str, **about: str) -> None:
        """After the receiver has taken it, before the ledger says so."""
        self._add({"what": "left", "key": key, "at": at, **about})
        self.left[key] = at

    def note_returned(self, key: str, at: str) -> None:
        """It came back: sending it again is no repeat."""
        self._add({"what": "returned", "key": key, "at": at})
        self.left.pop(key, None)

    def note_answer(self, row: Mapping[str, Any]) -> None:
        self._add({"what": "answered", "at": row["acknowledged_at"], "answer": {name: row[name] for name in ANSWER}},
                  sure=True)  # fmt: skip

    def note_look(self, watch: str, at: str) -> None:
        """A watch has told of everything until then."""
        self._add({"what": "looked", "key": watch, "at": at})

    def looks(self) -> dict[str, list[str]]:
        """Watch → when it looked, in the order in which it did."""
        found: dict[str, list[str]] = {}
        for line in self._lines():
            if line["what"] == "looked":
                found.setdefault(line["key"], []).append(line["at"])
        return found

    def restore_answers(self, company: Database) -> int:
        """Put back answers that company.db does not know, as after a restored backup; how many."""
        said = {line["answer"]["alert"]: line["answer"] for line in self._lines() if line["what"] == "answered"}
        known = {row["alert"] for row in rows(company, "select alert from acknowledgement")}
        here = {row["id"] for row in rows(company, "select id from alert")} if said.keys() - known else set()
        lost = [answer for alert, answer in said.items() if alert in here - known]
        if lost:
            with company.atomic():
                company.table("acknowledgement").insert_all(lost, ignore=True)
        return len(lost)

    def count_unreadable(self) -> int:
        """Lines that say nothing: cut off by a crash of the machine, or spoiled since."""
        if not self.path.exists():
            return 0
        with self.path.open("rb") as file:
            written = sum(1 for line in file if line.strip())
        return written - sum(1 for _ in self._lines())

    def _lines(self) -> Iterator[dict[str, Any]]:
        """What a crash of the machine cut off, or a hand spoiled, is no line."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    line = load_json(text)
                except ValueError:
                    continue
                if _says_something(line):
                    yield line

    def _add(self, line: Mapping[str, Any], *, sure: bool = False) -> None:
        """One write of one line at the end: another run, or a kill, never leaves half of one in the middle. ``sure``
        waits for the disk: what a person said is not lost with the power; a message may go out again under its key."""
        data = json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        handle = os.open(self.path, _ADDING, 0o600)
        try:
            if self._torn(handle):
                data = b"\n" + data
            while data:  # a full disk takes a part and refuses the rest
                data = data[os.write(handle, data) :]
            if sure:
                os.fsync(handle)
        finally:
            os.close(handle)

    def _torn(self, handle: int) -> bool:
        """Whether a crash of the machine left the last line without its end."""
        size = os.fstat(handle).st_size
        if not size:
            return False
        with self.path.open("rb") as file:
            file.seek(size - 1)
            return file.read(1) != b"\n"


def _says_something(line: Any) -> bool:
    """Has it what ``Journal`` writes into a line of its kind? An answer may lack what is asked since it was given."""
    if not (isinstance(line, dict) and _is_text(line.get("what")) and _is_text(line.get("at"))):
        return False
    if line["what"] != "answered":
        return _is_text(line.get("key"))
    answer = line.get("answer")
    return (
        isinstance(answer, dict)
        and all(name in ANSWER and (value is None or _is_text(value)) for name, value in answer.items())
        and all(answer.get(name) for name in ANSWER[:3])
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def open_journal(company: Database) -> Journal:
    """The journal beside this company.db."""
    [row] = company.query("select cast(file as blob) as file from pragma_database_list where name = 'main'")
    return Journal(Path(os.fsdecode(row["file"])).with_name(JOURNAL) if row["file"] else Path(os.devnull))


def key_of(company: Database, alert: Mapping[str, Any], channel: str) -> str:
    """What one sending is known by: the alert, the way, the address, and what the alert is about.

    Of an alert with lines these are its lines; of every other message its own words, but for links that expire.
    """
    about = alert["about"]
    if not about:  # composed before this was kept, or a message without lines
        lines = rows(company, 'select "change", dataset from alert_line where alert = ?', [alert["id"]])
        about = digest_lines((line["change"], line["dataset"]) for line in lines) if lines else alert["subject"]
    return content_id("left", alert["id"], channel, alert["address"] if not channel else "", about)


def digest_lines(lines: Iterable[tuple[str, str]]) -> str:
    """Of (change, dataset), in any order."""
    return content_id("lines", sorted([change, dataset] for change, dataset in lines))
