"""Sentences of the exposure room as pages show them: the version that a citation names is a link, where it is here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from markupsafe import Markup, escape

_CITED = re.compile(r" ?\(([a-z0-9-]+@[a-z0-9-]+)\)")


@pass_context
def cited(context: Any, sentence: str, known: Iterable[str] = ()) -> Markup:
    """The sentence, escaped; an id of a version in it becomes a link to it, one that is not here stays an id."""
    here, parts, place = set(known), [], 0
    for found in _CITED.finditer(sentence or ""):
        version = found[1]
        parts.append(escape(sentence[place : found.start()]))
        path = context["urls"].path(f"/version/{quote(version, safe='@')}")
        link = '<a class="cited" href="{}">{}</a>' if version in here else "<code>{1}</code>"
        parts.append(Markup(" " + link).format(path, version))
        place = found.end()
    return Markup("").join([*parts, escape((sentence or "")[place:])])
