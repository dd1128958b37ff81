"""What waits on one channel, and what became of it: mail's state stands on the alert, that of others in ``dispatch``.

The attempt is written before the message leaves and closed afterwards: a row left open tells of a crash in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from kb.rows import Row, rows
from mappings.alerts.addresses import FALLBACK, TEAM
from mappings.alerts.backoff import is_due, is_exhausted, next_attempt


@dataclass(frozen=True)
class Queue:
    """``channel`` is '' for the one that every alert goes by: a file or mail."""

    company: Database
    channel: str

    def waiting(self, now: str, *, retry: bool = False) -> tuple[list[str], int]:
        """Ids of what is due now, those with fewest attempts first, and how many wait for a later try.

        An alert whose datasets all went to other owners stays behind: the new owners are told by alerts of their own.
        """
        states = ("composed", "dead", "bounced") if retry else ("composed",) * 3
        found = rows(self.company, *((_COPIES, [*states, self.channel]) if self.channel else
                                     (_ALERTS, [*states, TEAM, FALLBACK])))  # fmt: skip
        due = [row["id"] for row in found if retry or is_due(row["next_attempt_at"], now)]
        return due, len(found) - len(due)

    def start(self, alert: str, name: str, now: str) -> tuple[int, bool]:
        """The number of a new attempt, and whether an earlier one was cut off: the message may arrive twice."""
        cut_off = rows(self.company, _CUT_OFF, [alert, name])
        attempt = self.company.execute(
            "insert into delivery (alert, channel, attempted_at, outcome) values (?, ?, ?, 'started')",
            [alert, name, now],
        ).lastrowid
        return attempt or 0, bool(cut_off)

    def succeed(self, alert: str, attempt: int, detail: str, now: str, *, delivered: bool, known: bool = False) -> None:
        """``known``: nothing was sent now; it had left at ``now``, as the journal says."""
        self._close(attempt, "known" if known else "sent", detail)
        self._update(
            alert, "state = ?, sent_at = ?, delivered_at = ?, attempts = attempts + 1, last_error = null, "
            "next_attempt_at = null", ["delivered" if delivered else "sent", now, now if delivered else None],
        )  # fmt: skip

    def fail(self, alert: str, attempt: int, name: str, why: str, now: str, *, outcome: str,
             retry_after: int | None) -> bool:  # fmt: skip
        """Whether it was given up: tried for two days, it is a dead letter until somebody asks for another try."""
        self._close(attempt, outcome, why)
        tried = [row["attempted_at"] for row in
                 rows(self.company, "select attempted_at from delivery where alert = ? and channel = ? order by id",
                      [alert, name])]  # fmt: skip
        dead = is_exhausted(tried)
        self._update(
            alert, "state = ?, attempts = attempts + 1, last_error = ?, next_attempt_at = ?",
            ["dead" if dead else "composed", why, next_attempt(len(tried), now, retry_after)],
        )  # fmt: skip
        return dead

    def postpone(self, alert: str, why: str, now: str, retry_after: int) -> None:
        """Nothing was tried: the receiver asked for patience."""
        self._update(alert, "last_error = ?, next_attempt_at = ?", [why, next_attempt(1, now, retry_after)])

    def _close(self, attempt: int, outcome: str, detail: str) -> None:
        self.company.execute("update delivery set outcome = ?, detail = ? where id = ?", [outcome, detail, attempt])

    def _update(self, alert: str, assignments: str, values: list[str | None]) -> None:
        if self.channel:
            sql = f"update dispatch set {assignments} where alert = ? and channel = ?"
            self.company.execute(sql, [*values, alert, self.channel])
        else:
            self.company.execute(f"update alert set {assignments} where id = ?", [*values, alert])


def load_alert(company: Database, id: str) -> Row:
    """One alert as channels send it: one at a time, so that memory stays flat however many wait."""
    return rows(company, "select * from alert where id = ?", [id])[0]


_ALERTS = """
select id, next_attempt_at from alert where state in (?, ?, ?) and (owner in (?, ?) or nature = 'notice'
or kind = 'shift' or kind like 'passed-on:%' or exists (
  select 1 from alert_line join dataset on dataset.id = alert_line.dataset
  where alert_line.alert = alert.id and dataset.owner = alert.owner))
order by attempts, composed_at, id
"""
# An attempt that a crash or a silent server left open: the receiver may have the message.
_CUT_OFF = "select 1 from delivery where alert = ? and channel = ? and outcome in ('started', 'unclear')"
_COPIES = """
select alert as id, next_attempt_at from dispatch where state in (?, ?, ?) and channel = ? order by attempts, alert
"""
