"""Which work and which version a title belongs to, among the works that are known.

Owns the decision and its reason. Pure: known works, agency and date are arguments. Names are compared in likeness.py.
An unsure title is never attached to a work: it comes back as unknown, with the candidates named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.agencies import is_place
from kb.clock import days_between
from kb.lineage.likeness import NEAR, SAME, Likeness, compare_titles
from kb.lineage.titles import Title, decides_on_many, read_title
from kb.model import Candidate, Resolution, Stage

DRAFTS = (Stage.PLAN, Stage.DRAFT, Stage.SECOND_DRAFT, Stage.APPROVAL_DRAFT)
LAW = (Stage.FINAL, Stage.AMENDED)
# How far apart two postings of one version stand. A consultation lasts a month, so that a draft under the same name
# two months later is another draft; a final is posted again when it takes effect, about half a year later.
COPY_DAYS = dict.fromkeys(DRAFTS, 60)
COPY_DAYS_FINAL = 200
_CLOSE = 0.05  # two candidates nearer to each other than this are a tie

UNSURE = "Unsure:"

Relation = Literal["new_work", "next_version", "same_version", "override", "unknown"]


@dataclass(frozen=True)
class KnownVersion:
    """``date``: published, or else signed. ``recorded`` is False for a declared version of which no text is held."""

    id: str
    stage: Stage
    edition: str | None
    date: str | None
    title: str
    recorded: bool = True


@dataclass(frozen=True)
class KnownWork:
    """``title_keys`` are all names that the work has borne, folded by ``titles.title_key``."""

    id: str
    title_keys: tuple[str, ...]
    versions: tuple[KnownVersion, ...]
    agencies: tuple[str, ...] = ()


def version_id(work: str, stage: Stage, edition: str | None, date: str | None) -> str:
    """``auto-data-export-guide@draft-2025``: work, stage, and the edition, or else the date of issue."""
    return f"{work}@{'-'.join(filter(None, (str(stage), edition or date)))}"


def resolve_title(
    title: str,
    known: Sequence[KnownWork],
    *,
    agency: str | None = None,
    date: str | None = None,
    stage: Stage | None = None,
    decided: Mapping[str, str] | None = None,
) -> Resolution:
    """Which work, stage and version a title belongs to.

    ``agency`` is an id of agencies.yml, ``date`` the day of publication or signature, ``stage`` what the body says
    where it is known (a file name may lack the marker of a draft). The relation is to versions that are recorded:
    of a declared work without any, the first is ``new_work`` with the declared id. ``unknown`` with a work means
    that the work is certain and the version is not; without one, ``candidates`` are the works that come near.
    ``decided`` (title key → work, or ``new``) is what a person said before, and goes before everything.
    """
    read = read_title(title)
    stage = stage or read.stage

    def answer(
        work: str | None, relation: Relation, confidence: float, why: str, near: tuple[Candidate, ...] = ()
    ) -> Resolution:
        return Resolution(work, read.key, stage, read.edition, relation, round(confidence, 2), why, near)

    if read.action == "explain":
        about = f" It explains {read.explains}." if read.explains else ""
        return answer(None, "unknown", 0.9, f"An interpretation is not a version of the work it explains.{about}")
    if not read.key:
        return answer(None, "unknown", 0.0, "The title is empty.")
    if said := (decided or {}).get(read.key):
        if said == "new":
            return answer(None, "new_work", 1.0, "A person decided that this is a work of its own.")
        versions = next((work.versions for work in known if work.id == said), ())
        relation, confidence, why = relate_version(stage, read.edition, date, versions)
        relation = "override" if read.action == "override" else relation
        return answer(said, relation, confidence, f"a person decided the work; {why}.")
    candidates = sorted(
        ((_likeness(read, stage, date, agency, work), work) for work in known),
        key=lambda pair: (-pair[0].score, pair[1].id),
    )
    likely = [(like, work) for like, work in candidates if like.score >= NEAR]
    if not likely:
        return answer(None, "new_work", 0.9, _nearest(candidates))
    best, work = likely[0]
    if best.score < SAME or (len(likely) > 1 and best.score - likely[1][0].score < _CLOSE):
        named = "; ".join(f"{work.id} ({like.reason})" for like, work in likely[:3])
        near = tuple(Candidate(work.id, round(like.score, 2), like.reason) for like, work in likely[:5])
        return answer(None, "unknown", best.score, f"{UNSURE} near to {named}.", near)
    if read.action == "override":
        return answer(work.id, "override", best.score, f"{best.reason}; another instrument overrides part of it.")
    relation, confidence, why = relate_version(stage, read.edition, date, work.versions)
    return answer(work.id, relation, best.score * confidence, f"{best.reason}; {why}.")


def relate_version(
    stage: Stage, edition: str | None, date: str | None, versions: Iterable[KnownVersion]
) -> tuple[Relation, float, str]:
    """How a text of this stage, edition and date stands to the recorded versions of its work."""
    recorded = [version for version in versions if version.recorded]
    if not recorded:
        return "new_work", 1.0, "a declared work of which nothing is recorded yet"
    alike = [version for version in recorded if version.stage == stage]
    same = [version for version in alike if version.edition == edition]
    if same and edition:
        return "same_version", 1.0, f"same stage and edition as {same[0].id}"
    near = [version for version in alike if days_apart(version.date, date) is not None]
    copies = [v for v in near if (days_apart(v.date, date) or 0) <= COPY_DAYS.get(stage, COPY_DAYS_FINAL)]
    if copies and (same or edition is None):
        return "same_version", 1.0 if same else 0.8, f"same stage, and dated near {copies[0].id}"
    if same and not near:
        return "same_version", 0.8, f"same stage as {same[0].id}; no dates to tell a copy from a later version"
    if alike and not same and edition is None and not date:
        return "unknown", 0.5, f"no edition or date to tell which of {', '.join(v.id for v in alike)}"
    dated = [version for version in recorded if version.date]
    last = max(dated, key=lambda version: version.date or "") if dated else recorded[-1]
    order = "earlier than" if date and last.date and date < last.date else "follows"
    return "next_version", 0.7 if same else 1.0, f"{' '.join(filter(None, (stage, edition)))} {order} {last.id}"


def merge_known(*sources: Iterable[KnownWork]) -> list[KnownWork]:
    """One list of known works; what a later source says of a work (recorded ones) is added to the earlier."""
    merged: dict[str, KnownWork] = {}
    for work in (work for source in sources for work in source):
        other = merged.get(work.id, KnownWork(work.id, (), ()))
        versions = {version.id: version for version in (*other.versions, *work.versions)}
        merged[work.id] = KnownWork(
            work.id,
            tuple(dict.fromkeys((*other.title_keys, *work.title_keys))),
            tuple(versions.values()),
            tuple(dict.fromkeys((*other.agencies, *work.agencies))),
        )
    return list(merged.values())


def _likeness(read: Title, stage: Stage, date: str | None, agency: str | None, work: KnownWork) -> Likeness:
    """The likeness of a title to the nearest name of a work, lowered by what speaks against it."""
    likes = [compare_titles(read.key, key) for key in work.title_keys]
    like = max(likes, key=lambda like: like.score, default=Likeness(0.0, "no title known"))
    if like.score < 1.0 and decides_on_many(read.full):
        return Likeness(0.0, "a decision on several rules is none but itself")
    foreign = bool(agency and work.agencies and agency not in work.agencies)
    if foreign and agency and is_place(agency):
        return Likeness(min(like.score, 0.7), f"{like.reason}, but issued by {agency}")
    if like.score == 1.0 or like.score < SAME or like.series:
        return like
    # A title changes on the way from a draft to its final, hardly ever between two texts of one stage.
    rivals = [version for version in work.versions if version.stage == stage and version.edition == read.edition]
    if rivals:
        return Likeness(0.7, f"{like.reason}, but {rivals[0].id} has that stage under another name")
    drafts = [version.date for version in work.versions if version.stage in DRAFTS and version.date]
    if stage not in DRAFTS and date and drafts and date < min(drafts):
        return Likeness(0.7, f"{like.reason}, but older than its draft")
    if foreign:
        return Likeness(like.score - 0.1, f"{like.reason}, but issued by {agency}")
    return like


def days_apart(one: str | None, other: str | None) -> int | None:
    """Days between two legal dates, partial ones taken at their first day; None where one is not known."""
    if not one or not other:
        return None
    whole = [date if len(date) == 10 else f"{date}-01-01"[:10] for date in (one, other)]
    return abs(days_between(*whole))


def _nearest(candidates: Sequence[tuple[Likeness, KnownWork]]) -> str:
    near = [f"{work.id} ({like.reason})" for like, work in candidates[:1] if like.score >= NEAR / 2]
    return f"No known work has this title{f'; the nearest is {near[0]}' if near else ''}."
