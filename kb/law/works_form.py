"""The strict form of works/<id>.yml. Apart from works.py, so that pydantic loads only when one is read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from kb.agencies import agency_name, is_place
from kb.declarations import Declaration
from kb.model import Stage

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
LegalDate = Annotated[
    str,
    BeforeValidator(lambda value: value.isoformat() if isinstance(value, date) else value),  # YAML reads days as dates
    StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"),
]
# verbatim: the official text was read; seen: an official page or two sources; secondary: reported by others;
# unverified: remembered or inferred, to be checked before anybody relies on it.
Certainty = Literal["verbatim", "seen", "secondary", "unverified"]
# Terms of legal_terms.yml, where each has its Chinese name.
Level = Literal[
    "law", "administrative_regulation", "departmental_rule", "normative_document", "guide", "local_regulation",
    "local_list", "mandatory_standard", "recommended_standard", "industry_standard", "interpretation",
]  # fmt: skip
Stands = Literal[
    "in_force", "not_yet_effective", "partly_overridden", "amended", "superseded", "repealed", "expired",
]  # fmt: skip


class Claim(Declaration):
    value: str
    source: str


class Dispute(Declaration):
    """A fact of one version on which sources differ; at least two claims, none of them chosen."""

    version: str  # stage-edition or stage-date, as in a version id behind the @
    fact: str
    claims: tuple[Claim, ...] = Field(min_length=2)


class Finding(Declaration):
    """A counted or reported fact that is not a date: how many items, which thresholds."""

    fact: str
    value: str
    source: str
    certainty: Certainty


class Relation(Declaration):
    kind: Literal["implements", "overrides", "supersedes", "amends", "guides", "cites", "builds_on", "interprets"]
    work: Slug
    note: str = ""


class Application(Declaration):
    """One of several days from which a version applies, and to whom or what."""

    date: LegalDate
    scope: str
    source: str


class DeclaredVersion(Declaration):
    """``stands`` is what the source says of its validity; what dates say is worked out in standing.py.

    ``dated`` is the day that the text bears where neither signature nor publication is known; ``adopted`` the day on
    which a body passed it, before it was signed.
    """

    stage: Stage
    edition: str | None = None
    title: str
    doc_number: str | None = None
    signed: LegalDate | None = None
    published: LegalDate | None = None
    effective: LegalDate | None = None
    comments_close: LegalDate | None = None
    adopted: LegalDate | None = None
    dated: LegalDate | None = None
    expires: LegalDate | None = None
    repealed: LegalDate | None = None
    applies: tuple[Application, ...] = ()
    stands: Stands | None = None
    stands_from: LegalDate | None = None  # the day on which that began, where it is known
    stands_note: str = ""
    stands_note_zh: str = ""
    agencies: tuple[str, ...] = ()  # where they differ from those of the work
    urls: tuple[str, ...] = ()
    certainty: Certainty
    unverified: tuple[str, ...] = ()  # names of the facts above that are only remembered or inferred
    source: str
    items: Literal["read", "not_read", "none"] = "none"  # were its tables of data items read by the reviewers
    findings: tuple[Finding, ...] = ()

    @property
    def issued(self) -> str | None:
        """The date that tells it from other versions of its stage."""
        return self.published or self.signed or self.dated

    @model_validator(mode="after")
    def unverified_facts_exist(self) -> DeclaredVersion:
        empty = [name for name in self.unverified if getattr(self, name, None) is None]
        if empty:
            raise ValueError(f"unverified names {empty[0]}, which has no value")
        return self


class DeclaredWork(Declaration):
    id: Slug
    title_zh: str
    title_en: str
    aliases: tuple[str, ...] = ()
    level: Level | None = None  # None only while it is still to be sourced
    level_inferred: bool = False  # from its title or issuer; no source says so
    agencies: tuple[str, ...]
    status: Literal["reviewed", "to_be_sourced"]  # to be sourced: named by others, of itself nothing was seen
    vehicle_point: str  # what it means for a car maker, one sentence
    named_by: str = ""  # where a work that is still to be sourced is named
    versions: tuple[DeclaredVersion, ...] = ()
    disputed: tuple[Dispute, ...] = ()
    relations: tuple[Relation, ...] = ()

    @model_validator(mode="after")
    def agencies_are_declared(self) -> DeclaredWork:
        named = (*self.agencies, *(agency for version in self.versions for agency in version.agencies))
        unknown = [agency for agency in named if not (agency_name(agency) or is_place(agency))]
        if unknown:
            raise ValueError(f"agency {unknown[0]} is not declared in agencies.yml")
        return self

    @model_validator(mode="after")
    def what_is_to_be_sourced_says_so(self) -> DeclaredWork:
        waiting = self.status == "to_be_sourced"
        if waiting is not bool(self.named_by) or not (waiting or self.versions):
            raise ValueError("a work has versions, or it is to_be_sourced and says under named_by where it is named")
        if waiting and any(version.certainty in ("verbatim", "seen") for version in self.versions):
            raise ValueError("what was seen is no longer to_be_sourced")
        if self.versions and self.level is None:
            raise ValueError("level is missing")
        return self

    @model_validator(mode="after")
    def disputes_are_open(self) -> DeclaredWork:
        labels = {label_of(version): version for version in self.versions}
        for dispute in self.disputed:
            if dispute.version not in labels:
                raise ValueError(f"disputed version {dispute.version} is not among {', '.join(labels)}")
            if getattr(labels[dispute.version], dispute.fact, None) is not None:
                raise ValueError(f"{dispute.fact} of {dispute.version} is disputed and must not be filled in")
        return self


def label_of(version: DeclaredVersion) -> str:
    """What stands behind the @ of its id: ``final-2026``, ``draft-2025-01-03``."""
    return "-".join(filter(None, (version.stage, version.edition or version.issued)))
