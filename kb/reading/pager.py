"""Where a text goes on: the addresses of its further pages, from the links or the script that a page turns them with.

``c_123_2.htm`` is page two of ``c_123.htm``; TRS counts from nought, ``t20260101_9_1.html`` is page two there. A pager
that leaves pages out (1 2 3 … 9) means all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin

from kb.reading.markup import Markup

_SCRIPT = re.compile(r"""createPageHTML\(\s*(\d{1,6})\s*,\s*0\s*,\s*["']([\w-]+)["']\s*,\s*["'](\w+)["']""")
_NUMBERED = re.compile(r"_\d{1,3}\.\w+$")
_MOST = 200  # pages of one text; a pager that says more is broken


def further_pages(page: Markup, links: Sequence[str], url: str) -> tuple[str, ...]:
    """Absolute addresses behind ``url``, in order; ``links`` are the selectors of a pager's links.

    Of a page whose address nobody knows, the links as they stand.
    """
    said = [str(link.get("href") or "") for link in page.select(*links)]
    if not url:
        return tuple(sorted({target for target in said if _NUMBERED.search(target)}))
    return (_linked(said, url) if said else ()) or _scripted(page, url)


def _linked(said: Sequence[str], url: str) -> tuple[str, ...]:
    address = url.partition("?")[0].partition("#")[0]
    stem, dot, ending = address.rpartition(".")
    form = re.compile(re.escape(stem) + r"_(\d{1,6})" + re.escape(dot + ending) + "$") if stem else None
    numbers = [int(found[1]) for target in said if form and (found := form.match(_absolute(url, target)))]
    if not numbers or not 2 <= max(numbers) <= _MOST:
        return ()
    return tuple(f"{stem}_{number}{dot}{ending}" for number in range(min(2, *numbers), max(numbers) + 1))


def _absolute(url: str, target: str) -> str:
    try:
        return urljoin(url, target).partition("?")[0].partition("#")[0]
    except ValueError:
        return ""


def _scripted(page: Markup, url: str) -> tuple[str, ...]:
    for script in page.soup.find_all("script") if "createPageHTML" in page.text else ():
        found = _SCRIPT.search(script.get_text())
        if found and 1 < int(found[1]) <= _MOST and url.rpartition("/")[2].startswith(f"{found[2]}."):
            return tuple(urljoin(url, f"{found[2]}_{number}.{found[3]}") for number in range(1, int(found[1])))
    return ()
