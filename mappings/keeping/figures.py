"""Figures of a workspace for a monitor: how the sources are, how much there is, what is open. Reads only.

Names and units follow Prometheus' rules. What concerns the company is apart, so that a public page can leave it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlite_utils import Database

from kb import queries
from kb.rows import rows


@dataclass(frozen=True)
class Figure:
    """One gauge: its samples are (label values, value). Times are seconds since 1970."""

    name: str
    help: str
    labels: tuple[str, ...]
    samples: tuple[tuple[tuple[str, ...], float], ...]


class _Collected:
    def __init__(self, figures: Sequence[Figure]) -> None:
        self.figures = figures

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for figure in self.figures:
            family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
            for labels, value in figure.samples:
                family.add_metric(labels, value)
            yield family


def expose(figures: Sequence[Figure]) -> bytes:
    """In Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Collected(figures))
    return generate_latest(registry)


def kb_figures(db: Database) -> list[Figure]:
    health = queries.source_health(db)
    counts = [(name, db.table(name).count) for name in ("capture", "publication", "work", "version", "provision",
                                                        "data_item", "change")]  # fmt: skip
    by_status = rows(db, "select status, count(*) as n from document group by 1 order by 1")
    return [
        Figure("regwatch_source_healthy", "1 when the source's last run was healthy.", ("source", "outcome"),
               tuple(((row["source"], row["outcome"]), float(row["outcome"] == "healthy")) for row in health)),
        Figure("regwatch_source_last_run_timestamp_seconds", "When the source was last asked.", ("source",),
               tuple(((row["source"],), _seconds(row["last_run"])) for row in health)),
        Figure("regwatch_source_last_success_timestamp_seconds", "When the source was last healthy.", ("source",),
               tuple(((row["source"],), _seconds(row["last_success"])) for row in health if row["last_success"])),
        Figure("regwatch_rows", "How many rows kb.db holds.", ("table",),
               tuple(((name,), float(count)) for name, count in counts)),
        Figure("regwatch_documents", "Documents by reading status.", ("status",),
               tuple(((row["status"],), float(row["n"])) for row in by_status)),
        Figure("regwatch_captured_bytes", "Bytes of all captures.", (),
               (((), float(rows(db, "select coalesce(sum(size), 0) as n from capture")[0]["n"])),)),
    ]  # fmt: skip


def company_figures(db: Database) -> list[Figure]:
    alerts = rows(db, "select state, count(*) as n from alert group by 1 order by 1")
    links = rows(db, "select state, count(*) as n from link group by 1 order by 1")
    unanswered = float(rows(db, _UNANSWERED)[0]["n"])
    return [
        Figure("regwatch_alerts", "Alerts by state.", ("state",),
               tuple(((row["state"],), float(row["n"])) for row in alerts)),
        Figure("regwatch_alerts_unacknowledged", "Alerts for action without an answer.", (), (((), unanswered),)),
        Figure("regwatch_links", "Links of the catalog by state.", ("state",),
               tuple(((row["state"],), float(row["n"])) for row in links)),
        Figure("regwatch_datasets", "Datasets of the catalog.", (),
               (((), float(db.table("dataset").count_where("state != 'removed'"))),)),
    ]  # fmt: skip


_UNANSWERED = """
select count(*) as n from alert where nature not in ('information', 'notice')
and id not in (select alert from acknowledgement)
"""


def _seconds(observed: str) -> float:
    return datetime.fromisoformat(observed).timestamp()
