"""An article that a site hands out as JSON rather than as a page (NDRC's consultations), as the HTML that it holds."""

from __future__ import annotations

import html
from collections import deque
from typing import Any

from kb.plain_values import load_json
from kb.reading.encoding import decode

_MARK = b'"articleContent"'


def has_article(data: bytes) -> bool:
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _MARK in data


def article_html(data: bytes) -> bytes:
    """The article as a page of its own: title, date and content at places that ``page_shapes.yml`` names.

    Anything else is given back as it came.
    """
    if not has_article(data):
        return data
    try:
        article = _find(load_json(decode(data)[0]))
    except ValueError:
        return data
    title, published = (html.escape(str(article.get(name) or "")) for name in ("articleTitle", "publishDate"))
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1 id="articleTitle">{title}</h1>'
        f'<span id="publishDate">{published}</span><div id="articleContent">{article.get("articleContent") or ""}</div>'
        "</body></html>"
    ).encode("utf-8", "replace")


def _find(value: Any) -> dict[str, Any]:
    """The first object, from the outside in, that holds an article."""
    waiting = deque([value])
    while waiting:
        found = waiting.popleft()
        if isinstance(found, dict):
            if "articleContent" in found:
                return found
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found
    return {}
