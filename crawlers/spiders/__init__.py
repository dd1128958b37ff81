"""One module for each kind of site, named like the kind; a kind is two pure functions and the habits of
its lists; ``base`` does the asking."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from crawlers.items import ListPage, ListRequest
from crawlers.source import ListRules, Source


class Kind(Protocol):
    """What a module of this folder gives. Both are pure: bytes in, rows out."""

    @property
    def HABIT(self) -> ListRules: ...
    def first_requests(self, source: Source) -> tuple[ListRequest, ...]: ...
    def parse_list(self, body: bytes, request: ListRequest, source: Source) -> ListPage: ...


def load_kind(source: Source) -> Kind:
    return cast(Kind, importlib.import_module(f"{__name__}.{source.kind.replace('-', '_')}"))
