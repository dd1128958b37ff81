"""Records the lists of a source and some of its articles for tests/recorded, politely, one request after another.

    python tests/record_source.py miit-cybersecurity art_<32 digits> --base-url http://127.0.0.1:8700

Keep what is recorded free of other people's words: the project records its own sample sites.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from accept_golden import RECORDED, kind_of, parse_list

from crawlers.items import ListRequest
from crawlers.source import Source, find_sources


def record_source(source: Source, keys: list[str], folder: Path, base_url: str | None, pause: float) -> None:
    """Write the first answers to each road to the list, and the pages of ``keys``, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    urls: dict[str, str] = {}
    requests = list(kind_of(source).first_requests(source))
    for place, request in enumerate(requests, 1):
        body = _fetch(request, base_url)
        suffix = "json" if body.lstrip()[:1] == b"{" else "html"
        (folder / f"list-{place}.{suffix}").write_bytes(body)
        page = parse_list(source, request, body)
        urls |= {row.key: row.url for row in page.rows}
        requests += page.steps
        time.sleep(pause)
    for key in keys:
        suffix = urlsplit(urls[key]).path.rpartition(".")[2]
        (folder / f"{key}.{suffix}").write_bytes(_fetch(ListRequest(urls[key]), base_url))


def _fetch(request: ListRequest, base_url: str | None) -> bytes:
    url = urlsplit(request.url)
    if base_url:
        url = url._replace(scheme=urlsplit(base_url).scheme, netloc=urlsplit(base_url).netloc)
    form = urlencode(request.form).encode() if request.form else None
    with urlopen(Request(urlunsplit(url), form, {"Referer": request.referer} if request.referer else {})) as answer:
        body: bytes = answer.read()
    return body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("key", nargs="*")
    parser.add_argument("--base-url")
    given = parser.parse_args()
    (source,) = find_sources([given.source])
    record_source(source, given.key, RECORDED / source.id, given.base_url, 0 if given.base_url else source.delay)


if __name__ == "__main__":
    main()
