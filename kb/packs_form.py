"""The strict form of packs/<id>.yml and of measure_keys.yml. Apart from packs.py: pydantic loads only when one is read.

A threshold that is left out is no error of form: the condition then says so wherever it is evaluated.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from kb.declarations import Declaration
from kb.law.works_form import Certainty, LegalDate, Slug


class Question(Declaration):
    zh: str
    en: str


class DeclaredKey(Declaration):
    """One thing to know. ``measures`` are the names by which conditions ask for it, ``qualifier`` narrows them."""

    key: str
    kind: Literal["truth", "number", "words", "word"]
    about: Literal["entity", "gate", "transfer", "volume", "filing", "derived"]
    zh: str
    en: str
    measures: tuple[str, ...] = ()
    qualifier: str | None = None
    of: Literal["item", "route"] | None = None
    counsel: Question | None = None


class DeclaredKeys(Declaration):
    keys: tuple[DeclaredKey, ...]


class Form(Declaration):
    """A condition: ``all`` or ``any`` of others, or a key with what it must be."""

    all: tuple[Form, ...] | None = None
    any: tuple[Form, ...] | None = None
    key: str | None = None
    is_: bool = Field(default=True, alias="is")
    at_least: float | None = Field(default=None, ge=0)
    more_than: float | None = Field(default=None, ge=0)
    below: float | None = Field(default=None, ge=0)
    at_most: float | None = Field(default=None, ge=0)
    quote: str = Field(default="", max_length=40)

    @model_validator(mode="after")
    def one_thing(self) -> Form:
        if sum(part is not None for part in (self.all, self.any, self.key)) != 1:
            raise ValueError("a condition is one of: all, any, key")
        if sum(n is not None for n in (self.at_least, self.more_than, self.below, self.at_most)) > 1:
            raise ValueError("one of at_least, more_than, below, at_most; write a band as all of two")
        return self


class Cite(Declaration):
    """Where it is written. What is left out is that of the pack."""

    provision: str
    version: str | None = None
    quote: str = Field(default="", max_length=40)
    certainty: Certainty | None = None
    source: str | None = None


class DeclaredRule(Declaration):
    """``uncounted``: persons of a flow that this exempts are not counted. ``also``: where else it is written.

    ``stop``: what to do at a gate, ``stop_zh`` the same in Chinese; ``unless``: what opens it again, once it is known
    to be so (an approval).
    """

    id: Slug
    when: Form
    cite: Cite
    also: tuple[Cite, ...] = ()
    uncounted: bool = False
    stop: str = ""
    stop_zh: str = ""
    unless: Form | None = None


class DeclaredItem(Declaration):
    name: str
    rule: str
    types: tuple[str, ...]
    by_condition: tuple[str, ...] = ()  # data types that only its rule names
    provision: str


class DeclaredStatus(Declaration):
    met: bool | None
    cite: Cite
    ask: Question | None = None


class DeclaredDuty(Declaration):
    id: Slug
    zh: str
    en: str
    when: Form
    cite: Cite
    also: tuple[Cite, ...] = ()
    always: bool = False
    after: str | None = None  # only where this route was decided


class DeclaredSector(Declaration):
    """What a zone's list asks of one sector; without scenarios, of everything in it that no scenario names."""

    sector: str
    scenarios: tuple[str, ...] = ()
    assessment: tuple[DeclaredRule, ...]
    contract: tuple[DeclaredRule, ...]


class DeclaredZone(Declaration):
    """``names``: how else people write the zone (上海)."""

    name: str
    names: tuple[str, ...] = ()
    excludes_ciio: bool = True
    cite: Cite | None = None


class Known(Declaration):
    """What others report of a text that was not read. Shown, never used to decide."""

    fact: str
    value: str
    source: str
    certainty: Certainty


class DeclaredPack(Declaration):
    id: Slug
    title: str
    kind: Literal["national", "sector", "zone", "filing"]
    sector: str | None = None
    filing: Literal["assessment", "contract", "certification"] | None = None
    version: str
    from_: LegalDate | None = Field(default=None, alias="from")  # None: a draft, never law
    until: LegalDate | None = None  # the first day on which it is law no more
    disputed_until: LegalDate | None = None  # the latest of the days from which sources say that it holds
    text: Literal["read", "unread"]
    certainty: Certainty
    source: str = Field(min_length=3)
    titles: dict[str, str] = Field(default_factory=dict)  # of other works that it cites
    gates: tuple[DeclaredRule, ...] = ()
    exemptions: tuple[DeclaredRule, ...] = ()
    triggers: tuple[DeclaredRule, ...] = ()
    band: tuple[DeclaredRule, ...] = ()
    beside: tuple[DeclaredRule, ...] = ()
    beside_note: Question | None = None
    statuses: dict[str, DeclaredStatus] = Field(default_factory=dict)
    rules: dict[str, Form] = Field(default_factory=dict)
    items: tuple[DeclaredItem, ...] = ()
    duties: tuple[DeclaredDuty, ...] = ()
    zone: DeclaredZone | None = None
    sectors: tuple[DeclaredSector, ...] = ()
    changes: tuple[DeclaredRule, ...] = ()  # after which a filing no longer serves
    extension: tuple[DeclaredRule, ...] = ()  # what stands in the way of extending it
    then: Question | None = None  # what to do after such a change
    known: tuple[Known, ...] = ()

    @model_validator(mode="after")
    def parts_fit(self) -> DeclaredPack:
        if (self.kind == "zone") is not (self.zone is not None):
            raise ValueError("a pack of kind zone, and no other, has a zone")
        if (self.kind == "filing") is not (self.filing is not None):
            raise ValueError("a pack of kind filing, and no other, names the filing")
        unknown = [item.rule for item in self.items if item.rule not in self.rules]
        if unknown:
            raise ValueError(f"items name the rule {unknown[0]}, which is not under rules")
        return self
