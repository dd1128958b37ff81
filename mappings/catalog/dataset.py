"""What a catalog says: datasets with fields and an owner, and the rows that could not be taken.

Values only. Reading them from a file belongs to ``formats``, writing them to ``importer``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from kb.identity import content_id

CrossBorder = Literal["sent", "accessed_from_abroad", "none", "unknown"]


@dataclass(frozen=True)
class Owner:
    """A team or person that answers for a dataset. ``language`` is zh, en, both or None."""

    name: str
    email: str | None = None
    language: str | None = None

    @property
    def id(self) -> str:
        """The address, by which two spellings of a name are one owner; the name where there is no address."""
        return (self.email or self.name).casefold()


@dataclass(frozen=True)
class Field:
    """A column or signal. ``name`` is the whole path of a nested one; descriptions in several languages stand on
    lines of their own."""

    name: str
    type: str = ""
    unit: str = ""
    description: str = ""

    @property
    def digest(self) -> str:
        """What a decision about this field was made on; when it changes, a rejected suggestion may come back."""
        return content_id(self.name, self.type, self.unit, self.description)


@dataclass(frozen=True)
class Attributes:
    """What is said of a dataset as a whole. ``cross_border`` is unknown unless the catalog says otherwise: a missing
    value is never "no". Counts are of persons and vehicles in China."""

    system: str | None = None
    platform: str | None = None
    description: str | None = None
    owner: Owner | None = None
    entity: str | None = None
    storage_region: str | None = None
    cross_border: CrossBorder = "unknown"
    recipient: str | None = None
    person_count: int | None = None
    vehicle_count: int | None = None


ATTRIBUTES = tuple(f.name for f in fields(Attributes))


@dataclass(frozen=True)
class Dataset:
    """``id`` names the dataset in every catalog that describes it. ``stated`` are the attributes that this catalog
    can speak of at all: an import leaves the others as another catalog said them. ``side``: only adds to a dataset that
    some catalog describes, with what is stated. ``silent``: attributes of a field that this catalog cannot speak of;
    where it leaves them empty they stay, too."""

    id: str
    name: str
    attributes: Attributes = Attributes()
    stated: frozenset[str] = frozenset(ATTRIBUTES)
    fields: tuple[Field, ...] = ()
    side: bool = False
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rejected:
    """A row, or a value in it, that was not taken. ``row`` is the line of a text file, the place in the list of any
    other; 0 is the file itself. ``lost`` is true when the row named a field that we now do not know."""

    row: int
    why: str
    lost: bool = False
    file: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "why": self.why, "file": self.file}
